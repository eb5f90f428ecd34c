/** The check of a document against `schemas/pynn.schema.json`. */

import type { Diagnostics } from '../../src/diagnostics/diagnostic.js';
import type { Positions } from '../../src/diagnostics/positions.js';
import { reportSchemaErrors } from '../../src/model/schema-findings.js';
import * as messages from './messages.js';
import { sizesAllowed } from './populations.js';
import { validate } from './schema-validator.generated.js';
import type { PynnSpecification } from './specification.js';

/** The document as a specification, or undefined after what is wrong with its shape was reported. */
export function checkShape(
  value: unknown,
  positions: Positions,
  diagnostics: Diagnostics,
): PynnSpecification | undefined {
  if (!isPynnSpecification(value)) {
    diagnostics.add(messages.notASpecification(value), positions.place(''));
    return undefined;
  }
  if (validate(value)) return value;
  reportSchemaErrors(validate.errors ?? [], value, positions, diagnostics, {
    schema: 'schemas/pynn.schema.json',
    stage: 'pynn',
  });
  reportSizes(value, positions, diagnostics);
  return undefined;
}

/** Sizes that the schema lets pass: whoever corrects another mistake should hear of these as well. */
function reportSizes({ populations }: PynnSpecification, positions: Positions, diagnostics: Diagnostics): void {
  if (!Array.isArray(populations)) return;
  const given: readonly unknown[] = populations;
  for (const [k, population] of given.entries()) {
    const size = typeof population === 'object' && population !== null && 'size' in population ? population.size : 1;
    if (Number.isSafeInteger(size) && Number(size) < 1)
      diagnostics.add(messages.outOfRange('the size', sizesAllowed, size), positions.place(`/populations/${k}/size`));
  }
}

/** Whether a document says of itself that it is in PyNN-style JSON. */
function isPynnSpecification(value: unknown): value is PynnSpecification {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    'format' in value &&
    value.format === 'interneuron/pynn'
  );
}
