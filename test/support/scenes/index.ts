// Every view of the page in every state that it can be in, on the host in memory: for pictures (`npm run gallery`) and for scans.
import { compareScenes } from './compare.ts';
import { libraryScenes } from './library.ts';
import { newScenes } from './new.ts';
import { otherScenes } from './others.ts';
import { runScenes } from './run.ts';
import type { Scene } from './scene.ts';

export type { Scene };
export const scenes: readonly Scene[] = [...libraryScenes, ...runScenes, ...compareScenes, ...newScenes, ...otherScenes];
