// A GPU made of software, for tests: SwiftShader, which comes with Debian's chromium, as does the Vulkan loader that Dawn asks for.
import koffi from 'koffi';
import { existsSync } from 'node:fs';

const folder = process.env['SWIFTSHADER'] ?? '/usr/lib/chromium';
const driver = `${folder}/vk_swiftshader_icd.json`;
const loader = `${folder}/libvulkan.so.1`;

/** Why WebGPU cannot be tried here, or null. */
export const noGpu: string | null = !existsSync(driver) ? `${driver} is missing (Debian's chromium has it)` : null;

/** What a process needs in its environment, from its start on, to find it. */
export const swiftshaderEnv = { VK_ICD_FILENAMES: driver, LD_LIBRARY_PATH: folder };

/** Held, because a library that nobody holds is unloaded. */
const held: unknown[] = [];

/** Makes this process find it: a library that is loaded already is found by its name. */
export function useSwiftshader(): void {
  process.env['VK_ICD_FILENAMES'] = driver;
  if (held.length === 0 && existsSync(loader)) held.push(koffi.load(loader));
}
