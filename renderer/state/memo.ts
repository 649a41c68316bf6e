/** `work`, done once for each object; what it answered is forgotten with the object. */
export function memo<K extends object, V>(work: (key: K) => V): (key: K) => V {
  const known = new WeakMap<K, V>();
  return (key) => {
    let value = known.get(key);
    if (value === undefined && !known.has(key)) known.set(key, (value = work(key)));
    return value as V;
  };
}
