import tailwind from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// Run as `vite build renderer`: the root is this folder. Relative addresses, so that Electron can load the same bundle
// from a folder; no polyfill, because it would be an inline script, which the content security policy refuses.
export default defineConfig({
  base: './',
  plugins: [react(), tailwind()],
  build: {
    outDir: '../dist/renderer',
    emptyOutDir: true,
    target: 'chrome130',
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1_200,
  },
});
