/**
 * Imports LEMS documents as a document of the canonical model. It depends on no type's name.
 *
 *   1. target    the component to run, with length and time step
 *   2. network   the instances below it (`build/network.ts`), and their connections (`build/connect.ts`)
 *   3. types     the equations of each kind of instance (`flatten/`)
 *   4. outputs   the recordings, which may add usage on the types
 *   5. document  populations, projections, types, with their source places
 */

import { missingReference } from './messages.js';
import { Diagnostics } from '../../src/diagnostics/diagnostic.js';
import type { Positions } from '../../src/diagnostics/positions.js';
import { connectNetwork } from './build/connect.js';
import type { Wires } from './build/connections.js';
import { assemble } from './build/document.js';
import { nameNetwork, type Naming } from './build/naming.js';
import * as messages from './build/messages.js';
import { isDynamic } from './build/apart.js';
import { makeNetwork, networkOf, type Container, type Network } from './build/network.js';
import { growTree } from './flatten/tree.js';
import { unmetRequirements } from './flatten/variables.js';
import { registerHolders } from './build/paths.js';
import { Places } from './build/placed.js';
import { Types } from './build/types.js';
import { referenced, valueOf } from './components.js';
import { keepSource } from './kept-source.js';
import { keptMetadata } from './metadata.js';
import type { Component, LemsModel } from './lems/definitions.js';
import { collectOutputs, type Outputs } from './outputs.js';

/** A canonical document with places in the user's text. */
interface ImportedDocument {
  readonly document: unknown;
  readonly positions: Positions;
}

/** The target of a run. */
interface Run {
  /** The simulation component; null if a document has only the model. */
  readonly simulation: Component | null;
  readonly target: Component;
  /** Seconds. */
  readonly length?: number;
  readonly step?: number;
}

/** A component to import by itself, regardless of the document's target. */
export interface Part {
  readonly target: Component;
  /** Its container; null if it needs no surroundings. */
  readonly around: Container | null;
}

/**
 * Imports LEMS.
 *
 * @param part absent: the target of the document
 * @returns a document for `normalise` with places, or null when errors were reported
 * @diagnostic lems/* as listed in `build/messages.ts` and `flatten/messages.ts`
 * @source LEMS (Cannon et al. 2014); timing of its reference interpreter
 */
export function importNeuroML(lems: LemsModel, diagnostics: Diagnostics, part?: Part): ImportedDocument | null {
  return importParts(lems, diagnostics, part);
}

/** A document with the source of each of its parts. */
export interface ImportedParts extends ImportedDocument {
  /** Instances. */
  readonly network: Network;
  /** Their connections. */
  readonly wires: Wires;
  /** How parts of the network are called in the document. */
  readonly naming: Naming;
  /** Canonical types of the components. */
  readonly types: Types;
  /** The simulation component; null if a document has only the model. */
  readonly simulation: Component | null;
  /** The component that is run. */
  readonly target: Component;
}

/** Imports LEMS, and returns the sources of all parts. */
export function importParts(lems: LemsModel, diagnostics: Diagnostics, part?: Part): ImportedParts | null {
  const errors = (): number => diagnostics.list.filter(({ severity }) => severity === 'error').length;
  const before = errors();
  const run: Run | null = part ? { simulation: null, target: part.target } : findRun(lems, diagnostics);
  if (!run) return null;
  const network = makeNetwork(run.target, lems, diagnostics, part?.around);
  registerHolders(network.drafts);
  const wires = connectNetwork(network.root, lems, diagnostics);
  checkRates(run, lems, diagnostics);
  const types = new Types(lems, diagnostics, run.step);
  const naming = nameNetwork(network, wires);
  const places = new Places();
  places.set('', run.target.place);
  for (const draft of network.drafts) types.ofCell(draft);
  const outputs: Outputs = run.simulation
    ? collectOutputs(run.simulation, { network, wires, naming, types }, diagnostics)
    : { recordings: [], outputFiles: [], filePlaces: [], displays: [], watched: new Set<string>() };
  const { neurons, synapses, populations, projections, lemsTypes } = assemble(network, wires, naming, {
    types,
    places,
    diagnostics,
    watched: outputs.watched,
  });
  if (errors() > before) return null;
  const seed = run.simulation && seedOf(run.simulation);
  const source = part ? undefined : keepSource(lems, run.simulation ?? run.target);
  // The reference interpreter has no cells of several compartments: they go by the grid of simulators that have them.
  const structured = network.drafts.some((draft) => types.compartmentsOf(draft));
  const document = {
    interneuron: 1,
    name: run.target.id,
    ...(part || !lems.source ? {} : keptMetadata(lems.source, run.target.id)),
    neurons,
    synapses,
    populations,
    projections,
    ...(outputs.recordings.length > 0 ? { recordings: outputs.recordings } : {}),
    timing: structured ? 'grid' : 'lems-euler',
    experiment: {
      ...(run.step === undefined ? {} : { dt: run.step }),
      ...(seed === null ? {} : { seed }),
      ...(run.length === undefined ? {} : { duration: run.length }),
    },
    annotations: {
      lems: { types: lemsTypes, ...(source ? { source } : {}) },
      ...(outputs.outputFiles.length > 0 ? { outputFiles: outputs.outputFiles } : {}),
      ...(outputs.displays.length > 0 ? { displays: outputs.displays } : {}),
    },
  };
  if (run.simulation) for (const pointer of ['/experiment', '/recordings']) places.set(pointer, run.simulation.place);
  outputs.filePlaces.forEach((place, k) => places.set(`/annotations/outputFiles/${k}`, place));
  const { simulation, target } = run;
  return {
    document,
    positions: places.positions(target.place.document),
    network,
    wires,
    naming,
    types,
    simulation,
    target,
  };
}

