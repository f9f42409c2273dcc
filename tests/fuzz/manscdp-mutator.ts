import type { Chance } from './chance.ts';
import { spliced } from './spliced.ts';

/** Words that mean something to what is fuzzed. */
const WORDS: readonly Buffer[] = [
  '<',
  '>',
  '/>',
  '</',
  '&',
  '&amp;',
  '&#0;',
  '&#xD800;',
  '&#x1F600;',
  '&lt;',
  '"',
  "'",
  '<!--',
  '-->',
  '<![CDATA[',
  ']]>',
  '<!DOCTYPE a [',
  '<!ENTITY a "b">',
  '<?xml version="1.0" encoding="UTF-8"?>',
  '<?xml version="1.0" encoding="GB2312"?>',
  '<Response>',
  '</Response>',
  '<Notify>',
  '</Notify>',
  '<Query>',
  '<Control>',
  '<CmdType>Catalog</CmdType>',
  '<CmdType>Keepalive</CmdType>',
  '<CmdType>DeviceInfo</CmdType>',
  '<SN>1</SN>',
  '<SN>-1</SN>',
  '<DeviceID>34020000001320000001</DeviceID>',
  '<DeviceID>',
  '<SumNum>3</SumNum>',
  '<SumNum> 99999999999 </SumNum>',
  '<DeviceList Num="2">',
  '</DeviceList>',
  '<Item>',
  '</Item>',
  '<Info>',
  '</Info>',
  '<Result>ERROR</Result>',
  '<Longitude>181</Longitude>',
  '<Longitude>116.5</Longitude><Latitude>39.9</Latitude>',
  '<CmdType>Alarm</CmdType>',
  '<CmdType>RecordInfo</CmdType>',
  '<CmdType>ConfigDownload</CmdType>',
  '<AlarmPriority>1</AlarmPriority><AlarmMethod>5</AlarmMethod>',
  '<AlarmTypeParam><EventType>1</EventType></AlarmTypeParam>',
  '<Event>ADD</Event>',
  '<RecordList Num="1"><Item><StartTime>2024-02-21T11:10:36</StartTime><EndTime>2024-02-21T11:20:36</EndTime></Item></RecordList>',
  '<FileSize>99999999999999999999</FileSize>',
  '<PresetList Num="1"><Item><PresetID>1</PresetID><PresetName>a</PresetName></Item></PresetList>',
  '<HomePosition><Enabled>1</Enabled><ResetTime>60</ResetTime><PresetIndex>1</PresetIndex></HomePosition>',
  '<CruiseTrackList Num="1"><CruiseTrack><Number>0</Number><Name>a</Name></CruiseTrack></CruiseTrackList>',
  '<PTZPosition><Pan>1.5</Pan><Tilt>-1e9</Tilt><Zoom>NaN</Zoom></PTZPosition>',
  '<SDCardStatusInfo Num="1"><Item><ID>1</ID><Status>ok</Status></Item></SDCardStatusInfo>',
  '<SessionID>s</SessionID><SnapShotList><SnapShotFileID>f</SnapShotFileID></SnapShotList>',
  '<BasicParam><Name>a</Name><Expiration>3600</Expiration><HeartBeatInterval>60</HeartBeatInterval></BasicParam>',
  '<VideoParamAttribute><Item><StreamNumber>0</StreamNumber><VideoFormat>2</VideoFormat></Item></VideoParamAttribute>',
  '<OSDConfig><Length>1920</Length><Width>1080</Width></OSDConfig>',
  '<Time>9999-99-99T99:99:99</Time>',
  '<a>',
  '</a>',
  '\0',
  '\r\n',
  '\ufeff',
].map((word) => Buffer.from(word));

/** Octets that charsets are made of: two and four octets of GB 18030, UTF-8, halves of either. */
const OCTETS: readonly Buffer[] = [
  'b4f3',
  '8130b135',
  'e5a4a7',
  'f09f9880',
  'b4',
  'e5a4',
  '80',
  'ff',
  '81303c',
].map((hex) => Buffer.from(hex, 'hex'));

const MAX_BYTES = 4_096;

/** A few changes of one of the inputs. */
export function mutate(inputs: readonly Uint8Array[], chance: Chance): Buffer {
  let bytes: Buffer = Buffer.from(chance.of(inputs));
  for (let count = 1 + chance.below(6); count > 0; count -= 1) bytes = changed(bytes, inputs, chance);
  return bytes.subarray(0, MAX_BYTES);
}

function changed(bytes: Buffer, inputs: readonly Uint8Array[], chance: Chance): Buffer {
  const at = chance.below(bytes.length + 1);
  const end = Math.min(bytes.length, at + 1 + chance.below(chance.below(4) === 0 ? 256 : 8));
  switch (chance.below(7)) {
    case 0:
      return spliced(bytes, at, at, chance.of(WORDS));
    case 1:
      return spliced(bytes, at, at, chance.of(OCTETS));
    case 2:
      return spliced(bytes, at, end, Buffer.alloc(0));
    case 3:
      return spliced(bytes, at, at, bytes.subarray(at, end));
    case 4:
      return spliced(bytes, at, end, Buffer.from([chance.below(256)]));
    case 5:
      return spliced(bytes, at, end, chance.of(WORDS));
    default: {
      const other = chance.of(inputs);
      return spliced(bytes, at, bytes.length, other.subarray(chance.below(other.length + 1)));
    }
  }
}
