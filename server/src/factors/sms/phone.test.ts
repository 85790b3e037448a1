import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { maskNumber } from '../mask.ts';
import { phone, readPhone } from './phone.ts';

const anywhere = { countries: [] };
const numberOf = async (typed: string, rules: Parameters<typeof readPhone>[1] = anywhere) => {
  const read = await readPhone(typed, rules);
  return typeof read === 'string' ? read : read.number;
};

test('OOB-02 a number is read however it is written, and kept as E.164', async () => {
  const [us, de] = ['+12025550123', '+491701234567'];
  const ways: readonly [string, string][] = [
    ['+1 202 555 0123', us],
    ['+1 (202) 555-0123', us],
    ['+1.202.555.0123', us],
    ['+1\u2011202\u2011555\u20110123', us],
    ['\u00a0+1\u202f202\u2009555\u30000123\n', us],
    ['+\u200b1 202 555 0123', us],
    ['＋１（２０２）５５５－０１２３', us],
    ['+١٢٠٢٥٥٥٠١٢٣', us],
    ['+۱۲۰۲۵۵۵۰۱۲۳', us],
    ['+49 (0) 170 1234567', de],
    ['+49 170/1234567', de],
  ];
  for (const [typed, number] of ways) assert.equal(await numberOf(typed), number, JSON.stringify(typed));
  assert.deepEqual(await readPhone(us, anywhere), { number: us, country: 'US', callingCode: '1' });
  assert.deepEqual(await readPhone(de, anywhere), { number: de, country: 'DE', callingCode: '49' });
});

test('OOB-02 what cannot be a number is refused, and a number without a country is not guessed', async () => {
  const bad = [
    '',
    ' ',
    '+',
    '+1',
    '12',
    '0170 1234567',
    '2025550123',
    '+999 123456',
    '+1 202 555 012',
    '+44 7700 900123',
  ];
  const odd = [
    'tel:+12025550123',
    '+12025550123;ext=5',
    '+12025550123x5',
    'call +12025550123',
    '+1202555O123',
    '\0',
    '++',
  ];
  const hostile = [
    '+12025550123,+491701234567',
    '+12025550123\r\nBcc: x',
    `+1${' '.repeat(100)}2025550123`,
    '9'.repeat(300),
  ];
  for (const typed of [...bad, ...odd, ...hostile]) assert.equal(await numberOf(typed), 'not-a-number', typed);
});

test('OOB-02 OOB-07 only numbers that a text message reaches at an ordinary price are taken', async () => {
  const refused = {
    'fixed line': '+49 30 123456',
    'fixed line of a country with mobile ranges': '+44 20 7946 0018',
    'premium rate': '+1 900 234 5678',
    'toll free': '+1 800 555 1234',
    'shared cost': '+44 844 412 3456',
    personal: '+44 70 1234 5678',
    'universal access': '+44 303 123 4567',
    pager: '+44 76 4012 3456',
    'voice over IP': '+44 56 1234 5678',
    voicemail: '+49 177 55 1234567',
    satellite: '+881 6 123 45678',
    'network of no country': '+883 5100 12345',
  };
  for (const [what, typed] of Object.entries(refused)) {
    assert.match(await numberOf(typed), /^(number-not-allowed|not-a-number)$/, what);
  }
  assert.equal(await numberOf(refused['fixed line']), 'number-not-allowed');
  assert.equal(await numberOf(refused['premium rate']), 'number-not-allowed');
  assert.equal(await numberOf(refused.satellite), 'number-not-allowed');
});

test('OOB-02 the operator may name the home country, and the countries that are served', async () => {
  const home = { country: 'DE', countries: [] };
  assert.equal(await numberOf('0170 1234567', home), '+491701234567');
  assert.equal(await numberOf('+1 202 555 0123', home), '+12025550123');
  const served = { countries: ['DE', 'AT'] };
  assert.equal(await numberOf('+49 170 1234567', served), '+491701234567');
  assert.equal(await numberOf('+1 202 555 0123', served), 'number-not-allowed');
});

test('OOB-02 nothing that is typed throws, and what is taken is E.164 of a country', async () => {
  const typed = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.stringMatching(/^\+[0-9 ().-]{1,30}$/),
    fc
      .tuple(fc.constantFrom('+1', '+49', '+44', '+7', '+91', '+55'), fc.stringMatching(/^[0-9]{4,12}$/))
      .map((p) => p.join('')),
  );
  await fc.assert(
    fc.asyncProperty(typed, async (text) => {
      const read = await readPhone(text, anywhere);
      return typeof read === 'string' || phone.safeParse(read).success;
    }),
    { numRuns: 1000 },
  );
});

test('OOB-05 the mask shows the country and four digits, and not how long the number is', () => {
  assert.equal(maskNumber({ number: '+12025558318', callingCode: '1' }), '+1 ••• ••• 8318');
  assert.equal(maskNumber({ number: '+4917012345678', callingCode: '49' }), '+49 ••• ••• 5678');
  assert.equal(
    maskNumber({ number: '+37255512345', callingCode: '372' }).length,
    maskNumber({ number: '+372555123456789', callingCode: '372' }).length,
  );
});
