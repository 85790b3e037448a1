/** What the pages say: one language, loaded when the page opens, looked up by key. */
import { createElement, Fragment, type ReactNode } from 'react';
import type { account } from '../../server/src/texts/en/account.ts';
import type { authenticator } from '../../server/src/texts/en/authenticator.ts';
import type { nextPages } from '../../server/src/texts/en/next-pages.ts';
import type { pages } from '../../server/src/texts/en/pages.ts';

type Plural = { readonly one: string; readonly other: string };
type Words = Readonly<Record<string, string | Plural>>;
type Parameters = Readonly<Record<string, string | number>>;

/** The key of a text that the pages know. */
export type TextKey = keyof typeof pages | keyof typeof nextPages | keyof typeof account | keyof typeof authenticator;

interface Language {
  readonly first: () => Promise<Words>;
  readonly next: () => Promise<Words>;
  readonly account: () => Promise<Words>;
  readonly authenticator: () => Promise<Words>;
}

const english: Language = {
  first: async () => (await import('../../server/src/texts/en/pages.ts')).pages,
  next: async () => (await import('../../server/src/texts/en/next-pages.ts')).nextPages,
  account: async () => (await import('../../server/src/texts/en/account.ts')).account,
  authenticator: async () => (await import('../../server/src/texts/en/authenticator.ts')).authenticator,
};

/** A language is one folder of texts and one line here. */
const languages: Readonly<Record<string, Language>> = { en: english };

const chosen = navigator.languages.map((tag) => tag.slice(0, 2)).find((tag) => tag in languages) ?? 'en';
const language = languages[chosen] ?? english;
/** For dates and numbers: the visitor's own way of writing them, in the language of the page. */
export const locale = navigator.languages.find((tag) => tag.startsWith(chosen)) ?? chosen;
const plurals = new Intl.PluralRules(locale);

let words: Words = {};

/** Joins what has arrived: two sets may be on their way at once, and neither may undo the other. */
function add(more: Words): void {
  words = { ...words, ...more };
}

/** Loads what every page says. */
export async function loadTexts(): Promise<void> {
  add(await language.first());
  document.documentElement.lang = chosen;
}

/** Loads what the pages after the first one of a flow say. */
export async function loadNextTexts(): Promise<void> {
  add(await language.next());
}

/** Loads what the account pages say, where flows are gone through too. */
export async function loadAccountTexts(): Promise<void> {
  const [account] = await Promise.all([language.account(), loadNextTexts()]);
  add(account);
}

/** Loads what the authenticator says. */
export async function loadAuthenticatorTexts(): Promise<void> {
  add(await language.authenticator());
}

const fill = (text: string, parameters: Parameters): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => String(parameters[name] ?? whole));

function pick(key: string, parameters: Parameters): string | undefined {
  const found = words[key];
  if (found === undefined || typeof found === 'string') return found;
  return plurals.select(Number(parameters.count)) === 'one' ? found.one : found.other;
}

/** The text of a key. */
export function t(key: TextKey, parameters: Parameters = {}): string {
  return fill(pick(key, parameters) ?? key, parameters);
}

/** The text of the first key that exists, for keys that the server sends and this page may not know yet. */
export function tAny(keys: readonly string[], fallback: string, parameters: Parameters = {}): string {
  for (const key of keys) {
    const found = pick(key, parameters);
    if (found !== undefined) return fill(found, parameters);
  }
  return fallback;
}

/** A sentence whose parts are set apart, so that an address stands out in it. */
export function rich(text: string, parts: Readonly<Record<string, ReactNode>>): ReactNode {
  const pieces = text.split(/\{(\w+)\}/);
  const shown = pieces.map((piece, at) => (at % 2 === 1 ? createElement('b', null, parts[piece]) : piece));
  return createElement(Fragment, null, ...shown);
}

/** The name of a factor kind, also of one that this page does not know. */
export function kindName(kind: string): string {
  return tAny([`kind.${kind}`], kind.charAt(0).toUpperCase() + kind.slice(1).replaceAll('-', ' '));
}
