/**
 * The FIDO Metadata Service's list of authenticators (MDS3), from a file that the operator fetched: who may attest each
 * model, and what became known against it. Nothing is fetched here, so revocation lists are not asked.
 */
import { constants, verify as verifySignature, X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { z } from 'zod';
import { leadsTo } from './chain.ts';

/** The list has about 10 MB, most of it pictures. */
const largest = 64 * 1024 * 1024;

/** Who signs the list. */
const signer = 'mds.fidoalliance.org';

/**
 * GlobalSign Root R46, which the list leads to since August 2026, and Root CA - R3 before; by SHA-256. The certificates
 * are those that Node brings.
 */
const rootPrints = [
  '4F:A3:12:6D:8D:3A:11:D1:C4:85:5A:4F:80:7C:BA:D6:CF:91:9D:3A:5A:88:B0:3B:EA:2C:63:72:D9:3C:40:C9',
  'CB:B5:22:D7:B7:F1:27:AD:6A:01:13:86:5B:DF:1C:D4:10:2E:7D:07:59:AF:63:5A:7C:F4:72:0D:C9:63:C5:3B',
];

/** What is known against a model that is never trusted again, whatever was reported later (MDS3 §3.1.4). */
const bad = new Set([
  'REVOKED',
  'USER_VERIFICATION_BYPASS',
  'ATTESTATION_KEY_COMPROMISE',
  'USER_KEY_REMOTE_COMPROMISE',
  'USER_KEY_PHYSICAL_COMPROMISE',
]);

const header = z.object({
  alg: z.enum(['ES256', 'RS256', 'PS256']),
  x5c: z.array(z.base64()).min(1).max(8),
});

const payload = z.object({
  no: z.number().int(),
  nextUpdate: z.iso.date(),
  entries: z.array(
    z.object({
      aaguid: z.string().toLowerCase().optional(),
      statusReports: z.array(z.object({ status: z.string() })).default([]),
      metadataStatement: z
        .object({ description: z.string().optional(), attestationRootCertificates: z.array(z.string()).default([]) })
        .optional(),
    }),
  ),
});

type Entry = z.infer<typeof payload>['entries'][number];

/** What the list says of one model. */
export interface Model {
  readonly description: string | undefined;
  /** Who may attest it. */
  readonly roots: readonly X509Certificate[];
  readonly statuses: readonly string[];
}

/** The list, its signature checked. */
export class Metadata {
  /** The number of the list; it rises with each. */
  readonly no: number;
  /** When the next list was due: after that, what is newly known against a model is missing. */
  readonly nextUpdate: number;
  readonly #entries: ReadonlyMap<string, Entry>;

  private constructor({ no, nextUpdate, entries }: z.infer<typeof payload>) {
    this.no = no;
    this.nextUpdate = Date.parse(nextUpdate);
    this.#entries = new Map(entries.flatMap((entry) => (entry.aaguid ? [[entry.aaguid, entry] as const] : [])));
  }

  /**
   * Reads the list as it is downloaded. `roots` (PEM) stand in for GlobalSign's, with any name of the signer. Throws an
   * error that names the option and says why.
   */
  static read(text: string, given: { readonly now: number; readonly roots?: string }): Metadata {
    if (text.length > largest) throw fault('is larger than 64 MB');
    const parts = text.trim().split('.');
    const [head, body, signature] = parts;
    const parsedHead = header.safeParse(json(head));
    if (parts.length !== 3 || !parsedHead.success) throw fault('is no signed list (a JWT with its certificates)');
    const { alg, x5c } = parsedHead.data;
    const chain = certificatesOf(x5c.map((one) => Buffer.from(one, 'base64')));
    const roots = given.roots === undefined ? globalSignRoots() : rootsOf(given.roots);
    if (!leadsTo(roots, chain, given.now)) {
      throw fault('is signed by certificates that do not lead to the root, or are past their date');
    }
    // Any site's certificate leads to the same root: only one may speak for FIDO.
    if (given.roots === undefined && chain[0]?.checkHost(signer) === undefined) {
      throw fault(`is not signed by ${signer}`);
    }
    if (!isSigned(alg, `${head}.${body}`, signature, chain[0])) throw fault('has a signature that is not right');
    const parsed = payload.safeParse(json(body));
    if (!parsed.success) throw fault('is signed, but not as MDS3 is written');
    return new Metadata(parsed.data);
  }

  /** How many models it knows. */
  get size(): number {
    return this.#entries.size;
  }

  /** Whether a newer list is due: a warning, since an old list is better than none (MDS3 §3.2). */
  isOverdue(now: number): boolean {
    return now > this.nextUpdate + 24 * 60 * 60 * 1000;
  }

  /** What is known of a model. */
  of(aaguid: string): Model | undefined {
    const entry = this.#entries.get(aaguid.toLowerCase());
    if (!entry) return undefined;
    const statement = entry.metadataStatement;
    return {
      description: statement?.description,
      roots: certificatesOf((statement?.attestationRootCertificates ?? []).map((one) => Buffer.from(one, 'base64'))),
      statuses: entry.statusReports.map(({ status }) => status),
    };
  }
}

/** Whether any of these reports ends trust in a model. */
export const isRevoked = (statuses: readonly string[]): boolean => statuses.some((status) => bad.has(status));

const fault = (why: string): Error => new Error(`SECONDLOCK_FIDO_METADATA: the file ${why}.`);

function json(part: string | undefined): unknown {
  try {
    return JSON.parse(Buffer.from(part ?? '', 'base64url').toString());
  } catch {
    return undefined;
  }
}

/** Those that can be read: one that cannot leads nowhere. */
function certificatesOf(given: readonly (Buffer | string)[]): X509Certificate[] {
  return given.flatMap((one) => {
    try {
      return [new X509Certificate(one)];
    } catch {
      return [];
    }
  });
}

/** GlobalSign's roots, as this Node brings them. */
export function globalSignRoots(): X509Certificate[] {
  return certificatesOf(rootCertificates).filter(({ fingerprint256 }) => rootPrints.includes(fingerprint256));
}

function rootsOf(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const roots = certificatesOf(blocks);
  if (roots.length > 0 && roots.length === blocks.length) return roots;
  throw new Error('SECONDLOCK_FIDO_METADATA_ROOT: the file holds no certificate in PEM, or one that cannot be read.');
}

/** RFC 7518 §3; the kind of key follows from the certificate, never from the header alone. */
function isSigned(
  alg: 'ES256' | 'RS256' | 'PS256',
  data: string,
  signature: string | undefined,
  by: X509Certificate | undefined,
): boolean {
  const key = by?.publicKey;
  if (!key || key.asymmetricKeyType !== (alg === 'ES256' ? 'ec' : 'rsa')) return false;
  const bytes = Buffer.from(signature ?? '', 'base64url');
  const how = {
    ES256: { key, dsaEncoding: 'ieee-p1363' as const },
    RS256: { key, padding: constants.RSA_PKCS1_PADDING },
    PS256: { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST },
  }[alg];
  return verifySignature('sha256', Buffer.from(data), how, bytes);
}
