import assert from 'node:assert/strict';
import { createSocket, type RemoteInfo } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer } from '../../../bff/src/app/server.ts';
import { loadConfig } from '../../../bff/src/config/index.ts';
import { silentLogger } from '../../../bff/src/kernel/index.ts';

const BOUND = '127.0.0.2';

describe('SIP of the whole server, bound to one address of many', function () {
  this.timeout(60_000);

  it('answers from that address, whichever the way back begins at (Q3)', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'yimu-bind-'));
    const config = loadConfig({
      ...{ YIMU_HTTP_HOST: '127.0.0.1', YIMU_HTTP_PORT: '0', YIMU_MEDIA_HTTP_PORT: '0', YIMU_RTMP_PORT: '0' },
      ...{ YIMU_SIP_HOST: BOUND, YIMU_SIP_BIND_HOST: BOUND, YIMU_SIP_PORT: '0', YIMU_RTP_PORTS: '0' },
      ...{ YIMU_DATA_DIR: join(folder, 'data'), YIMU_TRIAL: 'off' },
    });
    const server = await startServer(config, silentLogger);
    const device = createSocket('udp4').bind(0, '127.0.0.1');
    try {
      await once(device, 'listening');
      const answer = once(device, 'message') as Promise<[Buffer, RemoteInfo]>;
      const via = `Via: SIP/2.0/UDP 127.0.0.1:${String(device.address().port)};rport;branch=z9hG4bKq3`;
      const request = `OPTIONS sip:1@1 SIP/2.0\r\n${via}\r\nFrom: <sip:1@1>;tag=1\r\nTo: <sip:1@1>\r\nCall-ID: q3\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n`;
      device.send(request, server.sip.port, BOUND);
      const [, { address, port }] = await answer;
      assert.deepEqual([address, port], [BOUND, server.sip.port]);
    } finally {
      device.close();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
