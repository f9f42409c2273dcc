import type { XmlElement } from './xml-element.ts';
import { readXml, type XmlFaultReason, type XmlRepair } from './xml-reader.ts';

/** What a body is, by its root (GB/T 28181-2016 annex A.1). */
export type ManscdpRoot = 'Control' | 'Query' | 'Notify' | 'Response';

/** A MANSCDP body whose head was read. */
export interface ManscdpDocument {
  readonly root: ManscdpRoot;
  readonly cmdType: string;
  /** Pairs an answer with its query; undefined when absent or no number. */
  readonly sn: number | undefined;
  readonly deviceId: string | undefined;
  readonly element: XmlElement;
  readonly repairs: ReadonlySet<XmlRepair>;
}

export type ManscdpFault = XmlFaultReason | 'unknown-root' | 'no-cmd-type';

export type ManscdpResult =
  | { readonly ok: true; readonly document: ManscdpDocument }
  | { readonly ok: false; readonly fault: ManscdpFault; readonly offset: number };

const MAX_CMD_TYPE = 64;
const MAX_ID = 32;

/** Reads a MANSCDP body (annex A). Never throws. */
export function readManscdp(body: Uint8Array): ManscdpResult {
  const xml = readXml(body);
  if (!xml.ok) return { ok: false, fault: xml.fault.reason, offset: xml.fault.offset };
  const { root: element, repairs } = xml;
  const root = rootOf(element.name);
  if (root === undefined) return { ok: false, fault: 'unknown-root', offset: 0 };
  const cmdType = element.textOf('CmdType');
  if (cmdType === undefined || cmdType.length > MAX_CMD_TYPE)
    return { ok: false, fault: 'no-cmd-type', offset: 0 };
  const sn = wholeNumber(element.textOf('SN'));
  const deviceId = element.textOf('DeviceID')?.slice(0, MAX_ID);
  return { ok: true, document: { root, cmdType, sn, deviceId, element, repairs } };
}

function rootOf(name: string): ManscdpRoot | undefined {
  switch (name) {
    case 'Control':
    case 'Query':
    case 'Notify':
    case 'Response':
      return name;
    default:
      return undefined;
  }
}

/** A whole number of at most ten digits; undefined for anything else. */
export function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}
