/** How the pages are built: hashed assets, nothing inline, so that they live under a strict content security policy. */
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const server = 'http://localhost:2322';

export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  plugins: [react()],
  build: {
    outDir: 'dist',
    target: 'es2022',
    manifest: true,
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
