import type { Scheduler } from '../../scheduler.ts';
import type { DeviceEvent } from '../events.ts';
import type { Fault } from '../faults.ts';
import type { Command } from '../manscdp.ts';
import type { DeviceProfile } from '../profile.ts';

/** Commands that are being answered at one time; more are not obeyed. */
const MAX_ANSWERING = 16;

/** What a command may use of its device. */
export interface CommandContext {
  readonly profile: DeviceProfile;
  readonly faults: ReadonlySet<Fault>;
  readonly scheduler: Scheduler;
  readonly report: (event: DeviceEvent) => void;
  /** Sends a MANSCDP body to the platform; resolves with the SIP status, undefined without an answer. */
  readonly send: (body: Buffer) => Promise<number | undefined>;
  /** SN for what the device says of its own accord. */
  readonly nextSn: () => number;
}

/** Obeys a command; the bodies that it returns are sent one after another. */
type Handler = (command: Command, context: CommandContext) => readonly Buffer[];

/** Which command a device knows: handlers for each root and CmdType, run in their order (GB/T 28181 annex A.1). */
export class CommandTable {
  readonly #context: CommandContext;
  readonly #handlers = new Map<string, Handler[]>();
  #answering = 0;

  constructor(context: CommandContext) {
    this.#context = context;
  }

  on(root: Command['root'], type: string, handler: Handler): void {
    const key = `${root}.${type}`;
    this.#handlers.set(key, [...(this.#handlers.get(key) ?? []), handler]);
  }

  obey(command: Command): void {
    if (command.root === 'Query') this.#context.report({ event: 'query', type: command.type });
    void this.#obey(command);
  }

  async #obey(command: Command): Promise<void> {
    if (this.#answering >= MAX_ANSWERING) return;
    this.#answering += 1;
    for (const handler of this.#handlers.get(`${command.root}.${command.type}`) ?? [])
      for (const body of handler(command, this.#context)) await this.#context.send(body);
    this.#answering -= 1;
  }
}
