/** Identifiers of cells: whole numbers of up to 64 bits, or texts. */

/** Numbers of texts, in the order in which they first occur. */
export type Texts = Map<string, number>;

/** The high half of an identifier that is a text; the low half is then the number of the text. */
const textMark = -0x80000000;

/** A column of identifiers, each as two halves. */
export class Identifiers {
  readonly low: Int32Array;
  readonly high: Int32Array;

  constructor(rows: number) {
    this.low = new Int32Array(rows);
    this.high = new Int32Array(rows);
  }

  get length(): number {
    return this.low.length;
  }

  /** Sets a row to the whole number `upper * 10^9 + lower`, which is below 2^63. */
  setNumber(row: number, upper: number, lower: number): void {
    // The product is split at 2^16, so that all parts are exact.
    const first = Math.floor(upper / 65536) * 1e9;
    const second = (upper % 65536) * 1e9 + lower;
    const rest = (first % 65536) * 65536 + second;
    this.low[row] = (rest % 2 ** 32) | 0;
    this.high[row] = (Math.floor(first / 65536) + Math.floor(rest / 2 ** 32)) | 0;
  }

  /** Sets a row to a text; a text of a whole number is that number. */
  setText(row: number, text: string, texts: Texts): void {
    const value = isWhole(text) ? BigInt(text) : undefined;
    if (value !== undefined && BigInt.asIntN(64, value) === value) {
      this.low[row] = Number(BigInt.asIntN(32, value));
      this.high[row] = Number(value >> 32n);
      return;
    }
    let number = texts.get(text);
    if (number === undefined) texts.set(text, (number = texts.size));
    this.low[row] = number;
    this.high[row] = textMark;
  }

  /** Returns an identifier as text, for messages. */
  textAt(row: number, texts: Texts): string {
    const [low, high] = [this.low[row]!, this.high[row]!];
    if (high !== textMark) return String((BigInt(high) << 32n) | BigInt(low >>> 0));
    return [...texts.keys()][low] ?? '';
  }

  /** Returns the first rows. */
  first(rows: number): Identifiers {
    const shorter = new Identifiers(rows);
    shorter.low.set(this.low.subarray(0, rows));
    shorter.high.set(this.high.subarray(0, rows));
    return shorter;
  }

  /** Returns a column that begins with the rows of this one and has more. */
  grown(rows: number): Identifiers {
    const longer = new Identifiers(rows);
    longer.low.set(this.low);
    longer.high.set(this.high);
    return longer;
  }
}

/** Whether a text is a whole number of at most 19 digits, without a leading zero. */
const isWhole = (text: string): boolean => /^(?:0|-?[1-9]\d{0,18})$/.test(text);

/** Rows of identifiers, by identifier: a hash table with open addressing. */
export class RowsById {
  readonly #ids: Identifiers;
  /** Row + 1 in each slot; 0: empty. */
  readonly #slots: Int32Array;

  constructor(ids: Identifiers) {
    this.#ids = ids;
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * ids.length + 2)));
  }

  /** Adds a row. Returns the earlier row with the same identifier; -1 if there is none. */
  add(row: number): number {
    const slot = this.#slotOf(this.#ids.low[row]!, this.#ids.high[row]!);
    const earlier = this.#slots[slot]! - 1;
    if (earlier < 0) this.#slots[slot] = row + 1;
    return earlier;
  }

  /** Returns the row of an identifier; -1 if there is none. */
  rowOf(ids: Identifiers, row: number): number {
    return this.#slots[this.#slotOf(ids.low[row]!, ids.high[row]!)]! - 1;
  }

  #slotOf(low: number, high: number): number {
    const mask = this.#slots.length - 1;
    let slot = Math.imul(low ^ Math.imul(high, 0x9e3779b1), 0x85ebca6b);
    slot = (slot ^ (slot >>> 15)) & mask;
    for (;;) {
      const row = this.#slots[slot]! - 1;
      if (row < 0 || (this.#ids.low[row] === low && this.#ids.high[row] === high)) return slot;
      slot = (slot + 1) & mask;
    }
  }
}
