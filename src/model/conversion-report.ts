/** What another notation could say of a model, part by part. */

/**
 * - exact: the same function
 * - equivalent: the same up to rounding, to stated errors of steps that adapt, to the stated convention by which times or parts are labelled, or to other
 *   draws of the same distribution
 * - approximated: anything else, such as another integration method or another distribution; the message says what
 *   differs, and how much where that is known
 * - notExpressible: left out
 */
type Verdict = 'exact' | 'equivalent' | 'approximated' | 'notExpressible';

/** What a conversion is as a whole: as its least faithful part. */
export type Outcome = 'exact' | 'equivalent' | 'approximate' | 'incomplete';

/** What a notation could say of one part of a model. */
export interface ConversionEntry {
  /** How well the notation says this part. */
  readonly verdict: Verdict;
  /** Stable name of what this is about, such as `brian/timing`. */
  readonly code: string;
  /** JSON pointer into the canonical model. */
  readonly pointer: string;
  /** One sentence on what differs, for a person. */
  readonly message: string;
}

const outcomes = {
  exact: 'exact',
  equivalent: 'equivalent',
  approximated: 'approximate',
  notExpressible: 'incomplete',
} as const satisfies Readonly<Record<Verdict, Outcome>>;

const verdicts = Object.keys(outcomes) as readonly Verdict[];

/** What a conversion with these entries is as a whole. */
export function outcomeOf(entries: readonly ConversionEntry[]): Outcome {
  const worst = entries.reduce((rank, { verdict }) => Math.max(rank, verdicts.indexOf(verdict)), 0);
  return outcomes[verdicts[worst] ?? 'exact'];
}

/** Collects entries while a model is exported, each once. */
export class ConversionReport {
  readonly #stage: string;
  readonly #entries = new Map<string, ConversionEntry>();

  /** @param stage  first part of the codes: `pynn` of `pynn/not-expressible` */
  constructor(stage: string) {
    this.#stage = stage;
  }

  /** What was said so far, in order, nothing twice. */
  get entries(): readonly ConversionEntry[] {
    return [...this.#entries.values()];
  }

  /** The same, perhaps under another name. */
  exact(pointer: string, message: string, code = `${this.#stage}/exact`): void {
    this.add({ verdict: 'exact', code, pointer, message });
  }

  /** The same up to rounding, to a convention that the message states, or to other draws of the same distribution. */
  equivalent(code: string, pointer: string, message: string): void {
    this.add({ verdict: 'equivalent', code, pointer, message });
  }

  /** Something near; the message says what differs. */
  approximated(code: string, pointer: string, message: string): void {
    this.add({ verdict: 'approximated', code, pointer, message });
  }

  /**
   * Left out.
   * @returns undefined, as what stands for the part
   */
  missing(pointer: string, message: string, code = `${this.#stage}/not-expressible`): undefined {
    this.add({ verdict: 'notExpressible', code, pointer, message });
    return undefined;
  }

  /** Marks a part as exact unless something else was said about it or about anything in it. */
  settle(pointer: string, message: string): void {
    if (!this.#about(pointer).next().done) return;
    this.exact(pointer, message);
  }

  /** Whether something was said of a part, or of what is in it, that is not exact. */
  hasLoss(pointer: string): boolean {
    for (const { verdict } of this.#about(pointer)) if (verdict !== 'exact') return true;
    return false;
  }

  /** Whether it was said that a part is left out. */
  hasOmission(pointer: string): boolean {
    return [...this.#entries.values()].some((entry) => entry.pointer === pointer && entry.verdict === 'notExpressible');
  }

  /** Adds an entry unless the same was said of the same part. */
  add(entry: ConversionEntry): void {
    const key = JSON.stringify([entry.code, entry.pointer, entry.message]);
    if (!this.#entries.has(key)) this.#entries.set(key, entry);
  }

  *#about(pointer: string): Generator<ConversionEntry> {
    for (const entry of this.#entries.values()) if (`${entry.pointer}/`.startsWith(`${pointer}/`)) yield entry;
  }
}
