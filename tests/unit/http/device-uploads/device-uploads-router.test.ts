import assert from 'node:assert/strict';
import fc from 'fast-check';
import { deviceUploadsRouter } from '../../../../bff/src/http/index.ts';
import { jpegOfUpload } from '../../../../bff/src/http/device-uploads/jpeg-of-upload.ts';
import { Instruments } from '../../../../bff/src/kernel/index.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { withHttp } from '../../../support/http-server.ts';

const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3, 0xff, 0xd9]);
const TOKEN = 'a'.repeat(48);

async function withUploads(
  use: (
    send: (method: string, path: string, body?: BodyInit, type?: string) => Promise<number>,
    taken: Buffer[],
  ) => Promise<void>,
): Promise<void> {
  const clock = new FakeClock();
  const taken: Buffer[] = [];
  const snapshots = {
    awaits: (token: string): boolean => token === TOKEN && taken.length < 2,
    receive: (_token: string, jpeg: Uint8Array): Promise<boolean> => {
      taken.push(Buffer.from(jpeg));
      return Promise.resolve(true);
    },
  };
  const routers = [deviceUploadsRouter({ snapshots, clock, instruments: new Instruments() })];
  await withHttp({ routers, trustedProxies: [], clock }, async ({ url }) => {
    await use(async (method, path, body, type) => {
      const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type };
      const response = await fetch(`${url}/device-uploads/${path}`, {
        method,
        headers,
        ...(body === undefined ? {} : { body }),
      });
      return response.status;
    }, taken);
  });
}

describe('uploads of devices', () => {
  it('are taken by PUT and POST, raw and as a form of whatever field, with a file name behind the token', async () => {
    await withUploads(async (send, taken) => {
      assert.equal(await send('PUT', TOKEN, new Uint8Array(JPEG), 'image/jpeg'), 200);
      const form = new FormData();
      form.set('note', 'x');
      form.set('whatever', new Blob([new Uint8Array(JPEG)]), 'a.jpg');
      assert.equal(await send('POST', `${TOKEN}/a.jpg`, form), 200);
      assert.deepEqual(taken, [JPEG, JPEG]);
      assert.equal(await send('PUT', TOKEN, new Uint8Array(JPEG)), 404, 'no more were ordered');
    });
  });

  it('are not there without an order, are refused when they are no picture or too long', async () => {
    await withUploads(async (send, taken) => {
      for (const path of ['b'.repeat(48), 'x', '../devices', `${TOKEN}0`])
        assert.equal(await send('PUT', path, new Uint8Array(JPEG)), 404, path);
      assert.equal(await send('GET', TOKEN), 404);
      for (const body of ['', '<html>', Buffer.from([0xff, 0xd8, 0xff, 0xe0])])
        assert.equal(await send('PUT', TOKEN, body), 415);
      assert.equal(await send('PUT', TOKEN, new Uint8Array(9 * 1_048_576)), 413);
      assert.deepEqual(taken, []);
    });
  });

  it('never make the reader throw', () => {
    const piece = fc.oneof(
      fc.constantFrom('--b', '\r\n--b', '\r\n\r\n', '--', '\xff\xd8\xff', '\xff\xd9', 'boundary=b', '"'),
      fc.string({ unit: 'binary', maxLength: 8 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), fc.array(piece, { maxLength: 6 }), (body, type) => {
        const jpeg = jpegOfUpload(
          Buffer.from(body.join(''), 'latin1'),
          `multipart/form-data; ${type.join('')}`,
        );
        assert.ok(jpeg === undefined || jpeg[0] === 0xff);
      }),
    );
  });
});
