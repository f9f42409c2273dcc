import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import type { IncomingMessage } from 'node:http';
import fc from 'fast-check';
import { BodyFault, type Params, readParams } from '../../../../bff/src/http/dialect-kit/index.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

const NAMES = ['a', 'b', '名'] as const;

/** A request as the parser of Node hands it over, its body in pieces. */
function request(type: string | undefined, ...pieces: readonly (string | Buffer)[]): IncomingMessage {
  const stream = Readable.from(pieces.map((piece) => Buffer.from(piece)));
  return Object.assign(stream, {
    headers: type === undefined ? {} : { 'content-type': type },
  }) as unknown as IncomingMessage;
}

async function read(type: string | undefined, body: string | Buffer, query = ''): Promise<Params> {
  return await readParams(request(type, body), query, new FakeClock());
}

const valuesOf = (params: Params): readonly (string | undefined)[] => NAMES.map((name) => params.text(name));

const URLENCODED = 'application/x-www-form-urlencoded';

/** One part in a charset. */
const inCharset = (charset: string): string =>
  `--X\r\nContent-Disposition: form-data; name="a"\r\nContent-Type: text/plain; charset=${charset}\r\n\r\n1\r\n--X--\r\n`;

/** A multipart body of the given fields; every line ends as `newline` says. */
function multipart(boundary: string, fields: Readonly<Record<string, string>>, newline = '\r\n'): string {
  const parts = Object.entries(fields).map(
    ([name, value]) =>
      `--${boundary}${newline}Content-Disposition: form-data; name="${name}"${newline}${newline}${value}${newline}`,
  );
  return `${parts.join('')}--${boundary}--${newline}`;
}

