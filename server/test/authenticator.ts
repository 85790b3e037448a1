/** An authenticator app: scans an enrolment's picture and shows its codes. */
import assert from 'node:assert/strict';
import { type Algorithm, hotp, stepAt } from '../src/factors/oath/oath.ts';
import { totp } from '../src/factors/oath/totp.ts';
import { type GivenOptions, testGiven } from './given.ts';

/** What an authenticator app shows for a scanned URI at a moment. */
export function appCode(uri: string, now: number): string {
  const asked = new URL(uri).searchParams;
  const secret = fromBase32(asked.get('secret') ?? '');
  const algorithm = asked.get('algorithm') as Algorithm;
  return hotp({ secret, algorithm, digits: Number(asked.get('digits')) }, stepAt(now, Number(asked.get('period'))));
}

/** Reads unpadded base32 (RFC 4648 §6). */
export function fromBase32(text: string): Uint8Array {
  const bits = [...text].map((each) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(each).toString(2).padStart(5, '0'));
  return Uint8Array.from(bits.join('').match(/.{8}/g) ?? [], (each) => Number.parseInt(each, 2));
}

/** Begins an enrolment, with settings as an operator would write them, and gives what its page shows. */
export async function scanned(change: GivenOptions = {}) {
  const given = testGiven({ ...change, settings: totp.settings.parse(change.settings ?? {}) });
  const begun = await totp.beginEnrolment(given);
  assert.ok('prompt' in begun && begun.prompt.ask === 'scan-and-code');
  return { given, pending: begun.pending, ...begun.prompt };
}
