import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createLogger } from '../../../bff/src/app/logging.ts';
import { maskSecrets } from '../../../bff/src/app/mask-secrets.ts';
import { terminalLog } from '../../../bff/src/app/terminal-log.ts';
import type { LogFields } from '../../../bff/src/kernel/index.ts';

const SECRET = 'V3ryS3cretValue0123456789abcdef';

/** Lines that a logger writes. */
function logged(fields: LogFields, message = 'something happens', level = 'debug'): string {
  const lines: string[] = [];
  const logger = createLogger(level, { write: (line) => lines.push(line) });
  logger.child({ part: 'test' }).info(fields, message);
  return lines.join('');
}

describe('the log', () => {
  const rows: readonly [what: string, fields: LogFields][] = [
    ['a password', { password: SECRET }],
    ['a password of a device, deep inside', { order: { device: { list: [{ password: SECRET }] } } }],
    ['an access token', { accessToken: SECRET }],
    ['an application secret', { appSecret: SECRET }],
    ['the operator key', { operatorKey: SECRET, key: SECRET }],
    ['the sealing key', { sealingKey: SECRET }],
    ['a header of authorization', { headers: { Authorization: `Bearer ${SECRET}` } }],
    ['a cookie', { headers: { cookie: SECRET, 'set-cookie': SECRET } }],
    ['a signature', { sign: SECRET, signature: SECRET }],
    ['a play URL', { url: `http://h:8090/v3/openlive/K_1_1.flv?expire=1&id=2&t=${SECRET}` }],
    ['the path of a play URL', { path: `/v3/a.flv?t=${SECRET}&expire=1` }],
    ['a token in a URL', { url: `https://h/api?accessToken=${SECRET}#x` }],
    ['the console URL', { consoleUrl: `http://h/console/#key=${SECRET}` }],
    ['a form', { body: `appKey=a&appSecret=${SECRET}&x=1` }],
    ['JSON that is a text', { body: JSON.stringify({ accessToken: SECRET, t: SECRET }) }],
    ['a database URL', { url: `mysql://yimu:${SECRET}@db:3306/yimu` }],
    [
      'a digest response',
      { header: `Digest username="u", realm="r", nonce="n", response="${SECRET}", algorithm=MD5` },
    ],
    ['a SIP message', { bytes: `REGISTER sip:a\r\nAuthorization: Digest response="${SECRET}"\r\n\r\n` }],
    ['an error', { err: new Error(`connect to mysql://root:${SECRET}@h failed`) }],
    ['a cause', { err: new Error('failed', { cause: new Error(`GET /x.flv?t=${SECRET}`) }) }],
    ['an error with fields', { err: Object.assign(new Error('no'), { config: { password: SECRET } }) }],
  ];
  for (const [what, fields] of rows) {
    it(`does not tell ${what}`, () => {
      const line = logged(fields);
      assert.ok(!line.includes(SECRET), line);
      assert.match(line, /\*\*\*/);
      assert.doesNotThrow(() => JSON.parse(line) as unknown);
    });
  }

  it('does not tell what stands in the message itself', () => {
    assert.ok(!logged({}, `GET /a.flv?t=${SECRET}`).includes(SECRET));
  });

  it('tells what is no secret', () => {
    const fields = {
      deviceId: '34020000001320000001',
      streamKey: 'live/1/1',
      target: 'a',
      url: 'http://h:8090/v3/a.flv?expire=1768442430&id=2',
      sdp: 'v=0\r\nt=0 0\r\n',
      header: 'Digest username="u", realm="r", nonce="abc"',
      address: 'sip:34020000002000000001@3402000000',
      count: 7,
    };
    const { part, ...told } = JSON.parse(logged(fields)) as LogFields;
    assert.equal(part, 'test');
    for (const [name, value] of Object.entries(fields)) assert.deepEqual(told[name], value, name);
  });

  it('masks any value, and leaves JSON what it was', () => {
    const value = fc.string({ minLength: 8, maxLength: 60, unit: 'grapheme' });
    const wrapped = fc.constantFrom(
      (secret: string): LogFields => ({ password: secret }),
      (secret: string): LogFields => ({ a: [{ b: { newPassword: secret } }] }),
      (secret: string): LogFields => ({ body: JSON.stringify({ accessToken: secret }) }),
      (secret: string): LogFields => ({ url: `http://h/a?x=1&t=${encodeURIComponent(secret)}` }),
      (secret: string): LogFields => ({ body: `password=${encodeURIComponent(secret)}` }),
    );
    fc.assert(
      fc.property(value, wrapped, (secret, wrap) => {
        const marked = `${secret.trim()}#S3cr3t!${secret.trim()}`;
        const line = logged(wrap(marked));
        assert.ok(!line.includes('S3cr3t'), line);
        JSON.parse(line);
      }),
    );
  });

  it('masks hostile lines in time that grows with them', () => {
    const startedAtMs = performance.now();
    for (const piece of ['a-', '"', '\\', '"t":"\\\\', 't=', 'a://', 'response=\\', 'Bearer ', '_', '?t=&'])
      maskSecrets(piece.repeat(100_000));
    assert.ok(performance.now() - startedAtMs < 2_000);
  });

  it('keeps to its level, and is silent when told so', () => {
    assert.equal(logged({ a: 1 }, 'x', 'warn'), '');
    assert.equal(logged({ a: 1 }, 'x', 'silent'), '');
  });

  it('says each level by its name', () => {
    const lines: string[] = [];
    const logger = createLogger('debug', { write: (line) => lines.push(line) });
    for (const level of ['debug', 'info', 'warn', 'error'] as const) logger[level]({}, level);
    assert.deepEqual(
      lines.map((line) => (JSON.parse(line) as { level: number }).level),
      [20, 30, 40, 50],
    );
  });
});

describe('the log at a terminal', () => {
  function shown(level: 'debug' | 'info' | 'warn' | 'error', fields: LogFields, message: string): string {
    const texts: string[] = [];
    createLogger('debug', terminalLog({ write: (text: string) => texts.push(text) }))[level](fields, message);
    return texts.join('');
  }

  it('is read by people: time of day, level, message, fields, and the stack of an error', () => {
    assert.match(
      shown('warn', { deviceId: '3402', facts: { a: 1 } }, 'device flaps'),
      /^\d\d:\d\d:\d\d WARN {2}device flaps deviceId=3402 facts=\{"a":1\}\n$/,
    );
    assert.match(shown('info', {}, 'starts'), /^\d\d:\d\d:\d\d info {2}starts\n$/);
    assert.match(shown('error', { err: new Error('why') }, 'fails'), /ERROR fails\nError: why\n +at /);
  });

  it('tells no more than JSON does', () => {
    assert.doesNotMatch(shown('error', { password: SECRET }, 'fails'), new RegExp(SECRET));
  });

  it('passes on what is no JSON', () => {
    const texts: string[] = [];
    terminalLog({ write: (text: string) => texts.push(text) }).write('half a line\n');
    assert.deepEqual(texts, ['half a line\n']);
  });
});
