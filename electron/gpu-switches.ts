// What Chromium has to be told for WebGPU on Linux, before the app is ready.
//
// Elsewhere WebGPU is there by default. On Linux Chromium draws with OpenGL and lets WebGPU reach the Vulkan driver beside it only where it
// knows the pair to work: Intel from generation 12 on, NVIDIA from driver 535.183.01 on, both under Wayland; for any other GPU, all of AMD's
// among them, `requestAdapter` answers null (gpu/config/software_rendering_list.json, entry 186; gpuweb's page “Implementation Status”).
// - `enable-unsafe-webgpu` takes WebGPU itself, and the GPUs on Dawn's own list of excluded ones, out from behind their flag. What is unsafe
//   in it is that a page gets more of the driver; the pages here are the app's own, and load nothing from anywhere.
// - `ForceEnableWebGpuInterop` lets WebGPU reach Vulkan beside OpenGL whatever the GPU is. It is how WebGPU works by default where it does.
// Not `Vulkan`, which is told everywhere for this: it makes Chromium draw with Vulkan, too, and under Wayland its windows then stay unseen.
// Whatever comes of it has to pass the self-test before it is used.
import { app } from 'electron';

const feature = 'ForceEnableWebGpuInterop';

/** Asks for WebGPU on Linux; other features that the app was started with stay. To be called before the app is ready. */
export function allowWebgpu(platform = process.platform): void {
  if (platform !== 'linux') return;
  const { commandLine } = app;
  commandLine.appendSwitch('enable-unsafe-webgpu');
  // A switch that is set twice is what it was set to last.
  const others = commandLine.getSwitchValue('enable-features').split(',').filter(Boolean);
  commandLine.appendSwitch('enable-features', [...new Set([...others, feature])].join(','));
}
