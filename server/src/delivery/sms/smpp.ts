/** SMS by SMPP 3.4: one lasting connection to the operator's or aggregator's SMSC. Section numbers are of the SMPP 3.4 specification, issue 1.2. */
import type { Unit } from 'smpp';
import { z } from 'zod';
import type { Provider, Rendered, Sender, Taken, Tools } from '../deliver.ts';
import { printable, senderId } from './number.ts';
import { Binding } from './smpp/binding.ts';
import type { Bind } from './smpp/connection.ts';
import { Gate } from './smpp/gate.ts';
import { Parts } from './smpp/parts.ts';
import { answeredId, isReceipt, readReceipt } from './smpp/receipt.ts';
import { addressKind, type Shape, submitUnits } from './smpp/submit.ts';
import { until } from './smpp/until.ts';

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
const whole = (least: number, most: number) => z.number().int().min(least).max(most);

const smppOptions = z
  .strictObject({
    url: z
      .url({ protocol: /^s?smpp$/ })
      .refine((text) => /^s?smpp:\/\/[^/?#@]+\/?$/.test(text), 'must be a protocol, a host and a port, nothing more')
      .describe('`ssmpp://host:3550` (SMPP over TLS), or `smpp://host:2775`.'),
    insecure: z
      .boolean()
      .default(false)
      .describe('Allows `smpp://` to another machine: only where the way there is encrypted otherwise (a VPN).'),
    ca: z
      .string()
      .includes('-----BEGIN CERTIFICATE-----')
      .optional()
      .describe('PEM text of the authority that signed the SMSC’s certificate, if not a public one.'),
    systemId: printable.max(15).describe('The account’s name (`system_id`).'),
    password: printable.max(64).describe('The account’s password.'),
    systemType: printable.max(12).optional().describe('`system_type`, where the SMSC asks for one.'),
    mode: z
      .enum(['transceiver', 'transmitter'])
      .default('transceiver')
      .describe('How to bind. A transmitter gets no receipts.'),
    bindAtStart: z
      .boolean()
      .default(false)
      .describe('Binds when the service starts, so that receipts kept by the SMSC come, and not at the first message.'),
    from: senderId
      .optional()
      .describe('The sender that phones show: a number, a short code or a name; left out, the SMSC sets its own.'),
    fromTon: whole(0, 6)
      .optional()
      .describe('The sender’s type of number, where the SMSC refuses the one that its form suggests.'),
    fromNpi: whole(0, 18).optional().describe('The sender’s numbering plan, likewise.'),
    alphabet: z
      .enum(['gsm', 'latin1'])
      .default('gsm')
      .describe('The SMSC’s default alphabet (`data_coding` 0). A wrong one shows in the `@` of the last line.'),
    longMessages: z
      .enum(['udh', 'payload'])
      .default('udh')
      .describe('Texts of several segments: cut here, with a header each, or handed over whole as `message_payload`.'),
    validity: z
      .enum(['relative', 'absolute', 'none'])
      .default('relative')
      .describe('How the SMSC is told when a code ends, so that it does not deliver it later.'),
    registeredDelivery: z.boolean().default(true).describe('Asks for delivery receipts.'),
    receiptIds: z
      .enum(['same', 'hex-to-decimal', 'decimal-to-hex'])
      .default('same')
      .describe('How message ids in the text of receipts differ from those in answers.'),
    window: whole(1, 1000).default(10).describe('Messages that may wait for the SMSC’s answer at once.'),
    perSecond: whole(0, 10_000).default(0).describe('The most messages to begin in a second; 0 is no limit.'),
    enquireSeconds: whole(1, 3600).default(30).describe('Seconds between keep-alives (`enquire_link`).'),
    answerSeconds: whole(1, 120).default(10).describe('Seconds that an answer of the SMSC may take.'),
  })
  .refine(({ url, insecure }) => insecure || !url.startsWith('smpp:') || loopback.test(hostOf(url)), {
    path: ['url'],
    message: 'must be ssmpp://, or insecure must be true',
  });

/** Options of {@link smpp}. */
export type SmppOptions = z.infer<typeof smppOptions>;

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : '';
}

function bindOf(options: SmppOptions): Bind {
  const { protocol, hostname, port } = new URL(options.url);
  const tls = protocol === 'ssmpp:';
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port ? Number(port) : tls ? 3550 : 2775,
    tls,
    ca: options.ca,
    mode: options.mode,
    systemId: options.systemId,
    password: options.password,
    systemType: options.systemType ?? '',
    answerMs: options.answerSeconds * 1000,
    enquireMs: options.enquireSeconds * 1000,
  };
}

