import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { atLeast, type Level } from '../levels.ts';
import {
  changeNeeds,
  decide,
  type Held,
  isFresh,
  type Proof,
  rulesOf,
  Satisfied,
  type Standing,
  satisfy,
  satisfyAgain,
} from './policy.ts';
import { profileNames, profiles } from './profiles.ts';
import { builtInRoles, strictestRule } from './roles.ts';

const held = (id: string, change: Partial<Held> = {}): Held => ({
  id,
  kind: 'totp',
  use: 'everyday',
  level: 'aal2',
  channel: `totp:${id}`,
  preferred: false,
  kept: false,
  ...change,
});
const mailbox = (id: string, change: Partial<Held> = {}): Held =>
  held(id, { kind: 'email', level: 'two-step', channel: 'mailbox:ann@example.org', ...change });
const codes = (id: string, change: Partial<Held> = {}): Held =>
  held(id, { kind: 'backup-codes', use: 'recovery', channel: `backup-codes:${id}`, ...change });

const phone = (id: string, change: Partial<Held> = {}): Held =>
  held(id, { kind: 'sms', channel: `phone:${id}`, ...change });

const roles = (...names: string[]) => rulesOf(builtInRoles, names);
const standing = (change: Partial<Standing> = {}): Standing => ({
  profile: profiles.balanced,
  roles: roles('member'),
  held: [],
  lost: false,
  ...change,
});

const password: Proof = {
  kind: 'password',
  factorId: null,
  use: 'password',
  channel: 'password',
  level: 'password',
  amr: ['pwd'],
  at: 0,
};
const by = ({ kind, id, use, channel, level }: Held): Proof => ({
  kind,
  factorId: id,
  use,
  channel,
  level,
  amr: ['otp'],
  at: 0,
});

describe('what policy asks', () => {
  test('nothing of a member without factors, a mailbox of an owner, and enrolment where a mailbox does not count', () => {
    assert.equal(decide(standing()).required, false);
    const owner = standing({ roles: roles('owner') });
    assert.deepEqual([decide(owner).mailboxByPolicy, decide(owner).mustEnrol], [true, false]);
    const strict = standing({ roles: roles('owner'), profile: profiles.nist });
    assert.deepEqual([decide(strict).mailboxByPolicy, decide(strict).mustEnrol], [false, true]);
  });

  test('the strictest role wins; an unknown one, or none, asks for the most', () => {
    assert.deepEqual(roles('nobody-knows-it'), [strictestRule]);
    for (const names of [['member', 'owner'], ['owner', 'member'], ['member', 'nobody-knows-it'], []]) {
      assert.equal(decide(standing({ roles: roles(...names) })).required, true, names.join());
    }
  });

  test('the preferred factor is asked first, else the strongest; recovery kinds come last', () => {
    const all = [codes('c'), mailbox('m', { kept: true }), held('t'), held('p', { preferred: true })];
    const need = decide(standing({ held: all }));
    assert.deepEqual([need.everyday, need.recovery], [['p', 't', 'm'], ['c']]);
  });

  test('OOB-02 of equal factors a number comes last, unless its owner prefers it; a mailbox steps back before it too', () => {
    const ask = (...all: Held[]) => decide(standing({ held: all })).everyday;
    assert.deepEqual(ask(phone('s'), held('t')), ['t', 's']);
    assert.deepEqual(ask(phone('s', { preferred: true }), held('t')), ['s', 't']);
    assert.deepEqual(ask(mailbox('m'), phone('s')), ['s']);
    assert.deepEqual(ask(mailbox('m', { kept: true }), phone('s')), ['s', 'm']);
  });

  test('a mailbox steps back before a stronger factor, unless its owner keeps it and every role allows that', () => {
    const ask = (kept: boolean, ...names: string[]) =>
      decide(standing({ held: [mailbox('m', { kept }), held('t')], roles: roles(...names) })).everyday;
    assert.deepEqual(ask(false, 'member'), ['t']);
    assert.deepEqual(ask(true, 'member'), ['t', 'm']);
    assert.deepEqual(ask(true, 'member', 'owner'), ['t']);
    assert.deepEqual(decide(standing({ held: [mailbox('m')] })).everyday, ['m']);
    assert.deepEqual(decide(standing({ held: [mailbox('m')], profile: profiles.pci })).everyday, []);
  });

  test('recovery kinds never count as having a second factor', () => {
    const alone = decide(standing({ held: [codes('c')] }));
    assert.deepEqual([alone.everyday, alone.recovery, alone.highest], [[], [], 'password']);
    const owner = decide(standing({ held: [codes('c')], roles: roles('owner'), profile: profiles.nist }));
    assert.equal(owner.mustEnrol, true);
  });
});

