/**
 * Token files for tests: RFC 6030's own figures, files put together by hand, and files made and read by Debian's
 * `python3-pskc` and `pskctool` (scripts/install-debian.sh brings them).
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The seed of RFC 6030's figures. */
export const seed = Buffer.from('12345678901234567890');

const namespaces = `xmlns="urn:ietf:params:xml:ns:keyprov:pskc" xmlns:ds="http://www.w3.org/2000/09/xmldsig#"
  xmlns:xenc="http://www.w3.org/2001/04/xmlenc#" xmlns:xenc11="http://www.w3.org/2009/xmlenc11#"
  xmlns:pkcs5="http://www.rsasecurity.com/rsalabs/pkcs/schemas/pkcs-5v2-0#"`;

/** What a test may write into a key; `data` and below are XML. */
export interface KeyParts {
  readonly serial?: string;
  readonly device?: string;
  readonly id?: string;
  readonly algorithm?: string;
  readonly parameters?: string;
  readonly secret?: string;
  readonly data?: string;
  readonly policy?: string;
}

/** A value in the open. */
export const plain = (name: string, value: string): string => `<${name}><PlainValue>${value}</PlainValue></${name}>`;

/** A value under a cipher, with its MAC where there is one. */
export const encrypted = (name: string, algorithm: string, cipher: string, mac?: string): string =>
  `<${name}><EncryptedValue><xenc:EncryptionMethod Algorithm="${algorithm}"/><xenc:CipherData><xenc:CipherValue>
  ${cipher}</xenc:CipherValue></xenc:CipherData></EncryptedValue>${mac === undefined ? '' : `<ValueMAC>${mac}</ValueMAC>`}</${name}>`;

/** A key package as in figure 3, with what a test changes. */
export const keyPackage = (parts: KeyParts = {}): string => `<KeyPackage>
  <DeviceInfo><Manufacturer>Manufacturer</Manufacturer>${parts.serial === '' ? '' : `<SerialNo>${parts.serial ?? '987654321'}</SerialNo>`}
  ${parts.device ?? ''}</DeviceInfo>
  <Key Id="${parts.id ?? '12345678'}" Algorithm="${parts.algorithm ?? 'urn:ietf:params:xml:ns:keyprov:pskc:hotp'}">
    <Issuer>Issuer</Issuer>
    <AlgorithmParameters>${parts.parameters ?? '<ResponseFormat Length="8" Encoding="DECIMAL"/>'}</AlgorithmParameters>
    <Data>${parts.secret ?? plain('Secret', seed.toString('base64'))}${parts.data ?? plain('Counter', '0')}</Data>
    ${parts.policy === undefined ? '' : `<Policy>${parts.policy}</Policy>`}
  </Key>
</KeyPackage>`;

