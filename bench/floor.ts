/**
 * The floors: bare `node:http` answering given bytes, bare argon2 under a bound, and the bare check of a signature. Run
 * as processes of their own.
 */
import { generateKeyPairSync, randomBytes, sign, verify as verifySignature } from 'node:crypto';
import { createServer } from 'node:http';
import { hash, verify } from '@node-rs/argon2';

const [what, given = '{}'] = process.argv.slice(2);

/** Answers every request with the same status, headers and body. */
function answerAlways({ headers, body }: { headers: Record<string, string>; body: string }): void {
  createServer((request, response) => {
    request.resume();
    response.writeHead(200, { ...headers, 'content-length': Buffer.byteLength(body) });
    response.end(body);
  }).listen(Number(process.env.PORT), '127.0.0.1');
}

/** Verifies one hash over and over, so many at once, and prints what that gave. */
async function hashAlways(how: {
  memoryCost: number;
  timeCost: number;
  atOnce: number;
  seconds: number;
}): Promise<void> {
  const { memoryCost, timeCost, atOnce, seconds } = how;
  const made = await hash('correct horse battery staple', { memoryCost, timeCost, parallelism: 1 });
  const took: number[] = [];
  const end = performance.now() + seconds * 1000;
  const before = process.cpuUsage();
  const begun = performance.now();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (performance.now() < end) {
        const start = performance.now();
        await verify(made, 'correct horse battery staple');
        took.push(performance.now() - start);
      }
    }),
  );
  const { user, system } = process.cpuUsage(before);
  console.log(JSON.stringify({ took, seconds: (performance.now() - begun) / 1000, cpu: user + system }));
}

/** Checks one signature of a passkey (ES256, over authenticator data and a hash) over and over. */
function verifyAlways({ seconds }: { seconds: number }): void {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const data = randomBytes(37 + 32);
  const signature = sign('sha256', data, privateKey);
  const end = performance.now() + seconds * 1000;
  const before = process.cpuUsage();
  let times = 0;
  while (performance.now() < end) {
    if (!verifySignature('sha256', data, publicKey, signature)) throw new Error('The signature is not right.');
    times += 1;
  }
  const { user, system } = process.cpuUsage(before);
  console.log(JSON.stringify({ cpu: (user + system) / times }));
}

if (what === 'http') answerAlways(JSON.parse(given));
else if (what === 'signature') verifyAlways(JSON.parse(given));
else await hashAlways(JSON.parse(given));
