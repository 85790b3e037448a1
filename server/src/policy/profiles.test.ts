import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Profile, type ProfileName, profileNames, profiles } from './profiles.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** The decisions as docs/profiles tells them: one row for each value, `balanced`, `nist`, `pci` and `psd2` beside each other. */
const decisions: readonly [string, (profile: Profile) => unknown, readonly [unknown, unknown, unknown, unknown]][] = [
  ['C1 a mailbox may be a second factor', (p) => p.mailboxFactor, [true, false, false, false]],
  ['C2 digits typed on the phone', (p) => p.pushDigits, [2, 6, 6, 6]],
  ['C3 the longest trust in a browser', (p) => p.trustedBrowserMost, [30 * day, 0, 0, 0]],
  ['C4 one verdict at the end', (p) => p.strict, [false, false, false, true]],
  ['C5 guesses per challenge', (p) => p.guesses.perChallenge, [5, 5, 5, 5]],
  ['C5 pauses from', (p) => p.guesses.pauseFrom, [5, 5, 5, 5]],
  ['C5 block at', (p) => p.guesses.blockAt, [10, 10, 10, 5]],
  ['C5 block for', (p) => p.guesses.block, [30 * minute, 30 * minute, 30 * minute, 30 * minute]],
  ['C5 disabled at', (p) => p.guesses.disableAt, [100, 100, 100, 100]],
  ['C6 length alone', (p) => p.password.alone, [8, 15, 12, 12]],
  ['C6 length beside a second factor', (p) => p.password.withSecond, [8, 8, 12, 12]],
  ['C6 longest', (p) => p.password.most, [128, 128, 128, 128]],
  ['C6 strength of 4', (p) => p.password.score, [3, 3, 3, 3]],
  ['C7 rotation', (p) => p.passwordRotation, [null, null, null, null]],
  ['C8 steps either side', (p) => p.totpWindow, [1, 1, 1, 1]],
  ['C9 life of a mailed link', (p) => p.recoveryLink, [30 * minute, 30 * minute, 30 * minute, 30 * minute]],
  ['C9 life of a mailed code', (p) => p.recoveryCode, [10 * minute, 10 * minute, 10 * minute, 10 * minute]],
  ['C13 session', (p) => p.session.absolute, [14 * day, day, day, day]],
  ['C13 idle', (p) => p.session.idle, [day, hour, 15 * minute, 5 * minute]],
  ['C13 console session', (p) => p.consoleSession.absolute, [12 * hour, 8 * hour, 8 * hour, 8 * hour]],
  ['C13 console idle', (p) => p.consoleSession.idle, [30 * minute, 15 * minute, 15 * minute, 5 * minute]],
  ['C14 a new code on asking again', (p) => p.newCodeOnResend, [true, true, true, true]],
  ['C15 who replaces a paper key', (p) => p.paperKeyReplacedBy, ['owner', 'owner', 'owner', 'owner']],
  ['step-up freshness', (p) => p.stepUp, [10 * minute, 10 * minute, 10 * minute, 10 * minute]],
];

for (const [what, read, values] of decisions) {
  test(`every profile has its value: ${what}`, () => {
    assert.deepEqual(
      profileNames.map((name) => read(profiles[name])),
      values,
    );
  });
}

const ceilings: readonly [string, (profile: Profile) => boolean][] = [
  ['a factor survives at most 100 failures (NIST SP 800-63B-4 §3.2.2)', (p) => p.guesses.disableAt <= 100],
  ['a password has at least 8 characters (§3.1.1.2)', (p) => Math.min(p.password.alone, p.password.withSecond) >= 8],
  ['at least 64 characters are taken (§3.1.1.2)', (p) => p.password.most >= 64],
  ['a browser is trusted for 30 days at most', (p) => p.trustedBrowserMost <= 30 * day],
  ['the console is not open for longer than the rest', (p) => p.consoleSession.absolute <= p.session.absolute],
  ['the console is not idle for longer than the rest', (p) => p.consoleSession.idle <= p.session.idle],
];

for (const [what, holds] of ceilings) {
  test(`no profile goes beyond its ceiling: ${what}`, () => {
    for (const name of profileNames) assert.ok(holds(profiles[name]), name);
  });
}

test('psd2 is nowhere weaker than pci', () => {
  const at = (name: ProfileName) => profiles[name];
  const [pci, psd2] = [at('pci'), at('psd2')];
  assert.ok(psd2.guesses.blockAt <= pci.guesses.blockAt && psd2.session.idle <= pci.session.idle);
  assert.ok(psd2.consoleSession.idle <= pci.consoleSession.idle && psd2.password.alone >= pci.password.alone);
});
