// Structured values as text, functions by number. Runs in Node and, as source text, in the page: it uses nothing from outside itself.

export type Keep = (f: (...args: unknown[]) => unknown) => string;
export type Revive = (id: string) => unknown;
export interface Codec {
  /** @throws "An object could not be cloned.", Electron's own words, for what structured clone refuses */
  encode(value: unknown, keep?: Keep): string;
  decode(text: string, revive?: Revive): unknown;
}

export function createCodec(): Codec {
  type Packed = string | number | boolean | null | Packed[] | { $: string; n?: string; v?: Packed | { [key: string]: Packed } };
  type ArrayKind =
    'Uint8Array' | 'Int8Array' | 'Uint16Array' | 'Int16Array' | 'Uint32Array' | 'Int32Array' | 'Float32Array' | 'Float64Array';
  const refuse = (): never => {
    throw new Error('An object could not be cloned.');
  };
  const toText = (b: Uint8Array) => {
    let text = '';
    for (let i = 0; i < b.length; i += 0x8000) text += String.fromCharCode(...b.subarray(i, i + 0x8000));
    return btoa(text);
  };
  const toBytes = (s: string) => Uint8Array.from(atob(s), (c) => c.charCodeAt(0));
  const packFields = (v: object, keep?: Keep) => Object.fromEntries(Object.entries(v).map(([k, x]) => [k, pack(x, keep)]));

  const pack = (v: unknown, keep?: Keep): Packed => {
    if (v === undefined) return { $: 'undefined' };
    if (v === null || typeof v === 'boolean' || typeof v === 'string') return v;
    if (typeof v === 'number') return Number.isFinite(v) ? v : { $: 'number', v: String(v) };
    if (typeof v === 'bigint') return { $: 'bigint', v: String(v) };
    if (typeof v === 'function') return keep ? { $: 'function', v: keep(v as (...args: unknown[]) => unknown) } : refuse();
    if (typeof v === 'symbol' || v instanceof Promise) return refuse();
    if (Array.isArray(v)) return v.map((x) => pack(x, keep));
    if (v instanceof Date) return { $: 'date', v: v.getTime() };
    if (v instanceof Map) return { $: 'map', v: [...v].map((x) => pack(x, keep)) };
    if (v instanceof Set) return { $: 'set', v: [...v].map((x) => pack(x, keep)) };
    if (v instanceof Error) return { $: 'error', n: v.name, v: v.message };
    if (v instanceof ArrayBuffer) return { $: 'buffer', v: toText(new Uint8Array(v)) };
    if (ArrayBuffer.isView(v))
      return {
        $: 'array',
        n: Object.prototype.toString.call(v).slice(8, -1),
        v: toText(new Uint8Array(v.buffer, v.byteOffset, v.byteLength)),
      };
    return { $: 'object', v: packFields(v, keep) };
  };

  const unpack = (p: Packed, revive?: Revive): unknown => {
    if (p === null || typeof p !== 'object') return p;
    if (Array.isArray(p)) return p.map((x) => unpack(x, revive));
    const list = () => (p.v as Packed[]).map((x) => unpack(x, revive));
    switch (p.$) {
      case 'undefined':
        return undefined;
      case 'number':
        return Number(p.v);
      case 'bigint':
        return BigInt(p.v as string);
      case 'function':
        return revive?.(p.v as string);
      case 'date':
        return new Date(p.v as number);
      case 'map':
        return new Map(list() as [unknown, unknown][]);
      case 'set':
        return new Set(list());
      case 'error':
        return Object.assign(new Error(p.v as string), { name: p.n });
      case 'buffer':
        return toBytes(p.v as string).buffer;
      case 'array':
        return new (globalThis[p.n as ArrayKind] as Uint8ArrayConstructor)(toBytes(p.v as string).buffer);
      default:
        return Object.fromEntries(Object.entries(p.v as { [key: string]: Packed }).map(([k, x]) => [k, unpack(x, revive)]));
    }
  };
  return { encode: (v, keep) => JSON.stringify(pack(v, keep)), decode: (text, revive) => unpack(JSON.parse(text) as Packed, revive) };
}
