/**
 * Pages that wait, in a process of their own: `node bench/waiting-pages.ts <port> <pages>` begins so many sign-ins, opens
 * the events of each, says `waiting` once all have heard how they stand, and then, for each line it is given, how many
 * are still open. It ends with its input.
 */
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { passedOn } from './house.ts';
import { eachOf, encode, load } from './load.ts';

const [port = 0, pages = 0] = process.argv.slice(2).map(Number);
/** Connections that are made at once. */
const together = 100;

interface Begun {
  readonly id: string;
  readonly flowToken: string;
}

const starts = Array.from({ length: pages }, () =>
  passedOn({ method: 'POST', path: '/api/v1/flows/sign-in', body: { transport: 'token' } }),
);
const { answers } = await load(port, 16, eachOf(starts));
const begun = answers.map(({ body }) => JSON.parse(body) as Begun);

let open = 0;

/** Opens one page's events; resolves when it has heard the first. */
function wait({ id, flowToken }: Begun): Promise<Socket> {
  const headers = { authorization: `Bearer ${flowToken}` };
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.on('error', reject).on('close', () => {
      open -= 1;
      reject(new Error(`closed after: ${text}`));
    });
    socket.on('connect', () => {
      open += 1;
      socket.write(encode(passedOn({ method: 'GET', path: `/api/v1/flows/${id}/events`, headers })));
    });
    const hear = (part: Buffer): void => {
      text += part.toString('latin1');
      if (!/event: state\n/.test(text)) return;
      // From here on nothing is kept: this is a page that looks at a number.
      socket.off('data', hear).resume();
      resolve(socket);
    };
    socket.on('data', hear);
  });
}

for (let from = 0; from < begun.length; from += together) {
  await Promise.all(begun.slice(from, from + together).map(wait));
}
console.log('waiting');
for await (const _ of createInterface({ input: process.stdin })) console.log(`open ${open}`);
process.exit(0);
