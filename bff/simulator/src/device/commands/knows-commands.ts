import type { Archive } from '../../archive/archive.ts';
import { answersAboutItself, type SelfParts } from './answers-about-itself.ts';
import { answersQuestions } from './answers-questions.ts';
import { answersRecordInfo } from './answers-record-info.ts';
import type { CommandTable } from './command-table.ts';
import { type ControlParts, obeysControl } from './control.ts';
import { keepsConfig } from './keeps-config.ts';

/** All that a device is asked and told by MANSCDP and that it keeps by itself. */
export function knowsCommands(
  table: CommandTable,
  parts: ControlParts & SelfParts & { readonly archive: Archive },
): void {
  answersAboutItself(table, parts);
  answersRecordInfo(table, parts.archive);
  answersQuestions(table, parts);
  keepsConfig(table, parts.state.config);
  obeysControl(table, parts);
}
