import type { ConfigName, ConfigSections } from '@yimu/shared';
import type { XmlElement } from '../manscdp/xml-element.ts';
import { basicParam, videoParamOpt } from './basic-sections.ts';
import { frameMirror, osdConfig, pictureMask, videoParamAttribute } from './picture-sections.ts';
import { alarmReport, snapShotConfig, videoAlarmRecord, videoRecordPlan } from './record-sections.ts';
import type { ConfigSection, SectionContent } from './section.ts';
import { svacDecodeConfig, svacEncodeConfig } from './svac-sections.ts';

/** Every section, by its ConfigType. */
export const SECTIONS: { readonly [Name in ConfigName]: ConfigSection<ConfigSections[Name]> } = {
  BasicParam: basicParam,
  VideoParamOpt: videoParamOpt,
  SVACEncodeConfig: svacEncodeConfig,
  SVACDecodeConfig: svacDecodeConfig,
  VideoParamAttribute: videoParamAttribute,
  VideoRecordPlan: videoRecordPlan,
  VideoAlarmRecord: videoAlarmRecord,
  PictureMask: pictureMask,
  FrameMirror: frameMirror,
  AlarmReport: alarmReport,
  OSDConfig: osdConfig,
  SnapShotConfig: snapShotConfig,
};

/** What stands around a section in an answer. */
const HEAD = new Set(['CmdType', 'SN', 'DeviceID', 'Result', 'Reason', 'SumNum', 'ConfigType']);

/** Some sections and their values. */
export type SomeSections = { readonly [Name in ConfigName]?: ConfigSections[Name] };

/**
 * Reads the sections of an answer to ConfigDownload that are wanted. Vendor: Uniview names the element otherwise; when
 * one section is wanted, the child that holds what is expected in it is taken.
 */
export function readSections(answer: XmlElement, wanted: readonly ConfigName[]): SomeSections {
  return Object.assign(
    {},
    ...wanted.map((name) => readOne(answer, name, wanted.length === 1)),
  ) as SomeSections;
}

function readOne(answer: XmlElement, name: ConfigName, alone: boolean): SomeSections {
  const section = SECTIONS[name];
  const named = answer.children.find((child) => section.elements.includes(child.name));
  const element = named ?? (alone ? likely(answer, section.marks) : undefined);
  const value = element === undefined ? undefined : section.read(element);
  return value === undefined ? {} : { [name]: value };
}

function likely(answer: XmlElement, marks: readonly string[]): XmlElement | undefined {
  return answer.children.find(
    (child) => !HEAD.has(child.name) && child.children.some(({ name }) => marks.includes(name)),
  );
}

/** The section's element for DeviceConfig. */
export function writeSection<Name extends ConfigName>(
  name: Name,
  value: ConfigSections[Name],
): readonly [
  name: string,
  content: SectionContent['content'],
  attributes?: Readonly<Record<string, string>>,
] {
  const { content, attributes } = SECTIONS[name].write(value);
  return attributes === undefined ? [name, content] : [name, content, attributes];
}
