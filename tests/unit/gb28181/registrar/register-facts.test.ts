import assert from 'node:assert/strict';
import { parseMessage, type SipRequest } from '../../../../bff/sip-parser-lite/src/index.ts';
import { DEFAULT_GB_LIMITS } from '../../../../bff/src/gb28181/options.ts';
import {
  expiresOf,
  GbDates,
  gbVersionOf,
  KnownTexts,
} from '../../../../bff/src/gb28181/registrar/register-facts.ts';
import { rawRequest } from '../fake-sip.ts';

function register(...headers: readonly (readonly [name: string, value: string])[]): SipRequest {
  const from = '34020000001180000001';
  const parsed = parseMessage(
    rawRequest({ method: 'REGISTER', from, headers: headers.map(([name, value]) => ({ name, value })) }),
  );
  assert.ok(parsed.ok && parsed.message.kind === 'request');
  return parsed.message;
}

describe('expiresOf', () => {
  const contact = ['Contact', '<sip:1@192.168.1.64>;expires=1200'] as const;
  const rows: readonly (readonly [string, SipRequest, number])[] = [
    ['the header', register(['Expires', '7200']), 7_200],
    ['the header before Contact', register(contact, ['Expires', '7200']), 7_200],
    ['Contact alone', register(contact), 1_200],
    ['nothing: the default', register(), 3_600],
    ['nonsense: the default', register(['Expires', 'soon']), 3_600],
    ['too little: the least', register(['Expires', '1']), 60],
    ['too much: the most', register(['Expires', '4294967295']), 604_800],
    ['0: the end', register(['Expires', '0']), 0],
    ['0 in Contact: the end', register(['Contact', '<sip:1@192.168.1.64>;expires=0']), 0],
  ];
  for (const [title, request, expected] of rows) {
    it(`grants by ${title}`, () => {
      assert.equal(expiresOf(request, DEFAULT_GB_LIMITS), expected);
    });
  }
});

describe('gbVersionOf', () => {
  it('is X-GB-Ver in any spelling of its name, and nothing else than two digits', () => {
    assert.equal(gbVersionOf(register(['X-GB-Ver', '3.0'])), '3.0');
    assert.equal(gbVersionOf(register(['x-gb-ver', ' 2.0 '])), '2.0');
    assert.equal(gbVersionOf(register(['X-GB-Ver', '2022'])), undefined);
    assert.equal(gbVersionOf(register()), undefined);
  });
});

describe('GbDates', () => {
  it('writes the time of Beijing without a zone (GB/T 28181-2016 §9.10.3), also within one second', () => {
    const dates = new GbDates();
    const rows: readonly (readonly [utc: string, text: string])[] = [
      ['2026-01-15T02:20:30.123Z', '2026-01-15T10:20:30.123'],
      ['2026-01-15T02:20:30.007Z', '2026-01-15T10:20:30.007'],
      ['2026-01-15T02:20:30.999Z', '2026-01-15T10:20:30.999'],
      ['2026-01-15T02:20:31.000Z', '2026-01-15T10:20:31.000'],
      ['2025-12-31T16:00:00.000Z', '2026-01-01T00:00:00.000'],
      ['1970-01-01T00:00:00.000Z', '1970-01-01T08:00:00.000'],
    ];
    for (const [utc, text] of rows) assert.equal(dates.of(Date.parse(utc)), text);
    assert.equal(dates.of(Date.parse('2026-01-15T02:20:30.123Z') + 0.7), '2026-01-15T10:20:30.123');
  });
});

describe('KnownTexts', () => {
  it('keeps one copy of a text, cut at 128 characters', () => {
    const texts = new KnownTexts();
    assert.equal(texts.of(undefined), undefined);
    assert.equal(texts.of('IP Camera'), 'IP Camera');
    assert.equal(texts.of(`${'x'.repeat(128)}a`), texts.of(`${'x'.repeat(128)}b`));
  });

  it('goes on when it is full', () => {
    const texts = new KnownTexts();
    for (let count = 0; count < 3_000; count += 1) assert.equal(texts.of(String(count)), String(count));
  });
});
