/** A message centre as fast as the npm package `smpp` makes it, and what the bare package sends to it: the measure for our own sending. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import smpp, { type Unit } from 'smpp';

/** A running one, in a process of its own. */
export interface FastCentre {
  readonly port: number;
  /** The texts that came since the last look, in their order. */
  texts(): Promise<readonly string[]>;
}

/** Starts one that ends with the test. */
export async function fastCentre(t: { after(end: () => Promise<void>): void }): Promise<FastCentre> {
  const child = fork(fileURLToPath(new URL('./fast-centre-process.ts', import.meta.url)));
  t.after(async () => {
    child.kill();
    await once(child, 'exit');
  });
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return {
    port,
    texts: async () => {
      child.send('texts');
      const [{ texts }] = (await once(child, 'message')) as [{ texts: string[] }];
      return texts;
    },
  };
}

/** Runs `one` for every number below `count`, `window` of them at once; gives how many a second. */
export async function rate(count: number, window: number, one: (index: number) => Promise<unknown>): Promise<number> {
  const began = performance.now();
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await one(next++);
  };
  await Promise.all(Array.from({ length: window }, worker));
  return (count * 1000) / (performance.now() - began);
}

/** What the package alone sends in a second. */
export async function bareRate(port: number, texts: readonly string[], window: number): Promise<number> {
  const session = smpp.connect({ host: '127.0.0.1', port, tls: false, noDelay: true });
  await once(session, 'connect');
  const ask = (unit: Unit): Promise<Unit> => new Promise((resolve) => session.send(unit, resolve));
  await ask(new smpp.PDU('bind_transceiver', { system_id: 'bare', password: 'bare' }));
  const fields = { source_addr: 'Acme', destination_addr: '4915123456789', registered_delivery: 1 };
  const measured = await rate(texts.length, window, async (index) => {
    const answer = await ask(new smpp.PDU('submit_sm', { ...fields, short_message: texts[index] ?? '' }));
    if (answer.command_status !== 0) throw new Error('refused');
  });
  session.destroy();
  return measured;
}
