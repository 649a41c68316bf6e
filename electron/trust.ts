// What is ours and what is not: pages, files, names. Nothing here needs Electron.
import path from 'node:path';

export const pageUrl = 'app://kernelscope/index.html';
/** What is shown in place of a page that crashes again and again: no scripts. */
export const crashedUrl = 'app://kernelscope/crashed.html';

/** The page's address: our scheme, or the development server's. */
export const pageAddress = (): string => process.env['ELECTRON_RENDERER_URL'] ?? pageUrl;

/** Whether an address belongs to our page. `URL.origin` says "null" for schemes of one's own, so scheme and host are compared. */
export function isOurs(address: string): boolean {
  try {
    const given = new URL(address);
    const ours = new URL(pageAddress());
    return given.protocol === ours.protocol && given.host === ours.host;
  } catch {
    return false;
  }
}

/** Whether a message comes from the top frame of our page, not from a frame within or a page that took its place. */
export const fromOurPage = ({ senderFrame }: { senderFrame: { url: string; parent: unknown } | null }): boolean =>
  senderFrame !== null && senderFrame.parent === null && isOurs(senderFrame.url);

/** The file of a request, or null where it asks for anything outside the folder. */
export function fileOf(request: Pick<Request, 'method' | 'url'>, dir: string): string | null {
  if (request.method !== 'GET') return null;
  try {
    const url = new URL(request.url);
    if (url.host !== new URL(pageUrl).host) return null;
    const file = path.join(dir, decodeURIComponent(url.pathname));
    return file.startsWith(dir + path.sep) && !file.includes('\0') ? file : null;
  } catch {
    return null;
  }
}

/** A name that the file system takes everywhere and that leads into no other folder. */
export const plainName = (name: string): string => path.basename(name.replace(/[^\p{L}\p{N}._ -]+/gu, '-')).replace(/^\.+/, '') || 'figure';
