/** The check of a document against `schemas/pynn.schema.json`. */

import type { Diagnostics } from '../../src/diagnostics/diagnostic.js';
import type { Positions } from '../../src/diagnostics/positions.js';
import { reportSchemaErrors } from '../../src/model/schema-findings.js';
import * as messages from './messages.js';
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
  return undefined;
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
