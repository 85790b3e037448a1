/**
 * A rehearsal of docs/production.md: its lines are carried out as they stand, in a folder that plays the machine. What
 * would change this machine (packages, systemd) is played; git, npm, the build, openssl, the server and Caddy are real.
 */
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { root } from '../source.ts';

/** The name that the rehearsal gives the machine. */
export const name = 'login.example.test';

/** The lines of the first shell block of docs/production.md. */
export function lines(): string[] {
  const [, block = ''] = readFileSync(join(root, 'docs/production.md'), 'utf8').match(/```sh\n([\s\S]*?)```/) ?? [];
  return block.trim().split('\n');
}

/** The machine, with what was asked of the parts that are played. */
export interface Machine {
  readonly folder: string;
  /** Where https and http are served, and where the server listens. */
  readonly ports: { readonly https: number; readonly http: number; readonly server: number };
  readonly asked: string;
}

/** Carries out the lines. `smtp` is what the reader writes into the file at the line that is theirs. */
export async function setUp(smtp: readonly string[]): Promise<Machine> {
  const folder = mkdtempSync(join(tmpdir(), 'secondlock-machine-'));
  const [https, http, server] = await Promise.all([freePort(), freePort(), freePort()]);
  for (const part of ['bin', 'opt', 'etc/systemd/system', 'etc/caddy', 'var']) {
    mkdirSync(join(folder, part), { recursive: true });
  }
  const play = (program: string, does = ''): void => {
    writeFileSync(join(folder, 'bin', program), `#!/bin/sh\necho "${program} $*" >>"${folder}/asked"\n${does}\n`);
    chmodSync(join(folder, 'bin', program), 0o755);
  };
  for (const program of ['apt-get', 'systemctl', 'journalctl']) play(program);
  const origin = `SECONDLOCK_ORIGIN=https://${name}:${https}`;
  const written = [...smtp, origin, `PORT=${server}`].join('\n');
  play('editor', `sed -i '/^SECONDLOCK_\\(SMTP\\|ORIGIN\\)/d' "$1"\ncat >>"$1" <<'END'\n${written}\nEND`);
  const script = lines().map((line) =>
    line.replaceAll(/\/(opt|etc)\//g, `${folder}/$1/`).replace('your.name.here', name),
  );
  // Without the shortcuts of this workspace: the installation finds its own Node.
  const path = (process.env.PATH ?? '').split(delimiter).filter((part) => !part.includes('node_modules'));
  execFileSync('bash', ['-euc', script.slice(0, -1).join('\n')], {
    // What it says is part of the error where it fails, and of no interest where it does not.
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...withoutNpm(process.env),
      PATH: [join(folder, 'bin'), ...path].join(delimiter),
      SECONDLOCK_REPOSITORY: root,
    },
  });
  return { folder, ports: { https, http, server }, asked: readFileSync(join(folder, 'asked'), 'utf8') };
}

/** What a surrounding `npm test` leaves in the environment would steer the `npm ci` inside. */
function withoutNpm(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([key]) => !/^(npm_|NODE_|INIT_CWD)/i.test(key)));
}

/** A running service. */
export interface Service {
  /** What it has written so far. */
  said(): string;
  stop(): Promise<void>;
}

function run(file: string, given: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Service {
  const child = spawn(file, given, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (part) => {
      text += part;
    });
  }
  const gone = new Promise((resolve) => child.on('exit', resolve));
  return {
    said: () => text,
    async stop() {
      child.kill('SIGTERM');
      await gone;
    },
  };
}

/** Starts what the unit says, as systemd would: its environment, its folder, its command and nothing else. */
export function startUnit({ folder }: Machine): Service {
  const place = (text: string): string => text.replaceAll(/\/(opt|etc|var\/lib|var\/cache)\//g, `${folder}/$1/`);
  const unit = place(readFileSync(join(folder, 'etc/systemd/system/secondlock.service'), 'utf8'));
  const values = (key: string): string[] =>
    Array.from(unit.matchAll(new RegExp(`^${key}=(.*)$`, 'gm')), (m) => m[1] ?? '');
  const [command = ''] = values('ExecStart');
  const [file = '', ...given] = command.split(' ');
  const environment = [
    ...readFileSync(values('EnvironmentFile')[0] ?? '', 'utf8').split('\n'),
    ...values('Environment'),
  ];
  const pairs = environment.filter((line) => /^[A-Z]/.test(line)).map((line) => line.split(/=(.*)/s).slice(0, 2));
  for (const part of ['var/lib/secondlock', 'var/cache/secondlock']) mkdirSync(join(folder, part), { recursive: true });
  return run(file, given, values('WorkingDirectory')[0] ?? '', { PATH: '/usr/bin:/bin', ...Object.fromEntries(pairs) });
}

/** Starts Debian's Caddy on the file that was copied, with a certificate of its own making and unprivileged ports. */
export async function startCaddy({ folder, ports }: Machine): Promise<Service> {
  const given = readFileSync(join(folder, 'etc/caddy/Caddyfile'), 'utf8');
  const own = `{\n\tadmin off\n\tskip_install_trust\n\tauto_https disable_redirects\n\tstorage file_system ${folder}/caddy\n}\n`;
  const file = join(folder, 'Caddyfile');
  const local = given
    .replace(`\n${name} {`, `\n${name}:${ports.https} {\n\ttls internal`)
    .replace(`http://${name} {`, `http://${name}:${ports.http} {`)
    .replace('127.0.0.1:2322', `127.0.0.1:${ports.server}`);
  writeFileSync(file, own + local);
  const caddy = run('caddy', ['run', '--config', file, '--adapter', 'caddyfile'], folder, {
    PATH: process.env.PATH,
    HOME: folder,
  });
  await until(
    () => existsSync(authority(folder)),
    () => `Caddy made no certificate:\n${caddy.said()}`,
  );
  return caddy;
}

/** The certificate that Caddy's own authority signs with. */
export const authority = (folder: string): string => join(folder, 'caddy/pki/authorities/local/root.crt');

/** Waits until something holds, or says why it did not. */
export async function until(holds: () => boolean | Promise<boolean>, why: () => string): Promise<void> {
  for (let waited = 0; waited < 30_000; waited += 50) {
    if (await holds()) return;
    await pause(50);
  }
  throw new Error(why());
}

/** Takes the machine away. */
export const tearDown = ({ folder }: Machine): void => rmSync(folder, { recursive: true, force: true });

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
