/** Drives the message centre of `smsc.pl`: an SMPP 3.4 peer on Debian's libnet-smpp-perl. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

/** What the message centre tells. Fields as in SMPP; `text` is decoded by Perl, `hex` the bytes without their headers. */
export interface Told {
  readonly event: 'listening' | 'bound' | 'refused' | 'message' | 'part' | 'answer' | 'done' | string;
  readonly [field: string]: string | number;
}

/** What it can be told to do. */
type Order =
  | { readonly do: 'mode'; readonly mode: 'take' | 'hang' | `${number}` }
  | { readonly do: 'receipts'; readonly form: '' | 'text' | 'tlv' | 'text-first' }
  | { readonly do: 'ids'; readonly ids: 'plain' | 'hex' }
  | { readonly do: 'send'; readonly hex: string }
  | { readonly do: 'receipt'; readonly id: string; readonly form: 'text' | 'tlv'; readonly stat: string }
  | { readonly do: 'deliver'; readonly esm_class: number; readonly text: string }
  | { readonly do: 'drop' | 'enquire' | 'unbind' };

/** A running message centre. */
export interface Smsc {
  readonly port: number;
  /** What it told so far, oldest first. */
  readonly told: readonly Told[];
  /** Resolves when the order is carried out. */
  order(order: Order): Promise<void>;
  /** The first thing told that fits and that nobody waited for before; waits for it ten seconds. */
  next(event: string, fits?: (told: Told) => boolean): Promise<Told>;
  /** Ends it, as a machine that is switched off. */
  stop(): Promise<void>;
}

/** The account that the message centre knows. */
export const account = { systemId: 'secondlock', password: 's3cret' };

const script = fileURLToPath(new URL('./smsc.pl', import.meta.url));

/** Starts a message centre on a free port of the loopback; it ends with the test. */
export async function startSmsc(t: TestContext, port = 0): Promise<Smsc> {
  const child = spawn('perl', [script, String(port)], { stdio: ['pipe', 'pipe', 'pipe'] });
  const ended = once(child, 'exit');
  const told: Told[] = [];
  const taken = new Set<Told>();
  const looking = new Set<() => void>();
  let fault = '';
  child.stderr.on('data', (chunk: Buffer) => {
    fault += chunk.toString();
  });
  // Orders to one that is gone are told by what they wait for.
  child.stdin.on('error', () => {});
  const look = (): void => {
    for (const again of [...looking]) again();
  };
  child.on('exit', look);
  createInterface({ input: child.stdout }).on('line', (line) => {
    told.push(JSON.parse(line) as Told);
    look();
  });

  const next: Smsc['next'] = (event, fits = () => true) =>
    new Promise<Told>((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer);
        looking.delete(again);
      };
      const fail = (why: string): void => {
        end();
        reject(new Error(`${why} before ${event}: ${fault || JSON.stringify(told.slice(-3))}`));
      };
      const timer = setTimeout(() => fail('ten seconds went by'), 10_000);
      const again = (): void => {
        const found = told.find((one) => one.event === event && !taken.has(one) && fits(one));
        if (found) {
          taken.add(found);
          end();
          resolve(found);
        } else if (child.exitCode !== null || child.signalCode !== null) {
          fail('the message centre ended (scripts/install-debian.sh brings libnet-smpp-perl)');
        }
      };
      looking.add(again);
      again();
    });
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  t.after(stop);
  const listening = await next('listening');
  return {
    port: Number(listening.port),
    told,
    next,
    stop,
    order: async (order) => {
      child.stdin.write(`${JSON.stringify(order)}\n`);
      await next('done', (one) => one.do === order.do);
    },
  };
}
