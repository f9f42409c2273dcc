import assert from 'node:assert/strict';
import { readMansrtspAnswer } from '../../bff/src/gb28181/media/mansrtsp.ts';
import { readPlayAnswer } from '../../bff/src/gb28181/media/play-answer.ts';
import { readUpperOffer } from '../../bff/src/gb28181/cascade/upper-offer.ts';
import { readVoiceDescription } from '../../bff/src/gb28181/voice/voice-offer.ts';
import { mediaAddress, parseSdp, type Sdp, serialiseSdp, ssrcOf } from '../../bff/src/sip/index.ts';

const MAX_MEDIA = 16;
const MAX_PORT = 65_535;
const MAX_SSRC = 0xffffffff;
const OFFERED = { text: '0200000001', value: 200_000_001, release: () => undefined };

/**
 * Gives octets to everything that reads session descriptions and holds what comes out against what is promised:
 * nothing throws, nothing is outside its range, and what was read can be written and reads the same again. Tells in
 * words what came out.
 */
export function fuzzSdp(body: Uint8Array): readonly string[] {
  const before = Buffer.from(body);
  const parsed = parseSdp(body);
  const features = parsed.ok ? sdpOf(parsed.sdp) : [parsed.error.reason];
  const answers = (['udp', 'tcp-passive', 'tcp-active'] as const).map((transport) =>
    answerOf(body, transport),
  );
  const others = [controlOf(body), upperOf(body), voiceOf(body)];
  assert.ok(before.equals(body), 'the body is left as it was');
  return [...features, ...answers, ...others];
}

function sdpOf(sdp: Sdp): readonly string[] {
  assert.ok(sdp.media.length > 0 && sdp.media.length <= MAX_MEDIA);
  for (const media of sdp.media) {
    assert.ok(Number.isInteger(media.port) && media.port >= 0 && media.port <= MAX_PORT);
    assert.doesNotMatch(mediaAddress(sdp, media) ?? '', /\s/);
  }
  const { timing } = sdp;
  assert.ok(
    timing === undefined || (Number.isSafeInteger(timing.startS) && Number.isSafeInteger(timing.endS)),
  );
  const ssrc = ssrcOf(sdp);
  assert.ok(ssrc === undefined || (Number.isInteger(ssrc) && ssrc >= 0 && ssrc <= MAX_SSRC));
  return [
    `media-${String(sdp.media.length)}`,
    sdp.origin === undefined ? 'no-origin' : 'origin',
    timing === undefined ? 'no-timing' : 'timing',
    ssrc === undefined ? 'no-ssrc' : 'ssrc',
    sdp.f === undefined ? 'no-f' : 'f',
    again(sdp),
  ];
}

/** What can be written reads as what it was. */
function again(sdp: Sdp): string {
  const written = serialiseSdp(sdp);
  if (!written.ok) return 'not-written';
  const parsed = parseSdp(Buffer.from(written.text, 'latin1'));
  assert.ok(parsed.ok, 'what was written can be read');
  assert.deepEqual(
    parsed.sdp.media.map(({ kind, port }) => [kind, port]),
    sdp.media.map(({ kind, port }) => [kind, port]),
  );
  assert.equal(ssrcOf(parsed.sdp), ssrcOf(sdp));
  return 'written';
}

function answerOf(body: Uint8Array, transport: 'udp' | 'tcp-passive' | 'tcp-active'): string {
  const read = readPlayAnswer(body, { transport, ssrc: OFFERED });
  if (!read.ok) return `${transport}: ${read.why}`;
  const { ssrc, port, address, fileSize } = read.answer;
  assert.ok(Number.isInteger(ssrc) && ssrc > 0 && ssrc <= MAX_SSRC);
  assert.ok(port > 0 && port <= MAX_PORT);
  assert.ok(fileSize === undefined || (Number.isSafeInteger(fileSize) && fileSize > 1));
  return `${transport}: ${address === '' ? 'no address' : 'address'}${fileSize === undefined ? '' : ' size'}`;
}

function upperOf(body: Uint8Array): string {
  const read = readUpperOffer(body);
  if (!read.ok) {
    assert.ok(read.status >= 400 && read.status < 700);
    return `upper: ${String(read.status)}`;
  }
  const { kind, port, payloadType, ssrc, startS, endS, streamNumber, downloadSpeed } = read.offer;
  assert.ok(port > 0 && port <= MAX_PORT && payloadType >= 0 && payloadType <= 127);
  assert.ok(ssrc === undefined || (ssrc >= 0 && ssrc <= MAX_SSRC));
  assert.ok(Number.isSafeInteger(startS) && Number.isSafeInteger(endS) && [0, 1].includes(streamNumber));
  assert.ok(downloadSpeed === undefined || (downloadSpeed > 0 && downloadSpeed <= 64));
  return `upper: ${kind}`;
}

function voiceOf(body: Uint8Array): string {
  const read = readVoiceDescription(body);
  if (!read.ok) return `voice: ${read.why}`;
  const { remote, payloadType, ssrc, codec } = read.description;
  assert.ok(remote === undefined || (remote.port > 0 && remote.port <= MAX_PORT));
  assert.ok(payloadType >= 0 && payloadType <= 127);
  assert.ok(ssrc === undefined || (ssrc >= 0 && ssrc <= MAX_SSRC));
  return `voice: ${codec}`;
}

function controlOf(body: Uint8Array): string {
  const { status, fromS, scale } = readMansrtspAnswer(body);
  assert.ok(Number.isInteger(status) && status >= 0 && status <= 999);
  assert.ok(fromS === undefined || (Number.isFinite(fromS) && fromS >= 0));
  assert.ok(scale === undefined || Number.isFinite(scale));
  return `control-${status === 200 ? 'yes' : 'no'}${fromS === undefined ? '' : '-from'}${scale === undefined ? '' : '-scale'}`;
}
