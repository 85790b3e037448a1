import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { testGiven } from '../../test/given.ts';
import { type Trouble, ValidationServer, YubiKey } from '../../test/peers/yubico.ts';
import { Problem } from '../errors.ts';
import { yubikey } from './yubikey.ts';

/** Debian's, which has Debian's packages, whatever else is on the path. */
const python = async (program: string, ...given: string[]): Promise<string> =>
  (await promisify(execFile)('/usr/bin/python3', ['-c', program, ...given])).stdout.trim();

/** A server, a key that it knows, and what the kind is given to ask it. */
function scene(change: object = {}) {
  const server = new ValidationServer();
  const key = server.learn(new YubiKey());
  const settings = yubikey.settings.parse({ ...server.settings(), timeout: 100, ...change });
  const given = testGiven({ settings, fetch: server.fetch });
  const enrol = (otp: string) => yubikey.finishEnrolment(given, {}, otp);
  const check = (data: unknown, otp: string) => yubikey.checkAnswer(given, {}, data, otp);
  const enrolled = async (): Promise<unknown> => {
    const verdict = await enrol(key.touch());
    assert.ok(verdict.is === 'ok');
    return verdict.data;
  };
  return { server, key, given, enrol, check, enrolled };
}

const isAway = (error: unknown): boolean => error instanceof Problem && error.code === 'unavailable';

describe('the peers of these tests', () => {
  it('a touch is what Yubico’s algorithm makes, as python3-yubiotp reads it (scripts/install-debian.sh)', async () => {
    const key = new YubiKey();
    key.touch();
    key.plugIn();
    const read = `import sys; from binascii import hexlify, unhexlify; from yubiotp.otp import decode_otp
for otp in sys.argv[2:]:
    name, o = decode_otp(otp.encode(), unhexlify(sys.argv[1])); print(name.decode(), hexlify(o.uid).decode(), o.session, o.counter)`;
    const out = await python(read, key.aes.toString('hex'), key.touch(), key.touch());
    const due = (use: number) => `${key.publicId} ${key.privateId.toString('hex')} 2 ${use}`;
    assert.equal(out, `${due(0)}\n${due(1)}`);
  });

  it('the validation server answers Debian’s client of the protocol as it expects', async () => {
    const { server, key } = scene();
    const { url, close } = await server.listen();
    const ask = `import sys, base64; from yubiotp.client import YubiClient20
client = YubiClient20(sys.argv[2], base64.b64decode(sys.argv[3]), timestamp=True); client.base_url = sys.argv[1]
for otp in sys.argv[4:]:
    r = client.verify(otp); print(r.status(), r.is_ok(), r.is_valid())`;
    try {
      const [otp, foreign] = [key.touch(), new YubiKey().touch()];
      const out = await python(ask, url, server.clientId, server.secret, otp, otp, foreign);
      assert.equal(out, 'OK True True\nREPLAYED_OTP False True\nBAD_OTP False True');
    } finally {
      await close();
    }
  });
});

