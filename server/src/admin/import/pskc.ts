/**
 * Token files in the Portable Symmetric Key Container format (RFC 6030), plain or encrypted. All encrypted values of a
 * file are opened, their MACs first, before one of them is used: a file with one changed byte in them is worth nothing.
 */
import { type FileSecrets, type Import, ImportRefused, type TokenRefusal } from './imported.ts';
import { type Opener, openerOf, pskc } from './pskc-crypto.ts';
import { bytesOf, child, children, type Element, readXml } from './pskc-xml.ts';
import { Rows } from './row.ts';

/** More tokens than a file of the size that is read can hold well; then there is no end to judge by. */
const mostKeys = 10_000;

const kinds: Readonly<Record<string, string>> = { [`${pskc}:hotp`]: 'hotp', [`${pskc}:totp`]: 'totp' };

/** A key with the values of its data, opened. */
interface OpenKey {
  readonly key: Element;
  readonly device: Device;
  readonly values: ReadonlyMap<string, Buffer | null>;
}

/** What a package says of the device that its keys are in. */
interface Device {
  readonly serial: string | undefined;
  readonly maker: string | undefined;
  readonly model: string | undefined;
  readonly dates: Dates | undefined;
}

/** Reads a PSKC file. Throws {@link ImportRefused} where nothing of it may be used. */
export async function readPskc(content: Uint8Array | string, secrets: FileSecrets): Promise<Import> {
  const container = readXml(content);
  if (container.local !== 'KeyContainer' || container.uri !== pskc) throw new ImportRefused('malformed');
  // RFC 6030 §4: "1.0", and a reader refuses a major version that it does not know.
  if (!/^1(\.[0-9]{1,3})?$/.test(container.attributes.get('Version') ?? '')) {
    throw new ImportRefused('version-unsupported');
  }
  const keys = children(container, 'KeyPackage', pskc).flatMap((each) => {
    const device = deviceOf(child(each, 'DeviceInfo', pskc));
    return children(each, 'Key', pskc).map((key) => ({ key, device }));
  });
  if (keys.length === 0) throw new ImportRefused('empty');
  if (keys.length > mostKeys) throw new ImportRefused('hostile');
  const opener = await openerOf(container, secrets);
  const opened = keys.map(({ key, device }) => ({ key, device, values: valuesOf(key, opener) }));
  const rows = new Rows();
  for (const each of opened) take(rows, each);
  return rows.result();
}

/** Read once for all keys of a package: both may be many. */
const deviceOf = (info: Element | undefined): Device => ({
  serial: child(info, 'SerialNo', pskc)?.text,
  maker: child(info, 'Manufacturer', pskc)?.text,
  model: child(info, 'Model', pskc)?.text,
  dates: datesOf(info),
});

/** The values of a key by name: bytes of a secret, text of a number. `null` is a value that cannot be read. */
function valuesOf(key: Element, opener: Opener): Map<string, Buffer | null> {
  const values = new Map<string, Buffer | null>();
  for (const value of child(key, 'Data', pskc)?.children ?? []) {
    if (values.has(value.local)) throw new ImportRefused('malformed');
    values.set(value.local, openedOrPlain(value, opener));
  }
  return values;
}

function openedOrPlain(value: Element, opener: Opener): Buffer | null {
  const plain = child(value, 'PlainValue', pskc);
  const encrypted = child(value, 'EncryptedValue', pskc);
  if (plain && encrypted) throw new ImportRefused('malformed');
  if (encrypted) return value.local === 'Secret' ? opener.open(value) : numeral(opener.open(value));
  // A secret in the open among encrypted ones may be anybody's: whoever changed the file put it there.
  if (opener.encrypted && value.local === 'Secret') throw new ImportRefused('not-authentic');
  if (!plain) return null;
  return value.local === 'Secret' ? (bytesOf(plain.text) ?? null) : Buffer.from(plain.text);
}

function take(rows: Rows, { key, device, values }: OpenKey): void {
  const serial = device.serial || key.attributes.get('Id');
  const parameters = child(key, 'AlgorithmParameters', pskc);
  const response = child(parameters, 'ResponseFormat', pskc);
  const policy = child(key, 'Policy', pskc);
  const dates = narrower(device.dates, datesOf(policy));
  const why = formatFault(response) ?? policyFault(policy) ?? (dates ? undefined : 'dates-malformed');
  if (why !== undefined) {
    rows.refuse(serial, why);
    return;
  }
  const number = (name: string): string | undefined =>
    values.get(name) === null ? 'none' : values.get(name)?.toString();
  rows.take({
    serial,
    kind: kinds[key.attributes.get('Algorithm') ?? ''],
    maker: device.maker || child(key, 'Issuer', pskc)?.text,
    model: device.model,
    secret: values.get('Secret'),
    algorithm: child(parameters, 'Suite', pskc)?.text,
    digits: response?.attributes.get('Length'),
    counter: number('Counter'),
    period: number('TimeInterval'),
    drift: number('TimeDrift'),
    ...dates,
  });
}

