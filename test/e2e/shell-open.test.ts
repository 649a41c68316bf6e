// What is opened from outside the page: bundles and libraries, at the start, through a second instance, by the system, from the menu.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startAgain } from '../electron-double/launch.ts';
import { root } from '../support/built.ts';
import { cli } from '../support/cli.ts';
import { launch, startRun, stateIs, type Launched } from '../support/desktop.ts';
import { temporaryFolder } from '../support/folder.ts';
import { small } from '../support/small.ts';

const folder = temporaryFolder();
const at = (name: string) => path.join(folder, name);
const userData = at('user');
const other = { library: at('other'), data: at('data') };
let desk: Launched;

beforeAll(async () => {
  expect((await cli(['run', 'demo', ...small, '--name', 'from afar'], other)).status).toBe(0);
  expect((await cli(['export', 'from afar', '--bundle', at('afar.kernelscope')], other)).status).toBe(0);
  mkdirSync(at('full'));
  writeFileSync(at('full/notes.txt'), 'notes');
  mkdirSync(at('false'));
  writeFileSync(at('false/library.sqlite'), 'no database at all');
  mkdirSync(at('damaged'));
  writeFileSync(at('damaged/library.sqlite'), `SQLite format 3\0${'x'.repeat(5000)}`);
  mkdirSync(at('empty'));
  writeFileSync(at('broken.kernelscope'), 'not a bundle');
}, 180_000);
afterAll(async () => {
  await desk?.answer(0);
  await desk?.app.close();
});

const start = async (args: string[] = []) => (desk = await launch({ library: '', userData, args }));
const chooses = (...filePaths: string[]) =>
  desk.app.evaluate(({ dialog }, given) => {
    dialog.showOpenDialog = async () => ({ canceled: given.length === 0, filePaths: given });
  }, filePaths);
const refusal = async (text: string) => {
  const notice = desk.page.getByRole('alert').filter({ hasText: text });
  await notice.waitFor();
  await notice.getByRole('button', { name: /^Dismiss/ }).click();
};
const recent = () =>
  desk.app.evaluate(
    ({ Menu }) =>
      Menu.getApplicationMenu()
        ?.getMenuItemById('recent')
        ?.submenu?.items.map((item) => item.label) ?? [],
  );

test('a bundle that the app is started with is imported, with the page’s own notice', async () => {
  await start([at('afar.kernelscope')]);
  await desk.page.getByText('1 run imported').waitFor();
  await desk.page.getByRole('link', { name: 'from afar' }).waitFor();
  await expect.poll(desk.windows).toHaveLength(1);
}, 180_000);

test('a second instance hands its bundle over, shows the window, and ends', async () => {
  await desk.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].minimize());
  // A path from where it was started.
  const status = await startAgain({ appDir: root, userData, cwd: folder, args: ['afar.kernelscope'] });
  expect(status).toBe(0);
  await desk.page.getByText('0 runs imported, 1 was here already').waitFor();
  const window = () => desk.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((w) => [w.isMinimized(), w.isFocused()]));
  expect(await window()).toEqual([[false, true]]);
}, 180_000);

test('what is no bundle is refused in one line, whoever hands it over', async () => {
  const handed = (file: string) =>
    desk.app.evaluate(({ app }, f) => {
      let prevented = false;
      app.emit('open-file', { preventDefault: () => (prevented = true) }, f);
      return prevented;
    }, file);
  expect(await handed(at('afar.kernelscope'))).toBe(true);
  await desk.page.getByText('0 runs imported, 1 was here already').last().waitFor();
  await handed(at('gone.kernelscope'));
  await refusal(`${at('gone.kernelscope')}: expected a bundle of runs (.kernelscope), there is no such file`);
  await handed(at('full/notes.txt'));
  await refusal('got “notes.txt”');
  await handed('relative.kernelscope');
  await refusal('got no whole path');
  await handed(at('broken.kernelscope'));
  await refusal('broken.kernelscope');
  expect(await startAgain({ appDir: root, userData, args: [at('gone.kernelscope')] })).toBe(0);
  await refusal('there is no such file');
}, 180_000);

