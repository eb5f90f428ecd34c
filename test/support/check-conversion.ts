/** Runs of models and their conversions. */

import { compareWritten, type CheckOptions, type ConversionCheck } from '../../src/verify/check-conversion.js';
import { convertWritten, notationRead, readBack, type HowToConvert } from '../../src/verify/read-back.js';
import type { ConvertedModel, TargetNotation } from '../../src/convert/convert.js';
import type { ValidModel } from '../../src/model/model.js';

/**
 * Runs a model and its conversion under our own engine, and compares both.
 *
 * @param options.converted  the conversion to `to`; made if absent
 */
export async function checkConversion(
  valid: ValidModel,
  to: TargetNotation,
  options: CheckOptions & HowToConvert & { readonly converted?: ConvertedModel } = {},
): Promise<ConversionCheck> {
  const converted = options.converted ?? (await convertWritten(valid, to, options));
  const written = options.converted ? to : notationRead(to);
  const target = await readBack(valid, written, { ...options, converted });
  return compareWritten(valid, target, { became: converted.became, ...options });
}
