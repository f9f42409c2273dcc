import { MAX_RATE_HZ, MIN_RATE_HZ, SoundFault } from '../sound.ts';
import type { AudioConfig } from './audio-config.ts';
import type { AacFault } from './fault.ts';

/** Throws SoundFault unless the sound has one or two channels at a rate that is taken. */
export function mayDecode({ channels, rateHz }: AudioConfig): void {
  if (channels === 0) throw faultOf('pce');
  if (channels > 2) throw new SoundFault('no-decoder', 'AAC of more than two channels is not taken');
  if (rateHz < MIN_RATE_HZ || rateHz > MAX_RATE_HZ)
    throw new SoundFault('unreadable', 'the sampling rate of the AAC is out of range');
}

/** Why all of a sound is refused for one of its blocks. */
export function faultOf(fault: AacFault): SoundFault {
  return fault === 'pce'
    ? new SoundFault('no-decoder', 'AAC whose channels a program_config_element describes is not taken')
    : new SoundFault('unreadable', `the AAC cannot be read: ${fault}`);
}
