import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, extname, join, posix, relative, sep } from 'node:path';
import type { AppTree } from './app-tree.ts';
import { BuildFault } from './build-fault.ts';

const PICTURES = new Set(['.png', '.jpg', '.jpeg', '.gif', '.svg', '.webp']);

const REFERENCES: Record<string, RegExp> = {
  '.wxml': /<(?:import|include|wxs)\b[^>]*?\bsrc\s*=\s*"([^"{]+)"/g,
  '.wxss': /@import\s+(?:url\(\s*)?["']([^"']+)["']/g,
  '.wxs': /\brequire\(\s*["']([^"']+)["']\s*\)/g,
};

/** Files inside the mini-program that a template, style sheet or wxs file names. */
export function referencedFiles(path: string, text: string): string[] {
  const pattern = REFERENCES[extname(path)];
  if (pattern === undefined) return [];
  return [...text.matchAll(pattern)].flatMap(([, reference]) => {
    if (reference === undefined || /^[a-z]+:/i.test(reference)) return [];
    return [reference.startsWith('/') ? reference.slice(1) : posix.join(posix.dirname(path), reference)];
  });
}

/** Every picture of the mini-program, as paths inside the package. */
export function pictureFiles(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && PICTURES.has(extname(entry.name).toLowerCase()))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

/** Copies templates, style sheets and what they name, JSON without white space, and pictures. */
export function copyFiles(tree: AppTree, outDir: string): void {
  const faults: string[] = [];
  const done = new Set<string>();
  const copy = (path: string, from: string): void => {
    if (done.has(path)) return;
    done.add(path);
    const source = join(tree.root, path);
    if (!existsSync(source)) {
      faults.push(`${path}: missing, named by ${from}`);
      return;
    }
    const target = join(outDir, path);
    mkdirSync(dirname(target), { recursive: true });
    cpSync(source, target);
    if (REFERENCES[extname(path)] === undefined) return;
    for (const next of referencedFiles(path, readFileSync(source, 'utf8'))) copy(next, path);
  };
  const optional = (path: string): void => {
    if (existsSync(join(tree.root, path))) copy(path, path);
  };
  writeJson(outDir, 'app.json', tree.config);
  optional('app.wxss');
  optional('sitemap.json');
  const theme = tree.config['themeLocation'];
  if (typeof theme === 'string') copy(theme, 'app.json');
  for (const unit of tree.units) {
    copy(`${unit.path}.wxml`, unit.path);
    optional(`${unit.path}.wxss`);
    writeJson(outDir, `${unit.path}.json`, unit.config);
  }
  for (const picture of pictureFiles(tree.root)) copy(picture, picture);
  if (faults.length > 0) throw new BuildFault('files are missing', faults);
}

function writeJson(outDir: string, path: string, value: unknown): void {
  const target = join(outDir, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, JSON.stringify(value));
}
