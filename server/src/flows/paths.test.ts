/** Every path of every flow, walked without I/O: the first facts, a sample of each verdict, `learn` and `currentStep`. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Proof } from '../policy/policy.ts';
import { type Facts, no, provedSecond, type Verdict } from './facts.ts';
import { currentStep, type Flow, type Step } from './flow.ts';
import { flows } from './index.ts';

const proof = (kind: string, use: Proof['use'], factorId: string | null): Proof => ({
  kind,
  factorId,
  use,
  channel: factorId ? `${kind}:${factorId}` : kind,
  level: use === 'password' ? 'password' : 'aal2',
  amr: [],
  at: 0,
});
const password = proof('password', 'password', null);
const mailbox = proof('email', 'everyday', null);
const app = proof('totp', 'everyday', 't');
/** Two factors by itself. */
const key: Proof = { ...proof('passkey', 'everyday', 'k'), alone: true };
const codes = proof('backup-codes', 'recovery', 'c');
const paper = proof('paper-key', 'recovery', 'p');

const known = { userId: 'ann', epoch: 1 } as const;
const address = { typed: 'ann@example.org', canonical: 'ann@example.org' };
const newcomer = { id: 'ann', handle: 'h', role: 'member', by: 'registration' } as const;
const mayProve = { mustProve: true, askable: ['t', 'c', 'p'] } as const;
const forced = { skippable: false, why: 'offer.role' } as const;
const offers = [{ skippable: true, why: 'offer.choice' }, forced] as const;
const resynchronising = { factor: 't' } as const;
const sets = ['backup-codes', 'paper-key'];

/** The first facts that `begin` may give, by flow. */
const beginnings: Readonly<Record<string, readonly Omit<Facts, 'purpose'>[]>> = {
  'set-up': [{ proofs: [], newcomer: { ...newcomer, role: 'owner', by: 'set-up' } }],
  invitation: [{ proofs: [mailbox], address, addressProved: true, reachable: true, newPassword: 'wanted', newcomer }],
  registration: [{ proofs: [] }],
  'sign-in': [{ proofs: [] }],
  recovery: [{ proofs: [] }],
  'step-up': [
    { proofs: [], ...known, ...mayProve, wanted: 'password' },
    { proofs: [], ...known, askPassword: true, wanted: 'password' },
  ],
  enrolment: [
    { proofs: [], ...known, offer: forced },
    { proofs: [], ...known, keep: ['paper-key'] },
  ],
  password: [
    { proofs: [], ...known, ...mayProve, askPassword: true, newPassword: 'wanted' },
    { proofs: [], ...known, askPassword: true, newPassword: 'wanted' },
  ],
  address: [{ proofs: [], ...known }],
  resynchronisation: [
    { proofs: [], ...known, resynchronising },
    { proofs: [], ...known, askPassword: true, resynchronising },
    { proofs: [], ...known, ...mayProve, resynchronising },
  ],
};

const asked: readonly Verdict[] = [{ is: 'asked', again: true }];
const enrolled = (by: Proof | undefined): Verdict[] =>
  [[], sets].map((keep) => ({ is: 'enrolled', proof: by, keep }) as const);
const refusals: readonly Verdict[] = [no('wrong'), no('expired'), no('limited', { retryAfter: 1 })];

