/** How the pages are built: hashed assets, nothing inline, so that they live under a strict content security policy. */
import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { authenticatorWorker } from './worker-plugin.ts';

const server = 'http://localhost:2322';

const ground = /\/node_modules\/(react|react-dom|scheduler)\/|\/web\/src\/(ui\/|(navigation|page-meta|texts)\.tsx?$)/;

export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  plugins: [react(), authenticatorWorker()],
  build: {
    outDir: 'dist',
    target: 'es2022',
    manifest: true,
    rolldownOptions: {
      input: ['index.html', 'authenticator.html'].map((page) => join(import.meta.dirname, page)),
      // What both pages stand on goes into one file: cut into several it would be larger to send.
      output: { codeSplitting: { groups: [{ name: 'ground', test: ground }] } },
    },
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    // The server answers its own origin only, so the proxy speaks as that origin.
    proxy: {
      '/api': { target: server, changeOrigin: true, headers: { origin: server } },
      '/dev': { target: server, changeOrigin: true },
    },
  },
});
