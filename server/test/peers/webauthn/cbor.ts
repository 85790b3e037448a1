/** As much CBOR (RFC 8949) as an authenticator writes, on its own, so that a reader's mistake is not made here again. */

/** What CTAP2 writes: whole numbers, text, bytes, yes or no, lists and maps; a map keeps the order that it is given in. */
export type Cbor = number | string | boolean | Uint8Array | readonly Cbor[] | ReadonlyMap<number | string, Cbor>;

/** Writes one item. */
export function cbor(item: Cbor): Buffer {
  if (typeof item === 'boolean') return Buffer.from([item ? 0xf5 : 0xf4]);
  if (typeof item === 'number') return item < 0 ? head(1, -1 - item) : head(0, item);
  if (typeof item === 'string') return Buffer.concat([head(3, Buffer.byteLength(item)), Buffer.from(item)]);
  if (item instanceof Uint8Array) return Buffer.concat([head(2, item.length), item]);
  if (item instanceof Map) {
    return Buffer.concat([head(5, item.size), ...[...item].flatMap(([key, value]) => [cbor(key), cbor(value)])]);
  }
  const list = item as readonly Cbor[];
  return Buffer.concat([head(4, list.length), ...list.map(cbor)]);
}

/** Major type and argument, in the shortest form (RFC 8949 §3). */
function head(major: number, argument: number): Buffer {
  const type = major << 5;
  if (argument < 24) return Buffer.from([type | argument]);
  if (argument < 0x100) return Buffer.from([type | 24, argument]);
  const bytes = Buffer.alloc(argument < 0x10000 ? 3 : 5);
  bytes[0] = type | (argument < 0x10000 ? 25 : 26);
  bytes.writeUIntBE(argument, 1, bytes.length - 1);
  return bytes;
}
