/** Bad input of every kind at every documented route: a clear problem, never a stack, nothing counted and nothing lost. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import fc from 'fast-check';
import { z } from 'zod';
import { statuses } from '../../src/errors.ts';
import { flows } from '../../src/flows/index.ts';
import type { Answer, Browser } from '../browser.ts';
import { databases, type House, openHouse } from '../house.ts';
import { asked, enterPassword, type Person, register } from '../people.ts';

interface Documented {
  readonly responses: Readonly<Record<string, { content?: Record<string, { schema: z.core.JSONSchema.JSONSchema }> }>>;
}

/** One documented route with what reads its answers. */
interface Operation {
  readonly method: string;
  readonly path: string;
  readonly answers: ReadonlyMap<string, z.ZodType | undefined>;
}

async function documented(browser: Browser): Promise<Operation[]> {
  const { body } = await browser.get<{ paths: Record<string, Record<string, Documented>> }>('/api/v1/openapi.json');
  return Object.entries(body.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { responses }]) => ({
      method: method.toUpperCase(),
      path,
      answers: new Map(
        Object.entries(responses).map(([status, { content = {} }]) => {
          const [schema] = Object.values(content).map((one) => one.schema);
          return [status, schema && z.fromJSONSchema(schema)];
        }),
      ),
    })),
  );
}

const names = flows.map(({ name }) => name);
const keys = ['identifier', 'password', 'value', 'choose', 'code', 'link', 'resend', 'kept', 'renew', 'accept', 'name'];
const extras = [
  'transport',
  'kind',
  'level',
  'action',
  'email',
  'role',
  'label',
  'preferred',
  'constructor',
  'toString',
];

/** Texts that break careless readers. */
const nasty = fc.constantFrom(
  ...['\u0000', 'a\u0000b@example.org', '\ud800', '\u202e', 'null', '../../etc/passwd', "' or 1=1 --", '{{7*7}}', ''],
  ...[
    '%00',
    '%',
    '\r\nSet-Cookie: a=b',
    '٤٤٤٤٤٤',
    '𝟙𝟚𝟛𝟜𝟝𝟞',
    'x'.repeat(5000),
    '🧵'.repeat(700),
    '__proto__',
    '-0',
    'NaN',
  ],
);
const text = fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 40 }));
const value = fc.oneof(
  text,
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(true, null, [], {}, [['000000'], '000001']),
);
const fields = fc.dictionary(fc.constantFrom(...keys, ...extras), value, { maxKeys: 4 });

const raw = fc.constantFrom(
  ...['', '{', '[]', 'null', '"{}"', '1e999', '{"code":"1","code":"2"}', '{"a":1}{"b":2}', '\ufeff{}', 'a=b&c=d'],
  ...['{"__proto__":{"code":"000000"}}', '{"constructor":{"prototype":{"done":true}}}', '{"password":"\\ud800"}'],
  ...[
    '{"identifier":"a\\u0000b","password":"x"}',
    '{"kept":true,"__proto__":null}',
    '{"transport":"token","link":"\\u0000"}',
  ],
  `{"a":${'['.repeat(30_000)}${']'.repeat(30_000)}}`,
  `{"a":"${'x'.repeat(70_000)}"}`,
  `{${Array.from({ length: 3000 }, (_, n) => `"k${n}":${n}`).join(',')}}`,
);
const bytes = fc.uint8Array({ minLength: 1, maxLength: 50 }).map((array) => Buffer.from(array).toString('latin1'));
const body = fc.oneof({ weight: 4, arbitrary: fields.map((one) => JSON.stringify(one)) }, raw, bytes);

/** Header values as they can travel: bytes without line ends. */
const headerText = fc.string({
  unit: fc.integer({ min: 32, max: 255 }).map((n) => String.fromCharCode(n)),
  maxLength: 60,
});
const headers = fc.record(
  {
    'content-type': fc.constantFrom('application/json', 'application/json; charset=utf-16', 'text/plain', 'JSON', ''),
    authorization: fc.oneof(
      headerText,
      headerText.map((one) => `Bearer ${one}`),
      fc.constant(`Bearer ${'x'.repeat(43)}`),
    ),
    'user-agent': headerText,
    'accept-language': fc.oneof(headerText, fc.constant('*;q=x,'.repeat(200))),
    accept: headerText,
    'content-length': fc.constantFrom('-1', 'NaN', '999999999', '0'),
    'x-forwarded-for': headerText,
  },
  { requiredKeys: [] },
);
const methods = fc.constantFrom('GET', 'HEAD', 'POST', 'POST', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND');
const segment = fc.oneof(
  fc.constantFrom(
    ...names,
    'nobody',
    '%00',
    '%ff',
    '%2e%2e',
    'a'.repeat(65),
    'a'.repeat(5000),
    '__proto__',
    '%E0%A4%A',
  ),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }).map((one) => encodeURIComponent(one.toWellFormed())),
);

const problem = z.object({ type: z.string(), title: z.string(), status: z.int(), code: z.string() });

