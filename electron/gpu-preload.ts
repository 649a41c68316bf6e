// All that the hidden GPU window gets: its port, once. Nothing is exposed to it, and it has no way to ask for anything.
import { ipcRenderer } from 'electron';
import { gpuChannel } from './gpu-channel.ts';

// A port cannot pass the bridge; the window's own message event can carry it.
ipcRenderer.once(gpuChannel, (event) => window.postMessage('compute', location.origin, event.ports));
