import { test, expect } from 'vitest';
import { openDevice } from '../../../main/devices/index.ts';
import { checkDevice } from '../../../main/devices/fixtures.ts';
import { useSwiftshader } from '../../support/swiftshader.ts';
useSwiftshader();
test('x', async () => {
  let t = performance.now();
  const d = await openDevice('webgpu', { selfTest: false });
  console.log(d.detail, performance.now() - t);
  t = performance.now();
  console.log(JSON.stringify(await checkDevice(d), null, 1), performance.now() - t);
  t = performance.now();
  await checkDevice(d);
  console.log(performance.now() - t, d.memory());
  d.dispose();
  const c = await openDevice('cpu', { selfTest: false });
  for (let i = 0; i < 3; i++) {
    t = performance.now();
    await checkDevice(c);
    console.log('cpu', performance.now() - t);
  }
  expect(1).toBe(1);
});
