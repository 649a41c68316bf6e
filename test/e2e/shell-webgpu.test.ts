// The desktop app on WebGPU: a run that names it trains in a hidden window, of which the page and a person see nothing.
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launch, startRun, stateIs, type Launched } from '../support/desktop.ts';
import { temporaryFolder } from '../support/folder.ts';
import { softwareGpu } from '../support/gpu-page.ts';
import { fillSmallRun } from '../support/small-run.ts';
import { leftOut } from '../support/long.ts';
import { noGpu } from '../support/swiftshader.ts';

const folder = temporaryFolder();
const without = noGpu ?? leftOut;
let desk: Launched; // undefined where there is no GPU to try

beforeAll(async () => {
  if (without) return;
  desk = await launch({ library: path.join(folder, 'library'), chromium: softwareGpu });
}, 180_000);
afterAll(async () => {
  await desk?.answer(0);
  await desk?.app.close();
});

const patient = { timeout: 20_000 }; // SwiftShader takes every core
const gpuPage = 'app://gpu/index.html';
const hidden = async () => (await desk.windows()).filter((w) => w.url === gpuPage);
const seen = async () => (await desk.windows()).filter((w) => w.visible).map((w) => w.url.split('#')[0]);

/** Starts a small run on webgpu, as a person would. */
async function start(name: string, epochs: number): Promise<void> {
  await fillSmallRun(desk.page, name, epochs);
  await desk.page.getByRole('radio', { name: /^webgpu/ }).check();
  await desk.page.getByRole('button', { name: 'Start' }).click();
  await desk.page.getByRole('heading', { name, exact: true }).waitFor();
}
const log = async () => {
  await desk.page.getByRole('tab', { name: 'Log' }).click();
  return desk.page.locator('main').innerText();
};

