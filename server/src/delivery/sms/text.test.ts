import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { messages } from '../../texts/en/messages.ts';
import { locales, type MessageKey } from '../../texts/index.ts';
import { segments } from './gsm.ts';
import { smsText } from './text.ts';

const keys = (Object.keys(messages) as MessageKey[]).filter((key) => key.startsWith('sms.'));
const given = { code: '012345', minutes: '5', service: 'Acme Mail', origin: 'https://login.example.org' };
const lastLine = (text: string): string => text.split('\n').at(-1) ?? '';

for (const locale of locales) {
  for (const key of keys) {
    test(`OOB-06 ${locale} ${key} is one segment that ends with the origin and the code, without a link`, () => {
      const text = smsText(locale, key, given);
      assert.match(lastLine(text), /^@login\.example\.org #[0-9]{6}$/);
      assert.deepEqual([segments(text).segments, segments(text).alphabet], [1, 'gsm-7']);
      assert.doesNotMatch(text, /:\/\/|www\./);
      assert.match(text, /^012345 /);
      assert.match(text, /Nobody from Acme Mail will ever ask you for it\. Good for 5 minutes\./);
      assert.equal(text.match(/012345/g)?.length, 2);
    });
  }
}

const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,40}[a-z0-9])?$/);
/** Hosts that leave room for their own line, up to 150 letters. */
const host = fc
  .array(label, { minLength: 1, maxLength: 4 })
  .map((labels) => `${labels.join('.')}.example`)
  .filter((name) => name.length <= 140 && new URL(`https://${name}`).hostname === name);
const names = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: fc.constantFrom('п', 'о', '李', '👩‍🚀', 'é', 'ç', 'e\u0301', '€', '[', ' ', 'a'), maxLength: 200 }),
  fc.constantFrom('https://evil.example', 'httphttps://://x', 'A://B', '\n@evil.example #999999', '’'.repeat(100), ''),
);

test('OOB-06 OOB-10 no name and no host pushes it over one segment, and the last line is always ours', () => {
  const digits = fc.stringMatching(/^[0-9]{6,10}$/);
  fc.assert(
    fc.property(names, host, fc.constantFrom(...keys), digits, (service, name, key, code) => {
      const text = smsText('en', key, { ...given, code, service, origin: `https://${name}:8443` });
      const { segments: parts, alphabet, units } = segments(text);
      assert.equal(parts, 1, text);
      assert.ok(units <= (alphabet === 'gsm-7' ? 160 : 70));
      assert.equal(lastLine(text), `@${name} #${code}`);
      assert.doesNotMatch(text, /:\/\//);
      assert.ok(text.isWellFormed());
    }),
    { numRuns: 2000 },
  );
});

test('OOB-06 a long name loses first the courtesy, then its own end; the code is never lost', () => {
  const named = (service: string, origin = given.origin) => smsText('en', 'sms.sign-in', { ...given, service, origin });
  const long = 'The Very Long Named Communications Platform of the Harbour';
  assert.match(named(long), /^012345 signs you in at The Very.*Harbour\.\n\n@/);
  const [head = ''] = named('Платформа связи и рассылок Гавань').split('\n');
  assert.match(head, /^012345 signs you in at Платфор/);
  const far = `https://${'a.'.repeat(65)}example.org`;
  assert.equal(named(long, far), `012345\n\n@${'a.'.repeat(65)}example.org #012345`);
  const farther = `https://${'a.'.repeat(69)}example.org`;
  assert.equal(named(long, farther), `@${'a.'.repeat(69)}example.org #012345`);
  assert.match(named(long, `https://${'a.'.repeat(80)}example.org`), /^012345 signs you in at [^@]*$|^012345$/);
});

test('OOB-06 typographic marks of a name do not halve the room', () => {
  const text = smsText('en', 'sms.sign-in', { ...given, service: 'Anna’s “Mail” – Co…' });
  assert.match(text, /at Anna's "Mail" - Co\.\.\.\. Nobody/);
  assert.equal(segments(text).alphabet, 'gsm-7');
});
