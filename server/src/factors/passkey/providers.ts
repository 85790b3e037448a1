/** What authenticators are called, by the AAGUID that they say they have: a name for lists, never proof (WebAuthn §6.5.1). */
import { z } from 'zod';
import { type Category, known } from './known-providers.ts';

/** What a passkey lives in; the pages have a drawing for each. */
export type { Category };

/** How an authenticator is shown. */
export interface Provider {
  readonly name: string;
  readonly category: Category;
  /** Pictures of the operator's file, as `data:` addresses; without them the drawing of the category is shown. */
  readonly icon?: { readonly light?: string; readonly dark?: string };
}

const largestFile = 16 * 1024 * 1024;
const largestIcon = 64 * 1024;
const nobody = '00000000-0000-0000-0000-000000000000';

// Data alone: an address would tell a stranger who looks at which passkey.
const icon = z
  .string()
  .regex(/^data:image\/(svg\+xml|png);base64,[A-Za-z0-9+/]+={0,2}$/, 'must be data:image/svg+xml or png in base64')
  // Left out, so that one picture that is too large does not cost the whole list.
  .transform((text) => (text.length > largestIcon ? undefined : text))
  .nullish();

/** The format of the community's list of passkey providers, where a category may be added. */
const file = z.record(
  z.string().regex(/^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/),
  z.object({
    name: z
      .string()
      .trim()
      .min(1)
      .max(100)
      .regex(/^\P{C}+$/u, 'must be printable'),
    category: z.enum(['phone', 'computer', 'cloud', 'key']).optional(),
    icon_light: icon,
    icon_dark: icon,
  }),
);

/** The names. */
export class Providers {
  readonly #providers: ReadonlyMap<string, Provider>;

  private constructor(providers: ReadonlyMap<string, Provider>) {
    this.#providers = providers;
  }

  /** Those that come with the server. */
  static shipped(): Providers {
    return new Providers(new Map(known.map(([aaguid, name, category]) => [aaguid, { name, category }])));
  }

  /**
   * Those of the operator's file, before those that come with the server. Throws an error that names the option and
   * says what is wrong.
   */
  static read(text: string): Providers {
    if (text.length > largestFile) throw fault('is larger than 16 MB');
    const parsed = file.safeParse(json(text));
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      const why = issue?.code === 'invalid_key' ? 'must be an AAGUID' : issue?.message;
      throw fault(`is not right at ${issue?.path.join('.') || 'its start'}: ${why}`);
    }
    const shipped = Providers.shipped().#providers;
    const own = Object.entries(parsed.data).map(([id, entry]): [string, Provider] => {
      const aaguid = id.toLowerCase();
      const [light, dark] = [entry.icon_light ?? undefined, entry.icon_dark ?? undefined];
      const category = entry.category ?? shipped.get(aaguid)?.category ?? 'key';
      const icon = { ...(light && { light }), ...(dark && { dark }) };
      return [aaguid, { name: entry.name, category, ...((light ?? dark) && { icon }) }];
    });
    return new Providers(new Map([...shipped, ...own]));
  }

  /** How an authenticator is shown; undefined where it is not known, or does not say what it is. */
  of(aaguid: string): Provider | undefined {
    return aaguid === nobody ? undefined : this.#providers.get(aaguid.toLowerCase());
  }
}

const fault = (why: string): Error => new Error(`SECONDLOCK_WEBAUTHN_NAMES: the file ${why}.`);

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw fault('is not JSON');
  }
}
