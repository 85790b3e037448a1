/**
 * The text of an SMS: one segment, whatever the service is called, and at its end the line that binds the code to the
 * origin, so that phones fill it in there and nowhere else (WICG Origin-bound one-time codes, §3).
 */
import { type Locale, type MessageKey, render } from '../../texts/index.ts';
import { segments } from './gsm.ts';

/** Typographic marks that alone would halve the room of a whole message, and what stands for them. */
const plainMarks: readonly (readonly [RegExp, string])[] = [
  [/[\u2018\u2019\u201a\u2032`\u00b4]/g, "'"],
  [/[\u201c\u201d\u201e\u2033\u00ab\u00bb]/g, '"'],
  [/[\u2010-\u2015\u2212]/g, '-'],
  [/\u2026/g, '...'],
  [/\p{Zs}/gu, ' '],
];

/** A scheme makes a link of what follows, and codes come without links: people must not learn to follow them. */
const scheme = /[a-z][a-z0-9+.-]*:\/\//gi;

function plain(name: string): string {
  let text = name;
  // What is left when a scheme is taken away may be one again.
  for (let before = ''; before !== text; ) {
    before = text;
    text = text.replace(scheme, '').replaceAll('://', ' ');
  }
  return plainMarks.reduce((all, [marks, by]) => all.replace(marks, by), text).trim();
}

/** The name with fewer and fewer letters, down to none; an accent or a joiner stays with its letter. */
function* shorter(name: string): Generator<string> {
  const letters = [...new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(name)].map(
    (one) => one.segment,
  );
  for (let left = letters.length; left > 0; left -= 1) yield letters.slice(0, left).join('').trimEnd();
}

/**
 * `{code} …` and, on the last line alone, `@host #code`. What does not fit into one segment is left out in this order:
 * the sentences after the first, the end of the service's name, all words but the code, all but the last line. A host
 * that leaves no room for its line (over 150 letters) is the only one that loses it.
 */
export function smsText(
  locale: Locale,
  key: MessageKey,
  parameters: Readonly<Record<string, string>> & { readonly service: string; readonly origin: string },
): string {
  const { code } = parameters;
  const name = plain(parameters.service);
  const worded = (service: string): string[] => render(locale, key, { ...parameters, service }).paragraphs;
  const sentences = worded(name);
  const last = code === undefined ? '' : `@${new URL(parameters.origin).hostname} #${code}`;
  const bound = (words: string): string => [words, last].filter((part) => part !== '').join('\n\n');
  for (let many = sentences.length; many > 0; many -= 1) {
    const text = bound(sentences.slice(0, many).join(' '));
    if (fits(text)) return text;
  }
  for (const service of shorter(name)) {
    const text = bound(worded(service)[0] ?? '');
    if (fits(text)) return text;
  }
  return [bound(code ?? ''), last].find(fits) ?? code ?? '';
}

const fits = (text: string): boolean => segments(text).segments === 1;
