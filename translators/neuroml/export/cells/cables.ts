/**
 * Cells that are a population of compartments with equations of their own (Brian's SpatialNeuron), as cells with
 * sections and mechanisms: each part of the membrane current is a mechanism, currents into single compartments are
 * stimuli, and conductances that spikes open are synapses.
 */

import type { Became } from '../../../../src/model/rewriting/became.js';
import type { Expression } from '../../../../src/lang/ast.js';
import { binary, name as nameOf, number, quantity, quotient } from '../../../../src/lang/build.js';
import { ampere } from '../../../../src/lang/dimension.js';
import { evaluate, NoNumber } from '../../../../src/lang/evaluate.js';
import { foldConstants } from '../../../../src/lang/fold.js';
import { operandsOf, addendsOf } from '../../../../src/lang/addends.js';
import { mapExpression, namesIn, writtenBy } from '../../../../src/lang/walk.js';
import { beforeStep, during } from '../../../../src/library/gather/step-times.js';
import { ownNames } from '../../../../src/model/declared-names.js';
import { knownNumbers } from '../../../../src/model/arrays.js';
import { changedNames } from '../../../../src/model/changed.js';
import { populationsOfType } from '../../../../src/model/parts-at.js';
import { statementsIn } from '../../../../src/model/typed.js';
import { UniqueNames } from '../../../../src/model/free-name.js';
import type {
  CableTree,
  EventDefinition,
  Mechanism,
  Model,
  NeuronType,
  Population,
  Recording,
  SelectionRule,
  Stimulus,
} from '../../../../src/model/typed.js';
import { child } from '../../../../src/model/pointer.js';
import { populationOf } from '../../../../src/model/selected.js';
import { isRecording } from '../../../../src/model/tagged.js';
import { elementsOf, type RewritingContext } from '../context.js';
import { populationValues } from '../network-values.js';
import { numberAt } from '../../../../src/library/element-values.js';
import { cutCable, type CutCable } from './cable-sections.js';
import { cableProjection, isArea, isReciprocalArea, type WrittenCable } from './cable-synapses.js';
import { factorsOf } from '../../../../src/library/membrane/conductances.js';
import { chosenInPlaceOf } from '../remark-method.js';

/** Returns a model without cables, if all of them can be expressed as cells with sections; with places of variables. */
export function withSections(context: RewritingContext): {
  readonly model: Model;
  readonly became: Pick<Became, 'variable'>;
} {
  let { model } = context;
  const writers = new Map<string, CableWriter>();
  for (const [name, population] of Object.entries(model.populations)) {
    const type = context.model.neurons[population.type ?? ''];
    if (!type?.cable) continue;
    const writer = new CableWriter(name, population, type, type.cable, { ...context, model });
    model = writer.rewritten();
    writers.set(name, writer);
  }
  return { model, became: { variable: (variable) => (writers.get(variable.owner)?.placed ?? same)(variable) } };
}

const same: Became['variable'] = (variable) => variable;

class CableWriter {
  /** Returns a variable of a compartment as one at a place on a cell. */
  placed: Became['variable'] = same;
  readonly #pointer: string;
  readonly #count: number;
  readonly #cells: number;
  readonly #values: ReadonlyMap<string, number | readonly number[]>;
  readonly #numberOf = (name: string, compartment: number): number => this.#numberAt(name, compartment * this.#cells);

  constructor(
    private readonly name: string,
    private readonly population: Population,
    private readonly type: NeuronType,
    private readonly cable: CableTree,
    private readonly context: RewritingContext,
  ) {
    const { data } = context;
    this.#pointer = child('/neurons', population.type ?? '');
    this.#count = Math.max(1, (knownNumbers(cable.parents, data) ?? []).length);
    this.#cells = Math.max(1, Math.round(population.size / this.#count));
    this.#values = populationValues(name, population, context);
  }

