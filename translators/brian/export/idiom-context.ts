/** What the rewriting of a model in Brian's idiom knows. */

import type { ConversionReport } from '../../../src/model/conversion-report.js';
import type { Model, ValidModel } from '../../../src/model/model.js';

/** A model to be rewritten, and where to say what changes. */
export interface IdiomContext {
  readonly model: Model;
  readonly data: ValidModel['data'];
  readonly report: ConversionReport;
  /** The same model with everything drawn; absent: what needs it stays as it is. */
  readonly drawn: Model | undefined;
  /** Values that something changes, as `owner.name`. */
  readonly changed: ReadonlySet<string>;
}
