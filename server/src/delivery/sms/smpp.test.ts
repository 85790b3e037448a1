import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { account, type Smsc, startSmsc } from '../../../test/peers/smsc.ts';
import { toolsOf } from '../../../test/provider.ts';
import type { Receipt, Rendered, Sender } from '../deliver.ts';
import { Undeliverable } from '../undeliverable.ts';
import { smpp } from './smpp.ts';

const message: Rendered = {
  channel: 'sms',
  to: '+4915123456789',
  from: { name: 'Acme', address: 'no-reply@acme.example' },
  text: 'Acme: 012345 is your code.\n@acme.example #012345',
  id: 'abc_DEF-123',
};

interface Here {
  readonly smsc: Smsc;
  readonly sender: Sender;
  readonly receipts: Receipt[];
  /** Resolves with the next receipts that the sender passes on. */
  readonly receipt: (count?: number) => Promise<readonly Receipt[]>;
}

async function here(t: TestContext, options: Record<string, unknown> = {}): Promise<Here> {
  const smsc = await startSmsc(t);
  const receipts: Receipt[] = [];
  let wake = (): void => {};
  const onReceipt = (receipt: Receipt): void => {
    receipts.push(receipt);
    wake();
  };
  const parsed = smpp.options.parse({ url: `smpp://127.0.0.1:${smsc.port}`, ...account, ...options });
  const sender = smpp.open(parsed, toolsOf('smpp', { onReceipt }));
  t.after(() => sender.close());
  const receipt = async (count = 1): Promise<readonly Receipt[]> => {
    while (receipts.length < count) await new Promise<void>((resolve) => (wake = resolve));
    return receipts.splice(0, count);
  };
  return { smsc, sender, receipts, receipt };
}

describe('a message', () => {
  test('OOB-06 a text of the GSM alphabet is one segment, as it was written', async (t) => {
    const { smsc, sender } = await here(t, { from: 'Acme', systemType: 'OTP' });
    const taken = await sender.send(message);
    const got = await smsc.next('message');
    assert.equal(taken.reference, got.id);
    assert.equal(got.text, message.text);
    assert.deepEqual([got.parts, got.esm_class, got.data_coding, got.registered_delivery], [1, 0, 0, 1]);
    assert.deepEqual([got.source_addr, got.source_addr_ton, got.source_addr_npi], ['Acme', 5, 0]);
    assert.deepEqual([got.destination_addr, got.dest_addr_ton, got.dest_addr_npi], ['4915123456789', 1, 1]);
    assert.equal(got.validity_period, '');
    const bound = await smsc.next('bound');
    assert.deepEqual([bound.cmd, bound.system_type, bound.interface_version], [9, 'OTP', 0x34]);
  });

  test('OOB-06 every character of the alphabet arrives, and any other makes it UCS-2', async (t) => {
    const { smsc, sender } = await here(t);
    const characters = '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./09:;<=>?¡AZÄÖÑÜ§¿azäöñüà\f^{}\\[~]|€';
    await sender.send({ ...message, text: characters });
    const plain = await smsc.next('message');
    assert.deepEqual([plain.text, plain.data_coding], [characters, 0]);
    const text = 'Ваш код 012345\n@acme.example #012345 😀';
    await sender.send({ ...message, text });
    const wide = await smsc.next('message');
    assert.deepEqual([wide.text, wide.data_coding, wide.parts], [text, 8, 1]);
  });

  test('a long text arrives as it was written, no pair torn apart', async (t) => {
    const { smsc, sender } = await here(t);
    // The escape of € and the pair of 😀 lie on the cut.
    for (const text of [`${'x'.repeat(152)}€${'y'.repeat(200)}`, `${'я'.repeat(66)}😀${'ж'.repeat(70)}`]) {
      const taken = await sender.send({ ...message, text });
      const got = await smsc.next('message');
      assert.deepEqual([got.text, got.parts], [text, 3]);
      const parts = smsc.told.filter(({ event }) => event === 'part').slice(-3);
      assert.equal(parts[0]?.id, taken.reference);
      assert.ok(parts.every(({ length }) => Number(length) <= 159));
    }
    for (const text of ['x'.repeat(160), 'я'.repeat(70), '€'.repeat(80)]) {
      await sender.send({ ...message, text });
      assert.equal((await smsc.next('message')).parts, 1);
    }
    await assert.rejects(sender.send({ ...message, text: 'x'.repeat(5000) }), Undeliverable);
  });

  test('a long text goes in one piece where the SMSC cuts it', async (t) => {
    const { smsc, sender } = await here(t, { longMessages: 'payload' });
    const text = `${'x'.repeat(152)}€${'y'.repeat(200)}`;
    await sender.send({ ...message, text });
    const got = await smsc.next('message');
    assert.deepEqual([got.text, got.parts, got.esm_class], [text, 1, 0]);
  });

  test('an SMSC with another alphabet gets its bytes', async (t) => {
    const { smsc, sender } = await here(t, { alphabet: 'latin1' });
    await sender.send({ ...message, text: '@é_$' });
    assert.equal((await smsc.next('message')).hex, '40e95f24');
    await sender.send({ ...message, text: '{€}' });
    const wide = await smsc.next('message');
    assert.deepEqual([wide.text, wide.data_coding], ['{€}', 8]);
  });

  test('the SMSC is told when a code ends', async (t) => {
    const now = Date.UTC(2026, 10, 22, 3, 14, 11);
    const smsc = await startSmsc(t);
    for (const [validity, expected] of [
      ['relative', '000000000959000R'],
      ['absolute', '261122032410900+'],
      ['none', ''],
    ]) {
      const options = smpp.options.parse({ url: `smpp://127.0.0.1:${smsc.port}`, ...account, validity });
      const sender = smpp.open(options, toolsOf('smpp', { now: () => now }));
      t.after(() => sender.close());
      await sender.send({ ...message, notAfter: now + 599_900 });
      assert.equal((await smsc.next('message')).validity_period, expected);
      await assert.rejects(sender.send({ ...message, notAfter: now }), Undeliverable);
    }
  });

  test('OOB-10 what is no phone number goes nowhere', async (t) => {
    const { smsc, sender } = await here(t);
    for (const to of ['', 'ann', '+49 151', '+4915123456789\0', '0151', '+491,+492', '+123456789012345678', '112']) {
      await assert.rejects(sender.send({ ...message, to }), Undeliverable, JSON.stringify(to));
    }
    assert.deepEqual(
      smsc.told.map(({ event }) => event),
      ['listening'],
    );
  });

  test('two hundred at once arrive once each', async (t) => {
    const { smsc, sender } = await here(t);
    const texts = Array.from({ length: 200 }, (_, index) => `code ${index}`);
    const taken = await Promise.all(texts.map((text) => sender.send({ ...message, text })));
    for (const _ of texts) await smsc.next('message');
    const got = smsc.told.filter(({ event }) => event === 'message');
    assert.deepEqual(new Set(got.map(({ text }) => text)), new Set(texts));
    assert.equal(got.length, 200);
    assert.deepEqual(
      new Map(texts.map((text, index) => [text, taken[index]?.reference])),
      new Map(got.map(({ text, id }) => [String(text), String(id)])),
    );
  });
});

