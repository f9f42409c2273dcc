/** Encodes text as GB 18030; halves of pairs become `?`. */
export function encodeGb18030(text: string): Buffer {
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0x3f;
    if (code < 0x80) {
      bytes.push(code);
      continue;
    }
    const pair = pairs().get(character);
    if (pair !== undefined) bytes.push(pair >>> 8, pair & 0xff);
    else bytes.push(...fourOctets(character, code));
  }
  return Buffer.from(bytes);
}

/** U+10000 stands at 90 30 81 30; sequences of four count in steps of 10, 126 and 10. */
const FIRST_BEYOND = 189_000;
/** Sequences of four below U+10000. */
const BELOW = 39_420;

function fourOctets(character: string, code: number): readonly number[] {
  const place = code >= 0x10000 ? FIRST_BEYOND + code - 0x10000 : fours().get(character);
  return place === undefined ? [0x3f] : octetsOf(place);
}

function octetsOf(place: number): readonly [number, number, number, number] {
  return [
    0x81 + Math.floor(place / 12_600),
    0x30 + (Math.floor(place / 1_260) % 10),
    0x81 + (Math.floor(place / 10) % 126),
    0x30 + (place % 10),
  ];
}

let made: ReadonlyMap<string, number> | undefined;
let madeFours: ReadonlyMap<string, number> | undefined;

/** Node can decode GB 18030 but not encode it: the tables are the decoder turned round. */
function pairs(): ReadonlyMap<string, number> {
  if (made) return made;
  const decoder = new TextDecoder('gb18030');
  const map = new Map<string, number>();
  const pair = new Uint8Array(2);
  for (let first = 0x81; first <= 0xfe; first += 1) {
    for (let second = 0x40; second <= 0xfe; second += 1) {
      if (second === 0x7f) continue;
      pair.set([first, second]);
      map.set(decoder.decode(pair), (first << 8) | second);
    }
  }
  made = map;
  return map;
}

/** Made when the first rare character comes. */
function fours(): ReadonlyMap<string, number> {
  if (madeFours) return madeFours;
  const decoder = new TextDecoder('gb18030');
  const map = new Map<string, number>();
  for (let place = 0; place < BELOW; place += 1)
    map.set(decoder.decode(Uint8Array.from(octetsOf(place))), place);
  map.delete('\ufffd');
  madeFours = map;
  return map;
}