describe.skipIf(without !== null)(`with a GPU made of software${without ? `: ${without}` : ''}`, () => {
  test('devices list the GPU that the hidden window has, and its checks pass there', { timeout: 180_000 }, async () => {
    await desk.page.getByRole('link', { name: 'Devices', exact: true }).click();
    await desk.page.getByText(/swiftshader.* on the browser/i).first().waitFor({ timeout: 40_000 }); // prettier-ignore
    // Each was gone with its job.
    await expect.poll(hidden, patient).toEqual([]);
  });

  test('a run that leaves the choice trains on the cpu: its log says why not here', { timeout: 240_000 }, async () => {
    await startRun(desk.page, 'left-open', 2, 'done');
    await expect.poll(log, patient).toMatch(/not on webgpu: .*swiftshader.* on the browser; .*computed by the processor/i);
    expect(await log()).toMatch(/on cpu \(/);
    await expect.poll(hidden, patient).toEqual([]);
  });

  test('a run that names webgpu trains in a hidden window and ends with it', { timeout: 240_000 }, async () => {
    await start('on-the-gpu', 3);
    await expect.poll(hidden, { timeout: 60_000 }).toContainEqual({ url: gpuPage, visible: false });
    expect(await seen()).toEqual(['app://kernelscope/index.html']);
    await stateIs(desk.page, 'done');
    await expect.poll(hidden, { timeout: 60_000 }).toEqual([]);
    await desk.page.getByRole('tab', { name: 'Provenance' }).click();
    await desk.page.getByText(/swiftshader/i).first().waitFor(); // prettier-ignore
  });

  test('the page reaches nothing of it: no address, no frame, no file, no message', { timeout: 240_000 }, async () => {
    await start('not-reached', 100_000);
    await stateIs(desk.page, 'running');
    await expect.poll(hidden, patient).not.toEqual([]); // it has loaded, not just begun
    const outcome = await desk.page.evaluate(async (address) => {
      const inFrame = new Promise<string>((resolve) => {
        const frame = Object.assign(document.createElement('iframe'), { src: address, onload: () => resolve('loaded') });
        document.addEventListener('securitypolicyviolation', () => resolve('refused'), { once: true });
        document.body.append(frame);
      });
      const fetched = fetch(address).then(
        () => 'fetched',
        () => 'refused',
      );
      const opened = window.open(address) === null ? 'refused' : 'opened';
      const channel = new BroadcastChannel('anything');
      channel.postMessage('compute');
      location.href = address;
      return { frame: await inFrame, fetched: await fetched, opened };
    }, 'https://gpu.app.double/index.html'); // what the stand-in shows app://gpu as
    expect(outcome).toMatchObject({ frame: 'refused', fetched: 'refused' });
    await desk.page.waitForTimeout(300);
    const places = (await desk.windows()).map((w) => w.url.split('#')[0]);
    expect([...new Set(places)]).toEqual(['app://kernelscope/index.html', gpuPage]);
    expect(await seen()).toEqual(['app://kernelscope/index.html']);
    // Nor does anybody hear the hidden page, or grant it anything; and its policy lets it reach nothing.
    const found = await desk.app.evaluate(async ({ BrowserWindow, ipcMain, session }, address) => {
      const contents = BrowserWindow.getAllWindows()
        .map((w) => w.webContents)
        .find((w) => w.getURL() === address);
      if (!contents) throw new Error('the hidden window is not there');
      let ports = 0;
      const post = contents.postMessage.bind(contents);
      contents.postMessage = () => void ports++;
      ipcMain.emit('kernelscope.connect', { sender: contents, senderFrame: { url: address, parent: null } });
      contents.postMessage = post;
      const world = (await contents.executeJavaScript(
        `({ bridge: typeof kernelscopeDesktop, node: typeof require + typeof process })`,
      )) as object;
      const fetched = (await contents.executeJavaScript(`fetch('index.html').then(() => 'fetched', () => 'refused')`)) as string;
      const policy = (await session.defaultSession.fetch(address)).headers.get('content-security-policy');
      return { ports, ...world, fetched, policy };
    }, gpuPage);
    expect(found).toMatchObject({ ports: 0, bridge: 'undefined', node: 'undefinedundefined', fetched: 'refused' });
    expect(found.policy).toContain("script-src 'self' 'wasm-unsafe-eval'");
    expect(found.policy).not.toMatch(/'unsafe|connect-src|\*|http/);
  });

  test('a crash of it interrupts the run, which says why and goes on on the cpu', { timeout: 240_000 }, async () => {
    await desk.answer(0);
    await desk.page.reload(); // the frame that was put into it is gone
    await stateIs(desk.page, 'running');
    await desk.app.evaluate(({ BrowserWindow }, address) => {
      // More than one, where the speed is still being measured beside the run.
      for (const { webContents } of BrowserWindow.getAllWindows())
        if (webContents.getURL() === address) webContents.forcefullyCrashRenderer();
    }, gpuPage);
    await stateIs(desk.page, 'interrupted');
    await expect.poll(log, patient).toMatch(/the page of the GPU window is gone \((crashed|killed)\)/);
    await expect.poll(hidden, patient).toEqual([]);
    expect(await desk.asked()).toEqual([]); // no box: nothing that a person looks at has crashed
    await resume('cpu');
    await stateIs(desk.page, 'running');
    await expect.poll(hidden, patient).toEqual([]);
    await expect.poll(() => desk.menu('cancel'), patient).toBe(true); // the menu hears of the state after the page does
    await stateIs(desk.page, 'interrupted');
  });

  test('so does its being closed', { timeout: 240_000 }, async () => {
    await resume('webgpu');
    await expect.poll(hidden, { timeout: 60_000 }).not.toEqual([]);
    await stateIs(desk.page, 'running');
    await desk.app.evaluate(({ BrowserWindow }, address) => {
      for (const window of BrowserWindow.getAllWindows()) if (window.webContents.getURL() === address) window.close();
    }, gpuPage);
    await stateIs(desk.page, 'interrupted');
    await expect.poll(log, patient).toContain('the GPU window was closed');
    expect(await seen()).toEqual(['app://kernelscope/index.html']);
  });
});

/** Resumes the run that is shown, on a device: a call of the page's own. */
async function resume(device: string): Promise<void> {
  const run = /#\/run\/([^/?]+)/.exec(desk.page.url())?.[1];
  const reply = await desk.page.evaluate(
    (asked) =>
      new Promise((resolve) => {
        window.addEventListener(
          'message',
          ({ ports: [port] }) => {
            port.onmessage = ({ data }) => resolve(data);
            port.postMessage({ kind: 'call', id: 1, name: 'run.resume', input: asked });
          },
          { once: true },
        );
        (window as unknown as { kernelscopeDesktop: { connect(): void } }).kernelscopeDesktop.connect();
      }),
    { run, device },
  );
  expect(reply).toMatchObject({ kind: 'reply', reply: { ok: true } });
  await desk.page.reload(); // the page's own port gave way to that one
  await desk.page.getByRole('tab', { name: 'Log' }).waitFor();
}
