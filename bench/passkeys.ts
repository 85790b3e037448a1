/** Sign-ins by passkey alone: what page and answer cost the server, beside the bare check of the signature. */
import { execFileSync } from 'node:child_process';
import { factorBound } from '../server/src/accounts/tokens.ts';
import type { Given } from '../server/src/factors/factor.ts';
import { passkey } from '../server/src/factors/passkey/passkey.ts';
import { randomId, randomToken, systemRandom } from '../server/src/security/random.ts';
import { Keyring } from '../server/src/security/sealing.ts';
import { insertFactor } from '../server/src/storage/factors.ts';
import { openDatabase, type Tx } from '../server/src/storage/open.ts';
import { testGiven } from '../server/test/given.ts';
import { SoftwareKey } from '../server/test/peers/webauthn/software-key.ts';
import { type Figures, line, median, middle, type Target } from './figures.ts';
import { floorFile, type House, host, openHouse, passedOn } from './house.ts';
import { type Answer, eachOf, type Request } from './load.ts';
import { expect, measured } from './parts.ts';
import { writeUser } from './seed.ts';

const rounds = 3;
const perRound = 150;
/** Sign-ins before the first is measured: until then the runtime still compiles what it runs. */
const warmUp = 300;
/** Milliseconds of processor time that a sign-in may cost. */
const most = 5;

/** Writes somebody whose only factor is a passkey, and gives the authenticator that holds it. */
async function write(tx: Tx, email: string, keyring: Keyring): Promise<SoftwareKey> {
  const key = SoftwareKey.make();
  const handle = randomToken(systemRandom, 64);
  const service = { name: 'Bench', host, rpId: host, origins: [`https://${host}`] };
  const usual = testGiven({ settings: passkey.settings.parse({}) });
  const given: Given = { ...usual, service, user: { handle, label: email } };
  const begun = await passkey.beginEnrolment(given);
  if (!('prompt' in begun) || begun.prompt.ask !== 'passkey-create') throw new Error('No passkey was asked for.');
  const answer = JSON.stringify(key.register(begun.prompt.options as never));
  const made = await passkey.finishEnrolment(given, begun.pending, answer);
  if (made.is !== 'ok') throw new Error(`A passkey was not made: ${made.is}.`);
  const userId = await writeUser(tx, email, '', handle);
  const id = randomId(systemRandom);
  const sealed = keyring.seal(JSON.stringify(made.data), factorBound(tx.tenant, userId, id));
  await insertFactor(tx, {
    ...{ id, user_id: userId, kind: passkey.kind, use: passkey.use, label: 'Passkey', state: 'active', level: 'aal3' },
    ...{ channel: passkey.channel(made.data, id), lookup: passkey.lookup?.(made.data) ?? null, hint: '' },
    ...{ preferred: 0, kept: 0, data: sealed, created_at: Date.now(), created_from: '', last_used_at: null },
  });
  return key;
}

/** Opens the sign-in page so many times, and answers each with another person's key. */
async function signIns(house: House, keys: readonly SoftwareKey[]): Promise<{ page: Figures; answer: Figures }> {
  const start = { method: 'POST', path: '/api/v1/flows/sign-in', body: { transport: 'token' } } as const;
  const pages = await measured(house, 8, eachOf(keys.map(() => passedOn(start))));
  const answers = await measured(house, 8, eachOf(pages.answers.map((page, at) => answerTo(page, keys[at]))));
  expect(answers.answers, ({ status, body }) => status === 200 && body.includes('"level":"aal3"'), 'keys were refused');
  return { page: pages.figures, answer: answers.figures };
}

function answerTo({ body }: Answer, key: SoftwareKey | undefined): Request {
  const { id, flowToken, prompt } = JSON.parse(body) as { id: string; flowToken: string; prompt: { passkey: never } };
  const headers = { authorization: `Bearer ${flowToken}` };
  return passedOn({
    ...{ method: 'POST', path: `/api/v1/flows/${id}`, headers },
    body: { credential: key?.assert(prompt.passkey) },
  });
}

/** Microseconds of processor time that one signature takes to check. */
function signatureFloor(seconds: number): number {
  const said = execFileSync(process.execPath, [floorFile, 'signature', JSON.stringify({ seconds })], {
    encoding: 'utf8',
  });
  return (JSON.parse(said) as { cpu: number }).cpu;
}

/** Measures sign-ins by passkey in a house, prints them by `say`, and gives whether the target holds. */
export async function passkeyFigures(on: string, house: House, say: (text: string) => void): Promise<Target[]> {
  const keyring = Keyring.parse(house.keys);
  const database = await openDatabase(house.where);
  const keys = await database.transaction('main', async (tx) => {
    const made: SoftwareKey[] = [];
    for (let at = 0; at < warmUp + rounds * perRound; at += 1) {
      made.push(await write(tx, `key${at}@example.org`, keyring));
    }
    return made;
  });
  await database.close();
  await signIns(house, keys.slice(0, warmUp));
  const figures: { page: Figures; answer: Figures; floor: number }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const from = warmUp + round * perRound;
    figures.push({ ...(await signIns(house, keys.slice(from, from + perRound))), floor: signatureFloor(1) });
  }
  say(line('sign-in page with a question to any passkey', middle(figures.map(({ page }) => page))));
  say(line('answer of a passkey', middle(figures.map(({ answer }) => answer))));
  const floor = median(figures.map((round) => round.floor));
  say(
    `${'answer of a passkey, floor: its signature alone (ES256)'.padEnd(56)}${''.padStart(29)}${floor.toFixed(0).padStart(12)}`,
  );
  const cost = median(figures.map(({ page, answer }) => page.cpu + answer.cpu));
  const times = median(figures.map(({ page, answer, floor: bare }) => (page.cpu + answer.cpu) / bare));
  const value = `${(cost / 1000).toFixed(2)} ms, ${times.toFixed(0)} times its signature`;
  return [{ name: `${on}: a sign-in by passkey, under ${most} ms of CPU`, value, held: cost < most * 1000 }];
}

if (import.meta.main) {
  const house = await openHouse(1);
  for (const { name, value, held } of await passkeyFigures('SQLite', house, console.log)) {
    console.log(`${held ? 'holds ' : 'BROKEN'}  ${name}: ${value}`);
  }
  await house.leave();
}