/**
 * An encrypted number as its text: bytes with the most significant first, or digits, since both are written. Four and
 * eight bytes are the types of RFC 6030 (§4.2) and have a sign.
 */
function numeral(value: Buffer): Buffer {
  if (/^-?[0-9]{1,16}$/.test(value.toString('latin1')) || value.length > 8) return value;
  const signed = value.length === 4 || value.length === 8;
  const number = BigInt(`0x0${value.toString('hex')}`);
  return Buffer.from(String(signed ? BigInt.asIntN(value.length * 8, number) : number));
}

/** Codes are decimal digits without a check digit; nothing else can be typed here (RFC 6030 §4.3.4). */
function formatFault(response: Element | undefined): TokenRefusal | undefined {
  if (!response) return 'digits-unsupported';
  const checked = /^(true|1)$/.test(response.attributes.get('CheckDigits') ?? 'false');
  return response.attributes.get('Encoding') !== 'DECIMAL' || checked ? 'format-unsupported' : undefined;
}

const knownPolicy = ['StartDate', 'ExpiryDate', 'PINPolicy', 'KeyUsage', 'NumberOfTransactions'];
const knownPin = ['PINKeyId', 'PINUsageMode', 'MaxFailedAttempts', 'MinLength', 'MaxLength', 'PINEncoding'];

/** RFC 6030 §5: a key whose policy is not understood in full is not used; nor one whose policy is not kept here. */
function policyFault(policy: Element | undefined): TokenRefusal | undefined {
  if (!policy) return undefined;
  const known = policy.children.every(({ local, uri }) => uri === pskc && knownPolicy.includes(local));
  const pin = child(policy, 'PINPolicy', pskc);
  const pinKnown = !pin || (pin.children.length === 0 && [...pin.attributes.keys()].every((n) => knownPin.includes(n)));
  if (!known || !pinKnown || policy.attributes.size > 0) return 'policy-unknown';
  const uses = children(policy, 'KeyUsage', pskc).map(({ text }) => text);
  if (uses.length > 0 && !uses.includes('OTP')) return 'policy-forbids';
  // Nobody counts a key's uses here.
  if (child(policy, 'NumberOfTransactions', pskc)) return 'policy-forbids';
  // A PIN that the device itself asks for is its own affair; one that goes into the code is not judged here.
  return pin && pin.attributes.get('PINUsageMode') !== 'Local' ? 'policy-forbids' : undefined;
}

interface Dates {
  readonly startsAt?: number;
  readonly expiresAt?: number;
}

/** The dates of a device or a policy; undefined where one cannot be read. */
function datesOf(of: Element | undefined): Dates | undefined {
  const [start, end] = [child(of, 'StartDate', pskc), child(of, 'ExpiryDate', pskc)];
  const [startsAt, expiresAt] = [start && dateOf(start.text), end && dateOf(end.text)];
  if ((start && startsAt === undefined) || (end && expiresAt === undefined)) return undefined;
  return { ...(startsAt === undefined ? {} : { startsAt }), ...(expiresAt === undefined ? {} : { expiresAt }) };
}

/** The later start and the earlier end. */
function narrower(one: Dates | undefined, other: Dates | undefined): Dates | undefined {
  if (!one || !other) return undefined;
  const startsAt = Math.max(one.startsAt ?? -Infinity, other.startsAt ?? -Infinity);
  const expiresAt = Math.min(one.expiresAt ?? Infinity, other.expiresAt ?? Infinity);
  return { ...(Number.isFinite(startsAt) ? { startsAt } : {}), ...(Number.isFinite(expiresAt) ? { expiresAt } : {}) };
}

/** An XML dateTime, in UTC where no zone is named (RFC 6030 §1.3). */
function dateOf(text: string): number | undefined {
  const parts = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)?$/.exec(text);
  const at = parts ? Date.parse(`${parts[1]}T${parts[2]}${parts[3] ?? 'Z'}`) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}
