/** Kannel as operators run it: our request, its SMPP to a message centre of another hand, and its receipt back to us. */
import assert from 'node:assert/strict';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import type { Receipt, ReceiptRequest, Rendered } from '../../src/delivery/deliver.ts';
import { kannel } from '../../src/delivery/sms/kannel.ts';
import { startKannel } from '../peers/kannel.ts';
import { startSmsc } from '../peers/smsc.ts';
import { toolsOf } from '../provider.ts';

const message: Rendered = {
  channel: 'sms',
  to: '+4915123456789',
  from: { name: 'Acme', address: 'no-reply@acme.example' },
  text: 'Acme: 012345 is your code.\n@acme.example #012345',
  id: 'abc_DEF-123',
};

interface Receiver {
  readonly url: string;
  /** What came next: what follows from it, or undefined where it was not taken for genuine. */
  next(): Promise<readonly Receipt[] | undefined>;
}

/** Where receipts come to, read by `receive`. */
async function receiver(
  t: TestContext,
  receive: () => ((request: ReceiptRequest) => Receipt[] | undefined) | undefined,
): Promise<Receiver> {
  const came: (readonly Receipt[] | undefined)[] = [];
  let wake = (): void => {};
  let base = '';
  const server = createServer((request: IncomingMessage, response) => {
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const given = { method: request.method ?? '', url: base + (request.url ?? ''), headers, body: '' };
    came.push(receive()?.(given));
    response.end();
    wake();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `${base}/receipts/kannel`,
    next: async () => {
      while (came.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      return came.shift();
    },
  };
}

describe('Kannel', () => {
  test('OOB-06 a message goes through it as it was written, and its receipts come back', {
    timeout: 60_000,
  }, async (t) => {
    const smsc = await startSmsc(t);
    const { url, username, password } = await startKannel(t, smsc.port);
    for (const method of ['POST', 'GET'] as const) {
      const here = await receiver(t, () => sender.receive?.bind(sender));
      const options = kannel.options.parse({ url, username, password, from: 'Acme', method });
      const sender = kannel.open(options, toolsOf('kannel', { receiptUrl: here.url }));
      for (const [text, coding] of [
        [message.text, 0],
        ['{[€~]} & + %41 é@_$\n@acme.example #012345', 0],
        ['Ваш код 012345 & + %41\n@acme.example #012345', 8],
      ] as const) {
        const id = `${message.id}-${method}-${coding}-${text.length}`;
        const { reference } = await sender.send({ ...message, text, id });
        const got = await smsc.next('message');
        assert.deepEqual([got.text, got.data_coding, got.parts], [text, coding, 1], `${method} ${text}`);
        assert.deepEqual([got.source_addr, got.destination_addr], ['Acme', '4915123456789']);
        assert.deepEqual(await here.next(), [{ reference, state: 'sent' }]);
        await smsc.order({ do: 'receipt', id: String(got.id), form: 'text', stat: 'DELIVRD' });
        assert.deepEqual(await here.next(), [{ reference, state: 'delivered' }]);
      }
      const { reference } = await sender.send({ ...message, id: `lost-${method}` });
      const got = await smsc.next('message');
      assert.deepEqual(await here.next(), [{ reference, state: 'sent' }]);
      await smsc.order({ do: 'receipt', id: String(got.id), form: 'text', stat: 'UNDELIV' });
      const [failed] = (await here.next()) ?? [];
      assert.deepEqual([failed?.reference, failed?.state], [reference, 'failed']);
    }
    const wrong = kannel.open(kannel.options.parse({ url, username, password: 'wrong' }), toolsOf('kannel'));
    await assert.rejects(wrong.send(message), /403/);
  });
});
