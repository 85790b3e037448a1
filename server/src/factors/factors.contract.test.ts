/** What every factor kind must do, whatever it is. A new kind passes it without a line being added here. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { ZodType } from 'zod';
import { type GivenOptions, newYear, seededRandom, testGiven } from '../../test/given.ts';
import { begin, enrol, type Holder } from '../../test/holder.ts';
import { validationServer } from '../../test/peers/yubico.ts';
import { atLeast, levels } from '../levels.ts';
import type { AnyFactorKind, Question } from './factor.ts';
import { factorKinds, kindOf } from './index.ts';

/** Two minutes after the enrolment, when its own code is no longer in any window. */
const later = newYear + 120_000;

const givenFor = (kind: AnyFactorKind, options: GivenOptions = {}) =>
  testGiven({ fetch: validationServer.fetch, ...options, settings: kind.settings.parse(needed[kind.kind] ?? {}) });

/** Settings of kinds that cannot do without. */
const needed: Readonly<Record<string, unknown>> = { yubikey: validationServer.settings() };

/** Asks a factor; a question that goes to all of a kind goes to this one. */
const ask = (kind: AnyFactorKind, { data }: Holder, options: GivenOptions = {}) =>
  kind.beginChallenge(givenFor(kind, { ...options, mine: [data] }), data);

/** A token brings its secret with it: its own number is filled in, or its code typed at once. */
const bringsSecret = ({ prompt, send }: Question): boolean =>
  prompt.ask === 'fill' ? prompt.what === 'serial' : prompt.ask === 'code' && send === undefined;

/** Stored as sealed JSON and read with the kind's schema, a value must come back as it was. */
function keeps(schema: ZodType, value: unknown): void {
  assert.deepEqual(schema.parse(JSON.parse(JSON.stringify(value))), value);
}

const isQuestion = <Q extends Question>(begun: Q | { done: unknown }): begun is Q => 'prompt' in begun;

/** What an answer may be called in RFC 8176, the password and the number of factors apart. */
const registered = ['otp', 'sms', 'swk', 'hwk', 'user', 'pop', 'mca'];

it('ENR-04 kinds stand strongest first, a number last among its equals, and the good start before other codes', () => {
  const everyday = factorKinds.filter(({ use }) => use === 'everyday');
  const ranks = everyday.map(({ level }) => levels.indexOf(level));
  assert.deepEqual(
    ranks,
    ranks.toSorted((one, other) => other - one),
  );
  const texted = everyday.findIndex(({ sends }) => sends === 'sms');
  assert.ok(everyday.slice(texted + 1).every(({ level }) => level !== everyday[texted]?.level));
  const codes = everyday.filter(({ guessable }) => guessable);
  assert.deepEqual(
    codes.map(({ goodStart }) => goodStart === true),
    codes.map((_, place) => place === 0),
  );
});

/** Codes in other scripts, gaps alone, far too much, and what breaks careless readers. */
const oddAnswers = [
  '',
  ' ',
  '-',
  '\n',
  '\0',
  '0',
  '123',
  '1e5000',
  '0x1234',
  '-12345',
  'null',
  'true',
  '{"is":"ok"}',
  '١٢٣٤٥٦',
  '１２３４５６',
  '𝟏𝟐𝟑𝟒𝟓𝟔',
  '\ud800\ud800\ud800',
  'ıııııı-ıııı',
  '__proto__',
  '9'.repeat(100_000),
  'A'.repeat(100_000),
  ' '.repeat(100_000),
  '-'.repeat(100_000),
];

/** The same digits and letters in full width, which no keyboard of ours types. */
const fullWidth = (code: string): string =>
  [...code].map((each) => String.fromCharCode(each.charCodeAt(0) + 0xfee0)).join('');

