import { readPlan, runSimulate } from '@yimu/simulator';
import type { ControlClient } from './control-client.ts';
import { ControlError } from './control-client.ts';

const ADMIT = '--admit';
const AT_ONCE = 16;

type Terminal = Parameters<typeof runSimulate>[1];

/** `simulate` of the simulator, and `--admit`: the devices are first admitted at the running server. */
export async function simulate(
  args: readonly string[],
  client: ControlClient,
  terminal: Terminal,
): Promise<number> {
  if (!args.includes(ADMIT) || args.includes('--help')) return await runSimulate(args, terminal);
  try {
    const ownServer = args.some((arg) => /^--(server|config)(=|$)/.test(arg)) ? [] : serverOptions(client);
    const plain = [...args.filter((arg) => arg !== ADMIT), ...ownServer];
    const plan = readPlan(plain);
    if (!('fault' in plan)) {
      const added = await admitAll(plan.devices, client);
      terminal.printError(`已登记 admitted ${String(added)} / ${String(plan.devices.length)}`);
    }
    return await runSimulate(plain, terminal);
  } catch (error) {
    if (!(error instanceof ControlError)) throw error;
    terminal.printError(error.message);
    return 1;
  }
}

function serverOptions(client: ControlClient): string[] {
  const { host, port, id, domain } = client.sip;
  return ['--server', `${host}:${String(port)}`, '--server-id', id, '--domain', domain];
}

/** Devices that are there already stay as they are. Resolves with how many were new. */
async function admitAll(
  devices: readonly { readonly profile: { readonly gbId: string }; readonly password: string }[],
  client: ControlClient,
): Promise<number> {
  let next = 0;
  let added = 0;
  const worker = async (): Promise<void> => {
    for (let device = devices[next++]; device; device = devices[next++]) {
      try {
        await client.call('POST', '/devices', { gbId: device.profile.gbId, password: device.password });
        added += 1;
      } catch (error) {
        if (!(error instanceof ControlError) || error.code !== 'ALREADY_EXISTS') throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return added;
}
