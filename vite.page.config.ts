import path from 'node:path';
import { defineConfig } from 'vite';
import { bundledPackages } from './scripts/bundled-packages.ts';

const root = path.resolve(import.meta.dirname, 'main/compute/page');

/** The compute process as a page, for hidden windows. */
export default defineConfig({
  root,
  base: './',
  logLevel: 'error',
  plugins: [bundledPackages()],
  resolve: { alias: [{ find: /^(node:.*|koffi)$/, replacement: path.join(root, 'absent.ts') }] },
  build: { outDir: path.resolve(import.meta.dirname, 'dist/page'), emptyOutDir: true, target: 'esnext', chunkSizeWarningLimit: 4000 },
});
