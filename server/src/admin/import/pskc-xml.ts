/**
 * XML of files that strangers made: a strict reader with namespaces that knows no document types and no entities but
 * XML's own five, fetches nothing and opens nothing, and stops at the first thing that only hostile files have.
 */
import { SaxesParser, type SaxesTagNS } from 'saxes';
import { ImportRefused } from './imported.ts';
import { mostBytes } from './row.ts';

/** An element with what is in it. */
export interface Element {
  readonly uri: string;
  readonly local: string;
  /** Attributes without a namespace. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly Element[];
  /** Its own text, without that of its children, trimmed. */
  readonly text: string;
}

/** PSKC needs ten levels. */
const mostLevels = 24;
const mostElements = 60_000;
const mostAttributes = 32;

/** Read in pieces, so that what is hostile at the beginning is refused before the rest is looked at. */
const piece = 16 * 1024;

interface Open {
  readonly uri: string;
  readonly local: string;
  readonly attributes: Map<string, string>;
  readonly children: Element[];
  text: string;
}

/** The root of a document. Throws {@link ImportRefused}: `too-large`, `empty`, `hostile` or `malformed`. */
export function readXml(content: Uint8Array | string): Element {
  const text = decoded(content);
  const builder = new Builder();
  const parser = new SaxesParser({ xmlns: true, position: false });
  parser.on('doctype', () => refuse('hostile'));
  parser.on('opentagstart', () => builder.begin());
  parser.on('attribute', () => builder.attribute());
  parser.on('opentag', (tag) => builder.open(tag));
  parser.on('closetag', () => builder.close());
  parser.on('text', (part) => builder.text(part));
  parser.on('cdata', (part) => builder.text(part));
  try {
    for (let at = 0; at < text.length; at += piece) {
      parser.write(text.slice(at, at + piece));
      // The parser speaks of a document type only at its end, which may be far away.
      if (builder.empty && /<!DOCTYPE/i.test(text.slice(0, at + piece))) refuse('hostile');
    }
    parser.close();
  } catch (error) {
    throw error instanceof ImportRefused ? error : new ImportRefused('malformed');
  }
  return builder.root ?? refuse('malformed');
}

/** UTF-8 and nothing else: a second encoding is a second way to read the same bytes. */
function decoded(content: Uint8Array | string): string {
  if (content.length > mostBytes) refuse('too-large');
  let text: string;
  try {
    text = typeof content === 'string' ? content : new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    return refuse('malformed');
  }
  const trimmed = text.replace(/^\uFEFF/, '').trim();
  if (trimmed === '') refuse('empty');
  const encoding = /^<\?xml[^>]*?encoding\s*=\s*["']([^"']*)/.exec(trimmed)?.[1];
  if (encoding !== undefined && !/^(utf-8|us-ascii)$/i.test(encoding)) refuse('malformed');
  return trimmed;
}

const refuse = (why: 'hostile' | 'malformed' | 'too-large' | 'empty'): never => {
  throw new ImportRefused(why);
};

class Builder {
  root: Element | undefined;
  empty = true;
  readonly #stack: Open[] = [];
  #count = 0;
  #attributes = 0;

  begin(): void {
    this.empty = false;
    this.#count += 1;
    this.#attributes = 0;
    if (this.#stack.length >= mostLevels || this.#count > mostElements) refuse('hostile');
  }

  /** Counted as they come: thousands on one element cost their square. */
  attribute(): void {
    this.#attributes += 1;
    if (this.#attributes > mostAttributes) refuse('hostile');
  }

  open(tag: SaxesTagNS): void {
    const given = Object.values(tag.attributes);
    const attributes = new Map(given.filter(({ uri }) => uri === '').map(({ local, value }) => [local, value]));
    const element: Open = { uri: tag.uri, local: tag.local, attributes, children: [], text: '' };
    this.#stack.at(-1)?.children.push(element);
    this.root ??= element;
    this.#stack.push(element);
  }

  close(): void {
    const element = this.#stack.pop();
    if (element) element.text = element.text.trim();
  }

  text(part: string): void {
    const element = this.#stack.at(-1);
    if (element) element.text += part;
  }
}

/**
 * The child of that name, of any namespace where `uri` is undefined. Where there are two nobody knows which one counts:
 * the document is `malformed`.
 */
export function child(of: Element | undefined, local: string, uri?: string): Element | undefined {
  const [found, another] = of?.children.filter((one) => one.local === local && (uri ?? one.uri) === one.uri) ?? [];
  return another ? refuse('malformed') : found;
}

/** All children of that name. */
export const children = (of: Element, local: string, uri: string): Element[] =>
  of.children.filter((each) => each.local === local && each.uri === uri);

/** The bytes of a strict base64 text with any white space; undefined where it is none. */
export function bytesOf(text: string | undefined): Buffer | undefined {
  const plain = text?.replace(/\s+/g, '');
  if (!plain || !/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(plain)) return undefined;
  return Buffer.from(plain, 'base64');
}
