import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { toolsOf } from '../../../test/provider.ts';
import type { Rendered, Sender } from '../deliver.ts';
import { Undeliverable } from '../undeliverable.ts';
import { smtp } from './smtp.ts';

const dir = mkdtempSync(join(tmpdir(), 'secondlock-smtp-'));
const at = (name: string): string => join(dir, name);
const pem = (name: string): string => readFileSync(at(name), 'utf8');

/** An authority of our own, and certificates of it for `localhost` and for another host. */
function makeCertificates(): void {
  const openssl = (...given: string[]): void => void execFileSync('openssl', given, { stdio: 'pipe', cwd: dir });
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl('req', '-x509', ...curve, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=Test authority', '-days', '2');
  for (const host of ['localhost', 'elsewhere.example.org']) {
    const subject = ['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`, '-days', '2'];
    openssl(
      'req',
      '-x509',
      ...curve,
      '-CA',
      'ca.pem',
      '-CAkey',
      'ca.key',
      '-keyout',
      `${host}.key`,
      '-out',
      `${host}.pem`,
      ...subject,
    );
  }
}

interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly user: string | undefined;
  readonly secure: boolean;
  readonly data: string;
}

interface Relay {
  readonly port: number;
  readonly mails: Mail[];
  readonly connections: number;
}

/** A relay that demands STARTTLS and a password, unless told otherwise. */
async function relay(t: TestContext, changed: SMTPServerOptions = {}, host = 'localhost'): Promise<Relay> {
  const mails: Mail[] = [];
  let connections = 0;
  const server = new SMTPServer({
    key: pem(`${host}.key`),
    cert: pem(`${host}.pem`),
    authMethods: ['PLAIN', 'LOGIN'],
    // Kept connections need not run out before a test is over.
    closeTimeout: 1,
    onConnect: (_session, done) => {
      connections += 1;
      done();
    },
    onAuth: ({ username, password }, _session, done) =>
      username === 'mailer' && password === 'p@ss:word'
        ? done(null, { user: username })
        : done(new Error('no such user')),
    onRcptTo: ({ address }, _session, done) =>
      done(
        address.startsWith('unknown') ? Object.assign(new Error(`no mailbox ${address}`), { responseCode: 550 }) : null,
      ),
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        const from = mailFrom ? mailFrom.address : '';
        const to = rcptTo.map(({ address }) => address);
        mails.push({ from, to, user: session.user, secure: session.secure, data: Buffer.concat(chunks).toString() });
        done();
      });
    },
    ...changed,
  });
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => new Promise<void>((resolve) => server.close(resolve)));
  const address = server.server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    mails,
    get connections() {
      return connections;
    },
  };
}

function sender(t: TestContext, url: string, ca: string | undefined = pem('ca.pem')): Sender {
  const opened = smtp.open(smtp.options.parse(ca ? { url, ca } : { url }), toolsOf('smtp'));
  t.after(() => opened.close());
  return opened;
}

const mail: Rendered = {
  channel: 'email',
  to: 'ann@example.org',
  from: { name: 'Acme Mail', address: 'no-reply@acme.example' },
  subject: 'Your sign-in code for Acme Mail',
  text: 'Your code:\n\n012345\n',
  html: '<p>012345</p>',
  id: 'abc_DEF-123',
};
const login = 'mailer:p%40ss%3Aword@';

before(makeCertificates);
after(() => rmSync(dir, { recursive: true }));

