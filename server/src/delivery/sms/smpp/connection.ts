/** One connection to an SMSC from its bind to its end: requests and answers, keep-alive, what the other side asks. */
import { isIP } from 'node:net';
import smpp, { type Session, type Unit } from 'smpp';
import { Undeliverable } from '../../undeliverable.ts';

/** Where to bind, and as whom. Times in milliseconds. */
export interface Bind {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly ca: string | undefined;
  readonly mode: 'transceiver' | 'transmitter';
  readonly systemId: string;
  readonly password: string;
  readonly systemType: string;
  /** How long connecting and each answer may take. */
  readonly answerMs: number;
  /** How often the other side is asked whether it is there. */
  readonly enquireMs: number;
}

/** What a connection tells whoever holds it. */
export interface Told {
  readonly bound: () => void;
  /** A `deliver_sm` or `data_sm` came; it is acknowledged already. Must not throw. */
  readonly came: (unit: Unit) => void;
  /** It is over; told once, also where the bind failed. `proved`: it had answered something after the bind. */
  readonly ended: (why: Error, proved: boolean) => void;
}

interface Pending {
  readonly command: string;
  readonly resolve: (answer: Unit) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** The recipient is none, here and everywhere (§5.1.3: ESME_RINVDSTADR, ESME_RINVDSTTON, ESME_RINVDSTNPI). */
const finalStatus: ReadonlySet<number> = new Set([0x0b, 0x50, 0x51]);
const invalidCommand = 0x03;
const closeMs = 1000;

const statusNames = new Map(Object.entries(smpp.errors).map(([name, value]) => [value, name]));

function refusal({ command_status: status }: Unit): Error {
  const why = `${statusNames.get(status) ?? 'unknown error'} (0x${status.toString(16)})`;
  return finalStatus.has(status) ? new Undeliverable(`recipient refused: ${why}`) : new Error(`SMSC refused: ${why}`);
}

const lost = (): Error => new Error('the connection was lost');

/** What may be told of a fault: never bytes that the other side chose. */
function faultOf({ code, message, name }: Error & { readonly code?: string }): Error {
  const unreadable = name === 'RangeError' || name === 'TypeError' || /^PDU/.test(message);
  return new Error(unreadable ? 'the SMSC sent what cannot be read' : `${code ?? 'error'}: ${message.slice(0, 200)}`);
}

function connect({ host, port, tls, ca }: Bind): Session {
  // Small units and their answers would wait for each other (RFC 896).
  const plain = { host, port, tls, noDelay: true };
  if (!tls) return smpp.connect(plain);
  const named = isIP(host) ? {} : { servername: host };
  return smpp.connect({ ...plain, ...named, ...(ca ? { ca } : {}), rejectUnauthorized: true, minVersion: 'TLSv1.2' });
}

/** A connection: made at once, of use when {@link bound} has resolved, of none after its end. */
export class Connection {
  readonly #bind: Bind;
  readonly #told: Told;
  readonly #session: Session;
  readonly #pending = new Map<number, Pending>();
  readonly #ready = Promise.withResolvers<void>();
  readonly #connecting: NodeJS.Timeout;
  #keepAlive: NodeJS.Timeout | undefined;
  #enquiring = false;
  #proved = false;
  #over: Error | undefined;

  constructor(bind: Bind, told: Told) {
    this.#bind = bind;
    this.#told = told;
    this.#session = connect(bind);
    this.#connecting = setTimeout(() => this.#end(new Error('no connection in time')), bind.answerMs);
    this.#session.on('close', () => this.#end(lost()));
    // Also what cannot be read: the package reads nothing after it.
    this.#session.on('error', (error: Error) => this.#end(faultOf(error)));
    this.#session.on('pdu', (unit: Unit) => this.#heed(unit));
    this.#session.once(bind.tls ? 'secureConnect' : 'connect', () => void this.#begin());
    // Whoever waits for it handles it; nobody may.
    this.#ready.promise.catch(() => {});
  }

  /** Resolves when the SMSC has accepted the bind; rejects where the connection ends before. */
  get bound(): Promise<void> {
    return this.#ready.promise;
  }