describe('the parameters of a call', () => {
  const forms: readonly [string, string | undefined, string | Buffer, string][] = [
    ['urlencoded', URLENCODED, 'a=1&b=x+y%26&%E5%90%8D=%E5%A4%A7', ''],
    ['urlencoded with a charset', `${URLENCODED}; charset=UTF-8`, 'a=1&b=x+y%26&名=大', ''],
    [
      'urlencoded under a charset that it does not need',
      `${URLENCODED};charset=gbk`,
      'a=1&b=x+y%26&%E5%90%8D=%E5%A4%A7',
      '',
    ],
    ['in the query alone', undefined, '', 'a=1&b=x+y%26&%E5%90%8D=%E5%A4%A7'],
    ['half in the query, half in the body', URLENCODED, 'b=x+y%26&名=大', 'a=1'],
    ['in both, when the body wins', URLENCODED, 'a=1&b=x+y%26&名=大', 'a=9&b=9'],
    ['given twice, when the last one counts', URLENCODED, 'a=9&a=1&b=x+y%26&名=大', ''],
    ['urlencoded without a content type', undefined, 'a=1&b=x+y%26&名=大', ''],
    ['urlencoded under an odd content type', 'text/plain', 'a=1&b=x+y%26&名=大', ''],
    ['multipart', 'multipart/form-data; boundary=XX', multipart('XX', { a: '1', b: 'x y&', 名: '大' }), ''],
    [
      'multipart with a quoted boundary',
      'multipart/form-data; boundary="X;\\"X"',
      multipart('X;"X', { a: '1', b: 'x y&', 名: '大' }),
      '',
    ],
    [
      'multipart without boundary in its type',
      'multipart/form-data',
      multipart('X-1', { a: '1', b: 'x y&', 名: '大' }),
      '',
    ],
    [
      'multipart under the typing error of the guide',
      'amultipart/form-data',
      multipart('X-1', { a: '1', b: 'x y&', 名: '大' }),
      '',
    ],
    ['multipart under no type', undefined, multipart('X-1', { a: '1', b: 'x y&', 名: '大' }), ''],
    ['multipart under the type of a form', URLENCODED, multipart('X-1', { a: '1', b: 'x y&', 名: '大' }), ''],
    ['JSON', 'application/json', '{"a":1,"b":"x y&","名":"大","nested":{"c":1},"none":null,"list":[1]}', ''],
    ['JSON with a charset', 'application/json; charset=utf-8', '{"a":"1","b":"x y&","名":"大"}', ''],
  ];
  for (const [what, type, body, query] of forms) {
    it(`are read when they are ${what}`, async () => {
      assert.deepEqual(valuesOf(await read(type, body, query)), ['1', 'x y&', '大']);
    });
  }

  it('may say their charset part by part', async () => {
    for (const charset of ['UTF-8', 'US-ASCII', 'ISO-8859-1'])
      assert.equal((await read('multipart/form-data; boundary=X', inCharset(charset))).text('a'), '1');
  });

  it('are the same however the body is cut', async () => {
    const body = Buffer.from(multipart('X-1', { a: '1', b: 'x y&', 名: '大' }));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(body.length), { maxLength: 6 }), async (cuts) => {
        const at = [0, ...cuts.sort((one, other) => one - other), body.length];
        const pieces = at.slice(1).map((end, index) => body.subarray(at[index], end));
        const params = await readParams(request('multipart/form-data', ...pieces), '', new FakeClock());
        assert.deepEqual(valuesOf(params), ['1', 'x y&', '大']);
      }),
    );
  });

  it('come out as they were sent, in every form', async () => {
    const value = fc.string({ unit: 'grapheme', maxLength: 200 }).filter((text) => !text.includes('\u0000'));
    await fc.assert(
      fc.asyncProperty(value, async (text) => {
        const expected = text.trim() === '' ? undefined : text.trim();
        const form = new URLSearchParams({ a: text }).toString();
        for (const params of [
          await read(URLENCODED, form),
          await read(undefined, '', form),
          await read('application/json', JSON.stringify({ a: text })),
          await read('multipart/form-data; boundary=-X-', multipart('-X-', { a: text })),
        ]) {
          assert.equal(params.text('a'), expected);
        }
      }),
    );
  });

  it('never harm, whatever they are called', async () => {
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'then'];
    const body = names.map((name) => `${name}=x`).join('&');
    for (const params of [
      await read(URLENCODED, body),
      await read('application/json', '{"__proto__":"x"}'),
    ]) {
      assert.equal(params.text('__proto__'), 'x');
      assert.equal(params.text('accessToken'), undefined);
      assert.equal(({} as { readonly x?: unknown }).x, undefined);
    }
  });

  it('may have wrong percent encodings: they stand for what cannot be read', async () => {
    const params = await read(URLENCODED, 'a=%zz%&b=%ff%fe&%=1');
    assert.equal(params.text('a'), '%zz%');
    assert.equal(params.text('b'), '\uFFFD\uFFFD');
  });

  it('in a file part are left aside, and so is the file', async () => {
    const body = [
      '--X\r\nContent-Disposition: form-data; name="a"\r\n\r\n1',
      '--X\r\nContent-Disposition: form-data; name="voiceFile"; filename="x.mp3"\r\nContent-Type: audio/mpeg\r\n\r\nID3',
      '--X--\r\n',
    ].join('\r\n');
    const params = await read('multipart/form-data; boundary=X', body);
    assert.deepEqual([params.text('a'), params.text('voiceFile')], ['1', undefined]);
  });

  const refused: readonly [string, string | undefined, string | Buffer, string][] = [
    ['more than 64 KiB', URLENCODED, `a=${'x'.repeat(65_536)}`, ''],
    [
      'more than 64 KiB of multipart',
      'multipart/form-data; boundary=X',
      multipart('X', { a: 'x'.repeat(65_536) }),
      '',
    ],
    [
      'more than 100 parameters',
      URLENCODED,
      Array.from({ length: 101 }, (_, no) => `p${String(no)}=1`).join('&'),
      '',
    ],
    [
      'more than 100 parameters in the query',
      undefined,
      '',
      Array.from({ length: 101 }, (_, no) => `p${String(no)}=1`).join('&'),
    ],
    [
      'more than 100 parts',
      'multipart/form-data; boundary=X',
      multipart('X', Object.fromEntries(Array.from({ length: 102 }, (_, no) => [`p${String(no)}`, '1']))),
      '',
    ],
    ['a name of more than 100 characters', URLENCODED, `${'n'.repeat(101)}=1`, ''],
    [
      'a part’s name of more than 100 characters',
      'multipart/form-data; boundary=X',
      multipart('X', { ['n'.repeat(101)]: '1' }),
      '',
    ],
    ['a value of more than 16 KiB', URLENCODED, `a=${'x'.repeat(16_385)}`, ''],
    [
      'a part of more than 16 KiB',
      'multipart/form-data; boundary=X',
      multipart('X', { a: 'x'.repeat(16_385) }),
      '',
    ],
    ['bytes that are no UTF-8', URLENCODED, Buffer.from([0x61, 0x3d, 0xb4, 0xf3]), ''],
    ['JSON that is none', 'application/json', '{"a":', ''],
    ['JSON that is no object', 'application/json', '[{"a":1}]', ''],
    ['JSON that is null', 'application/json', 'null', ''],
    ['JSON that nests without end', 'application/json', '['.repeat(60_000), ''],
    ['multipart that has no parts', 'multipart/form-data; boundary=X', 'a=1', ''],
    [
      'multipart that is cut off',
      'multipart/form-data; boundary=X',
      multipart('X', { a: '1' }).slice(0, -8),
      '',
    ],
    ['a part in a charset that nobody knows', 'multipart/form-data; boundary=X', inCharset('gbk'), ''],
    [
      'multipart with a broken part header',
      'multipart/form-data; boundary=X',
      '--X\r\nContent-Disposition: form-data; name="a"\r\nbroken\u0001header\r\n\r\n1\r\n--X--\r\n',
      '',
    ],
  ];
  for (const [what, type, body, query] of refused) {
    it(`are refused with ${what}`, async () => {
      await assert.rejects(read(type, body, query), BodyFault);
    });
  }

  it('are refused when the body is compressed', async () => {
    const message = request(URLENCODED, 'a=1');
    message.headers['content-encoding'] = 'gzip';
    await assert.rejects(readParams(message, '', new FakeClock()), BodyFault);
  });

  it('are refused when the body does not come in ten seconds, and leave no timer', async () => {
    const clock = new FakeClock();
    const stream = new Readable({ read: () => undefined });
    const message = Object.assign(stream, { headers: {} }) as unknown as IncomingMessage;
    const outcome = assert.rejects(readParams(message, '', clock), /slow/);
    stream.push('a=1');
    await clock.advance(9_999);
    assert.equal(clock.pending, 1);
    await clock.advance(1);
    await outcome;
    assert.equal(clock.pending, 0);
  });

  it('are refused when the client goes away meanwhile', async () => {
    const clock = new FakeClock();
    const stream = new Readable({ read: () => undefined });
    const message = Object.assign(stream, { headers: {} }) as unknown as IncomingMessage;
    const outcome = assert.rejects(readParams(message, '', clock), /went away/);
    stream.destroy(new Error('reset'));
    await outcome;
    assert.equal(clock.pending, 0);
  });

  it('never make the reading throw anything but a fault, whatever the body is', async () => {
    const types = [
      undefined,
      URLENCODED,
      'multipart/form-data; boundary=X',
      'application/json',
      'x/y',
    ] as const;
    const piece = fc.constantFrom(
      '--X',
      '\r\n',
      'Content-Disposition: form-data',
      '; name="a"',
      '--',
      '{',
      '"',
      '%',
      '&',
    );
    const body = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece).map((pieces) => pieces.join('')),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...types), body, async (type, text) => {
        try {
          const params = await read(type, text);
          params.text('a');
        } catch (error) {
          assert.ok(error instanceof BodyFault, String(error));
        }
      }),
      { numRuns: 500 },
    );
  });
});
