/** The protocol of a Brian 2 script: runs, and the actions between them. */

import { readEquationLines } from '../../../src/lang/parse.js';
import type { Comments } from '../../../src/model/comments.js';
import { call, layout, list, prefixed, pythonComments, quoted } from '../../shared/python.js';
import type { BrianSpecification, Index, Phase, Values } from '../specification.generated.js';
import type { Companion } from './companion.js';
import { assignment, pythonName, pythonString, pythonValue } from './python-text.js';
import { listCode, valueCode, variableCode } from './values.js';

/** Returns the phases of a specification, without a final return to the start that no run follows. */
export function phasesOf({ run = [] }: BrianSpecification): readonly Phase[] {
  if (typeof run === 'string') return [{ duration: run }];
  const lastRun = run.findLastIndex(({ duration }) => duration !== undefined);
  const end = run.findIndex(({ reset }, index) => reset && index > lastRun);
  return run.slice(0, end < 0 ? undefined : end);
}

const indexCode = (index: Index): string => (typeof index === 'object' ? `[${index.join(', ')}]` : String(index));

/** Returns the lines of all phases, with comments before the lines of each run. */
export function phaseLines(document: BrianSpecification, companion: Companion, comments: Comments): readonly string[] {
  const phases = phasesOf(document);
  const resets = new Resets(document);
  // Brian collects the objects of a network when it runs.
  if (phases.length === 0) return ['run(0 * second)  # the model says of no duration'];
  let runs = 0;
  return phases.flatMap((phase, index) => {
    const said = pythonComments(comments.take(`/experiment/runs/${runs}`));
    if (phase.duration !== undefined) runs++;
    const between = linesBetween(phase, index, companion);
    const { before, beforeValues, beforeRun } = resets.around(phase, between, phases.slice(index + 1));
    return [
      ...said,
      ...before,
      ...between.restored,
      ...between.firstValues,
      ...beforeValues,
      ...between.values,
      ...between.switches,
      ...between.spikes,
      ...beforeRun,
      ...(phase.duration === undefined ? [] : [`run(${pythonValue(phase.duration)})`]),
      ...(phase.store === undefined ? [] : [`store(${quoted(phase.store)})`]),
    ];
  });
}

/** Actions before a phase runs, as lines by kind. */
interface LinesBetween {
  readonly restored: readonly string[];
  readonly firstValues: readonly string[];
  readonly values: readonly string[];
  readonly switches: readonly string[];
  readonly spikes: readonly string[];
}

/** Returns lines of a phase before it runs. */
function linesBetween(phase: Phase, index: number, companion: Companion): LinesBetween {
  const elements =
    phase.index !== undefined
      ? `[${indexCode(phase.index)}]`
      : phase.where === undefined
        ? ''
        : `[${pythonString(phase.where)}]`;
  const assigned = (values: Readonly<Record<string, Values>> = {}): readonly string[] =>
    Object.entries(values).map(([key, value]) => {
      const [owner = '', ...variable] = key.split('.');
      return assignment(
        variableCode(pythonName(owner), variable.join('.'), elements),
        valueCode(value, `phase${index}.${key}`, companion),
      );
    });
  return {
    restored: phase.restore === undefined ? [] : [`restore(${quoted(phase.restore)})`],
    firstValues: assigned(phase.initialize),
    values: assigned(phase.set),
    switches: Object.entries(phase.active ?? {}).map(
      ([key, on]) => `${pythonName(key)}.active = ${on ? 'True' : 'False'}`,
    ),
    spikes: Object.entries(phase.set_spikes ?? {}).map(([key, { indices, times }]) =>
      layout(
        call(`${pythonName(key)}.set_spikes`, [
          companion.indices(indices, `phase${index}.${key}.indices`),
          listCode(typeof times === 'object' ? times : [times], `phase${index}.${key}.times`, companion),
        ]),
      ),
    ),
  };
}

/**
 * Returns to the start. Brian restores the state stored before the first run, including parameters. Parameters that
 * were set later are set again.
 */
