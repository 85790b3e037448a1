/** What the server says in messages, by key and language. Data and one function; the pages have texts of their own. */
import { messages as en, type MessageKey } from './en/messages.ts';

export type { MessageKey } from './en/messages.ts';

/** One message in one language: `{name}` is filled in. A paragraph that is only a code or link is shown as such. */
export interface MessageText {
  /** Text messages have none. */
  readonly subject?: string;
  readonly paragraphs: readonly string[];
}

const byLocale = { en } satisfies Record<string, Readonly<Record<MessageKey, MessageText>>>;

/** A language that there are texts in. */
export type Locale = keyof typeof byLocale;

/** The languages, in the order they are offered. */
export const locales = Object.keys(byLocale) as readonly Locale[];

/** The language nearest to a wish like `en-GB`; English where there is none. */
export function nearestLocale(wish: string): Locale {
  const language = wish.toLowerCase().split(/[-_]/)[0];
  return locales.find((locale) => locale === language) ?? 'en';
}

/**
 * Characters that could end a header line, hide, or turn the direction of what follows: controls, line and paragraph
 * separators, zero-width and bidirectional marks. Joiners stay: names and emoji are made with them.
 */
const unwelcome = /[\p{Cc}\p{Zl}\p{Zp}\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]+/gu;

const longest = 1000;

const clean = (value: string): string => value.replace(unwelcome, ' ').trim().slice(0, longest).toWellFormed();

/**
 * Fills a message in. Values are data: a line break, a mark or a `{name}` inside one has no effect. Throws where a
 * parameter that the text names is missing, rather than sending a mail with a hole.
 */
export function render(
  locale: Locale,
  key: MessageKey,
  parameters: Readonly<Record<string, string>>,
): { subject: string; paragraphs: string[] } {
  const text: MessageText = byLocale[locale][key];
  const fill = (template: string): string =>
    template.replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
      if (value === undefined) throw new Error(`The text ${key} needs the parameter ${name}.`);
      return clean(value);
    });
  return { subject: fill(text.subject ?? ''), paragraphs: text.paragraphs.map(fill) };
}
