/** The types of a model that PyNN has no name for, as models of NESTML. */

import { freeName } from '../../../src/model/free-name.js';
import { parseUnit } from '../../../src/lang/units.js';
import { weightKindOf, type StandardCell } from '../../../src/library/standard-type.js';
import { slotsOf } from '../../../src/model/steps.js';
import { isRecording, recordedVariables } from '../../../src/model/tagged.js';
import { populationsOf, wholePopulation } from '../../../src/model/selected.js';
import {
  ownersOf,
  withExpressions,
  type DataStore,
  type Model,
  type NeuronType,
  type ValidModel,
} from '../../../src/model/typed.js';
import { fold } from '../../../src/library/recognise/numbers.js';
import { declaredName } from '../../../src/library/declared-types.js';
import { nestmlCell, type NestmlCell } from './cell.js';
import { NotInNestml } from './not-in-nestml.js';
import { isPlastic, plasticUse } from './plastic.js';
import { weightUnitOf, type Port } from './ports.js';
import { staticUse, type NestmlSynapse, type StaticUse } from './synapses.js';

/** A model of NESTML in a script. */
export interface NestmlModel extends NestmlCell {
  readonly name: string;
  /** Whether current sources feed it. */
  readonly isFed: boolean;
  /** Plastic synapses onto it. */
  readonly synapses: readonly NestmlSynapse[];
}

/** Effect of a projection through a port. */
export interface PortUse extends StaticUse {
  readonly port: Port;
}

/** Makes models of NESTML as they are asked for. */
export class NestmlModels {
  readonly #model: Model;
  readonly #data: DataStore;
  readonly #made = new Map<string, NestmlModel | string>();
  readonly #uses = new Map<string, PortUse | string>();
  readonly #names = new Set<string>();
  readonly #operations = new Set<string>();

