// What `analyze` refuses: status 2, one line that names the file, nothing written, little memory.
import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { writeArrays } from '../../main/host/export-file.ts';
import type { NamedArray } from '../../main/contract/results.ts';
import { each, fixture, X } from '../support/activations.ts';
import { start } from '../support/cli.ts';
import { temporaryFolder } from '../support/folder.ts';
import { noNumpy, numpy } from '../support/numpy.ts';

const folder = temporaryFolder();
const at = (name: string) => path.join(folder, name);

/** One line that names the file, status 2, nothing on standard output, no library, little memory. */
async function refused(place: string, message: RegExp): Promise<void> {
  const library = at('no-library');
  const running = start(['analyze', place], { library });
  let peak = 0;
  const look = setInterval(() => (peak = Math.max(peak, residentBytes(running.child.pid))), 10);
  const { status, lines, out } = await running.ended;
  clearInterval(look);
  expect([status, lines.length, out]).toEqual([2, 1, '']);
  expect(lines[0]).toMatch(message);
  expect(lines[0].startsWith(place)).toBe(true);
  expect(existsSync(library)).toBe(false);
  expect(peak).toBeLessThan(400 * 2 ** 20); // Node and this program take 70 MB, with a compute process 160
}

/** 0 where the system has no /proc, and when the process is gone */
function residentBytes(pid: number | undefined): number {
  try {
    return 1024 * Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

describe('is refused', () => {
  test.each<[string, NamedArray[], RegExp]>([
    ['NaN', [{ ...fixture[0], data: X.with(2, NaN) }, fixture[1]], /layer\/x: expected finite numbers, got NaN at sample 1, feature 0/],
    [
      'a constant layer',
      [{ ...fixture[0], data: new Float64Array(12).fill(3) }, fixture[1]],
      /layer\/x: .*vary over the samples, got constant ones: 3/,
    ],
    [
      'a layer that varies by roundings',
      [{ ...fixture[0], data: X.map((v) => 1e8 + 1e-9 * v) }, fixture[1]],
      /layer\/x: .*constant ones: 100000000/,
    ],
    [
      'unequal rows',
      [...fixture, { name: 'layer/y', shape: [4, 3], data: X }],
      /layer\/y: expected 6 samples, as the first layer has, got 4/,
    ],
    [
      'three samples',
      [
        { ...fixture[0], shape: [3, 4] },
        { ...fixture[1], shape: [3], data: Int32Array.of(0, 1, 1) },
      ],
      /layer\/x: expected 4 samples at least, got 3/,
    ],
    ['one class', [fixture[0], { ...fixture[1], data: new Int32Array(6) }], /labels: expected two classes at least, got only 0/],
    [
      'a class for each sample',
      [fixture[0], { ...fixture[1], data: Int32Array.of(0, 1, 2, 3, 4, 5) }],
      /target: debiased CKA is undefined on these 6 samples/,
    ],
    ['no labels', [fixture[0]], /expected labels \(P integers\) or target/],
  ])('%s', async (name, arrays, message) => {
    await writeArrays(each(arrays), at(`${name}.npz`), true);
    await refused(at(`${name}.npz`), message);
  });

  test('what is no NPZ, a cut one, a link out of the folder', async () => {
    writeFileSync(at('x.npz'), 'PK');
    await refused(at('x.npz'), /expected an NPZ file/);
    await writeArrays(each(fixture), at('whole.npz'), true);
    const whole = readFileSync(at('whole.npz'));
    for (const share of [0.1, 0.5, 0.95]) {
      writeFileSync(at('cut.npz'), whole.subarray(0, share * whole.length));
      await refused(at('cut.npz'), /cut/);
    }
    await writeArrays(each(fixture), at('linked'), false);
    symlinkSync(at('whole.npz'), at('linked/labels2.npy'));
    await refused(at('linked'), /linked\/labels2\.npy: expected a link within/);
  });

  describe.skipIf(noNumpy)('from NumPy', () => {
    test.each<[string, string, RegExp]>([
      [
        'a bomb of 10 GB',
        `bomb(z, 'layer/a.npy', 10 << 30, 8)`,
        /layer\/a\.npy: expected at most 8589934592 bytes unpacked, got 107374183/,
      ],
      ['a bomb of 1 GB', `bomb(z, 'layer/a.npy', 1 << 30, 8)`, /layer\/a\.npy: .*zip bomb/],
      ['a bomb of many pieces', `for i in range(100): bomb(z, f'layer/{i}.npy', 15 << 20, 8)`, /zip bomb/],
      [
        'numbers that the header does not tell of',
        `bomb(z, 'layer/a.npy', 512 << 20, 0, 3)`,
        /layer\/a: expected 288 bytes for the shape \(12, 3\), got 536870912/,
      ],
      [
        'a header of 100 MB',
        `z.writestr('layer/a.npy', b'\\x93NUMPY\\2\\0' + (100 << 20).to_bytes(4, 'little') + bytes(100 << 20), 0)`,
        /layer\/a: expected a header of at most 65536/,
      ],
      ['a path upwards', `z.writestr('../a.npy', b'')`, /"\.\.\/a\.npy": expected a name within the archive/],
      ['an absolute path', `z.writestr('/tmp/a.npy', b'')`, /"\/tmp\/a\.npy": expected a name within/],
      [
        'pickled objects',
        `with z.open('layer/a.npy', 'w') as f: np.lib.format.write_array(f, np.array([{}] * 6, object))`,
        /layer\/a: .*pickled objects/,
      ],
      [
        'the same name twice',
        `z.writestr('layer/a.npy', b'', 0); warnings.simplefilter('ignore'); z.writestr('layer/a.npy', b'', 0)`,
        /layer\/a\.npy is there twice/,
      ],
    ])(
      '%s',
      async (name, code, message) => {
        const place = at(`${name}.npz`);
        numpy(
          `
import io, warnings, zlib
def bomb(z, name, size, method, columns=None):
    head = io.BytesIO(); np.lib.format.write_array_header_1_0(head, {'descr': '<f8', 'fortran_order': False, 'shape': (12, columns or size // 96)})
    if method == 0: return z.writestr(name, head.getvalue() + bytes(size))
    # One mebibyte packed once and repeated: it unpacks to all that is declared.
    c = zlib.compressobj(9, 8, -15); first, many = [c.compress(b) + c.flush(zlib.Z_FULL_FLUSH) for b in (head.getvalue(), bytes(1 << 20))]
    z.writestr(name, first + many * (size >> 20) + c.flush())
    z.filelist[-1].compress_type, z.filelist[-1].file_size = 8, len(head.getvalue()) + size
z = zipfile.ZipFile(sys.argv[1], 'w')
with z.open('labels.npy', 'w') as f: np.lib.format.write_array(f, np.arange(12) % 3)
${code}
z.close()`,
          place,
        );
        await refused(place, message);
        rmSync(place);
      },
      120_000,
    );
  });
});