describe('what satisfies policy', () => {
  const totp = held('t');
  const person = standing({ held: [totp, codes('c')] });

  /** FLOW-02: the pairs that are no two factors of different types. */
  const notEnough: readonly [string, Standing, readonly Proof[]][] = [
    ['FLOW-02 nothing', person, []],
    ['FLOW-02 the password alone, where a factor is enrolled', person, [password]],
    ['FLOW-02 a factor without the password', person, [by(totp)]],
    ['FLOW-02 a factor and a recovery code without the password', person, [by(totp), by(codes('c'))]],
    ['FLOW-02 the password twice', person, [password, { ...password, level: 'aal2' }]],
    ['FLOW-02 a factor that somebody else has', person, [password, by(held('other'))]],
    ['FLOW-02 a mailbox that has stepped back', standing({ held: [totp, mailbox('m')] }), [password, by(mailbox('m'))]],
    [
      'FLOW-02 an address that was confirmed and is no factor',
      person,
      [password, { ...by(mailbox('m')), factorId: null }],
    ],
    ['FLOW-02 an owner with a password alone', standing({ roles: roles('owner') }), [password]],
    [
      'FLOW-02 an owner with recovery codes',
      standing({ roles: roles('owner'), held: [codes('c')] }),
      [password, by(codes('c'))],
    ],
    ['FLOW-02 a lost factor and the password', standing({ lost: true }), [password]],
  ];
  for (const [what, who, proofs] of notEnough) {
    test(`${what} opens nothing`, () => assert.equal(satisfy('ann', who, proofs), undefined));
  }

  test('FLOW-02 a password and a second factor do, and the word says what happened', () => {
    const word = satisfy('ann', person, [password, by(totp)]);
    assert.ok(Satisfied.is(word));
    assert.deepEqual([word.userId, word.level, word.amr, word.console], ['ann', 'aal2', ['pwd', 'otp', 'mfa'], false]);
    const mailed = satisfy('ann', standing({ held: [mailbox('m')] }), [password, by(mailbox('m'))]);
    assert.deepEqual([mailed?.level, mailed?.amr], ['two-step', ['pwd', 'otp']]);
    const recovered = satisfy('ann', person, [password, by(codes('c', { level: 'two-step' }))]);
    assert.equal(recovered?.level, 'two-step');
  });

  test('a session is renewed by the level that is wanted and by no weaker proof', () => {
    const both = standing({ held: [totp, mailbox('m', { kept: true })] });
    assert.equal(satisfyAgain('ann', both, [by(mailbox('m'))], 'aal2'), undefined);
    assert.equal(satisfyAgain('ann', both, [by(mailbox('m'))], 'two-step')?.level, 'two-step');
    assert.equal(satisfyAgain('ann', both, [password], 'password'), undefined);
    assert.equal(satisfyAgain('ann', both, [by(totp)], 'aal2')?.level, 'aal2');
    assert.equal(satisfyAgain('ann', standing(), [password], 'password')?.level, 'password');
    assert.equal(satisfyAgain('ann', standing(), [], 'password'), undefined);
  });

  test('nothing but policy makes its word', () => {
    assert.equal(Satisfied.is({ userId: 'ann', level: 'aal3', amr: [], console: false }), false);
    assert.equal(Satisfied.is(Object.create(Satisfied.prototype)), false);
    assert.throws(() => Reflect.construct(Satisfied, [Symbol('satisfied'), { userId: 'ann' }]));
  });

  test('a proof is fresh up to its age and at its level', () => {
    const needs = changeNeeds(person);
    assert.deepEqual(needs, { level: 'aal2', maxAgeMs: 600_000 });
    assert.equal(isFresh({ fresh_at: 0, fresh_level: 'aal2' }, needs, 600_000), true);
    assert.equal(isFresh({ fresh_at: 0, fresh_level: 'aal2' }, needs, 600_001), false);
    assert.equal(isFresh({ fresh_at: 0, fresh_level: 'two-step' }, needs, 0), false);
  });
});

