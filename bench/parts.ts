/** The measured parts: what each sends, and what must come back so that only work that was done is counted. */
import { type Figures, figuresOf } from './figures.ts';
import { floorFile, type House, passedOn } from './house.ts';
import { type Answer, eachOf, load, type Request, repeated } from './load.ts';
import { start } from './process.ts';
import { code, type Person, password } from './seed.ts';

/** A sign-in that waits for its code. */
interface Pending {
  readonly person: Person;
  readonly id: string;
  readonly token: string;
}

/** Throws unless every answer is a good one. */
export function expect(answers: readonly Answer[], good: (answer: Answer) => boolean, what: string): void {
  const bad = answers.filter((answer) => !good(answer));
  if (bad.length > 0) throw new Error(`${bad.length} of ${answers.length} ${what}: ${bad[0]?.head}\n${bad[0]?.body}`);
}

/** The same load on a process, with its processor time. */
export async function measured(
  server: { port: number; cpu(): number },
  connections: number,
  next: () => Request | undefined,
): Promise<{ figures: Figures; answers: Answer[] }> {
  const before = server.cpu();
  const round = await load(server.port, connections, next);
  return { figures: figuresOf(round, server.cpu() - before), answers: round.answers };
}

/** Password steps for these people. */
export async function passwordStep(house: House, people: readonly Person[], connections: number) {
  const requests = people.map(({ email }) =>
    passedOn({
      method: 'POST',
      path: '/api/v1/flows/sign-in',
      body: { transport: 'token', identifier: email, password },
    }),
  );
  const { figures, answers } = await measured(house, connections, eachOf(requests));
  return { figures, answers };
}

/** The sign-ins that the answers began, one per person. */
export function pendingOf(people: readonly Person[], answers: readonly Answer[]): Pending[] {
  expect(
    answers,
    ({ status, body }) => status === 200 && body.includes('"ask":"code"'),
    'password steps did not lead on',
  );
  return answers.flatMap(({ body }, index) => {
    const { id, flowToken } = JSON.parse(body) as { id: string; flowToken: string };
    const person = people[index];
    return person ? [{ person, id, token: flowToken }] : [];
  });
}

/** Codes for these sign-ins, right or wrong. */
export async function codeCheck(house: House, pending: readonly Pending[], right: boolean) {
  let index = 0;
  const next = (): Request | undefined => {
    const one = pending[index++];
    if (!one) return undefined;
    const body = { code: code(one.person, right) };
    return passedOn({
      method: 'POST',
      path: `/api/v1/flows/${one.id}`,
      headers: { authorization: `Bearer ${one.token}` },
      body,
    });
  };
  const { figures, answers } = await measured(house, 8, next);
  const good = right ? '"done":true' : '"code":"wrong"';
  expect(
    answers,
    ({ status, body }) => status === 200 && body.includes(good),
    `codes were not ${right ? 'taken' : 'refused'}`,
  );
  return { figures, answers };
}

/** Session checks for so many seconds, and the answer that each one is. */
export async function sessionCheck(house: House, token: string, seconds: number) {
  const request = passedOn({
    method: 'GET',
    path: '/api/v1/account/sessions/current',
    headers: { authorization: `Bearer ${token}` },
  });
  const { figures, answers } = await measured(house, 16, repeated(request, seconds));
  expect(answers, ({ status }) => status === 200, 'sessions were not found');
  const [first] = answers;
  if (!first) throw new Error('There was no answer.');
  return { figures, answer: first };
}

/** Bare `node:http` answering the same bytes to the same load. */
export async function httpFloor({ head, body }: Answer, next: () => Request | undefined, connections: number) {
  const lines = head
    .split('\r\n')
    .slice(1)
    .map((line) => line.split(/: (.*)/s).slice(0, 2));
  const headers = Object.fromEntries(
    lines.filter(([name = '']) => !/^(date|connection|keep-alive|content-length|transfer-encoding)$/i.test(name)),
  );
  const floor = await start([floorFile, 'http', JSON.stringify({ headers, body })], {}, '/');
  try {
    return (await measured(floor, connections, next)).figures;
  } finally {
    await floor.stop();
  }
}
