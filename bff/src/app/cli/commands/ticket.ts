import { parseArgs } from 'node:util';
import { type CommandResult, type Context, done, numberOf, UsageError } from './command.ts';

/** `ticket <serial|gbId> …`: a ticket of one camera. */
export async function ticket(args: readonly string[], { client }: Context): Promise<CommandResult> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      channel: { type: 'string', default: '1' },
      hours: { type: 'string', default: '168' },
      json: { type: 'boolean', default: false },
    },
  });
  const [device, ...more] = positionals;
  if (device === undefined || more.length > 0)
    throw new UsageError('请给出一个设备。 Name exactly one device by its serial or ID');
  const issued = (await client.call('POST', '/tickets', {
    device,
    channelNo: numberOf('--channel', values.channel),
    lifeS: Math.round(numberOf('--hours', values.hours) * 3_600),
  })) as { readonly ticket: string; readonly expiresAtMs: number };
  if (values.json) return done(JSON.stringify(issued));
  const until = new Date(issued.expiresAtMs).toISOString();
  return done(
    [
      `scene ${issued.ticket}`,
      `链接 link  /h5/?path=pages/live/index&scene=${issued.ticket}`,
      `有效期至 valid until ${until}`,
    ].join('\n'),
  );
}
