/** Every option: its name, default and one-line description. The manual is generated from this file. */
import { z } from 'zod';

const list = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);

const fromJson = (given: unknown): unknown => {
  if (typeof given !== 'string') return given;
  try {
    return JSON.parse(given);
  } catch {
    // Its message would repeat a piece of the text, which may be a secret.
    return undefined;
  }
};

/** Accounts of providers, in order; each entry is parsed by its provider's own schema (delivery/accounts.ts). */
const accounts = z
  .preprocess(fromJson, z.array(z.record(z.string(), z.unknown()), 'must be a JSON array of accounts'))
  .default([]);

const country = z.string().regex(/^[A-Z]{2}$/, 'must be a country of two capital letters, as `DE`');

const csv = z.union([z.array(z.string()), z.string().transform(list)]);

/** Whether nobody on the way reads what is sent there. */
const isPrivate = (text: string): boolean => {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, search, hash } = new URL(text);
  const here = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
  return (protocol === 'https:' || (protocol === 'http:' && here)) && search === '' && hash === '';
};

const isSecureOrigin = (text: string): boolean =>
  URL.canParse(text) && new URL(text).protocol === 'https:' && new URL(text).origin === text;

/** The options, as a file or the environment gives them; the environment wins. Lengths of time are in seconds. */
export const options = z.object({
  PORT: z.coerce.number().int().min(0).max(65535).default(2322).describe('Port to listen on.'),
  SECONDLOCK_HOST: z.string().optional().describe('Address to listen on; 127.0.0.1 unless set.'),
  SECONDLOCK_DATA_DIR: z.string().min(1).default('./data').describe('Folder of the embedded database and the keys.'),
  SECONDLOCK_ORIGIN: csv
    .default(['http://localhost:2322'])
    .describe(
      'Origin(s) that people use, comma-separated; links are built from the first. It follows PORT unless set.',
    ),
  SECONDLOCK_DATABASE_URL: z
    .string()
    .optional()
    .describe('`postgres://…` for PostgreSQL; the embedded SQLite file in the data folder unless set.'),
  SECONDLOCK_KEYS: z
    .string()
    .optional()
    .describe('Sealing keys as `id:base64,id:base64`, 32 bytes each: the first seals, all open.'),
  SECONDLOCK_NAME: z.string().min(1).max(60).default('Secondlock').describe('Name of the service, in pages and mails.'),
  SECONDLOCK_SMTP_URL: z
    .string()
    .optional()
    .describe('`smtps://user:password@host:465`, or `smtp://…:587` (STARTTLS is then required).'),
  SECONDLOCK_SMTP_CA: z
    .string()
    .optional()
    .describe('PEM file with the authority that signed the relay’s certificate.'),
  SECONDLOCK_EMAIL: accounts.describe(
    'Accounts that e-mail leaves by, tried in order, as JSON: `[{"provider":"mailgun","name":"main",…}]`; after SECONDLOCK_SMTP_URL where both are set.',
  ),
  SECONDLOCK_SMS: accounts.describe(
    'Accounts that SMS leave by, tried in order, as JSON: `[{"provider":"twilio","name":"twilio-us","prefixes":["+1"],…}]`.',
  ),
  SECONDLOCK_ROUTE_BY: z
    .enum(['order', 'conversion'])
    .default('order')
    .describe('Whether accounts are tried as listed, or those first whose codes come back most.'),
  SECONDLOCK_DELIVERY_TIMEOUT: z.coerce
    .number()
    .int()
    .min(1)
    .max(60)
    .default(3)
    .describe('Seconds that an account has to take a message before the next one is tried.'),
  SECONDLOCK_MAIL_FROM: z.string().default('no-reply@localhost').describe('Sender address of every mail.'),
  SECONDLOCK_PUSH_SERVICES: csv
    .refine((origins) => origins.every(isSecureOrigin), 'must be https origins, as `https://push.example.org`')
    .default([])
    .describe(
      'Origins of push services of your own, comma-separated: these may be inside your network and on any port, all others must be in the internet.',
    ),
  SECONDLOCK_PUSH_CA: z
    .string()
    .optional()
    .describe('PEM file with the authority that signed the certificates of those push services.'),
  SECONDLOCK_TRUSTED_PROXIES: csv
    .default([])
    .describe('Addresses or ranges of reverse proxies whose forwarding headers are believed; none unless set.'),
  SECONDLOCK_TLS_CERT: z.string().optional().describe('PEM file of the certificate chain, where TLS ends here.'),
  SECONDLOCK_TLS_KEY: z.string().optional().describe('PEM file of its private key.'),
  SECONDLOCK_PROFILE: z
    .enum(['balanced', 'nist', 'pci', 'psd2'])
    .default('balanced')
    .describe('One switch that sets every limit, length and term.'),
  SECONDLOCK_REGISTRATION: z
    .enum(['open', 'invited', 'closed'])
    .default('open')
    .describe('Who may register: anyone, whoever holds an invitation, or nobody.'),
  SECONDLOCK_GEO_DB: z
    .string()
    .optional()
    .describe('MaxMind-format file that turns an address into a country or city.'),
  SECONDLOCK_CODE_LENGTH: z.coerce
    .number()
    .int()
    .min(6)
    .max(9)
    .default(6)
    .describe('Digits of a code that is sent, 6 to 9.'),
  SECONDLOCK_CODE_LIFETIME: z.coerce
    .number()
    .int()
    .min(60)
    .max(600)
    .default(300)
    .describe('Seconds that a sign-in code that is sent lives, at most 600.'),
  SECONDLOCK_SMS_COUNTRY: country
    .optional()
    .describe('Country (`DE`) whose phone numbers may be typed without a country code; none unless set.'),
  SECONDLOCK_SMS_COUNTRIES: z
    .preprocess((given) => (typeof given === 'string' ? list(given) : given), z.array(country))
    .default([])
    .describe('The only countries whose numbers get codes by SMS, comma-separated (`DE,AT,CH`); all unless set.'),
  SECONDLOCK_SMS_RISK_URL: z
    .string()
    .optional()
    .describe('Service that is asked before each SMS what is known against the number; see [sms.md](sms.md).'),
  SECONDLOCK_SMS_RISK_SECRET: z
    .string()
    .min(32)
    .optional()
    .describe('Key that requests to it are signed with, 32 characters or more.'),
  SECONDLOCK_SMS_RISK_DOUBT: z
    .enum(['refuse', 'allow'])
    .default('refuse')
    .describe('What follows where it does not answer: no SMS, or an SMS as if nothing were known.'),
  SECONDLOCK_WEBAUTHN_RP_ID: z
    .string()
    .regex(/^[a-z0-9.-]+$/)
    .optional()
    .describe(
      'Name that passkeys are made for; the first origin’s host, or a domain above it. Another name ends them all.',
    ),
  SECONDLOCK_WEBAUTHN_ATTESTATION: z
    .enum(['none', 'required'])
    .default('none')
    .describe(
      'Whether a new passkey must prove which authenticator it is on; needs the list of the next option but two.',
    ),
  SECONDLOCK_WEBAUTHN_ALLOW: csv
    .default([])
    .describe('AAGUIDs of the only authenticators that are taken; needs attestation to be required.'),
  SECONDLOCK_WEBAUTHN_DENY: csv.default([]).describe('AAGUIDs of authenticators that are not taken.'),
  SECONDLOCK_FIDO_METADATA: z
    .string()
    .optional()
    .describe('File with the FIDO Metadata Service’s list of authenticators (the signed BLOB), as you fetched it.'),
  SECONDLOCK_FIDO_METADATA_ROOT: z
    .string()
    .optional()
    .describe('PEM file with the root that the list is signed under, where it is not FIDO’s own.'),
  SECONDLOCK_WEBAUTHN_NAMES: z
    .string()
    .optional()
    .describe(
      'JSON file with names and pictures of authenticators by AAGUID, laid over those that come with the server.',
    ),
  SECONDLOCK_WEBAUTHN_CLONES: z
    .enum(['refuse', 'accept'])
    .default('refuse')
    .describe('What becomes of a key whose signature counter did not grow, as that of a copy would; told either way.'),
  SECONDLOCK_PUSH_DIGITS: z.coerce
    .number()
    .int()
    .refine((n) => n === 2 || n === 6, 'must be 2 or 6')
    .default(2)
    .describe('Digits to type on a phone to approve, 2 or 6; six reach `aal2`. The profile’s number where it is more.'),
  SECONDLOCK_TOTP_ALGORITHM: z
    .enum(['SHA1', 'SHA256', 'SHA512'])
    .default('SHA1')
    .describe('Hash of new authenticator apps; many apps know only SHA1.'),
  SECONDLOCK_TOTP_DIGITS: z.coerce
    .number()
    .int()
    .refine((n) => n === 6 || n === 8, 'must be 6 or 8')
    .default(6)
    .describe('Digits of new authenticator apps, 6 or 8.'),
  SECONDLOCK_YUBICO_URL: csv
    .refine((urls) => urls.every(isPrivate), 'must be https, or http on this machine, without a query')
    .default([])
    .describe(
      'Validation server(s) for Yubico OTP, tried in order: `https://api.yubico.com/wsapi/2.0/verify` or your own; YubiKeys are offered where this and the next two are set.',
    ),
  SECONDLOCK_YUBICO_CLIENT_ID: z
    .string()
    .regex(/^[0-9]+$/, 'must be a number')
    .optional()
    .describe('Number under which the validation server knows this service.'),
  SECONDLOCK_YUBICO_SECRET: z
    .base64('must be base64')
    .min(1)
    .optional()
    .describe('Key shared with the validation server, base64: requests and answers are signed with it.'),
  SECONDLOCK_ARGON2_MEMORY: z.coerce
    .number()
    .int()
    .min(19456)
    .default(19456)
    .describe('Memory of a password hash in KiB, 19456 at least.'),
  SECONDLOCK_ARGON2_TIME: z.coerce.number().int().min(2).default(2).describe('Passes of a password hash, 2 at least.'),
  SECONDLOCK_LOG_LEVEL: z
    .enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'])
    .default('info')
    .describe('How much is logged.'),
  NODE_ENV: z.string().default('development').describe('`production` turns development mode off.'),
});

