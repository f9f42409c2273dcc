import { CORE_ERROR_CODES, CORE_ERROR_TEXTS } from '@yimu/shared';
import { STATUS_OF } from './console-api/refusals.ts';
import type { DialectRefusals, Refusal } from './dialect-kit/index.ts';
import { ezvizRefusals } from './dialects/ezviz/index.ts';

const DIALECTS: readonly DialectRefusals[] = [ezvizRefusals];

/** `docs/errors.md`, from the tables of refusals: what each one looks like to whoever asked. */
export function renderErrorsPage(): string {
  return [
    '<!-- Generated from bff/src/http by `npm run generate`. -->',
    '',
    '# Errors 错误码',
    '',
    'Every refusal of the core, and how each API says it. Viewers get the code and the text from the media',
    'port, operators from the operator API. 核心层的每一种拒绝，以及各接口的返回。',
    '',
    row(['code', 'text 说明', ...DIALECTS.map(({ name }) => name), 'operator API']),
    row(['---', '---', ...DIALECTS.map(() => '---'), '---']),
    ...CORE_ERROR_CODES.map((code) =>
      row([
        `\`${code}\``,
        CORE_ERROR_TEXTS[code],
        ...DIALECTS.map(({ ofCore }) => answerOf(ofCore[code])),
        `HTTP ${String(STATUS_OF[code])}`,
      ]),
    ),
    ...DIALECTS.flatMap(ownRefusals),
    '',
  ].join('\n');
}

function ownRefusals({ name, own }: DialectRefusals): readonly string[] {
  return [
    '',
    `## ${name}: refusals of its own`,
    '',
    row(['cause', 'answer']),
    row(['---', '---']),
    ...own.map(({ cause, refusal }) => row([cause, answerOf(refusal)])),
  ];
}

function answerOf({ status, code, message }: Refusal): string {
  return `${status === 200 ? '' : `HTTP ${String(status)} `}\`${code}\` ${message}`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
