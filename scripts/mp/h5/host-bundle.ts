import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { rolldown, type OutputChunk } from 'rolldown';
import { BuildFault } from '../build-fault.ts';

const DEFINES = { 'process.env.NODE_ENV': '"production"' };

async function generate(
  entry: string,
  format: 'es' | 'iife',
  minify: boolean,
): Promise<{ chunks: OutputChunk[]; main: OutputChunk }> {
  const faults: string[] = [];
  const bundle = await rolldown({
    input: { host: entry },
    platform: 'browser',
    transform: { target: 'es2020', define: DEFINES },
    onLog(level, log) {
      // mpegts.js and glass-easel are built files; what they are warned for is not ours to mend.
      if (level === 'warn' && !(log.id ?? log.message).includes('node_modules')) faults.push(log.message);
    },
  });
  try {
    const { output } = await bundle.generate({
      format,
      minify,
      entryFileNames: 'assets/[name]-[hash].js',
      chunkFileNames: 'assets/[name]-[hash].js',
    });
    const chunks = output.filter((part): part is OutputChunk => part.type === 'chunk');
    const main = chunks.find((chunk) => chunk.isEntry);
    if (main === undefined || faults.length > 0) throw new BuildFault('the browser host', faults);
    return { chunks, main };
  } finally {
    await bundle.close();
  }
}

/** Bundles the host runtime; the player is a chunk of its own, loaded when a picture is asked for. Returns the entry's path. */
export async function writeHost(entry: string, outDir: string): Promise<string> {
  const { chunks, main } = await generate(entry, 'es', true);
  for (const chunk of chunks) {
    const target = join(outDir, chunk.fileName);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, chunk.code);
  }
  return main.fileName;
}

/** The host as one classic script, for a test that runs it inside a document of its own. */
export async function bundleForDocument(entry: string): Promise<string> {
  return (await generate(entry, 'iife', false)).main.code;
}

/** The page around the host, its two marks filled in. */
export function fillIndex(template: string, styles: string, scripts: string): string {
  return readFileSync(template, 'utf8')
    .replace('<!-- styles -->', styles)
    .replace('<!-- scripts -->', scripts);
}
