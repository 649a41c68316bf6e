// The browser of every test: which one, and with which flags.
export const chromiumPath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
/** Where the stand-in for Electron is told further switches, as a JSON list. */
export const switchesEnv = 'ELECTRON_DOUBLE_CHROMIUM';
export const chromiumFlags = [
  '--no-sandbox', // tests run as root in a container
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--force-color-profile=srgb',
];
