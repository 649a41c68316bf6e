// Who may speak to the main process: the top frame of our own page.
import { pageUrl } from './scheme.ts';

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
