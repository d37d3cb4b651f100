/** Compact binary columns: variable-length integers and XOR-coded doubles. The one place that knows the byte layout. */

const SAME = 0xff;
const scratch = new DataView(new ArrayBuffer(16));

/** Largest magnitude that zigzag can carry without leaving the safe integers. */
const MAX_SIGNED = 2 ** 51;

export class ByteWriter {
  #buffer: Buffer;
  #length = 0;

  constructor(capacity: number = 256) {
    this.#buffer = Buffer.allocUnsafe(capacity);
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#buffer[this.#length++] = value;
  }

  /** An integer from 0 to 2^53 − 1, seven bits a byte, low bits first (LEB128). */
  unsigned(value: number): void {
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`not an unsigned integer: ${value}`);
    this.#reserve(8);
    let left = value;
    while (left >= 0x80) {
      this.#buffer[this.#length++] = (left % 0x80) | 0x80;
      left = Math.floor(left / 0x80);
    }
    this.#buffer[this.#length++] = left;
  }

  /** An integer whose magnitude is at most 2^51, zigzag coded so that small negative numbers stay short. */
  signed(value: number): void {
    if (!Number.isInteger(value) || Math.abs(value) > MAX_SIGNED) {
      throw new RangeError(`not an integer within ±2^51: ${value}`);
    }
    this.unsigned(value >= 0 ? value * 2 : -value * 2 - 1);
  }

  /**
   * Doubles, each as the XOR with the one before: a byte that counts the zero bytes at both ends, then the bytes between.
   * An unchanged value takes one byte.
   */
  doubles(values: Iterable<number>): void {
    let high = 0;
    let low = 0;
    for (const value of values) {
      scratch.setFloat64(0, value);
      const nextHigh = scratch.getUint32(0);
      const nextLow = scratch.getUint32(4);
      this.#xor(nextHigh ^ high, nextLow ^ low);
      high = nextHigh;
      low = nextLow;
    }
  }

  finish(): Buffer {
    return Buffer.from(this.#buffer.subarray(0, this.#length));
  }

  #xor(high: number, low: number): void {
    this.#reserve(9);
    if (high === 0 && low === 0) {
      this.#buffer[this.#length++] = SAME;
      return;
    }
    scratch.setUint32(8, high);
    scratch.setUint32(12, low);
    let leading = 0;
    while (scratch.getUint8(8 + leading) === 0) leading += 1;
    let trailing = 0;
    while (scratch.getUint8(15 - trailing) === 0) trailing += 1;
    this.#buffer[this.#length++] = (leading << 4) | trailing;
    for (let index = leading; index < 8 - trailing; index += 1) {
      this.#buffer[this.#length++] = scratch.getUint8(8 + index);
    }
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafe(this.#buffer.length * 2 + bytes);
    this.#buffer.copy(grown, 0, 0, this.#length);
    this.#buffer = grown;
  }
}

/** What was read is not what was written: the bytes are damaged. */
export class DamagedBytesError extends Error {
  override readonly name = "DamagedBytesError";
}

export class ByteReader {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  byte(): number {
    const value = this.#bytes[this.#offset++];
    if (value === undefined) throw new DamagedBytesError(`ends after ${this.#bytes.length} bytes, more were expected`);
    return value;
  }

  unsigned(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (value > Number.MAX_SAFE_INTEGER) throw new DamagedBytesError("an integer is longer than 53 bits");
      if (byte < 0x80) return value;
      scale *= 0x80;
    }
  }

  signed(): number {
    const value = this.unsigned();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  doubles(count: number): Float64Array {
    // Every double takes at least a byte: a damaged count cannot ask for more memory than the bytes themselves justify.
    if (count > this.#bytes.length - this.#offset)
      throw new DamagedBytesError(`${count} values do not fit the bytes left`);
    const values = new Float64Array(count);
    scratch.setFloat64(0, 0);
    for (let index = 0; index < count; index += 1) {
      this.#xorInto();
      values[index] = scratch.getFloat64(0);
    }
    return values;
  }

  get done(): boolean {
    return this.#offset >= this.#bytes.length;
  }

  #xorInto(): void {
    const control = this.byte();
    if (control === SAME) return;
    const leading = control >> 4;
    const trailing = control & 0x0f;
    if (leading + trailing > 7) throw new DamagedBytesError(`no such control byte: ${control}`);
    for (let index = leading; index < 8 - trailing; index += 1) {
      scratch.setUint8(index, scratch.getUint8(index) ^ this.byte());
    }
  }
}
