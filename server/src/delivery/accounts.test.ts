import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toolsOf } from '../../test/provider.ts';
import { readOptions } from '../config.ts';
import { demandGood, Refused } from '../production.ts';
import { openAccounts, readAccounts } from './accounts.ts';

const webhook = (changed: object = {}) => ({
  provider: 'webhook',
  url: 'https://gateway.example.org/',
  secrets: ['a key of the gateway, long enough for anybody'],
  ...changed,
});

const read = (env: Record<string, unknown>) =>
  readAccounts(
    readOptions({}, Object.fromEntries(Object.entries(env).map(([name, of]) => [name, JSON.stringify(of)]))),
  );

test('accounts come in order, with their names and prefixes, from the environment or the file', () => {
  const sms = [webhook({ name: 'eu', prefixes: ['+49', '+43'] }), webhook()];
  const { accounts, faults } = read({ SECONDLOCK_SMS: sms, SECONDLOCK_EMAIL: [webhook({ name: 'eu' })] });
  assert.deepEqual(faults, []);
  const described = accounts.map(({ channel, name, prefixes }) => [channel, name, prefixes]);
  assert.deepEqual(described, [
    ['email', 'eu', []],
    ['sms', 'eu', ['+49', '+43']],
    ['sms', 'webhook', []],
  ]);
  assert.equal(readAccounts(readOptions({ SECONDLOCK_SMS: sms }, {})).accounts.length, 2);
  const urls: string[] = [];
  const opened = openAccounts(accounts, toolsOf(''), {
    receiptUrl: ({ channel, name }) => {
      urls.push(`${channel} ${name}`);
      return '';
    },
    onReceipt: () => {},
  });
  assert.deepEqual(
    opened.map(({ sender }) => sender.name),
    ['eu', 'eu', 'webhook'],
  );
  assert.deepEqual(urls, ['email eu', 'sms eu', 'sms webhook']);
});

test('the short form is the first account of mail, with its authority', () => {
  const options = readOptions(
    { SECONDLOCK_EMAIL: [webhook()] },
    { SECONDLOCK_SMTP_URL: 'smtps://user:secret@mail.example.org' },
  );
  assert.deepEqual(
    readAccounts(options, 'PEM').accounts.map(({ name }) => name),
    ['smtp', 'webhook'],
  );
});

const key = 'sekrit-sekrit-sekrit-sekrit-sekrit-sekrit';

test('CRY-01 each fault names its line, entry and field, and repeats nothing that may be a secret', () => {
  const cases: [env: Record<string, unknown>, fault: RegExp][] = [
    [{ SECONDLOCK_SMS: [webhook(), { provider: key }] }, /^SECONDLOCK_SMS\[1\]: provider: one of \w+, /],
    [{ SECONDLOCK_SMS: [webhook({ secrets: key })] }, /^SECONDLOCK_SMS\[0\] \(webhook\): secrets: /],
    [{ SECONDLOCK_SMS: [webhook({ name: 'eu', url: `ftp://${key}` })] }, /^SECONDLOCK_SMS\[0\] \(eu\): url: /],
    [{ SECONDLOCK_SMS: [webhook({ name: key.repeat(2) })] }, /^SECONDLOCK_SMS\[0\]: name: small letters/],
    [{ SECONDLOCK_SMS: [webhook({ prefixes: [key] })] }, /^SECONDLOCK_SMS\[0\]: prefixes: 0: a plus/],
    [
      { SECONDLOCK_EMAIL: [webhook({ prefixes: ['+1'] })] },
      /^SECONDLOCK_EMAIL\[0\] \(webhook\): prefixes: for SMS only/,
    ],
    [{ SECONDLOCK_SMS: [webhook(), webhook()] }, /^two accounts for sms are named webhook/],
    [{ SECONDLOCK_SMS: [webhook({ pasword: key })] }, /^SECONDLOCK_SMS\[0\] \(webhook\): .*pasword/],
  ];
  for (const [env, fault] of cases) {
    const { faults } = read(env);
    assert.ok(faults.length > 0);
    assert.match(faults[0] ?? '', fault);
    assert.doesNotMatch(faults.join(), /sekrit/);
  }
  const smtp = readAccounts(readOptions({}, { SECONDLOCK_SMTP_URL: `smtp://u:${key}@host?tls=no` })).faults;
  assert.match(smtp.join(), /^SECONDLOCK_SMTP_URL \(smtp\): url: /);
  assert.doesNotMatch(smtp.join(), /sekrit/);
});

test('CRY-01 what is no list of accounts stops the start, in one line that repeats none of it', () => {
  for (const text of [
    `[{"provider":"twilio","authToken":"${key}"`,
    `"${key}"`,
    `{"provider":"${key}"}`,
    `["${key}"]`,
  ]) {
    assert.throws(
      () => readOptions({}, { SECONDLOCK_SMS: text }),
      (error: Error) => /SECONDLOCK_SMS/.test(error.message) && !error.message.includes('sekrit'),
      text,
    );
  }
});

test('the start is refused with the line that is wrong, in production and in development', () => {
  const wrong = JSON.stringify([webhook({ secrets: [] })]);
  for (const NODE_ENV of ['development', 'production']) {
    const options = readOptions({}, { NODE_ENV, SECONDLOCK_SMS: wrong });
    assert.throws(
      () => demandGood(options, true),
      (error) => error instanceof Refused && /^ {2}SECONDLOCK_SMS\[0\] \(webhook\): secrets: /m.test(error.message),
    );
  }
});

test('a production whose mail leaves by another provider needs no SMTP relay', () => {
  const given = {
    NODE_ENV: 'production',
    SECONDLOCK_ORIGIN: 'https://login.example.org',
    SECONDLOCK_MAIL_FROM: 'no-reply@example.org',
    SECONDLOCK_TRUSTED_PROXIES: '127.0.0.1',
  };
  assert.throws(() => demandGood(readOptions({}, given), true), /SECONDLOCK_SMTP_URL=/);
  demandGood(readOptions({}, { ...given, SECONDLOCK_EMAIL: JSON.stringify([webhook()]) }), true);
});
