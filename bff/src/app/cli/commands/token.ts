import { parseArgs } from 'node:util';
import { type CommandResult, type Context, done } from './command.ts';

/** `token [--json]`: a new access token. */
export async function token(args: readonly string[], { client }: Context): Promise<CommandResult> {
  const { values } = parseArgs({ args: [...args], options: { json: { type: 'boolean', default: false } } });
  const issued = (await client.call('POST', '/tokens')) as { readonly accessToken: string };
  return done(values.json ? JSON.stringify(issued) : issued.accessToken);
}
