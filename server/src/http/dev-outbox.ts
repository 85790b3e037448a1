/** Development only: the mails that would have left, newest first. Production does not have this route. */
import { Hono } from 'hono';
import type { AppEnv, KeptMessage } from './context.ts';

const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 44rem; margin: 2rem auto; padding: 0 1rem }
article { border: 1px solid #8886; border-radius: 12px; padding: 1rem 1.25rem; margin: 1rem 0 }
h1 { font-size: 1.4rem } h2 { font-size: 1rem; margin: 0 }
p { margin: .25rem 0; opacity: .75 } pre { white-space: pre-wrap; overflow-wrap: anywhere; font: inherit }
`;

const csp = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const linked = (text: string): string =>
  escaped(text).replace(/https?:\/\/[^\s&<]+/g, (url) => `<a href="${url}">${url}</a>`);

const article = (kept: KeptMessage): string => `<article><h2>${escaped(kept.subject ?? kept.channel)}</h2>
<p>to ${escaped(kept.to)}, ${escaped(kept.at)}</p><pre>${linked(kept.text)}</pre></article>`;

/** The page and the list of kept messages. */
export function devOutbox(messages: () => readonly KeptMessage[]): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  app.get('/dev/outbox.css', (c) => c.body(style, 200, { 'content-type': 'text/css; charset=utf-8' }));
  app.get('/dev/outbox', (c) => {
    const kept = messages();
    if ((c.req.header('accept') ?? '').includes('application/json')) return c.json(kept);
    const list = kept.length > 0 ? kept.map(article).join('') : '<p>Nothing yet. Codes will appear here.</p>';
    const html = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="5"><title>Development outbox</title><link rel="stylesheet" href="/dev/outbox.css">
<main><h1>Development outbox</h1><p>Mails and SMS are kept here where no provider is configured for them.</p>${list}</main></html>`;
    return c.body(html, 200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': csp });
  });
  return app;
}
