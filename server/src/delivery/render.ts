/**
 * Turns a message into what a provider sends: one segment of text for SMS, plain text, and for e-mail beside it a simple
 * page that needs nothing from outside.
 */
import { nearestLocale, render } from '../texts/index.ts';
import type { Message, Rendered } from './deliver.ts';
import { smsText } from './sms/text.ts';

/** Whose message it is: what is filled in where the message itself says nothing. */
export interface Service {
  readonly name: string;
  /** The sender's address. */
  readonly sender: string;
  /** Built from configuration, never from a request (OWASP Forgot Password Cheat Sheet). */
  readonly origin: string;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] ?? '');

// No background and no text colour of its own: the mail program's light or dark theme decides, and both can be read.
const font = 'font-family:system-ui,-apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif';
const frame = `${font};max-width:34em;margin:0 auto;padding:24px 16px;font-size:16px;line-height:1.5`;
const mono = 'font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace';
const big = `${mono};font-size:34px;line-height:1.2;font-weight:700;letter-spacing:.15em;user-select:all`;
const box = 'margin:20px 0;padding:16px;border:1px solid #8a8f98;border-radius:10px;text-align:center';
const button =
  'display:inline-block;padding:12px 20px;border-radius:8px;background:#1d4ed8;color:#ffffff;text-decoration:none;font-weight:600';

function paragraph(text: string, { code, link }: Readonly<Record<string, string>>): string {
  if (text === '') return '';
  if (text === code) return `<p style="${box}"><span style="${big}">${escaped(text)}</span></p>`;
  if (text === link) {
    const href = escaped(text);
    const spelt = `<p style="margin:16px 0;font-size:13px;word-break:break-all">${href}</p>`;
    return `<p style="margin:20px 0"><a href="${href}" style="${button}">Continue</a></p>${spelt}`;
  }
  return `<p style="margin:16px 0">${escaped(text)}</p>`;
}

function page(
  locale: string,
  subject: string,
  paragraphs: readonly string[],
  parameters: Readonly<Record<string, string>>,
) {
  const body = paragraphs.map((text) => paragraph(text, parameters)).join('\n');
  return [
    `<!doctype html><html lang="${escaped(locale)}"><head><meta charset="utf-8">`,
    '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">',
    `<meta name="supported-color-schemes" content="light dark"><title>${escaped(subject)}</title></head>`,
    `<body style="margin:0;padding:0"><div style="${frame}">`,
    body,
    '</div></body></html>',
  ].join('\n');
}

/**
 * Renders a message for its channel. `{service}` and `{origin}` come from the service where the message does not name
 * them. Throws where the text needs a parameter that is not there.
 */
export function renderMessage(
  message: Pick<Message, 'channel' | 'text' | 'parameters' | 'locale'>,
  { id, to, service }: { readonly id: string; readonly to: string; readonly service: Service },
): Rendered {
  const locale = nearestLocale(message.locale);
  const parameters = { service: service.name, origin: service.origin, ...message.parameters };
  const from = { name: service.name, address: service.sender };
  const rendered = { channel: message.channel, to, from, id };
  if (message.channel === 'sms') return { ...rendered, text: smsText(locale, message.text, parameters) };
  const { subject, paragraphs } = render(locale, message.text, parameters);
  const text = `${paragraphs.join('\n\n')}\n`;
  if (message.channel !== 'email') return { ...rendered, text };
  return { ...rendered, text, subject, html: page(locale, subject, paragraphs, parameters) };
}
