/** The check of a document against `schemas/pynn.schema.json`. */

import { memberOf } from '../../src/diagnostics/member.js';
import type { Diagnostics, Finding } from '../../src/diagnostics/diagnostic.js';
import type { Positions } from '../../src/diagnostics/positions.js';
import { nodeAt } from '../../src/model/pointer.js';
import { reportSchemaErrors, type SchemaError } from '../../src/model/schema/schema-findings.js';
import { repaired } from '../../src/model/schema/schema-repair.js';
import { firstNeeded } from '../shared/vocabulary.js';
import * as messages from './messages.js';
import { numberWithUnit } from './number-units.js';
import { validate } from './schema-validator.generated.js';
import type { PynnSpecification } from './specification.generated.js';
import { words } from './vocabulary.js';

/** A specification to read, and the parts of the document left out of it since they break the schema. */
interface Shape {
  readonly specification: PynnSpecification;
  readonly touched: readonly string[];
  /** Whether all of the document was kept. */
  readonly whole: boolean;
}

/** Returns the document as a specification, or undefined after an error in its shape was reported. */
export function checkShape(value: unknown, positions: Positions, diagnostics: Diagnostics): Shape | undefined {
  if (!isPynnSpecification(value)) {
    diagnostics.add(messages.notASpecification(value), positions.place(''));
    return undefined;
  }
  if (validate(value)) return { specification: value, touched: [], whole: true };
  reportSchemaErrors(validate.errors ?? [], value, positions, diagnostics, {
    schema: 'schemas/pynn.schema.json',
    stage: 'pynn',
    finding: (error, found) => findingFor(error, found, value),
  });
  const rest = repaired(value, validate);
  return rest && { specification: rest.document as PynnSpecification, touched: rest.touched, whole: false };
}

/** Checks whether a document declares that it is in PyNN-style JSON. */
function isPynnSpecification(value: unknown): value is PynnSpecification {
  return memberOf(value, 'format') === 'interneuron/pynn';
}

/** Names for kinds of types, by the definition of the schema that lists them. */
const kinds: Readonly<Record<string, string>> = {
  cell: 'cell type',
  neuron: 'neuron component',
  receptor: 'receptor',
  structure: 'structure',
  boundary: 'boundary',
  connector: 'connector',
  synapse: 'synapse type',
  timingDependence: 'timing dependence',
  weightDependence: 'weight dependence',
  currentSource: 'current source',
  ionChannel: 'ion channel',
};

/** PyNN's own findings: types and parameters that there are not, and parameters that are missing. */
function findingFor(
  { keyword, propertyName, instancePath, schemaPath, params }: SchemaError,
  found: unknown,
  document: unknown,
): Finding | undefined {
  if (keyword === 'type') return numberWithUnit(found, instancePath, document);
  const [, definition = ''] = /^#\/\$defs\/(\w+)\//.exec(schemaPath) ?? [];
  const kind = kinds[definition];
  if (kind === undefined) return undefined;
  const allowed = (params['allowedValues'] ?? []) as readonly string[];
  if (keyword === 'enum' && instancePath.endsWith('/type') && typeof found === 'string')
    return messages.unknownType(kind, found, allowed);
  if (!schemaPath.includes('/allOf/')) return undefined;
  const type = String(memberOf(nodeAt(document, instancePath.replace(/\/params$/, '')), 'type'));
  if (keyword === 'false schema' && propertyName === undefined) {
    const at = instancePath.lastIndexOf('/');
    const owner = String(memberOf(nodeAt(document, instancePath.slice(0, at)), 'type'));
    return messages.unknownParameter(instancePath.slice(at + 1), owner, ['params']);
  }
  if (propertyName !== undefined) return messages.unknownParameter(propertyName, type, allowed);
  if (keyword !== 'required') return undefined;
  const missing = String(params['missingProperty']);
  return messages.missingParameter(
    missing === 'params' ? (firstNeeded(words[definition]?.[type] ?? {}) ?? missing) : missing,
    type,
  );
}
