// Our pages' own origins: app://kernelscope, the files of dist/renderer, and app://gpu, those of dist/page; nothing else, and each host's
// files with the policy of its page.
import { protocol } from 'electron';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileOf, gpuUrl, pageUrl } from './trust.ts';

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
};
const everywhere = ["default-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"];
const policy = [...everywhere, "script-src 'self'", "style-src 'self'", "font-src 'self'", "img-src 'self' data: blob:"].join('; ');
/** Its scripts and WebAssembly, which it carries within them; nothing to draw with, nothing to reach. */
const gpuPolicy = [...everywhere, "script-src 'self' 'wasm-unsafe-eval'", 'img-src data:'].join('; ');

/** Folders of our pages. */
export interface Pages {
  renderer: string;
  gpu: string;
}

/** Makes the scheme a proper origin; to be called before the app is ready. */
export function claimScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } }]);
}

/** Serves the pages under the scheme, each on its host. */
export function serveScheme({ renderer, gpu }: Pages): void {
  protocol.handle('app', async (request) => {
    const ours = fileOf(request, renderer, pageUrl);
    const file = ours ?? fileOf(request, gpu, gpuUrl);
    const type = file && types[path.extname(file)];
    if (!type) return new Response('not found', { status: 404 });
    try {
      const headers = {
        'content-type': type,
        'content-security-policy': ours ? policy : gpuPolicy,
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'cache-control': 'no-cache',
      };
      return new Response(new Uint8Array(await readFile(file)), { headers });
    } catch {
      return new Response('not found', { status: 404 });
    }
  });
}
