// What packaging promises, read from its configuration: the packages themselves need Electron's binary.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ForgeConfig } from '@electron-forge/shared-types';
import { FuseV1Options } from '@electron/fuses';
import { expect, test } from 'vitest';
import { bundleExtension } from '../../main/contract/bundles.ts';
import config from '../../forge.config.ts';
import { updatesFrom } from '../../scripts/maker-electron-builder.ts';

const { packagerConfig, plugins, makers } = config as Required<ForgeConfig>;
const builder = readFileSync(path.resolve('electron-builder.yml'), 'utf8');

test('fuses: no Node behind the app’s name, code from its own archive alone, and that one checked', () => {
  const [fuses] = plugins as unknown as { fusesConfig: Record<string, unknown> }[];
  const on = (name: keyof typeof FuseV1Options) => fuses.fusesConfig[FuseV1Options[name]];
  for (const name of [
    'RunAsNode',
    'EnableNodeOptionsEnvironmentVariable',
    'EnableNodeCliInspectArguments',
    'GrantFileProtocolExtraPrivileges',
  ] as const)
    expect(on(name), name).toBe(false);
  for (const name of ['EnableCookieEncryption', 'EnableEmbeddedAsarIntegrityValidation', 'OnlyLoadAppFromAsar'] as const)
    expect(on(name), name).toBe(true);
  expect(packagerConfig.asar).toBeTruthy();
});

test('bundles belong to the app on every system', () => {
  const extension = bundleExtension.slice(1);
  const info = packagerConfig.extendInfo as {
    CFBundleDocumentTypes: { LSItemContentTypes: string[] }[];
    UTExportedTypeDeclarations: { UTTypeIdentifier: string; UTTypeTagSpecification: Record<string, string[]> }[];
  };
  const [type] = info.UTExportedTypeDeclarations;
  expect(type.UTTypeTagSpecification['public.filename-extension']).toEqual([extension]);
  expect(info.CFBundleDocumentTypes[0].LSItemContentTypes).toEqual([type.UTTypeIdentifier]);
  const [mime] = type.UTTypeTagSpecification['public.mime-type'];
  const deb = (makers as unknown as { name: string; configOrConfigFetcher: unknown }[]).find((m) => m.name === 'deb');
  expect(deb?.configOrConfigFetcher).toMatchObject({ options: { mimeType: [mime] } });
  expect(builder).toMatch(new RegExp(`fileAssociations:\\n  - \\{ ext: ${extension}, .*mimeType: ${mime}`));
});

test('metadata for updates are written for an https address alone, and for none unless asked', () => {
  expect(updatesFrom(undefined)).toBeNull();
  expect(updatesFrom('https://example.org/kernelscope/')).toEqual([{ provider: 'generic', url: 'https://example.org/kernelscope/' }]);
  for (const wrong of ['http://example.org', 'file:///tmp', 'example.org'])
    expect(() => updatesFrom(wrong)).toThrow('UPDATES_URL: expected');
});