  /** Whether it may be asked something now. */
  get usable(): boolean {
    return this.#keepAlive !== undefined && !this.#over;
  }

  /** Sends a request and gives its answer. Rejects on a refusal, without an answer in time, and at the connection's end. */
  async ask(unit: Unit): Promise<Unit> {
    const answer = await this.#request(unit);
    if (answer.command_status !== 0) throw refusal(answer);
    return answer;
  }

  /** Says good-bye (§4.2) and waits a second at most for the same. */
  async close(): Promise<void> {
    const over = new Error('closed');
    if (this.usable) {
      const timer = setTimeout(() => this.#end(over), closeMs);
      await this.#request(new smpp.PDU('unbind')).catch(() => {});
      clearTimeout(timer);
    }
    this.#end(over);
  }

  async #begin(): Promise<void> {
    clearTimeout(this.#connecting);
    const { mode, systemId, password, systemType, enquireMs } = this.#bind;
    const fields = { system_id: systemId, password, system_type: systemType, interface_version: 0x34 };
    try {
      await this.ask(new smpp.PDU(`bind_${mode}`, fields));
    } catch (error) {
      return this.#end(error as Error);
    }
    if (this.#over) return;
    this.#keepAlive = setInterval(() => void this.#enquire(), enquireMs);
    this.#ready.resolve();
    this.#told.bound();
  }

  #request(unit: Unit): Promise<Unit> {
    return new Promise<Unit>((resolve, reject) => {
      if (!this.#over && !this.#session.send(unit)) this.#end(lost());
      if (this.#over) return reject(this.#over);
      const { command, sequence_number: sequence } = unit;
      const timer = setTimeout(() => {
        this.#pending.delete(sequence);
        reject(new Error('no answer in time'));
        void this.#enquire();
      }, this.#bind.answerMs);
      this.#pending.set(sequence, { command, resolve, reject, timer });
    });
  }

  /** Asks whether the other side is there (§4.11); any answer will do. */
  async #enquire(): Promise<void> {
    if (this.#enquiring || !this.usable) return;
    this.#enquiring = true;
    try {
      await this.#request(new smpp.PDU('enquire_link'));
    } catch {
      this.#end(new Error('the SMSC does not answer'));
    }
    this.#enquiring = false;
  }

  #heed(unit: Unit): void {
    try {
      if (unit.isResponse()) this.#answered(unit);
      else this.#asked(unit);
    } catch (error) {
      this.#end(faultOf(error as Error));
    }
  }

  /** What answers nothing that was asked is ignored. */
  #answered(unit: Unit): void {
    const pending = this.#pending.get(unit.sequence_number);
    if (!pending || ![`${pending.command}_resp`, 'generic_nack'].includes(unit.command)) return;
    this.#pending.delete(unit.sequence_number);
    clearTimeout(pending.timer);
    if (this.usable) this.#proved = true;
    pending.resolve(unit);
  }

  #asked(unit: Unit): void {
    const { command, sequence_number } = unit;
    if (command === 'alert_notification' || command === 'outbind') return;
    if (command === 'unbind') {
      this.#end(new Error('the SMSC ended the connection'), unit.response());
    } else if (command === 'enquire_link') {
      this.#session.send(unit.response());
    } else if (command === 'deliver_sm' || command === 'data_sm') {
      this.#session.send(unit.response());
      this.#told.came(unit);
    } else {
      this.#session.send(new smpp.PDU('generic_nack', { sequence_number, command_status: invalidCommand }));
    }
  }

  #end(why: Error, last?: Unit): void {
    if (this.#over) return;
    this.#over = why;
    clearTimeout(this.#connecting);
    clearInterval(this.#keepAlive);
    if (last) {
      this.#session.send(last);
      this.#session.close();
      setTimeout(() => this.#session.destroy(), closeMs).unref();
    } else this.#session.destroy();
    for (const { reject, timer } of this.#pending.values()) {
      clearTimeout(timer);
      reject(why);
    }
    this.#pending.clear();
    this.#ready.reject(why);
    this.#told.ended(why, this.#proved);
  }
}
