// Texts out of the page: to the clipboard, or as a file through the browser's download.
import type { Notices } from './state/notices.svelte.ts';

/** Copies a text and says so, or says why not. */
export async function copyText(notices: Notices, text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    notices.done(`${what} copied.`);
  } catch (error) {
    notices.failed(error);
  }
}

/** Offers a text as a file. */
export function downloadText(fileName: string, text: string, mime: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: mime }));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  // The browser reads the address after the click has returned.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
