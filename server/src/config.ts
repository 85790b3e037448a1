/** Every option: its name, default and one-line description. The manual is generated from this file. */
import { z } from 'zod';

const list = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);

const csv = z.union([z.array(z.string()), z.string().transform(list)]);

/** Whether nobody on the way reads what is sent there. */
const isPrivate = (text: string): boolean => {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, search, hash } = new URL(text);
  const here = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
  return (protocol === 'https:' || (protocol === 'http:' && here)) && search === '' && hash === '';
};

/** The options, as a file or the environment gives them; the environment wins. Lengths of time are in seconds. */
export const options = z.object({
  PORT: z.coerce.number().int().min(0).max(65535).default(2322).describe('Port to listen on.'),
  SECONDLOCK_HOST: z.string().optional().describe('Address to listen on; 127.0.0.1 unless set.'),
  SECONDLOCK_DATA_DIR: z.string().min(1).default('./data').describe('Folder of the embedded database and the keys.'),
  SECONDLOCK_ORIGIN: csv
    .default(['http://localhost:2322'])
    .describe('Origin(s) that people use, comma-separated; the first is the one that links are built from.'),
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
  SECONDLOCK_MAIL_FROM: z.string().default('no-reply@localhost').describe('Sender address of every mail.'),
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
  SECONDLOCK_CODE_LENGTH: z.coerce.number().int().min(6).max(9).default(6).describe('Digits of a mailed code, 6 to 9.'),
  SECONDLOCK_CODE_LIFETIME: z.coerce
    .number()
    .int()
    .min(60)
    .max(600)
    .default(300)
    .describe('Seconds that a mailed sign-in code lives, at most 600.'),
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
  const unknown = Object.keys(file).filter((name) => !(name in options.shape));
  if (unknown.length > 0) throw new Error(`The configuration file names unknown options: ${unknown.join(', ')}`);
  const parsed = options.safeParse({ ...file, ...named });
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`The configuration is not right:\n${lines.join('\n')}`);
}
