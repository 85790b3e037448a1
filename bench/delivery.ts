/**
 * How fast a full outbox empties, beside what the bare client library sends to the same server in the same run: mails
 * through a pooled `nodemailer`, SMS through `smpp`. `node bench/delivery.ts` measures this alone, and says it as JSON with `json`.
 */
import { smtp } from '../server/src/delivery/email/smtp.ts';
import { smpp } from '../server/src/delivery/sms/smpp.ts';
import { bareRate, fastCentre } from '../server/test/hard/fast-centre.ts';
import { bareMailRate, fastRelay } from '../server/test/hard/fast-relay.ts';
import { fullOutbox, sample } from '../server/test/hard/full-outbox.ts';
import { toolsOf } from '../server/test/provider.ts';
import { median, type Target } from './figures.ts';

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

/** Measures both, prints them by `say`, and gives whether the targets hold. */
export async function deliveryFigures(name: string, say: (text: string) => void, url?: string): Promise<Target[]> {
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

if (import.meta.main) {
  const targets = await deliveryFigures('SQLite', console.log);
  for (const { name, value, held } of targets) console.log(`${held ? 'holds ' : 'BROKEN'}  ${name}: ${value}`);
}