for (const kind of factorKinds) {
  describe(`the factor kind ${kind.kind}`, () => {
    it('CRY-01: what its verbs return passes its own schemas, and JSON', async () => {
      const given = givenFor(kind);
      const begun = await kind.beginEnrolment(given);
      if (isQuestion(begun)) keeps(kind.enrolling, begun.pending);
      const filled = await begin(kind, given);
      if (isQuestion(filled)) keeps(kind.enrolling, filled.pending);
      const holder = await enrol(kind, given);
      keeps(kind.data, holder.data);
      const asked = await ask(kind, holder, { now: later });
      keeps(kind.asking, asked.pending);
      const verdict = await kind.checkAnswer(
        givenFor(kind, { now: later }),
        asked.pending,
        holder.data,
        holder.answer(asked, later),
      );
      assert.ok(verdict.is === 'ok');
      keeps(kind.data, verdict.data);
    });

    it('ENR-02: an abandoned enrolment is worth nothing, and only its own answer ends one', async () => {
      const given = givenFor(kind);
      const abandoned = await begin(kind, given, 1);
      const begun = await begin(kind, given);
      if (!isQuestion(begun) || !isQuestion(abandoned)) return;
      const remembers = Object.keys(begun.pending as object).length > 0;
      if (remembers) assert.notDeepEqual(begun.pending, abandoned.pending);
      if (begun.prompt.ask !== 'keep') {
        const foreign = await kind.finishEnrolment(given, begun.pending, abandoned.answer(abandoned, newYear));
        assert.equal(foreign.is, 'wrong');
      }
      for (const odd of [...oddAnswers, 'Kept', 'kept ']) {
        assert.notEqual((await kind.finishEnrolment(given, begun.pending, odd)).is, 'ok');
      }
    });

    it('ENR-03: a secret is made here and anew each time, from the chance that was handed in and no other', async () => {
      const first = await kind.beginEnrolment(givenFor(kind));
      if (isQuestion(first) && bringsSecret(first)) return;
      const holder = await enrol(kind, givenFor(kind));
      const shown = async (seed: string) => {
        const begun = await begin(kind, givenFor(kind, { random: seededRandom(seed) }));
        const asked = await ask(kind, holder, { random: seededRandom(seed) });
        return JSON.stringify([isQuestion(begun) ? [begun.prompt, begun.reveal] : begun, asked.prompt, asked.send]);
      };
      assert.equal(await shown('one'), await shown('one'));
      assert.notEqual(await shown('one'), await shown('two'));
    });

    it('OTP-03: a right answer is accepted, and never again', async () => {
      const given = givenFor(kind, { now: later });
      const holder = await enrol(kind, givenFor(kind));
      const asked = await ask(kind, holder, { now: later });
      const answer = holder.answer(asked, later);
      const verdict = await kind.checkAnswer(given, asked.pending, holder.data, answer);
      assert.ok(verdict.is === 'ok');
      const next = { now: later + 1000, challenge: 'second' };
      const again = await ask(kind, { ...holder, data: verdict.data }, next);
      const second = await kind.checkAnswer(givenFor(kind, next), again.pending, verdict.data, answer);
      assert.ok(second.is === 'replayed' || second.is === 'wrong');
    });

    it('OTP-03: the answer that ended the enrolment does not sign in', async () => {
      const given = givenFor(kind);
      const begun = await begin(kind, given);
      if (!isQuestion(begun)) return;
      const used = begun.prompt.ask === 'keep' ? 'kept' : begun.answer(begun, newYear);
      const verdict = await kind.finishEnrolment(given, begun.pending, used);
      assert.ok(verdict.is === 'ok');
      const asked = await ask(kind, { ...begun, data: verdict.data });
      assert.notEqual((await kind.checkAnswer(given, asked.pending, verdict.data, used)).is, 'ok');
    });

    it('OTP-10: odd answers are never accepted and never throw', async () => {
      const given = givenFor(kind, { now: later });
      const holder = await enrol(kind, givenFor(kind));
      const asked = await ask(kind, holder, { now: later });
      const answer = holder.answer(asked, later);
      const near = [fullWidth(answer), `${answer}0`, answer.slice(1), answer.slice(0, -1), `+${answer}`, `${answer}\0`];
      const judge = async (odd: string) => (await kind.checkAnswer(given, asked.pending, holder.data, odd)).is;
      for (const odd of [...oddAnswers, ...near]) assert.notEqual(await judge(odd), 'ok', JSON.stringify(odd));
      await fc.assert(
        fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 40 }), async (odd) => (await judge(odd)) !== 'ok'),
        { numRuns: 50 },
      );
    });

    it('OTP-02: an answer that comes too late has expired, right or not', async () => {
      const holder = await enrol(kind, givenFor(kind));
      const asked = await ask(kind, holder);
      if (asked.lifetime === undefined) return;
      const answer = holder.answer(asked, newYear);
      const end = newYear + asked.lifetime;
      const judge = async (now: number, typed: string) =>
        (await kind.checkAnswer(givenFor(kind, { now }), asked.pending, holder.data, typed)).is;
      assert.equal(await judge(end - 1000, answer), 'ok');
      assert.equal(await judge(end + 1000, answer), 'expired');
      assert.equal(await judge(end + 1000, 'x'), 'expired');
    });

    it('OOB-05: neither a hint nor a prompt tells a whole destination, and no prompt its code', async () => {
      const given = givenFor(kind);
      const holder = await enrol(kind, given);
      const asked = await ask(kind, holder);
      const shown = kind.hint(holder.data) + JSON.stringify(asked.prompt);
      for (const secret of [asked.send?.to, asked.send?.parameters.code, given.user.email]) {
        if (secret !== undefined) assert.ok(!shown.includes(secret));
      }
    });

    it('LUS-04: a guess costs one slow hash at most', async () => {
      const given = givenFor(kind, { now: later });
      const holder = await enrol(kind, givenFor(kind));
      const asked = await ask(kind, holder, { now: later });
      const guesses = ['000000', 'ZZZZ-ZZZZ-ZZZZ', holder.answer(asked, later)];
      for (const guess of guesses) await kind.checkAnswer(given, asked.pending, holder.data, guess);
      assert.ok(given.hashes() <= guesses.length);
    });

    it('OIDC-08: says what it is in registered words, and refuses settings that it does not have', async () => {
      const holder = await enrol(kind, givenFor(kind));
      assert.ok(kind.name.length > 0 && levels.includes(kind.level));
      const asked = await ask(kind, holder, { now: later });
      const given = givenFor(kind, { now: later });
      const verdict = await kind.checkAnswer(given, asked.pending, holder.data, holder.answer(asked, later));
      assert.ok(verdict.is === 'ok');
      for (const amr of [kind.amr, verdict.amr ?? kind.amr]) {
        assert.ok(amr.length > 0 && amr.every((each) => registered.includes(each)), amr.join());
      }
      // What one answer has shown is never more than the factor can show, nor that more than the kind can.
      const { level = kind.level, reaches = kind.level } = verdict;
      assert.ok(atLeast(kind.level, reaches) && atLeast(reaches, level));
      assert.match(kind.channel(holder.data, 'f1'), /^[a-z-]+:.+/);
      assert.equal(kind.settings.safeParse({ lenght: 6 }).success, false);
      assert.equal(kind.data.safeParse({}).success, false);
    });
  });
}

