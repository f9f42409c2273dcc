/** Ways in which a simulated device can misbehave on purpose, and what each one does. */
export const FAULT_TEXTS = {
  'no-media': 'answers INVITE with 200 and never sends media',
  'udp-unsent': 'answers INVITE with 200 and sends media only where it was agreed to go over TCP',
  busy: 'answers INVITE with 486 Busy Here',
  'mute-invite': 'never answers INVITE, but obeys CANCEL',
  'slow-answer': 'answers INVITE after three seconds',
  'other-ssrc': 'answers with another SSRC than the one offered, and sends that',
  'hang-up': 'says BYE two seconds after the media began',
  'no-keepalive': 'sends no keepalives',
  'bad-firmware': 'reports after an upgrade that the package was damaged',
  'refuse-2022': 'answers questions of the 2022 edition with an error instead of silence, if it is of 2016',
  'refuse-config': 'answers every change of its configuration with an error',
  'short-presets': 'sends the list of presets without its last part',
  'mute-snapshots': 'agrees to take pictures and uploads none',
  'multipart-snapshots': 'uploads pictures as forms do, and names each in a list of its own',
  'short-catalogue': 'sends the catalogue without its last part',
  'one-playback': 'gives one recording of a channel at a time, and answers 486 to another',
  'no-media-status': 'says nothing at the end of a recording',
  'bye-at-end': 'says BYE at the end of a recording instead of MediaStatus',
  'one-pace': 'answers 400 to every command for another pace',
  'no-seek': 'answers 400 to every command for another place',
  'mute-records': 'never answers RecordInfo',
  'lying-records': 'announces more recordings than it sends',
  'refuse-subscribe': 'answers 489 to every SUBSCRIBE',
  'forgets-subscription': 'answers 481 to every SUBSCRIBE that refreshes one',
  'ends-subscription': 'ends each subscription soon after it began',
  'notify-outside': 'sends NOTIFY outside the dialog of its subscription',
  'alarms-only-armed': 'tells no alarm before it is armed (SetGuard)',
  'voice-refused': 'answers a Broadcast with ERROR',
  'voice-not-fetched': 'consents to a Broadcast and fetches nothing',
  'voice-unanswered': 'fetches the voice without answering the Broadcast',
  'voice-hang-up': 'says BYE after ten packets of voice',
  'no-talk': 'answers 488 to s=Talk',
} as const;

export type Fault = keyof typeof FAULT_TEXTS;

export const FAULTS = Object.keys(FAULT_TEXTS) as readonly Fault[];
