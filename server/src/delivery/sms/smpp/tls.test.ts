import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { createServer } from 'node:tls';
import { account, type Smsc, startSmsc } from '../../../../test/peers/smsc.ts';
import { toolsOf } from '../../../../test/provider.ts';
import type { Rendered, Sender } from '../../deliver.ts';
import { smpp } from '../smpp.ts';

const dir = mkdtempSync(join(tmpdir(), 'secondlock-smpp-'));
const pem = (name: string): string => readFileSync(join(dir, name), 'utf8');
const message: Rendered = {
  channel: 'sms',
  to: '+4915123456789',
  from: { name: 'Acme', address: 'no-reply@acme.example' },
  text: '012345',
  id: 'abc_DEF-123',
};

/** Certificates that sign themselves, for `localhost` and for another host. */
function makeCertificates(): void {
  for (const host of ['localhost', 'elsewhere.example.org']) {
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', `${host}.key`];
    const subject = ['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`, '-days', '2'];
    execFileSync('openssl', ['req', '-x509', ...key, '-out', `${host}.pem`, ...subject], { cwd: dir, stdio: 'pipe' });
  }
}

interface Guarded {
  readonly smsc: Smsc;
  readonly port: number;
  /** Bytes that came through TLS. */
  heard(): number;
}

/** The message centre behind TLS, with the certificate of `host`. */
async function guarded(t: TestContext, host = 'localhost'): Promise<Guarded> {
  const smsc = await startSmsc(t);
  let heard = 0;
  const server = createServer({ key: pem(`${host}.key`), cert: pem(`${host}.pem`) }, (socket) => {
    const inner = connect(smsc.port, '127.0.0.1');
    socket.on('data', (chunk: Buffer) => {
      heard += chunk.length;
    });
    for (const end of [inner, socket]) end.on('error', () => end.destroy());
    socket.on('close', () => inner.destroy());
    inner.on('close', () => socket.destroy());
    socket.pipe(inner).pipe(socket);
  });
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return { smsc, port: (server.address() as AddressInfo).port, heard: () => heard };
}

function open(t: TestContext, url: string, ca?: string): Sender {
  const sender = smpp.open(
    smpp.options.parse({ url, ...account, answerSeconds: 1, ...(ca ? { ca } : {}) }),
    toolsOf('smpp'),
  );
  t.after(() => sender.close());
  return sender;
}

before(makeCertificates);
after(() => rmSync(dir, { recursive: true }));

describe('SMPP over TLS', () => {
  test('OOB-11 a message goes to an SMSC whose certificate is good', async (t) => {
    const { smsc, port } = await guarded(t);
    await open(t, `ssmpp://localhost:${port}`, pem('localhost.pem')).send(message);
    assert.equal((await smsc.next('message')).text, '012345');
  });

  test('OOB-11 a certificate of an unknown authority, and of another host, are refused before a word is said', async (t) => {
    const own = await guarded(t);
    await assert.rejects(open(t, `ssmpp://localhost:${own.port}`).send(message), /SELF_SIGNED|certificate/i);
    const other = await guarded(t, 'elsewhere.example.org');
    const sender = open(t, `ssmpp://localhost:${other.port}`, pem('elsewhere.example.org.pem'));
    await assert.rejects(sender.send(message), /ERR_TLS_CERT_ALTNAME_INVALID/);
    const byNumber = open(t, `ssmpp://127.0.0.1:${own.port}`, pem('localhost.pem'));
    await assert.rejects(byNumber.send(message), /ERR_TLS_CERT_ALTNAME_INVALID/);
    assert.equal(own.heard() + other.heard(), 0);
  });

  test('OOB-11 an SMSC that speaks no TLS gets nothing', async (t) => {
    const smsc = await startSmsc(t);
    const sender = open(t, `ssmpp://localhost:${smsc.port}`, pem('localhost.pem'));
    await assert.rejects(sender.send(message));
    assert.ok(!smsc.told.some(({ event }) => ['bound', 'refused', 'message'].includes(event)));
  });

  test('OOB-11 plain SMPP leaves this machine only where the operator says so', () => {
    const parses = (url: string, more: object = {}): boolean =>
      smpp.options.safeParse({ url, ...account, ...more }).success;
    for (const url of ['smpp://localhost', 'smpp://127.0.0.1:2775', 'smpp://[::1]:2775/', 'ssmpp://smsc.example.org']) {
      assert.ok(parses(url), url);
    }
    for (const url of ['smpp://smsc.example.org:2775', 'smpp://10.0.0.1', 'smpp://127.0.0.1.example.org']) {
      assert.ok(!parses(url), url);
      assert.ok(parses(url, { insecure: true }), url);
    }
    for (const url of [
      'ssmpp://user:password@smsc.example.org',
      'ssmpp://smsc.example.org?tls=false',
      'ssmpp://smsc.example.org/#x',
      'ssmpp://smsc.example.org/path',
      'https://smsc.example.org',
      'smsc.example.org:2775',
      'ssmpp://',
      '',
    ]) {
      assert.ok(!parses(url, { insecure: true }), url);
    }
  });
});
