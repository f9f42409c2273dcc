import type { DeviceStatusAnswer } from '@yimu/shared';
import type { ManscdpDocument } from './document.ts';
import { flagOf, itemsOf, shortOf } from './fields.ts';
import type { XmlElement } from './xml-element.ts';

const MAX_ALARM_INPUTS = 256;
const MAX_TIME = 40;
const MAX_ID = 20;
const MAX_REASON = 200;

/** The answer to a DeviceStatus query (GB/T 28181-2016 annex A.2.6 f); undefined when it says nothing at all. */
export function readDeviceStatus({ element }: ManscdpDocument): DeviceStatusAnswer | undefined {
  const answer: DeviceStatusAnswer = {
    online: stateOf(element, 'Online', 'offline'),
    ok: stateOf(element, 'Status', 'error'),
    reason: shortOf(element, 'Reason', MAX_REASON),
    encoding: flagOf(element, 'Encode'),
    recording: flagOf(element, 'Record'),
    deviceTime: shortOf(element, 'DeviceTime', MAX_TIME),
    alarmInputs: alarmInputsOf(element),
  };
  const { alarmInputs, ...told } = answer;
  const isEmpty = alarmInputs.length === 0 && Object.values(told).every((value) => value === undefined);
  return isEmpty ? undefined : answer;
}

/** ONLINE, OFFLINE, OK and ERROR by rule; ON and OFF too in practice. */
function stateOf(element: XmlElement, name: string, no: string): boolean | undefined {
  const text = element.textOf(name)?.toLowerCase();
  if (text === undefined) return undefined;
  if (text === no || text === 'off' || text === 'offline' || text === 'error') return false;
  return text === 'online' || text === 'on' || text === 'ok' ? true : undefined;
}

/** The element is `Alarmstatus` in the schema; other spellings are seen. */
function alarmInputsOf(element: XmlElement): DeviceStatusAnswer['alarmInputs'] {
  const list = element.children.find(({ name }) => name.toLowerCase() === 'alarmstatus');
  if (list === undefined) return [];
  return itemsOf(list, '', 'Item', MAX_ALARM_INPUTS).flatMap((item) => {
    const gbId = shortOf(item, 'DeviceID', MAX_ID);
    return gbId === undefined ? [] : [{ gbId, duty: dutyOf(item.textOf('DutyStatus')) }];
  });
}

function dutyOf(text: string | undefined): 'on' | 'off' | 'alarm' | undefined {
  switch (text?.toUpperCase()) {
    case 'ONDUTY':
      return 'on';
    case 'OFFDUTY':
      return 'off';
    case 'ALARM':
      return 'alarm';
    default:
      return undefined;
  }
}
