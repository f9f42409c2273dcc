import { type ManscdpDocument, wholeNumber } from './document.ts';

/** What a device says of itself. */
export interface DeviceInfoAnswer {
  readonly name: string | undefined;
  readonly manufacturer: string | undefined;
  readonly model: string | undefined;
  readonly firmware: string | undefined;
  readonly channelCount: number | undefined;
}

/** The answer to a DeviceInfo query (GB/T 28181-2016 annex A.2.6 e); undefined when it says nothing at all. */
export function readDeviceInfo({ element }: ManscdpDocument): DeviceInfoAnswer | undefined {
  const answer: DeviceInfoAnswer = {
    name: element.textOf('DeviceName'),
    manufacturer: element.textOf('Manufacturer'),
    model: element.textOf('Model'),
    firmware: element.textOf('Firmware'),
    // Vendor: Dahua says MaxCamera.
    channelCount: wholeNumber(element.textOf('Channel') ?? element.textOf('MaxCamera')),
  };
  return Object.values(answer).every((value) => value === undefined) ? undefined : answer;
}
