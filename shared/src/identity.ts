const GB_ID = /^\d{20}$/;
const DEVICE_SERIAL = /^[A-Z0-9]{9}$/;

/** Whether `text` is a 20-digit code of a device or channel (GB/T 28181-2016 annex D). */
export function isGbId(text: string): boolean {
  return GB_ID.test(text);
}

/** Whether `text` is a device serial as the mini-program's form accepts it: nine of A–Z and 0–9. */
export function isDeviceSerial(text: string): boolean {
  return DEVICE_SERIAL.test(text);
}
