/** Recordings: spikes and variables of populations, views and assemblies. */

import { recordableSpecials } from '../../src/model/normalise/recordings.js';
import { child } from '../../src/model/pointer.js';
import { own, stepsIn, type Setting } from './context.js';
import { located, type Located } from '../shared/located.js';
import { placesAt } from './compartments.js';
import * as messages from './messages.js';
import { Names } from './names.js';
import type { TranslatedProjection } from './projections.js';
import { selectionOf, targetOf, type Portion, type Target } from './selections.js';
import type { Recording } from './specification.generated.js';

/** Checks whether a name in synapses is a variable of a cell or a name set by the simulator. */
const isSeenBySynapses = (name: string): boolean => /^(?:pre|post)\.\w+$/.test(name) || recordableSpecials.has(name);

/** Recordings of the canonical model, as they come up in the document and in its phases. */
export class Recordings {
  readonly #names = new Names();
  readonly #targets: ReadonlyMap<string, Target>;
  readonly #projections: ReadonlyMap<string, TranslatedProjection>;
  readonly #setting: Setting;
  /** In order; each has a name. */
  readonly list: Located[] = [];
  /** Names of the recordings of a label that are on. */
  readonly #active = new Map<string, string[]>();

  constructor(
    targets: ReadonlyMap<string, Target>,
    projections: ReadonlyMap<string, TranslatedProjection>,
    setting: Setting,
  ) {
    this.#targets = targets;
    this.#projections = projections;
    this.#setting = setting;
  }

