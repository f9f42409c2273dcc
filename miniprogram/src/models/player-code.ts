/** What a live-player says, as the state machine hears it. */
export type PlayerSignal =
  | 'connected'
  | 'begun'
  | 'picture'
  | 'loading'
  | 'resized'
  | 'breaking'
  | 'broken'
  | 'rejected'
  | 'ended'
  | 'stutter';

/**
 * `statechange` codes of WeChat's live-player. What is not here changes nothing for the viewer: 2005 progress, 2008
 * decoder started, 2030 audio device changed, 2106–2108 decoder notes.
 */
const SIGNALS: Readonly<Record<string, PlayerSignal>> = {
  '2001': 'connected',
  '2002': 'begun',
  '2003': 'picture',
  '2004': 'picture',
  '2006': 'ended',
  '2007': 'loading',
  '2009': 'resized',
  // Undocumented, seen on iOS with a black picture.
  '2026': 'loading',
  '2032': 'picture',
  '2101': 'stutter',
  '2102': 'stutter',
  '2103': 'breaking',
  '2104': 'stutter',
  '2105': 'stutter',
  '-2301': 'broken',
  '-2302': 'rejected',
  '3001': 'broken',
  '3002': 'broken',
  '3003': 'broken',
  '3005': 'broken',
  // The system took the player away while the page was in sight: a call, or another app's sound.
  '5000': 'broken',
  '5001': 'broken',
  '6000': 'broken',
};

/** The signal of a `statechange` code; undefined for codes that change nothing. */
export function signalOf(code: number): PlayerSignal | undefined {
  return SIGNALS[String(code)];
}
