/** What is kept of a passkey, and what each answer changes of it. */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { testGiven } from '../../../test/given.ts';
import { type How, SoftwareKey } from '../../../test/peers/webauthn/software-key.ts';
import { passkey } from './passkey.ts';

interface Kept {
  readonly backupEligible: boolean;
  readonly backedUp: boolean;
  readonly counter: number;
}

const given = (mine: readonly unknown[] = []) => testGiven({ settings: passkey.settings.parse({}), mine });

async function register(key: SoftwareKey, how: How) {
  const begun = await passkey.beginEnrolment(given());
  assert.ok('prompt' in begun && begun.prompt.ask === 'passkey-create');
  const answer = JSON.stringify(key.register(begun.prompt.options as never, how));
  return passkey.finishEnrolment(given(), begun.pending, answer);
}

async function answered(key: SoftwareKey, kept: Kept, how: How): Promise<Kept | undefined> {
  const { prompt, pending } = await passkey.beginChallenge(given([kept]), kept);
  assert.ok(prompt.ask === 'passkey-use');
  const answer = JSON.stringify(key.assert(prompt.options as never, how));
  const verdict = await passkey.checkAnswer(given([kept]), pending, kept, answer);
  return verdict.is === 'ok' ? (verdict.data as Kept) : undefined;
}

test('WAN-06: eligibility is kept for good, and the backup as the last answer has it', async () => {
  const combinations = [
    [false, false, true],
    [true, false, true],
    [true, true, true],
    [false, true, false],
  ] as const;
  for (const [BE, BS, taken] of combinations) {
    const key = SoftwareKey.make();
    const made = await register(key, { flags: { BE, BS } });
    assert.equal(made.is === 'ok', taken);
    if (made.is !== 'ok') continue;
    const kept = made.data as Kept;
    assert.deepEqual([kept.backupEligible, kept.backedUp], [BE, BS]);
    for (const [nowBE, nowBS] of combinations) {
      const next = await answered(key, kept, { flags: { BE: nowBE, BS: nowBS } });
      const fits = nowBE === BE && !(nowBS && !nowBE);
      assert.deepEqual(next && [next.backupEligible, next.backedUp], fits ? [BE, nowBS] : undefined);
    }
  }
});

test('WAN-11: the counter is kept as the last answer has it', async () => {
  const key = SoftwareKey.make();
  const made = await register(key, { counter: 5 });
  assert.ok(made.is === 'ok');
  const next = await answered(key, made.data as Kept, { counter: 900 });
  assert.equal(next?.counter, 900);
});
