/** A private Kannel (bearerbox and smsbox from Debian) on free ports of the loopback, bound by SMPP to a message centre. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../postgres.ts';
import { account } from './smsc.ts';

/** A running Kannel. */
export interface Kannel {
  /** The address of `sendsms`, and who may use it. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

const login = { username: 'secondlock', password: 'kannel secret' };
const attempts = 300;
const pauseMs = 100;

interface Ports {
  readonly admin: number;
  readonly box: number;
  readonly sendsms: number;
  readonly smsc: number;
}

/** Groups of settings (Kannel User's Guide, chapters 3 and 6). */
const settings = (folder: string, { admin, box, sendsms, smsc }: Ports): string => `
group = core
admin-port = ${admin}
admin-interface = "127.0.0.1"
admin-password = ${login.username}
smsbox-port = ${box}
smsbox-interface = "127.0.0.1"
box-allow-ip = "127.0.0.1"
box-deny-ip = "*.*.*.*"
log-file = "${folder}/bearerbox.log"
log-level = 0
store-type = file
store-location = "${folder}/store"
dlr-storage = internal

group = smsc
smsc = smpp
smsc-id = centre
host = 127.0.0.1
port = ${smsc}
transceiver-mode = true
smsc-username = "${account.systemId}"
smsc-password = "${account.password}"
system-type = ""
reconnect-delay = 1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = ${sendsms}
sendsms-interface = "127.0.0.1"
log-file = "${folder}/smsbox.log"
log-level = 0

group = sendsms-user
username = "${login.username}"
password = "${login.password}"
max-messages = 5
concatenation = true
default-sender = "Acme"

group = sms-service
keyword = default
text = "nobody reads this"
`;

/** Starts one for an SMSC on `smsc`, and waits until it is bound; it ends with the test. */
export async function startKannel(t: TestContext, smsc: number): Promise<Kannel> {
  const folder = mkdtempSync(join(tmpdir(), 'secondlock-kannel-'));
  const [admin, box, sendsms] = [await freePort(), await freePort(), await freePort()];
  const file = join(folder, 'kannel.conf');
  writeFileSync(file, settings(folder, { admin, box, sendsms, smsc }), { mode: 0o600 });
  const children: ChildProcess[] = [];
  t.after(async () => {
    for (const child of children) {
      const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
      child.kill('SIGKILL');
      await ended;
    }
    rmSync(folder, { recursive: true });
  });
  const start = (name: string): void => {
    const program = `/usr/sbin/${name}`;
    if (!existsSync(program)) throw new Error(`${program} is missing: scripts/install-debian.sh brings kannel`);
    children.push(spawn(program, ['-v', '4', file], { stdio: 'ignore', cwd: folder }));
  };
  const status = async (): Promise<string> => {
    const answer = await fetch(`http://127.0.0.1:${admin}/status.txt?password=${login.username}`).catch(
      () => undefined,
    );
    return answer?.ok ? answer.text() : '';
  };
  const until = async (what: string, is: () => Promise<boolean>): Promise<void> => {
    for (let attempt = 0; !(await is()); attempt += 1) {
      const log = join(folder, 'bearerbox.log');
      const told = existsSync(log) ? readFileSync(log, 'utf8').slice(-2000) : 'no log';
      if (attempt === attempts) throw new Error(`Kannel is not ${what}: ${told}`);
      await pause(pauseMs);
    }
  };
  start('bearerbox');
  await until('bound', async () => /centre.*\(online/.test(await status()));
  start('smsbox');
  await until('ready', async () => /smsbox.*127\.0\.0\.1/.test(await status()));
  const url = `http://127.0.0.1:${sendsms}/cgi-bin/sendsms`;
  // Anything it says will do: it listens.
  await until('listening', () =>
    fetch(url).then(
      () => true,
      () => false,
    ),
  );
  return { url, ...login };
}
