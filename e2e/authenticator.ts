/** An authenticator app: the QR code is read by zbarimg, the codes are computed by oathtool, neither written here. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a QR code in a picture says. */
export function readQr(png: Buffer): string {
  const dir = mkdtempSync(join(tmpdir(), 'secondlock-qr-'));
  const file = join(dir, 'qr.png');
  writeFileSync(file, png);
  try {
    return execFileSync('zbarimg', ['--quiet', '--raw', '--nodbus', file], { encoding: 'utf8' }).trim();
  } finally {
    rmSync(dir, { recursive: true });
  }
}

const period = 30;

/** An app that holds one key. A code is good once, so each call gives the code of a later period than the last. */
export class Authenticator {
  readonly uri: string;
  readonly #secret: string;
  #last = 0;

  constructor(uri: string) {
    this.uri = uri;
    this.#secret = new URL(uri).searchParams.get('secret') ?? '';
  }

  /** The next code that the server takes; waits where that is too far ahead. */
  async code(): Promise<string> {
    let now = Date.now() / 1000;
    // Near the end of a period the oldest code would be too old on arrival.
    if (period - (now % period) < 4) await sleep((period - (now % period)) * 1000 + 100);
    now = Date.now() / 1000;
    const step = Math.max(Math.floor(now / period) - 1, this.#last + 1);
    const early = (step - 1) * period - now;
    if (early > 0) await sleep(early * 1000 + 500);
    this.#last = step;
    return this.#at(step);
  }

  #at(step: number): string {
    const moment = new Date(step * period * 1000).toISOString().replace('T', ' ').replace('.000Z', ' UTC');
    return execFileSync('oathtool', ['--totp', '--base32', `--now=${moment}`, this.#secret], {
      encoding: 'utf8',
    }).trim();
  }
}

/** What a hardware token with this seed (hexadecimal) shows after so many presses. */
export const hotpCode = (seed: string, counter: number): string =>
  execFileSync('oathtool', ['--hotp', `--counter=${counter}`, seed], { encoding: 'utf8' }).trim();
