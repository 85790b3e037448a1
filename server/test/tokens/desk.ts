/** The help desk and its drawer of hardware tokens. What a token shows is oathtool's word, never ours. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import type { FlowAnswer } from '../../src/flows/prompt.ts';
import { factorsOf, type Listed, signedIn } from '../account.ts';
import type { Answer, Browser, Problem } from '../browser.ts';
import type { House } from '../house.ts';
import { asked, enterPassword, keepIn, type Person, setUpOwner, signIn, stepUp } from '../people.ts';

/** What a token is made with. */
interface Make {
  readonly kind?: 'hotp' | 'totp';
  readonly algorithm?: 'SHA1' | 'SHA256' | 'SHA512';
  readonly digits?: 6 | 7 | 8;
  readonly period?: 30 | 60;
  readonly counter?: number;
  readonly seed?: Uint8Array;
  readonly serial?: string;
  /** Dates as XML writes them. */
  readonly starts?: string;
  readonly expires?: string;
}

/** A token that somebody holds. */
export interface Device {
  readonly serial: string;
  readonly seed: Buffer;
  readonly make: Make;
  /** What it shows at a counter (HOTP) or at a moment in milliseconds (TOTP). */
  readonly at: (place: number) => string;
}

let made = 0;

/** How many codes oathtool is asked for at once: to start a program costs more than all that it computes. */
const many = 16;

/** A token from the factory. */
export function newDevice(make: Make = {}): Device {
  made += 1;
  const { kind = 'hotp', algorithm = 'SHA1', digits = 6, period = 30 } = make;
  const seed = Buffer.from(make.seed ?? randomBytes({ SHA1: 20, SHA256: 32, SHA512: 64 }[algorithm]));
  const length = ['-d', String(digits), '-w', String(many - 1)];
  const hotp = (counter: number) => ['-c', String(counter), ...length];
  const totp = (step: number) => [`--totp=${algorithm}`, ...length, '-s', `${period}s`, '--now', `@${step * period}`];
  const shown = new Map<number, readonly string[]>();
  const at = (place: number): string => {
    const number = kind === 'hotp' ? place : Math.floor(place / 1000 / period);
    const first = number - (number % many);
    const flags = kind === 'hotp' ? hotp(first) : totp(first);
    const codes =
      shown.get(first) ??
      execFileSync('oathtool', [...flags, seed.toString('hex')], { encoding: 'utf8' })
        .trim()
        .split('\n');
    shown.set(first, codes);
    return codes[number - first] ?? assert.fail(`oathtool shows no code at ${place}`);
  };
  return { serial: make.serial ?? `HT-${made}`, seed, make, at };
}

