/** Builds the authenticator's service worker beside the pages, with the list of the parts that it keeps written in. */
import { createHash } from 'node:crypto';
import { globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin, type Rollup } from 'vite';

const folder = join(import.meta.dirname, 'src/authenticator/worker');
const fileName = 'authenticator-worker.js';
const html = 'authenticator.html';

const isChunk = (file: Bundle[string] | undefined): file is Rollup.OutputChunk => file?.type === 'chunk';

type Bundle = Rollup.OutputBundle;

/** What a chunk brings along: other chunks, now or later, styles and pictures. */
const broughtBy = (chunk: Rollup.OutputChunk): string[] => [
  ...chunk.imports,
  ...chunk.dynamicImports,
  ...(chunk.viteMetadata?.importedCss ?? []),
  ...(chunk.viteMetadata?.importedAssets ?? []),
];

/** All files that the page is made of, found from its entry on. */
function partsOf(bundle: Bundle): string[] {
  const entry = Object.values(bundle).find((file) => isChunk(file) && file.facadeModuleId?.endsWith(html));
  if (!entry) throw new Error(`nothing was built from ${html}`);
  const found = new Set<string>();
  const visit = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    const file = bundle[name];
    if (isChunk(file)) for (const next of broughtBy(file)) visit(next);
  };
  visit(entry.fileName);
  return [...found].filter((name) => name in bundle).sort();
}

const publicParts = (root: string): string[] =>
  readdirSync(join(root, 'public')).filter((name) => name.startsWith('authenticator'));

/** The worker as one classic script: it needs nothing that it would have to load. */
async function workerOf(parts: readonly string[], version: string): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'warn',
    define: { __PARTS__: JSON.stringify(parts), __BUILD__: JSON.stringify(version) },
    build: {
      write: false,
      target: 'es2022',
      lib: { entry: join(folder, 'worker.ts'), formats: ['iife'], name: 'worker' },
    },
  });
  const [output] = [built].flat();
  const first = output && 'output' in output ? output.output[0] : undefined;
  if (!first) throw new Error('no worker was built');
  return first.code;
}

export function authenticatorWorker(): Plugin {
  let root = '';
  return {
    name: 'authenticator-worker',
    apply: 'build',
    configResolved(config) {
      root = config.root;
    },
    buildStart() {
      for (const file of globSync(join(folder, '*.ts'))) this.addWatchFile(file);
    },
    generateBundle: {
      order: 'post',
      async handler(_, bundle) {
        const parts = partsOf(bundle);
        const page = bundle[html];
        const shared = publicParts(root);
        // Hashed names say what is in them; of the rest the content counts.
        const digest = createHash('sha256')
          .update(parts.join())
          .update(page?.type === 'asset' ? page.source : '');
        for (const name of shared) digest.update(readFileSync(join(root, 'public', name)));
        const version = digest.digest('base64url').slice(0, 12);
        const paths = [...parts, ...shared].map((name) => `/${name}`);
        this.emitFile({ type: 'asset', fileName, source: await workerOf(paths, version) });
      },
    },
  };
}
