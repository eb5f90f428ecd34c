/** Context for rewriting a model in Brian's idiom. */

import type { ConversionReport } from '../../../src/model/conversion-report.js';
import type { Model, ValidModel } from '../../../src/model/typed.js';

/** A model to be rewritten, and the report of changes. */
export interface IdiomContext {
  readonly model: Model;
  readonly data: ValidModel['data'];
  readonly report: ConversionReport;
  /** The same model with everything drawn. If it is absent, parts that need it stay unchanged. */
  readonly drawn: Model | undefined;
  /** Values that something changes, as `owner.name`. */
  readonly changed: ReadonlySet<string>;
}
