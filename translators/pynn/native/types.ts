/** Types of a document's own: cells and synapses by their equations, used by the name `native:NAME`. */

import { recordableOfCells } from '../../../src/model/normalise/recordings.js';
import type { NeuronDocument, SynapseDocument } from '../../../src/model/document.generated.js';
import { identityOf, type StandardCell, type StandardSynapse } from '../../../src/library/standard-type.js';
import { checkType } from '../../../src/model/check-type.js';
import { child } from '../../../src/model/pointer.js';
import type { Reporter } from '../reporter.js';
import { located, type Located } from '../../shared/located.js';
import { structureOfNative } from './structure.js';
import * as messages from '../messages.js';
import type { Native } from '../specification.generated.js';
import { documentOf, type NativeType } from './equations.js';

/** Returns the name of a document's own type; undefined for types of PyNN or of one simulator (`native:nest:...`). */
export const nativeName = (type: string): string | undefined => /^native:([^:]+)$/.exec(type)?.[1];

/** Parts of the canonical document that stand as they are in the user's, each with its place. */
export const whereFrom = (parts: Readonly<Record<string, unknown>>, pointer: string): Record<string, Located> =>
  Object.fromEntries(Object.entries(parts).map(([key, part]) => [key, located(part, child(pointer, key))]));

/** Returns names under which others see events, except for spikes. */
export function eventsOf({ events = {}, regimes = {} }: Pick<NeuronDocument, 'events' | 'regimes'>): readonly string[] {
  const named = Object.entries(events).map(([name, event]) =>
    typeof event === 'object' && event.emits !== undefined ? event.emits : name,
  );
  const emitted = Object.values(regimes).flatMap(({ transitions = [] }) => transitions.map(({ emit }) => emit));
  return [...new Set([...named, ...emitted])].filter(
    (name) => typeof name === 'string' && name !== 'spike',
  ) as string[];
}

const variablesOf = ({ parameters = {}, state = {}, derived = {} }: NeuronDocument | SynapseDocument): string[] => [
  ...Object.keys(state),
  ...Object.keys(derived),
  ...Object.keys(parameters),
];

/** The types of a document by name, each read when something names it. */
export class Natives {
  readonly #native: Native;
  readonly #to: Reporter;
  readonly #cells = new Map<string, StandardCell | undefined>();
  readonly #synapses = new Map<string, StandardSynapse | undefined>();

  constructor(native: Native, to: Reporter) {
    this.#native = native;
    this.#to = to;
  }

  /** Returns a cell type; undefined after a report that it is missing or wrong. */
  cell(name: string, pointer: string): StandardCell | undefined {
    if (!this.#cells.has(name)) this.#cells.set(name, this.#readCell(name, pointer));
    return this.#cells.get(name);
  }

  #readCell(name: string, pointer: string): StandardCell | undefined {
    const { receptors = {}, ...type } = this.#native.cells?.[name] ?? {};
    const neuron: NeuronDocument | undefined = this.#read('cells', name, type, pointer);
    if (neuron === undefined) return undefined;
    const currents = Object.entries(neuron.inputs ?? {}).filter(([, input]) =>
      /^[munp]?A$/.test(String(typeof input === 'object' ? input.unit : input)),
    );
    const [[injectable] = [undefined]] = currents;
    const structured = structureOfNative(neuron);
    return {
      name,
      neuron,
      receptors,
      recordable: identityOf([
        ...variablesOf(neuron),
        ...Object.keys(neuron.inputs ?? {}),
        ...(structured?.variables ?? []),
        ...recordableOfCells,
      ]),
      initial: identityOf([...Object.keys(neuron.state ?? {}), ...(structured ? ['v'] : [])]),
      ...(structured && { structure: structured.structure }),
      ...(injectable === undefined ? {} : { injectable }),
      events: eventsOf(neuron),
      native: true,
    };
  }

  /** Returns a synapse type; undefined after a report that it is missing or wrong. */
  synapse(name: string, pointer: string): StandardSynapse | undefined {
    if (!this.#synapses.has(name)) {
      const type = this.#native.synapses?.[name] ?? {};
      const synapse: SynapseDocument | undefined = this.#read('synapses', name, type, pointer);
      this.#synapses.set(
        name,
        synapse && { name, synapse, initial: identityOf(variablesOf(synapse)), native: true as const },
      );
    }
    return this.#synapses.get(name);
  }

  /** Synapse types of projections that stand whole under `native`. */
  rest(known: ReadonlyMap<string, unknown>): Readonly<Record<string, SynapseDocument>> {
    return Object.fromEntries(
      Object.keys(this.#native.synapses ?? {}).flatMap((name) => {
        const type = known.has(name) ? undefined : this.synapse(name, child('/native/synapses', name));
        return type === undefined ? [] : [[name, type.synapse]];
      }),
    );
  }

  #read(kind: 'cells' | 'synapses', name: string, type: NativeType, pointer: string): object | undefined {
    const types = this.#native[kind] ?? {};
    if (!Object.hasOwn(types, name)) {
      const what = kind === 'cells' ? 'native cell type' : 'native synapse type';
      this.#to.report(messages.unknownReference(what, name, Object.keys(types)), pointer);
      return undefined;
    }
    const at = child(`/native/${kind}`, name);
    const read = documentOf(type);
    if (read.document === undefined) {
      this.#to.report(
        messages.wrongValue('an equation', 'dv/dt = ... : V, x = ... : 1 or x : 1', read.line),
        child(at, 'equations'),
      );
      return undefined;
    }
    const isType = checkType(kind === 'cells' ? 'neurons' : 'synapses', read.document, (finding, pointer) =>
      this.#to.report(finding, `${at}${pointer}`),
    );
    return isType ? read.document : undefined;
  }
}
