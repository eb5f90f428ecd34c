/** What is recorded: spikes and variables of populations, views and assemblies. */

import { child } from '../../src/model/pointer.js';
import { own, stepsIn, type Setting } from './context.js';
import { located, type Located } from './located.js';
import * as messages from './messages.js';
import { Names } from './names.js';
import { selectionOf, targetOf, type Portion, type Target } from './selections.js';
import type { Recording } from './specification.js';

/** Recordings of the canonical model, as they come up in the document and in its phases. */
export class Recordings {
  readonly #names = new Names();
  readonly #targets: ReadonlyMap<string, Target>;
  readonly #setting: Setting;
  /** In order; each has a name. */
  readonly list: Located[] = [];
  /** Names of the recordings of a label that are on. */
  readonly #active = new Map<string, string[]>();

  constructor(targets: ReadonlyMap<string, Target>, setting: Setting) {
    this.#targets = targets;
    this.#setting = setting;
  }

  /**
   * Adds what is recorded; `variables: null` ends what was recorded of the target.
   *
   * @returns names of recordings that begin, and of those that end
   */
  add(recording: Recording, pointer: string): { readonly begins: readonly string[]; readonly ends: readonly string[] } {
    const target = targetOf(recording.target, this.#targets, child(pointer, 'target'), this.#setting);
    if (target === undefined) return { begins: [], ends: [] };
    if (recording.to_file !== undefined && recording.to_file !== null) {
      this.#setting.report(messages.unsupported('a file for one recording', 'name files when running, as in run -o results.nwb'), child(pointer, 'to_file'));
    }
    const active = this.#active.get(target.label) ?? [];
    if (recording.variables === null) {
      this.#active.set(target.label, []);
      return { begins: [], ends: active };
    }
    const variables = typeof recording.variables === 'string' ? [recording.variables] : recording.variables;
    const every = this.#interval(recording, pointer);
    const begins = target.portions.flatMap((portion) => this.#ofPortion(target, portion, variables, every, pointer));
    this.#active.set(target.label, [...active, ...begins]);
    return { begins, ends: [] };
  }

  #interval({ sampling_interval: interval }: Recording, pointer: string): string | undefined {
    if (interval === undefined || interval === null) return undefined;
    const { steps, whole } = stepsIn(interval, this.#setting.dt);
    if (!whole || steps < 1) this.#setting.report(messages.notAMultiple('the sampling interval', this.#setting.dt, interval), child(pointer, 'sampling_interval'));
    return `${interval} ms`;
  }

  #ofPortion(target: Target, portion: Portion, variables: readonly string[], every: string | undefined, pointer: string): string[] {
    const { cell, id } = portion.population;
    const known = ['spikes', ...Object.keys(cell?.recordable ?? {})];
    const canonical: string[] = [];
    const names: string[] = [];
    const base = target.portions.length === 1 ? target.label : `${target.label}_${id}`;
    const put = (what: string, rest: Readonly<Record<string, unknown>>): void => {
      const name = this.#names.take(`${base}_${what}`);
      this.list.push(located({ of: located(selectionOf(portion), child(pointer, 'target')), ...rest, name }, pointer));
      names.push(name);
    };
    for (const [k, variable] of variables.entries()) {
      const meaning = own(cell?.recordable ?? {}, variable);
      if (variable === 'spikes') put('spikes', { events: 'spike' });
      else if (meaning !== undefined) canonical.push(meaning);
      else this.#setting.report(messages.unknownVariable(variable, cell?.name ?? 'SpikeSourceArray', known), Array.isArray(variables) ? child(child(pointer, 'variables'), k) : pointer);
    }
    if (canonical.length > 0) put(canonical.length === 1 ? (canonical[0] ?? '') : 'signals', { variables: canonical, ...(every === undefined ? {} : { every }) });
    return names;
  }
}
