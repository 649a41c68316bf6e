// The built program on the webgpu device, on a GPU made of software: examined, trained on, and left in mid-run for the cpu.
import path from 'node:path';
import { readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { DoctorReport } from '../../main/contract/results.ts';
import { ensureBuilt } from '../support/built.ts';
import { cli, cliJson, start } from '../support/cli.ts';
import { temporaryFolder } from '../support/folder.ts';
import { noGpu, swiftshaderEnv } from '../support/swiftshader.ts';

const folder = temporaryFolder();
const options = { library: path.join(folder, 'library'), data: path.join(folder, 'data'), env: swiftshaderEnv };
const file = path.join(folder, 'small.json');
/** no driver */
const nowhere = { VK_ICD_FILENAMES: path.join(folder, 'none.json'), VK_DRIVER_FILES: path.join(folder, 'none.json') };
interface Shown {
  id: string;
  state: string;
  final: { epoch: number; trainLoss: number };
  provenance: { device: string; deviceDetail: string };
}
const shown = (run: string) => cliJson<Shown>(['show', run], options);

beforeAll(() => {
  ensureBuilt();
  // without spectra and NTK: fewer shaders to be compiled for the processor
  const analysis = { snapshots: ['last'], probe: { train: 8, test: 8 }, spectrum: false, ntk: false };
  const training = { epochs: 3, batchSize: 20, learningRate: 0.001 };
  writeFileSync(
    file,
    JSON.stringify({ data: { dataset: 'digits', train: 40, test: 20 }, model: { hidden: [16], activation: 'tanh' }, training, analysis }),
  );
});

describe.skipIf(noGpu)('on SwiftShader', { timeout: 300_000 }, () => {
  test('doctor finds it, checks it, and says that auto takes the cpu', async () => {
    const { devices, automatic } = await cliJson<DoctorReport>(['doctor'], options);
    const webgpu = devices.find((d) => d.name === 'webgpu');
    expect(webgpu).toMatchObject({ usable: true, onlyByName: true, reason: expect.stringMatching(/SwiftShader/) as string });
    expect(webgpu?.checks.length).toBeGreaterThan(15);
    expect(webgpu?.checks.filter((c) => !c.passed)).toEqual([]);
    expect(automatic).toBe('cpu');
  });

  test('a run on it ends as on the cpu, and says where it was', async () => {
    const made: Shown[] = [];
    for (const device of ['webgpu', 'cpu']) {
      const { status, err } = await cli(['run', file, '--name', device, '--device', device], options);
      expect(status, err).toBe(0);
      made.push(await shown(device));
    }
    const [webgpu, cpu] = made;
    expect(webgpu).toMatchObject({ state: 'done', provenance: { device: 'webgpu' } });
    expect(webgpu.provenance.deviceDetail).toMatch(/SwiftShader.*, software, on Dawn/);
    // six steps of Adam, each rounded to float32
    expect(Math.abs(webgpu.final.trainLoss - cpu.final.trainLoss)).toBeLessThan(1e-5);
  });

  test('its features are computed again there, on the cpu where that is asked for, and where the GPU is not', async () => {
    const features = (name: string, more: string[], env: Record<string, string>) =>
      cli(['export', 'webgpu', '--what', 'features', '--out', path.join(folder, name), ...more], { ...options, env });
    const read = (name: string) => {
      const bytes = readFileSync(path.join(folder, name, 'features', 'test', '3', 'layer1.npy'));
      return Float32Array.from({ length: 8 * 16 }, (_, i) => bytes.readFloatLE(bytes.length - 4 * (8 * 16 - i)));
    };
    for (const [name, more, env] of [
      ['there', [], swiftshaderEnv],
      ['asked', ['--device', 'cpu'], swiftshaderEnv],
      ['gone', ['--verbose'], nowhere],
    ] as const) {
      const { status, err } = await features(name, [...more], env);
      expect(status, err).toBe(0);
      if (name === 'gone')
        expect(err).toMatch(/run \w+ was trained on webgpu, which is not here \(Dawn finds no GPU here.*\); it is computed again/);
      else expect(err).not.toContain('not here');
    }
    const [there, asked, gone] = ['there', 'asked', 'gone'].map(read);
    expect(gone).toEqual(asked); // both by the processor
    expect(there).not.toEqual(asked);
    there.forEach((v, i) => expect(Math.abs(v - asked[i])).toBeLessThan(1e-6));
  });

  test('a run that is interrupted there goes on on the cpu', async () => {
    const running = start(['run', file, '--set', 'training.epochs=4000', '--name', 'moved', '--device', 'webgpu'], options);
    await running.until(/ \d+\/4000 epochs .*(training)/);
    running.child.kill('SIGINT');
    expect((await running.ended).status).toBe(130);
    const { status, err } = await cli(['run', '--resume', 'moved', '--device', 'cpu'], options);
    expect(status, err).toBe(0);
    expect(await shown('moved')).toMatchObject({ state: 'done', final: { epoch: 4000 }, provenance: { device: 'cpu' } });
  });
});

test('where it cannot be used, the refusal says why and what can', async () => {
  const { status, lines } = await cli(['run', file, '--device', 'webgpu'], { ...options, env: nowhere });
  expect(lines, lines.join('\n')).toHaveLength(1);
  expect(lines[0]).toMatch(/^device: expected auto \| cpu, got webgpu: Dawn finds no GPU here/);
  expect(status).toBe(2);
});
