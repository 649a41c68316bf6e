// What is ours and what is not: pages, files, names. Nothing here needs Electron.
import path from 'node:path';

export const pageUrl = 'app://kernelscope/index.html';
/** What is shown in place of a page that crashes again and again: no scripts. */
export const crashedUrl = 'app://kernelscope/crashed.html';

/** The page that computes on a GPU in a hidden window: a host, and so an origin, of its own. */
export const gpuUrl = 'app://gpu/index.html';

/** The page's address: our scheme, or the development server's. */
export const pageAddress = (): string => process.env['ELECTRON_RENDERER_URL'] ?? pageUrl;

/** Whether an address is on the host of another. `URL.origin` says "null" for schemes of one's own, so scheme and host are compared. */
function isAt(address: string, home: string): boolean {
  try {
    const given = new URL(address);
    const ours = new URL(home);
    return given.protocol === ours.protocol && given.host === ours.host;
  } catch {
    return false;
  }
}
/** Whether an address belongs to our page. */
export const isOurs = (address: string): boolean => isAt(address, pageAddress());
/** Whether an address belongs to the page of the hidden GPU window. */
export const isGpuPage = (address: string): boolean => isAt(address, gpuUrl);

/** Whether a message comes from the top frame of our page, not from a frame within or a page that took its place. */
export const fromOurPage = ({ senderFrame }: { senderFrame: { url: string; parent: unknown } | null }): boolean =>
  senderFrame !== null && senderFrame.parent === null && isOurs(senderFrame.url);

/** The file of a request to the host of `home`, or null where it asks for anything outside the folder. */
export function fileOf(request: Pick<Request, 'method' | 'url'>, dir: string, home = pageUrl): string | null {
  if (request.method !== 'GET') return null;
  try {
    const url = new URL(request.url);
    if (url.host !== new URL(home).host) return null;
    const file = path.join(dir, decodeURIComponent(url.pathname));
    return file.startsWith(dir + path.sep) && !file.includes('\0') ? file : null;
  } catch {
    return null;
  }
}

/** A name that the file system takes everywhere and that leads into no other folder. */
export const plainName = (name: string): string => path.basename(name.replace(/[^\p{L}\p{N}._ -]+/gu, '-')).replace(/^\.+/, '') || 'figure';
