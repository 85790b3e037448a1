/** How much of the bare client's speed is left to our provider: the outbox cannot be faster than what it sends through. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Rendered } from '../../src/delivery/deliver.ts';
import { smpp } from '../../src/delivery/sms/smpp.ts';
import { toolsOf } from '../provider.ts';
import { bareRate, fastCentre, rate } from './fast-centre.ts';

const count = 3000;
const window = 10;
const rounds = 5;

const message: Rendered = {
  channel: 'sms',
  to: '+4915123456789',
  from: { name: 'Acme', address: 'no-reply@acme.example' },
  text: '',
  id: 'abc_DEF-123',
};

test('SMPP sends at 60 % or more of what the bare client sends, each message once', async (t) => {
  const centre = await fastCentre(t);
  const url = `smpp://127.0.0.1:${centre.port}`;
  const options = smpp.options.parse({ url, systemId: 'ours', password: 'ours', from: 'Acme', window });
  const sender = smpp.open(options, toolsOf('smpp'));
  t.after(() => sender.close());
  const texts = Array.from({ length: count }, (_, index) => `Acme: ${index} is your code.\n@acme.example #${index}`);
  const ratios: number[] = [];
  const told: string[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const bare = await bareRate(centre.port, texts, window);
    assert.equal((await centre.texts()).length, count);
    const notAfter = Date.now() + 300_000;
    const ours = await rate(count, window, (index) =>
      sender.send({ ...message, text: texts[index] ?? '', notAfter }, AbortSignal.timeout(60_000)),
    );
    assert.deepEqual([...(await centre.texts())].sort(), [...texts].sort());
    ratios.push(ours / bare);
    told.push(`${Math.round(ours)} of ${Math.round(bare)} a second`);
  }
  // The machine disturbs single rounds, one way or the other.
  const median = ratios.sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0;
  t.diagnostic(told.join(', '));
  assert.ok(median >= 0.6, told.join(', '));
});
