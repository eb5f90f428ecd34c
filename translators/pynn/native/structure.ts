/** Native types with compartments: names that recordings and currents may use. */

import type { NeuronDocument } from '../../../src/model/document.generated.js';
import type { CellStructure } from '../../../src/library/standard-type.js';

/** Returns names that can be used for a native type with compartments; undefined for other types. */
export function structureOfNative({
  compartments,
  events = {},
}: Pick<NeuronDocument, 'compartments' | 'events'>):
  { readonly structure: CellStructure; readonly variables: readonly string[] } | undefined {
  if (compartments === undefined) return undefined;
  const { sections, groups = {}, mechanisms = {}, ions = {} } = compartments;
  const root = Object.entries(sections).find(([, { parent }]) => parent === undefined)?.[0] ?? '';
  const spike = events['spike'];
  const variables = [
    'v',
    ...Object.entries(mechanisms).flatMap(([name, { state = {}, derived = {}, parameters = {} }]) =>
      [state, derived, parameters].flatMap((map) => Object.keys(map).map((variable) => `${name}.${variable}`)),
    ),
    ...Object.keys(ions).flatMap((ion) => [`${ion}_i`, `${ion}_o`, `e_${ion}`, `i_${ion}`]),
  ];
  const labels = new Map([...Object.entries(groups), ...Object.keys(sections).map((name) => [name, [name]] as const)]);
  const soma = (typeof spike === 'object' ? spike.section : undefined) ?? root;
  return { structure: { soma, labels, receptors: {} }, variables };
}
