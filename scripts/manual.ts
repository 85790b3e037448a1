/** `npm run manual`: writes docs/configuration.md from the options in server/src/config.ts. */
import { writeFileSync } from 'node:fs';
import { options } from '../server/src/config.ts';
import { profilesManual } from './profiles.ts';
import { at } from './workspace.ts';

const head = `# Configuration

Generated from \`server/src/config.ts\` by \`npm run manual\`; change it there.

Options stand in the environment or in a file named \`secondlock.config.ts\` (with a default export) or
\`secondlock.config.json\` in the working folder, under the same names. The environment wins. An option that is wrong or
unknown stops the start with a line that names it. Lengths of time are in seconds.

\`NODE_ENV=production\` turns development mode off; then the start is refused, saying which line to add, without https
origins, sealing keys, a mail server, and either a certificate or trusted proxies: see [production.md](production.md).

| option | values | default | what it is |
| --- | --- | --- | --- |
`;

/** What JSON Schema says about one option. */
interface Described {
  readonly description?: string;
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly Described[];
  readonly minimum?: number;
  readonly maximum?: number;
}

function values({ type, enum: oneOf, anyOf, minimum = -Infinity, maximum = Infinity }: Described): string {
  if (oneOf) return oneOf.map((value) => `\`${value}\``).join(', ');
  if (anyOf) return 'list';
  if (type !== 'integer') return 'text';
  const least = Number.isSafeInteger(minimum) && minimum > Number.MIN_SAFE_INTEGER;
  const most = Number.isSafeInteger(maximum) && maximum < Number.MAX_SAFE_INTEGER;
  if (least && most) return `${minimum} to ${maximum}`;
  return least ? `${minimum} or more` : 'number';
}

function initial(option: (typeof options.shape)[keyof typeof options.shape]): string {
  const { data } = option.safeParse(undefined);
  if (data === undefined || (Array.isArray(data) && data.length === 0)) return '';
  return `\`${Array.isArray(data) ? data.join(',') : String(data)}\``;
}

/** The text of docs/configuration.md. */
export function manual(): string {
  const schema = options.toJSONSchema({ io: 'input', unrepresentable: 'any' });
  const described = schema.properties as Readonly<Record<string, Described>>;
  const rows = Object.entries(options.shape).map(([name, option]) => {
    const given = described[name] ?? {};
    if (!given.description) throw new Error(`${name} has no description: add .describe('…') in server/src/config.ts.`);
    return `| \`${name}\` | ${values(given)} | ${initial(option)} | ${given.description.replaceAll('|', '\\|')} |\n`;
  });
  return head + rows.join('');
}

if (import.meta.main) {
  writeFileSync(at('docs/configuration.md'), manual());
  writeFileSync(at('docs/profiles.md'), profilesManual());
}
