/** A mail relay as fast as the npm package `smtp-server` makes it, and what the bare package `nodemailer` sends to it. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createTransport } from 'nodemailer';
import type { Rendered } from '../../src/delivery/deliver.ts';
import { certificate } from './relay.ts';

/** A running one, in a process of its own. */
export interface FastRelay extends AsyncDisposable {
  readonly url: string;
  /** PEM text of its authority. */
  readonly ca: string;
  /** The ids of the mails that came since the last look, in their order. */
  came(): Promise<readonly string[]>;
}

/** Starts one. */
export async function fastRelay(): Promise<FastRelay> {
  const { authority, cert, key } = certificate('localhost');
  const child = fork(fileURLToPath(new URL('./fast-relay-process.ts', import.meta.url)), [cert, key]);
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return {
    url: `smtp://localhost:${port}`,
    ca: readFileSync(authority, 'utf8'),
    came: async () => {
      child.send('came');
      const [{ came }] = (await once(child, 'message')) as [{ came: string[] }];
      return came;
    },
    [Symbol.asyncDispose]: async () => {
      child.kill();
      await once(child, 'exit');
    },
  };
}

/** How many of these mails the package alone sends in a second, over five kept connections. */
export async function bareMailRate({ url, ca }: FastRelay, mails: readonly Rendered[]): Promise<number> {
  const { hostname, port } = new URL(url);
  const transport = createTransport({
    pool: true,
    host: hostname,
    port: Number(port),
    requireTLS: true,
    tls: { ca },
    maxConnections: 5,
  });
  const began = performance.now();
  await Promise.all(
    mails.map(({ id, from, to, subject, text, html }) =>
      transport.sendMail({ messageId: `<${id}@acme.example>`, from, to, subject, text, html }),
    ),
  );
  const rate = (mails.length * 1000) / (performance.now() - began);
  transport.close();
  return rate;
}