const someLevel = fc.constantFrom<Level>('two-step', 'aal2', 'phishing-resistant');
const someHeld: fc.Arbitrary<Held> = fc
  .record({
    id: fc.constantFrom('1', '2', '3', '4', '5'),
    make: fc.constantFrom(held, mailbox, phone, codes),
    level: someLevel,
    preferred: fc.boolean(),
    kept: fc.boolean(),
  })
  .map(({ id, make, level, preferred, kept }) =>
    make(id, make === mailbox ? { preferred, kept } : { level, preferred, kept }),
  );
const someStanding: fc.Arbitrary<Standing> = fc.record({
  profile: fc.constantFrom(...profileNames.map((name) => profiles[name])),
  roles: fc.subarray(['owner', 'member', 'unheard-of']).map((names) => roles(...names)),
  held: fc.uniqueArray(someHeld, { selector: (one) => one.id, maxLength: 5 }),
  lost: fc.boolean(),
});
const withProofs = someStanding.chain((who) =>
  fc
    .array(fc.constantFrom(password, ...who.held.map(by), by(held('foreign')), { ...by(mailbox('x')), factorId: null }))
    .map((proofs) => ({ who, proofs })),
);

describe('whatever somebody holds and proves', () => {
  test('a session needs the password, and a second channel where anything everyday can be asked', () => {
    fc.assert(
      fc.property(withProofs, ({ who, proofs }) => {
        const word = satisfy('ann', who, proofs);
        if (!word) return;
        const need = decide(who);
        assert.ok(proofs.includes(password));
        assert.ok(!need.mustEnrol && !need.mailboxByPolicy);
        const others = proofs.filter((proof) => proof !== password && proof.factorId !== null);
        if (need.everyday.length > 0) assert.ok(others.some((proof) => proof.channel !== 'password'));
        if (need.required) assert.ok(need.everyday.length > 0 && others.length > 0);
      }),
    );
  });

  test('a channel counts once: proving it again changes nothing', () => {
    fc.assert(
      fc.property(withProofs, ({ who, proofs }) => {
        const strong = proofs.map((proof): Proof => ({ ...proof, level: 'aal3', amr: ['hwk'] }));
        assert.deepEqual(facts(satisfy('ann', who, [...proofs, ...strong])), facts(satisfy('ann', who, proofs)));
      }),
    );
  });

  test('no level is claimed that no counted proof reached', () => {
    fc.assert(
      fc.property(withProofs, ({ who, proofs }) => {
        const word = satisfy('ann', who, proofs);
        if (word) assert.ok(proofs.some((proof) => atLeast(proof.level, word.level)));
        if (word?.amr.includes('mfa')) assert.ok(atLeast(word.level, 'aal2'));
      }),
    );
  });

  test('recovery factors change neither what is required nor what is asked first', () => {
    fc.assert(
      fc.property(someStanding, (who) => {
        const without = decide({ ...who, held: who.held.filter((one) => one.use === 'everyday') });
        const { recovery: _, ...need } = decide(who);
        const { recovery: none, ...bare } = without;
        assert.deepEqual([need, none], [bare, []]);
      }),
    );
  });

  test('while a factor is lost, taking another away never opens the door to the password alone', () => {
    fc.assert(
      fc.property(someStanding, fc.nat(4), (who, index) => {
        const lost = { ...who, lost: true };
        const fewer = { ...lost, held: lost.held.filter((_, i) => i !== index) };
        assert.equal(decide(fewer).required, true);
        assert.equal(satisfy('ann', fewer, [password]), undefined);
      }),
    );
  });

  test('more roles never ask for less', () => {
    fc.assert(
      fc.property(someStanding, (who) => {
        if (who.roles.length === 0) return;
        const more = decide({ ...who, roles: [...who.roles, strictestRule] });
        const need = decide(who);
        assert.ok(more.required && (more.everyday.length <= need.everyday.length || need.everyday.length === 0));
      }),
    );
  });

  test('a renewal by the password alone is for those who have nothing else', () => {
    fc.assert(
      fc.property(withProofs, someLevel, ({ who, proofs }, wanted) => {
        const word = satisfyAgain('ann', who, proofs, wanted);
        if (!word) return;
        assert.ok(atLeast(word.level, wanted));
        if (decide(who).everyday.length > 0) assert.ok(proofs.some((proof) => proof.use !== 'password'));
      }),
    );
  });
});

const facts = (word: Satisfied | undefined) => word && { level: word.level, amr: word.amr, console: word.console };
