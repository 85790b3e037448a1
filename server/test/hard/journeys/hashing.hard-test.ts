/** Two hundred sign-ins at once with the real cost of a password: the service lives meanwhile. */
import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import { openHouse } from '../../house.ts';
import { register } from '../../people.ts';

test('PW-12 two hundred sign-ins at once are answered or told to come back, and the service lives meanwhile', async () => {
  await using house = await openHouse({ realHash: true });
  const ada = await register(house, 'nothing');
  let waiting = 200;
  let lives = 0;
  // Every second one comes from the same source, which may take half of the places and no more.
  const sourceOf = (turn: number): string => `203.0.113.${turn % 2 === 0 ? 0 : turn}`;
  const from = (turn: number) => house.browser({ origin: house.origin, address: sourceOf(turn) });
  const tries = Array.from({ length: 200 }, async (_, turn) => {
    const credentials = { identifier: `nobody${turn}@example.org`, password: ada.password };
    const answer = await from(turn).start('sign-in', credentials);
    waiting -= 1;
    const { status } = await house.browser().get('/livez');
    if (status === 200 && waiting > 0) lives += 1;
    return answer;
  });
  const answers = await Promise.all(tries);
  assert.ok(lives > 20, `answered ${lives} times while the others were hashed`);
  const busy = answers.filter(({ status }) => status === 503);
  for (const { headers, body } of busy) assert.deepEqual([headers.get('retry-after'), body.code], ['1', 'busy']);
  const isJudged = ({ status, body }: (typeof answers)[number]): boolean =>
    status === 200 && body.refused?.code === 'wrong';
  const judged = answers.filter(isJudged);
  const ofOne = answers.filter((answer, turn) => turn % 2 === 0 && isJudged(answer));
  const places = 129 + availableParallelism();
  const half = Math.ceil(places / 2);
  assert.ok(ofOne.length <= half, `one source took ${ofOne.length} of ${places} places`);
  assert.ok(judged.length - ofOne.length >= Math.min(100, places - half), 'the others found the door open');
  assert.equal(judged.length + busy.length, 200);
  const counted = await house.database.all.k.selectFrom('attempts').selectAll().where('lane', '=', 'other').execute();
  assert.equal(counted.length, judged.length, 'who was told to come back has lost no attempt');
  const { body } = await house.browser().start('sign-in', { identifier: ada.address, password: ada.password });
  assert.equal(body.done, true);
});
