// The parts of the shell, put together once Electron is ready: library, window, page, menu, and what the desktop shows of the runs.
import { app } from 'electron';
import path from 'node:path';
import type { Events } from '../main/contract/calls.ts';
import { KernelscopeError } from '../main/contract/errors.ts';
import { bootServices } from '../main/host/boot.ts';
import { version, type HostPaths } from '../main/host/paths.ts';
import { allRuns } from '../main/rpc/all-runs.ts';
import { followRuns } from './activity.ts';
import { inBackground } from './background.ts';
import { reviveCrashedPages } from './crash.ts';
import { denyPermissions } from './guard.ts';
import { appLauncher } from './launcher.ts';
import { keepLibraries, type Libraries } from './libraries.ts';
import type { LogFile } from './log-file.ts';
import { keepMenu } from './menu-bar.ts';
import { tellOfEnds } from './notify.ts';
import { createOpener } from './open-path.ts';
import { createPageLink, type PageLink } from './page-link.ts';
import { givePorts } from './port.ts';
import { showProgress } from './progress.ts';
import { quitOrderly } from './quit.ts';
import { offerBundles } from './save-bundle.ts';
import { offerSaving } from './save-figure.ts';
import { serveScheme } from './scheme.ts';
import { stateFile } from './state-file.ts';
import { pageAddress } from './trust.ts';
import { windowState } from './window-state.ts';
import { createWindows, type Windows } from './windows.ts';
import { createWorkplace, type Workplace } from './workplace.ts';

export interface ShellOptions {
  paths: HostPaths;
  log: LogFile;
  say(line: string): void;
  /** folders; told: the library was named at the start */
  library: string;
  told: boolean;
  data: string;
}
export interface Shell {
  /** Brings the window to the front, or opens one. */
  show(): void;
  /** Opens bundles and libraries by their paths. */
  open(paths: readonly string[]): void;
}

/** @throws as bootServices, where the library cannot be opened */
export async function createShell({ paths, log, say, library, told, data }: ShellOptions): Promise<Shell> {
  const own = (name: string) => path.join(app.getPath('userData'), name);
  denyPermissions();
  serveScheme(paths);
  app.setAboutPanelOptions({ applicationName: app.name, applicationVersion: version, copyright: 'MIT licence' });

  const activity = followRuns({ changed: (now) => (progress.changed(now), background.changed(now)), ended: (run) => tellEnd(run) });
  const launch = appLauncher(paths);
  const workplace = createWorkplace({
    boot: (folder) =>
      bootServices({
        library: folder,
        data,
        device: 'auto',
        access: 'write-if-free',
        owner: 'desktop app',
        host: 'desktop',
        paths,
        launch,
        log: say,
      }),
    onEvent: (name, payload) => {
      activity.onEvent(name, payload);
      if (name === 'settings.changed') menu.takeTheme((payload as Events['settings.changed']).theme);
    },
    log: say,
  });
  const underWay = async () =>
    !workplace.isOpen
      ? []
      : (await allRuns(workplace.now.services.call, { states: ['running', 'paused', 'queued'] })).map((run) => run.name);

  const leaving = quitOrderly({
    windows: () => windows,
    underWay,
    close: () => workplace.close(),
    goOn: () => background.begin(activity.now()),
  });
  const windows: Windows = createWindows({
    state: stateFile(own('window.json'), windowState, say),
    holdsBack: (window) => leaving.holdsBack(window),
    opened: (window) => {
      link.follow(window);
      progress.shown();
      background.end();
    },
  });
  const link = createPageLink(windows);
  const progress = showProgress(windows);
  const background = inBackground({ resources: paths.resources, show: () => windows.show() });
  const tellEnd = tellOfEnds({
    watched: () => windows.all().some((window) => window.isFocused()),
    show: (run) => {
      windows.show();
      link.send({ show: run });
    },
  });

  givePorts(() => workplace.now.server, say);
  offerSaving(() => workplace.now.dispatch);
  offerBundles(() => workplace.now.services);
  reviveCrashedPages({ log, mine: (window) => windows.all().includes(window) });

  const libraries = keepLibraries(own('libraries.json'), say);
  const opener = createOpener({ workplace, windows, link, libraries, underWay, changed: () => arrive(), log: say });
  const menu = keepMenu({ workplace, libraries, link, opener, logs: log.dir, say });
  const takeTheme = async () => menu.takeTheme((await workplace.now.services.call('settings.get', {})).theme);
  /** Another library is open: nothing of the one before is shown any more. */
  const arrive = async () => {
    activity.clear();
    for (const window of windows.all()) {
      await window.loadURL(`${pageAddress()}#/library`);
      window.webContents.reload(); // the address may have differed in its hash alone
    }
    await takeTheme();
  };

  await openFirst({ workplace, libraries, link, library, told });
  await takeTheme();
  app.on('activate', () => windows.show());
  return { show: () => void windows.show(), open: (list) => void opener.open(list) };
}

/** The library that was chosen last, unless one was named; where that one cannot be opened any more, the usual one. */
async function openFirst(o: { workplace: Workplace; libraries: Libraries; link: PageLink; library: string; told: boolean }): Promise<void> {
  const { workplace, libraries, library } = o;
  const chosen = o.told ? null : libraries.chosen();
  const first = await workplace.open(chosen ?? library).then(
    () => chosen ?? library,
    async (error: unknown) => {
      if (chosen === null || chosen === library || !(error instanceof KernelscopeError)) throw error;
      await workplace.open(library);
      o.link.send({ failed: error.message });
      return library;
    },
  );
  libraries.opened(first, false);
}
