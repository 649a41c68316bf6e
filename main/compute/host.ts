// What a job has of where it runs. The jobs are the same in a process of Node and in a page; what differs between the two is here.
import type { RunConfig } from '../contract/config.ts';
import type { Dataset } from '../data/dataset.ts';
import type { SampleShape } from '../data/index.ts';
import type { Device } from '../devices/index.ts';
import type { DeviceWish } from './protocol.ts';

export interface DataWish {
  config: RunConfig;
  dataDir: string;
  signal: AbortSignal;
  /** called before anything is read; an error that it throws ends the loading */
  onShape(shape: SampleShape): void;
  onProgress(share: number): void;
}

export interface Host {
  /** To be called before anything else that can fail: what fails earlier is put down to the device where `auto` chose it.
   *  @throws KernelscopeError `bad-input` for a device that cannot be used here, with the reason */
  openDevice(wish: DeviceWish): Promise<Device>;
  /** @throws as loadDataset */
  loadDataset(wish: DataWish): Promise<Dataset>;
  /** of the bytes one after the other, in hexadecimal digits */
  sha256(parts: readonly (Float32Array | Int32Array)[]): Promise<string>;
  /** what runs JavaScript here, and on what: for the provenance */
  readonly engine: string;
  readonly platform: string;
  /** seconds since this process began */
  age(): number;
  /** whether its GPU is another's, a page's, which is asked aside */
  readonly gpuAside: boolean;
}
