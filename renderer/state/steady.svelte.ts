// Values that stay the same object while what they say is the same: who draws from them is not made to draw again for nothing.

/** A derived value of plain data, renewed only when its content changes. */
export function steady<T>(read: () => T): { readonly current: T } {
  const text = $derived(JSON.stringify(read()));
  const value = $derived(JSON.parse(text) as T);
  return {
    get current() {
      return value;
    },
  };
}
