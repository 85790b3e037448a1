import { z } from 'zod';
import { statuses } from '../errors.ts';
import type { Route } from './route.ts';

const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: z.enum(Object.keys(statuses) as [string, ...string[]]),
  retryAfter: z.number().optional(),
  level: z.string().optional(),
  maxAge: z.number().optional(),
  fields: z.array(z.object({ field: z.string(), why: z.string() })).optional(),
});

const schema = (of: z.ZodType, io: 'input' | 'output') => {
  const { $schema: _, ...rest } = z.toJSONSchema(of, { io, unrepresentable: 'any' });
  return rest;
};

/** The API document (OpenAPI 3.1), from the schemas that parse the requests. */
export function openApi(routes: readonly Route[], version: string) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Secondlock', version, license: { name: 'Apache-2.0' } },
    paths,
    components: {
      securitySchemes: {
        session: { type: 'http', scheme: 'bearer' },
        device: {
          type: 'http',
          scheme: 'Device',
          description: '`Device {device}.{time}.{signature}`: what is signed stands in docs/api.md.',
        },
        flow: { type: 'http', scheme: 'bearer', description: 'The `flowToken` that the start of the flow answered.' },
        flowCookie: { type: 'apiKey', in: 'cookie', name: '__Host-secondlock-flow-{first 12 characters of the id}' },
        sessionCookie: { type: 'apiKey', in: 'cookie', name: '__Host-secondlock' },
      },
    },
  };
}

const inPath = ({ parameters = {} }: Route) =>
  Object.entries(parameters).map(([name, of]) => ({
    ...{ name, in: 'path', required: true },
    schema: schema(of, 'input'),
  }));

const inQuery = ({ query }: Route) =>
  Object.entries(query?.shape ?? {}).map(([name, of]) => ({ name, in: 'query', schema: schema(of, 'input') }));

function operation(route: Route) {
  const good = Object.entries(route.answers).map(([status, answer]) => [
    status,
    answer
      ? { description: 'Done.', content: { [route.media ?? 'application/json']: { schema: schema(answer, 'output') } } }
      : { description: 'Done.' },
  ]);
  return {
    summary: route.summary,
    ...(route.parameters || route.query ? { parameters: [...inPath(route), ...inQuery(route)] } : {}),
    ...(route.body
      ? { requestBody: { required: true, content: { 'application/json': { schema: schema(route.body, 'input') } } } }
      : {}),
    responses: {
      ...Object.fromEntries(good),
      default: {
        description: 'A problem (RFC 9457) with a stable code.',
        content: { 'application/problem+json': { schema: schema(problem, 'output') } },
      },
    },
    ...(route.who === 'session' ? { security: [{ session: [] }, { sessionCookie: [] }] } : {}),
    ...(route.who === 'device' ? { security: [{ device: [] }] } : {}),
    ...(route.who === 'flow' ? { security: [{ flow: [] }, { flowCookie: [] }] } : {}),
  };
}
