import type { MenuItemConstructorOptions } from 'electron';
import { expect, test, vi } from 'vitest';
import { menuCommands, type MenuCommand } from '../../main/contract/desktop.ts';

const opened: string[] = [];
vi.mock('electron', () => ({ app: { name: 'Kernelscope' }, shell: { openPath: async (file: string) => opened.push(file) } }));
const { menuTemplate } = await import('../../electron/menu.ts');
type State = Parameters<typeof menuTemplate>[0];

const asked: string[] = [];
const template = (state: Partial<State> = {}) =>
  menuTemplate(
    { library: '/data/one', recent: [], theme: 'system', offered: new Set(), packaged: true, mac: false, ...state },
    {
      ask: (command) => asked.push(command),
      chooseLibrary: () => asked.push('choose'),
      openLibrary: (dir) => asked.push(`open ${dir}`),
      forgetLibraries: () => asked.push('forget'),
      importBundles: () => asked.push('bundles'),
      logs: '/logs',
    },
  );
const all = (items: MenuItemConstructorOptions[]): MenuItemConstructorOptions[] =>
  items.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? all(item.submenu) : [])]);
const click = (item: MenuItemConstructorOptions | undefined) => (item?.click as (() => void) | undefined)?.();

test('every command that the page takes from the menu stands in it, once, and is asked for by its name', () => {
  const items = all(template());
  for (const command of menuCommands) {
    const mine = items.filter((item) => item.id === command);
    expect(mine, command).toHaveLength(1);
    asked.length = 0;
    click(mine[0]);
    expect(asked).toEqual([command]);
  }
  const ids = items.flatMap((item) => item.id ?? []);
  expect(new Set(ids).size).toBe(ids.length);
  const keys = items.flatMap((item) => item.accelerator ?? []);
  expect(new Set(keys).size).toBe(keys.length);
});

test('what needs a run is greyed out until the page takes it', () => {
  const enabled = (offered: MenuCommand[]) =>
    all(template({ offered: new Set(offered) })).flatMap((i) => (i.id && i.enabled === false ? [i.id] : []));
  expect(enabled([])).toEqual(['recent', 'export', 'pause', 'resume', 'cancel']);
  expect(enabled(['pause', 'cancel', 'export'])).toEqual(['recent', 'resume']);
});

test('other libraries by name and place, the newest first, never the one that is open', () => {
  const recent = all(template({ recent: ['/data/one', '/data/R&D', '/else/one'] })).find((i) => i.id === 'recent');
  const [first, second] = recent?.submenu as MenuItemConstructorOptions[];
  expect([first.label, second.label]).toEqual(['R&&D — /data', 'one — /else']); // & alone would underline a letter
  asked.length = 0;
  click(second);
  expect(asked).toEqual(['open /else/one']);
});

test('macOS has its own menu; loading again is for those who change the code', () => {
  const roles = (state: Partial<State>) => all(template(state)).flatMap((i) => i.role ?? []);
  expect(template({ mac: true })[0].label).toBe('Kernelscope');
  expect(roles({ mac: true })).toContain('services');
  expect(roles({ mac: true }).filter((r) => r === 'about' || r === 'quit')).toEqual(['about', 'quit']);
  expect(roles({}).filter((r) => r === 'about' || r === 'quit')).toEqual(['quit', 'about']);
  expect(roles({})).not.toContain('reload');
  expect(roles({})).not.toContain('toggleDevTools');
  expect(roles({ packaged: false })).toEqual(expect.arrayContaining(['reload', 'toggleDevTools']));
});

test('the theme that holds is marked', () => {
  const marked = all(template({ theme: 'dark' })).filter((i) => i.type === 'radio' && i.checked);
  expect(marked.map((i) => i.id)).toEqual(['theme-dark']);
});