/** Core types that send spikes at a rate or in a period: one in each step at most. */
const spikeSources: readonly (readonly [type: string, parameter: 'averageRate' | 'period'])[] = [
  ['spikeGenerator', 'period'],
  ['spikeGeneratorPoisson', 'averageRate'],
  ['poissonFiringSynapse', 'averageRate'],
  ['transientPoissonFiringSynapse', 'averageRate'],
];

/** Warns of a synapse whose two exponentials are one: its peak, by which they are scaled, has no value. */
function checkTimes(synapse: Component, lems: LemsModel, diagnostics: Diagnostics): void {
  const [rise, decay] = ['tauRise', 'tauDecay'].map((name) => valueOf(synapse, name, lems));
  if (rise !== undefined && rise === decay)
    diagnostics.add(messages.equalTimes(synapse.id, synapse.attributes['tauRise'] ?? ''), synapse.place);
}

/** Warns of sources that would have to send more than one spike in a step. */
function checkRates({ step = NaN }: Run, lems: LemsModel, diagnostics: Diagnostics): void {
  for (const component of lems.byId.values()) {
    const source = spikeSources.find(([type]) => component.type.lineage.includes(type));
    if (component.type.lineage.includes('expTwoSynapse')) checkTimes(component, lems, diagnostics);
    const value = source && valueOf(component, source[1], lems);
    if (!source || value === undefined) continue;
    const rate = source[1] === 'period' ? 1 / value : value;
    if (rate * step > 1 + 1e-9)
      diagnostics.add(messages.rateBeyondStep(source[1], component.attributes[source[1]] ?? '', step), component.place);
  }
}

/** The seed of the reference interpreter if a simulation states none. */
export const usualSeed = '1234';

/** Returns a simulation's seed, a text of that name. */
function seedOf({ attributes }: Component): string {
  return attributes['seed']?.trim() || usualSeed;
}

/**
 * Returns the target of the document. The default is a network, or the last component with dynamics. @diagnostic
 * lems/nothing-to-run
 */
function findRun(lems: LemsModel, diagnostics: Diagnostics): Run | null {
  const inside = lems.target && !runs(lems.target) ? within(lems.target).filter(runs) : [];
  if (lems.target && inside.length > 0) {
    const names = inside.map(({ id }) => id);
    diagnostics.add(messages.simulationsInside(lems.target.id, names), lems.target.place);
    return null;
  }
  const named = lems.target ?? lems.components.findLast(runs) ?? null;
  const [run] = named?.type.simulation?.runs ?? [];
  if (named && run) {
    const target = referenced(named, run.component, lems);
    if (!target) {
      diagnostics.add(
        missingReference(run.component, named.attributes[run.component], [...lems.byId.keys()]),
        named.place,
      );
      return null;
    }
    const length = valueOf(named, run.total, lems);
    const step = valueOf(named, run.increment, lems);
    return {
      simulation: named,
      target,
      ...(length === undefined ? {} : { length }),
      ...(step === undefined ? {} : { step }),
    };
  }
  const target =
    named ?? networkOf(lems.components) ?? lems.components.findLast((component) => standsAlone(component, lems));
  if (target) return { simulation: null, target };
  diagnostics.add(messages.nothingToRun(), lems.components[0]?.place);
  return null;
}

/** Checks whether a component is a simulation. */
const runs = ({ type }: Component): boolean => (type.simulation?.runs.length ?? 0) > 0;

/** Returns the components inside a component, at any depth. */
const within = ({ children }: Component): readonly Component[] =>
  children.flatMap((child) => [child, ...within(child)]);

/** Checks whether a component runs by itself: it has dynamics, and all that they require is within it. */
function standsAlone(component: Component, lems: LemsModel): boolean {
  return isDynamic(component.type) && unmetRequirements(growTree(component, lems, new Diagnostics())).length === 0;
}
