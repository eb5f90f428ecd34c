/**
 * A model of components, as LEMS has them, in the way in which other notations say the same: refractory times in the
 * place of regimes, receptors of cells in that of responses which each synapse keeps, currents of the time in that of
 * generators, given spikes and Poisson sources in that of cells that only know the time.
 *
 * What has no such form stays as it is.
 */

import { isGiven, isRecording, isSelection, timeAfter } from '../../model/tagged.js';
import type { Expression } from '../../lang/ast.js';
import { name as named } from '../../lang/build.js';
import { parseExpression, parseStatements } from '../../lang/parse.js';
import { namesIn, substitute } from '../../lang/walk.js';
import { ConversionReport, type ConversionEntry } from '../../model/conversion-report.js';
import { freeName } from '../../model/free-name.js';
import type {
  Model,
  NeuronType,
  Population,
  Projection,
  SelectionRule,
  Stimulus,
  SynapseType,
  ValidModel,
  Value,
} from '../../model/model.js';
import { numbersOf } from '../../model/arrays.js';
import { withRegimesAsVariable } from '../../model/regimes.js';
import { typedModel, writtenModel } from '../../model/typed-model.js';
import { child } from '../../model/pointer.js';
import { populationsOf, wholePopulation } from '../../model/selected.js';
import { normalisedCell } from '../normalised.js';
import { standardCells } from '../pynn/index.js';
import { plain, tidy, valueAt } from '../recognise/numbers.js';
import { environmentOf } from '../recognise/values.js';
import { currentText, type CurrentForm } from './currents.js';
import { Receptors, withReceptors, type Receptor } from './receptors.js';
import { regathered, type Regathered } from './recordings.js';
import { readsAdvanced, stepsWaited, withoutFlag, withoutRegimes } from './regimes.js';
import { splitSource } from './split.js';
import { derivedOf, replaced, replacedIn } from './texts.js';
import { trainOf, type Train } from './trains.js';
import { readable } from './readable.js';
import { shapeOf, waveformsOf } from './waveforms.js';

/** A model in the forms of other notations, as far as there are such. */
export interface GatheredModel {
  readonly valid: ValidModel;
  /** What gathering changed. */
  readonly entries: readonly ConversionEntry[];
}

/**
 * The same model on a grid of steps; a model of another timing is what it was.
 *
 * @param stage  first part of the report's codes
 */
export function gathered(valid: ValidModel, stage: string): GatheredModel {
  if (valid.model.timing !== 'lems-euler') return { valid, entries: [] };
  const report = new ConversionReport(stage);
  const made = new Gatherer(valid, report, stage).gathered();
  const model = stage === 'brian' ? readable(made) : made;
  return { valid: { ...valid, model }, entries: report.entries };
}

/** Different refractory periods of one type for which the steps that LEMS waits are counted. */
const mostPeriods = 100;

class Gatherer {
  readonly #valid: ValidModel;
  readonly #model: Model;
  readonly #report: ConversionReport;
  readonly #stage: string;
  readonly #dt: number;
  readonly #end: number;
  readonly #neurons: Record<string, NeuronType>;
  readonly #synapses: Record<string, SynapseType>;
  #populations: Record<string, Population>;
  #projections: Record<string, Projection>;
  readonly #stimuli: Record<string, Stimulus> = {};
  /** Variables that are recorded, by population or projection. */
  readonly #recorded = new Map<string, Set<string>>();
  /** Variables of cells that stand for those of synapses, by projection. */
  readonly #variables = new Map<string, ReadonlyMap<string, string>>();
  /** What has the variables of a population now, by population and variable. */
  readonly #elsewhere = new Map<string, Map<string, SelectionRule>>();

