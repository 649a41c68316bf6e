// Without a window: an icon that says what goes on, shows the app again and ends it. macOS has its dock for that.
import { app, Menu, nativeImage, Tray } from 'electron';
import path from 'node:path';
import type { Activity } from './activity.ts';

export interface BackgroundOptions {
  /** folder of resources, with the icon in it */
  resources: string;
  show(): void;
}
export interface Background {
  begin(activity: Activity): void;
  changed(activity: Activity): void;
  /** A window is there again. */
  end(): void;
}

export const wordsOf = ({ running, share }: Activity): string => {
  const far = share === null ? '' : `, ${Math.floor(100 * share)} %`;
  return running === 0 ? 'no run under way' : `${running === 1 ? '1 run' : `${running} runs`} under way${far}`;
};

export function inBackground({ resources, show }: BackgroundOptions): Background {
  let tray: Tray | null = null;
  let said = '';
  const changed = (activity: Activity) => {
    const words = wordsOf(activity);
    if (!tray || words === said) return;
    said = words;
    tray.setToolTip(`${app.name}: ${words}`);
    tray.setContextMenu(
      Menu.buildFromTemplate([
        { label: `${words[0].toUpperCase()}${words.slice(1)}`, enabled: false },
        { type: 'separator' },
        { id: 'show', label: `Show ${app.name}`, click: show },
        { id: 'quit', label: 'Quit', click: () => app.quit() },
      ]),
    );
  };
  return {
    begin(activity) {
      if (process.platform === 'darwin' || tray) return;
      tray = new Tray(nativeImage.createFromPath(path.join(resources, 'icons', 'icon.png')).resize({ width: 22, height: 22 }));
      tray.on('click', show);
      changed(activity);
    },
    changed,
    end() {
      tray?.destroy();
      tray = null;
      said = '';
    },
  };
}
