/** The process of `fast-centre.ts`: takes every message at once, and tells the texts when it is asked. */
import type { AddressInfo } from 'node:net';
import smpp, { type Unit } from 'smpp';

const texts: string[] = [];

const server = smpp.createServer({}, (session) => {
  session.on('error', () => session.destroy());
  session.on('pdu', (unit: Unit) => {
    if (unit.isResponse()) return;
    if (unit.command !== 'submit_sm') {
      session.send(unit.response());
      return;
    }
    const message = unit.short_message;
    texts.push(typeof message === 'object' && 'message' in message ? message.message.toString() : '');
    session.send(unit.response({ message_id: String(texts.length) }));
  });
});
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('message', () => process.send?.({ texts: texts.splice(0) }));
// Whoever started it is gone.
process.on('disconnect', () => process.exit());