describe('a YubiKey', () => {
  it('OTP-03 opens once for each touch: a code again, and an earlier one, are told as replayed', async () => {
    const { key, check, enrol, enrolled } = scene();
    const data = await enrolled();
    const [first, second] = [key.touch(), key.touch()];
    const verdict = await check(data, second);
    assert.ok(verdict.is === 'ok');
    assert.deepEqual(verdict.data, { publicId: key.publicId, count: 258 });
    assert.equal((await check(verdict.data, second)).is, 'replayed');
    assert.equal((await check(verdict.data, first)).is, 'replayed');
    assert.equal((await enrol(second)).is, 'replayed');
    key.plugIn();
    assert.equal((await check(verdict.data, key.touch().toUpperCase())).is, 'ok');
  });

  it('OTP-03 a touch that opened once opens nothing more, even if a server forgets it', async () => {
    const { server, key, given, check, enrolled } = scene();
    const data = await enrolled();
    const otp = key.touch();
    const verdict = await check(data, otp);
    assert.ok(verdict.is === 'ok');
    const forgetful = new ValidationServer();
    forgetful.learn(key);
    const settings = yubikey.settings.parse(forgetful.settings());
    const elsewhere = { ...given, settings, fetch: forgetful.fetch };
    assert.equal((await yubikey.checkAnswer(elsewhere, {}, verdict.data, otp)).is, 'replayed');
    assert.equal(forgetful.asked.length, 1);
    assert.equal(server.asked.length, 2);
  });

  it('CRY-02 an answer counts only when it is signed with the shared key, and for this very question', async () => {
    const troubles: Trouble[] = ['unsigned', 'other-key', 'other-nonce', 'other-otp', 'changed-after-signing', 'twice'];
    for (const trouble of troubles) {
      const { server, key, check, enrolled } = scene();
      const data = await enrolled();
      // What was used before: an honest server says no, a changed answer says yes.
      const used = key.touch();
      assert.equal((await check(data, used)).is, 'ok');
      server.trouble = trouble;
      await assert.rejects(check(data, trouble === 'changed-after-signing' ? used : key.touch()), isAway, trouble);
      server.trouble = undefined;
      key.plugIn();
      assert.equal((await check(data, key.touch())).is, 'ok', trouble);
    }
  });

  it('FLOW-07 a server that is away, slow, broken or at odds with us is a no, and a code is never judged without', async () => {
    const troubles: Trouble[] = ['silent', 'error-500', 'garbage', 'huge', 'backend-error', 'redirect'];
    for (const trouble of troubles) {
      const { server, key, check, enrol, enrolled } = scene();
      const data = await enrolled();
      server.trouble = trouble;
      await assert.rejects(check(data, key.touch()), isAway, trouble);
      await assert.rejects(enrol(key.touch()), isAway, trouble);
    }
    for (const wrong of [{ clientId: '1' }, { secret: Buffer.from('another').toString('base64') }, { urls: [] }]) {
      const { key, enrol } = scene(wrong);
      await assert.rejects(enrol(key.touch()), isAway);
    }
  });

  it('FLOW-07 a server that does not answer is given its time and no more, and the next one is asked', async () => {
    const server = new ValidationServer();
    const key = server.learn(new YubiKey());
    const silent = new ValidationServer();
    silent.trouble = 'silent';
    const [first, second] = [await silent.listen(), await server.listen()];
    try {
      const settings = yubikey.settings.parse({ ...server.settings(), urls: [first.url, second.url], timeout: 600 });
      const given = testGiven({ settings });
      const began = performance.now();
      assert.equal((await yubikey.finishEnrolment(given, {}, key.touch())).is, 'ok');
      assert.ok(performance.now() - began < 3000);
      assert.deepEqual([silent.asked.length, server.asked.length], [1, 1]);
      const [one, two] = [silent.asked[0], server.asked[0]].map((url) => url?.searchParams);
      assert.equal(one?.get('otp'), two?.get('otp'));
      assert.notEqual(one?.get('nonce'), two?.get('nonce'));
    } finally {
      await Promise.all([first.close(), second.close()]);
    }
  });

  it('ENR-04 another’s key, and what no key types, are refused without asking anybody', async () => {
    const { server, key, check, enrol, enrolled } = scene();
    const other = server.learn(new YubiKey());
    const data = await enrolled();
    const asked = server.asked.length;
    const odd = [
      '',
      'x',
      key.publicId,
      '0'.repeat(44),
      'c'.repeat(32),
      'c'.repeat(49),
      `${key.touch()}c`,
      `K${key.touch()}`,
    ];
    for (const otp of [other.touch(), ...odd]) assert.equal((await check(data, otp)).is, 'wrong', otp);
    for (const otp of odd) assert.equal((await enrol(otp)).is, 'wrong', otp);
    assert.equal(server.asked.length, asked);
  });

  it('ENR-04 a key that the server does not know becomes nobody’s factor', async () => {
    const { enrol } = scene();
    assert.equal((await enrol(new YubiKey().touch())).is, 'wrong');
  });

  it('ENR-04 is offered only where a validation server is configured, and only a safe one can be', () => {
    const { server } = scene();
    const available = (change: object) =>
      yubikey.available?.(yubikey.settings.parse({ ...server.settings(), ...change }));
    assert.equal(available({}), true);
    for (const missing of [{ urls: [] }, { clientId: '' }, { secret: '' }]) assert.equal(available(missing), false);
    const isSafe = (url: string) => yubikey.settings.safeParse(server.settings(url)).success;
    for (const url of [
      'https://val.example.org/verify',
      'http://127.0.0.1:8080/v',
      'http://localhost/v',
      'http://[::1]/v',
    ]) {
      assert.ok(isSafe(url), url);
    }
    for (const url of [
      'http://val.example.org/v',
      'http://127.0.0.1.example.org/',
      'ftp://localhost/',
      'x',
      'https://a/?q=1',
    ]) {
      assert.ok(!isSafe(url), url);
    }
  });

  it('OOB-05 its hint tells two keys apart and no whole name, and its code is asked for as letters', async () => {
    const { key, given, enrolled } = scene();
    const data = await enrolled();
    assert.equal(yubikey.hint(data), `•••${key.publicId.slice(-4)}`);
    assert.equal(yubikey.lookup?.(data), key.publicId);
    assert.equal(yubikey.channel(data, 'f'), `yubikey:${key.publicId}`);
    const { prompt } = await yubikey.beginChallenge(given, data);
    assert.deepEqual(prompt, { ask: 'code', format: 'letters', length: 44 });
  });
});
