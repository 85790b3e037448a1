/**
 * How fast a full outbox empties, beside what the bare client library sends to the same server in the same run: mails
 * through a pooled `nodemailer`, SMS through `smpp`. `node bench/delivery.ts` measures this alone, with `postgres` on PostgreSQL
 * too, and with `write` puts the figures into docs/benchmarks.md.
 */
import { smtp } from '../server/src/delivery/email/smtp.ts';
import { smpp } from '../server/src/delivery/sms/smpp.ts';
import { bareRate, fastCentre } from '../server/test/hard/fast-centre.ts';
import { bareMailRate, fastRelay } from '../server/test/hard/fast-relay.ts';
import { fullOutbox, sample } from '../server/test/hard/full-outbox.ts';
import { onPostgres } from '../server/test/postgres.ts';
import { toolsOf } from '../server/test/provider.ts';
import { machine, writeFigures } from './document.ts';
import { median, type Target, verdict } from './figures.ts';

const count = 1000;
const rounds = 5;
const smppWindow = 10;

/** What was measured, messages in a second, by round. */
interface Rates {
  readonly bare: readonly number[];
  readonly ours: readonly number[];
}

async function measure(bare: () => Promise<number>, ours: () => Promise<number>): Promise<Rates> {
  const rates = { bare: [] as number[], ours: [] as number[] };
  // Until then the runtime still compiles what it runs.
  await bare();
  await ours();
  for (let round = 0; round < rounds; round += 1) {
    rates.bare.push(await bare());
    rates.ours.push(await ours());
  }
  return rates;
}

/** Mails over STARTTLS, five connections on either side. */
async function mailRates(url?: string): Promise<Rates> {
  await using relay = await fastRelay();
  const sender = smtp.open(smtp.options.parse({ url: relay.url, ca: relay.ca }), toolsOf('smtp'));
  await using full = await fullOutbox(sender, 'email', url);
  const mails = Array.from({ length: count }, (_, n) => sample('email', `bare${n}`));
  // Awaited here, or the relay would be closed before.
  return await measure(
    () => bareMailRate(relay, mails),
    async () => (await full.send(count)).rate,
  );
}

/** SMS with ten on their way at once on either side. */
async function smsRates(url?: string): Promise<Rates> {
  const ends: (() => Promise<void>)[] = [];
  const centre = await fastCentre({ after: (end) => void ends.push(end) });
  const given = { url: `smpp://127.0.0.1:${centre.port}`, systemId: 'ours', password: 'ours', from: 'Acme' };
  const options = smpp.options.parse({ ...given, window: smppWindow });
  const texts = Array.from({ length: count }, (_, n) => sample('sms', `bare${n}`).text);
  {
    await using full = await fullOutbox(smpp.open(options, toolsOf('smpp')), 'sms', url);
    const rates = await measure(
      () => bareRate(centre.port, texts, smppWindow),
      async () => (await full.send(count)).rate,
    );
    for (const end of ends) await end();
    return rates;
  }
}

/** The middle of ours beside bare, round by round, since what else the machine does changes from one to the next. */
const share = ({ bare, ours }: Rates): number => median(ours.map((rate, round) => rate / (bare[round] ?? 1)));

async function figures(name: string, say: (text: string) => void, url?: string): Promise<Target[]> {
  const parts = [
    { what: 'mails', least: 0.8, rates: await mailRates(url) },
    { what: 'SMS by SMPP', least: 0.25, rates: await smsRates(url) },
  ];
  return parts.map(({ what, least, rates }) => {
    const [ours, bare] = [rates.ours, rates.bare].map((of) => Math.round(median(of)));
    say(`${`${count} ${what}, ${name}`.padEnd(48)} ${ours} per s of ${bare} by the bare library`);
    const percent = (part: number): string => `${(part * 100).toFixed(0)} %`;
    const target = `${name}: ${what}, at least ${percent(least)} of the bare library`;
    return { name: target, value: percent(share(rates)), held: share(rates) >= least };
  });
}

/** Measures both, prints them, writes them down where that is wanted, and gives whether the targets hold. */
export async function measureDelivery(how: { readonly postgres: boolean; readonly write: boolean }): Promise<Target[]> {
  const said: string[] = [];
  const say = (text: string): void => {
    console.log(text);
    said.push(text);
  };
  say(machine);
  say(`Medians of ${rounds} rounds; the server that takes the messages runs on the same cores.\n`);
  const targets = await figures('SQLite', say);
  if (how.postgres) targets.push(...(await onPostgres((url) => figures('PostgreSQL', say, url))));
  say('');
  for (const target of targets) say(verdict(target));
  if (how.write) writeFigures('delivery', said);
  return targets;
}

if (import.meta.main) {
  const named = (word: string): boolean => process.argv.includes(word);
  await measureDelivery({ postgres: named('postgres'), write: named('write') });
}
