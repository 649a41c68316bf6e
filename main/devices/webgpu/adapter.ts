// Which GPU there is behind a `GPU` object, whoever gives it: Dawn under plain Node, the browser in a page.
import { badInput } from '../../contract/errors.ts';

/** Where WebGPU comes from. */
export interface GpuSource {
  gpu: GPU;
  /** 'Dawn', 'the browser' */
  host: string;
  /** how often it is asked before it is believed that there is none, half a second apart; once unless given */
  tries?: number;
}

export interface FoundAdapter {
  adapter: GPUAdapter;
  /** 'SwiftShader Device (Subzero), software' */
  description: string;
  /** computed by the processor: right, but slower than the cpu device; only taken when it is asked for by name */
  software: boolean;
}

const softwareNames = /swiftshader|llvmpipe|lavapipe|softpipe|software|basic render|warp\b/i;

/** What an adapter says of itself, and whether it is a program instead of a chip. */
export function describe(info: GPUAdapterInfo): { description: string; software: boolean } {
  const { vendor, architecture, description, device } = info;
  const software = info.isFallbackAdapter || [vendor, architecture, description, device].some((text) => softwareNames.test(text));
  const name = description || [vendor, architecture, device].filter(Boolean).join(' ') || 'a GPU that does not say its name';
  return { description: software ? `${name}, software` : name, software };
}

/** The fastest adapter. @throws KernelscopeError `bad-input` where there is none */
export async function findAdapter({ gpu, host, tries = 1 }: GpuSource): Promise<FoundAdapter> {
  for (let left = tries; left > 0; left--) {
    const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
    if (adapter) return { adapter, ...describe(adapter.info) };
    if (left > 1) await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw badInput(`${host} finds no GPU here (on Linux it needs a Vulkan driver and libvulkan.so.1)`);
}
