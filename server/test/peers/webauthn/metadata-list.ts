/** Writes lists of authenticators as the FIDO Metadata Service does (MDS3): a JWT with its certificates. */
import { sign } from 'node:crypto';
import { type Holder, issue } from './certificate.ts';

/** Who signs lists: a root, an authority under it, and a certificate for a host. */
export interface Publisher {
  readonly root: Holder;
  readonly authority: Holder;
  readonly site: Holder;
}

/** Founds one; `key` is of the certificate that signs. */
export function foundPublisher(
  given: { readonly host?: string; readonly key?: 'EC' | 'RSA'; readonly to?: Date; readonly ca?: boolean } = {},
): Publisher {
  const root = issue({ subject: { C: 'AA', O: 'Lists', CN: 'Lists Root' }, ca: true });
  const authority = issue({ subject: { C: 'AA', O: 'Lists', CN: 'Lists CA' }, by: root, ca: given.ca ?? true });
  const host = given.host ?? 'mds.fidoalliance.org';
  const site = issue({
    subject: { C: 'AA', O: 'Lists', CN: host },
    by: authority,
    host,
    key: given.key ?? 'EC',
    ...(given.to === undefined ? {} : { to: given.to }),
  });
  return { root, authority, site };
}

/** A model in the list. */
export interface Listed {
  readonly aaguid: string;
  readonly roots?: readonly Holder[];
  readonly statuses?: readonly string[];
}

/** Writes and signs a list. */
export function writeList(
  { authority, site }: Publisher,
  models: readonly Listed[],
  given: { readonly nextUpdate?: string; readonly header?: object; readonly payload?: object } = {},
): string {
  const rsa = site.privateKey.asymmetricKeyType === 'rsa';
  const header = {
    alg: rsa ? 'RS256' : 'ES256',
    typ: 'JWT',
    x5c: [site, authority].map(({ certificate }) => certificate.raw.toString('base64')),
    ...given.header,
  };
  const payload = {
    legalHeader: 'A list for tests',
    no: 15,
    nextUpdate: given.nextUpdate ?? '2049-01-01',
    entries: models.map(({ aaguid, roots = [], statuses = ['FIDO_CERTIFIED_L1'] }) => ({
      aaguid,
      metadataStatement: {
        description: `Model ${aaguid}`,
        attestationRootCertificates: roots.map(({ certificate }) => certificate.raw.toString('base64')),
      },
      statusReports: statuses.map((status) => ({ status, effectiveDate: '2024-01-01' })),
      timeOfLastStatusChange: '2024-01-01',
    })),
    ...given.payload,
  };
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const data = `${part(header)}.${part(payload)}`;
  const how = { key: site.privateKey, ...(rsa ? {} : { dsaEncoding: 'ieee-p1363' as const }) };
  return `${data}.${sign('sha256', Buffer.from(data), how).toString('base64url')}`;
}