/** What each step may say, refusals apart. */
const verdicts: Readonly<Record<string, (facts: Facts) => readonly Verdict[]>> = {
  credentials: () => [
    { is: 'known', proof: password, facts: { ...known, mustProve: false, askable: [] } },
    { is: 'known', proof: password, facts: { ...known, ...mayProve } },
    { is: 'known', proof: password, facts: { ...known, ...mayProve, newPassword: 'wanted' } },
    { is: 'known', proof: key, facts: { ...known, mustProve: false, askable: [] } },
    { is: 'known', proof: key, facts: { ...known, mustProve: false, askable: [], newPassword: 'wanted' } },
    {
      is: 'known',
      proof: password,
      facts: { ...known, mustProve: false, askable: [], address, reachable: true, offer: forced },
    },
  ],
  password: () => [{ is: 'known', proof: password, facts: {} }],
  'second-factor': ({ purpose }) => [
    ...asked,
    { is: 'asked', choice: 'c' },
    { is: 'proved', proof: app, facts: {} },
    { is: 'proved', proof: codes, facts: { codesLeft: 9 } },
    {
      is: 'proved',
      proof: paper,
      facts: { keep: ['paper-key'], ...(purpose === 'sign-in' ? { lost: 'ask' as const } : {}) },
    },
  ],
  keep: () => [...asked, { is: 'kept' }],
  lost: () => [
    { is: 'lost', facts: {} },
    { is: 'lost', facts: { offer: forced } },
  ],
  offer: ({ offer }) => [
    { is: 'offered', facts: { enrolling: 'totp' } },
    ...enrolled(undefined),
    ...enrolled({ ...mailbox, factorId: 'm' }),
    ...(typeof offer === 'object' && offer.skippable ? ([{ is: 'offered', facts: {} }] as const) : []),
  ],
  enrol: () => [...enrolled(app), { is: 'offered', facts: { enrolling: undefined } }],
  address: ({ purpose }) =>
    [true, false].map((reachable) => ({
      is: 'named',
      facts: {
        address,
        reachable,
        ...(purpose === 'registration' ? { newcomer } : purpose === 'recovery' && reachable ? known : {}),
      },
    })),
  'confirm-address': ({ purpose, reachable }) => {
    if (reachable === false) return [];
    if (purpose === 'address' || purpose === 'sign-in') return [{ is: 'confirmed', facts: { proofs: [mailbox] } }];
    const facts = { proofs: [mailbox], newPassword: 'wanted' } as const;
    if (purpose === 'registration') return [{ is: 'confirmed', facts }];
    return [
      { is: 'confirmed', facts: { ...facts, mustProve: false, askable: [] } },
      { is: 'confirmed', facts: { ...facts, ...mayProve } },
    ];
  },
  resynchronise: ({ resynchronising: token }) =>
    token?.first === undefined ? [{ is: 'first-code', code: '123456' }] : [{ is: 'resynchronised' }],
  'new-password': ({ purpose }) =>
    purpose === 'registration'
      ? offers.map((offer) => ({ is: 'password', proof: password, facts: { offer } }))
      : [{ is: 'password', proof: password, facts: {} }],
};

/** One moment on a path. */
interface Stand {
  readonly facts: Facts;
  readonly step: Step | undefined;
  /** Names of the steps that were left behind, in order. */
  readonly passed: readonly string[];
}

/** Every stand that any path of a flow leads to. */
function standsOf(flow: Flow): Stand[] {
  const found: Stand[] = [];
  const seen = new Set<string>();
  const visit = (facts: Facts, passed: readonly string[]): void => {
    const key = JSON.stringify([facts, passed]);
    if (seen.has(key)) return;
    seen.add(key);
    const step = currentStep(flow, facts);
    found.push({ facts, step, passed });
    assert.ok(passed.length < 20, `${flow.name} runs in a circle: ${passed.join(', ')}`);
    for (const verdict of step ? (verdicts[step.name]?.(facts) ?? []) : []) {
      const next = step?.learn(facts, verdict) ?? facts;
      const left = step !== undefined && currentStep(flow, next)?.name !== step.name;
      const back = step?.name === 'enrol' && verdict.is === 'offered';
      if (!back) visit(next, left ? [...passed, step.name] : passed);
    }
  };
  for (const first of beginnings[flow.name] ?? []) visit({ purpose: flow.purpose, ...first }, []);
  return found;
}

const proved = (facts: Facts, use: Proof['use']): boolean => facts.proofs.some((each) => each.use === use);
const settled = ({ keep, lost, enrolling, offer, newPassword }: Facts): boolean =>
  (keep ?? []).length === 0 &&
  lost !== 'ask' &&
  enrolling === undefined &&
  typeof offer !== 'object' &&
  newPassword !== 'wanted';

/** What holds wherever the current step of a flow is this one (`done` included). */
const rules: readonly [string, readonly string[], readonly string[], (facts: Facts) => boolean][] = [
  [
    'FLOW-10 sign-in asks nothing after an unproved password, unless a key has proved two factors by itself',
    ['sign-in'],
    ['second-factor', 'new-password', 'keep', 'lost', 'offer', 'enrol', 'done'],
    (f) => proved(f, 'password') || f.proofs.some(({ alone }) => alone === true),
  ],
  [
    'FLOW-10 a password that somebody else may know is replaced only after what else is demanded',
    ['sign-in'],
    ['new-password'],
    (f) => f.mustProve !== true || provedSecond(f),
  ],
  [
    'FLOW-02 sign-in, step-up and changes pass no second factor that is demanded',
    ['sign-in', 'step-up', 'password', 'resynchronisation'],
    ['keep', 'lost', 'offer', 'enrol', 'new-password', 'resynchronise', 'done'],
    (f) => f.mustProve !== true || provedSecond(f),
  ],
  [
    'FLOW-10 step-up, a change of password and a resynchronisation ask the password where it is demanded',
    ['step-up', 'password', 'resynchronisation'],
    ['second-factor', 'keep', 'new-password', 'resynchronise', 'done'],
    (f) => f.askPassword !== true || proved(f, 'password'),
  ],
  [
    'REC-01 recovery asks no factor and no password before the address is proved',
    ['recovery'],
    ['second-factor', 'keep', 'new-password', 'done'],
    (f) => f.addressProved === true && f.reachable === true,
  ],
  [
    'REC-01 recovery sets no password before a second proof that is demanded',
    ['recovery'],
    ['keep', 'new-password', 'done'],
    (f) => f.mustProve !== true || provedSecond(f),
  ],
  [
    'FLOW-10 nobody comes into being before the address is proved',
    ['registration', 'set-up', 'invitation'],
    ['new-password', 'offer', 'enrol', 'keep', 'done'],
    (f) => f.addressProved === true,
  ],
  [
    'FLOW-10 nothing is offered before the password is set',
    ['registration', 'set-up', 'invitation'],
    ['offer', 'enrol', 'keep', 'done'],
    (f) => f.newPassword === 'set' && proved(f, 'password'),
  ],
  [
    'FLOW-10 an address changes only when it is proved',
    ['address'],
    ['done'],
    (f) => f.addressProved === true && f.reachable === true,
  ],
  ['FLOW-10 no flow ends with a question open', flows.map((flow) => flow.name), ['done'], settled],
  [
    'REC-02 sign-in binds no factor on the word of the password alone',
    ['sign-in'],
    ['offer', 'enrol'],
    (f) => f.proofs.some((each) => each.use !== 'password'),
  ],
  [
    'ENR-09 an offer that leaves no choice ends with a factor or not at all',
    ['sign-in', 'enrolment'],
    ['done'],
    (f) => f.offer === undefined || f.offer === 'done',
  ],
];

