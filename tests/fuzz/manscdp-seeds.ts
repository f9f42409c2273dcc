import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FIXTURES = fileURLToPath(new URL('../fixtures/', import.meta.url));

/** Every MANSCDP body among the fixtures. */
export function bodiesOfFixtures(): readonly Buffer[] {
  return ['gb28181', 'gb28181/quirks', 'captured', 'manscdp']
    .flatMap((folder) =>
      readdirSync(FIXTURES + folder)
        .filter((name) => /\.(?:sip|xml)$/.test(name))
        .map((name) => bodyOf(readFileSync(`${FIXTURES}${folder}/${name}`))),
    )
    .filter((body) => body.includes('<'));
}

function bodyOf(message: Buffer): Buffer {
  const at = message.indexOf('\r\n\r\n');
  return message[0] === 0x3c || at < 0 ? message : message.subarray(at + 4);
}
