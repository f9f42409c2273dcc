import type { DeviceProfile } from './profile.ts';

/** Sections of each edition (GB/T 28181-2016 A.2.6 k, -2022 A.2.1). */
const OF_2016 = ['BasicParam', 'VideoParamOpt', 'SVACEncodeConfig', 'SVACDecodeConfig'] as const;
const OF_2022 = [
  'VideoParamAttribute',
  'VideoRecordPlan',
  'VideoAlarmRecord',
  'PictureMask',
  'FrameMirror',
  'AlarmReport',
  'OSDConfig',
  'SnapShotConfig',
] as const;

const MAX_SECTION = 16_384;

/** The element of a section with what stands in it, as text. */
export type SectionXml = string;

/** What a device was told by DeviceConfig, by channel and section; what nobody told it is as it left the factory. */
export class ConfigState {
  readonly #profile: DeviceProfile;
  readonly #set = new Map<string, SectionXml>();

  constructor(profile: DeviceProfile) {
    this.#profile = profile;
  }

  knows(section: string): boolean {
    const known: readonly string[] = this.#profile.edition === '2022' ? [...OF_2016, ...OF_2022] : OF_2016;
    return known.includes(section);
  }

  /** Undefined for a section that the device's edition does not have. */
  read(target: string, section: string): SectionXml | undefined {
    if (!this.knows(section)) return undefined;
    return this.#set.get(`${target} ${section}`) ?? factory(this.#profile, section);
  }

  /** False for what the device does not take. */
  write(target: string, section: string, xml: SectionXml): boolean {
    if (!this.knows(section) || xml.length > MAX_SECTION || !isSound(section, xml)) return false;
    this.#set.set(`${target} ${section}`, xml);
    return true;
  }
}

/** Values that no device takes. */
function isSound(section: string, xml: SectionXml): boolean {
  if (section === 'FrameMirror') return /^<FrameMirror>[0-3]<\/FrameMirror>$/.test(xml);
  if (section === 'PictureMask') return (xml.match(/<Item>/g) ?? []).length <= 4;
  return true;
}

function factory({ name }: DeviceProfile, section: string): SectionXml {
  const plain = name.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const inner: Readonly<Record<string, string>> = {
    BasicParam: `<Name>${plain}</Name><Expiration>3600</Expiration><HeartBeatInterval>60</HeartBeatInterval><HeartBeatCount>3</HeartBeatCount><PositionCapability>0</PositionCapability>`,
    VideoParamOpt: '<DownloadSpeed>1/2/4</DownloadSpeed><Resolution>4/5/6</Resolution>',
    SVACEncodeConfig: '<ROIParam><ROIFlag>0</ROIFlag><ROINumber>0</ROINumber></ROIParam>',
    SVACDecodeConfig: '<SVCParam><SVCSTMMode>0</SVCSTMMode></SVCParam>',
    VideoParamAttribute:
      '<Item><StreamNumber>0</StreamNumber><VideoFormat>2</VideoFormat><Resolution>5</Resolution><FrameRate>25</FrameRate><BitRateType>1</BitRateType><VideoBitRate>1024</VideoBitRate></Item>',
    VideoRecordPlan:
      '<RecordEnable>0</RecordEnable><RecordScheduleSumNum>0</RecordScheduleSumNum><StreamNumber>0</StreamNumber>',
    VideoAlarmRecord:
      '<RecordEnable>0</RecordEnable><RecordTime>30</RecordTime><PreRecordTime>5</PreRecordTime><StreamNumber>0</StreamNumber>',
    PictureMask: '<On>0</On><SumNum>0</SumNum><RegionList Num="0"></RegionList>',
    FrameMirror: '0',
    AlarmReport: '<MotionDetection>0</MotionDetection><FieldDetection>0</FieldDetection>',
    OSDConfig:
      '<Length>704</Length><Width>576</Width><TimeX>16</TimeX><TimeY>16</TimeY><TimeEnable>1</TimeEnable><TimeType>0</TimeType><TextEnable>0</TextEnable><SumNum>0</SumNum>',
    SnapShotConfig:
      '<SnapNum>1</SnapNum><Interval>1</Interval><UploadURL></UploadURL><SessionID></SessionID>',
  };
  return `<${section}>${inner[section] ?? ''}</${section}>`;
}
