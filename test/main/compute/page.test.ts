// The compute process as a page, in a real browser with a GPU made of software: the same list, over the same protocol.
import { preview, build, type PreviewServer } from 'vite';
import { chromium, type Browser, type Page } from 'playwright-core';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DoctorFindings, Down, Up } from '../../../main/compute/protocol.ts';
import { complaintsOf } from '../../support/browser.ts';
import { chromiumFlags, chromiumPath } from '../../support/chromium.ts';
import { temporaryFolder } from '../../support/folder.ts';

const configFile = path.resolve('vite.page.config.ts');
const outDir = path.join(temporaryFolder(), 'page');
let server: PreviewServer;
const open: Browser[] = [];

beforeAll(async () => {
  await build({ configFile, build: { outDir } });
  server = await preview({ configFile, build: { outDir }, preview: { host: '127.0.0.1', port: 0 } });
});
afterAll(async () => {
  for (const browser of open) await browser.close();
  await server.close();
});

async function openPage(flags: string[]): Promise<{ page: Page; complaints: string[] }> {
  const browser = await chromium.launch({ executablePath: chromiumPath, args: [...chromiumFlags, ...flags] });
  open.push(browser);
  const page = await browser.newPage();
  const complaints = complaintsOf(page);
  await page.goto(server.resolvedUrls?.local[0] ?? '');
  return { page, complaints };
}

/** Plays the supervisor of one job; answers everything that the page said. */
const job = (page: Page, start: Extract<Down, { kind: 'start' }>): Promise<Up[]> =>
  page.evaluate(
    (message) =>
      new Promise<Up[]>((resolve) => {
        const { port1, port2 } = new MessageChannel();
        const said: Up[] = [];
        port1.onmessage = ({ data }) => {
          const up = data as Up;
          said.push(up);
          if (up.kind === 'hello') port1.postMessage(message);
          if (up.kind === 'done' || up.kind === 'failed') resolve(said);
        };
        window.postMessage('compute', '*', [port2]);
      }),
    start,
  );

describe('with a GPU', () => {
  test('every check of the list passes, with its progress told', { timeout: 300_000 }, async () => {
    const { page, complaints } = await openPage(['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader']);
    const [hello, ...said] = await job(page, { kind: 'start', job: 'doctor', input: { device: 'webgpu', full: true } });
    expect(hello).toMatchObject({ kind: 'hello', pid: null });
    const parts = said.flatMap((up) => (up.kind === 'report' ? [(up.report as { part: string }).part] : []));
    expect(parts).toEqual(['self-test', 'fixtures', 'operators', 'training', 'kernels and alignments']);
    const end = said.at(-1) as Extract<Up, { kind: 'done' }>;
    expect(end.kind).toBe('done');
    const { checks, lapack } = end.result as DoctorFindings;
    expect(checks.length).toBeGreaterThan(40);
    expect(checks.filter((c) => !c.passed)).toEqual([]);
    expect(lapack.found).toBe(false);
    expect(complaints.filter((c) => !/powerPreference|fallback adapter/i.test(c))).toEqual([]);
  });

  test('it says which, and refuses what only Node can do', async () => {
    const { page } = await openPage(['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader']);
    const listed = (await job(page, { kind: 'start', job: 'devices', input: null })).at(-1);
    expect(listed).toMatchObject({ kind: 'done', result: [{ name: 'webgpu', usable: true, onlyByName: true }] });
    const refused = await job(page, { kind: 'start', job: 'calibrate', input: { device: 'webgpu' } });
    expect(refused.at(-1)).toMatchObject({
      kind: 'failed',
      code: 'failed',
      message: 'calibrate: is done by a process of Node, not by a page',
    });
  });
});

test('without a GPU it says so', async () => {
  const { page } = await openPage([]);
  const said = await job(page, { kind: 'start', job: 'devices', input: null });
  expect(said.at(-1)).toMatchObject({ kind: 'failed', message: expect.stringMatching(/the browser finds no GPU|has no WebGPU/) as string });
});