describe('an answer', () => {
  test('a refused recipient is final, any other refusal is not', async (t) => {
    const { smsc, sender } = await here(t);
    for (const [status, final, name] of [
      [0x0b, true, 'ESME_RINVDSTADR'],
      [0x50, true, 'ESME_RINVDSTTON'],
      [0x51, true, 'ESME_RINVDSTNPI'],
      [0x58, false, 'ESME_RTHROTTLED'],
      [0x14, false, 'ESME_RMSGQFUL'],
      [0x08, false, 'ESME_RSYSERR'],
      [0x0a, false, 'ESME_RINVSRCADR'],
      [0x4444, false, 'unknown error'],
    ] as const) {
      await smsc.order({ do: 'mode', mode: `${status}` });
      await assert.rejects(sender.send(message), (error: Error) => {
        assert.equal(error instanceof Undeliverable, final, name);
        assert.match(error.message, new RegExp(name));
        assert.doesNotMatch(error.message, /012345|49151/);
        return true;
      });
    }
    await smsc.order({ do: 'mode', mode: 'take' });
    await sender.send(message);
  });

  test('a wrong password is an error that names it, and nothing is sent', async (t) => {
    const { smsc, sender } = await here(t, { password: 'wrong-one' });
    await assert.rejects(sender.send(message), (error: Error) => {
      assert.match(error.message, /ESME_RINVPASWD/);
      assert.doesNotMatch(error.message, /wrong-one/);
      return !(error instanceof Undeliverable);
    });
    await smsc.next('refused');
    await assert.rejects(sender.send(message), /ESME_RINVPASWD/);
    assert.ok(!smsc.told.some(({ event }) => event === 'message'));
  });

  test('a transmitter asks for no receipts, because none would come, and nobody does where they are not wanted', async (t) => {
    const { smsc, sender } = await here(t, { mode: 'transmitter' });
    await sender.send(message);
    assert.equal((await smsc.next('bound')).cmd, 2);
    assert.equal((await smsc.next('message')).registered_delivery, 0);
    const other = await here(t, { registeredDelivery: false });
    await other.sender.send(message);
    assert.equal((await other.smsc.next('message')).registered_delivery, 0);
  });
});

