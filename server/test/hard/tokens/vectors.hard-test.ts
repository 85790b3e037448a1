/** The vectors of RFC 6238 through the front door, on both databases, with oathtool as the second judge. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { register } from '../../people.ts';
import { inHouse } from '../../shared-house.ts';
import {
  Desk,
  type Device,
  enrolToken,
  type Imported,
  newDevice,
  outcome,
  pskcOf,
  tryToken,
} from '../../tokens/desk.ts';

const second = 1000;

/** RFC 6238 appendix B; the seeds are as long as the HMAC's output (erratum 2866). */
const ascii = (length: number): Buffer => Buffer.from('1234567890'.repeat(7).slice(0, length));
const seeds = { SHA1: ascii(20), SHA256: ascii(32), SHA512: ascii(64) } as const;
const times = [59, 1111111109, 1111111111, 1234567890, 2000000000, 20000000000] as const;
const vectors = {
  SHA1: ['94287082', '07081804', '14050471', '89005924', '69279037', '65353130'],
  SHA256: ['46119246', '68084774', '67062674', '91819424', '90698825', '77737706'],
  SHA512: ['90693936', '25091201', '99943326', '93441116', '38618901', '47863826'],
} as const;

inHouse(
  'the vectors of RFC 6238',
  (house) => {
    test('OATH-01 tokens with the seeds of appendix B sign in with its codes at its times, past 2038 too', async () => {
      const desk = await Desk.open(house());
      const algorithms = ['SHA1', 'SHA256', 'SHA512'] as const;
      const devices = algorithms.map((algorithm) =>
        newDevice({ kind: 'totp', algorithm, digits: 8, seed: seeds[algorithm] }),
      );
      const holders: { device: Device; person: Awaited<ReturnType<typeof register>> }[] = [];
      // Setting up was a fresh proof; another would take the clock past the first of the times.
      const file = { format: 'pskc', content: pskcOf(devices) };
      assert.equal((await desk.browser.call<Imported>('POST', '/api/v1/tokens/import', file)).body.imported, 3);
      assert.equal(house().clock.now, 0);
      for (const device of devices) {
        const person = await register(house(), 'nothing');
        await enrolToken(person, device, house().clock.now);
        holders.push({ device, person });
      }
      for (const [index, seconds] of times.entries()) {
        house().clock.now = seconds * second;
        for (const [at, { device, person }] of holders.entries()) {
          const code = vectors[algorithms[at] ?? 'SHA1'][index] ?? '';
          assert.equal(device.at(seconds * second), code, 'oathtool says the same');
          assert.equal(outcome(await tryToken(house().browser(), person, code)), 'in', `${seconds} ${code}`);
        }
      }
      assert.equal(house().clock.now, 20_000_000_000 * second);
    });
  },
  // The shared house begins each test eleven minutes later: this one at the very beginning of 1970.
  { start: -11 * 60 * second },
);