for (const kind of factorKinds.filter(({ answeredBy }) => answeredBy)) {
  describe(`the factor kind ${kind.kind}, asked of all at once`, () => {
    it('FLOW-03: tells from the answer which of them gave it, and from no other', async () => {
      const [holder, other] = [await enrol(kind, givenFor(kind)), await enrol(kind, givenFor(kind))];
      const both = givenFor(kind, { mine: [holder.data, other.data] });
      const asked = await kind.beginChallenge(both, holder.data);
      for (const one of [holder, other]) {
        const answer = one.answer(asked, newYear);
        assert.equal(kind.answeredBy?.(answer), kind.lookup?.(one.data));
        assert.equal((await kind.checkAnswer(both, asked.pending, one.data, answer)).is, 'ok');
        const { data } = one === holder ? other : holder;
        assert.equal((await kind.checkAnswer(both, asked.pending, data, answer)).is, 'wrong', 'judged by another');
      }
      for (const odd of oddAnswers) assert.equal(kind.answeredBy?.(odd), undefined);
    });
  });
}

for (const kind of factorKinds) {
  const { alone } = kind;
  if (!alone) continue;
  describe(`the factor kind ${kind.kind}, without a password`, () => {
    it('WAN-08: asks whoever is there, and what is nobody’s answers for nobody', async () => {
      const holder = await enrol(kind, givenFor(kind));
      const asked = await alone.ask(givenFor(kind));
      keeps(kind.asking, asked.pending);
      keeps(kind.data, alone.nobodys);
      const judge = (data: unknown) =>
        kind.checkAnswer(givenFor(kind), asked.pending, data, holder.answer(asked, newYear));
      const verdict = await judge(holder.data);
      assert.ok(verdict.is === 'ok' && verdict.alone === true);
      assert.equal((await judge(alone.nobodys)).is, 'wrong');
    });
  });
}

describe('the list of factor kinds', () => {
  it('ENR-04: names each kind once, and none that it does not know', () => {
    const names = factorKinds.map((kind) => kind.kind);
    assert.equal(new Set(names).size, names.length);
    for (const kind of factorKinds) assert.equal(kindOf(kind.kind), kind);
    for (const stranger of ['', 'TOTP', '__proto__', 'toString']) assert.throws(() => kindOf(stranger));
  });

  it('OATH-06: no kind reads a clock or chance of its own', () => {
    const here = import.meta.dirname;
    const sources = readdirSync(here, { recursive: true, encoding: 'utf8' }).filter(
      (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
    );
    for (const name of sources) {
      const source = readFileSync(`${here}/${name}`, 'utf8');
      assert.doesNotMatch(
        source,
        /Date\.now|new Date\(\)|Math\.random|randomBytes|randomUUID|randomInt|getRandomValues/,
        name,
      );
    }
  });
});
