/** Values in Brian's words: expressions that its own generator draws, else lists of what was drawn. */

import { lengthOf } from '../../../src/model/arrays.js';
import type { ConversionReport } from '../../../src/model/conversion-report.js';
import type { EquationSet, Value } from '../../../src/model/model.js';
import { child } from '../../../src/model/pointer.js';
import { isDrawn, isGiven } from '../../../src/model/tagged.js';
import { unknownFunction } from '../vocabulary.js';
import { mostListed } from './connection-rules.js';
import { drawText } from './own-draws.js';

/** The unit of a parameter or variable of a type; `1` for what it does not have. */
export const unitOf = (type: EquationSet, key: string): string =>
  type.parameters[key]?.unit ?? type.state[key]?.unit ?? '1';

/** How values are to be written. */
interface Wanted {
  /** Whether the model has been drawn. */
  readonly isDrawn: boolean;
  readonly report: ConversionReport;
  /** Notes that something is known only once the model has been drawn. */
  readonly needDraws: () => void;
}

/** Values of populations and projections for Brian. */
export class OwnValues {
  constructor(private readonly wanted: Wanted) {}

  /** Values by name, of the parameters and variables of a type. @param drawn  what was drawn of them */
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

  /** A value that Brian can draw itself, else what was drawn. */
  one(value: Value, unit: string, pointer: string, drawn?: Value): Value {
    if (typeof value === 'string' && unknownFunction.test(value)) return this.#listed(value, drawn, pointer);
    if (!isDrawn(value)) return value;
    const { report } = this.wanted;
    const text = drawText(value, unit);
    if (text?.apart === 0) {
      report.equivalent('brian/own-draws', pointer, "the same distribution, drawn by Brian's generator");
      return text.text;
    }
    const isLong = isGiven(drawn) && lengthOf(drawn.array) > mostListed;
    if (text !== undefined && (drawn === undefined ? this.wanted.isDrawn : isLong)) {
      report.approximated(
        'brian/clipped',
        pointer,
        `values outside the bounds are clipped to them, not drawn again: ${Number((text.apart * 100).toPrecision(2))} % of all`,
      );
      return text.text;
    }
    return this.#listed(value, drawn, pointer);
  }

  /** Whether Brian has no expression for a value, not even one that is near where that will do. */
  isUnsayable(value: Value, unit: string): boolean {
    if (!isDrawn(value)) return typeof value === 'string' && unknownFunction.test(value);
    return drawText(value, unit) === undefined;
  }

  /** What was drawn of a value, or the value itself where nothing is drawn yet. */
  #listed(value: Value, drawn: Value | undefined, pointer: string): Value {
    if (drawn === undefined) {
      this.wanted.needDraws();
      return value;
    }
    this.wanted.report.equivalent(
      'brian/drawn',
      pointer,
      'Brian has no such distribution: the values drawn with this seed are listed',
    );
    return drawn;
  }
}
