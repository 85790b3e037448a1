/** Issues X.509 certificates (RFC 5280) of any shape, wrong ones too: for makers of keys and for who signs metadata. */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign, X509Certificate } from 'node:crypto';

/** A certificate and the key behind it. */
export interface Holder {
  readonly certificate: X509Certificate;
  readonly privateKey: KeyObject;
}

/** What a certificate says. */
export interface Saying {
  /** As `{ C: 'AA', O: 'W3C', CN: 'Root' }`, written in this order. */
  readonly subject: Readonly<Partial<Record<'C' | 'O' | 'OU' | 'CN', string>>>;
  /** Who signs it; itself unless given. */
  readonly by?: Holder;
  readonly ca?: boolean;
  readonly from?: Date;
  readonly to?: Date;
  /** The host that it is for. */
  readonly host?: string;
  /** The model of authenticator that it is for (id-fido-gen-ce-aaguid, WebAuthn §8.2.1). */
  readonly aaguid?: string;
  readonly key?: 'EC' | 'RSA';
}

/** Issues a certificate with a new key. */
export function issue(saying: Saying): Holder {
  const { publicKey, privateKey } =
    saying.key === 'RSA'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const signer = saying.by?.privateKey ?? privateKey;
  const issuer = saying.by ? nameOf(saying.by.certificate) : name(saying.subject);
  const algorithm = der(0x30, oid(signer.asymmetricKeyType === 'rsa' ? rsaWithSha256 : ecdsaWithSha256));
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const body = der(
    0x30,
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([0x40]), randomBytes(15)])),
    algorithm,
    issuer,
    der(0x30, time(saying.from ?? new Date(0)), time(saying.to ?? new Date('2049-01-01'))),
    name(saying.subject),
    spki,
    der(0xa3, der(0x30, ...extensions(saying, spki))),
  );
  const signature = der(0x03, Buffer.from([0]), sign('sha256', body, signer));
  return { certificate: new X509Certificate(der(0x30, body, algorithm, signature)), privateKey };
}

const ecdsaWithSha256 = '1.2.840.10045.4.3.2';
const rsaWithSha256 = '1.2.840.113549.1.1.11';
const attributes = { C: '2.5.4.6', O: '2.5.4.10', OU: '2.5.4.11', CN: '2.5.4.3' } as const;

function extensions({ ca = false, host, aaguid }: Saying, spki: Buffer): Buffer[] {
  const extension = (id: string, ...value: Buffer[]): Buffer => der(0x30, oid(id), der(0x04, ...value));
  const yes = der(0x01, Buffer.from([0xff]));
  return [
    der(0x30, oid('2.5.29.19'), yes, der(0x04, ca ? der(0x30, yes) : der(0x30))),
    extension('2.5.29.14', der(0x04, createHash('sha1').update(spki).digest())),
    ...(host ? [extension('2.5.29.17', der(0x30, der(0x82, Buffer.from(host))))] : []),
    ...(aaguid
      ? [extension('1.3.6.1.4.1.45724.1.1.4', der(0x04, Buffer.from(aaguid.replaceAll('-', ''), 'hex')))]
      : []),
  ];
}

function name(subject: Saying['subject']): Buffer {
  return der(
    0x30,
    ...Object.entries(subject).map(([key, value]) =>
      der(
        0x31,
        // A country is a PrintableString (RFC 5280 appendix A.1).
        der(0x30, oid(attributes[key as keyof typeof attributes]), der(key === 'C' ? 0x13 : 0x0c, Buffer.from(value))),
      ),
    ),
  );
}

/** The subject of a certificate, as its issuer wrote it. */
function nameOf(certificate: X509Certificate): Buffer {
  const parts = certificate.subject.split('\n').map((part) => part.split('=') as [string, string]);
  return name(Object.fromEntries(parts));
}

function time(date: Date): Buffer {
  const text = date.toISOString().replace(/[-:T]|\.\d+/g, '');
  // Dates up to 2049 are UTCTime (RFC 5280 §4.1.2.5).
  return date.getUTCFullYear() < 2050 ? der(0x17, Buffer.from(text.slice(2))) : der(0x18, Buffer.from(text));
}

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((part) => {
    const groups = [part & 0x7f];
    for (let left = part >>> 7; left > 0; left >>>= 7) groups.unshift((left & 0x7f) | 0x80);
    return groups;
  });
  return der(0x06, Buffer.from(bytes));
}

function der(tag: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  if (body.length < 0x80) return Buffer.concat([Buffer.from([tag, body.length]), body]);
  const size = body.length < 0x100 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
}
