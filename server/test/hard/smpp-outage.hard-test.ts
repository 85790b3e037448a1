import assert from 'node:assert/strict';
import { createServer, type Socket } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import type { Rendered, Sender } from '../../src/delivery/deliver.ts';
import { smpp } from '../../src/delivery/sms/smpp.ts';
import { Undeliverable } from '../../src/delivery/undeliverable.ts';
import { account, type Smsc, startSmsc } from '../peers/smsc.ts';
import { toolsOf } from '../provider.ts';

const message: Rendered = {
  channel: 'sms',
  to: '+4915123456789',
  from: { name: 'Acme', address: 'no-reply@acme.example' },
  text: '012345',
  id: 'abc_DEF-123',
};

function open(t: TestContext, port: number, options: Record<string, unknown> = {}): Sender {
  const url = `smpp://127.0.0.1:${port}`;
  const sender = smpp.open(smpp.options.parse({ url, ...account, answerSeconds: 1, ...options }), toolsOf('smpp'));
  t.after(() => sender.close());
  return sender;
}

/** Fails with an error after which another provider is tried, within `ms`. */
async function failsWithin(sent: Promise<unknown>, ms: number, why: RegExp): Promise<void> {
  const began = performance.now();
  await assert.rejects(sent, (error: Error) => !(error instanceof Undeliverable) && why.test(error.message));
  const took = performance.now() - began;
  assert.ok(took < ms, `${took} ms`);
}