function shapeOf(options: SmppOptions): Shape {
  const { from = '', fromTon, fromNpi } = options;
  const { ton, npi } = addressKind(from);
  const source = { address: from, ton: fromTon ?? ton, npi: fromNpi ?? npi };
  const receipts = options.registeredDelivery && options.mode === 'transceiver';
  return {
    source,
    alphabet: options.alphabet,
    longMessages: options.longMessages,
    validity: options.validity,
    receipts,
  };
}

/** Passes on what is a receipt. A message from a phone is acknowledged and dropped: nobody here reads it. */
function receiver({ receiptIds }: SmppOptions, { name, log, onReceipt }: Tools, parts: Parts): (unit: Unit) => void {
  const take = (unit: Unit): void => {
    try {
      const receipt = readReceipt(unit, receiptIds);
      const joined = receipt && parts.join(receipt);
      if (joined) onReceipt(joined);
      else if (!receipt) log.warn({ provider: name }, 'a receipt of the SMSC cannot be read');
    } catch (error) {
      log.error({ provider: name, error: String(error) }, 'a receipt of the SMSC was not taken');
    }
  };
  return (unit) => {
    // A receipt may come in one piece with the answer that names its id: whoever sent hears of that first.
    if (isReceipt(unit)) setImmediate(take, unit);
  };
}

class SmppSender implements Sender {
  readonly name: string;
  readonly atOnce: number;
  readonly #tools: Tools;
  readonly #options: SmppOptions;
  readonly #shape: Shape;
  readonly #gate: Gate;
  readonly #parts = new Parts();
  readonly #binding: Binding;
  #number: number;

  constructor(options: SmppOptions, tools: Tools) {
    this.name = tools.name;
    this.atOnce = options.window;
    this.#tools = tools;
    this.#options = options;
    this.#shape = shapeOf(options);
    this.#gate = new Gate({ window: options.window, perSecond: options.perSecond, now: tools.now });
    this.#binding = new Binding({
      bind: bindOf(options),
      tools,
      came: receiver(options, tools, this.#parts),
      lost: (why) => this.#gate.clear(why),
    });
    this.#number = tools.random(1)[0] ?? 0;
    if (options.bindAtStart) this.#binding.begin();
  }

  /** The reference of a message in several segments is its first one's. They follow one by one: where one is refused, none is sent in vain. */
  async send(message: Rendered, signal?: AbortSignal): Promise<Taken> {
    const units = submitUnits(message, this.#shape, this.#tools.now(), this.#number);
    if (units.length > 1) this.#number += 1;
    let reference = '';
    for (const unit of units) {
      const id = await this.#submit(unit, signal);
      reference ||= id;
      if (units.length > 1 && id) this.#parts.add(reference, id);
    }
    const early = this.#parts.complete(reference);
    if (early) this.#tools.onReceipt(early);
    return reference ? { reference } : {};
  }

  async close(): Promise<void> {
    await this.#binding.close();
  }

  /** Gives the id that the SMSC gave, or nothing where it gave none. */
  async #submit(unit: Unit, signal?: AbortSignal): Promise<string> {
    // Refused before it waits for its turn: an outage costs nobody time.
    await this.#binding.ready(signal);
    await this.#gate.enter(signal);
    const answered = this.#binding.ready(signal).then((connection) => connection.ask(unit));
    // The place is free when the SMSC has answered, even where nobody waits for it any more.
    const leave = (): void => this.#gate.leave();
    answered.then(leave, leave);
    const { message_id: id = '' } = await until(signal, answered);
    return /^[\x21-\x7e]{1,64}$/.test(id) ? answeredId(id, this.#options.receiptIds) : '';
  }
}

/** An SMSC that speaks SMPP 3.4. Sending resolves when it has taken the message. */
export const smpp: Provider<SmppOptions> = {
  name: 'smpp',
  channel: 'sms',
  options: smppOptions,
  open: (options, tools) => new SmppSender(options, tools),
};
