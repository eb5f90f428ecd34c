/** Component types of NeuroML as canonical types, so what a model says to be one can be compared with it. */

import type { NeuronType } from '../../../src/model/model.js';
import type { ComponentType } from '../lems/definitions.js';
import { readBack } from './read-back.js';
import { element, xmlText } from './text/xml-text.js';

/** A core type with values. */
export interface CoreCell {
  /** Its equations, with the values as those of its parameters. */
  readonly type: NeuronType;
  /** Its component type. */
  readonly definition: ComponentType;
}

let known: ReadonlyMap<string, ComponentType> | undefined;

/** The core types by name, read once. */
function coreTypes(): ReadonlyMap<string, ComponentType> {
  if (known) return known;
  const read = readBack(documentOf('iafTauCell', { leakReversal: '0 V', thresh: '0 V', reset: '0 V', tau: '1 s' }));
  known = typeof read === 'string' ? new Map<string, ComponentType>() : read.lems.types;
  return known;
}

/** Parameters that a component of a type gives; undefined for names that are no type of cells, or of `kind`. */
export function coreParameters(name: string, kind = 'baseCell'): ComponentType['parameters'] | undefined {
  const type = coreTypes().get(name);
  if (!type?.lineage.includes(kind)) return undefined;
  return new Map([...type.parameters].filter(([, { fixed }]) => fixed === undefined));
}

/** A cell of a core type. @param attributes  values of all its parameters */
export function coreCell(name: string, attributes: Readonly<Record<string, string>>): CoreCell | undefined {
  const read = readBack(documentOf(name, attributes));
  if (typeof read === 'string') return undefined;
  const [type] = Object.values(read.valid.model.neurons);
  const definition = read.lems.types.get(name);
  return type && definition ? { type, definition } : undefined;
}

function documentOf(name: string, attributes: Readonly<Record<string, string>>): string {
  const network = element('network', { id: 'network' }, [
    element('population', { id: 'cells', component: 'cell', size: '1' }),
  ]);
  const files = [element('Include', { file: 'NeuroML2CoreTypes.xml' })];
  return xmlText(
    element('Lems', {}, [
      element('Target', { component: 'network' }),
      ...files,
      element(name, { id: 'cell', ...attributes }),
      network,
    ]),
  );
}
