/** One code, sent fifty times at once to real servers, opens the door once: one process on SQLite, two on PostgreSQL. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { FlowAnswer } from '../../src/flows/prompt.ts';
import type { Answer, Browser, Problem } from '../browser.ts';
import { databases } from '../house.ts';
import { asked, choose, enterPassword, type Person, register } from '../people.ts';
import { few, oathtool, Place, tally } from './place.ts';
import { aLink } from './relay.ts';

const rounds = 20;
const atOnce = 50;
/** Password steps at once: the fifth attempt in a row brings a pause, and each that is right begins the row anew. */
const unpaused = 4;

type Said = Answer<FlowAnswer & Problem>;

interface Begun {
  readonly browser: Browser;
  readonly flow: FlowAnswer;
}

const outcome = ({ status, body }: Said): string => {
  if (status === 200 && body.refused === undefined) return body.done ? 'done' : body.step;
  return body.refused?.code ?? `${status} ${body.code}`;
};

/** What those may hear who came too late: never a fault of the server. */
const lost = /^(replayed|expired|wrong|429 too-many-requests|410 flow-over|400 bad-request|503 unavailable)$/;

/** Exactly one of the answers is `won`, and all others are refusals. */
function onlyOne(answers: readonly Said[], won: string, heard: string[]): void {
  const outcomes = answers.map(outcome);
  heard.push(...outcomes);
  assert.equal(outcomes.filter((each) => each === won).length, 1, JSON.stringify(tally(outcomes)));
  for (const each of outcomes) assert.ok(each === won || lost.test(each), JSON.stringify(tally(outcomes)));
  assert.equal(answers.filter(({ body }) => body.session !== undefined).length, won === 'done' ? 1 : 0);
}

const copies = <T>(make: (at: number) => T): T[] => Array.from({ length: atOnce }, (_, at) => make(at));

for (const on of databases) {
  const processes = on === 'postgres' ? 2 : 1;
  describe(`${atOnce} at once, ${rounds} rounds, ${processes} process(es) on ${on}`, () => {
    let place: Place;
    before(async () => {
      place = await Place.open({ on, processes });
    });
    after(() => place?.[Symbol.asyncDispose]());

    const begin = (person: Person): Promise<Begun[]> =>
      few(
        unpaused,
        copies(() => place.browser()),
        async (browser) => {
          const flow = await enterPassword(browser, person);
          asked(flow, 'code');
          return { browser, flow };
        },
      );
    /** Sessions that sign-ins have opened, and proofs that were accepted, as the database has it. */
    const opened = (kind: string): Promise<number> =>
      place.number(`select count(*) from events e where type = 'proof.accepted' and details like '%"${kind}"%sign-in%'
        and exists (select 1 from events s where s.type = 'session.started' and s.correlation = e.correlation)`);

    test('FLOW-11 LUS-03 one app code, then one backup code, in 50 sign-ins', async (t) => {
      const heard: string[] = [];
      const heardOfBackup: string[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const ada = await register(place);
        const begun = await begin(ada);
        const code = oathtool(ada.uri, 1);
        const said = await Promise.all(begun.map(({ browser, flow }) => browser.answer(flow, { code })));
        onlyOne(said, 'done', heard);
        const waiting = begun.filter((_, at) => said[at]?.body.done !== true);
        const chosen = await few(unpaused, waiting, async ({ browser, flow }) => ({
          browser,
          flow: await choose(browser, flow, 'backup-codes'),
        }));
        const backup = ada.codes[round % 10];
        const late = await Promise.all(chosen.map(({ browser, flow }) => browser.answer(flow, { code: backup })));
        onlyOne(late, 'done', heardOfBackup);
      }
      assert.deepEqual([await opened('totp'), await opened('backup-codes')], [rounds, rounds]);
      t.diagnostic(`app code: ${JSON.stringify(tally(heard))}; backup code: ${JSON.stringify(tally(heardOfBackup))}`);
    });

    test('FLOW-11 OTP-04 one mailed code, 50 times in its sign-in', async (t) => {
      const heard: string[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const ada = await register(place, 'email');
        const browser = place.browser();
        const flow = await enterPassword(browser, ada);
        const code = await place.codeFor(ada.address);
        onlyOne(await Promise.all(copies(() => browser.answer(flow, { code }))), 'done', heard);
      }
      assert.equal(await opened('email'), rounds);
      t.diagnostic(JSON.stringify(tally(heard)));
    });

    test('FLOW-11 REC-01 one mailed link of recovery, 50 times', async (t) => {
      const heard: string[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const bob = await register(place, 'nothing');
        const browser = place.browser();
        const { body: flow } = await browser.start('recovery', { identifier: bob.address });
        asked(flow, 'code');
        const link = await place.relay.next(bob.address, aLink);
        onlyOne(await Promise.all(copies(() => browser.answer(flow, { link }))), 'new-password', heard);
      }
      t.diagnostic(JSON.stringify(tally(heard)));
    });
  });
}