describe('paths', () => {
  const stands = new Map(flows.map((flow) => [flow.name, standsOf(flow)]));

  test('every flow has a beginning here, every step its verdicts, and every step is reached', () => {
    assert.deepEqual(Object.keys(beginnings).sort(), flows.map((flow) => flow.name).sort());
    for (const flow of flows) {
      const reached = new Set(stands.get(flow.name)?.map(({ step }) => step?.name ?? 'done'));
      assert.deepEqual([...reached].sort(), [...new Set([...flow.steps.map((step) => step.name), 'done'])].sort());
      for (const step of flow.steps) assert.ok(verdicts[step.name], step.name);
    }
  });

  for (const [title, names, steps, holds] of rules) {
    test(title, () => {
      const met = names
        .flatMap((name) => stands.get(name) ?? [])
        .filter(({ step }) => steps.includes(step?.name ?? 'done'));
      assert.ok(met.length > 0);
      for (const { facts, passed } of met) assert.ok(holds(facts), `${passed.join(', ')}: ${JSON.stringify(facts)}`);
    });
  }

  test('FLOW-10 no step is done twice, and none before those in front of it', () => {
    for (const flow of flows) {
      // Codes are kept once after a paper key was used and once after a factor was added.
      const order = flow.steps.map((step) => step.name).filter((name) => name !== 'keep');
      for (const { passed } of stands.get(flow.name) ?? []) {
        const places = passed.filter((name) => name !== 'keep').map((name) => order.indexOf(name));
        const once = [...new Set(places)].sort((one, other) => one - other);
        assert.deepEqual(places, once, `${flow.name}: ${passed.join(', ')}`);
        assert.ok(passed.every((name, i) => name !== 'keep' || passed[i + 1] !== 'keep'));
      }
    }
  });

  test('FLOW-10 a refusal teaches nothing, and a step learns from no verdict of another', () => {
    const own = (name: string, facts: Facts) => new Set(verdicts[name]?.(facts).map((verdict) => verdict.is));
    for (const [name, found] of stands) {
      for (const { step, facts } of found) {
        if (!step) continue;
        const foreign = Object.keys(verdicts).flatMap((other) => verdicts[other]?.(facts) ?? []);
        const mine = own(step.name, facts);
        for (const verdict of [...refusals, ...foreign.filter((each) => !mine.has(each.is))]) {
          assert.deepEqual(step.learn(facts, verdict), facts, `${name}, ${step.name}: ${verdict.is}`);
        }
      }
    }
  });

  test('FLOW-10 what was proved and who it is are never unlearned', () => {
    for (const found of stands.values()) {
      for (const { step, facts } of found) {
        for (const verdict of step ? (verdicts[step.name]?.(facts) ?? []) : []) {
          const next = step?.learn(facts, verdict) ?? facts;
          assert.deepEqual(next.proofs.slice(0, facts.proofs.length), facts.proofs);
          assert.ok(facts.userId === undefined || next.userId === facts.userId);
          assert.ok(facts.epoch === undefined || next.epoch === facts.epoch);
          assert.ok(facts.addressProved !== true || next.addressProved === true);
          assert.equal(next.purpose, facts.purpose);
        }
      }
    }
  });

  test('FLOW-10 an answer that leads on takes one of the shapes that its step names', () => {
    for (const flow of flows) {
      for (const step of flow.steps) assert.ok(step.takes.length > 0 && !step.takes.includes('empty'), step.name);
    }
  });
});
