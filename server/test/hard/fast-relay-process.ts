/** The process of `fast-relay.ts`: takes every mail over STARTTLS and tells which ones came, when it is asked. */
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

const [cert = '', key = ''] = process.argv.slice(2);
const came: string[] = [];

const server = new SMTPServer({
  cert: readFileSync(cert),
  key: readFileSync(key),
  authOptional: true,
  disableReverseLookup: true,
  onData: (stream, _session, done) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      came.push(/^Message-ID: <([\w-]+)@/im.exec(Buffer.concat(chunks).toString('latin1'))?.[1] ?? '');
      done();
    });
  },
});
server.on('error', () => {});
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.server.address() as AddressInfo).port }));
process.on('message', () => process.send?.({ came: came.splice(0) }));
// Whoever started it is gone.
process.on('disconnect', () => process.exit());