test('a bundle that is dropped on the window comes in pieces over the port', async () => {
  const bytes = readFileSync(at('afar.kernelscope')).toString('base64');
  await desk.page.evaluate((data) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([Uint8Array.from(atob(data), (c) => c.charCodeAt(0))], 'dropped.kernelscope'));
    window.dispatchEvent(new DragEvent('drop', { dataTransfer, cancelable: true }));
  }, bytes);
  await desk.page.getByRole('group', { name: 'Importing dropped.kernelscope' }).getByText('1 was here already').waitFor();
});

test('bundles are chosen from the menu as well', async () => {
  await chooses(at('afar.kernelscope'));
  expect(await desk.menu('import')).toBe(true);
  await desk.page.getByText('0 runs imported, 1 was here already').last().waitFor();
  await chooses();
  expect(await desk.menu('import')).toBe(true);
});

test('a folder that holds no library is refused in one line, and nothing changes', async () => {
  for (const [name, why] of [
    ['full', 'it holds other files, such as notes.txt'],
    ['false', 'its library.sqlite is no SQLite file'],
    ['gone', 'it cannot be read (ENOENT'],
  ]) {
    await chooses(at(name));
    await desk.menu('open-library');
    await refusal(`${at(name)}: expected the folder of a library (it holds library.sqlite), or an empty one for a new library; ${why}`);
  }
  // One that only its database knows to be none, either.
  await chooses(at('damaged'));
  await desk.menu('open-library');
  await refusal(at('damaged/library.sqlite'));
  await desk.page.getByRole('link', { name: 'from afar' }).waitFor();
  expect(readFileSync(at('false/library.sqlite'), 'utf8')).toBe('no database at all');
  expect(existsSync(at('full/library.sqlite'))).toBe(false);
});

test('an empty folder becomes a library, once that is agreed to', async () => {
  await chooses(at('empty'));
  await desk.answer(1);
  await desk.menu('open-library');
  await expect.poll(desk.asked).toEqual(['Make a new library in “empty”?']);
  expect(existsSync(at('empty/library.sqlite'))).toBe(false);
  await desk.answer(0);
  await desk.menu('open-library');
  await desk.page.getByText('No runs yet.').waitFor();
  expect(existsSync(at('empty/library.sqlite'))).toBe(true);
});

test('with a run under way the person is asked first; the run is stopped and kept, and its library opens again at once', async () => {
  await startRun(desk.page, 'long', 100_000, 'running');
  await chooses(other.library);
  await desk.answer(1);
  await desk.menu('open-library');
  await expect.poll(desk.asked).toEqual(['“long” is under way.']);
  await stateIs(desk.page, 'running');
  await desk.answer(0);
  await desk.menu('open-library');
  await desk.page.getByRole('link', { name: 'from afar' }).waitFor();
  expect((await recent()).slice(0, 2)).toEqual([`empty — ${folder}`, `library — ${userData}`]);
  // Back to the one that was just left.
  await desk.app.evaluate(({ Menu }) => void Menu.getApplicationMenu()?.getMenuItemById('recent')?.submenu?.items[0].click());
  await desk.page.getByRole('link', { name: 'long' }).click();
  await stateIs(desk.page, 'interrupted');
  await desk.page.getByText('the program was closed').first().waitFor();
  expect(await desk.page.getByText('read-only').count()).toBe(0);
}, 180_000);

test('the library that was chosen opens at the next start; where it cannot be opened any more, the usual one', async () => {
  await chooses(other.library);
  await desk.menu('open-library');
  await desk.page.getByRole('link', { name: 'from afar' }).waitFor();
  await desk.app.close();
  await start();
  await desk.page.getByRole('link', { name: 'from afar' }).waitFor();
  await desk.app.close();
  writeFileSync(path.join(other.library, 'library.sqlite'), `SQLite format 3\0${'x'.repeat(5000)}`);
  await start();
  await refusal(path.join(other.library, 'library.sqlite'));
  await desk.page.getByRole('link', { name: 'from afar' }).waitFor();
  expect((await recent()).length).toBeGreaterThan(2);
  await desk.menu('forget');
  expect(await desk.app.evaluate(({ Menu }) => Menu.getApplicationMenu()?.getMenuItemById('recent')?.enabled)).toBe(false);
}, 180_000);