/** The options, parsed. */
export type Options = z.infer<typeof options>;

/** Whether development mode is on: loopback only, mails kept at /dev/outbox. */
export const isDevelopment = (given: Options): boolean => given.NODE_ENV !== 'production';

/**
 * Reads the options out of a file's content and the environment, the latter winning.
 * Throws an error whose message names each option that is wrong and why.
 */
export function readOptions(file: Record<string, unknown>, environment: NodeJS.ProcessEnv): Options {
  const named = Object.fromEntries(
    Object.entries(environment).filter(([name, value]) => name in options.shape && value !== undefined && value !== ''),
  );
  const meant = Object.keys(environment).filter((name) => /^SECONDLOCK_(?!TEST_)/.test(name));
  const unknown = [...Object.keys(file), ...meant].filter((name) => !(name in options.shape));
  if (unknown.length > 0) throw new Error(`The configuration names unknown options: ${unknown.join(', ')}`);
  const parsed = options.safeParse({ ...file, ...named });
  if (parsed.success) {
    const own = 'SECONDLOCK_ORIGIN' in file || 'SECONDLOCK_ORIGIN' in named;
    // Whoever only moves the port is still served where they are told.
    return own ? parsed.data : { ...parsed.data, SECONDLOCK_ORIGIN: [`http://localhost:${parsed.data.PORT}`] };
  }
  const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`The configuration is not right:\n${lines.join('\n')}`);
}
