import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FIXTURES = fileURLToPath(new URL('../fixtures/', import.meta.url));

/** Every session description among the fixtures. */
export function descriptionsOfFixtures(): readonly Buffer[] {
  return ['gb28181', 'gb28181/quirks', 'captured', 'rfc4475']
    .flatMap((folder) =>
      readdirSync(FIXTURES + folder)
        .filter((name) => /\.(?:sip|sdp|dat)$/.test(name))
        .map((name) => readFileSync(`${FIXTURES}${folder}/${name}`)),
    )
    .map((message) => message.subarray(message.indexOf('\r\n\r\n') + 4))
    .filter((body) => body.includes('v=0') && body.includes('m='));
}
