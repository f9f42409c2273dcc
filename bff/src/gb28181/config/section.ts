import type { BodyNode } from '../manscdp/body-writer.ts';
import type { XmlElement } from '../manscdp/xml-element.ts';

/** The content of a section's element, with its attributes. */
export interface SectionContent {
  readonly content: string | readonly BodyNode[];
  readonly attributes?: Readonly<Record<string, string>>;
}

/** One section of a device's configuration, as it is read and written. */
export interface ConfigSection<Value> {
  /** Edition of GB/T 28181 that has it. */
  readonly since: '2016' | '2022';
  /** Names of its element in answers, the usual one first. */
  readonly elements: readonly string[];
  /** Elements inside it, by which it is known where a device gives it another name. */
  readonly marks: readonly string[];
  /** The device itself is configured, never a channel. */
  readonly deviceLevel?: true;
  /** Undefined when the element holds nothing of it. Never throws. */
  readonly read: (element: XmlElement) => Value | undefined;
  readonly write: (value: Value) => SectionContent;
}

/** An element for a value that is there. */
export function node(name: string, value: string | number | boolean | undefined): readonly BodyNode[] {
  if (value === undefined) return [];
  return [[name, typeof value === 'boolean' ? (value ? '1' : '0') : String(value)]];
}

/** An element around others; none when it would be empty. */
export function group(name: string, inner: readonly BodyNode[]): readonly BodyNode[] {
  return inner.length === 0 ? [] : [[name, inner]];
}

/** The value, unless nothing of it is there. */
export function unlessEmpty<Value extends object>(value: Value): Value | undefined {
  return Object.values(value).every((field) => field === undefined) ? undefined : value;
}
