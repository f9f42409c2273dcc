import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';

/** Small inputs, each of which once showed something of its own: a folder of `tests/fixtures/fuzz`. */
export class Corpus {
  readonly #folder: string;

  constructor(name: string) {
    this.#folder = fileURLToPath(new URL(`../fixtures/fuzz/${name}/`, import.meta.url));
    mkdirSync(this.#folder, { recursive: true });
  }

  read(): readonly Buffer[] {
    return readdirSync(this.#folder).map((name) => readFileSync(this.#folder + name));
  }

  /** Keeps an input under the start of its SHA-256. */
  keep(input: Uint8Array): void {
    writeFileSync(this.#folder + createHash('sha256').update(input).digest('hex').slice(0, 16), input);
  }
}
