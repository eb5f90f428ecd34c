/** The check of a document against `schemas/pynn.schema.json`. */

import { memberOf } from '../../src/diagnostics/member.js';
import type { Diagnostics } from '../../src/diagnostics/diagnostic.js';
import type { Positions } from '../../src/diagnostics/positions.js';
import { reportSchemaErrors } from '../../src/model/schema-findings.js';
import { repaired } from '../../src/model/schema-repair.js';
import * as messages from './messages.js';
import { validate } from './schema-validator.generated.js';
import type { PynnSpecification } from './specification.generated.js';

/** A specification to read, and what of the document was left out of it since it breaks the schema. */
interface Shape {
  readonly specification: PynnSpecification;
  readonly touched: readonly string[];
  /** Whether nothing had to be left out. */
  readonly whole: boolean;
}

/** The document as a specification, or undefined after what is wrong with its shape was reported. */
export function checkShape(value: unknown, positions: Positions, diagnostics: Diagnostics): Shape | undefined {
  if (!isPynnSpecification(value)) {
    diagnostics.add(messages.notASpecification(value), positions.place(''));
    return undefined;
  }
  if (validate(value)) return { specification: value, touched: [], whole: true };
  reportSchemaErrors(validate.errors ?? [], value, positions, diagnostics, {
    schema: 'schemas/pynn.schema.json',
    stage: 'pynn',
  });
  const rest = repaired(value, validate);
  return rest && { specification: rest.document as PynnSpecification, touched: rest.touched, whole: false };
}

/** Whether a document says of itself that it is in PyNN-style JSON. */
function isPynnSpecification(value: unknown): value is PynnSpecification {
  return memberOf(value, 'format') === 'interneuron/pynn';
}
