/** Finds projections that need their connections before they are built on the target. */

import { isRandom } from './value-kinds.js';
import type { Projection, PynnSpecification, Value, Values } from './specification.generated.js';
import { connectors } from './connectors.js';
import { isNumbers } from './values.js';

/**
 * Returns labels of projections with some values for connected pairs only: numbers that a NumpyRNG draws, lists, gaps.
 */
export function needingConnections({
  rngs = {},
  projections = [],
  phases = [],
}: PynnSpecification): ReadonlySet<string> {
  const isNumpy = (value: Value): boolean =>
    isRandom(value) &&
    typeof value.rng === 'string' &&
    Object.hasOwn(rngs, value.rng) &&
    rngs[value.rng]?.type === 'NumpyRNG';
  const before = (values: Values | undefined): boolean =>
    Object.values(values ?? {}).some((value) => isNumpy(value) || hasGaps(value));
  const byRow = new Set(projections.filter(({ connector }) => connectors[connector.type]?.byRow).map(labelOf));
  const later = (values: Values, label: string): boolean =>
    before(values) ||
    (!byRow.has(label) && Object.values(values).some((value) => isNumbers(value))) ||
    // The parts of a plastic synapse's delay follow from one number.
    isRandom(values['delay'] ?? null);
  const labels = new Set<string>();
  for (const projection of projections) {
    const { synapse, initial_values: initial } = projection;
    const parts = [synapse?.params, synapse?.timing_dependence?.params, synapse?.weight_dependence?.params, initial];
    if (parts.some(before)) labels.add(labelOf(projection));
  }
  for (const { set_projection: set, initialize } of phases) {
    if (set !== undefined && later(set.params, set.target)) labels.add(set.target);
    if (initialize !== undefined && later(initialize.values, initialize.target)) labels.add(initialize.target);
  }
  // Copied projections must be known as well.
  for (const projection of [...projections].reverse()) {
    const { type, params = {} } = projection.connector;
    const of = params['reference'] ?? params['reference_projection'];
    if (type === 'CloneConnector' && typeof of === 'string' && labels.has(labelOf(projection))) labels.add(of);
  }
  return labels;
}

const labelOf = ({ label, pre, post }: Projection): string => label ?? `${pre}→${post}`;

/** Checks whether a matrix has no number for some pair. */
const hasGaps = (value: Value): boolean =>
  Array.isArray(value) && value.some((row: unknown) => Array.isArray(row) && row.some((item) => item === null));
