import { ByteReader, ByteWriter, DamagedBytesError } from "./bytes.js";

/** Version of the layout, the first byte of every block. */
const LAYOUT = 1;

/** Times that fit the codec: from the epoch to the year 10889. */
const MAX_AT = 2 ** 48;

/** Points of one series in the order of arrival; times in UTC milliseconds, which may go back when the clock did. */
export interface Points {
  readonly at: readonly number[];
  readonly values: ArrayLike<number> & Iterable<number>;
}

/**
 * A block: times as delta of delta (Gorilla's idea on whole bytes: a steady interval takes one byte), values as XOR with
 * the one before. Lossless. Refuses what is not a measurement: NaN and the infinities.
 */
export function encodePoints(points: Points): Buffer {
  const count = points.at.length;
  if (points.values.length !== count) throw new RangeError(`${count} times but ${points.values.length} values`);
  const writer = new ByteWriter(16 + count * 9);
  writer.byte(LAYOUT);
  writer.unsigned(count);
  let last = 0;
  let lastDelta = 0;
  for (const at of points.at) {
    if (!Number.isInteger(at) || at < 0 || at > MAX_AT) throw new RangeError(`not a time in milliseconds: ${at}`);
    const delta = at - last;
    writer.signed(delta - lastDelta);
    last = at;
    lastDelta = delta;
  }
  for (const value of points.values) {
    if (!Number.isFinite(value)) throw new RangeError(`not a measurement: ${value}`);
  }
  writer.doubles(points.values);
  return writer.finish();
}

export function decodePoints(bytes: Uint8Array): { readonly at: number[]; readonly values: Float64Array } {
  const reader = new ByteReader(bytes);
  const layout = reader.byte();
  if (layout !== LAYOUT) throw new DamagedBytesError(`a block of layout ${layout}, expected ${LAYOUT}`);
  const count = reader.unsigned();
  if (count > bytes.length) throw new DamagedBytesError(`${count} points do not fit ${bytes.length} bytes`);
  const at: number[] = [];
  let last = 0;
  let lastDelta = 0;
  for (let index = 0; index < count; index += 1) {
    lastDelta += reader.signed();
    last += lastDelta;
    at.push(last);
  }
  const values = reader.doubles(count);
  if (!reader.done) throw new DamagedBytesError("bytes are left over after the last point");
  return { at, values };
}
