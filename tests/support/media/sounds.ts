/** A sound at 8 kHz: the sample at an index, in 16 bits. */
export type Sound = (index: number) => number;

const RATE = 8_000;

/** Noise in −1…1, the same each time. */
function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return state / 0x3fff_ffff - 1;
  };
}

const sine = (hz: number, index: number): number => Math.sin((2 * Math.PI * hz * index) / RATE);

/** One tone. */
export function tone(hz = 440, amplitude = 8_000): Sound {
  return (index) => amplitude * sine(hz, index);
}

/** Three tones together. */
export function chord(): Sound {
  return (index) => 4_000 * sine(440, index) + 3_000 * sine(1_234.5, index) + 1_500 * sine(2_999, index);
}

/** As loud at all frequencies. */
export function whiteNoise(amplitude = 4_000): Sound {
  const next = noise(1);
  return () => amplitude * next();
}

/** Louder the lower: as rooms and streets sound. */
export function pinkNoise(): Sound {
  const next = noise(2);
  let slow = 0;
  let slower = 0;
  return () => {
    const white = next();
    slower = 0.99 * slower + 0.1 * white;
    slow = 0.9 * slow + 0.3 * white;
    return 3_000 * (slow + slower + 0.1 * white);
  };
}

/** A voice: pulses through two moving resonances, three syllables a second, with pauses. */
export function speech(): Sound {
  const next = noise(3);
  const first = [0, 0];
  const second = [0, 0];
  let phase = 0;
  return (index) => {
    const t = index / RATE;
    phase += (120 + 30 * Math.sin(4.4 * t)) / RATE;
    const pulse = phase >= 1 ? 1 : 0;
    phase -= pulse;
    const loudness = Math.sin(2.5 * t) > -0.6 ? Math.sqrt(Math.max(0, Math.sin(6 * Math.PI * t))) : 0;
    const throat = resonate(first, (pulse + 0.05 * next()) * loudness, 500 + 200 * Math.sin(8 * t), 0.97);
    return 350 * resonate(second, throat, 1_500 + 400 * Math.sin(5.6 * t), 0.95);
  };
}

function resonate(state: number[], input: number, hz: number, radius: number): number {
  const [last = 0, before = 0] = state;
  const value = input + 2 * radius * Math.cos((2 * Math.PI * hz) / RATE) * last - radius * radius * before;
  state[0] = value;
  state[1] = last;
  return value;
}

/** Samples of a sound, rounded and clipped to 16 bits. */
export function samplesOf(sound: Sound, count: number): Int16Array {
  return Int16Array.from({ length: count }, (_, index) =>
    Math.max(-32_768, Math.min(32_767, Math.round(sound(index)))),
  );
}

/** How far the difference of two sounds lies below the first, dB. */
export function signalToNoiseDb(signal: ArrayLike<number>, other: ArrayLike<number>): number {
  let power = 0;
  let noisePower = 0;
  for (let i = 0; i < signal.length; i += 1) {
    const value = signal[i] ?? 0;
    power += value * value;
    noisePower += (value - (other[i] ?? 0)) ** 2;
  }
  return 10 * Math.log10(power / noisePower);
}
