import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const CLIPS = fileURLToPath(new URL('../fixtures/aac/', import.meta.url));

/** Every clip of AAC among the fixtures. */
export function clipsOfFixtures(): readonly Buffer[] {
  return readdirSync(CLIPS)
    .filter((name) => !name.endsWith('.pcm'))
    .map((name) => readFileSync(CLIPS + name));
}
