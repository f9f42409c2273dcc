import assert from 'node:assert/strict';
import { readVoiceDescription } from '../../../../bff/src/gb28181/voice/voice-offer.ts';

const offer = (connection: string, transport = 'RTP/AVP', role = ''): string =>
  `v=0\r\ns=Play\r\n${connection}m=audio 8000 ${transport} 8\r\na=recvonly\r\n${role}`;

function reasonOf(body: string): string | undefined {
  const read = readVoiceDescription(Buffer.from(body));
  return read.ok ? undefined : read.why;
}

describe('the description of a device that is to listen', () => {
  it('says where it listens', () => {
    const read = readVoiceDescription(Buffer.from(offer('c=IN IP4 192.168.1.64\r\n')));
    assert.ok(read.ok);
    assert.deepEqual(read.description.remote, { address: '192.168.1.64', port: 8_000 });
  });

  for (const [title, connection] of [
    ['no address', ''],
    ['an empty one', 'c=IN IP4 /127\r\n'],
    ['that of nowhere', 'c=IN IP4 0.0.0.0\r\n'],
    ['that of nowhere in IPv6', 'c=IN IP6 ::\r\n'],
    ['a name that would be looked up for each packet', 'c=IN IP4 camera.example\r\n'],
  ] as const)
    it(`is refused when it has ${title}, unless the device dials`, () => {
      assert.equal(reasonOf(offer(connection)), 'no address where the device listens');
      assert.equal(
        reasonOf(offer(connection, 'TCP/RTP/AVP', 'a=setup:passive\r\n')),
        'no address where the device listens',
      );
      assert.equal(reasonOf(offer(connection, 'TCP/RTP/AVP', 'a=setup:active\r\n')), undefined);
    });
});
