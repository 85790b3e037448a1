import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { messages } from './en/messages.ts';
import { locales, type MessageKey, nearestLocale, render } from './index.ts';

const keys = Object.keys(messages) as MessageKey[];
const everything = {
  code: '012345',
  service: 'Acme Mail',
  minutes: '5',
  link: 'https://login.example.org/recover#abc',
  origin: 'https://login.example.org',
  by: 'Ann',
  what: 'Authenticator app “Phone”',
  when: '21 November 2026, 23:05 UTC',
  browser: 'Firefox on Linux',
  place: 'Lisbon, PT',
};
const whole = (key: MessageKey): string => {
  const { subject, paragraphs } = render('en', key, everything);
  return [subject, ...paragraphs].join('\n');
};

describe('every message', () => {
  for (const locale of locales) {
    for (const key of keys.filter((name) => !name.startsWith('sms.'))) {
      test(`${locale} ${key} is complete and names the service`, () => {
        const { subject, paragraphs } = render(locale, key, everything);
        assert.ok(subject.length > 0 && subject.length < 78, subject);
        assert.ok([subject, ...paragraphs].every((text) => text.trim() !== '' && !/[{}]|undefined/.test(text)));
        assert.match([subject, ...paragraphs].join(' '), /Acme Mail/);
        assert.doesNotMatch(subject, /012345/);
      });
    }
  }

  for (const key of keys.filter((name) => name.startsWith('code.'))) {
    test(`OTP-02 ${key} says for how long it is good, that nobody asks for it, and what to do when one did not`, () => {
      const text = whole(key);
      assert.ok(render('en', key, everything).paragraphs.includes('012345'), 'the code stands alone');
      assert.match(text, /5 minutes/);
      assert.match(text, /Nobody from Acme Mail will ever ask you/);
      assert.match(text, /If you (did not ask|are not)/);
    });
  }

  for (const key of keys.filter((name) => name.startsWith('sms.'))) {
    test(`OTP-02 ${key} begins with the code, says that nobody asks for it and for how long it is good`, () => {
      const { subject, paragraphs } = render('en', key, everything);
      const text = paragraphs.join(' ');
      assert.equal(subject, '');
      assert.match(paragraphs[0] ?? '', /^012345 .*Acme Mail\.$/);
      assert.match(text, /Nobody from Acme Mail will ever ask you/);
      assert.match(text, /5 minutes/);
      assert.doesNotMatch(text, /[{}]|undefined/);
    });
  }

  for (const key of keys.filter((name) => name.startsWith('notice.'))) {
    test(`NOTI-03 ${key} says what, when, from where and how to object, without a code or a link that acts`, () => {
      const text = whole(key);
      for (const part of ['23:05 UTC', 'Firefox on Linux', 'Lisbon, PT', 'If this was not you'])
        assert.ok(text.includes(part), part);
      assert.doesNotMatch(text, /012345|#abc/);
      assert.deepEqual([...new Set(text.match(/https?:\S+/g))], ['https://login.example.org/account']);
    });
  }

  test('NOTI-03 the owner of a registered address gets no code, and learns that nothing was told', () => {
    assert.doesNotMatch(whole('registration.exists'), /012345/);
  });
});

describe('filling in', () => {
  test('a parameter that is missing throws, inherited names included', () => {
    assert.throws(
      () => render('en', 'code.sign-in', { ...everything, code: undefined as unknown as string }),
      /needs the parameter code/,
    );
    assert.throws(() => render('en', 'invitation', {}), /needs the parameter/);
  });

  test('OOB-10 a value cannot begin a line, hide, turn the text, or be filled in itself', () => {
    const hostile = 'Eve\r\nBcc: all@example.org\u2028\u202eevil\u0000{code}{link}';
    const { subject, paragraphs } = render('en', 'invitation', { ...everything, by: hostile, service: hostile });
    for (const text of [subject, ...paragraphs]) {
      assert.doesNotMatch(text, /[\p{Cc}\p{Zl}\p{Zp}\u202e]/u);
      assert.ok(!text.includes('012345'));
    }
    assert.ok(paragraphs[0]?.includes('{code}{link}'));
    assert.equal(render('en', 'invitation', { ...everything, by: 'x'.repeat(5000) }).paragraphs[0]?.length, 1052);
  });

  test('joiners within emoji and names stay as they are', () => {
    const [first] = render('en', 'invitation', { ...everything, by: 'Zoë 👩‍🚀 李小龍' }).paragraphs;
    assert.ok(first?.startsWith('Zoë 👩‍🚀 李小龍 invites'));
  });
});

test('the nearest language, or English', () => {
  assert.equal(nearestLocale('en-GB'), 'en');
  assert.equal(nearestLocale('EN'), 'en');
  assert.equal(nearestLocale('tlh'), 'en');
  assert.equal(nearestLocale(''), 'en');
});