  /** @param isAlone  whether currents can come from outside the model, which then has a port for them */
  constructor(
    { model, data }: ValidModel,
    private readonly isAlone = false,
  ) {
    // C++, the output language of NESTML, divides whole numbers without a remainder.
    const { neurons, synapses } = model;
    this.#model = {
      ...model,
      neurons: withExpressions(neurons, fold),
      synapses: withExpressions(synapses, fold),
    };
    this.#data = data;
  }

  /** Models that were made, in order. */
  get models(): readonly NestmlModel[] {
    return [...this.#made.values()].flatMap((one) => (typeof one === 'string' ? [] : [one]));
  }

  /** Returns the model of a type, or a text with the reason if there is no such model. */
  cell(id: string): NestmlModel | string {
    const known = this.#made.get(id);
    if (known !== undefined) return known;
    const made = attempt(() => this.#cell(id));
    this.#made.set(id, made);
    return made;
  }

  /** Returns the cell type in PyNN's terms; undefined if there is no such type. */
  standard(id: string): StandardCell | undefined {
    const made = this.#made.get(id);
    return typeof made === 'object' ? made.standard : undefined;
  }

  /**
   * Returns how a projection acts on a NESTML cell; a text with the reason if it does not; undefined if PyNN's names
   * express it.
   */
  use(projection: string): PortUse | string | undefined {
    const { to, synapse = '' } = this.#model.projections[projection] ?? {};
    const own = this.#model.synapses[synapse];
    const isListed =
      to !== undefined && ownersOf(to.of).some((owner) => this.#model.populations[owner]?.spikes !== undefined);
    return isListed && own !== undefined && declaredName(own) === ''
      ? 'synapses onto listed spikes: NEST keeps the spikes of a target in cells with equations'
      : this.#uses.get(projection);
  }

  /** Returns the NESTML model of a projection's synapses; undefined if it has none. */
  synapse(projection: string): NestmlSynapse | undefined {
    const use = this.#uses.get(projection);
    return typeof use === 'object' ? use.synapse : undefined;
  }

  /** Checks whether the code of an operation runs in a model. */
  runs(operation: string): boolean {
    return this.#operations.has(operation);
  }

  #cell(id: string): NestmlModel {
    const type = this.#model.neurons[id];
    if (type === undefined) throw new NotInNestml('no type');
    const { populations, experiment, stimuli } = this.#model;
    const ids = Object.entries(populations).flatMap(([name, one]) => (one.type === id ? [name] : []));
    for (const name of ids) {
      const { linked, clock } = populations[name] ?? {};
      if (Object.keys(linked ?? {}).length > 0) throw new NotInNestml('variables linked to another population');
      if (clock !== undefined) throw new NotInNestml('a clock of its own');
    }
    const early = Object.entries(type.events).find(([, { slot }]) => slot !== undefined && !isLate(slot));
    if (this.isAlone && early)
      throw new NotInNestml(`the event ${early[0]}, which is tested before the equations are integrated`);
    const emits = this.#emitted(ids, type);
    const ports = this.#ports(ids, type);
    const [own, second] = Object.keys(type.inputs).filter((input) => type.inputs[input]?.unit === 'A');
    const open = this.isAlone && second === undefined ? own : undefined;
    const [fed = open, ...others] = new Set(
      Object.values(stimuli).flatMap((stimulus) =>
        stimulus.kind === 'current' && populationsOf(stimulus.to).some((population) => ids.includes(population))
          ? [stimulus.input]
          : [],
      ),
    );
    if (others.length > 0) throw new NotInNestml('currents into several inputs');
    if (fed !== undefined && type.inputs[fed]?.unit !== 'A')
      throw new NotInNestml(`currents into ${fed}, which is no current`);
    const operations = Object.entries(this.#model.operations).flatMap(([key, operation]) => {
      const { on } = operation;
      if (!populationsOf(on).some((owner) => ids.includes(owner))) return [];
      if (ids.length !== 1 || wholePopulation(on) !== ids[0])
        throw new NotInNestml('code that runs on some of its cells only');
      if (operation.times !== undefined) throw new NotInNestml('code that runs at listed times');
      const every = Math.max(1, Math.round((operation.every ?? experiment.dt) / experiment.dt));
      return [{ key, statements: operation.do, every, isLate: isLate(operation.slot ?? 'start') }];
    });
    const recorded = new Set(
      this.#model.recordings.flatMap((recording) =>
        populationsOf(recording.of).some((one) => ids.includes(one)) && !isRecording(recording, 'events')
          ? recordedVariables(recording)
          : [],
      ),
    );
    // NESTML makes a macro of the name in capitals, which NEST may have already.
    const name = freeName(`${id.replace(/\W/g, '_').replace(/_neuron$/, '')}_neuron`, (one) => this.#names.has(one));
    const made = nestmlCell({
      name,
      type,
      ports,
      ...(emits === undefined ? {} : { emits }),
      ...(fed === undefined ? {} : { fed }),
      operations,
      recorded,
    });
    this.#names.add(name);
    for (const { key } of operations) this.#operations.add(key);
    const synapses = Object.entries(this.#model.projections).flatMap(([key, { to }]) => {
      const use = ownersOf(to.of).some((owner) => ids.includes(owner)) ? this.#uses.get(key) : undefined;
      return typeof use === 'object' && use.synapse !== undefined ? [use.synapse] : [];
    });
    if (emits === undefined && synapses.some(({ isPaired }) => isPaired))
      throw new NotInNestml('synapses that react to spikes of their target, which sends none');
    return { ...made, name, isFed: fed !== undefined, synapses };
  }

  /** Returns the event that NEST's cells send, which have one: the name that other parts know. */
  #emitted(ids: readonly string[], { events }: NeuronType): string | undefined {
    const emitted = Object.entries(events).flatMap(([name, { emits = name }]) => emits ?? []);
    const isHeard = (event: string): boolean =>
      Object.values(this.#model.projections).some(
        ({ from, synapse }) =>
          ownersOf(from.of).some((owner) => ids.includes(owner)) &&
          (from.event === event ||
            Object.values(this.#model.synapses[synapse]?.pathways ?? {}).some(
              ({ on }) => on.end === 'pre' && on.event === event,
            )),
      );
    return emitted.find((name) => name === 'spike') ?? emitted.find(isHeard) ?? emitted[0];
  }

  /** Ports for all that reaches cells of a type. */
  #ports(ids: readonly string[], type: NeuronType): readonly Port[] {
    const uses = new Map<string, { readonly key: string; readonly use: StaticUse }>();
    for (const [name, projection] of Object.entries(this.#model.projections)) {
      if (projection.to.of.kind === 'synapses' || projection.from.of.kind === 'synapses') continue;
      if (!ownersOf(projection.to.of).some((owner) => ids.includes(owner))) continue;
      const synapse = this.#model.synapses[projection.synapse];
      if (synapse === undefined) continue;
      const isNamed = declaredName(synapse) !== '';
      const use = attempt(() => {
        if (isNamed) return namedUse(projection.receptors['port'], type);
        if (!isPlastic(synapse)) return staticUse(projection, synapse, type, this.#data);
        if (!ownersOf(projection.to.of).every((one) => ids.includes(one)))
          throw new NotInNestml('plastic synapses onto cells of several types');
        const model = `${name.replace(/\W/g, '_')}_synapse`;
        return plasticUse(model, projection, synapse, type, this.#data);
      });
      if (typeof use === 'string') this.#uses.set(name, use);
      else {
        const arrivals = use.arrivals.map(({ variable, factor }) => [variable, factor]);
        const key = JSON.stringify([arrivals, use.synapse !== undefined]);
        uses.set(name, { key, use });
      }
    }
    const keys = [...new Set([...uses.values()].map(({ key }) => key))];
    const taken = new Set([type.parameters, type.state, type.derived, type.inputs].flatMap(Object.keys));
    const byKey = new Map<string, Port>();
    for (const key of keys) {
      const [projection, { use } = {}] = [...uses].find(([, one]) => one.key === key) ?? [];
      if (projection === undefined || use === undefined) continue;
      // Ports of one variable are called after the first of their projections.
      const isShared = [...uses.values()].some((one) => one.key !== key && one.use.variable === use.variable);
      const own = isShared ? `spikes_${projection.replace(/\W/g, '_')}` : `spikes_${use.variable}`;
      const name = freeName(keys.length === 1 ? 'spikes' : own, (one) => taken.has(one));
      taken.add(name);
      byKey.set(key, {
        name,
        receptor: keys.length === 1 ? 'excitatory' : name.toUpperCase(),
        variable: use.variable,
        kind: use.kind,
        weightUnit: use.weightUnit,
        statements: use.arrivals,
        isOwn: use.synapse !== undefined || this.isAlone,
      });
    }
    for (const [name, { key, use }] of uses) {
      const port = byKey.get(key);
      const synapse = this.#model.synapses[this.#model.projections[name]?.synapse ?? ''];
      if (port !== undefined && synapse !== undefined && declaredName(synapse) === '')
        this.#uses.set(name, { ...use, port });
    }
    return [...byKey.values()];
  }
}

/** Checks whether code of a slot runs after the equations are integrated. */
const isLate = (slot: string): boolean => slotsOf.brian.indexOf(slot) > slotsOf.brian.indexOf('groups');

/** Returns the effect of a synapse of PyNN on the variable that is its receptor. */
function namedUse(variable: string | undefined, { state }: NeuronType): StaticUse {
  const unit = state[variable ?? '']?.unit;
  if (variable === undefined || unit === undefined) throw new NotInNestml('synapses without a receptor');
  const dimension = parseUnit(unit).dimension;
  return {
    arrivals: [{ variable, dimension, factor: 1 }],
    variable,
    kind: weightKindOf(unit),
    weightUnit: weightUnitOf(dimension),
    weight: 0,
    pathway: 'pre',
  };
}

function attempt<T>(make: () => T): T | string {
  try {
    return make();
  } catch (error) {
    if (error instanceof NotInNestml) return error.message;
    throw error;
  }
}
