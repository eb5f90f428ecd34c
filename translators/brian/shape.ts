/** The check of a document against `schemas/brian.schema.json`. */

import { memberOf } from '../../src/diagnostics/member.js';
import type { Diagnostics } from '../../src/diagnostics/diagnostic.js';
import type { Positions } from '../../src/diagnostics/positions.js';
import { child, segments } from '../../src/model/pointer.js';
import { reportSchemaErrors, type SchemaError } from '../../src/model/schema/schema-findings.js';
import { repaired } from '../../src/model/schema/schema-repair.js';
import * as messages from './messages.js';
import { validate } from './schema-validator.generated.js';
import type { BrianSpecification } from './specification.generated.js';
import { refusedKeys } from './vocabulary.js';

/** A specification to read, and whether parts of the document were removed because they break the schema. */
interface Shape {
  readonly specification: BrianSpecification;
  readonly touched: readonly string[];
  /** Whether no part had to be removed. */
  readonly whole: boolean;
}

/** Returns the document as a specification, or undefined after reporting errors in its shape. */
export function checkShape(value: unknown, positions: Positions, diagnostics: Diagnostics): Shape | undefined {
  if (!isSpecification(value)) {
    diagnostics.add(messages.notASpecification(value), positions.place(''));
    return undefined;
  }
  if (validate(value)) return { specification: value, touched: [], whole: true };
  const errors = (validate.errors ?? []).filter((error) => !reportRefusedKey(error, positions, diagnostics));
  reportSchemaErrors(errors, value, positions, diagnostics, { schema: 'schemas/brian.schema.json', stage: 'brian' });
  const rest = repaired(value, validate);
  return rest && { specification: rest.document as BrianSpecification, touched: rest.touched, whole: false };
}

/** Checks whether a document declares itself a Brian-like specification. */
function isSpecification(value: unknown): value is BrianSpecification {
  return memberOf(value, 'format') === 'interneuron/brian';
}

/** Rejects a key for an unsupported feature of Brian by the feature's name. */
function reportRefusedKey(error: SchemaError, positions: Positions, diagnostics: Diagnostics): boolean {
  const key = error.propertyName;
  if (key === undefined || error.keyword !== 'enum') return false;
  const section = segments(error.instancePath)[0] ?? '';
  const features = Object.hasOwn(refusedKeys, section) ? (refusedKeys[section] ?? {}) : {};
  const feature = Object.hasOwn(features, key) ? features[key] : undefined;
  if (feature === undefined) return false;
  const pointer = child(error.instancePath, key);
  diagnostics.add(messages.unsupported(feature), positions.keyPlace?.(pointer) ?? positions.place(pointer));
  return true;
}
