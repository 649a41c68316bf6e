/** Calls `run` at once and then at most once in `ms`, the last call never lost; call `stop` when nobody waits any more. */
export function throttle(run: () => void, ms: number): (() => void) & { stop(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let again = false;
  const tick = () => {
    timer = undefined;
    if (again) fire();
  };
  const fire = () => {
    again = false;
    timer = setTimeout(tick, ms);
    run();
  };
  const call = () => {
    if (timer === undefined) fire();
    else again = true;
  };
  return Object.assign(call, { stop: () => clearTimeout(timer) });
}
