/** Reads QR pictures with a reader that is not ours (`zbarimg`); scripts/install-debian.sh brings it. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const scale = 4;

/** The text in an SVG of unit squares (`M<x>,<y>h1v1h-1z`), drawn as a grey picture first. */
export function decodeQr(svg: string): string {
  const size = Number(/viewBox="0 0 (\d+) \1"/.exec(svg)?.[1]);
  const width = size * scale;
  const pixels = Buffer.alloc(width * width, 255);
  for (const [, x, y] of svg.matchAll(/M(\d+),(\d+)h1v1h-1z/g)) {
    for (let row = 0; row < scale; row++) {
      const from = (Number(y) * scale + row) * width + Number(x) * scale;
      pixels.fill(0, from, from + scale);
    }
  }
  const folder = mkdtempSync(join(tmpdir(), 'qr-'));
  try {
    const file = join(folder, 'qr.pgm');
    writeFileSync(file, Buffer.concat([Buffer.from(`P5 ${width} ${width} 255\n`), pixels]));
    return execFileSync('zbarimg', ['--quiet', '--raw', '--nodbus', file], { encoding: 'utf8' }).replace(/\n$/, '');
  } finally {
    rmSync(folder, { recursive: true });
  }
}
