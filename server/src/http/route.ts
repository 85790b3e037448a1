import { z } from 'zod';
import type { AppContext } from './context.ts';

/** A path's parameter: a row's id or a flow's name. What looks otherwise names nothing. */
export const pathId = z.string().regex(/^[\w-]{1,64}$/);

/** One route: what it takes and answers. The API document is generated from these, and the parsing uses them. */
export interface Route {
  readonly method: 'get' | 'post' | 'patch' | 'delete';
  /** With `{name}` for parameters, as OpenAPI writes them. */
  readonly path: string;
  readonly summary: string;
  readonly parameters?: Readonly<Record<string, z.ZodType>>;
  /** The fields behind the `?`, each optional. */
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** The answer's schema by status; none for an empty one. */
  readonly answers: Readonly<Record<number, z.ZodType | undefined>>;
  /** What a good answer is sent as; `application/json` unless told. */
  readonly media?: string;
  /** Who may call it. */
  readonly who: 'anyone' | 'session' | 'flow' | 'device';
  readonly handle: (c: AppContext) => Promise<Response> | Response;
}
