/** Two hundred guesses let go together, over fifty addresses and two processes: the limit is judged and no more. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { databases } from '../house.ts';
import { enterPassword, type Person, register } from '../people.ts';
import { few, oathtool, Place, tally, wrongCodes } from './place.ts';

const guesses = 200;
const addresses = 50;
/** C5: four guesses without a pause; the fifth is judged and brings one. */
const limit = 5;
const unpaused = 4;

/** How a guess was answered: `wrong` was judged. */
type Guess = () => Promise<string>;

for (const on of databases) {
  const processes = on === 'postgres' ? 2 : 1;
  describe(`${guesses} guesses from ${addresses} addresses, ${processes} process(es) on ${on}`, () => {
    let place: Place;
    let ada: Person;
    before(async () => {
      place = await Place.open({ on, processes });
      ada = await register(place);
    });
    after(() => place?.[Symbol.asyncDispose]());

    const attempts = async (kind: string) => {
      const rows = await place.rows(`select lane, count, open_at from attempts where kind = '${kind}'
        and subject not like '?%' order by lane`);
      return rows.map((row) => ({ lane: row.lane, count: Number(row.count), openAt: Number(row.open_at) }));
    };
    const judged = (event: string): Promise<number> =>
      place.number(`select count(*) from events where type = '${event}'`);

    /**
     * Lets all guesses go together. Then both processes are killed and started again: the count goes on where it was,
     * and the next pause is twice as long.
     */
    async function trial(kind: string, event: string, all: readonly Guess[], another: Guess): Promise<string> {
      const before = await judged(event);
      const begun = performance.now();
      const answers = await Promise.all(all.map((guess) => guess()));
      const took = Math.round(performance.now() - begun);
      const heard = tally(answers);
      const judgedNow = (await judged(event)) - before;
      // A pause is five seconds: on a machine that takes longer for all of them another guess is due, and is judged.
      const due = took < 5000 ? limit : limit + 1;
      assert.ok(judgedNow <= due, `${judgedNow} judged in ${took} ms: ${JSON.stringify(heard)}`);
      assert.equal(heard.wrong, judgedNow, JSON.stringify(heard));
      assert.ok((heard['429'] ?? 0) >= all.length - judgedNow - (heard['503'] ?? 0), JSON.stringify(heard));
      const counted = await attempts(kind);
      assert.deepEqual(
        counted.map(({ lane, count }) => [lane, count]),
        [
          ['all', judgedNow],
          ['other', judgedNow],
        ],
      );
      await place.kill();
      await place.start();
      assert.deepEqual(await attempts(kind), counted);
      await pause(Math.max(0, (counted[1]?.openAt ?? 0) - Date.now()) + 20);
      assert.equal(await another(), 'wrong');
      assert.match(await another(), /^429$/);
      const [total, lane] = await attempts(kind);
      assert.deepEqual([total?.count, lane?.count], [judgedNow + 1, judgedNow + 1]);
      const wait = (lane?.openAt ?? 0) - Date.now();
      assert.ok(wait <= 5000 * 2 ** (judgedNow + 1 - limit), `pause of ${wait} ms`);
      return `${JSON.stringify(heard)} in ${took} ms, ${judgedNow} judged; after the restart the count is ${lane?.count}`;
    }

    test('RATE-05 RATE-03 wrong app codes over 50 sign-ins', async (t) => {
      const browsers = Array.from({ length: addresses }, () => place.browser());
      const begun = await few(unpaused, browsers, async (browser) => ({
        browser,
        flow: await enterPassword(browser, ada),
      }));
      const guess = (code: string, at: number): Guess => {
        const { browser, flow } = begun[at % addresses] ?? { browser: place.browser(), flow: { id: '' } };
        return async () => {
          const { status, body } = await browser.answer(flow, { code });
          return body.refused?.code ?? String(status);
        };
      };
      const codes = wrongCodes(ada.uri, guesses + 1);
      t.diagnostic(await trial('totp', 'proof.refused', codes.slice(1).map(guess), () => guess(codes[0] ?? '', 1)()));
      // RATE-10: the right code is not looked at either, so it is not used up.
      assert.equal(await guess(oathtool(ada.uri, 1), 2)(), '429');
      assert.equal(await judged('proof.accepted'), 0);
    });

    test('RATE-05 RATE-03 RATE-10 wrong passwords, each from a fresh browser', async (t) => {
      const guess = (password: string, at: number): Guess => {
        const browser = place.browser({ address: `127.9.0.${(at % addresses) + 1}` });
        return async () => {
          const { status, body } = await browser.start('sign-in', { identifier: ada.address, password });
          return body.refused?.code ?? String(status);
        };
      };
      const all = Array.from({ length: guesses }, (_, at) => guess(`wrong password ${at}`, at));
      t.diagnostic(await trial('password', 'password.refused', all, guess('another wrong one', 1)));
      assert.equal(await guess(ada.password, 3)(), '429');
    });
  });
}
