import { OWN_TEXTS, tokenLengthText } from '../texts/pages.ts';
import { isAccessToken, readCameraCode, TOKEN_LENGTH } from './device-code.ts';

export type OwnField = 'code' | 'token';

/** What is typed, and which fields were left once: only these are told that they are wrong. */
export interface OwnForm {
  readonly code: string;
  readonly token: string;
  readonly left: Readonly<Record<OwnField, boolean>>;
}

export interface OwnFormView {
  readonly codeError: string;
  readonly tokenError: string;
  /** Both fields are right: the button works. */
  readonly ready: boolean;
}

export function emptyForm(code = '', token = ''): OwnForm {
  return { code, token, left: { code: false, token: false } };
}

/** The field as typed now. */
export function typed(form: OwnForm, field: OwnField, value: string): OwnForm {
  return { ...form, [field]: value };
}

/** The user went on from the field. */
export function left(form: OwnForm, field: OwnField): OwnForm {
  return { ...form, left: { ...form.left, [field]: true } };
}

function wrong({ code, token }: OwnForm, field: OwnField): boolean {
  return field === 'code' ? readCameraCode(code) === undefined : !isAccessToken(token.trim());
}

/** The toast of a field that was left with a wrong value, '' for none; an empty field is no mistake yet. */
export function toastOf(form: OwnForm, field: OwnField): string {
  if (form[field].trim() === '' || !wrong(form, field)) return '';
  return field === 'code' ? OWN_TEXTS.codeWrong : OWN_TEXTS.tokenWrong;
}

/** What stands under the fields, and whether the button works. */
export function formView(form: OwnForm): OwnFormView {
  const shown = (field: OwnField): boolean =>
    form.left[field] && form[field].trim() !== '' && wrong(form, field);
  const length = form.token.trim().length;
  const tokenError = length === TOKEN_LENGTH ? OWN_TEXTS.tokenWrong : tokenLengthText(length);
  return {
    codeError: shown('code') ? OWN_TEXTS.codeWrongHint : '',
    tokenError: shown('token') ? tokenError : '',
    ready: !wrong(form, 'code') && !wrong(form, 'token'),
  };
}
