// What the app tells Chromium for WebGPU: on Linux alone, and beside what it was told already.
import { beforeEach, expect, test, vi } from 'vitest';

const set = new Map<string, string>();
vi.mock('electron', () => ({
  app: {
    commandLine: {
      appendSwitch: (name: string, value = '') => void set.set(name, value),
      getSwitchValue: (name: string) => set.get(name) ?? '',
    },
  },
}));
const { allowWebgpu } = await import('../../electron/gpu-switches.ts');
beforeEach(() => set.clear());

test('Linux is asked for WebGPU beside OpenGL, and never to draw with Vulkan', () => {
  allowWebgpu('linux');
  expect(Object.fromEntries(set)).toEqual({ 'enable-unsafe-webgpu': '', 'enable-features': 'ForceEnableWebGpuInterop' });
});

test('features that the app was started with stay, none twice', () => {
  set.set('enable-features', 'Vulkan,ForceEnableWebGpuInterop,Other');
  allowWebgpu('linux');
  expect(set.get('enable-features')).toBe('Vulkan,ForceEnableWebGpuInterop,Other');
  set.set('enable-features', 'Vulkan');
  allowWebgpu('linux');
  expect(set.get('enable-features')).toBe('Vulkan,ForceEnableWebGpuInterop');
});

test('elsewhere nothing is told', () => {
  for (const platform of ['darwin', 'win32'] as const) allowWebgpu(platform);
  expect([...set]).toEqual([]);
});
