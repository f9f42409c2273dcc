import { readFileSync } from 'node:fs';

/** Resident octets of a process: now, and the most that there ever were. Linux only. */
export function residentBytes(pid: number): { readonly now: number; readonly most: number } {
  const status = readFileSync(`/proc/${String(pid)}/status`, 'latin1');
  const kB = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0);
  return { now: kB('VmRSS') * 1_024, most: kB('VmHWM') * 1_024 };
}

/** Datagrams that the kernel threw away because nobody took them out of the queue of a UDP port. */
export function droppedAt(port: number): number {
  const at = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  let dropped = 0;
  for (const line of readFileSync('/proc/net/udp', 'latin1').split('\n').slice(1)) {
    const fields = line.trim().split(/\s+/);
    if (fields[1]?.endsWith(at) === true) dropped += Number(fields.at(-1) ?? 0);
  }
  return dropped;
}
