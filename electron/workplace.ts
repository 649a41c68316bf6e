// The library that is open, with all that works on it; another one can take its place.
import type { Emit, EventName, Events } from '../main/contract/calls.ts';
import type { Services } from '../main/host/boot.ts';
import { createDispatch, createServer, type Dispatch, type Server } from '../main/rpc/server.ts';

export interface Place {
  /** folder */
  library: string;
  services: Services;
  dispatch: Dispatch;
  server: Server;
}
export interface WorkplaceOptions {
  boot(library: string): Promise<Services>;
  /** of the library that is open now, none of one that is being left */
  onEvent: Emit;
  log(line: string): void;
}
export interface Workplace {
  /** false: no library is open yet */
  readonly isOpen: boolean;
  /** @throws an error before the first library is open */
  readonly now: Place;
  /** Opens a library; the one before is left once this one is there. A library that cannot be opened changes nothing.
   *  @throws as bootServices */
  open(library: string): Promise<void>;
  /** Stops what is under way, keeps what was done; waits for a library that is still being left, too. */
  close(): Promise<void>;
}

export function createWorkplace({ boot, onEvent, log }: WorkplaceOptions): Workplace {
  let now: Place | null = null;
  let leaving: Promise<void> = Promise.resolve();
  const leave = async (place: Place) => {
    place.server.close();
    await place.services.close();
  };
  return {
    get isOpen() {
      return now !== null;
    },
    get now() {
      if (!now) throw new Error('no library is open yet');
      return now;
    },
    async open(library) {
      // Whoever goes back to a library at once finds it let go of, not held.
      await leaving;
      const services = await boot(library);
      const dispatch = createDispatch(services.handlers, log);
      const place: Place = { library, services, dispatch, server: createServer(dispatch) };
      services.onEvent(<K extends EventName>(name: K, payload: Events[K]) => {
        place.server.emit(name, payload);
        if (now === place) onEvent(name, payload);
      });
      const before = now;
      now = place;
      if (before)
        leaving = leave(before).catch((error: unknown) =>
          log(`leaving ${before.library}: ${error instanceof Error ? error.stack : String(error)}`),
        );
      services.tidy().catch((error: unknown) => log(`emptying the trash: ${String(error)}`));
    },
    async close() {
      await leaving;
      if (now) await leave(now);
    },
  };
}
