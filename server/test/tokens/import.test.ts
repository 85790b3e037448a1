/** Files of tokens: what goes in, what is refused, and who may bring one in. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { register } from '../people.ts';
import { told } from '../records.ts';
import { inHouse } from '../shared-house.ts';
import { Desk, enrolToken, type Imported, newDevice, pskcOf } from './desk.ts';

const second = 1000;

inHouse('files of tokens', (house) => {
  let opened: Promise<Desk> | undefined;
  const desk = (): Promise<Desk> => {
    opened ??= Desk.open(house());
    return opened;
  };

  test('OATH-03 a token with a seed of ten bytes is refused, the others of the file are not', async () => {
    const at = await desk();
    const [short, good] = [newDevice({ seed: new Uint8Array(10) }), newDevice()];
    const { body } = await at.import(pskcOf([short, good]));
    assert.deepEqual([body.imported, body.refused], [1, [{ serial: short.serial, why: 'secret-short' }]]);
    const stored = (await at.list()).map(({ serial }) => serial);
    assert.deepEqual([stored.includes(short.serial), stored.includes(good.serial)], [false, true]);
  });

  test('OATH-01 a list of a vendor comes in too, as text or as base64', async () => {
    const at = await desk();
    const [one, other] = [newDevice(), newDevice({ kind: 'totp' })];
    const csv = [
      'serial,secret,type,digits,counter',
      ...[one, other].map(({ serial, seed, make }) =>
        [serial, seed.toString('hex'), make.kind ?? 'hotp', 6, 0].join(','),
      ),
    ].join('\n');
    const content = Buffer.from(csv).toString('base64');
    const { body, text } = await at.import(content, { format: 'csv', encoding: 'base64' });
    assert.equal(body.imported, 2, text);
    const person = await register(house(), 'nothing');
    await enrolToken(person, one, 0);
    const again = await at.import(csv, { format: 'csv' });
    assert.deepEqual([again.body.unchanged, again.body.refused.length], [1, 1]);
  });

  test('OATH-17 a rehearsal says what would happen, and nothing does', async () => {
    const at = await desk();
    const device = newDevice();
    const events = await told(house(), async () => {
      const { body } = await at.import(pskcOf([device]), { dryRun: true });
      assert.deepEqual(body, { imported: 1, unchanged: 0, refused: [] });
    });
    assert.equal(
      events.some(({ type }) => type.startsWith('token.')),
      false,
    );
    assert.equal(await at.stateOf(device.serial), undefined);
    await at.stock(device);
  });

  test('OATH-16 a file that is none is refused as a whole, with a reason and an entry in the audit', async () => {
    const at = await desk();
    const device = newDevice();
    const hostile = pskcOf([device]).replace('?>', '?><!DOCTYPE KeyContainer [<!ENTITY a "b">]>');
    for (const [content, format] of [
      ['no xml at all', 'pskc'],
      [hostile, 'pskc'],
      ['', 'csv'],
      ['otpauth-migration://offline?data=AAAA', 'otpauth-migration'],
      ['https://example.org', 'otpauth-migration'],
    ] as const) {
      if (content === '') continue;
      const events = await told(house(), async () => {
        const { status, body, text } = await at.import(content, { format });
        assert.deepEqual([status, body.code], [400, 'bad-request'], text);
      });
      assert.equal(events.filter(({ type }) => type === 'token.import-refused').length, 1, content);
    }
    assert.equal(await at.stateOf(device.serial), undefined);
  });

  test('OATH-16 a file of a megabyte is read, a larger one is not, and no other route takes so much', async () => {
    const at = await desk();
    const padding = ' '.repeat(900_000);
    const device = newDevice();
    const large = await at.import(`${pskcOf([device])}${padding}`);
    assert.equal(large.body.imported, 1, large.text);
    assert.equal((await at.import(' '.repeat(1_100_000))).status, 413);
    const other = await at.act(device.serial, 'revocation', { padding: padding.slice(0, 70_000) });
    assert.equal(other.status, 413);
  });

  test('OATH-17 only a console role with a fresh proof brings tokens in or moves them', async () => {
    const at = await desk();
    const device = newDevice();
    await at.stock(device);
    const ada = await register(house());
    const all: readonly (readonly [string, string, object?])[] = [
      ['POST', 'tokens/import', { format: 'pskc', content: pskcOf([newDevice()]) }],
      ['POST', `tokens/${device.serial}/assignment`, { userId: 'x' }],
      ['DELETE', `tokens/${device.serial}/assignment`],
      ['POST', `tokens/${device.serial}/revocation`, {}],
      ['POST', `tokens/${device.serial}/loss`, {}],
      ['POST', `tokens/${device.serial}/resynchronisation`, { codes: ['1', '2'] }],
    ];
    for (const [method, path, body] of [...all, ['GET', 'tokens'] as const]) {
      assert.equal((await ada.browser.call(method, `/api/v1/${path}`, body)).body.code, 'forbidden', path);
      assert.equal((await house().browser().call(method, `/api/v1/${path}`, body)).body.code, 'not-signed-in', path);
    }
    house().clock.advance(14 * 60 * second);
    for (const [method, path, body] of all) {
      assert.equal((await at.browser.call(method, `/api/v1/${path}`, body)).body.code, 'step-up-required', path);
    }
    assert.equal(await at.stateOf(device.serial), 'free');
    for (const what of ['assignment', 'loss', 'revocation', 'resynchronisation']) {
      const body = { assignment: { userId: 'x' }, resynchronisation: { codes: ['1', '2'] } }[what] ?? {};
      assert.equal((await at.act('NOBODY', what, body)).status, 404, what);
    }
    const nobody = await at.act(device.serial, 'assignment', { userId: 'nobody' });
    assert.deepEqual([nobody.status, nobody.body.code], [400, 'bad-request']);
  });

  test('OATH-17 the list is read page by page, by state and by user', async () => {
    const at = await desk();
    const devices = [newDevice(), newDevice(), newDevice()];
    await at.stock(...devices);
    const seen: string[] = [];
    let after = '';
    for (let page = 0; page < 200; page += 1) {
      const { body, text } = await at.browser.get<{ tokens: { serial: string }[]; next: string | null }>(
        `/api/v1/tokens?limit=2${after}`,
      );
      assert.ok(body.tokens.length <= 2, text);
      seen.push(...body.tokens.map(({ serial }) => serial));
      if (body.next === null) break;
      after = `&after=${body.next}`;
    }
    assert.equal(new Set(seen).size, seen.length);
    for (const { serial } of devices) assert.ok(seen.includes(serial));
    const { body: me } = await at.browser.get<{ id: string }>('/api/v1/account');
    const [mine] = devices;
    await at.act(mine?.serial ?? '', 'assignment', { userId: me.id });
    assert.deepEqual(
      (await at.list(`&state=reserved&userId=${me.id}`)).map(({ serial }) => serial),
      [mine?.serial],
    );
    assert.equal((await at.act(mine?.serial ?? '', 'assignment', {}, 'DELETE')).status, 204);
    assert.equal((await at.browser.get('/api/v1/tokens?state=broken')).status, 400);
  });

  test('OATH-17 imports are rationed', async () => {
    const at = await desk();
    const results = new Set<number>();
    await at.prove();
    for (let turn = 0; turn < 61; turn += 1) {
      const { status } = await at.browser.call<Imported>('POST', '/api/v1/tokens/import', {
        format: 'pskc',
        content: 'x',
      });
      results.add(status);
    }
    assert.deepEqual([...results], [400, 429]);
    house().clock.advance(61 * 60 * second);
  });
});
