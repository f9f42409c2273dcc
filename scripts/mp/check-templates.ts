import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
// Newer than the runtime's compiler: it can turn a template into TypeScript.
import { TmplGroup, type TmplConvertedExpr } from 'wxml-checker';
import { BUILTIN_TAGS } from '../../bff/h5/src/builtins/tags.ts';
import { scriptOf, type AppTree, type Unit } from './app-tree.ts';
import { BuildFault } from './build-fault.ts';

interface TemplateFault {
  readonly message: string;
  readonly startLine: number;
  readonly startColumn: number;
}

/** What `Page({...})` and `Component({...})` become, so that a template sees the definition's types. */
const DEFINITIONS = `
declare function __yimuPage<D extends WechatMiniprogram.Page.DataOption, C extends WechatMiniprogram.Page.CustomOption>(
  options: WechatMiniprogram.Page.Options<D, C>,
): { data: D; properties: {}; methods: C };
declare function __yimuComponent<
  D extends WechatMiniprogram.Component.DataOption,
  P extends WechatMiniprogram.Component.PropertyOption,
  M extends WechatMiniprogram.Component.MethodOption,
  B extends WechatMiniprogram.Component.BehaviorOption,
>(
  options: WechatMiniprogram.Component.Options<D, P, M, B>,
): {
  data: D & WechatMiniprogram.Component.PropertyOptionToData<P>;
  properties: WechatMiniprogram.Component.PropertyOptionToData<P>;
  methods: M;
};
`;

const SUFFIX = '.wxml.check.ts';

/** Makes the definition at the top level of a page or component the module's export. */
function exportDefinition(source: ts.SourceFile): string {
  const { text } = source;
  for (const statement of source.statements) {
    if (!ts.isExpressionStatement(statement) || !ts.isCallExpression(statement.expression)) continue;
    const callee = statement.expression.expression;
    if (!ts.isIdentifier(callee) || (callee.text !== 'Page' && callee.text !== 'Component')) continue;
    const start = statement.getStart(source);
    return `${text.slice(0, start)}export const __yimu = __yimu${text.slice(start)}`;
  }
  return `${text}\nexport const __yimu: { data: any; properties: any; methods: any };`;
}

/** Own components with the types of their properties, built-in tags as they are; an unknown tag has no entry. */
function environment(unit: Unit, tree: AppTree): string {
  const own = [...unit.using].map(([tag, path], index) => ({
    tag,
    index,
    script: scriptOf(tree.root, path),
  }));
  const imports = own.map(
    ({ index, script }) => `import type { __yimu as __c${index} } from ${JSON.stringify(script)};`,
  );
  const tags = [
    ...BUILTIN_TAGS.map((tag) => `${JSON.stringify(tag)}: any;`),
    ...own.map(
      ({ tag, index }) =>
        `${JSON.stringify(tag)}: (typeof __c${index})['properties'] & { [attribute: \`\${'data' | 'aria'}\${string}\`]: any; hidden: boolean; id: string };`,
    ),
  ];
  return [
    `import type { __yimu } from ${JSON.stringify(scriptOf(tree.root, unit.path))};`,
    ...imports,
    `declare const data: (typeof __yimu)['data'];`,
    `declare const methods: (typeof __yimu)['methods'];`,
    `declare const tags: { ${tags.join(' ')} };`,
    '',
  ].join('\n');
}

function compilerOptions(configFile: string): ts.CompilerOptions {
  const read = ts.readConfigFile(configFile, (file) => ts.sys.readFile(file));
  const parsed = ts.parseJsonConfigFileContent(read.config, ts.sys, dirname(configFile));
  return { ...parsed.options, noEmit: true, noPropertyAccessFromIndexSignature: false };
}

interface Checked {
  readonly template: string;
  readonly converted: TmplConvertedExpr;
}

function convert(tree: AppTree, group: TmplGroup, faults: string[]): Map<string, Checked> {
  const checked = new Map<string, Checked>();
  for (const unit of tree.units) {
    const template = `${unit.path}.wxml`;
    const text = readFileSync(join(tree.root, template), 'utf8');
    for (const { message, startLine, startColumn } of group.addTmpl(unit.path, text) as TemplateFault[]) {
      faults.push(`${template}:${startLine + 1}:${startColumn + 1}: ${message}`);
    }
    for (const [colonless] of text.matchAll(/\s(?:bind|catch)(?!:)[a-z]+(?==)/g)) {
      faults.push(
        `${template}: write ${colonless.trim().replace(/^(bind|catch)/, '$1:')}, the form without colon is not checked`,
      );
    }
    const converted = group.getTmplConvertedExpr(unit.path, environment(unit, tree));
    checked.set(join(tree.root, unit.path + SUFFIX), { template, converted });
  }
  return checked;
}

function createHost(
  options: ts.CompilerOptions,
  virtual: ReadonlyMap<string, string>,
  scripts: ReadonlySet<string>,
): ts.CompilerHost {
  const host = ts.createCompilerHost(options, true);
  const read = host.getSourceFile.bind(host);
  const fileExists = host.fileExists.bind(host);
  host.fileExists = (file) => virtual.has(file) || fileExists(file);
  host.getSourceFile = (file, languageVersion, ...rest) => {
    const text = virtual.get(file);
    if (text !== undefined) return ts.createSourceFile(file, text, languageVersion, true);
    const source = read(file, languageVersion, ...rest);
    if (source === undefined || !scripts.has(file)) return source;
    return ts.createSourceFile(file, exportDefinition(source), languageVersion, true);
  };
  return host;
}

/** An index into the table of tags that has no such entry. */
const UNKNOWN_TAG = 7053;

function messageOf(diagnostic: ts.Diagnostic): string {
  const text = ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ');
  const tag = diagnostic.code === UNKNOWN_TAG ? /type '"([^"]+)"'/.exec(text)?.[1] : undefined;
  if (tag === undefined) return text;
  return `<${tag}> is neither in usingComponents nor an element that the browser host has`;
}

function describe(diagnostic: ts.Diagnostic, { template, converted }: Checked): string {
  const text = messageOf(diagnostic);
  const { file, start = 0, length = 0 } = diagnostic;
  if (file === undefined) return `${template}: ${text}`;
  const from = file.getLineAndCharacterOfPosition(start);
  const to = file.getLineAndCharacterOfPosition(start + length);
  const place = converted.getSourceLocation(from.line, from.character, to.line, to.character);
  const where = place === undefined ? '' : `:${(place[0] ?? 0) + 1}:${(place[1] ?? 0) + 1}`;
  return `${template}${where}: ${text}`;
}

/** Type-checks every template against its own page or component; returns how many there are. */
export function checkTemplates(tree: AppTree, configFile: string): number {
  const group = new TmplGroup();
  const faults: string[] = [];
  try {
    const checked = convert(tree, group, faults);
    const definitions = join(tree.root, '__yimu-definitions.d.ts');
    const virtual = new Map([[definitions, DEFINITIONS]]);
    for (const [file, { converted }] of checked) virtual.set(file, converted.code() ?? '');
    const scripts = new Set(tree.units.flatMap((unit) => scriptOf(tree.root, unit.path) ?? []));
    const options = compilerOptions(configFile);
    const program = ts.createProgram([...virtual.keys()], options, createHost(options, virtual, scripts));
    for (const [file, template] of checked) {
      const source = program.getSourceFile(file);
      if (source === undefined) continue;
      const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
      faults.push(...found.map((diagnostic) => describe(diagnostic, template)));
    }
    if (faults.length > 0) throw new BuildFault('templates', faults);
    return checked.size;
  } finally {
    group.free();
  }
}
