import { MakerBase, type MakerOptions } from '@electron-forge/maker-base';
import type { ForgePlatform } from '@electron-forge/shared-types';
import { Arch, build, Platform } from 'electron-builder';
import path from 'node:path';

/** Where an installed app would look for a newer one: with an address electron-builder writes `latest*.yml` beside the installers, to be put there
 *  with them.
 *  @throws Error for anything but an https address */
export function updatesFrom(url: string | undefined): { provider: 'generic'; url: string }[] | null {
  if (!url) return null;
  if (!URL.canParse(url) || new URL(url).protocol !== 'https:') throw new Error(`UPDATES_URL: expected an https address, got ${url}`);
  return [{ provider: 'generic', url }];
}

/** Installers by electron-builder out of what Forge packaged. Their looks are in electron-builder.yml; which files are in them, Forge decided. */
export class MakerElectronBuilder extends MakerBase<{ targets: string[] }> {
  override name = 'electron-builder';
  override defaultPlatforms: ForgePlatform[] = ['linux', 'win32', 'darwin'];

  override isSupportedOnCurrentPlatform(): boolean {
    return true;
  }

  override async make({ dir, makeDir, appName, targetArch, targetPlatform }: MakerOptions): Promise<string[]> {
    const platforms: Partial<Record<ForgePlatform, Platform>> = { linux: Platform.LINUX, win32: Platform.WINDOWS, darwin: Platform.MAC };
    const platform = platforms[targetPlatform];
    if (!platform) throw new Error(`electron-builder: expected linux, win32 or darwin, got ${targetPlatform}`);
    return build({
      prepackaged: targetPlatform === 'darwin' ? path.join(dir, `${appName}.app`) : dir,
      publish: 'never',
      targets: platform.createTarget(this.config.targets, Arch[targetArch as keyof typeof Arch]),
      config: {
        extends: path.resolve('electron-builder.yml'),
        directories: { output: path.join(makeDir, 'electron-builder') },
        publish: updatesFrom(process.env['UPDATES_URL']),
      },
    });
  }
}
