/** The shape of one type of neurons or synapses, before it stands in a document. */

import { unplaced } from '../diagnostics/positions.js';
import { Diagnostics, type Finding } from '../diagnostics/diagnostic.js';
import { reportSchemaErrors } from './schema/schema-findings.js';
import { validate } from './schema-validator.generated.js';

/**
 * Checks whether a type can be read as a type of a canonical document; reports every violation otherwise.
 *
 * @param report  takes each finding with a pointer into the type
 * @diagnostic model/wrong-type, model/missing-key and other violations of the schema
 */
export function checkType(
  kind: 'neurons' | 'synapses',
  type: unknown,
  report: (finding: Finding, pointer: string) => void,
): boolean {
  const document = { interneuron: 1, name: 'type', experiment: { duration: '1 ms' }, [kind]: { type } };
  if (validate(document)) return true;
  const found = new Diagnostics();
  // Unknown keys are reported with the rest of the model.
  if (
    reportSchemaErrors(validate.errors ?? [], document, unplaced, found, {
      schema: 'schemas/model.schema.json',
      stage: 'model',
    })
  )
    return true;
  for (const { place, ...finding } of found.list) report(finding, (place?.pointer ?? '').slice(`/${kind}/type`.length));
  return false;
}
