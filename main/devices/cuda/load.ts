// Finds TensorFlow's Node package: @tensorflow/tfjs-node-gpu, or its CPU build. Both are old: they call functions of `util` that Node 23
// took away, so these are put back before the package is loaded. Its native library is downloaded when it is installed.
import { createRequire } from 'node:module';
import util from 'node:util';
import { firstLine, KernelscopeError } from '../../contract/errors.ts';

/** What is used of it: once loaded it has registered its backend `tensorflow` with the tfjs-core that it finds. */
export interface TensorflowPackage {
  name: string;
  /** the GPU build with a GPU that it sees, or the CPU build */
  detail: string;
  module: { version?: Record<string, string>; tensor?: unknown };
  /** resolves as the package itself does */
  require: NodeJS.Require;
}

const names = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;

const removed: Record<string, (value: unknown) => boolean> = {
  isNullOrUndefined: (v) => v === null || v === undefined,
  isUndefined: (v) => v === undefined,
  isNull: (v) => v === null,
  isString: (v) => typeof v === 'string',
  isNumber: (v) => typeof v === 'number',
  isBoolean: (v) => typeof v === 'boolean',
  isFunction: (v) => typeof v === 'function',
  isObject: (v) => v !== null && typeof v === 'object',
  isPrimitive: (v) => v === null || (typeof v !== 'object' && typeof v !== 'function'),
  isArray: Array.isArray,
  isRegExp: util.types.isRegExp,
  isDate: util.types.isDate,
  isError: (v) => util.types.isNativeError(v) || v instanceof Error,
};

/** Puts back what Node 23 took out of `util`; what is there stays. Answers the names that were missing. */
export function repairUtil(target: Record<string, unknown> = util): string[] {
  const missing = Object.keys(removed).filter((name) => typeof target[name] !== 'function');
  for (const name of missing) target[name] = removed[name];
  return missing;
}

/** Loads the first of the two packages that is installed.
 *  @param from file or folder from which packages are looked for. @throws KernelscopeError `failed` with the reason, in one line */
export function loadTensorflow(from: string = import.meta.url): TensorflowPackage {
  const require = createRequire(from);
  const installed = names.find((name) => {
    try {
      require.resolve(name);
      return true;
    } catch {
      return false;
    }
  });
  if (!installed)
    throw new KernelscopeError('failed', `${names[0]} is not installed (its native library could not be downloaded, or it was left out)`);
  repairUtil();
  try {
    const module = require(installed) as TensorflowPackage['module'];
    const version = module.version?.['tfjs-node'] ?? module.version?.['tfjs-core'] ?? 'of unknown version';
    return { name: installed, detail: `${installed} ${version}`, module, require: createRequire(require.resolve(installed)) };
  } catch (error) {
    throw new KernelscopeError('failed', `${installed} does not load: ${firstLine(error)}`);
  }
}