class Resets {
  /** Name of the state that is returned to. */
  readonly #start: string;
  /** Whether the state is still the start and has not been stored. */
  #isAtStart = true;
  /** Parameters and delays that were set since, by the Python object that has them. */
  readonly #changed = new Map<string, Set<string>>();
  /**
   * Lines to repeat after each reset, by their subject: first values, and spikes of generators, which Brian restores
   * only in part.
   */
  readonly #again = new Map<string, string>();

  constructor(private readonly document: BrianSpecification) {
    const taken = new Set(phasesOf(document).map(({ store }) => store));
    this.#start = ['start', 'beginning', 'time 0'].find((name) => !taken.has(name)) ?? 'start of the segment';
  }

  /** Returns the lines that a phase needs for later resets and for its own. */
  around(
    phase: Phase,
    { firstValues, spikes }: LinesBetween,
    later: readonly Phase[],
  ): {
    readonly before: readonly string[];
    readonly beforeValues: readonly string[];
    readonly beforeRun: readonly string[];
  } {
    const before = phase.reset ? this.#reset() : [];
    if (this.#isAtStart) for (const line of firstValues) this.#again.delete(subjectOf(line));
    else for (const line of firstValues) this.#noteAgain(line);
    const keys = Object.keys(phase.set ?? {});
    // Setting state is not a first value, even before time passes.
    const beforeValues = keys.some((key) => !this.#stays(key)) ? this.#store(later) : [];
    if (!this.#isAtStart) {
      for (const key of keys) if (this.#stays(key)) this.#noteChanged(key);
      for (const line of spikes) this.#noteAgain(line);
    }
    return { before, beforeValues, beforeRun: phase.duration === undefined ? [] : this.#store(later) };
  }

  /** Returns the line that stores the state of the start, if a later phase returns to it. */
  #store(later: readonly Phase[]): readonly string[] {
    const isNeeded = this.#isAtStart && later.some(({ reset }) => reset);
    this.#isAtStart = false;
    return isNeeded ? [`store(${quoted(this.#start)})`] : [];
  }

  #reset(): readonly string[] {
    const changed = [...this.#changed].map(([holder, names]) => ({ holder, names: list([...names].map(quoted)) }));
    const again = [...this.#again.values()];
    this.#changed.clear();
    this.#again.clear();
    this.#isAtStart = true;
    const kept = list(changed.map(({ holder, names }) => call(`${holder}.get_states`, [names])));
    return [
      'segments.append(recorded())',
      ...(changed.length === 0 ? [] : [layout(prefixed('kept = ', kept))]),
      `restore(${quoted(this.#start)})`,
      ...changed.map(({ holder }, k) => `${holder}.set_states(kept[${k}])`),
      ...again,
    ];
  }

  #noteChanged(key: string): void {
    const [owner = '', ...rest] = key.split('.');
    const variable = rest.at(-1) ?? '';
    const pathway = rest.length > 1 ? (rest[0] ?? '') : 'pre';
    const holder = variable === 'delay' ? `${pythonName(owner)}.${pathway}` : pythonName(owner);
    this.#changed.set(holder, (this.#changed.get(holder) ?? new Set()).add(variable));
  }

  #noteAgain(line: string): void {
    this.#again.delete(subjectOf(line));
    this.#again.set(subjectOf(line), line);
  }

  /** Checks whether resets leave a variable unchanged: a delay, or a variable declared as constant. */
  #stays(key: string): boolean {
    const [owner = '', ...rest] = key.split('.');
    const variable = rest.at(-1) ?? '';
    const { neuron_groups: groups, spatial_neurons: cells, synapses, poisson_groups: sources } = this.document;
    if (variable === 'delay' || sources?.[owner] !== undefined) return true;
    const { model = '' } = groups?.[owner] ?? cells?.[owner] ?? synapses?.[owner] ?? {};
    return readEquationLines(model).lines.some(({ name, flags }) => name === variable && flags.includes('constant'));
  }
}

/** Returns the target of an assignment or a call. */
const subjectOf = (line: string): string => /^[^ (]+/.exec(line)?.[0] ?? line;
