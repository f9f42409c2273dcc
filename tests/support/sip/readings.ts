import type { Instruments } from '../../../bff/src/kernel/index.ts';

/** The value of a figure, 0 when it was never counted. */
export function reading(instruments: Instruments, name: string, label?: string): number {
  const found = instruments.read().find((figure) => figure.name === name);
  if (found === undefined) throw new Error(`no figure is called ${name}`);
  return found.samples.find((sample) => sample.label?.value === label)?.value ?? 0;
}

/** How often something was refused for this reason. */
export function refusals(instruments: Instruments, reason: string): number {
  return reading(instruments, 'yimu_sip_refusals', reason);
}
