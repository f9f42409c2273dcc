import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { AppTree } from '../app-tree.ts';
import { readJsonObject } from '../json-file.ts';
import { compileStyleSheet } from './style-sheet.ts';
import { compileTemplates } from './templates.ts';

function filesOf(dir: string, suffix: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(suffix))
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

const WRAPPER = 'require,module,exports,wx,App,Page,Component,Behavior,getApp,getCurrentPages';

function modules(mpDir: string): string {
  const entries = filesOf(mpDir, '.js').map((path) => {
    const text = readFileSync(join(mpDir, path), 'utf8');
    return `${JSON.stringify(path)}:function(${WRAPPER}){${text}\n}`;
  });
  return `{${entries.join(',\n')}}`;
}

function styles(mpDir: string, tree: AppTree, pictures: ReadonlyMap<string, string>): Record<string, object> {
  const result: Record<string, object> = {};
  const add = (path: string, scope: string | undefined): void => {
    if (!existsSync(join(mpDir, `${path}.wxss`))) return;
    const css = compileStyleSheet({
      path: `${path}.wxss`,
      ...(scope === undefined ? {} : { scope }),
      read: (file) => readFileSync(join(mpDir, file), 'utf8'),
      asset: (file) => pictures.get(file),
    });
    result[path] = scope === undefined ? { css } : { css, scope };
  };
  add('app', undefined);
  let scopes = 0;
  for (const unit of tree.units) {
    const shared = unit.kind === 'page' || unit.config['styleIsolation'] === 'shared';
    add(unit.path, shared ? undefined : `c${(scopes += 1)}`);
  }
  return result;
}

/** The package of dist/mp as one script for the browser host; its shape is `MiniProgramPackage` of bff/h5. */
export function packageScript(mpDir: string, tree: AppTree, pictures: ReadonlyMap<string, string>): string {
  const templates = new Map(
    filesOf(mpDir, '.wxml').map((path) => [path, readFileSync(join(mpDir, path), 'utf8')]),
  );
  const units = Object.fromEntries(
    tree.units.map((unit) => [
      unit.path,
      { kind: unit.kind, config: unit.config, using: Object.fromEntries(unit.using) },
    ]),
  );
  const theme = tree.config['themeLocation'];
  const plain = {
    config: tree.config,
    ...(typeof theme === 'string' ? { theme: readJsonObject(join(mpDir, theme)) } : {}),
    pages: tree.pages,
    units,
    styles: styles(mpDir, tree, pictures),
    assets: Object.fromEntries(pictures),
  };
  const body = JSON.stringify(plain).slice(1, -1);
  return `globalThis.yimuPackage={${body},"modules":${modules(mpDir)},"templates":${compileTemplates(templates)}};\n`;
}
