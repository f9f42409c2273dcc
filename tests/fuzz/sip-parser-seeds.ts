import { fixture, fixtureNames } from '../support/sip/fixtures.ts';

const FOLDERS = [
  ['gb28181', '.sip'],
  ['gb28181/quirks', '.sip'],
  ['captured', '.sip'],
  ['rfc4475', '.dat'],
] as const;

/** Every SIP message among the fixtures. */
export function messagesOfFixtures(): readonly Buffer[] {
  return FOLDERS.flatMap(([folder, ending]) =>
    fixtureNames(folder, ending).map((name) => fixture(`${folder}/${name}`)),
  );
}
