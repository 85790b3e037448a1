/** A mail relay of the tests' own, which a server sends to over SMTP, and the certificates that it may show. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

const folder = mkdtempSync(join(tmpdir(), 'secondlock-authority-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const made = new Set<string>();

/** Files of a certificate for a host, signed by an authority of our own: the one that servers trust, or a stranger. */
export function certificate(host: string, authority: 'trusted' | 'stranger' = 'trusted') {
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  const once = (name: string, ...given: string[]): void => {
    if (made.has(name)) return;
    made.add(name);
    const files = ['-keyout', `${name}.key`, '-out', `${name}.pem`];
    execFileSync('openssl', ['req', '-x509', ...curve, ...files, ...given], { cwd: folder, stdio: 'pipe' });
  };
  const signed = `${host}-${authority}`;
  once(authority, '-subj', `/CN=${authority}`);
  const name = ['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`];
  once(signed, ...name, '-CA', `${authority}.pem`, '-CAkey', `${authority}.key`);
  const at = (file: string): string => join(folder, file);
  return { authority: at(`${authority}.pem`), cert: at(`${signed}.pem`), key: at(`${signed}.key`) };
}

/** A mail as the relay took it. */
export interface Mail {
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  /** The text part, decoded. */
  readonly text: string;
}

const user = 'mailer';
const password = 'p@ss:word';

/** How a relay may be wrong: a certificate nobody vouches for, one of another host, or no TLS at all. */
export type Fault = 'stranger' | 'elsewhere' | 'no-starttls';

/** A relay that demands STARTTLS and a password. Closed and opened again, it is on the same port. */
export class Relay {
  readonly mails: Mail[] = [];
  /** How often a password was offered to it. */
  asked = 0;
  /** Connections in all. */
  connections = 0;
  #server: SMTPServer | undefined;
  #port = 0;
  readonly #fault: Fault | undefined;
  readonly #read = new Map<string, number>();

  constructor(fault?: Fault) {
    this.#fault = fault;
  }

  /** What a server must be told to send here. */
  get environment(): Record<string, string> {
    const url = `smtp://${user}:${encodeURIComponent(password)}@localhost:${this.#port}`;
    return { SECONDLOCK_SMTP_URL: url, SECONDLOCK_SMTP_CA: certificate('localhost').authority };
  }

  async open(): Promise<this> {
    const host = this.#fault === 'elsewhere' ? 'elsewhere.example.org' : 'localhost';
    const { cert, key } = certificate(host, this.#fault === 'stranger' ? 'stranger' : 'trusted');
    const plain = this.#fault === 'no-starttls' ? { disabledCommands: ['STARTTLS'], allowInsecureAuth: true } : {};
    const server = new SMTPServer({
      ...{ cert: readFileSync(cert), key: readFileSync(key), authMethods: ['PLAIN', 'LOGIN'], closeTimeout: 1 },
      ...this.#events(),
      ...plain,
    });
    server.on('error', () => {});
    await new Promise<void>((done) => server.listen(this.#port, '127.0.0.1', done));
    const address = server.server.address();
    if (typeof address === 'object' && address) this.#port = address.port;
    this.#server = server;
    return this;
  }

  #events(): SMTPServerOptions {
    return {
      onConnect: (_session, done) => {
        this.connections += 1;
        done();
      },
      onAuth: (given, _session, done) => {
        this.asked += 1;
        const right = given.username === user && given.password === password;
        done(right ? null : new Error('no such user'), { user });
      },
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const to = session.envelope.rcptTo[0]?.address ?? '';
          this.mails.push(readMail(to, Buffer.concat(chunks).toString()));
          done();
        });
      },
    };
  }

  /** Hangs up and takes no more. */
  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server) await new Promise<void>((done) => server.close(() => done()));
  }

  mailsTo = (address: string): Mail[] => this.mails.filter((mail) => mail.to === address);

  /** What the next unread mail to an address has that matches; waits for it. */
  async next(address: string, wanted: RegExp, patience = 15_000): Promise<string> {
    for (let waited = 0; waited < patience; waited += 5) {
      const mails = this.mailsTo(address);
      for (let at = this.#read.get(address) ?? 0; at < mails.length; at += 1) {
        const found = wanted.exec(mails[at]?.text ?? '');
        if (!found) continue;
        this.#read.set(address, at + 1);
        return found[1] ?? found[0];
      }
      await new Promise((done) => setTimeout(done, 5));
    }
    throw new Error(`no mail to ${address} that has ${wanted}`);
  }
}

/** The code in a mail, and the secret of its link. */
export const aCode = /^(\d{6,9})\r?$/m;
export const aLink = /#[\w-]+\.([\w-]+)/;

function readMail(to: string, raw: string): Mail {
  const header = (name: string): string => new RegExp(`^${name}: (.*?)\\r?$`, 'im').exec(raw)?.[1] ?? '';
  const text = /Content-Type: text\/plain[\s\S]*?\r\n\r\n([\s\S]*?)\r\n--/i.exec(raw)?.[1] ?? '';
  const decoded = text
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return { id: header('Message-ID'), to, subject: header('Subject'), text: decoded };
}