/** A listener that does with each connection what it is told; ends with the test. */
async function listener(t: TestContext, serve: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    serve(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

const bound = async (smsc: Smsc, sender: Sender): Promise<void> => {
  await sender.send(message);
  await smsc.next('bound');
  await smsc.next('message');
};

describe('an SMSC that fails', () => {
  test('one that is not there is an error at once, and again while it is away', async (t) => {
    const sender = open(t, 1);
    await failsWithin(sender.send(message), 900, /ECONNREFUSED/);
    await failsWithin(sender.send(message), 500, /no connection to the SMSC: ECONNREFUSED/);
  });

  test('one that went and came back is bound again without a message, and takes the next', async (t) => {
    const smsc = await startSmsc(t);
    const sender = open(t, smsc.port);
    await bound(smsc, sender);
    await smsc.stop();
    // The first to find out may hear of the lost connection itself, and the next of the failed new one.
    await failsWithin(sender.send(message), 1000, /connection|ECONN|EPIPE/);
    await failsWithin(sender.send(message), 1000, /connection|ECONN/);
    await failsWithin(sender.send(message), 500, /no connection to the SMSC/);
    const back = await startSmsc(t, smsc.port);
    await back.next('bound');
    await sender.send(message);
    assert.equal((await back.next('message')).text, '012345');
  });

  test('one that drops the connection is bound again at once, and nobody waits in vain', async (t) => {
    const smsc = await startSmsc(t);
    const sender = open(t, smsc.port, { window: 2, answerSeconds: 9 });
    await bound(smsc, sender);
    await smsc.order({ do: 'mode', mode: 'hang' });
    const stuck = [1, 2, 3, 4].map(() => failsWithin(sender.send(message), 8000, /lost|ECONNRESET|EPIPE/));
    await smsc.next('unanswered');
    await smsc.next('unanswered');
    await smsc.order({ do: 'drop' });
    await Promise.all(stuck);
    await smsc.next('bound');
    await smsc.order({ do: 'mode', mode: 'take' });
    await sender.send(message);
    assert.equal(smsc.told.filter(({ event }) => event === 'unanswered').length, 2);
  });

  test('one that hangs delays a message by no more than its time, and is left for a new connection', async (t) => {
    const smsc = await startSmsc(t);
    const sender = open(t, smsc.port);
    await bound(smsc, sender);
    await smsc.order({ do: 'mode', mode: 'hang' });
    await failsWithin(sender.send(message, AbortSignal.timeout(200)), 900, /aborted|timeout/);
    await failsWithin(sender.send(message, AbortSignal.abort()), 500, /aborted/);
    await failsWithin(sender.send(message), 3000, /no answer in time/);
    await smsc.next('enquired');
    await smsc.next('gone');
    await smsc.order({ do: 'mode', mode: 'take' });
    await smsc.next('bound');
    await sender.send(message);
  });

  test('one that never answers the bind holds a message no longer than its time', async (t) => {
    const port = await listener(t, () => {});
    const sender = open(t, port);
    await failsWithin(sender.send(message, AbortSignal.timeout(100)), 900, /aborted|timeout/);
    await failsWithin(sender.send(message), 2000, /no answer in time/);
    await failsWithin(sender.send(message), 500, /no connection/);
  });

  test('one that answers garbage is left, whatever it is', async (t) => {
    const garbage = [
      Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n').toString('hex'),
      'ffffffff80000009000000000000000100',
      '00000000',
      '00000003ffffff',
      '0000000580',
      '00000010',
      '00000010800000090000000000000002',
      '000000118000000900000000000000010000',
      `0000004000000005000000000000000100${'ff'.repeat(47)}`,
    ];
    const tries = garbage.map(async (hex) => {
      const port = await listener(t, (socket) => void socket.on('data', () => socket.write(Buffer.from(hex, 'hex'))));
      const sender = open(t, port);
      const sent = sender.send(message, AbortSignal.timeout(700));
      await failsWithin(sent, 2000, /cannot be read|no answer|timeout|lost|aborted/);
      await sender.close();
    });
    await Promise.all(tries);
  });

  test('garbage after the bind ends the connection and nothing else', async (t) => {
    const smsc = await startSmsc(t);
    const sender = open(t, smsc.port);
    await bound(smsc, sender);
    for (const hex of ['ffffffff00000005', '0000000580']) {
      await smsc.order({ do: 'send', hex });
      await smsc.next('gone');
      await smsc.next('bound');
      await sender.send(message);
    }
    // These can be read, as messages from nowhere.
    const read = [
      '00000011000000050000000000000001ff',
      `000000600000000500000000000000010000004100004100${'ff'.repeat(72)}`,
    ];
    for (const hex of read) {
      await smsc.order({ do: 'send', hex });
      assert.equal((await smsc.next('answer')).cmd, 5);
    }
    await sender.send(message);
  });
});

describe('a connection', () => {
  test('is kept alive, and what the SMSC asks is answered', async (t) => {
    const smsc = await startSmsc(t);
    const sender = open(t, smsc.port, { enquireSeconds: 1 });
    await bound(smsc, sender);
    await smsc.next('enquired');
    await smsc.order({ do: 'enquire' });
    assert.equal((await smsc.next('answer')).cmd, 0x15);
    // query_sm is nothing that an SMSC asks: a generic_nack, and the connection stays.
    await smsc.order({ do: 'send', hex: `00000016000000030000000000000063${'00'.repeat(6)}` });
    const nack = await smsc.next('answer');
    assert.deepEqual([nack.cmd, nack.seq, nack.status], [0, 0x63, 3]);
    await sender.send(message);
    assert.equal(smsc.told.filter(({ event }) => event === 'bound').length, 1);
  });

  test('that the SMSC ends is made again', async (t) => {
    const smsc = await startSmsc(t);
    const sender = open(t, smsc.port);
    await bound(smsc, sender);
    await smsc.order({ do: 'unbind' });
    assert.equal((await smsc.next('answer')).cmd, 6);
    await smsc.next('bound');
    await sender.send(message);
  });

  test('is made at the start where that is asked for, and ends with a good-bye', async (t) => {
    const smsc = await startSmsc(t);
    const sender = open(t, smsc.port, { bindAtStart: true });
    await smsc.next('bound');
    await sender.close();
    await smsc.next('unbound');
    await smsc.next('gone');
    await assert.rejects(sender.send(message), /closed/);
  });
});