/** What every answer must be, whatever was asked. */
function checkAnswer(answer: Answer<unknown>, operation: Operation | undefined, asked: string): void {
  const { status, headers: given, text: said } = answer;
  const type = given.get('content-type') ?? '';
  const where = `${asked} ${status} ${said.slice(0, 300)}`;
  assert.ok(status < 500 || (status === 503 && said.includes('"busy"')), where);
  assert.doesNotMatch(said, /\bat \S+ \(|\.ts:\d|node_modules|sqlite|postgres|kysely|SELECT|ECONN/i, where);
  assert.equal(given.get('cache-control'), 'no-store', where);
  if (asked.startsWith('HEAD') || type.startsWith('text/event-stream')) return;
  if (status >= 400) {
    assert.equal(type, 'application/problem+json', where);
    const { code } = problem.parse(answer.body);
    assert.equal(statuses[code as keyof typeof statuses], status, where);
    return;
  }
  assert.ok(operation?.answers.has(String(status)), where);
  const schema = operation?.answers.get(String(status));
  if (schema) schema.parse(answer.body);
  else assert.equal(said, '', where);
}

for (const on of databases) {
  describe(`bad input on ${on}`, () => {
    let opened: Promise<{ house: House & AsyncDisposable; ada: Person; operations: Operation[] }> | undefined;
    const open = async () => {
      const house = await openHouse({ on });
      return { house, ada: await register(house), operations: await documented(house.browser()) };
    };
    const ready = () => {
      opened ??= open();
      return opened;
    };
    after(async () => (await opened)?.house[Symbol.asyncDispose]());

    test('every documented route answers anything with its own schema or a problem, signed in or not', async () => {
      const { house, ada, operations } = await ready();
      const { size } = new Set(operations.map(({ path }) => path.replaceAll(/\{\w+\}/g, '{}')));
      assert.equal(size, new Set(operations.map(({ path }) => path)).size, 'no two paths are the same (OpenAPI 3.1)');
      const request = fc.record({
        template: fc.constantFrom(...operations.map(({ path }) => path)),
        method: methods,
        segment,
        body,
        headers,
        signedIn: fc.boolean(),
      });
      await fc.assert(
        fc.asyncProperty(request, async ({ template, method, segment: part, headers: sent, ...given }) => {
          // It is what it is for: it would end the session that the others need.
          if (given.signedIn && /sign-out/.test(template)) return;
          const browser = given.signedIn ? ada.browser : house.browser();
          const path = template.replaceAll(/\{\w+\}/g, part);
          const bare = method === 'GET' || method === 'HEAD';
          if (bare && /events$/.test(path)) return;
          const answer = await browser.call(method, path, bare ? undefined : given.body, sent);
          const operation = operations.find((one) => one.method === method && one.path === template);
          checkAnswer(answer, operation, `${method} ${path}`);
        }),
        { numRuns: 250 },
      );
      assert.equal((await house.browser().get('/livez')).text, 'ok');
    });

    test('what a database or a reader may choke on is refused in every place where it can stand', async () => {
      const { house, ada, operations } = await ready();
      const parts = ['%00', 'a%00b', '%ff', '%E0%A4%A', '%ED%A0%80', '..%2f..', 'a'.repeat(65), 'nobody', '__proto__'];
      for (const operation of operations.filter(({ path }) => path.includes('{') && !path.endsWith('events'))) {
        for (const part of parts) {
          const path = operation.path.replaceAll(/\{\w+\}/g, part);
          const sent = operation.method === 'GET' ? undefined : {};
          const answer = await ada.browser.call(operation.method, path, sent);
          checkAnswer(answer, operation, `${operation.method} ${path}`);
          // What could be a name reaches the console's routes, which say no before they look it up.
          const denied = answer.status === 403 && /^\w+$/.test(part) && /v1\/(tokens|messages)/.test(path);
          assert.ok(answer.status === 404 || denied, `${operation.path} ${part} ${answer.status}`);
        }
      }
      for (const name of names) {
        for (const key of [...keys, ...extras]) {
          const answer = await house.browser().start(name, { password: 'x', [key]: 'a\u0000b@example.org' });
          assert.ok(answer.status < 500 && answer.text.length > 0, `${name} ${key} ${answer.text}`);
        }
      }
    });

    test('after all of that the account is as it was, and nothing was counted against it', async () => {
      const { house, ada } = await ready();
      const account = await ada.browser.get<{ id: string; codesLeft: number; paperKey: boolean }>('/api/v1/account');
      assert.deepEqual([account.body.codesLeft, account.body.paperKey], [10, true]);
      const { k } = house.database.all;
      const counted = await k.selectFrom('attempts').selectAll().where('subject', '=', account.body.id).execute();
      assert.deepEqual(counted, []);
      const browser = house.browser();
      const flow = await enterPassword(browser, ada);
      assert.equal((await browser.answer(flow, { code: ada.nextCode() })).body.done, true);
    });

    test('a flow takes what its step asks for; anything else costs no attempt and ends nothing', async () => {
      const { house, ada } = await ready();
      const browser = house.browser();
      const flow = await enterPassword(browser, ada);
      const wrong = fc.oneof(
        fc.record({ code: fc.jsonValue().filter((one) => typeof one !== 'string' || one === '' || one.length > 128) }),
        fields.filter((one) => !('code' in one) && !('choose' in one) && Object.keys(one).length > 0),
        fc.record({ code: fc.constant('000000'), password: value }),
        fc.record({ choose: text.filter((one) => one !== '') }),
      );
      await fc.assert(
        fc.asyncProperty(wrong, async (one) => {
          const answer = await browser.answer(flow, one);
          assert.deepEqual([answer.status, answer.body.code], [400, 'bad-request'], answer.text);
        }),
        { numRuns: 100 },
      );
      const { k } = house.database.all;
      const { attempts } = await k
        .selectFrom('challenges')
        .select('attempts')
        .where('flow_id', '=', flow.id)
        .executeTakeFirstOrThrow();
      assert.equal(attempts, 0);
      const { body: still } = await browser.get<typeof flow>(`/api/v1/flows/${flow.id}`);
      assert.equal(asked(still, 'code').kind, 'totp');
      assert.equal((await browser.answer(flow, { code: ada.nextCode() })).body.done, true);
    });
  });
}
