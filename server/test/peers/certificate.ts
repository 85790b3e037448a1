/** Certificates that peers of the tests show. */
import { execFileSync } from 'node:child_process';

/** A key and a certificate for 127.0.0.1, ::1 and these names, signed by nobody: whoever trusts it names it as `ca`. */
export function selfSigned(...names: readonly string[]): { readonly key: string; readonly cert: string } {
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', '-', '-out', '-'];
  const alternatives = ['IP:127.0.0.1', 'IP:::1', ...names.map((name) => `DNS:${name}`)].join(',');
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', `subjectAltName=${alternatives}`];
  const given = ['req', '-x509', ...curve, ...subject, '-days', '2'];
  const pem = execFileSync('openssl', given, { stdio: ['ignore', 'pipe', 'ignore'] }).toString();
  return { key: pem, cert: pem };
}
