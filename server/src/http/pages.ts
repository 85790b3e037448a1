/** The built pages, from memory. Unknown paths are no pages: the answer says 404. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Hono } from 'hono';
import type { AppContext, AppEnv } from './context.ts';
import { forPages, forServiceWorker, withCamera } from './middleware/headers.ts';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.txt': 'text/plain; charset=utf-8',
};

const paths = ['/', '/sign-in', '/registration', '/recovery', '/set-up', '/invitation', '/account', '/account/*'];

interface Asset {
  readonly file: string;
  readonly type: string;
  gzipped?: Buffer<ArrayBuffer>;
}

const manifest = '/authenticator.webmanifest';

/** The phone's page: it scans QR codes, is installed under the service's own name, and works without a net. */
function authenticator(app: Hono<AppEnv>, folder: string): void {
  const html = readFileSync(join(folder, 'authenticator.html'), 'utf8');
  const about: unknown = JSON.parse(readFileSync(join(folder, manifest), 'utf8'));
  app.get('/authenticator', (c) => {
    c.header('permissions-policy', withCamera);
    return page(c, html, 200);
  });
  app.get(manifest, (c) => {
    const { name } = c.get('visit').tenant;
    const body = JSON.stringify({ ...(about as object), name, short_name: name });
    return c.body(body, 200, { 'content-type': types['.webmanifest'] ?? '', 'cache-control': 'no-cache' });
  });
}

/** Serves the folder that the page build wrote. */
export function pages(folder: string): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  const html = readFileSync(join(folder, 'index.html'), 'utf8');
  if (existsSync(join(folder, 'authenticator.html'))) authenticator(app, folder);
  const assets = new Map(filesIn(folder).map((file) => [`/${relative(folder, file)}`, assetOf(file)]));
  for (const path of paths) app.get(path, (c) => page(c, html, 200));
  app.get('*', (c) => {
    const asset = assets.get(c.req.path);
    return asset && extname(asset.file) !== '.html' ? send(c, asset) : page(c, html, 404);
  });
  return app;
}

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile());

const assetOf = (file: string): Asset => ({ file, type: types[extname(file)] ?? 'application/octet-stream' });

const packed = /^(text|application)\/|svg/;

const serviceWorker = '/authenticator-worker.js';

/** A service worker that is kept anywhere would keep old pages alive: it is asked for again each time. */
const keeping = (path: string): string => {
  if (path.startsWith('/assets/')) return 'public, max-age=31536000, immutable';
  return path === serviceWorker ? 'no-cache' : 'public, max-age=3600';
};

function send(c: AppContext, asset: Asset): Response {
  const headers = new Headers({
    'content-type': asset.type,
    'cache-control': keeping(c.req.path),
    vary: 'accept-encoding',
  });
  if (c.req.path === serviceWorker) headers.set('content-security-policy', forServiceWorker);
  const wantsGzip = /\bgzip\b/.test(c.req.header('accept-encoding') ?? '') && packed.test(asset.type);
  if (!wantsGzip) return new Response(new Uint8Array(readFileSync(asset.file)), { headers });
  asset.gzipped ??= Buffer.from(gzipSync(readFileSync(asset.file), { level: 9 }));
  headers.set('content-encoding', 'gzip');
  return new Response(asset.gzipped, { headers });
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** The one HTML file, told what the service is called and how it is set. */
function page(c: AppContext, html: string, status: 200 | 404): Response {
  const { tenant } = c.get('visit');
  const { development } = c.get('surfaces');
  const meta = JSON.stringify({ service: tenant.name, registration: tenant.registration, development });
  const body = html
    .replace(/(<meta name="secondlock" content=")[^"]*"/, (_, head: string) => `${head}${escaped(meta)}"`)
    .replace(/<title>[^<]*<\/title>/, () => `<title>${escaped(tenant.name)}</title>`);
  return c.body(body, status, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': forPages,
    'cache-control': 'no-store',
  });
}
