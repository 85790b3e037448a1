import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { Problem } from '../errors.ts';
import { PasswordJudge } from './strength.ts';

const judge = new PasswordJudge();
after(() => judge.close());

const rules = { minLength: 8, minScore: 3, own: ['Secondlock', 'ann.smith@example.org', 'Ann Smith'] };
const why = async (password: string, changed: Partial<typeof rules> = {}): Promise<string> => {
  const judged = await judge.judge(password, { ...rules, ...changed });
  return judged.ok ? 'ok' : judged.why;
};
const isUnavailable = (error: unknown): boolean => error instanceof Problem && error.code === 'unavailable';

describe('new passwords', () => {
  test('PW-08 common passwords are refused whole and case-folded, repeated and in pairs', async () => {
    for (const password of [
      'password',
      'PassWord',
      'qwertyuiop',
      '1234567890',
      'iloveyou1',
      'passwordpasswordpassword',
    ]) {
      assert.equal(await why(password), 'common', password);
    }
    for (const password of ['1234567890qwerty', 'iloveyou1234567', 'qwerty123456789', '12345678900987654321']) {
      assert.equal(await why(password, { minLength: 15 }), 'common', password);
    }
  });

  test('PW-08 words of this account and service are refused', async () => {
    for (const password of ['secondlocksecondlock', 'ann.smith@example.org', 'AnnSmith2024!']) {
      assert.equal(await why(password), 'own-words', password);
    }
  });

  test('PW-08 a long phrase that merely holds a common or an own word is accepted', async () => {
    for (const password of ['my password walks along the river', 'secondlock keeps the wolves out at night']) {
      assert.equal(await why(password), 'ok', password);
    }
  });

  test('PW-08 a refusal says why and what to do, and says it again on a retry', async () => {
    const advice: Readonly<Record<string, string[]>> = {
      abc: ['longer', 'add-words'],
      [`${'ab c'.repeat(40)}`]: ['shorter'],
      password1: ['avoid-common', 'add-words'],
      aaaaaaaaaaaaaa: ['avoid-repeats', 'add-words'],
      kjkjkjkjkjkjkj: ['avoid-repeats', 'add-words'],
      hijklmnopqrs: ['avoid-sequences', 'add-words'],
      '24.12.1987': ['avoid-dates', 'add-words'],
      secondlock: ['avoid-own-words', 'add-words'],
    };
    for (const [password, expected] of Object.entries(advice)) {
      for (let time = 0; time < 2; time += 1) {
        const judged = await judge.judge(password, rules);
        assert.deepEqual(judged.ok ? [] : judged.advice, expected, password);
      }
    }
  });

  test('PW-05 there are no rules of composition', async () => {
    for (const password of ['qmvkzjtwxhpbnyrdgsle', '59302847561029384751', 'ÄÖÜ ßßß ñandú über čaj']) {
      assert.equal(await why(password), 'ok', password);
    }
  });

  test('PW-01 PW-03 the length is counted in code points', async () => {
    const faces = Array.from({ length: 15 }, (_, at) => String.fromCodePoint(0x1f600 + 7 * at));
    assert.equal(await why(faces.join(''), { minLength: 15 }), 'ok');
    assert.equal(await why(faces.slice(0, 8).join(''), { minLength: 15 }), 'too-short');
    assert.equal(await why(faces.slice(0, 14).join(''), { minLength: 15 }), 'too-short');
  });

  test('PW-02 128 code points are accepted and 129 refused, never cut', async () => {
    const phrase =
      'every night the river tells another story about stones, kites and rusty bicycles that nobody rode. ';
    const long = Array.from(phrase + phrase.toUpperCase());
    assert.equal(await why(long.slice(0, 128).join('')), 'ok');
    assert.equal(await why(long.slice(0, 129).join('')), 'too-long');
    assert.equal(await why('😀'.repeat(129)), 'too-long');
  });

  test('PW-12 hostile passwords cost little', async () => {
    const begun = performance.now();
    assert.equal(await why('a1'.repeat(500_000)), 'too-long');
    assert.ok(performance.now() - begun < 1000);
    for (const part of ['4@8', '(1|!', 'p@55', '12/3/']) await judge.judge(part.repeat(128).slice(0, 128), rules);
    assert.ok(performance.now() - begun < 10_000);
  });

  test('the score that is asked for decides', async () => {
    assert.equal(await why('hijklmnopqrs', { minScore: 0 }), 'ok');
    assert.equal(await why('jennifer smith', { minScore: 4 }), 'weak');
  });
});

describe('the thread', () => {
  test('it starts with the first password, ends when idle, and starts again', async () => {
    const idle = new PasswordJudge({ idleMs: 50 });
    assert.equal(idle.running, false);
    assert.equal((await idle.judge('kd8sJw02mQpz', rules)).ok, true);
    assert.equal(idle.running, true);
    await pause(300);
    assert.equal(idle.running, false);
    assert.equal((await idle.judge('kd8sJw02mQpz', rules)).ok, true);
    await idle.close();
    assert.equal(idle.running, false);
  });

  test('a judgement that cannot be had is a refusal', async (t) => {
    const dir = mkdtempSync(join(tmpdir(), 'secondlock-judge-'));
    t.after(() => rmSync(dir, { recursive: true }));
    const programs = {
      throws: 'throw new Error("no dictionary")',
      ends: 'process.exit(0)',
      silent: 'import { parentPort } from "node:worker_threads"; parentPort.on("message", () => {});',
    };
    for (const [name, text] of Object.entries(programs)) {
      const file = join(dir, `${name}.mjs`);
      writeFileSync(file, text);
      const broken = new PasswordJudge({ file: pathToFileURL(file), timeoutMs: 300 });
      await assert.rejects(broken.judge('kd8sJw02mQpz', rules), isUnavailable, name);
      await broken.close();
    }
  });

  test('closing refuses what is being judged', async () => {
    const closing = new PasswordJudge();
    const judged = assert.rejects(closing.judge('kd8sJw02mQpz', rules), isUnavailable);
    await pause(5);
    await closing.close();
    await judged;
  });

  test('PW-12 more than can be judged soon are refused', async () => {
    const flooded = new PasswordJudge();
    const all = await Promise.allSettled(Array.from({ length: 70 }, () => flooded.judge('kd8sJw02mQpz', rules)));
    assert.equal(all.filter((one) => one.status === 'rejected').length, 6);
    await flooded.close();
  });
});
