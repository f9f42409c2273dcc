import { snOf } from './raw-device.ts';
import { Received } from './sip-peer.ts';

let serial = 0;

/** A request of a fixture in a transaction and a Call-ID of its own, with lines of the head besides. */
export function anew(request: Buffer, headers: readonly string[] = []): Buffer {
  serial += 1;
  const { head, body } = new Received(request);
  const lines = head
    .replace(/;branch=[^;\r]+/, `;branch=z9hG4bKanew${String(serial)}`)
    .replace(/^(Call-ID: [^@\r]+)/m, `$1-${String(serial)}`)
    .replace(/^Content-Length:/m, [...headers, 'Content-Length:'].join('\r\n'));
  return joined(lines, body);
}

/** An answer of a fixture under the SN of the question that it answers; a right Content-Length stays right. */
export function answerUnderSn(question: Received, answer: Buffer): Buffer {
  const { head, body } = new Received(answer);
  const said = body.toString('latin1').replace(/<SN>(\s*)\d+/, `<SN>$1${snOf(question)}`);
  const right = new RegExp(`^Content-Length: ${String(body.length)}\\r$`, 'm');
  const lines = head.replace(right, `Content-Length: ${String(said.length)}\r`);
  return joined(lines, Buffer.from(said, 'latin1'));
}

function joined(lines: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${lines}\r\n`, 'latin1'), body]);
}
