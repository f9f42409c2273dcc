import assert from 'node:assert/strict';
import { emptyForm, formView, left, toastOf, typed } from '../../../../miniprogram/src/models/own-form.ts';

const TOKEN = 'at.'.padEnd(64, '0');

describe('the form of 自助设备', () => {
  it('says nothing of fields that were not left yet, and keeps the button off', () => {
    const form = typed(emptyForm(), 'code', '12');
    assert.deepEqual(formView(form), { codeError: '', tokenError: '', ready: false });
  });

  it('an empty field that was left is no mistake', () => {
    const form = left(left(emptyForm(), 'code'), 'token');
    assert.deepEqual(formView(form), { codeError: '', tokenError: '', ready: false });
    assert.equal(toastOf(form, 'code'), '');
  });

  it('a wrong serial is told under the field and by toast when it is left', () => {
    const form = left(typed(emptyForm(), 'code', '12345678:1'), 'code');
    assert.match(formView(form).codeError, /9 位大写字母或数字/);
    assert.equal(toastOf(form, 'code'), '设备序列号格式不正确');
  });

  it('a wrong token is told with its length', () => {
    const form = left(typed(emptyForm(), 'token', TOKEN.slice(1)), 'token');
    assert.equal(formView(form).tokenError, 'AccessToken 应为 64 个字符，现在是 63 个');
    assert.equal(toastOf(form, 'token'), 'accessToken格式不正确');
  });

  it('64 characters with a blank among them are told to be malformed, not to be too few', () => {
    const form = left(typed(emptyForm(), 'token', `${'a'.repeat(30)} ${'b'.repeat(33)}`), 'token');
    assert.equal(formView(form).tokenError, 'accessToken格式不正确');
  });

  it('blanks around a pasted token do not count', () => {
    assert.equal(formView(emptyForm('123456789:1', ` ${TOKEN}\n`)).ready, true);
  });

  it('the button is on when both fields are right, and off again when one is not', () => {
    const form = emptyForm('123456789:1', TOKEN);
    assert.deepEqual(formView(form), { codeError: '', tokenError: '', ready: true });
    assert.equal(toastOf(form, 'token'), '');
    assert.equal(formView(typed(form, 'code', '')).ready, false);
    assert.equal(formView(typed(form, 'token', 'x')).ready, false);
  });

  it('an error goes as soon as the field is right', () => {
    const form = left(typed(emptyForm(), 'code', '1'), 'code');
    assert.notEqual(formView(form).codeError, '');
    assert.equal(formView(typed(form, 'code', '123456789:1')).codeError, '');
  });
});
