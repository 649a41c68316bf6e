import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'electron-vite';
import path from 'node:path';
import { bundledPackages } from './scripts/bundled-packages.ts';

/** Three bundles: everything on Node (shell, command line, compute process, the thread that draws), the preload, the page. */
export default defineConfig({
  main: {
    plugins: [svelte(), bundledPackages()], // figures are drawn without a browser too
    build: {
      outDir: 'dist/node',
      externalizeDeps: true,
      rollupOptions: {
        input: {
          electron: 'electron/main.ts',
          cli: 'main/host/cli.ts',
          compute: 'main/compute/entry.ts',
          draw: 'main/host/draw/entry.ts',
          bench: 'main/compute/bench/entry.ts',
        },
        // optional, and found where it is installed: it brings native modules of every system
        external: ['webgpu'],
        output: { format: 'es' },
      },
    },
  },
  preload: {
    plugins: [bundledPackages()],
    build: {
      outDir: 'dist/preload',
      externalizeDeps: false,
      rollupOptions: {
        input: { preload: 'electron/preload.ts', 'gpu-preload': 'electron/gpu-preload.ts' },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'renderer',
    envDir: path.resolve('renderer'),
    plugins: [svelte(), bundledPackages()],
    build: { outDir: path.resolve('dist/renderer'), minify: true, rollupOptions: { input: path.resolve('renderer/index.html') } },
  },
});
