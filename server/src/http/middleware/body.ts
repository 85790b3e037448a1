import type { z } from 'zod';
import { Problem } from '../../errors.ts';
import type { AppContext } from '../context.ts';

/** No request of this API is larger unless its route says so; what is, is refused before it is parsed (PW-12). */
const most = 64 * 1024;

/** Reads a JSON object. Anything but `application/json` is refused, so no form of another site can send one (NET-03). */
export async function readJson(c: AppContext, largest = most): Promise<Record<string, unknown>> {
  const type = (c.req.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') throw new Problem('not-json');
  const text = await readText(c, largest);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Problem('bad-json');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Problem('bad-json');
  return value as Record<string, unknown>;
}

/** The body as text: `too-large` above the limit, `bad-json` where it is no UTF-8. */
export async function readText(c: AppContext, largest = most): Promise<string> {
  const announced = c.req.header('content-length');
  if (Number(announced ?? 0) > largest) throw new Problem('too-large');
  try {
    // The HTTP parser hands on no more than was announced, so that is read at once, and at a third of the cost.
    const bytes = announced === undefined ? await counted(c.req.raw.body, largest) : await c.req.raw.arrayBuffer();
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    // Not UTF-8, or its sender left in the middle: no fault of the server, and nothing for its log.
    throw error instanceof Problem ? error : new Problem('bad-json');
  }
}

async function counted(body: ReadableStream<Uint8Array> | null, largest: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    if (size > largest) throw new Problem('too-large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Parses what a client sent; each wrong field is named with why, and nothing it held is repeated. */
export function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.slice(0, 10).map((issue) => ({
    field: issue.path.map(String).join('.').slice(0, 60) || 'body',
    why: issue.code === 'unrecognized_keys' ? 'unknown fields' : issue.message.slice(0, 120),
  }));
  throw new Problem('bad-request', { fields });
}
