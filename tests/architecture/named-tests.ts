import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** A test whose title bears numbers of quirks, and the texts that it can reach within its file. */
export interface NamedTest {
  readonly quirks: ReadonlySet<string>;
  /** Literal texts in it, and in what its file declares and it uses, directly or by way of others. */
  readonly texts: ReadonlySet<string>;
}

/** The tests under a folder whose titles bear numbers of quirks. */
export function namedTests(folder: string): readonly NamedTest[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts') && !name.includes('node_modules'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .filter((source) => /\bQ\d+\b/.test(source))
    .flatMap((source) => testsOf(ts.createSourceFile('a.ts', source, ts.ScriptTarget.Latest, true)));
}

function testsOf(file: ts.SourceFile): readonly NamedTest[] {
  const declared = declarationsOf(file);
  const found: NamedTest[] = [];
  each(file, (node) => {
    if (!ts.isCallExpression(node) || node.expression.getText() !== 'it') return;
    const quirks = new Set(node.arguments[0]?.getText().match(/\bQ\d+\b/g) ?? []);
    if (quirks.size > 0) found.push({ quirks, texts: reachableTexts(node, declared) });
  });
  return found;
}

/** What each name of a file stands for: initializers, what loops go over, and functions. */
function declarationsOf(file: ts.SourceFile): ReadonlyMap<string, readonly ts.Node[]> {
  const declared = new Map<string, ts.Node[]>();
  const declare = (name: string, node: ts.Node): void => {
    declared.set(name, [...(declared.get(name) ?? []), node]);
  };
  each(file, (node) => {
    if (ts.isFunctionDeclaration(node) && node.name !== undefined) declare(node.name.text, node);
    if (!ts.isVariableDeclaration(node)) return;
    const loop = node.parent.parent;
    const value = ts.isForOfStatement(loop) ? loop.expression : node.initializer;
    if (value === undefined) return;
    each(node.name, (part) => {
      if (ts.isIdentifier(part)) declare(part.text, value);
    });
  });
  return declared;
}

function reachableTexts(
  start: ts.Node,
  declared: ReadonlyMap<string, readonly ts.Node[]>,
): ReadonlySet<string> {
  const texts = new Set<string>();
  const seen = new Set<string>();
  const walk = (from: ts.Node): void => {
    each(from, (node) => {
      if (ts.isStringLiteralLike(node)) texts.add(node.text);
      if (!ts.isIdentifier(node) || seen.has(node.text)) return;
      seen.add(node.text);
      for (const value of declared.get(node.text) ?? []) walk(value);
    });
  };
  walk(start);
  return texts;
}

function each(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => {
    each(child, visit);
  });
}
