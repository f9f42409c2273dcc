import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { traceText } from '../../../core/index.ts';
import { type CommandResult, type Context, done, numberOf, onlyGbId, UsageError } from './command.ts';

const POLL_MS = 1_000;
/** Before the server stops watching by itself. */
const WATCH_AGAIN_MS = 300_000;

interface Shown {
  readonly messages: readonly Parameters<typeof traceText>[0][];
}

/**
 * `trace <gbId> [--limit n] [--json | --pcap FILE | --follow]`: the SIP messages between the server and a device,
 * whether it was admitted or not.
 */
export async function trace(args: readonly string[], context: Context): Promise<CommandResult> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      limit: { type: 'string', default: '2000' },
      json: { type: 'boolean', default: false },
      pcap: { type: 'string' },
      follow: { type: 'boolean', default: false },
    },
  });
  const { json, pcap, follow } = values;
  if ([json, pcap !== undefined, follow].filter(Boolean).length > 1)
    throw new UsageError('只能选一种输出方式。 --json, --pcap and --follow exclude each other');
  const path = `/devices/${onlyGbId(positionals)}/trace`;
  const limit = String(Math.min(2_000, Math.ceil(numberOf('--limit', values.limit))));
  if (pcap !== undefined) {
    const file = await context.client.download(`${path}.pcap?limit=${limit}`);
    save(pcap, file);
    return done(`已保存 saved ${pcap} (${String(file.length)} bytes)`);
  }
  if (follow) return await followed(path, context);
  const shown = (await context.client.call('GET', `${path}?limit=${limit}`)) as Shown;
  if (json) return done(JSON.stringify(shown.messages, null, 2));
  if (shown.messages.length === 0) return done('还没有信令。 No messages yet');
  return done(shown.messages.map(traceText).join(''));
}

/** Prints what comes until the operator has enough; while it is watched, the device's keepalives too. */
async function followed(path: string, { client, clock, print, signal }: Context): Promise<CommandResult> {
  let after = 0;
  let watchAtMs = clock.monotonicMs();
  while (!signal.aborted) {
    if (clock.monotonicMs() >= watchAtMs) {
      await client.call('POST', `${path}/watch`);
      watchAtMs = clock.monotonicMs() + WATCH_AGAIN_MS;
    }
    const { messages } = (await client.call('GET', `${path}?after=${String(after)}`)) as Shown;
    for (const message of messages) print(traceText(message));
    after = messages.at(-1)?.seq ?? after;
    await new Promise<void>((resolve) => {
      const cancel = clock.after(POLL_MS, resolve);
      signal.addEventListener(
        'abort',
        () => {
          cancel();
          resolve();
        },
        { once: true },
      );
    });
  }
  return done('');
}

function save(path: string, file: Uint8Array): void {
  try {
    writeFileSync(path, file, { mode: 0o600 });
  } catch (error) {
    throw new UsageError(`无法写入文件。 ${error instanceof Error ? error.message : String(error)}`);
  }
}