/** A container of packages, with what says how they are encrypted in front. */
export const container = (packages: string, keys = '', attributes = 'Version="1.0"'): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<KeyContainer ${attributes} ${namespaces}>${keys}${packages}</KeyContainer>`;

const cbc = 'http://www.w3.org/2001/04/xmlenc#aes128-cbc';

/** A `MACMethod` whose key is encrypted. */
export const macMethod = (cipher: string, algorithm = cbc): string =>
  `<MACMethod Algorithm="http://www.w3.org/2000/09/xmldsig#hmac-sha1"><MACKey><xenc:EncryptionMethod Algorithm="${algorithm}"/>
  <xenc:CipherData><xenc:CipherValue>${cipher}</xenc:CipherValue></xenc:CipherData></MACKey></MACMethod>`;

/** Figure 6: a pre-shared key. */
export const figure6 = {
  key: Buffer.from('12345678901234567890123456789012', 'hex'),
  macKey: 'ESIzRFVmd4iZABEiM0RVZgKn6WjLaTC1sbeBMSvIhRejN9vJa2BOlSaMrR7I5wSX',
  cipher: 'AAECAwQFBgcICQoLDA0OD+cIHItlB3Wra1DUpxVvOx2lef1VmNPCMl8jwZqIUqGv',
  mac: 'Su+NvtQfmvfJzF6bmQiJqoLRExc=',
};

/** Says that a key was agreed before. */
export const preShared = '<EncryptionKey><ds:KeyName>Pre-shared-key</ds:KeyName></EncryptionKey>';

/** Figure 6 as a file, with some of its values changed, and more packages behind it. */
export const figure6With = (change: Partial<Omit<typeof figure6, 'key'>> = {}, behind = ''): string => {
  const { macKey, cipher, mac } = { ...figure6, ...change };
  return container(
    keyPackage({ secret: encrypted('Secret', cbc, cipher, mac) }) + behind,
    preShared + macMethod(macKey),
  );
};

/** Figure 7: a passphrase. It has no counter, which its own profile demands (§10.1); `data` may add one. */
export const figure7With = (data = '', iterations = '1000'): string =>
  container(
    keyPackage({
      data,
      secret: encrypted(
        'Secret',
        cbc,
        'oTvo+S22nsmS2Z/RtcoF8Hfh+jzMe0RkiafpoDpnoZTjPYZu6V+A4aEn032yCr4f',
        'LP6xMvjtypbfT9PdkJhBZ+D6O4w=',
      ),
    }),
    `<EncryptionKey><xenc11:DerivedKey>
    <xenc11:KeyDerivationMethod Algorithm="http://www.rsasecurity.com/rsalabs/pkcs/schemas/pkcs-5v2-0#pbkdf2">
    <pkcs5:PBKDF2-params><Salt><Specified>Ej7/PEpyEpw=</Specified></Salt><IterationCount>${iterations}</IterationCount>
    <KeyLength>16</KeyLength><PRF/></pkcs5:PBKDF2-params></xenc11:KeyDerivationMethod>
    <xenc11:MasterKeyName>My Password 1</xenc11:MasterKeyName></xenc11:DerivedKey></EncryptionKey>${macMethod(
      '2GTTnLwM3I4e5IO5FkufoOEiOhNj91fhKRQBtBJYluUDsPOLTfUvoU2dStyOwYZx',
    )}`,
  );

/** What `python3-pskc` is told to write: keys as its own names, and how to encrypt them. Seeds and keys in hexadecimal. */
export interface Made {
  readonly keys: readonly Readonly<Record<string, string | number>>[];
  readonly mac?: string;
  readonly shared?: { readonly key: string; readonly algorithm: string; readonly fields?: readonly string[] };
  readonly passphrase?: { readonly password: string; readonly iterations: number; readonly [more: string]: unknown };
}

const writer = `import io, json, sys
from datetime import datetime
from pskc import PSKC
out = []
for spec in json.load(sys.stdin):
    file = PSKC()
    for key in spec['keys']:
        key = dict(key, secret=bytes.fromhex(key['secret']))
        for name in ('policy.start_date', 'policy.expiry_date'):
            if name in key: key[name] = datetime.fromisoformat(key[name])
        file.add_key(**key)
    if 'mac' in spec: file.mac.setup(algorithm=spec['mac'])
    if 'shared' in spec: file.encryption.setup_preshared_key(**dict(spec['shared'], key=bytes.fromhex(spec['shared']['key'])))
    if 'passphrase' in spec: file.encryption.setup_pbkdf2(**spec['passphrase'])
    made = io.BytesIO(); file.write(made); out.append(made.getvalue().decode())
json.dump(out, sys.stdout)`;

/** Files that `python3-pskc` makes. */
export async function makeFiles(specs: readonly Made[]): Promise<string[]> {
  const made = run('/usr/bin/python3', ['-c', writer], { maxBuffer: 1e7 });
  made.child.stdin?.end(JSON.stringify(specs));
  return JSON.parse((await made).stdout) as string[];
}

/** What `pskctool` reads in a file: its lines `name: value`, of the first key. */
export async function readByPskctool(file: string): Promise<ReadonlyMap<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'pskc-'));
  try {
    const path = join(folder, 'tokens.xml');
    writeFileSync(path, file);
    const { stdout } = await run('pskctool', ['--info', '--strict', path]);
    const lines = [...stdout.matchAll(/^\s*([^:\n]+): (.*)$/gm)].map(
      ([, name = '', value = '']) => [name, value] as const,
    );
    return new Map(lines.toReversed());
  } finally {
    rmSync(folder, { recursive: true });
  }
}
