/** Lets the event loop turn once, under Node and in a page. */
export const breath = (): Promise<void> =>
  new Promise((resolve) => (typeof setImmediate === 'function' ? void setImmediate(resolve) : void setTimeout(resolve, 0)));
