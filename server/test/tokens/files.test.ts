/** Token files through the front door: what is in them signs in, and what is hostile costs nothing. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { asked, enterPassword, keepIn, register, setUpOwner } from '../people.ts';
import { inHouse } from '../shared-house.ts';
import { container, figure6, figure6With, keyPackage, plain, seed } from './pskc.ts';

interface Answer {
  readonly imported: number;
  readonly refused: readonly { readonly serial?: string; readonly why: string }[];
  readonly code?: string;
  readonly fields?: readonly { readonly why: string }[];
}

inHouse('files of tokens', (house) => {
  let owner: Awaited<ReturnType<typeof setUpOwner>> | undefined;
  const send = async (file: object) => {
    owner ??= await setUpOwner(house(), 'totp');
    const proof = await owner.browser.start('step-up');
    await owner.browser.answer(proof.body, { code: owner.nextCode() });
    return owner.browser.call<Answer>('POST', '/api/v1/tokens/import', file);
  };

  test('OATH-14 a token of an encrypted file signs in with the code that oathtool shows', async () => {
    const file = { format: 'pskc', content: figure6With(), key: figure6.key.toString('hex') };
    const changed = await send({ ...file, content: figure6With({ mac: figure6.mac.replace('S', 'T') }) });
    assert.deepEqual([changed.status, changed.body.fields?.[0]?.why], [400, 'not-authentic'], changed.text);
    const { status, body, text } = await send(file);
    assert.deepEqual([status, body.imported, body.refused], [200, 1, []], text);
    const shows = (counter: number) =>
      execFileSync('oathtool', ['-d', '8', '-c', String(counter), seed.toString('hex')], { encoding: 'utf8' }).trim();
    const ada = await register(house(), 'nothing');
    const { body: flow } = await ada.browser.start('enrolment');
    asked((await ada.browser.answer(flow, { accept: 'hotp' })).body, 'fill');
    asked((await ada.browser.answer(flow, { value: '987654321' })).body, 'code');
    const kept = await ada.browser.answer(flow, { code: shows(0) });
    keepIn(ada, kept.body);
    assert.equal((await ada.browser.answer(flow, { kept: true })).body.done, true);
    const browser = house().browser();
    const done = await browser.answer(await enterPassword(browser, ada), { code: shows(1) });
    assert.equal(done.body.done, true, done.text);
  });

  test('OATH-15 a list and an export go in with what can be used, and say why the rest cannot', async () => {
    const content = `serial,secret,type\nL-1,${seed.toString('hex')},totp\nL-2,${seed.toString('hex')},ocra\n`;
    const list = await send({ format: 'csv', content });
    assert.deepEqual([list.status, list.body.imported], [200, 1], list.text);
    assert.deepEqual(list.body.refused, [{ serial: 'L-2', why: 'kind-unknown' }]);
    const account = Buffer.concat([Buffer.from([10, 20]), seed, Buffer.from([18, 1, 97, 32, 1, 40, 1, 48, 2])]);
    const data = Buffer.concat([Buffer.from([10, account.length]), account]).toString('base64');
    const exported = {
      format: 'otpauth-migration',
      content: `otpauth-migration://offline?data=${encodeURIComponent(data)}`,
    };
    const app = await send(exported);
    assert.deepEqual([app.status, app.body.imported, app.body.refused], [200, 1, []], app.text);
  });

  test('OATH-16 hostile, malformed and oversize files are refused with an event, and leave nothing', async () => {
    const bomb = '<!DOCTYPE k [<!ENTITY a "lol"><!ENTITY b "&a;&a;">]>';
    const files = [
      ['pskc', container(keyPackage()).replace('?>', `?>${bomb}`), 'hostile'],
      ['pskc', container('<a>'.repeat(50_000)), 'hostile'],
      ['pskc', container(keyPackage({ data: plain('Counter', '0') })).slice(0, -9), 'malformed'],
      ['csv', 'name,address\nAna,Lisbon', 'malformed'],
      ['otpauth-migration', 'otpauth://totp/a?secret=A', 'malformed'],
    ] as const;
    for (const [format, content, why] of files) {
      const answer = await send({ format, content });
      assert.deepEqual(
        [answer.status, answer.body.code, answer.body.fields?.[0]?.why],
        [400, 'bad-request', why],
        answer.text,
      );
    }
    const large = await send({ format: 'pskc', content: 'x'.repeat(20 * 1024 * 1024) });
    assert.deepEqual([large.status, large.body.code], [413, 'too-large'], large.text);
    const listed = await owner?.browser.get<{ tokens: readonly { serial: string }[] }>('/api/v1/tokens');
    assert.ok(!listed?.text.includes('Ana'));
    const events = await house()
      .database.in('main')
      .k.selectFrom('events')
      .select('type')
      .where('type', '=', 'token.import-refused')
      .execute();
    assert.ok(events.length >= files.length);
  });
});
