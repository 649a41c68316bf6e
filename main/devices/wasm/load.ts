// The WebAssembly modules of main/devices/wasm/src, in the build that this engine can run.
import { built } from './built.ts';

export type WasmName = keyof typeof built;
export type WasmBuild = 'relaxed' | 'plain';

/** (module (func (result v128) f32x4.relaxed_madd of three zeros)): valid only where relaxed SIMD is known. */
const probe = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 19, 1, 17, 0, 65, 0, 253, 17, 65, 0, 253, 17, 65, 0, 253, 17, 253,
  133, 2, 11,
];

/** The better build that this engine validates. */
export const wasmBuild = (): WasmBuild => (WebAssembly.validate(new Uint8Array(probe)) ? 'relaxed' : 'plain');

/** The compiled module of src/<name>.ts; it imports a shared memory as env.memory. */
export function wasmModule(name: WasmName, build: WasmBuild = wasmBuild()): WebAssembly.Module {
  return new WebAssembly.Module(Uint8Array.from(atob(built[name][build]), (c) => c.charCodeAt(0)));
}

/** Instance of src/<name>.ts on `memory`, which has to be shared with a maximum of at most 65536 pages; `more` beside the memory where a
 *  module imports more. */
export function wasmExports(
  name: WasmName,
  memory: WebAssembly.Memory,
  build: WasmBuild = wasmBuild(),
  more: WebAssembly.Imports = {},
): WebAssembly.Exports {
  return new WebAssembly.Instance(wasmModule(name, build), { env: { memory }, ...more }).exports;
}
