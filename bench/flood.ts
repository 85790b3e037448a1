/** Two hundred sign-ins at once: all answered or told to come back, memory bounded, and the server awake meanwhile. */
import { setTimeout as pause } from 'node:timers/promises';
import { at, type Target } from './figures.ts';
import { type House, passedOn } from './house.ts';
import { eachOf, load } from './load.ts';
import { password } from './seed.ts';

/** Floods the house and says what held. */
export async function flood(on: string, house: House, crowd: number): Promise<Target[]> {
  const before = house.memory().now;
  const people = Array.from({ length: crowd }, (_, index) => house.people[index % house.people.length]?.email ?? '');
  const requests = people.map((identifier) =>
    passedOn({ method: 'POST', path: '/api/v1/flows/sign-in', body: { transport: 'token', identifier, password } }),
  );
  let over = false;
  const heartbeat = async (): Promise<number[]> => {
    const took: number[] = [];
    while (!over) {
      const { answers } = await load(house.port, 1, eachOf([{ method: 'GET', path: '/livez' }]));
      took.push(...answers.map((answer) => (answer.status === 200 ? answer.took : Number.POSITIVE_INFINITY)));
      await pause(10);
    }
    return took;
  };
  const awake = heartbeat();
  const { answers } = await load(house.port, crowd, eachOf(requests));
  over = true;
  const took = await awake;
  const led = answers.filter(({ status }) => status === 200).length;
  const later = answers.filter(
    (a) => (a.status === 503 || a.status === 429) && /\r\nretry-after: \d/i.test(a.head),
  ).length;
  const grown = house.memory().most - before;
  return [
    {
      name: `${on}: ${crowd} sign-ins at once: all answered or told to come back`,
      value: `${led} answered, ${later} told to come back, ${crowd - led - later} neither`,
      held: led + later === crowd && led > 0,
    },
    {
      name: '  /livez meanwhile, p99 under 100 ms',
      value: `${at(took, 0.99).toFixed(0)} ms`,
      held: at(took, 0.99) < 100,
    },
    { name: '  memory grows by less than 200 MB', value: `${grown.toFixed(0)} MB`, held: grown < 200 },
  ];
}