describe('a receipt', () => {
  test('both forms name the message and say how it ended', async (t) => {
    const { smsc, sender, receipt } = await here(t);
    for (const form of ['text', 'tlv'] as const) {
      for (const [stat, expected] of [
        ['ACCEPTD', { state: 'sent' }],
        ['DELIVRD', { state: 'delivered' }],
        ['UNDELIV', { state: 'failed', error: form === 'text' ? 'UNDELIV 011' : 'UNDELIV' }],
        ['EXPIRED', { state: 'failed', error: form === 'text' ? 'EXPIRED 011' : 'EXPIRED' }],
      ] as const) {
        const { reference = '' } = await sender.send(message);
        await smsc.order({ do: 'receipt', id: reference, form, stat });
        assert.deepEqual(await receipt(), [{ reference, ...expected }], `${form} ${stat}`);
        assert.equal((await smsc.next('answer')).cmd, 5);
      }
    }
  });

  test('a receipt that comes with the answer, or before it, is not lost', async (t) => {
    const { smsc, sender, receipt } = await here(t);
    for (const form of ['text', 'tlv', 'text-first'] as const) {
      await smsc.order({ do: 'receipts', form });
      const { reference } = await sender.send(message);
      assert.deepEqual(await receipt(), [{ reference, state: 'delivered' }]);
    }
  });

  test('ids that answers write in hexadecimal and receipts in decimal are the same', async (t) => {
    const { smsc, sender, receipt } = await here(t, { receiptIds: 'hex-to-decimal' });
    await smsc.order({ do: 'ids', ids: 'hex' });
    for (const form of ['text', 'tlv'] as const) {
      await smsc.order({ do: 'receipts', form });
      const { reference } = await sender.send(message);
      assert.match(reference ?? '', /^25\d\d$/);
      assert.deepEqual(await receipt(), [{ reference, state: 'delivered' }]);
    }
  });

  test('a long message is delivered when its last segment is, and failed with the first that fails', async (t) => {
    const { smsc, sender, receipt, receipts } = await here(t);
    const text = 'x'.repeat(400);
    await smsc.order({ do: 'receipts', form: 'text' });
    const { reference } = await sender.send({ ...message, text });
    assert.deepEqual(await receipt(), [{ reference, state: 'delivered' }]);
    await smsc.order({ do: 'receipts', form: '' });
    const other = await sender.send({ ...message, text });
    const ids = smsc.told
      .filter(({ event }) => event === 'part')
      .slice(-3)
      .map(({ id }) => String(id));
    const tell = (id = '', stat = ''): Promise<void> => smsc.order({ do: 'receipt', id, form: 'text', stat });
    await tell(ids[1], 'DELIVRD');
    await tell(ids[2], 'UNDELIV');
    await tell(ids[0], 'DELIVRD');
    assert.deepEqual(await receipt(), [{ reference: other.reference, state: 'failed', error: 'UNDELIV 011' }]);
    for (let i = 0; i < 6; i += 1) await smsc.next('answer');
    assert.deepEqual(receipts, []);
  });

  test('one for a message that nobody sent is passed on, one that makes no sense is dropped', async (t) => {
    const { smsc, sender, receipt, receipts } = await here(t);
    await sender.send(message);
    for (const text of [
      '',
      'id: stat:DELIVRD',
      'id:7 stat:toString',
      'id:7',
      `id:${'7'.repeat(100)} stat:DELIVRD`,
      '\u0000\u001b',
    ]) {
      await smsc.order({ do: 'deliver', esm_class: 4, text });
      await smsc.next('answer');
    }
    await smsc.order({ do: 'receipt', id: '4711', form: 'text', stat: 'DELIVRD' });
    assert.deepEqual(await receipt(), [{ reference: '4711', state: 'delivered' }]);
    assert.deepEqual(receipts, []);
  });

  test('a message from a phone is acknowledged and is never a receipt', async (t) => {
    const { smsc, sender, receipt, receipts } = await here(t);
    const { reference = '' } = await sender.send(message);
    await smsc.order({ do: 'deliver', esm_class: 0, text: `id:${reference} stat:UNDELIV err:011` });
    assert.equal((await smsc.next('answer')).status, 0);
    await smsc.order({ do: 'receipt', id: reference, form: 'text', stat: 'DELIVRD' });
    assert.deepEqual(await receipt(), [{ reference, state: 'delivered' }]);
    assert.deepEqual(receipts, []);
  });
});
