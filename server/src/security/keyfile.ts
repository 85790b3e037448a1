/** The key file of a self-made installation: made once, readable by its owner alone, the same for all who start at once. */
import { chmod, link, mkdir, open, readFile, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type Random, randomLetters } from './random.ts';

const nameOf = (dir: string): string => join(dir, 'keys');

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;

/**
 * The text of `<dir>/keys`, as `Keyring.parse` reads it, or undefined where there is no such file. Throws, with the
 * remedy, where others than the owner can read or change it.
 */
export async function readKeys(dir: string): Promise<string | undefined> {
  const file = nameOf(dir);
  try {
    const { mode } = await stat(file);
    // Windows has no such bits: the folder's own access list counts there.
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw new Error(`The key file ${file} can be read by others than its owner. Remedy: chmod 600 ${file}`);
    }
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/**
 * The text of `<dir>/keys`; makes the file with one new key where there is none. It is written aside and then linked
 * into place, so it is never seen half written, and of two processes that start at once the second takes the first's.
 */
export async function readOrMakeKeys(dir: string, random: Random): Promise<string> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const there = await readKeys(dir);
  if (there !== undefined) return there;
  const aside = join(dir, `keys.${randomLetters(random, 12)}.new`);
  const key = Buffer.from(random(32)).toString('base64');
  await writeDurably(aside, `k${randomLetters(random, 5).toLowerCase()}:${key}\n`);
  try {
    await link(aside, nameOf(dir));
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    await unlink(aside);
  }
  await syncFolder(dir);
  const made = await readKeys(dir);
  if (made === undefined) throw new Error(`The key file ${nameOf(dir)} went away while it was made.`);
  return made;
}

async function writeDurably(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await chmod(file, 0o600);
}

/** A name is durable only when its folder is; Windows cannot open folders and needs it not. */
async function syncFolder(dir: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(dir, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
