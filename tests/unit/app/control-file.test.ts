import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ControlClient } from '../../../bff/src/app/cli/control-client.ts';
import {
  AlreadyRunningError,
  type ControlFile,
  readControlFile,
  refuseSecondServer,
  removeControlFile,
  writeControlFile,
} from '../../../bff/src/app/control-file.ts';
import { DataDir } from '../../../bff/src/app/data-dir.ts';

const SIP = { host: '10.0.0.1', port: 5_060, id: '34020000002000000001', domain: '3402000000' };

describe('the control file', () => {
  let dataDir: DataDir;
  let server: Server;
  let url = '';
  let answer: { status: number; body: string };
  let asked: string[];

  before(async () => {
    server = createServer((request, response) => {
      asked.push(
        `${request.method ?? ''} ${request.url ?? ''} ${request.headers.authorization ?? ''}`.trim(),
      );
      response.writeHead(answer.status).end(answer.body);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  after(() => {
    server.close();
    server.closeAllConnections();
  });

  beforeEach(() => {
    answer = { status: 200, body: '{}' };
    asked = [];
    dataDir = new DataDir(mkdtempSync(join(tmpdir(), 'yimu-control-')));
  });

  afterEach(() => {
    rmSync(dataDir.path, { recursive: true, force: true });
  });

  function control(change: Partial<ControlFile> = {}): ControlFile {
    return { url, key: 'the key', pid: process.ppid, sip: SIP, ...change };
  }

  it('is read as it was written, and gone when it was removed', () => {
    writeControlFile(dataDir, control());
    assert.deepEqual(readControlFile(dataDir), control());
    removeControlFile(dataDir);
    assert.equal(readControlFile(dataDir), undefined);
  });

  it('is none when it is not whole', () => {
    for (const text of ['', '{', 'null', '[]', '{"url":"http://h"}', '{"url":1,"key":"k","pid":1}']) {
      writeFileSync(dataDir.file('control.json'), text);
      assert.equal(readControlFile(dataDir), undefined, text);
    }
  });

  it('keeps a second server away while the first one answers', async () => {
    writeControlFile(dataDir, control());
    await assert.rejects(refuseSecondServer(dataDir), (error) => {
      assert.ok(error instanceof AlreadyRunningError);
      assert.deepEqual([error.pid, error.url, error.path], [process.ppid, url, dataDir.path]);
      return true;
    });
    assert.deepEqual(asked, ['GET /healthz']);
  });

  it('keeps nobody away when its server is gone, or another program has its process ID', async () => {
    await refuseSecondServer(dataDir);
    writeControlFile(dataDir, control({ pid: 2 ** 22 + 1 }));
    await refuseSecondServer(dataDir);
    writeControlFile(dataDir, control({ url: 'http://127.0.0.1:9' }));
    await refuseSecondServer(dataDir);
    writeControlFile(dataDir, control());
    answer = { status: 503, body: '' };
    await refuseSecondServer(dataDir);
  });

  it('leads the command line to the server, with the key', async () => {
    writeControlFile(dataDir, control());
    answer = { status: 201, body: '{"a":1}' };
    const client = new ControlClient(dataDir);
    assert.deepEqual(await client.call('POST', '/devices', { gbId: '1' }), { a: 1 });
    assert.deepEqual(asked, ['POST /console-api/v1/devices Bearer the key']);
    assert.deepEqual(client.sip, SIP);
    answer = { status: 204, body: '' };
    assert.equal(await client.call('DELETE', '/devices/1'), undefined);
  });

  it('gives the command line a clear word for each refusal', async () => {
    writeControlFile(dataDir, control());
    const rows: readonly [status: number, body: string, message: RegExp, code: string | undefined][] = [
      [409, '{"code":"ALREADY_EXISTS","message":"已存在"}', /^已存在。 There is a device/, 'ALREADY_EXISTS'],
      [401, '{"code":"UNAUTHENTICATED","message":"密钥"}', /of another server/, 'UNAUTHENTICATED'],
      [418, '{"code":"TEAPOT","message":"茶"}', /^茶。 Refused by the server \(TEAPOT\)/, 'TEAPOT'],
      [500, '{"code":"INTERNAL"}', /操作失败.*\(INTERNAL\)/, 'INTERNAL'],
      [502, '<html>bad gateway</html>', /应答异常.*HTTP status 502/, undefined],
      [500, 'null', /HTTP status 500/, undefined],
    ];
    for (const [status, body, message, code] of rows) {
      answer = { status, body };
      await assert.rejects(new ControlClient(dataDir).call('GET', '/devices'), { message, code });
    }
  });

  it('gives it a clear word when nobody is there', async () => {
    const client = new ControlClient(dataDir);
    await assert.rejects(client.call('GET', '/devices'), /没有正在运行的服务.*No server runs.*npm start/);
    assert.throws(() => client.sip, /No server runs/);
    writeControlFile(dataDir, control({ url: 'http://127.0.0.1:9' }));
    await assert.rejects(client.call('GET', '/devices'), /没有应答.*does not answer/);
  });
});
