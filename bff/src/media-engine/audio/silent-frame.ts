import { BitWriter } from './bit-writer.ts';

const ID_SINGLE_CHANNEL = 0;
const ID_CHANNEL_PAIR = 1;
const ID_END = 7;
const GLOBAL_GAIN = 100;
const MAX_BYTES = 16;

/**
 * A raw_data_block of AAC without a single coefficient (ISO/IEC 14496-3 §4.4.2.1); the same for every sampling rate.
 * Undefined for more than two channels.
 */
export function silentAacFrame(channels: number): Uint8Array | undefined {
  if (channels !== 1 && channels !== 2) return undefined;
  const writer = new BitWriter(MAX_BYTES);
  writer.write(channels === 1 ? ID_SINGLE_CHANNEL : ID_CHANNEL_PAIR, 3);
  writer.write(0, 4); // element_instance_tag
  if (channels === 2) writer.write(0, 1); // common_window
  for (let channel = 0; channel < channels; channel += 1) {
    writer.write(GLOBAL_GAIN, 8);
    writer.write(0, 4); // ics_reserved_bit, window_sequence ONLY_LONG, window_shape sine
    writer.write(0, 6); // max_sfb
    writer.write(0, 1); // predictor_data_present
    writer.write(0, 3); // pulse_data_present, tns_data_present, gain_control_data_present
  }
  writer.write(ID_END, 3);
  return writer.take();
}