  rewritten(): Model {
    const { type, cable, context } = this;
    const { data, report } = context;
    const current = this.#inlined(cable.current);
    const membrane =
      current.kind === 'binary' && current.operator === '*' && isArea(current.right)
        ? current.left
        : quotient(current, nameOf('area'));
    const parts = addendsOf(membrane).map(({ sign, value }) => (sign === 1 ? value : binary('*', minusOne, value)));
    const opened = this.#openedBySpikes();
    const reads = (e: Expression, names: ReadonlySet<string>): boolean => [...namesIn(e)].some((one) => names.has(one));
    const synaptic = parts.filter((e) => reads(e, opened));
    const injected = new Map(parts.flatMap((e) => this.#pointCurrent(e)));
    this.#remarkDifferences(injected);
    const channels = parts.filter((e) => !reads(e, opened) && this.#pointCurrent(e).length === 0);
    const mechanisms = this.#mechanisms(channels);
    const numbers = (value: CableTree['near']): readonly number[] => knownNumbers(value, data) ?? [];
    const each = (key: string): readonly number[] =>
      Array.from({ length: this.#count }, (_, k) => this.#numberOf(key, k));
    const { firing, event } = this.#spike();
    const capacitance = this.#inlined(cable.capacitance);
    const capacitanceAt = (k: number): number => this.#valueAt(capacitance, k) / this.#numberOf('area', k);
    const own = Object.values(mechanisms).flatMap(({ parameters, state }) => [
      ...Object.keys(parameters),
      ...Object.keys(state),
    ]);
    const cut = cutCable(
      {
        parents: numbers(cable.parents),
        near: numbers(cable.near),
        far: numbers(cable.far),
        length: each('length'),
        diameter: each('diameter'),
        area: each('area'),
        named: cable.sections ?? {},
        resistivity: cable.resistivity,
        specificCapacitance: capacitanceAt,
        initial: (k) => this.#numberOf(cable.voltage, k),
      },
      (k) =>
        JSON.stringify([
          k === firing,
          capacitanceAt(k),
          this.#numberOf(cable.voltage, k),
          ...own.map((key) => this.#numberOf(key, k)),
        ]),
    );
    report.different('lems/method', this.#pointer, chosenInPlaceOf("Brian's steps of first order"));
    if (cut.near.length > 0)
      report.different(
        'lems/shape',
        `${this.#pointer}/cable`,
        `${cut.near.length} of the cell's compartments become cylinders of their length and diameter, ` +
          'with other areas or resistances (spheres have next to none)',
      );
    const input = new UniqueNames([...Object.keys(type.parameters), ...Object.keys(type.state)]).take('I_input');
    const written: WrittenCable = {
      population: this.name,
      type,
      cells: this.#cells,
      cut,
      input,
      synaptic,
      numberOf: this.#numberOf,
      firing,
    };
    const neuron: NeuronType = {
      parameters: {},
      state: {},
      derived: {},
      derivatives: {},
      noise: [],
      method: 'auto',
      inputs: { [input]: { unit: 'A', reduce: 'sum' } },
      events: event === undefined || firing === undefined ? {} : { spike: { ...event, ...cut.places[firing] } },
      regimes: {},
      compartments: {
        sections: cut.sections,
        groups: cut.groups,
        ions: {},
        mechanisms: this.#spread(mechanisms, cut),
        initial: this.#numberOf(cable.voltage, 0),
      },
    };
    return this.#network(written, neuron, injected);
  }

  #numberAt(name: string, element: number): number {
    return numberAt(this.#values.get(name), element);
  }

  /** Reports the values that differ between cells. Each compartment gets the value of the first cell. */
  #remarkDifferences(injected: ReadonlyMap<string, number>): void {
    for (const [key, numbers] of this.#values)
      if (
        key !== 'i' &&
        !injected.has(key) &&
        typeof numbers !== 'number' &&
        numbers.some((x, k) => !Object.is(x, numbers[k - (k % this.#cells)]))
      )
        this.context.report.missing(
          `${child('/populations', this.name)}/values/${key}`,
          `${key} that differs between cells`,
        );
  }

  /** Checks whether a name is a parameter that never changes. */
  #isFixed(name: string): boolean {
    const { model } = this.context;
    const pathways = Object.values(model.synapses).map((synapse) => synapse.pathways);
    return (
      Object.hasOwn(this.type.parameters, name) &&
      !changedNames(model).has(`${this.name}.${name}`) &&
      !writtenBy(statementsIn(pathways)).has(`post.${name}`)
    );
  }

  // --- The membrane -------------------------------------------------------------------------------------------------

  /** Returns an expression over only parameters and state, with its units folded. */
  #inlined(e: Expression): Expression {
    const { type } = this;
    const declared = ownNames(type);
    return mapExpression(
      foldConstants(e, undefined, (name) => declared.has(name)),
      (part) => {
        const derived = part.kind === 'name' ? type.derived[part.name] : undefined;
        return derived ? this.#inlined(derived.value) : part;
      },
    );
  }

  #valueAt(e: Expression, compartment: number): number {
    return evaluate(e, (name) => this.#numberOf(name, compartment), this.context.functions);
  }

  /** Returns state that spikes from elsewhere change, and all state that depends on it. */
  #openedBySpikes(): ReadonlySet<string> {
    const { type, context } = this;
    const opened = new Set<string>();
    for (const { to, synapse } of Object.values(context.model.projections)) {
      if (populationOf(to.of) !== this.name) continue;
      const { pathways, summed = [] } = context.model.synapses[synapse] ?? {};
      for (const { to: sum } of summed) opened.add(sum.variable);
      const written = writtenBy(statementsIn(pathways));
      for (const name of Object.keys(type.state)) if (written.has(`post.${name}`)) opened.add(name);
    }
    for (let before = -1; before < opened.size;) {
      before = opened.size;
      for (const [name, { rate }] of Object.entries(type.derivatives))
        if ([...namesIn(this.#inlined(rate))].some((one) => one !== name && opened.has(one))) opened.add(name);
    }
    return opened;
  }

  /** Returns the parameter that is a current into a compartment, with its sign. */
  #pointCurrent(e: Expression): readonly (readonly [parameter: string, sign: number])[] {
    let sign = 1;
    let parameter: string | undefined;
    for (const factor of factorsOf(e)) {
      if (factor.kind === 'number') sign *= factor.value;
      else if (factor.kind === 'name' && parameter === undefined && this.type.parameters[factor.name]?.unit === 'A')
        parameter = factor.name;
      else if (!isReciprocalArea(factor)) return [];
    }
    return parameter === undefined ? [] : [[parameter, sign]];
  }

  /** Mechanisms by name, with the values of the first compartment. */
  #mechanisms(channels: readonly Expression[]): Readonly<Record<string, Mechanism>> {
    const { type } = this;
    const names = new UniqueNames();
    return Object.fromEntries(
      channels.map((current) => {
        const needed = this.#closure(current);
        const pick = <T>(map: Readonly<Record<string, T>>): Record<string, T> =>
          Object.fromEntries(Object.entries(map).filter(([key]) => needed.has(key)));
        const first = (key: string): number => this.#numberOf(key, 0);
        const parameters = Object.entries(pick(type.parameters)).map(
          ([key, one]) => [key, { ...one, value: first(key) }] as const,
        );
        const state = Object.entries(pick(type.state)).map(
          ([key, one]) => [key, { ...one, initial: first(key) }] as const,
        );
        const density = parameters.find(([key, { unit }]) => unit === 'S*m**-2' && namesIn(current).has(key))?.[0];
        const mechanism: Mechanism = {
          parameters: Object.fromEntries(parameters),
          state: Object.fromEntries(state),
          derived: pick(type.derived),
          derivatives: pick(type.derivatives),
          noise: type.noise.filter((one) => needed.has(one)),
          method: 'auto',
          density: true,
          reads: ['v'],
          writes: { i: current },
        };
        return [names.take(density ?? 'channel'), mechanism] as const;
      }),
    );
  }

  /** Returns the names that an expression and its derived equations read, without the potential. */
  #closure(e: Expression): ReadonlySet<string> {
    const { type, cable } = this;
    const found = new Set<string>();
    const open = [...namesIn(e)];
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      if (found.has(name) || name === cable.voltage) continue;
      found.add(name);
      const e = type.derived[name]?.value ?? type.derivatives[name]?.rate;
      if (e) open.push(...namesIn(e));
    }
    return found;
  }

  /** Returns mechanisms with the values of each section that differ from the first compartment's. */
  #spread(mechanisms: Readonly<Record<string, Mechanism>>, { places }: CutCable): Readonly<Record<string, Mechanism>> {
    return Object.fromEntries(
      Object.entries(mechanisms).map(([id, mechanism]) => {
        const values: Record<string, Record<string, number>> = {};
        places.forEach(({ section }, k) => {
          for (const key of [...Object.keys(mechanism.parameters), ...Object.keys(mechanism.state)]) {
            const value = this.#numberOf(key, k);
            if (!Object.is(value, this.#numberOf(key, 0))) (values[section] ??= {})[key] = value;
          }
        });
        return [id, Object.keys(values).length > 0 ? { ...mechanism, values } : mechanism];
      }),
    );
  }

  /** Returns the firing compartment and its event, without the index of the compartment. */
  #spike(): { readonly firing: number | undefined; readonly event: EventDefinition | undefined } {
    const event = this.type.events['spike'];
    if (!event) return { firing: undefined, event: undefined };
    // A location is a condition on only the index, next to the condition on the compartment.
    const conditions = operandsOf(event.when, 'and');
    const places = conditions.filter((e) => namesIn(e).size > 0 && [...namesIn(e)].every((one) => one === 'i'));
    const other = conditions.filter((e) => !places.includes(e));
    const chosen = Array.from({ length: this.#count * this.#cells }, (_, k) => k).filter((k) =>
      places.every((e) => evaluate(e, () => k, this.context.functions) !== 0),
    );
    const firing = Math.floor((chosen[0] ?? 0) / this.#cells);
    const isOne = chosen.length === this.#cells && chosen.every((k) => Math.floor(k / this.#cells) === firing);
    const [head, ...tail] = other;
    if (places.length > 0 && isOne && head)
      return { firing, event: { ...event, when: tail.reduce((a, b) => binary('and', a, b), head) } };
    if (this.#count === 1) return { firing: 0, event };
    this.context.report.missing(
      `${this.#pointer}/events/spike`,
      'spikes of every compartment: cells of NeuroML fire at one place (threshold_location)',
    );
    return { firing: undefined, event: undefined };
  }

  // --- The network --------------------------------------------------------------------------------------------------

  #network(cable: WrittenCable, neuron: NeuronType, injected: ReadonlyMap<string, number>): Model {
    const { name, population, context } = this;
    const { model, report } = context;
    const typeId = population.type ?? '';
    const shared = populationsOfType(model, typeId).some(([other]) => other !== name);
    const id = shared ? new UniqueNames(Object.keys(model.neurons)).take(`${typeId}_${name}`) : typeId;
    const { values: _, ...plain } = population;
    const synapses = { ...model.synapses };
    const projections = Object.fromEntries(
      Object.entries(model.projections).flatMap(([key, projection]) => {
        if (![projection.from, projection.to].some(({ of }) => populationOf(of) === name)) return [[key, projection]];
        const made = cableProjection(key, projection, cable, context);
        if (!made) return [];
        Object.assign(synapses, made.synapses);
        return [[key, made.projection]];
      }),
    );
    for (const [key, stimulus] of Object.entries(model.stimuli))
      if (populationOf(stimulus.to) === name)
        report.missing(child('/stimuli', key), `an input that acts on ${name} otherwise than by its point currents`);
    const currents = this.#currents(cable, injected);
    const operations = Object.entries(model.operations).filter(([key, { on }]) => {
      if (currents.taken.includes(key)) return false;
      if (populationOf(on) !== name) return true;
      report.missing(child('/operations', key), `code that changes ${name} during the run`);
      return false;
    });
    this.placed = ({ owner, name: variable, element = 0 }) => {
      const there = this.#nameOfCell(variable, neuron);
      const place = cable.cut.places[Math.floor(element / this.#cells)];
      return there === undefined ? undefined : { owner, name: there, element: element % this.#cells, ...place };
    };
    return {
      ...model,
      neurons: { ...model.neurons, [id]: neuron },
      populations: { ...model.populations, [name]: { ...plain, type: id, size: this.#cells, values: {} } },
      synapses,
      projections,
      stimuli: {
        ...Object.fromEntries(Object.entries(model.stimuli).filter(([, { to }]) => populationOf(to) !== name)),
        ...currents.stimuli,
      },
      operations: Object.fromEntries(operations),
      recordings: model.recordings.flatMap((recording, k) => this.#recording(recording, k, cable, neuron)),
    };
  }

  /** Currents of parameters that are given or changed at times, for each compartment that has one. */
  #currents({ cut, input }: WrittenCable, injected: ReadonlyMap<string, number>) {
    const { name, context } = this;
    const { model, changes, report } = context;
    const stimuli: Record<string, Stimulus> = {};
    const taken: string[] = [];
    const names = new UniqueNames(Object.keys(model.stimuli));
    for (const [parameter, sign] of injected) {
      /** From a time in s on, in A, by element. */
      const series = new Map<number, { readonly at: number; readonly value: number }[]>();
      for (let k = 0; k < this.#count * this.#cells; k++)
        series.set(k, [{ at: 0, value: sign * this.#numberAt(parameter, k) }]);
      for (const [key, { on, do: statements }] of Object.entries(model.operations)) {
        const change = changes.get(key);
        const [statement, ...others] = statements;
        const elements = elementsOf(on, context);
        if (populationOf(on) !== name || !change || others.length > 0 || typeof elements === 'string') continue;
        if (statement?.kind !== 'assignment' || statement.operator !== '=' || statement.target !== parameter) continue;
        taken.push(key);
        try {
          const { value } = statement;
          const where = change.where ?? number(1);
          const varying = [...namesIn(value), ...namesIn(where)].find((one) => one !== 'i' && !this.#isFixed(one));
          if (varying !== undefined) throw new NoNumber(`values of ${parameter} by ${varying}, which changes`);
          for (const k of elements) {
            const of = (e: Expression): number =>
              evaluate(e, (one) => (one === 'i' ? k : this.#numberAt(one, k)), context.functions);
            if (of(where) !== 0) series.get(k)?.push({ at: change.at, value: sign * of(value) });
          }
        } catch (error) {
          if (!(error instanceof NoNumber)) throw error;
          report.missing(child('/operations', key), error.message);
        }
      }
      for (const [element, steps] of series) {
        if (steps.every(({ value }) => value === 0)) continue;
        const place = cut.places[Math.floor(element / this.#cells)];
        stimuli[names.take(`${name}_${parameter}`)] = {
          kind: 'current',
          to: { kind: 'indices', population: name, indices: [element % this.#cells] } satisfies SelectionRule,
          input,
          value: steps.reduce<Expression>(
            (before, { at, value }, k) => {
              const amount = quantity(value, ampere);
              return k === 0 ? amount : during(amount, beforeStep(at), undefined, before);
            },
            quantity(0, ampere),
          ),
          attached: true,
          ...place,
        };
      }
    }
    return { stimuli, taken };
  }

  /** Returns the name of a compartment's variable on a cell. */
  #nameOfCell(variable: string, neuron: NeuronType): string | undefined {
    return variable === this.cable.voltage ? 'v' : gateNamed(variable, neuron);
  }

  /** Returns a recording of compartments as one at each place. */
  #recording(recording: Recording, ordinal: number, { cut }: WrittenCable, neuron: NeuronType): readonly Recording[] {
    const { name, context } = this;
    if (populationOf(recording.of) !== name) return [recording];
    const pointer = child('/recordings', ordinal);
    if (!isRecording(recording, 'variables')) return [{ ...recording, of: { kind: 'slice', population: name } }];
    const elements = elementsOf(recording.of, context);
    if (typeof elements === 'string') return context.report.missing(pointer, elements) ?? [];
    const { variables, ...rest } = recording;
    const nameOfCell = (variable: string): string | undefined => this.#nameOfCell(variable, neuron);
    const known = variables.flatMap((variable) => nameOfCell(variable) ?? []);
    const left = variables.filter((variable) => nameOfCell(variable) === undefined);
    if (left.length > 0)
      context.report.missing(pointer, `recordings of ${left.join(', ')}: of cells, NeuroML has potentials and gates`);
    if (known.length === 0) return [];
    return elements.map((element) => ({
      ...rest,
      of: { kind: 'indices', population: name, indices: [element % this.#cells] },
      variables: known,
      ...cut.places[Math.floor(element / this.#cells)],
    }));
  }
}

/** Returns the mechanism and name of a state variable that a mechanism has; undefined for other variables. */
function gateNamed(variable: string, { compartments }: NeuronType): string | undefined {
  const all = Object.entries(compartments?.mechanisms ?? {});
  const owner = all.find(([, { state }]) => Object.hasOwn(state, variable))?.[0];
  return owner && `${owner}.${variable}`;
}

const minusOne: Expression = number(-1);