describe('SMTP', () => {
  test('OOB-11 a mail goes over STARTTLS, signed in, to the one recipient', async (t) => {
    const { port, mails } = await relay(t);
    await sender(t, `smtp://${login}localhost:${port}`).send(mail);
    const [got] = mails;
    assert.equal(mails.length, 1);
    assert.equal(got?.secure, true);
    assert.equal(got?.user, 'mailer');
    assert.equal(got?.from, 'no-reply@acme.example');
    assert.deepEqual(got?.to, ['ann@example.org']);
    assert.match(got?.data ?? '', /^Message-ID: <abc_DEF-123@acme\.example>\r$/m);
    assert.match(got?.data ?? '', /^From: Acme Mail <no-reply@acme\.example>\r$/m);
    assert.match(got?.data ?? '', /^Auto-Submitted: auto-generated\r$/m);
    assert.match(got?.data ?? '', /multipart\/alternative/);
    assert.doesNotMatch(got?.data ?? '', /nodemailer|X-Mailer/i);
  });

  test('OOB-11 a mail goes over TLS from the first byte', async (t) => {
    const { port, mails } = await relay(t, { secure: true });
    await sender(t, `smtps://${login}localhost:${port}`).send(mail);
    assert.equal(mails.length, 1);
  });

  test('OOB-11 a relay without STARTTLS gets nothing, neither mail nor password', async (t) => {
    const asked: number[] = [];
    const without = { disabledCommands: ['STARTTLS'], allowInsecureAuth: true, onAuth: () => void asked.push(1) };
    const { port, mails } = await relay(t, without);
    await assert.rejects(sender(t, `smtp://${login}localhost:${port}`).send(mail), /ETLS|STARTTLS/);
    assert.equal(mails.length + asked.length, 0);
  });

  test('OOB-11 a certificate of an unknown authority, and of another host, are refused', async (t) => {
    const own = await relay(t);
    await assert.rejects(sender(t, `smtp://${login}localhost:${own.port}`, '').send(mail), /certificate/);
    const other = await relay(t, {}, 'elsewhere.example.org');
    await assert.rejects(sender(t, `smtp://${login}localhost:${other.port}`).send(mail), /altnames|ERR_TLS/i);
    const direct = await relay(t, { secure: true });
    await assert.rejects(sender(t, `smtps://${login}localhost:${direct.port}`, '').send(mail), /certificate/);
    assert.equal(own.mails.length + other.mails.length + direct.mails.length, 0);
  });

  test('OOB-11 no part of the address can weaken the connection', () => {
    for (const url of [
      'smtp://localhost:25?tls.rejectUnauthorized=false',
      'smtps://localhost?ignoreTLS=true',
      'smtp://localhost:25#x',
      'http://localhost',
      'localhost:25',
      '',
    ]) {
      assert.equal(smtp.options.safeParse({ url }).success, false, url);
    }
  });

  test('a wrong password is an error that can be tried again, without the mail in it', async (t) => {
    const { port, mails } = await relay(t);
    await assert.rejects(sender(t, `smtp://mailer:wrong@localhost:${port}`).send(mail), (error: Error) => {
      assert.ok(!(error instanceof Undeliverable));
      assert.match(error.message, /EAUTH/);
      assert.doesNotMatch(error.message, /012345|wrong/);
      return true;
    });
    assert.equal(mails.length, 0);
  });

  test('a mailbox that is not there is final, and its address is not repeated', async (t) => {
    const { port } = await relay(t);
    const sent = sender(t, `smtp://${login}localhost:${port}`).send({ ...mail, to: 'unknown@example.org' });
    await assert.rejects(
      sent,
      (error: Error) => error instanceof Undeliverable && !error.message.includes('example.org'),
    );
  });

  test('a relay that is not there is an error that can be tried again', async (t) => {
    await assert.rejects(sender(t, 'smtp://localhost:1').send(mail), /ESOCKET|ECONNREFUSED/);
  });

  test('connections are kept and used again', async (t) => {
    const here = await relay(t);
    const pooled = sender(t, `smtp://${login}localhost:${here.port}`);
    for (let i = 0; i < 10; i += 1) await pooled.send({ ...mail, id: `m${i}` });
    assert.equal(here.mails.length, 10);
    assert.equal(here.connections, 1);
  });
});

describe('headers', () => {
  test('OOB-03 OOB-10 no value makes a header or a recipient', async (t) => {
    const { port, mails } = await relay(t);
    const opened = sender(t, `smtp://${login}localhost:${port}`);
    const hostile = 'Eve\r\nBcc: all@example.org\r\n\r\n<script>';
    await opened.send({ ...mail, subject: hostile, from: { name: hostile, address: mail.from.address } });
    const [got] = mails;
    assert.deepEqual(got?.to, ['ann@example.org']);
    const head = got?.data.slice(0, got.data.indexOf('\r\n\r\n')) ?? '';
    assert.doesNotMatch(head, /^Bcc:/im);
    assert.match(head, /^Content-Type: multipart/m);
    const places = [
      'a@b.c, d@e.f',
      'a@b.c\r\nBcc: d@e.f',
      '<a@b.c>',
      'a@b.c;d@e.f',
      '"x" <a@b.c>',
      'a b@c.d',
      'nobody',
      '',
      'a@b@c',
    ];
    for (const to of places) await assert.rejects(opened.send({ ...mail, to }), Undeliverable, to);
    await assert.rejects(opened.send({ ...mail, id: 'x>\r\nBcc: a@b.c' }), /cannot stand in a header/);
    await assert.rejects(opened.send({ ...mail, from: { name: '', address: 'x@y.z, a@b.c' } }), /sender is not one/);
    assert.equal(mails.length, 1);
  });

  test('names and addresses of any script arrive', async (t) => {
    const { port, mails } = await relay(t);
    const from = { name: 'Почта «Ω», Inc.', address: mail.from.address };
    await sender(t, `smtp://${login}localhost:${port}`).send({ ...mail, from, to: 'ann@bücher.example' });
    // The relay was told xn--bcher-kva.example, and reads it back.
    assert.deepEqual(mails[0]?.to, ['ann@bücher.example']);
    assert.match(mails[0]?.data ?? '', /^To: ann@xn--bcher-kva\.example\r$/m);
    assert.match(mails[0]?.data ?? '', /^From: =\?UTF-8\?/m);
  });
});
