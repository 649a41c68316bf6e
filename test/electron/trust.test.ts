import path from 'node:path';
import { expect, test } from 'vitest';
import { fileOf, fromOurPage, gpuUrl, isGpuPage, isOurs, plainName } from '../../electron/trust.ts';

const dir = path.resolve('/app/dist/renderer');
const ask = (url: string, method = 'GET') => fileOf({ method, url }, dir);

test('the scheme leads to files of the page’s folder and to nothing else', () => {
  expect(ask('app://kernelscope/index.html')).toBe(path.join(dir, 'index.html'));
  expect(ask('app://kernelscope/assets/a%20b.js?x#y')).toBe(path.join(dir, 'assets/a b.js'));
  for (const url of [
    'app://kernelscope/',
    'app://kernelscope/..%2f..%2fpackage.json',
    'app://kernelscope/%2e%2e/%2e%2e/node/electron.js',
    'app://kernelscope/..%2frenderer-evil/index.html',
    'app://kernelscope/a%00.html',
    'app://kernelscope/%E0%A4%A',
    'app://elsewhere/index.html',
    'not an address',
  ]) {
    const file = ask(url);
    expect(file === null || (file.startsWith(dir + path.sep) && !file.includes('..')), `${url} → ${file}`).toBe(true);
  }
  expect(ask('app://kernelscope/..%2f..%2fpackage.json')).toBeNull();
  expect(ask('app://elsewhere/index.html')).toBeNull();
  expect(ask('app://kernelscope/index.html', 'POST')).toBeNull();
});

test('each host has its own folder, and neither page is at home in the other’s', () => {
  const gpu = path.resolve('/app/dist/page');
  const askGpu = (url: string) => fileOf({ method: 'GET', url }, gpu, gpuUrl);
  expect(askGpu(gpuUrl)).toBe(path.join(gpu, 'index.html'));
  expect([askGpu('app://kernelscope/index.html'), ask(gpuUrl), askGpu('app://gpu/..%2frenderer/index.html')]).toEqual([null, null, null]);
  expect([isOurs(gpuUrl), isGpuPage(gpuUrl), isGpuPage('app://kernelscope/index.html'), isGpuPage('https://gpu/')]).toEqual([
    false,
    true,
    false,
    false,
  ]);
});

test('only the top frame of our own page is trusted', () => {
  expect(isOurs('app://kernelscope/index.html#/run/1')).toBe(true);
  for (const url of [
    'app://kernelscope.evil/index.html',
    'app://evil/kernelscope',
    'https://kernelscope/',
    'file:///app/index.html',
    '',
    'about:blank',
  ])
    expect(isOurs(url), url).toBe(false);
  expect(fromOurPage({ senderFrame: { url: 'app://kernelscope/index.html', parent: null } })).toBe(true);
  expect(fromOurPage({ senderFrame: { url: 'app://kernelscope/index.html', parent: {} } })).toBe(false);
  expect(fromOurPage({ senderFrame: null })).toBe(false);
});

test('a suggested name stays a name, whatever a run is called', () => {
  expect(plainName('alignment-by-layer Größe 4×200.svg')).toBe('alignment-by-layer Größe 4-200.svg');
  for (const name of ['../../etc/passwd', '/etc/passwd', 'C:\\x\\y.svg', '..', '', '.bashrc', 'a/b\0c.svg']) {
    const plain = plainName(name);
    expect(plain, name).not.toMatch(/[/\\\0]|^\./);
    expect(plain.length, name).toBeGreaterThan(0);
  }
});
