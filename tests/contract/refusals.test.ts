import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { renderErrorsPage } from '../../bff/src/http/index.ts';
import { CoreError } from '../../bff/src/kernel/index.ts';
import { CORE_ERROR_CODES, CORE_ERROR_TEXTS } from '../../shared/src/index.ts';
import { ScriptedCore } from '../support/core/scripted-core.ts';
import { DIALECTS_UNDER_TEST } from './dialects-under-test.ts';

const PAGE = fileURLToPath(new URL('../../docs/errors.md', import.meta.url));
/** Codes that clients of the Ezviz platform know (its table of return codes). */
const EZVIZ_CODES =
  /^(200|1000[1245689]|1001[0-9]|1002[0367-9]|1003[0-6]|10051|200(0[1-9]|1[0-9]|2[0-69]|3[0-25])|49999|50000|600(0\d|1\d|2\d|3[0-35]|4\d|5[0-8]|6[0-3]|8[0-4])|60107|80502|1110(00|12)|395402)$/;

for (const { name, make, refusals } of DIALECTS_UNDER_TEST) {
  describe(`the refusals of the ${name} dialect`, () => {
    const dialect = make(new ScriptedCore({}).core);

    for (const code of CORE_ERROR_CODES) {
      it(`say what ${code} is, in Chinese, with nothing of the inside`, () => {
        const expected = refusals.ofCore[code];
        assert.match(expected.message, /[\u4e00-\u9fff]/);
        const error = new CoreError(
          code,
          'a secret of the inside',
          { deviceId: 'secret' },
          new Error('secret'),
        );
        const { status, body } = dialect.renderFault(error);
        assert.equal(status, expected.status);
        const text = JSON.stringify(body);
        assert.ok(text.includes(expected.code) && text.includes(expected.message));
        assert.doesNotMatch(text, /secret/);
      });
    }

    it('are told apart from faults of ours, whatever is thrown', () => {
      for (const thrown of [new Error('secret'), 'secret', undefined, null, { code: 'DEVICE_OFFLINE' }]) {
        assert.deepEqual(dialect.renderFault(thrown), dialect.renderFault(new CoreError('INTERNAL', '')));
      }
    });
  });
}

describe('the codes of the Ezviz dialect', () => {
  it('are all known to the clients of the platform', () => {
    const ezviz = DIALECTS_UNDER_TEST.find(({ name }) => name === 'ezviz');
    assert.ok(ezviz);
    const used = [
      ...Object.values(ezviz.refusals.ofCore),
      ...ezviz.refusals.own.map(({ refusal }) => refusal),
    ];
    for (const { status, code } of used) {
      assert.match(code, EZVIZ_CODES);
      assert.equal(status, 200);
    }
  });
});

describe('the page of errors', () => {
  const page = renderErrorsPage();

  it('is the one in the documents', () => {
    assert.equal(readFileSync(PAGE, 'utf8'), page, 'npm run generate');
  });

  it('has a row of every refusal of the core, and every refusal of every dialect', () => {
    for (const code of CORE_ERROR_CODES)
      assert.ok(page.includes(`| \`${code}\` | ${CORE_ERROR_TEXTS[code]} |`), code);
    for (const { refusals } of DIALECTS_UNDER_TEST) {
      for (const { cause, refusal } of refusals.own)
        assert.ok(page.includes(`| ${cause} | \`${refusal.code}\` ${refusal.message} |`), cause);
    }
  });
});
