/** Values in Brian's notation: expressions that its own generator draws, or lists of drawn numbers. */

import { lengthOf } from '../../../src/model/arrays.js';
import type { ConversionReport } from '../../../src/model/conversion-report.js';
import { formula, formulaOf, type EquationSet, type Value } from '../../../src/model/typed.js';
import { child } from '../../../src/model/pointer.js';
import { isGiven } from '../../../src/model/tagged.js';
import { unknownFunction } from '../vocabulary.js';
import { mostListed } from './connections/connection-rules.js';
import { ownDraw } from './own-draws.js';

/** Returns the unit of a parameter or variable of a type, or `1` if the type does not have it. */
export const unitOf = (type: EquationSet, key: string): string =>
  type.parameters[key]?.unit ?? type.state[key]?.unit ?? '1';

/** How values are to be written. */
interface Wanted {
  /** Whether the model has been drawn. */
  readonly isDrawn: boolean;
  readonly report: ConversionReport;
  /** Notes that the model must be drawn first. */
  readonly needDraws: () => void;
}

/** Values of populations and projections for Brian. */
export class OwnValues {
  constructor(private readonly wanted: Wanted) {}

  /** Returns values by name, for the parameters and variables of a type. @param drawn  their drawn values */
  all(
    values: Readonly<Record<string, Value>>,
    type: EquationSet,
    pointer: string,
    drawn: Readonly<Record<string, Value>> | undefined,
  ): Record<string, Value> {
    return Object.fromEntries(
      Object.entries(values).map(([key, value]) => [
        key,
        this.one(value, unitOf(type, key), child(child(pointer, 'values'), key), drawn?.[key]),
      ]),
    );
  }

  /** Returns a value that Brian can draw itself, else the drawn value. */
  one(value: Value, unit: string, pointer: string, drawn?: Value): Value {
    if (isUnknown(value)) return this.#listed(value, drawn, pointer);
    if (typeof value === 'number' || value.kind !== 'draw') return value;
    const { report } = this.wanted;
    const own = ownDraw(value, unit);
    if (own?.apart === 0) {
      report.convention('brian/own-draws', pointer, "the same distribution, drawn by Brian's generator");
      return formula(own.e);
    }
    const isLong = isGiven(drawn) && lengthOf(drawn.array) > mostListed;
    if (own !== undefined && (drawn === undefined ? this.wanted.isDrawn : isLong)) {
      report.different(
        'brian/clipped',
        pointer,
        `values outside the bounds are clipped to them, not drawn again: ${Number((own.apart * 100).toPrecision(2))} % of all`,
      );
      return formula(own.e);
    }
    return this.#listed(value, drawn, pointer);
  }

  /** Checks whether Brian has no expression for a value, not even an approximate one if that is acceptable. */
  isUnsayable(value: Value, unit: string): boolean {
    if (typeof value === 'number' || value.kind !== 'draw') return isUnknown(value);
    return ownDraw(value, unit) === undefined;
  }

  /** Returns the drawn value, or the value itself if nothing is drawn yet. */
  #listed(value: Value, drawn: Value | undefined, pointer: string): Value {
    if (drawn === undefined) {
      this.wanted.needDraws();
      return value;
    }
    this.wanted.report.convention(
      'brian/drawn',
      pointer,
      'Brian has no such distribution: the values drawn with this seed are listed',
    );
    return drawn;
  }
}

/** Checks whether a value is an expression with a function that Brian does not have. */
function isUnknown(value: Value): boolean {
  const e = formulaOf(value);
  return e !== undefined && unknownFunction(e) !== undefined;
}