  /**
   * Adds a recording; `variables: null` ends all recordings of the target.
   *
   * @returns names of recordings that begin, and names of recordings that end
   */
  add(recording: Recording, pointer: string): { readonly begins: readonly string[]; readonly ends: readonly string[] } {
    const projection = this.#targets.has(recording.target) ? undefined : this.#projections.get(recording.target);
    const target =
      projection === undefined
        ? targetOf(recording.target, this.#targets, child(pointer, 'target'), this.#setting)
        : { label: recording.target, portions: [] };
    if (target === undefined) return { begins: [], ends: [] };
    if (recording.to_file !== undefined && recording.to_file !== null) {
      this.#setting.report(
        messages.unsupported('a file for one recording', 'name files when running, as in run -o results.nwb'),
        child(pointer, 'to_file'),
      );
    }
    const active = this.#active.get(target.label) ?? [];
    if (recording.variables === null) {
      this.#active.set(target.label, []);
      return { begins: [], ends: active };
    }
    const variables = typeof recording.variables === 'string' ? [recording.variables] : recording.variables;
    const every = this.#interval(recording, pointer);
    const begins =
      projection === undefined
        ? target.portions.flatMap((portion) => this.#ofPortion(target, portion, variables, every, recording, pointer))
        : this.#ofProjection(recording, projection, variables, every, pointer);
    this.#active.set(target.label, [...active, ...begins]);
    return { begins, ends: [] };
  }

  /** The output of a current source, as the first cell that it flows into gets it, at every step. */
  addSource(label: string, [id]: readonly string[], [portion]: readonly Portion[], pointer: string): void {
    if (id === undefined || portion === undefined) {
      this.#setting.report(messages.nothingToRecord(label), child(pointer, 'record'));
      return;
    }
    const { cells } = portion;
    const first: Portion =
      cells.kind === 'range'
        ? { ...portion, cells: { ...cells, end: cells.begin + 1 } }
        : cells.kind === 'list'
          ? { ...portion, cells: { kind: 'list', indices: cells.indices.slice(0, 1) } }
          : portion;
    const name = this.#names.take(label);
    this.list.push(located({ of: selectionOf(first), variables: [id], name }, child(pointer, 'record')));
  }

  #interval({ sampling_interval: interval }: Recording, pointer: string): string | undefined {
    if (interval === undefined || interval === null) return undefined;
    const { steps, whole } = stepsIn(interval, this.#setting.dt);
    if (!whole || steps < 1)
      this.#setting.report(
        messages.notAMultiple('the sampling interval', this.#setting.dt, interval),
        child(pointer, 'sampling_interval'),
      );
    return `${interval} ms`;
  }

  /** Weights and state of synapses, which PyNN itself does not record. */
  #ofProjection(
    { target: label, native: { name: given, variables: _, indices, slice, ...place } = {} }: Recording,
    { id, synapse }: TranslatedProjection,
    variables: readonly string[],
    every: string | undefined,
    pointer: string,
  ): string[] {
    const known: Readonly<Record<string, string>> = { weight: 'weight', ...synapse.standard.initial };
    const canonical = variables.flatMap((variable) => {
      const meaning = own(known, variable) ?? (isSeenBySynapses(variable) ? variable : undefined);
      if (meaning === undefined)
        this.#setting.report(
          messages.unknownVariable(variable, synapse.standard.name, Object.keys(known)),
          child(pointer, 'variables'),
        );
      return meaning === undefined ? [] : [meaning];
    });
    if (canonical.length === 0) return [];
    const name = this.#names.take(given ?? `${label}_${canonical.length === 1 ? (canonical[0] ?? '') : 'synapses'}`);
    this.list.push(
      located(
        {
          of: located(
            {
              projection: id,
              ...(indices === undefined ? {} : { indices }),
              ...(slice === undefined ? {} : { slice }),
            },
            child(pointer, 'target'),
          ),
          variables: canonical,
          ...(every === undefined ? {} : { every }),
          ...place,
          name,
        },
        pointer,
      ),
    );
    return [name];
  }

  #ofPortion(
    target: Target,
    portion: Portion,
    variables: readonly string[],
    every: string | undefined,
    { locations, native: { name: given, variables: atEvents, ...place } = {} }: Recording,
    pointer: string,
  ): string[] {
    const { cell, id } = portion.population;
    const known = ['spikes', ...Object.keys(cell?.recordable ?? {})];
    const canonical: string[] = [];
    const names: string[] = [];
    const base = target.portions.length === 1 ? target.label : `${target.label}_${id}`;
    const put = (what: string, rest: Readonly<Record<string, unknown>>): void => {
      const name = this.#names.take(given ?? `${base}_${what}`);
      this.list.push(located({ of: located(selectionOf(portion), child(pointer, 'target')), ...rest, name }, pointer));
      names.push(name);
    };
    for (const [k, variable] of variables.entries()) {
      const meaning = own(cell?.recordable ?? {}, variable);
      const values = atEvents === undefined ? {} : { variables: atEvents, ...place };
      if (variable === 'spikes') put('spikes', { events: 'spike', ...values });
      else if (cell?.events?.includes(variable) === true) put(variable, { events: variable, ...values });
      else if (meaning !== undefined) canonical.push(meaning);
      else
        this.#setting.report(
          messages.unknownVariable(variable, cell?.name ?? 'SpikeSourceArray', known),
          Array.isArray(variables) ? child(child(pointer, 'variables'), k) : pointer,
        );
    }
    if (canonical.length === 0) return names;
    const what = canonical.length === 1 ? (canonical[0] ?? '') : 'signals';
    const sampled = { variables: canonical, ...(every === undefined ? {} : { every }), ...place };
    const at = child(pointer, 'locations');
    if (cell?.structure === undefined) {
      if (locations !== undefined) this.#setting.report(messages.noCompartments(target.label), at);
      put(what, sampled);
      return names;
    }
    if (cell.native === true && locations === undefined) {
      put(what, sampled);
      return names;
    }
    for (const place of placesAt(locations ?? cell.structure.soma, cell.structure, at, this.#setting) ?? [])
      put(locations === undefined ? what : `${place.section}_${what}`, { ...sampled, ...place });
    return names;
  }
}
