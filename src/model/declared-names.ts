/** Names that are declared at each place in a model that has code. */

import { type EquationSet, ownersOf } from './typed.js';
import type * as written from './model.js';

/** Names that have a meaning in the code of every type. */
const everywhere = ['t', 'dt', 'i', 'j', 'N', 'x', 'y', 'z'];

/** A type that declares names for code. */
interface Declaring extends Pick<EquationSet | written.EquationSet, 'noise'> {
  readonly parameters: object;
  readonly state: object;
  readonly derived: object;
  readonly inputs?: object;
  readonly ports?: object;
}

/** Returns the names that a type declares: parameters, states, derived variables, inputs, ports, noises. */
export function declaredNames(type: Declaring): ReadonlySet<string> {
  const declared = [type.parameters, type.state, type.derived, type.inputs ?? {}, type.ports ?? {}];
  return new Set([...declared.flatMap(Object.keys), ...type.noise, ...everywhere]);
}

/** Returns the names that code of a mechanism can read. */
export const mechanismNames = (
  mechanism: Declaring & { readonly reads: readonly string[]; readonly writes: object },
): ReadonlySet<string> =>
  new Set([...declaredNames(mechanism), 'v', ...mechanism.reads, ...Object.keys(mechanism.writes)]);

/** Only the names that have a meaning everywhere. */
export const noNames: ReadonlySet<string> = new Set(everywhere);

/** Returns the names of a type's own variables: parameters, states, derived variables and inputs. */
export const ownNames = ({
  parameters,
  state,
  derived,
  inputs = {},
}: Omit<Declaring, 'noise' | 'ports'>): ReadonlySet<string> =>
  new Set([parameters, state, derived, inputs].flatMap((map) => Object.keys(map)));

/** Joins the names of several scopes. */
export const union = (scopes: readonly ReadonlySet<string>[]): ReadonlySet<string> =>
  scopes.length === 1 ? (scopes[0] ?? noNames) : new Set([...everywhere, ...scopes.flatMap((scope) => [...scope])]);

/** Names that the code of a network can read. */
export interface Scopes {
  /** Of a type of cells, by its name; only the predefined names if the name is undefined. */
  ofType(neuron: string | undefined): ReadonlySet<string>;
  /** Of the synapses of a projection. */
  ofProjection(projection: { readonly synapse: string }): ReadonlySet<string>;
  /** Of the cells or synapses of a selection. */
  ofSelection(rule: written.SelectionRule): ReadonlySet<string>;
  /** Of the first part of a protocol key: a population, a projection or a stimulus. */
  ofKey(key: string): ReadonlySet<string>;
}

/** Returns the names declared in each part of a model. A declared name is not a unit. */
export function scopesOf({ neurons, synapses, populations, projections, stimuli }: written.Model): Scopes {
  const known = new Map<written.NeuronType | written.SynapseType, ReadonlySet<string>>();
  const ofType = (type: written.NeuronType | written.SynapseType | undefined): ReadonlySet<string> => {
    if (!type) return noNames;
    const names = known.get(type) ?? declaredNames(type);
    known.set(type, names);
    return names;
  };
  const ofOwner = (owner: string): ReadonlySet<string> =>
    ofType(neurons[populations[owner]?.type ?? ''] ?? synapses[projections[owner]?.synapse ?? '']);
  const ofSelection = (rule: written.SelectionRule): ReadonlySet<string> => union(ownersOf(rule).map(ofOwner));
  return {
    ofType: (neuron) => ofType(neurons[neuron ?? '']),
    ofProjection: ({ synapse }) => ofType(synapses[synapse]),
    ofSelection,
    ofKey: (key) => {
      const [owner = ''] = key.split(/[[.]/);
      const stimulus = stimuli[owner];
      return stimulus ? ofSelection(stimulus.to) : ofOwner(owner);
    },
  };
}
