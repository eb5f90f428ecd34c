import { platform } from '#platform';
import type { Diagnostics, Finding } from '../../diagnostics/diagnostic.js';
import type { Positions } from '../../diagnostics/positions.js';
import type { Dimension, Span, ValueType } from '../../lang/ast.js';
import type { Related } from '../../lang/inferred.js';
import type { FunctionSignature } from '../../lang/functions.js';
import type { DataStore } from '../model.js';

type DataArray = DataStore extends ReadonlyMap<string, infer Array> ? Array : never;

/** A parameter of the entire model, resolved: `value` in SI. */
export interface ModelConstant {
  readonly value: number;
  readonly dimension: Dimension;
  readonly type: ValueType;
  /** Pointer of its definition. */
  readonly definition: string;
  /** Tells a constant from a variable: its value is known before the model runs. */
  readonly given: true;
  /** Set when it could not be resolved, which has been reported; expressions that read it get no further findings. */
  readonly unknown?: boolean;
}

/** State shared by all parts of normalisation: the receiver of findings, and model-wide facts. */
export interface Context {
  /**
   * Reports a finding at a node, or at a range within the string there; the same finding at the same place is reported
   * once.
   */
  report(finding: Finding, pointer: string, span?: Span, related?: readonly Related[]): void;
  /** Reports a warning about a name once, with the definition of the name. */
  warnOnce(finding: Finding, pointer: string, span: Span | undefined, definition: string): void;
  /** Reports at the node's key. */
  reportKey(finding: Finding, pointer: string): void;
  /** How many errors were reported so far: a part that reported none is whole. */
  errorCount(): number;
  /** Resolved parameters of the model, by name. */
  readonly constants: Map<string, ModelConstant>;
  /** Names of all parameters of the model, including parameters that are not resolved yet. */
  readonly constantNames: Set<string>;
  /**
   * Whether a text was written by a person in the canonical language, so that a name may be mistaken for a unit. For
   * texts in other notations, their importers warn.
   */
  warnsOfUnits(pointer: string): boolean;
  /** Tables of the model as functions, by name. */
  readonly tables: Map<string, FunctionSignature>;
  /** Large arrays that were given; undefined when the document is checked without them. */
  readonly data: DataStore | undefined;
  /** Keeps an array made while normalising. @returns its digest */
  keep(array: DataArray): string;
  /** Arrays that were given or kept. */
  store(): DataStore;
}

/** Returns a fresh context; findings go to `diagnostics` with places from `positions`. */
export function createContext(
  positions: Positions,
  diagnostics: Diagnostics,
  data: DataStore | undefined,
  warnsOfUnits: (pointer: string) => boolean = () => false,
  reported: readonly string[] = [],
): Context {
  const keys = new Set<string>();
  const kept = new Map<string, DataArray>();
  let errors = 0;
  const warned = new Set<string>();
  const isNew = (finding: Finding, pointer: string, span?: Span): boolean => {
    if ((finding.severity ?? 'error') === 'error') errors++;
    const key = [pointer, finding.code, finding.message, span ? `${span.start}-${span.end}` : ''].join('\u0000');
    if (keys.has(key) || reported.includes(finding.code)) return false;
    keys.add(key);
    return true;
  };
  const context: Context = {
    warnOnce(finding, pointer, span, definition) {
      const key = `${finding.code} ${finding.message} ${definition}`;
      if (warned.has(key)) return;
      warned.add(key);
      context.report(finding, pointer, span, [{ message: `${finding.found ?? ''} is defined here`, definition }]);
    },
    report(finding, pointer, span, notes = []) {
      if (!isNew(finding, pointer, span)) return;
      const related = notes.map(({ message, definition }) => ({
        message,
        place: positions.keyPlace?.(definition) ?? positions.place(definition),
      }));
      diagnostics.add(related.length > 0 ? { ...finding, related } : finding, () =>
        span ? positions.place(pointer, span) : positions.place(pointer),
      );
    },
    reportKey(finding, pointer) {
      if (isNew(finding, pointer))
        diagnostics.add(finding, () => positions.keyPlace?.(pointer) ?? positions.place(pointer));
    },
    errorCount: () => errors,
    constants: new Map(),
    constantNames: new Set(),
    warnsOfUnits,
    tables: new Map(),
    data,
    keep(array) {
      const digest = platform.sha256().update(littleEndianBytes(array)).hex();
      kept.set(digest, array);
      return digest;
    },
    store: () => (kept.size === 0 ? (data ?? new Map()) : new Map([...(data ?? []), ...kept])),
  };
  return context;
}

/** Returns the bytes of a typed array with the low byte of each element first, whatever the machine's order. */
function littleEndianBytes(array: DataArray): Uint8Array {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  if (new Uint8Array(new Uint16Array([1]).buffer)[0] === 1) return bytes;
  const size = array.BYTES_PER_ELEMENT;
  return bytes.map((_, index) => bytes[index - (index % size) + (size - 1 - (index % size))] ?? 0);
}
