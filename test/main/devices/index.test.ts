import { afterEach, expect, test } from 'vitest';
import { KernelscopeError } from '../../../main/contract/errors.ts';
import { openDevice, listDevices, type Device } from '../../../main/devices/index.ts';

let open: Device[] = [];
afterEach(() => {
  for (const device of open) device.dispose();
  open = [];
});
const opened = async (...args: Parameters<typeof openDevice>) => {
  const device = await openDevice(...args);
  open.push(device);
  return device;
};

test('auto opens the cpu and says what it runs on', async () => {
  const device = await opened();
  expect(device.name).toBe('cpu');
  expect(device.detail).toMatch(/SIMD/);
  const { tf } = device;
  const before = device.memory();
  const t = tf.matMul(tf.eye(3), tf.fill([3, 3], 2));
  expect([...t.dataSync()]).toEqual(Array.from({ length: 9 }, () => 2));
  expect(device.memory().bytes).toBeGreaterThan(before.bytes);
});

test('without the BLAS it says so, and the algebra does not use it either', async () => {
  const device = await opened('cpu', { native: false });
  expect(device.detail).toMatch(/own SIMD product/);
  expect(device.algebra.native).toBe(false);
});

test('two devices side by side, each with its own memory; the one opened last is current', async () => {
  const first = await opened('cpu');
  const empty = first.memory().bytes;
  const a = first.tf.tensor1d([1, 2]);
  const second = await opened('cpu', { native: false });
  const b = second.tf.square(a);
  expect([...b.dataSync()]).toEqual([1, 4]);
  a.dispose();
  b.dispose();
  expect(first.memory().bytes).toBe(empty);
});

test('closed devices leave nothing in tfjs’s registry', async () => {
  const device = await openDevice('cpu');
  const { tf } = device;
  const name = tf.getBackend();
  expect(tf.getKernelsForBackend(name).length).toBeGreaterThan(150);
  device.dispose();
  expect(tf.getKernelsForBackend(name)).toEqual([]);
  expect(tf.findBackendFactory(name)).toBeFalsy();
});

test('a device that nobody knows is refused by its name', async () => {
  const refused = openDevice('tpu' as 'cpu');
  await expect(refused).rejects.toBeInstanceOf(KernelscopeError);
  await expect(refused).rejects.toThrow('device: expected auto | cpu | webgpu | cuda, got "tpu"');
});

// Where a test machine has one, there is nothing to refuse.
test.each(['webgpu', 'cuda'] as const)(
  '%s is refused with the reason where the list calls it unusable, and auto says so too',
  async (name) => {
    const report = (await listDevices()).find((d) => d.name === name);
    if (report?.usable) return void expect(report.reason).not.toBe('');
    const refused = openDevice(name);
    await expect(refused).rejects.toBeInstanceOf(KernelscopeError);
    await expect(refused).rejects.toThrow(`device: ${name} cannot be used (${report?.reason}); accepted: `);
    const device = await opened('auto');
    expect(device.passedOver).toContainEqual(report);
  },
);

test('the list gives a reason for each device', async () => {
  const devices = await listDevices();
  expect(devices.map((d) => d.name)).toEqual(['cpu', 'webgpu', 'cuda']);
  expect(devices[0].usable).toBe(true);
  for (const d of devices) {
    expect(d.reason.length).toBeGreaterThan(10);
    expect(d.reason).not.toContain('\n');
  }
});