/** A PSKC file of these tokens, in plain text (RFC 6030 §4). */
export function pskcOf(devices: readonly Device[]): string {
  const keys = devices.map(({ serial, seed, make }, index) => {
    const { kind = 'hotp', algorithm = 'SHA1', digits = 6, period = 30, counter = 0, starts, expires } = make;
    const place =
      kind === 'hotp'
        ? `<Counter><PlainValue>${counter}</PlainValue></Counter>`
        : `<TimeInterval><PlainValue>${period}</PlainValue></TimeInterval>`;
    const suite = algorithm === 'SHA1' ? '' : `<Suite>HMAC-${algorithm.replace('SHA', 'SHA-')}</Suite>`;
    const dates = `${starts ? `<StartDate>${starts}</StartDate>` : ''}${expires ? `<ExpiryDate>${expires}</ExpiryDate>` : ''}`;
    return `<KeyPackage><DeviceInfo><Manufacturer>Acme</Manufacturer><SerialNo>${serial}</SerialNo></DeviceInfo>
      <Key Id="k${index}" Algorithm="urn:ietf:params:xml:ns:keyprov:pskc:${kind}">
      <AlgorithmParameters>${suite}<ResponseFormat Length="${digits}" Encoding="DECIMAL"/></AlgorithmParameters>
      <Data><Secret><PlainValue>${seed.toString('base64')}</PlainValue></Secret>${place}</Data>
      ${dates ? `<Policy>${dates}</Policy>` : ''}</Key></KeyPackage>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
    <KeyContainer Version="1.0" xmlns="urn:ietf:params:xml:ns:keyprov:pskc">${keys.join('')}</KeyContainer>`;
}

/** What an import says. */
export interface Imported {
  readonly imported: number;
  readonly unchanged: number;
  readonly refused: readonly { readonly serial?: string; readonly why: string }[];
}

/** A token of the console's list. */
export interface Stored {
  readonly serial: string;
  readonly kind: string;
  readonly state: string;
  readonly userId: string | null;
}

const base = '/api/v1/tokens';

/** Somebody with a console role who proved themselves lately, whenever they do something. */
export class Desk {
  readonly owner: Person;
  readonly browser: Browser;

  private constructor(owner: Person) {
    this.owner = owner;
    this.browser = owner.browser;
  }

  static readonly open = async (house: House): Promise<Desk> => new Desk(await setUpOwner(house));

  /** A fresh proof of the one at the desk, who signs in again after a long break: sessions of the console are short. */
  async prove(): Promise<void> {
    if (await signedIn(this.browser)) await stepUp(this.browser, this.owner);
    else await signIn(this.browser, this.owner);
  }

  async import(content: string, more: object = {}): Promise<Answer<Imported & Problem>> {
    await this.prove();
    return this.browser.call('POST', `${base}/import`, { format: 'pskc', content, ...more });
  }

  /** Imports tokens that must all be new. */
  async stock(...devices: readonly Device[]): Promise<void> {
    const { body, text } = await this.import(pskcOf(devices));
    assert.deepEqual(body, { imported: devices.length, unchanged: 0, refused: [] }, text);
  }

  /** Does something to one token. */
  async act(
    serial: string,
    what: string,
    body: object = {},
    method = 'POST',
  ): Promise<Answer<Problem & { is: string }>> {
    await this.prove();
    return this.browser.call(method, `${base}/${serial}/${what}`, method === 'DELETE' ? undefined : body);
  }

  async list(query = ''): Promise<Stored[]> {
    const { body, text } = await this.browser.get<{ tokens: Stored[] }>(`${base}?limit=200${query}`);
    assert.ok(body.tokens, text);
    return body.tokens;
  }

  async stateOf(serial: string): Promise<string | undefined> {
    return (await this.list()).find((one) => one.serial === serial)?.state;
  }
}

/** An enrolment as far as the token's number, which is typed. */
export async function nameToken(browser: Browser, serial: string): Promise<FlowAnswer & Problem> {
  const { body: flow, text } = await browser.start('enrolment', { kind: 'hotp' });
  assert.equal(asked(flow, 'fill').what, 'serial', text);
  return (await browser.answer(flow, { value: serial })).body;
}

/** Makes a token somebody's second lock. `place`: its counter, or the moment of its clock. */
export async function enrolToken(person: Person, device: Device, place: number): Promise<Listed> {
  const named = await nameToken(person.browser, device.serial);
  asked(named, 'code');
  const added = await person.browser.answer(named, { code: device.at(place) });
  if (added.body.prompt?.ask === 'keep') {
    keepIn(person, added.body);
    await person.browser.answer(named, { kept: true });
  } else assert.equal(added.body.done, true, added.text);
  const found = (await factorsOf(person.browser)).find((row) => row.label === `Token ${device.serial}`);
  assert.ok(found, 'the token is in the list');
  return found;
}

/** Signs in with the password and one answer of a token that is the only everyday factor. */
export async function tryToken(browser: Browser, person: Person, code: string): Promise<FlowAnswer & Problem> {
  const flow = await enterPassword(browser, person);
  asked(flow, 'code');
  return (await browser.answer(flow, { code })).body;
}

/** What a try comes to: `in`, or why not. */
export const outcome = ({ done, refused }: FlowAnswer): string => (done ? 'in' : (refused?.code ?? 'nothing'));
