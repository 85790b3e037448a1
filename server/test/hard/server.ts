/** Real server processes: started, stopped, killed and started again on the same data, and spoken to over the wire. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Agent as PlainAgent, request as plainRequest } from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';
import { join } from 'node:path';
import { root } from '../source.ts';

/** How a server is started. */
export interface ServerOptions {
  readonly port: number;
  /** Its environment: nothing of this process's own goes along. */
  readonly env: Readonly<Record<string, string>>;
  /** Its working folder. */
  readonly cwd: string;
  /** The certificate's authority, where TLS ends at the server. */
  readonly ca?: string;
}

const running = new Set<ChildProcess>();
// A test that is over, however that came about, leaves nothing behind.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A server's process. */
export class Server {
  readonly port: number;
  readonly pid: number;
  readonly gone: Promise<number | null>;
  readonly #child: ChildProcess;
  readonly #agent: PlainAgent;
  readonly #secure: boolean;
  #said = '';

  constructor({ port, env, cwd, ca }: ServerOptions) {
    const { PATH = '', HOME = '', NODE_COMPILE_CACHE = join(root, 'node_modules/.cache/compiled') } = process.env;
    const given = ['--disable-warning=ExperimentalWarning', join(root, 'server/src/main.ts')];
    const environment = { PATH, HOME, NODE_COMPILE_CACHE, PORT: String(port), ...env };
    this.#child = spawn(process.execPath, given, { cwd, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    this.port = port;
    this.pid = this.#child.pid ?? 0;
    this.#secure = ca !== undefined;
    // A socket that has been idle for as long as the server keeps it may be closed while the next request is on its way.
    const agent = { keepAlive: true, maxSockets: Number.POSITIVE_INFINITY, timeout: 2000 };
    this.#agent = ca === undefined ? new PlainAgent(agent) : new TlsAgent({ ...agent, ca: readFileSync(ca) });
    running.add(this.#child);
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (part) => {
        this.#said += part;
      });
    }
    this.gone = new Promise((resolve) => {
      this.#child.on('close', (code) => {
        running.delete(this.#child);
        this.#agent.destroy();
        resolve(code);
      });
    });
  }

  /** What it has written so far, to standard output and to the log. */
  said = (): string => this.#said;

  /** The secret of the set-up link, where one was printed. */
  get setUpLink(): string | undefined {
    return /Set-up link: (\S+)/.exec(this.#said)?.[1];
  }

  /** Resolves when it listens; throws what it said where it ends instead. */
  async listening(): Promise<this> {
    let over = false;
    void this.gone.then(() => {
      over = true;
    });
    while (!/Secondlock is at/.test(this.#said)) {
      if (over) throw new Error(`The server ended: ${this.#said}`);
      await new Promise((done) => setTimeout(done, 2));
    }
    return this;
  }

  /** Ends it as an operator does. Gives the exit code. */
  stop(): Promise<number | null> {
    this.#child.kill('SIGTERM');
    return this.gone;
  }

  /** Ends it as a power cut does. */
  kill(): Promise<number | null> {
    this.#child.kill('SIGKILL');
    return this.gone;
  }

  /** Resident memory in MB: now, and the most that there ever was. */
  memory(): { readonly now: number; readonly most: number } {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    const megabytes = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
    return { now: megabytes('VmRSS'), most: megabytes('VmHWM') };
  }

  /** Seconds of processor time that it has used. */
  processorTime(): number {
    const fields = readFileSync(`/proc/${this.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }

  /** Sends a request from a given address of this machine: all of 127.0.0.0/8 is its own. */
  async send(request: Request, from = '127.0.0.1'): Promise<Response> {
    const body = request.body === null ? undefined : Buffer.from(await request.arrayBuffer());
    const { pathname, search, hostname } = new URL(request.url);
    const headers = {
      ...Object.fromEntries(request.headers),
      ...(body ? { 'content-length': body.length } : {}),
    };
    const options = { host: '127.0.0.1', port: this.port, localAddress: from, agent: this.#agent, headers };
    const secure = this.#secure ? { servername: hostname } : {};
    const make = this.#secure ? tlsRequest : plainRequest;
    return new Promise((resolve, reject) => {
      const sent = make({ ...options, ...secure, method: request.method, path: pathname + search }, (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('error', reject);
        answer.on('end', () => {
          const heard = new Headers();
          for (let at = 0; at < answer.rawHeaders.length; at += 2) {
            heard.append(answer.rawHeaders[at] ?? '', answer.rawHeaders[at + 1] ?? '');
          }
          const status = answer.statusCode ?? 0;
          resolve(new Response(status === 204 ? null : Buffer.concat(parts), { status, headers: heard }));
        });
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }
}
