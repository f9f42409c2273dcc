import type { Chance } from './chance.ts';
import { spliced } from './spliced.ts';

/** Words that mean something to what is fuzzed. */
const WORDS: readonly Buffer[] = [
  'v=0\r\n',
  'o=34020000002000000001 0 0 IN IP4 203.0.113.20\r\n',
  's=Play\r\n',
  's=Playback\r\n',
  's=Talk\r\n',
  'u=34020000001320000001:3\r\n',
  'c=IN IP4 192.0.2.1\r\n',
  'c=IN IP6 2001:db8::1\r\n',
  'c=IN IP4 192.0.2.1/127\r\n',
  't=0 0\r\n',
  't=1288625085 1288625871\r\n',
  't=99999999999999999999 1\r\n',
  'm=video 6000 RTP/AVP 96\r\n',
  'm=audio 0 RTP/AVP 8\r\n',
  'm=video 6000/2 TCP/RTP/AVP 96 97 98\r\n',
  'm=video 65536 RTP/AVP 96\r\n',
  'm=\r\n',
  'a=recvonly\r\n',
  'a=setup:active\r\n',
  'a=setup:passive\r\n',
  'a=connection:new\r\n',
  'a=rtpmap:96 PS/90000\r\n',
  'a=rtpmap:8 PCMA/8000/1\r\n',
  'a=filesize:99999999999999999999\r\n',
  'a=downloadspeed:4\r\n',
  'a=:\r\n',
  'y=0100000001\r\n',
  'y=4294967296\r\n',
  'y=-1\r\n',
  'f=v/2/5/25/1/4096a/1/8/1\r\n',
  'f=v/////a///\r\n',
  'm=',
  'a=',
  '=',
  ' ',
  ':',
  '/',
  '\r',
  '\n',
  '\r\n',
  '\0',
].map((word) => Buffer.from(word));

const MAX_BYTES = 2_048;

/** A few changes of one of the inputs. */
export function mutateSdp(inputs: readonly Uint8Array[], chance: Chance): Buffer {
  let bytes: Buffer = Buffer.from(chance.of(inputs));
  for (let count = 1 + chance.below(6); count > 0; count -= 1) bytes = changed(bytes, inputs, chance);
  return bytes.subarray(0, MAX_BYTES);
}

function changed(bytes: Buffer, inputs: readonly Uint8Array[], chance: Chance): Buffer {
  const at = chance.below(bytes.length + 1);
  const end = Math.min(bytes.length, at + 1 + chance.below(chance.below(4) === 0 ? 128 : 8));
  switch (chance.below(7)) {
    case 0:
    case 1:
      return spliced(bytes, lineStart(bytes, at), lineStart(bytes, at), chance.of(WORDS));
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

/** The start of the line that holds `at`. */
function lineStart(bytes: Buffer, at: number): number {
  return at === 0 ? 0 : bytes.lastIndexOf('\n', at - 1) + 1;
}
