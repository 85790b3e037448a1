/** Attestation: an operator who wants to know which authenticators there are, and one who does not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Metadata } from '../../../src/factors/passkey/metadata.ts';
import { Providers } from '../../../src/factors/passkey/providers.ts';
import { factorOf, factorsOf } from '../../account.ts';
import { openHouse } from '../../house.ts';
import { foundMaker } from '../../peers/webauthn/attesting.ts';
import { foundPublisher, writeList } from '../../peers/webauthn/metadata-list.ts';
import type { How } from '../../peers/webauthn/software-key.ts';
import { register } from '../../people.ts';
import { trail } from '../../records.ts';
import { inHouse } from '../../shared-house.ts';
import { addKey, beginKey, makeKey, sessionOf, signInWithBoth, there } from './keys.ts';

const allowed = '01020304-0506-4708-890a-0b0c0d0e0f10';
const denied = 'd0020304-0506-4708-890a-0b0c0d0e0f10';
const other = 'ee020304-0506-4708-890a-0b0c0d0e0f10';
const revoked = 'f0020304-0506-4708-890a-0b0c0d0e0f10';
const unlisted = 'ff020304-0506-4708-890a-0b0c0d0e0f10';

const maker = foundMaker();
const publisher = foundPublisher();
const list = writeList(publisher, [
  ...[allowed, denied, other].map((aaguid) => ({ aaguid, roots: [maker.root] })),
  { aaguid: revoked, roots: [maker.root], statuses: ['FIDO_CERTIFIED', 'REVOKED'] },
]);
const metadata = Metadata.read(list, { now: Date.UTC(2030, 4, 15), roots: publisher.root.certificate.toString() });
const names = Providers.read(JSON.stringify({ [allowed]: { name: 'Door key 5', category: 'key' } }));

const packed: How = { attestation: { format: 'packed', maker } };
const required = { ...there, SECONDLOCK_WEBAUTHN_ATTESTATION: 'required' } as const;

inHouse(
  'attestation that is required',
  (house) => {
    test('WAN-10: a key whose maker is trusted and whose model is allowed is taken, and counts as hardware by proof', async () => {
      const ada = { ...(await register(house(), 'nothing')), key: makeKey({ aaguid: allowed }) };
      assert.equal((await beginKey(ada)).options.attestation, 'direct');
      const added = await addKey(ada, ada.key, packed);
      assert.equal(added.body.done, true, added.text);
      assert.equal((await factorOf(ada.browser, 'passkey')).label, 'Door key 5');
      const browser = house().browser();
      const call = await signInWithBoth(browser, ada, { flags: { UV: false } });
      const amr = ['hwk', 'mfa', 'pop', 'pwd', 'user'];
      assert.deepEqual(await sessionOf(house(), browser, call), { level: 'phishing-resistant', amr });
    });

    test('WAN-10: what proves nothing, leads elsewhere, is not allowed or was revoked is refused, and the audit hears why', async () => {
      const ada = await register(house(), 'nothing');
      const { flow, options } = await beginKey(ada);
      const foreign: How = { attestation: { format: 'packed', maker: foundMaker() } };
      const rows: [string, string, How, string, string][] = [
        ['none', allowed, {}, 'not-allowed', 'attestation-missing'],
        ['its own word', allowed, { attestation: { format: 'packed' } }, 'not-allowed', 'untrusted'],
        ['a root that nobody trusts', allowed, foreign, 'not-allowed', 'untrusted'],
        ['a model that is not in the list', unlisted, packed, 'not-allowed', 'untrusted'],
        ['a model that is not allowed', other, packed, 'not-allowed', 'not-allowed'],
        ['a model that is denied', denied, packed, 'not-allowed', 'not-allowed'],
        ['a model that was revoked', revoked, packed, 'not-allowed', 'revoked'],
        ['a signature that is not right', allowed, { ...packed, flip: 'signature' }, 'wrong', 'attestation'],
      ];
      for (const [what, aaguid, how, code, reason] of rows) {
        house().clock.advance(1);
        const credential = makeKey({ aaguid }).register(options, how);
        const { body, text } = await ada.browser.answer(flow, { credential });
        assert.equal(body.refused?.code, code, `${what}: ${text}`);
        const events = await trail(house(), house().clock.now);
        assert.deepEqual(
          events.map(({ type, details }) => [type, details.reason]),
          [['proof.refused', reason]],
          what,
        );
      }
      assert.deepEqual(await factorsOf(ada.browser), []);
    });
  },
  {
    options: { ...required, SECONDLOCK_WEBAUTHN_ALLOW: `${allowed},${denied}`, SECONDLOCK_WEBAUTHN_DENY: denied },
    authenticators: { metadata, names },
  },
);

inHouse(
  'attestation that nobody asks for',
  (house) => {
    test('WAN-10: no attestation is asked for and none is needed; a model that is denied or known to be broken is refused by its own word', async () => {
      const ada = await register(house(), 'nothing');
      const { flow, options } = await beginKey(ada);
      assert.equal(options.attestation, 'none');
      for (const [aaguid, reason] of [
        [denied, 'not-allowed'],
        [revoked, 'revoked'],
      ] as const) {
        house().clock.advance(1);
        const { body } = await ada.browser.answer(flow, { credential: makeKey({ aaguid }).register(options) });
        assert.equal(body.refused?.code, 'not-allowed');
        const events = await trail(house(), house().clock.now);
        assert.deepEqual(
          events.map(({ details }) => details.reason),
          [reason],
        );
      }
      assert.equal((await addKey(ada, makeKey({ aaguid: unlisted }))).body.done, true);
      const foreign: How = { attestation: { format: 'packed', maker: foundMaker() } };
      for (const how of [foreign, packed, { attestation: { format: 'packed' } }] as const) {
        const ben = await register(house(), 'nothing');
        assert.equal((await addKey(ben, makeKey({ aaguid: allowed }), how)).body.done, true);
      }
    });
  },
  { options: { ...there, SECONDLOCK_WEBAUTHN_DENY: denied }, authenticators: { metadata, names } },
);

test('WAN-10: a policy that nothing could hold is refused at the start', async () => {
  const without = openHouse({ options: { ...there, SECONDLOCK_WEBAUTHN_ATTESTATION: 'required' } });
  await assert.rejects(without, /SECONDLOCK_FIDO_METADATA/);
  const unproved = openHouse({ options: { ...there, SECONDLOCK_WEBAUTHN_ALLOW: allowed } });
  await assert.rejects(unproved, /needs attestation to be required/);
});
