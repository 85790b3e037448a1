/**
 * `npm run bench`: what a session check, a code check and a password step cost, on this machine, in one run, each as the
 * median of three rounds beside the floor of the same part. With `postgres` it measures on PostgreSQL too, and with
 * `write` it puts the figures into docs/benchmarks.md.
 */
import { availableParallelism } from 'node:os';
import { onPostgres } from '../server/test/postgres.ts';
import { argon2Floor } from './argon2.ts';
import { measureDelivery } from './delivery.ts';
import { machine, writeFigures } from './document.ts';
import { type Figures, head, line, median, middle, type Target, verdict } from './figures.ts';
import { flood } from './flood.ts';
import { type House, openHouse } from './house.ts';
import { eachOf, repeated } from './load.ts';
import { codeCheck, httpFloor, passwordStep, pendingOf, sessionCheck } from './parts.ts';
import { passkeyFigures } from './passkeys.ts';
import { processFigures } from './process-figures.ts';

const rounds = 3;
const perRound = 150;
const seconds = 3;
/** Sign-ins before the first is measured: until then the runtime still compiles what it runs. */
const warmUp = 600;

const parts = [
  'session check',
  'session check, floor: the same bytes by node:http',
  'wrong TOTP code',
  'wrong TOTP code, floor: the same bytes',
  'right TOTP code',
  'right TOTP code, floor: the same bytes',
  'password step',
  'password step, floor: bare argon2id',
] as const;

type Part = (typeof parts)[number];
type Row = Record<Part, Figures>;

const said: string[] = [];

/** Prints a line and keeps it for the document. */
function say(text: string): void {
  console.log(text);
  said.push(text);
}

/** Warms the server up, since a running one is what is measured, and gives a session to check. */
async function signIn(house: House): Promise<string> {
  const people = house.people.slice(rounds * perRound);
  const { answers } = await passwordStep(house, people, availableParallelism() * 2);
  const done = await codeCheck(house, pendingOf(people, answers), true);
  return (JSON.parse(done.answers[0]?.body ?? '{}') as { session: { token: string } }).session.token;
}

async function round(house: House, token: string, number: number): Promise<Row> {
  const people = house.people.slice(number * perRound, (number + 1) * perRound);
  const session = await sessionCheck(house, token, seconds);
  const get = { method: 'GET', path: '/' } as const;
  const sessionFloor = await httpFloor(session.answer, repeated(get, seconds), 16);
  const passwordFloor = argon2Floor(seconds);
  const password = await passwordStep(house, people, availableParallelism() * 2);
  const pending = pendingOf(people, password.answers);
  const wrong = await codeCheck(house, pending, false);
  const right = await codeCheck(house, pending, true);
  const posts = (count: number) =>
    eachOf(Array.from({ length: count }, () => ({ method: 'POST', path: '/', body: { code: '123456' } }) as const));
  const floorOf = async ({ answers: [answer] }: Awaited<ReturnType<typeof codeCheck>>): Promise<Figures> => {
    if (!answer) throw new Error('There was no answer.');
    return httpFloor(answer, posts(20 * perRound), 8);
  };
  return {
    'session check': session.figures,
    'session check, floor: the same bytes by node:http': sessionFloor,
    'wrong TOTP code': wrong.figures,
    'wrong TOTP code, floor: the same bytes': await floorOf(wrong),
    'right TOTP code': right.figures,
    'right TOTP code, floor: the same bytes': await floorOf(right),
    'password step': password.figures,
    'password step, floor: bare argon2id': passwordFloor,
  };
}

async function measure(name: string, postgres?: string): Promise<Target[]> {
  const house = await openHouse(rounds * perRound + warmUp, postgres);
  try {
    const token = await signIn(house);
    const rows: Row[] = [];
    for (let number = 0; number < rounds; number += 1) rows.push(await round(house, token, number));
    const figures = Object.fromEntries(parts.map((part) => [part, middle(rows.map((row) => row[part]))])) as Row;
    say(`\n${name.padEnd(56)}${head}`);
    for (const part of parts) say(line(part, figures[part]));
    const passkeys = await passkeyFigures(name, house, say);
    return [...(postgres ? [] : ratios(rows)), ...passkeys, ...(await flood(name, house, 200))];
  } finally {
    await house.leave();
  }
}

/** How near the floors SQLite comes. Part and floor of a round ran one after the other, so they are compared by round. */
function ratios(rows: readonly Row[]): Target[] {
  const ofFloor = (part: Part, floor: Part): number => median(rows.map((row) => row[part].rate / row[floor].rate));
  const session = ofFloor('session check', 'session check, floor: the same bytes by node:http');
  const password = ofFloor('password step', 'password step, floor: bare argon2id');
  const percent = (part: number): string => `${(part * 100).toFixed(0)} %`;
  return [
    { name: 'session check, at least 25 % of the floor', value: percent(session), held: session >= 0.25 },
    { name: 'password step, at least 80 % of the floor', value: percent(password), held: password >= 0.8 },
  ];
}

const postgres = process.argv.includes('postgres');
say(machine);
say(`Medians of ${rounds} rounds; the client runs on the same cores.`);
const targets = await measure('SQLite');
if (postgres) targets.push(...(await onPostgres((url) => measure('PostgreSQL', url))));
targets.push(...(await processFigures()));
say('');
for (const target of targets) say(verdict(target));
const write = process.argv.includes('write');
if (write) writeFigures('figures', said);
const delivered = await measureDelivery({ postgres, write });
if ([...targets, ...delivered].some(({ held }) => !held)) process.exitCode = 1;
