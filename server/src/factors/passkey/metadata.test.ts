import { strict as assert } from 'node:assert';
import { describe, test } from 'node:test';
import { foundMaker } from '../../../test/peers/webauthn/attesting.ts';
import { issue } from '../../../test/peers/webauthn/certificate.ts';
import { foundPublisher, type Publisher, writeList } from '../../../test/peers/webauthn/metadata-list.ts';
import { leadsTo } from './chain.ts';
import { globalSignRoots, isRevoked, Metadata } from './metadata.ts';

const now = Date.parse('2026-10-01');
const day = 24 * 60 * 60 * 1000;
const model = '2fc0579f-8113-47ea-b116-bb5a8db9202a';
const publisher = foundPublisher();
const rootOf = ({ root }: Publisher): string => root.certificate.toString();
const read = (text: string, by = publisher): Metadata => Metadata.read(text, { now, roots: rootOf(by) });

describe('the list of authenticators', () => {
  test('says who may attest a model, and what is known against it', () => {
    const maker = foundMaker();
    const statuses = ['FIDO_CERTIFIED', 'USER_KEY_REMOTE_COMPROMISE', 'UPDATE_AVAILABLE'];
    const metadata = read(writeList(publisher, [{ aaguid: model.toUpperCase(), roots: [maker.root], statuses }]));
    assert.equal(metadata.size, 1);
    assert.equal(metadata.no, 15);
    const known = metadata.of(model);
    assert.deepEqual(known?.statuses, statuses);
    assert.ok(isRevoked(known.statuses), 'what came later does not make up for it');
    assert.equal(isRevoked(['FIDO_CERTIFIED_L1', 'UPDATE_AVAILABLE']), false);
    assert.equal(known.description, `Model ${model.toUpperCase()}`);
    assert.ok(leadsTo(known.roots, [maker.device.certificate, maker.works.certificate], now));
    assert.equal(metadata.of('00000000-0000-0000-0000-000000000000'), undefined);
  });

  test('is read with the signature of either kind of key, and with white space around it', () => {
    for (const key of ['EC', 'RSA'] as const) {
      const by = foundPublisher({ key });
      assert.equal(read(`${writeList(by, [{ aaguid: model }])}\n`, by).size, 1);
    }
  });

  test('is overdue a day after the next one was due, and still read', () => {
    const metadata = read(writeList(publisher, [], { nextUpdate: '2026-09-30' }));
    assert.equal(metadata.isOverdue(now), false);
    assert.equal(metadata.isOverdue(now + 1), true);
  });

  test('leads to the roots of GlobalSign unless another is named, and then speaks for FIDO alone', () => {
    const roots = globalSignRoots();
    assert.deepEqual(roots.map(({ subject }) => subject.split('CN=')[1]).sort(), ['GlobalSign', 'GlobalSign Root R46']);
    assert.ok(roots.every((one) => leadsTo(roots, [one], now)));
    assert.throws(() => Metadata.read(writeList(publisher, []), { now }), /do not lead to the root/);
    const elsewhere = foundPublisher({ host: 'mds.example.org' });
    assert.equal(read(writeList(elsewhere, []), elsewhere).size, 0, 'a root of the operator, any name');
  });
});

describe('a list that is refused, saying why', () => {
  const forged = (part: 0 | 1 | 2): string => {
    const parts = writeList(publisher, [{ aaguid: model }]).split('.');
    const other = writeList(foundPublisher(), [{ aaguid: model, statuses: ['REVOKED'] }]).split('.');
    return parts.map((one, index) => (index === part ? other[index] : one)).join('.');
  };
  const cases: readonly (readonly [string, () => string, RegExp])[] = [
    ['another signature', () => forged(2), /signature that is not right/],
    ['another text', () => forged(1), /signature that is not right/],
    ['a foreign root', () => writeList(foundPublisher(), []), /do not lead/],
    ['a certificate past its date', () => writeList(expired, []), /do not lead/],
    ['an issuer that is no authority', () => writeList(noAuthority, []), /do not lead/],
    ['no algorithm', () => writeList(publisher, [], { header: { alg: 'none' } }), /no signed list/],
    ['another kind of key', () => writeList(publisher, [], { header: { alg: 'RS256' } }), /not right/],
    ['a key of the message', () => writeList(publisher, [], { header: { alg: 'HS256' } }), /no signed list/],
    ['no certificates', () => writeList(publisher, [], { header: { x5c: [] } }), /no signed list/],
    ['unreadable certificates', () => writeList(publisher, [], { header: { x5c: ['AAAA'] } }), /do not lead/],
    ['another form', () => writeList(publisher, [], { payload: { entries: 'none' } }), /not as MDS3/],
    ['no date', () => writeList(publisher, [], { nextUpdate: 'soon' }), /not as MDS3/],
    ['garbage', () => '<html>Not found</html>', /no signed list/],
    ['garbage in three parts', () => 'a.b.c', /no signed list/],
    ['nothing', () => '', /no signed list/],
    ['too much', () => 'a'.repeat(64 * 1024 * 1024 + 1), /larger than/],
  ];
  const root = publisher.root;
  const expired = under(root, { to: new Date(now - day) });
  const noAuthority = under(root, { ca: false });

  for (const [what, text, why] of cases) {
    test(what, () =>
      assert.throws(() => read(text()), new RegExp(`^Error: SECONDLOCK_FIDO_METADATA: .*${why.source}`)),
    );
  }

  test('a root that is none', () => {
    for (const roots of ['', 'PEM', rootOf(publisher).replace(/[A-Za-z0-9]{8}\n/, 'AAAAAAAA\n')]) {
      assert.throws(() => Metadata.read(writeList(publisher, []), { now, roots }), /_METADATA(_ROOT)?: /);
    }
  });
});

/** Who signs lists under a root that is there. */
function under(root: Publisher['root'], given: { readonly to?: Date; readonly ca?: boolean }): Publisher {
  const authority = issue({ subject: { CN: 'Other CA' }, by: root, ca: given.ca ?? true });
  const to = given.to === undefined ? {} : { to: given.to };
  return { root, authority, site: issue({ subject: { CN: 'Other Site' }, by: authority, ...to }) };
}