  constructor(valid: ValidModel, report: ConversionReport, stage: string) {
    this.#valid = valid;
    this.#model = valid.model;
    this.#report = report;
    this.#stage = stage;
    this.#dt = valid.model.experiment.dt;
    this.#end = valid.model.experiment.protocol.reduce(timeAfter, 0);
    this.#neurons = { ...valid.model.neurons };
    this.#synapses = { ...valid.model.synapses };
    this.#populations = { ...valid.model.populations };
    this.#projections = { ...valid.model.projections };
    Object.assign(this.#stimuli, valid.model.stimuli);
    for (const recording of valid.model.recordings) {
      const { of } = recording;
      const variables = isRecording(recording, 'variables') ? recording.variables : [];
      for (const owner of isSelection(of, 'synapses') ? [of.projection] : populationsOf(of))
        this.#recorded.set(owner, new Set([...(this.#recorded.get(owner) ?? []), ...variables]));
    }
  }

  gathered(): Model {
    this.#waits();
    this.#splits();
    for (const name of Object.keys(this.#populations)) this.#source(name);
    this.#receptors();
    const made: Regathered = {
      report: this.#report,
      stage: this.#stage,
      before: this.#model,
      data: this.#valid.data,
      populations: this.#populations,
      neurons: this.#neurons,
      projections: this.#projections,
      sums: this.#variables,
      elsewhere: this.#elsewhere,
    };
    const recordings = this.#model.recordings.flatMap((one, k) => regathered(one, child('/recordings', k), made));
    if (this.#stage === 'brian') {
      for (const name of this.#withinSteps())
        this.#report.approximated(
          `${this.#stage}/order-in-step`,
          child('/projections', name),
          'LEMS advances one cell after another: spikes without delay reach later cells in the same step; in Brian they ' +
            'do so a step later',
        );
      for (const [name, projection] of Object.entries(this.#projections)) {
        const pointer = child('/projections', name);
        if (this.#readsAssigned(projection))
          this.#report.approximated(
            'brian/contributes',
            pointer,
            'LEMS takes the current of the same step; in Brian it is that of the step before',
          );
        if (this.#followsOther(projection))
          this.#report.approximated(
            'brian/contributes',
            pointer,
            'LEMS takes the potential of the other cell before or after its step; Brian takes all at the beginning of the step',
          );
      }
      for (const [name, type] of Object.entries(this.#neurons)) {
        if (type.method === 'auto') this.#neurons[name] = { ...type, method: 'euler' };
        const { sequence = [] } = this.#model.neurons[name] ?? {};
        if (!Object.values(this.#populations).some((population) => population.type === name)) continue;
        const before = sequence.slice(0, -1).some((part) => part.state !== undefined || part.propagate !== undefined);
        if (before)
          this.#report.approximated(
            `${this.#stage}/parts`,
            child('/neurons', name),
            'LEMS advances its parts one after another, each from the new values of those before it; Brian advances ' +
              'all of them at once',
          );
      }
    } else
      this.#report.approximated(
        `${this.#stage}/euler`,
        '/timing',
        `LEMS takes Euler steps of ${tidy(this.#dt * 1e3)} ms; ` +
          'simulators of this notation integrate more accurately, ' +
          'so that spikes shift',
      );
    const { lems: _, ...annotations } = this.#model.annotations;
    const usedTypes = new Set(Object.values(this.#populations).map(({ type }) => type));
    const usedSynapses = new Set(Object.values(this.#projections).map(({ synapse }) => synapse));
    const only = <T>(map: Readonly<Record<string, T>>, used: ReadonlySet<string | undefined>): Record<string, T> =>
      Object.fromEntries(Object.entries(map).filter(([key]) => used.has(key)));
    return {
      ...this.#model,
      neurons: only(this.#neurons, usedTypes),
      synapses: only(this.#synapses, usedSynapses),
      populations: this.#populations,
      projections: this.#projections,
      stimuli: this.#stimuli,
      recordings,
      timing: 'grid',
      annotations,
    };
  }

  // --- Regimes -------------------------------------------------------------------------------------------------------

  /** Parameters by the name of a unit get another: currents of the time are written with units. */
  #renameUnits(): void {
    for (const [name, type] of Object.entries(this.#neurons)) {
      const clashing = Object.keys(type.parameters).filter((key) => units.has(key));
      if (clashing.length === 0) continue;
      const known = new Set([type.parameters, type.state, type.derived].flatMap((map) => Object.keys(map)));
      const renamed = new Map(clashing.map((key) => [key, freeName(`${key}_`, (one) => known.has(one))] as const));
      this.#neurons[name] = withNames(type, renamed);
      for (const [population, { type: own, values, ...rest }] of Object.entries(this.#populations))
        if (own === name)
          this.#populations = {
            ...this.#populations,
            [population]: {
              ...rest,
              type: name,
              values: Object.fromEntries(
                Object.entries(values).map(([key, value]) => [renamed.get(key) ?? key, value] as const),
              ),
            },
          };
    }
  }

  #waits(): void {
    this.#renameUnits();
    for (const [name, type] of Object.entries(this.#neurons)) this.#neurons[name] = byWhatTheyEmit(type);
    for (const [name, type] of Object.entries(this.#neurons)) {
      const waiting = Object.keys(type.regimes).length === 0 ? undefined : withoutRegimes(type);
      const crossing =
        waiting === undefined ? withoutFlag(type, this.#stage === 'brian', this.#recordedOf(name)) : undefined;
      if (crossing !== undefined) this.#neurons[name] = crossing;
      if (waiting === undefined) continue;
      const { type: waits, ...said } = this.#asLemsWaits(name, waiting, type);
      this.#neurons[name] = waits;
      this.#report[said.verdict](`${this.#stage}/refractory-regime`, child('/neurons', name), said.message);
      const { variable, before } = readsAdvanced(type) ?? {};
      if (this.#stage === 'brian' && variable !== undefined)
        this.#report.approximated(
          'brian/parts',
          child('/neurons', name),
          `LEMS advances ${before}, then ${variable} from the new value of ${before}; Brian advances all variables at once`,
        );
    }
    if (this.#stage !== 'brian') return;
    this.#regimes();
    for (const [name, type] of Object.entries(this.#neurons)) this.#neurons[name] = spikeFirst(type);
  }

  /** Variables of a type's populations that are recorded. */
  #recordedOf(type: string): ReadonlySet<string> {
    return new Set(
      Object.entries(this.#populations).flatMap(([name, one]) =>
        one.type === type ? [...(this.#recorded.get(name) ?? [])] : [],
      ),
    );
  }

  /** The refractory period with as many steps as LEMS waits after most spikes, where all cells wait equally long. */
  #asLemsWaits(
    name: string,
    type: NeuronType,
    { regimes }: NeuronType,
  ): { readonly type: NeuronType; readonly verdict: 'equivalent' | 'approximated'; readonly message: string } {
    const spike = type.events['spike'];
    const duration = spike?.refractory?.for;
    const form = 'its regimes form a refractory period';
    const some = { type, verdict: 'approximated', message: `${form}; LEMS extends it by up to one step` } as const;
    if (spike?.refractory === undefined || duration === undefined) return some;
    const e = plain(duration, new Set(Object.keys(type.parameters)));
    const durations = new Set(
      Object.values(this.#populations)
        .filter((population) => population.type === name)
        .flatMap((population) =>
          Array.from({ length: population.size }, (_, element) => {
            const numbers = this.#numbers(type, population, element);
            return valueAt(e, (key) => numbers.get(key) ?? NaN);
          }),
        ),
    );
    if (durations.size === 0 || durations.size > mostPeriods || [...durations].some(Number.isNaN)) return some;
    const waiting = Object.values(regimes).filter(({ initial }) => !initial);
    const strict = !waiting.some(({ transitions }) => transitions.some(({ when }) => when.includes('>=')));
    const waits = [...durations].map((seconds) => {
      const { steps, share } = stepsWaited(seconds, this.#dt, strict);
      const exact = seconds / this.#dt;
      const whole = Math.ceil(exact - 1e-3);
      return { steps, share, more: steps - whole, between: whole - exact > 1e-3 };
    });
    // What is not a whole number of steps ends with the step in which it does.
    const rounding = waits.some(({ between }) => between) ? 'up' : 'nearest';
    const [{ steps, more } = { steps: 0, more: 0 }, second] = waits;
    if (waits.some((one) => one.more !== more)) return some;
    const share = Math.min(...waits.map((one) => one.share));
    const longer = more === 0 ? duration : `${duration} + ${tidy(more * this.#dt * 1e3)}*ms`;
    const period = second === undefined ? `${form} of ${steps} ${steps === 1 ? 'step' : 'steps'}` : form;
    return {
      type: {
        ...type,
        events: { ...type.events, spike: { ...spike, refractory: { ...spike.refractory, for: longer, rounding } } },
      },
      verdict: share === 1 ? 'equivalent' : 'approximated',
      message:
        period +
        (share === 1
          ? ''
          : `; LEMS adds up its time, by whose rounding ${(100 * (1 - share)).toPrecision(2)} % of them are a step longer ` +
            'or shorter'),
    };
  }

  /** Other regimes become a variable. */
  #regimes(): void {
    const left = Object.keys(this.#neurons).filter(
      (name) => Object.keys(this.#neurons[name]?.regimes ?? {}).length > 0,
    );
    if (left.length === 0) return;
    const typed = typedModel({ ...this.#model, neurons: this.#neurons });
    const { neurons } = writtenModel({
      ...typed,
      neurons: Object.fromEntries(
        Object.entries(typed.neurons).map(([name, type]) => [name, withRegimesAsVariable(type)]),
      ),
    });
    for (const name of left) {
      const type = neurons[name];
      if (type === undefined) continue;
      this.#neurons[name] = byWhatTheyEmit(type);
      this.#report.equivalent(
        `${this.#stage}/regimes`,
        child('/neurons', name),
        'a variable holds the number of the active regime, by which rates and events choose',
      );
    }
  }

  // --- Sources -------------------------------------------------------------------------------------------------------

  /** Projections whose spikes reach cells in the step in which they are emitted. */
  #withinSteps(): readonly string[] {
    const { projections, synapses, populations } = this.#model;
    const orders = (rule: SelectionRule): readonly number[] =>
      populationsOf(rule).map((name) => populations[name]?.order ?? 0);
    return Object.entries(projections).flatMap(([name, { from, to, synapse, delays }]) => {
      const atOnce = Object.entries(synapses[synapse]?.pathways ?? {}).some(([key, { on, delay }]) => {
        const own = delays[key] ?? delay;
        const listed = isGiven(own) ? numbersOf(own.array, this.#valid.data) : [own];
        return on.startsWith('pre.') && listed.includes(0);
      });
      return atOnce && Math.min(...orders(from.of)) <= Math.max(...orders(to.of)) ? [name] : [];
    });
  }

  /** What a projection adds between spikes, where it adds one variable of its source and hears nothing. */
  #output({ synapse }: Projection): { readonly target: string; readonly variable: string } | undefined {
    const type = this.#synapses[synapse];
    if (type === undefined || Object.keys(type.pathways).length > 0) return undefined;
    const [[target, text] = ['', ''], second] = Object.entries(type.contributes);
    if (second !== undefined || !target.startsWith('post.')) return undefined;
    const e = text === '' ? undefined : parseExpression(text);
    return e?.kind === 'name' && e.name.startsWith('pre.')
      ? { target, variable: e.name.slice('pre.'.length) }
      : undefined;
  }

  /** Whether a projection adds between spikes what its source assigns in its own step, which comes before the target's. */
  #readsAssigned(projection: Projection): boolean {
    const from = wholePopulation(projection.from.of) ?? '';
    const type = this.#neurons[this.#populations[from]?.type ?? ''];
    const output = this.#output(projection)?.variable;
    if (type === undefined || output === undefined || this.#leadOf(from, [['', projection]]) === 0) return false;
    const read = new Set([output, ...namesIn(derivedOf(type)?.get(output) ?? named(output))]);
    return Object.values(type.events).some(({ do: actions }) =>
      actions.some((text) => parseStatements(text).some((one) => one.kind === 'assignment' && read.has(one.target))),
    );
  }

  /** Whether what a projection adds between spikes follows its source all the time, as in gap junctions. */
  #followsOther(projection: Projection): boolean {
    const type = this.#synapses[projection.synapse];
    if (type === undefined || this.#output(projection) !== undefined) return false;
    const derived = derivedOf(type) ?? new Map<string, Expression>();
    const texts = [...Object.values(type.contributes), ...Object.values(type.derivatives).map(({ rate }) => rate)];
    return (
      Object.keys(type.contributes).length > 0 &&
      texts.some((text) =>
        [...namesIn(substitute(parseExpression(text), derived))].some((one) => one.startsWith('pre.')),
      )
    );
  }

  #from(name: string): readonly (readonly [string, Projection])[] {
    return Object.entries(this.#projections).filter(([, { from }]) => wholePopulation(from.of) === name);
  }

  #splits(): void {
    for (const [name, population] of Object.entries(this.#populations)) {
      const type = this.#neurons[population.type ?? ''];
      const outgoing = this.#from(name);
      const [only] = outgoing;
      if (type === undefined || only === undefined || outgoing.length > 1) continue;
      const [projectionName, projection] = only;
      const output = this.#output(projection);
      const split = output && splitSource(type, population, output.target, output.variable);
      if (output === undefined || split === undefined) continue;
      const sourceName = freeName(`${population.type ?? name}_spikes`, (one) => Object.hasOwn(this.#neurons, one));
      const synapseName = freeName(population.type ?? name, (one) => Object.hasOwn(this.#synapses, one));
      this.#neurons[sourceName] = split.source;
      const shown = type.derived[output.variable];
      if (shown !== undefined && this.#recorded.get(name)?.has(output.variable) === true) {
        this.#elsewhere.set(name, new Map([[output.variable, { projection: projectionName }]]));
        this.#recorded.get(name)?.delete(output.variable);
        this.#recorded.set(projectionName, new Set([output.variable]));
      }
      const [[target, value] = ['', '']] = Object.entries(split.synapse.contributes);
      this.#synapses[synapseName] =
        this.#recorded.has(projectionName) && shown !== undefined
          ? {
              ...split.synapse,
              derived: { [output.variable]: { ...shown, value } },
              contributes: { [target]: output.variable },
            }
          : split.synapse;
      const { linked: _, ...rest } = population;
      const keep = (map: Readonly<Record<string, unknown>>): Record<string, Value> =>
        Object.fromEntries(Object.entries(population.values).filter(([key]) => Object.hasOwn(map, key)));
      this.#populations[name] = {
        ...rest,
        type: sourceName,
        values: keep({ ...split.source.parameters, ...split.source.state }),
      };
      this.#projections[projectionName] = {
        ...projection,
        synapse: synapseName,
        values: keep({ ...split.synapse.parameters, ...split.synapse.state }),
      };
    }
  }

  /** Numbers of one element of a population. */
  #numbers(type: NeuronType, population: Population, element: number): ReadonlyMap<string, number> {
    const values = Object.fromEntries(
      Object.entries(type.parameters).map(([key, { value }]) => [key, population.values[key] ?? value] as const),
    );
    const own = Object.fromEntries(
      Object.entries(values).map(([key, value]): [string, Value] => {
        if (isGiven(value)) return [key, numbersOf(value.array, this.#valid.data)[element] ?? NaN];
        return [key, value];
      }),
    );
    return environmentOf({ ...own, i: element }, this.#valid.data).numbers;
  }

  #source(name: string): void {
    const population = this.#populations[name];
    const type = this.#neurons[population?.type ?? ''];
    if (population === undefined || type === undefined || Object.keys(type.inputs).length > 0) return;
    const into = Object.values(this.#projections).some(({ to }) => populationsOf(to.of).includes(name));
    const isRead = Object.values(this.#populations).some(({ linked = {} }) =>
      Object.values(linked).some((link) => link.population === name),
    );
    if (into || isRead || Object.keys(population.linked ?? {}).length > 0) return;
    const outgoing = this.#from(name);
    const currents = outgoing.filter(([, projection]) => this.#output(projection) !== undefined);
    if (currents.length > 0 && currents.length === outgoing.length) {
      this.#currents(name, population, type, currents);
      return;
    }
    if (currents.length > 0 || Object.keys(type.events).length === 0) return;
    if (Object.values(type.state).some(({ unit }) => unit === 'V')) return;
    this.#trains(name, population, type);
  }

  /** Whether cells read a generator's current after its own step, which is 1, or before, 0; undefined: some of both. */
  #leadOf(name: string, projections: readonly (readonly [string, Projection])[]): number | undefined {
    const order = new Map(
      Object.entries(this.#model.populations)
        .sort(([a, x], [b, y]) => x.order - y.order || (a < b ? -1 : 1))
        .map(([one], k) => [one, k] as const),
    );
    const leads = new Set(
      projections.map(([, { to }]) =>
        (order.get(name) ?? 0) < (order.get(wholePopulation(to.of) ?? '') ?? 0) ? 1 : 0,
      ),
    );
    return leads.size === 1 ? [...leads][0] : undefined;
  }

  #currents(
    name: string,
    population: Population,
    type: NeuronType,
    projections: readonly (readonly [string, Projection])[],
  ): void {
    const pointer = child('/populations', name);
    interface Found {
      readonly to: string;
      readonly input: string;
      readonly form: CurrentForm;
      readonly cells: number[];
    }
    let follows = false;
    const found: Found[] = [];
    const lead = this.#stage === 'brian' ? this.#leadOf(name, projections) : undefined;
    for (const [, projection] of projections) {
      const output = this.#output(projection);
      const to = wholePopulation(projection.to.of);
      const [rule, second] = projection.connect;
      if (output === undefined || to === undefined || rule?.rule !== 'list' || second !== undefined) return;
      const sources = numbersOf(rule.sources, this.#valid.data);
      const targets = numbersOf(rule.targets, this.#valid.data);
      const input = output.target.slice('post.'.length);
      const unit = this.#neurons[this.#populations[to]?.type ?? '']?.inputs[input]?.unit ?? 'A';
      for (const [k, element] of sources.entries()) {
        const waves = waveformsOf(type, output.variable, this.#numbers(type, population, element), this.#end);
        if (typeof waves === 'string') {
          if (this.#stage === 'brian') return;
          this.#report.missing(
            pointer,
            `its current is not a function of time alone: ${waves}`,
            `${this.#stage}/current`,
          );
          return;
        }
        for (const pieces of waves) {
          const shaped = pieces.map(({ from, to: until, value }) => ({
            from,
            to: until,
            shape: shapeOf({ from, to: until, value }),
          }));
          follows ||= shaped.some(({ shape }) => shape.kind !== 'constant');
          const form = currentText(shaped, unit, this.#end, this.#dt, this.#stage === 'brian', lead);
          if (form === undefined) {
            if (this.#stage === 'brian') return;
            this.#report.missing(pointer, 'its current has no simple shape', `${this.#stage}/current`);
            return;
          }
          const same = found.find((one) => one.to === to && one.input === input && one.form.text === form.text);
          // A cell with the same current twice needs two of them.
          if (same !== undefined && !same.cells.includes(targets[k] ?? 0)) same.cells.push(targets[k] ?? 0);
          else found.push({ to, input, form, cells: [targets[k] ?? 0] });
        }
      }
    }
    for (const [projectionName] of projections) this.#projections = without(this.#projections, projectionName);
    this.#populations = without(this.#populations, name);
    this.#aside(name, population, type);
    const taken = (one: string): boolean =>
      [this.#stimuli, this.#populations, this.#projections].some((map) => Object.hasOwn(map, one));
    for (const { to, input, form, cells } of found) {
      const { size = 0 } = this.#populations[to] ?? {};
      const all = cells.length === size && cells.every((cell, k) => cell === k);
      this.#stimuli[freeName(name, taken)] = {
        kind: 'current',
        to: all ? { population: to } : { population: to, indices: cells },
        input,
        value: form.text,
        attached: true,
      };
      if (form.steps !== undefined)
        this.#report.approximated(
          `${this.#stage}/ramp`,
          pointer,
          `a ramp is ${form.steps.count} steps of ${tidy(form.steps.every * 1e3)} ms`,
        );
    }
    if (this.#stage === 'brian' && lead === undefined && follows)
      this.#report.approximated(
        'brian/current',
        pointer,
        'the current depends on the time, which cells in LEMS read up to one step earlier or later',
      );
    else this.#report.exact(pointer, 'a time-dependent current', `${this.#stage}/current`);
  }

  /** A population without effect on others, which has the recorded variables of a generator. */
  #aside(name: string, population: Population, type: NeuronType): void {
    const shown = this.#recorded.get(name);
    if (this.#stage !== 'brian' || shown === undefined || shown.size === 0) return;
    const known = new Set([this.#populations, this.#projections, this.#stimuli].flatMap((map) => Object.keys(map)));
    const aside = freeName(`${name}_state`, (one) => known.has(one));
    const typeName = freeName(aside, (one) => Object.hasOwn(this.#neurons, one));
    this.#neurons[typeName] = {
      ...type,
      events: Object.fromEntries(Object.entries(type.events).map(([key, one]) => [key, { ...one, emits: null }])),
    };
    this.#populations[aside] = { ...population, type: typeName };
    this.#elsewhere.set(name, new Map([...shown].map((variable) => [variable, { population: aside }])));
    this.#report.exact(
      child('/populations', name),
      `${[...shown].join(', ')} is recorded of ${aside}`,
      'brian/recording',
    );
  }

  #trains(name: string, population: Population, type: NeuronType): void {
    const pointer = child('/populations', name);
    const varied = Object.values(population.values).some(
      (value) => typeof value === 'object' || typeof value === 'string',
    );
    const trains: Train[] = [];
    for (let element = 0; element < (varied ? population.size : 1); element++) {
      const train = trainOf(type, this.#numbers(type, population, element), { dt: this.#dt, end: this.#end });
      if (typeof train === 'string') {
        if (this.#stage === 'brian')
          this.#report.equivalent(
            'brian/spikes',
            pointer,
            'the same process, written as equations, with other random numbers',
          );
        else
          this.#report.missing(pointer, `its spikes are neither listed nor Poisson: ${train}`, `${this.#stage}/spikes`);
        return;
      }
      trains.push(train);
    }
    const of = (element: number): Train | undefined => trains[varied ? element : 0];
    const elements = Array.from({ length: population.size }, (_, k) => k);
    const [first] = trains;
    if (first === undefined || trains.some(({ kind }) => kind !== first.kind)) return;
    const { type: _, values: __, ...rest } = population;
    const shown = [...(this.#recorded.get(name) ?? [])];
    if (first.kind === 'poisson' && this.#stage === 'brian' && shown.length > 0) {
      this.#report.equivalent(
        'brian/spikes',
        pointer,
        `the same process, written as equations, of which ${shown.join(', ')} can be recorded`,
      );
      return;
    }
    if (first.kind === 'times') {
      this.#aside(name, population, type);
      const spikes = elements
        .flatMap((element) => {
          const train = of(element);
          return train?.kind === 'times' ? train.times.map((time) => [time, element] as const) : [];
        })
        .sort(([a, i], [b, j]) => a - b || i - j);
      this.#populations[name] = {
        ...rest,
        values: {},
        spikes: { times: spikes.map(([time]) => time), indices: spikes.map(([, element]) => element) },
      };
      this.#report.exact(pointer, 'its spikes are listed', `${this.#stage}/spikes`);
      return;
    }
    const value = (read: (train: Extract<Train, { kind: 'poisson' }>) => number): Value => {
      const all = elements.map((element) => {
        const train = of(element);
        return train?.kind === 'poisson' ? read(train) : NaN;
      });
      return all.every((one) => one === all[0]) ? (all[0] ?? 0) : { array: all };
    };
    const standard = first.least > 0 ? 'SpikeSourcePoissonRefractory' : 'SpikeSourcePoisson';
    const library = standardCells.get(standard);
    const poisson = library && normalisedCell(library);
    if (poisson === undefined) return;
    const typeName =
      Object.entries(this.#neurons).find(([, one]) => one === poisson)?.[0] ??
      freeName(standard, (one) => Object.hasOwn(this.#neurons, one));
    this.#neurons[typeName] = poisson;
    const ends = trains.some((train) => train.kind === 'poisson' && Number.isFinite(train.end));
    this.#populations[name] = {
      ...rest,
      type: typeName,
      values: {
        rate: value(({ rate }) => rate),
        ...(first.least > 0 ? { tau_refrac: value(({ least }) => least) } : {}),
        ...(trains.some((train) => train.kind === 'poisson' && train.start > 0)
          ? { start: value(({ start }) => start) }
          : {}),
        ...(ends ? { duration: value(({ start, end }) => tidy(end - start)) } : {}),
      },
    };
    this.#report.equivalent(`${this.#stage}/poisson`, pointer, 'the same process, with other random numbers');
  }

  // --- Receptors -----------------------------------------------------------------------------------------------------

  #receptors(): void {
    const taken = Object.values(this.#neurons).flatMap((type) =>
      [type.parameters, type.state, type.derived, type.inputs].flatMap((map) => Object.keys(map)),
    );
    const receptors = new Receptors(taken, this.#valid.data);
    const ofPopulation = new Map<string, Map<string, Receptor>>();
    for (const [name, projection] of Object.entries(this.#projections)) {
      const type = this.#synapses[projection.synapse];
      const targets = populationsOf(projection.to.of);
      if (type === undefined || Object.keys(type.contributes).length === 0 || targets.length === 0) continue;
      const found = receptors.of(type, projection);
      if (typeof found === 'string') continue;
      const shown = [...(this.#recorded.get(name) ?? [])];
      const { variables } = found.receptor;
      // A response of its own for each synapse can be recorded; the sum over a cell's synapses has two variables or one.
      if (this.#stage === 'brian' && shown.some((one) => variables.size > 1 || !variables.has(one))) continue;
      const { receptor, synapse, moved } = found;
      for (const target of targets) {
        const own = ofPopulation.get(target) ?? new Map<string, Receptor>();
        ofPopulation.set(target, own.set(receptor.key, receptor));
      }
      const synapseName = this.#synapseType(projection.synapse, synapse);
      this.#projections[name] = {
        ...projection,
        synapse: synapseName,
        values: Object.fromEntries(
          Object.entries(projection.values).filter(([key]) => !moved.has(key) || synapse.parameters[key] !== undefined),
        ),
      };
      this.#variables.set(name, receptor.variables);
      this.#report.exact(
        child('/projections', name),
        'responses of its synapses add up in the target',
        `${this.#stage}/receptor`,
      );
    }
    const variants = new Map<string, string>();
    for (const [name, population] of Object.entries(this.#populations)) {
      const own = [...(ofPopulation.get(name)?.values() ?? [])];
      const type = this.#neurons[population.type ?? ''];
      if (type === undefined || own.length === 0 || population.type === undefined) continue;
      const key = JSON.stringify([population.type, own.map((one) => one.key).sort()]);
      const known = variants.get(key);
      if (known !== undefined) {
        this.#populations[name] = { ...population, type: known };
        continue;
      }
      const label = freeName(population.type, (one) => one !== population.type && Object.hasOwn(this.#neurons, one));
      const alone = Object.entries(this.#populations).every(
        ([other, { type: one }]) =>
          one !== population.type || sameKeys(ofPopulation.get(other), ofPopulation.get(name)),
      );
      const typeName = alone ? label : freeName(population.type, (one) => Object.hasOwn(this.#neurons, one));
      this.#neurons[typeName] = withReceptors(type, own);
      variants.set(key, typeName);
      this.#populations[name] = { ...population, type: typeName };
    }
  }

  #synapseType(wanted: string, type: SynapseType): string {
    const text = JSON.stringify(type);
    const same = Object.entries(this.#synapses).find(([, one]) => JSON.stringify(one) === text);
    if (same !== undefined) return same[0];
    const name = freeName(wanted, (one) => Object.hasOwn(this.#synapses, one));
    this.#synapses[name] = type;
    return name;
  }
}

/** Symbols of units that texts of a model have. */
const units: ReadonlySet<string> = new Set(['s', 'A', 'V', 'S', 'F', 'Hz', 'm']);

/** A type with other names for some of its parameters. */
function withNames(type: NeuronType, names: ReadonlyMap<string, string>): NeuronType {
  const put = new Map([...names].map(([from, to]) => [from, named(to)] as const));
  const walk = (value: unknown, key: string): unknown => {
    if (typeof value === 'string')
      return ['value', 'rate', 'when', 'for', 'while', 'initial'].includes(key) ? replaced(value, put) : value;
    if (Array.isArray(value))
      return value.map((one: unknown) =>
        key === 'do' || key === 'onEntry' ? replacedIn(String(one), put) : walk(one, key),
      );
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, walk(one, name)]));
    return value;
  };
  const changed = walk(type, '') as NeuronType;
  return {
    ...changed,
    parameters: Object.fromEntries(
      Object.entries(changed.parameters).map(([key, one]) => [names.get(key) ?? key, one] as const),
    ),
  };
}

/** A type whose threshold is tested before other conditions, where none of these changes what it reads. */
function spikeFirst(type: NeuronType): NeuronType {
  const { spike, ...others } = type.events;
  if (spike === undefined || spike.order === 0) return type;
  const derived = derivedOf(type);
  const e = parseExpression(spike.when);
  const read = namesIn(derived === undefined ? e : substitute(e, derived));
  const written = Object.values(others).flatMap(({ do: actions }) =>
    actions.flatMap((text) => parseStatements(text).map((one) => (one.kind === 'assignment' ? one.target : one.port))),
  );
  return written.some((name) => read.has(name))
    ? type
    : { ...type, events: { ...type.events, spike: { ...spike, order: 0 } } };
}

/** A type whose events have the names under which others receive them, if these names are unique. */
function byWhatTheyEmit(type: NeuronType): NeuronType {
  const events = Object.entries(type.events);
  const names = events.map(([name, { emits }]) => (emits === undefined || emits === null ? name : emits));
  if (new Set(names).size < names.length) return type;
  return {
    ...type,
    events: Object.fromEntries(
      events.map(([, event], k) => {
        const { emits, ...rest } = event;
        return [names[k] ?? '', emits === null ? event : rest];
      }),
    ),
  };
}

const without = <T>(map: Readonly<Record<string, T>>, name: string): Record<string, T> =>
  Object.fromEntries(Object.entries(map).filter(([key]) => key !== name));

const sameKeys = (a: ReadonlyMap<string, unknown> | undefined, b: ReadonlyMap<string, unknown> | undefined): boolean =>
  JSON.stringify([...(a?.keys() ?? [])].sort()) === JSON.stringify([...(b?.keys() ?? [])].sort());
