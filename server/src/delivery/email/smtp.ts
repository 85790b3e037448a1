/** E-mail by an SMTP relay, over verified TLS or not at all (ASVS 12.3.1: a code must not travel in clear). */
import { createTransport } from 'nodemailer';
import { z } from 'zod';
import type { Provider, Rendered, Sender, Tools } from '../deliver.ts';
import { Undeliverable } from '../undeliverable.ts';
import { automatic, envelopeOf, headerText } from './address.ts';

/** What the relay's address must look like; anything behind it (`?…`) is refused, so that it can weaken nothing. */
const relay = z
  .url({ protocol: /^smtps?$/ })
  .refine((text) => !/[?#]/.test(text), 'must end with the port')
  .describe('`smtps://user:password@host:465`, or `smtp://…:587` (STARTTLS is then required).');

const smtpOptions = z.object({
  url: relay,
  ca: z
    .string()
    .optional()
    .describe('PEM text of the authority that signed the relay’s certificate, if not a public one.'),
});

/** Options of {@link smtp}. */
export type SmtpOptions = z.infer<typeof smtpOptions>;

const connections = 5;
const seconds = 1000;

function connectionOf({ url, ca }: SmtpOptions) {
  const { protocol, hostname, port, username, password } = new URL(url);
  const secure = protocol === 'smtps:';
  const auth = username ? { user: decodeURIComponent(username), pass: decodeURIComponent(password) } : undefined;
  return {
    pool: true as const,
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port ? Number(port) : secure ? 465 : 587,
    secure,
    requireTLS: true,
    ...(auth ? { auth } : {}),
    tls: { rejectUnauthorized: true, minVersion: 'TLSv1.2' as const, ...(ca ? { ca } : {}) },
    // As many as the outbox sends at once, so that no message waits inside the pool beyond its time-out.
    maxConnections: connections,
    connectionTimeout: 10 * seconds,
    greetingTimeout: 10 * seconds,
    socketTimeout: 20 * seconds,
    dnsTimeout: 10 * seconds,
    // The protocol log would hold codes and passwords (ASVS 16.2.5).
    logger: false as const,
    debug: false,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

function mailOf(message: Rendered) {
  const { subject = '', text, html } = message;
  const { to, from, messageId } = envelopeOf(message);
  return {
    from,
    to: { name: '', address: to },
    envelope: { from: from.address, to: [to] },
    subject: headerText(subject),
    text,
    ...(html === undefined ? {} : { html }),
    messageId: `<${messageId}>`,
    headers: automatic,
    xMailer: false as const,
  };
}

/** What may be kept and logged of a failure: relays like to repeat the recipient and the content in their answers. */
function cleaned(error: unknown): Error {
  if (!(error instanceof Error) || error instanceof Undeliverable) return error as Error;
  const { code = '', responseCode = 0, message } = error as Error & { code?: string; responseCode?: number };
  if (code === 'EENVELOPE' && responseCode >= 500) return new Undeliverable(`recipient refused, ${responseCode}`);
  if (code === 'EENVELOPE' || code === 'EMESSAGE') return new Error(`message not taken, ${responseCode || code}`);
  return new Error(`${code || 'error'}: ${headerText(message).slice(0, 200)}`);
}

function open(options: SmtpOptions, { name }: Tools): Sender {
  const transport = createTransport(connectionOf(options));
  return {
    name,
    atOnce: connections,
    send: async (message) => {
      try {
        await transport.sendMail(mailOf(message));
        return {};
      } catch (error) {
        throw cleaned(error);
      }
    },
    close: async () => transport.close(),
  };
}

/** A relay that speaks SMTP. Sending resolves when the relay has taken the mail. */
export const smtp: Provider<SmtpOptions> = { name: 'smtp', channel: 'email', options: smtpOptions, open };
