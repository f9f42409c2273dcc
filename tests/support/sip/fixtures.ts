import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FIXTURES = new URL('../../fixtures/', import.meta.url);

/** The octets of a fixture. */
export function fixture(path: string): Buffer {
  return readFileSync(new URL(path, FIXTURES));
}

/** The names of a folder's files with an ending, sorted. */
export function fixtureNames(folder: string, ending: string): readonly string[] {
  return readdirSync(fileURLToPath(new URL(folder, FIXTURES)))
    .filter((name) => name.endsWith(ending))
    .sort();
}

/** One torture message of RFC 4475 as its manifest describes it. */
export interface TortureMessage {
  readonly name: string;
  readonly file: string;
  readonly section: string;
  readonly title: string;
  readonly parser: 'accept' | 'reject' | 'either' | 'accept-semantic';
  /** Values that must be read, by names of the manifest's own. */
  readonly mustRead: Readonly<Record<string, unknown>>;
  readonly bodyOctets: number;
}

/** The 49 torture messages. */
export function tortureMessages(): readonly TortureMessage[] {
  const { messages } = JSON.parse(fixture('rfc4475/manifest.json').toString()) as {
    readonly messages: readonly TortureMessage[];
  };
  return messages;
}

/** One text captured from a real device as the manifest describes it. */
export interface CapturedText {
  readonly file: string;
  readonly vendor: string;
  readonly kind: string;
  readonly quirk: string;
  readonly contentLength?: { readonly header: number; readonly actual: number };
  readonly digest?: { readonly password: string; readonly qop: string | null };
}

/** All that was captured. */
export function capturedTexts(): readonly CapturedText[] {
  const { messages } = JSON.parse(fixture('captured/manifest.json').toString()) as {
    readonly messages: readonly CapturedText[];
  };
  return messages;
}
