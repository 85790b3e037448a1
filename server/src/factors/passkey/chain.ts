/**
 * Whether certificates lead to a root that is trusted. The verifier's own path validation is passed by: it takes any
 * certificate for an issuer, asks the system's clock, and fetches the revocation lists that certificates name.
 */
import type { X509Certificate } from 'node:crypto';

/**
 * Whether the first certificate was issued, over the others in their order, by one of the roots (RFC 5280 §6): each is
 * in its time, and each issuer is an authority. Where a root is no authority itself, it stands for the first certificate
 * alone (FIDO Metadata Statement, `attestationRootCertificates`).
 */
export function leadsTo(
  roots: readonly X509Certificate[],
  certificates: readonly X509Certificate[],
  now: number,
): boolean {
  const [first] = certificates;
  if (!first || !isInTime(first, now)) return false;
  const live = roots.filter((root) => isInTime(root, now));
  if (live.some((root) => root.raw.equals(first.raw))) return true;
  for (const [index, certificate] of certificates.entries()) {
    if (live.some((root) => isIssuedBy(certificate, root))) return true;
    const issuer = certificates[index + 1];
    if (!issuer || !isInTime(issuer, now) || !isIssuedBy(certificate, issuer)) return false;
  }
  return false;
}

function isInTime({ validFromDate, validToDate }: X509Certificate, now: number): boolean {
  return validFromDate.getTime() <= now && now <= validToDate.getTime();
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}
