/**
 * A model in the way in which people write it for Brian: draws by Brian's own generator, connection rules with a
 * probability, groups of Poisson sources, constants in namespaces, no current that nothing gives.
 */

import { lengthOf, numbersOf } from '../../../src/model/arrays.js';
import { populationOf, populationsOf, selectionSize, wholePopulation } from '../../../src/model/selected.js';
import {
  areInFile,
  isDrawn,
  isGiven,
  isPhase,
  isRecording,
  isSelection,
  recordedVariables,
  taggedSelection,
} from '../../../src/model/tagged.js';
import { distributions } from '../../../src/library/pynn/distributions.js';
import { gathered } from '../../../src/library/gather/gather.js';
import { withoutBinomials } from '../../../src/library/gather/binomials.js';
import { conditionsAsCode } from '../../../src/library/gather/synapse-events.js';
import { hasGates, inFineSteps } from '../../../src/library/gather/fine-steps.js';
import { methodOnGrid } from '../../../src/library/gather/integration.js';
import { integer, isZero } from '../../../src/lang/build.js';
import type { Expression } from '../../../src/lang/ast.js';
import { NoNumber } from '../../../src/lang/evaluate.js';
import { parseExpression, parseStatements } from '../../../src/lang/parse.js';
import { printExpression, printStatement } from '../../../src/lang/print.js';
import { plain, valueAt } from '../../../src/library/recognise/numbers.js';
import { mapExpression, mapStatement, namesIn, substitute } from '../../../src/lang/walk.js';
import { ConversionReport, type ConversionEntry } from '../../../src/model/conversion-report.js';
import { freeName } from '../../../src/model/free-name.js';
import type {
  ConnectionRule,
  DrawnValues,
  EquationSet,
  Model,
  NeuronType,
  Operation,
  Population,
  Projection,
  SelectionRule,
  SynapseType,
  ValidModel,
  Value,
} from '../../../src/model/model.js';
import { child } from '../../../src/model/pointer.js';
import { areSpaced, delayOf, delaySum, largestOf, listedDelays } from './delays.js';
import { changedNames } from './plan.js';

/** A model in Brian's idiom. */
export interface BrianIdiom {
  /** The model as rewritten. */
  readonly valid: ValidModel;
  /** What the rewriting changed beyond rounding. */
  readonly entries: readonly ConversionEntry[];
  /** Whether something has to be drawn first: connections or values for which Brian has no rule. */
  readonly needsDrawing: boolean;
}

/** Expected spikes a step above which a PoissonGroup is not a Poisson process. */
const mostOften = 0.2;

/** The most synapses that are listed where a rule of Brian is near. */
const mostListed = 50_000;

/**
 * The model for Brian.
 *
 * @param drawn  the same model with everything drawn; absent: what needs it stays as it is
 */
export function inBrianIdiom(valid: ValidModel, drawn?: ValidModel): BrianIdiom {
  if (valid.model.timing === 'brian') return { valid, entries: [], needsDrawing: false };
  const report = new ConversionReport('brian');
  const plain = gathered(valid, 'brian');
  for (const entry of plain.entries) report.add(entry);
  const fine = inFineSteps(plain.valid, hasGates, 'rk4');
  if (fine !== undefined)
    report.approximated(
      'brian/step',
      '/experiment/dt',
      `steps of ${fine.step} ms: Brian does not adapt them to what channels need`,
    );
  const stepped = fine?.valid ?? plain.valid;
  const idiom = new Idiom(stepped, report, drawn);
  const model = idiom.model();
  return { valid: { ...stepped, model }, entries: report.entries, needsDrawing: idiom.needsDrawing };
}

class Idiom {
  readonly #model: Model;
  readonly #data: ValidModel['data'];
  readonly #report: ConversionReport;
  readonly #drawn: Model | undefined;
  readonly #changed: ReadonlySet<string>;
  needsDrawing = false;

  constructor({ model, data }: ValidModel, report: ConversionReport, drawn: ValidModel | undefined) {
    this.#model = model;
    this.#data = data;
    this.#report = report;
    this.#drawn = drawn?.model;
    this.#changed = changedNames(model);
  }

  model(): Model {
    const model = this.#model;
    const neurons: Record<string, NeuronType> = {};
    const synapses: Record<string, SynapseType> = {};
    const populations: Record<string, Population> = {};
    const projections: Record<string, Projection> = {};
    const operations: Record<string, Operation> = { ...model.operations };
    const gone = new Set(
      Object.entries(model.populations).flatMap(([name, { type }]) =>
        Object.keys(model.neurons[type ?? '']?.regimes ?? {}).length > 0 ? [name] : [],
      ),
    );
    for (const name of gone)
      this.#report.missing(
        child('/populations', name),
        'Brian has no regimes: its cells are left out',
        'brian/regimes',
      );
    const stays = (rule: SelectionRule): boolean => !populationsOf(rule).some((name) => gone.has(name));
    for (const [name, population] of Object.entries(model.populations)) {
      if (gone.has(name)) continue;
      const { type, population: plain } = this.#population(name, population);
      if (type === undefined) populations[name] = plain;
      else {
        neurons[name] = { ...type, method: methodOnGrid(type) };
        populations[name] = { ...plain, type: name };
      }
    }
    for (const [name, projection] of Object.entries(model.projections)) {
      if (!stays(projection.from.of) || !stays(projection.to.of)) {
        this.#report.missing(child('/projections', name), 'its source or target is left out', 'brian/regimes');
        continue;
      }
      for (const [label, part] of this.#projection(name, projection)) {
        const written = model.synapses[part.synapse];
        if (written === undefined) continue;
        const tested = conditionsAsCode(written);
        const type = withoutBinomials(tested?.type ?? written, part.values);
        const unknown = unknownFunction.exec(JSON.stringify(type.pathways))?.[1];
        if (unknown !== undefined) {
          this.#report.missing(child('/projections', name), `Brian has no function ${unknown}`, 'brian/function');
          continue;
        }
        const key = freeName(label, (one) => Object.hasOwn(projections, one));
        const own = constantsOf(this.#withoutSends(type, part, child('/projections', name)), part.values, (one) =>
          this.#changed.has(`${name}.${one}`),
        );
        const timed = this.#beforeThreshold(own.type, part);
        synapses[key] = { ...timed.type, method: methodOnGrid(timed.type) };
        const from = this.#ownSource(part.from, populations, child('/projections', name));
        projections[key] = { ...part, from, synapse: key, values: own.values, delays: timed.delays };
        for (const [event, code] of tested?.code ?? [])
          operations[freeName(`${key}_${event}`, (one) => Object.hasOwn(operations, one))] = {
            on: { projection: key },
            slot: 'after_groups',
            ...code,
          };
      }
    }
    const stimuli = Object.fromEntries(Object.entries(model.stimuli).filter(([, { to }]) => stays(to)));
    const { pynn: _, ...annotations } = model.annotations;
    const { protocol } = model.experiment;
    const reset = protocol.findIndex((phase) => isPhase(phase, 'reset'));
    if (reset >= 0 && reset < protocol.length - 1)
      this.#report.missing(
        child('/experiment/protocol', reset),
        'everything after a reset to the start: time in Brian only moves forward',
        'brian/phase',
      );
    const experiment = {
      ...model.experiment,
      protocol: (reset < 0 ? protocol : protocol.slice(0, reset)).filter((phase) => this.#isLeft(phase, projections)),
    };
    return {
      ...model,
      experiment,
      stimuli,
      recordings: this.#recordings(projections, stays),
      neurons,
      synapses,
      populations,
      projections,
      operations,
      annotations,
    };
  }

  /** A source that is a part of a generator of spikes, of which Brian has no parts, as a generator of its own. */
  #ownSource(from: Projection['from'], populations: Record<string, Population>, pointer: string): Projection['from'] {
    const name = populationOf(from.of);
    const whole = populations[name ?? ''];
    if (name === undefined || whole?.spikes === undefined || wholePopulation(from.of) !== undefined) return from;
    const cells = cellsOf(from.of, whole.size, this.#data);
    const changes = this.#model.experiment.protocol.some(
      (phase) => isPhase(phase, 'replay') && Object.hasOwn(phase.replay, name),
    );
    if (cells === undefined || areInFile(whole.spikes) || changes) {
      this.#report.missing(
        pointer,
        `a part of ${name}: a generator of spikes has no parts in Brian`,
        'brian/selection',
      );
      return from;
    }
    const places = new Map(cells.map((cell, k) => [cell, k] as const));
    const times = numbersOf(whole.spikes.times, this.#data);
    const kept = numbersOf(whole.spikes.indices, this.#data).flatMap((cell, k) => {
      const index = places.get(cell);
      return index === undefined ? [] : [{ index, time: times[k] ?? NaN }];
    });
    kept.sort((a, b) => a.time - b.time || a.index - b.index);
    const population: Population = {
      ...whole,
      size: cells.length,
      spikes: { ...whole.spikes, indices: kept.map(({ index }) => index), times: kept.map(({ time }) => time) },
    };
    const text = JSON.stringify(population);
    const same = Object.entries(populations).find(([key, one]) => key !== name && JSON.stringify(one) === text);
    const part = same?.[0] ?? freeName(`${name}_${cells[0] ?? 0}`, (one) => Object.hasOwn(populations, one));
    populations[part] = population;
    return { ...from, of: { population: part } };
  }

  /** Whether a phase concerns something that is still in the model. */
  #isLeft(phase: Model['experiment']['protocol'][number], projections: Readonly<Record<string, Projection>>): boolean {
    if (!isPhase(phase, 'set')) return true;
    const owners = Object.keys(phase.set).map((key) => /^\w+/.exec(key)?.[0] ?? '');
    return owners.every((name) => Object.hasOwn(this.#model.populations, name) || Object.hasOwn(projections, name));
  }

  /** Recordings that Brian's groups can make. */
  #recordings(
    projections: Readonly<Record<string, Projection>>,
    stays: (rule: SelectionRule) => boolean,
  ): Model['recordings'] {
    return this.#model.recordings.flatMap((recording, k) => {
      const pointer = child('/recordings', k);
      if (!stays(recording.of)) {
        this.#report.missing(pointer, 'a recording of cells that were left out', 'brian/recording');
        return [];
      }
      if (isSelection(recording.of, 'synapses') && !Object.hasOwn(projections, recording.of.projection)) {
        this.#report.missing(pointer, `a recording of ${recording.of.projection}`, 'brian/recording');
        return [];
      }
      if (isRecording(recording, 'rate') || recording.variables === undefined) return [recording];
      const variables = recording.variables.filter((name) => !Object.hasOwn(this.#model.stimuli, name));
      if (variables.length < recording.variables.length)
        this.#report.missing(
          pointer,
          'a recording of a current, which is not a variable of a group',
          'brian/recording',
        );
      return variables.length === 0 ? [] : [{ ...recording, variables }];
    });
  }

  // --- Populations ---------------------------------------------------------------------------------------------------

  #population(name: string, population: Population): { readonly type?: NeuronType; readonly population: Population } {
    const type = this.#model.neurons[population.type ?? ''];
    const pointer = child('/populations', name);
    const { positions, ...rest } = population;
    const { type: _, ...untyped } = rest;
    if (positions !== undefined)
      this.#report.equivalent(
        'brian/positions',
        pointer,
        "Brian's groups have no positions: they are left out, and what they determine is listed",
      );
    if (type === undefined) return { population: rest };
    const drawn = this.#drawn?.populations[name];
    if (drawsUnknown(type)) {
      this.needsDrawing ||= this.#drawn === undefined;
      if (drawn?.spikes !== undefined) {
        this.#report.equivalent(
          'brian/drawn',
          pointer,
          'Brian has no such source: the spikes drawn with this seed are listed',
        );
        return { population: { ...untyped, values: {}, spikes: drawn.spikes } };
      }
    }
    const values = this.#values(population.values, type, pointer, drawn?.values);
    const poisson = this.#poissonGroup(name, type, values, pointer);
    if (poisson !== undefined) return { type: poisson.type, population: { ...rest, values: poisson.values } };
    const seen = (one: string): boolean => this.#isVariable(name, one);
    const { type: own, values: left } = constantsOf(
      withoutIdle(type, this.#inputsOf(name), values, seen),
      values,
      seen,
    );
    return { type: own, population: { ...rest, values: left } };
  }

  /** Whether a name of a population is seen from elsewhere as a variable. */
  #isVariable(name: string, key: string): boolean {
    if (this.#changed.has(`${name}.${key}`)) return true;
    const { recordings, projections } = this.#model;
    return (
      recordings.some((one) => recordedVariables(one).includes(key)) ||
      Object.values(projections).some(({ values, delays }) =>
        [...Object.values(values), ...Object.values(delays)].some(
          (value) => typeof value === 'string' && namesIn(parseExpression(value)).has(`post.${key}`),
        ),
      )
    );
  }

  /** Inputs of a population that something gives. */
  #inputsOf(name: string): ReadonlySet<string> {
    const { stimuli, projections, synapses } = this.#model;
    return new Set([
      ...Object.values(stimuli).flatMap((one) => (one.kind === 'current' && touches(one.to, name) ? [one.input] : [])),
      ...Object.values(projections).flatMap(({ synapse, from, to }) =>
        Object.keys(synapses[synapse]?.contributes ?? {}).flatMap((key) => {
          const [side, variable = ''] = key.split('.');
          return touches(side === 'pre' ? from.of : to.of, name) ? [variable] : [];
        }),
      ),
    ]);
  }

  /** PyNN's Poisson source as a PoissonGroup. */
  #poissonGroup(
    name: string,
    type: NeuronType,
    values: Readonly<Record<string, Value>>,
    pointer: string,
  ): { readonly type: NeuronType; readonly values: Readonly<Record<string, Value>> } | undefined {
    if (type.conformsTo?.type !== 'pynn/SpikeSourcePoisson') return undefined;
    const given = (key: string): Value => values[key] ?? type.parameters[key]?.value ?? 0;
    const [rate, start, duration] = ['rate', 'start', 'duration'].map(given);
    const { dt } = this.#model.experiment;
    if (rate === undefined || ['rate', 'start', 'duration'].some((key) => this.#changed.has(`${name}.${key}`)))
      return undefined;
    const most = (largestOf(rate, this.#data) ?? 0) * dt;
    if (most > mostOften) {
      this.#report.missing(
        pointer,
        `${(most * 100).toPrecision(2)} spikes in a hundred steps, but each neuron of Brian's groups spikes at most once per step`,
        'brian/poisson-group',
      );
      return undefined;
    }
    // PyNN's own backend for Brian takes a PoissonGroup too.
    this.#report.approximated(
      'brian/poisson-group',
      pointer,
      'a PoissonGroup has at most one spike per step, where PyNN draws their number' +
        (most > 0 ? `: the variance of counts is up to ${(100 * most).toPrecision(2)} % less` : ''),
    );
    const spike = {
      when: 'uniform() < rates*dt',
      edge: 'level',
      do: [],
      order: 0,
    } as const satisfies NeuronType['events'][string];
    const always = start === 0 && typeof duration === 'number' && duration >= 1e6;
    const base: NeuronType = {
      parameters: {},
      state: {},
      derived: {},
      derivatives: {},
      noise: [],
      method: 'auto',
      inputs: {},
      events: { spike },
      regimes: {},
    };
    if (always)
      return {
        type: { ...base, parameters: { rates: { unit: 'Hz', type: 'real', value: 0, shared: false } } },
        values: { rates: rate },
      };
    if (typeof start !== 'number' || typeof duration !== 'number' || typeof rate !== 'number') return undefined;
    const after = start === 0 ? [] : [`t >= ${start}*s - dt/2`];
    const before = duration >= 1e6 ? [] : [`t < ${Number((start + duration).toPrecision(12))}*s - dt/2`];
    return {
      type: {
        ...base,
        parameters: { rate: { unit: 'Hz', type: 'real', value: rate, shared: true } },
        derived: {
          rates: {
            unit: 'Hz',
            type: 'real',
            value: `rate*int(${[...after, ...before].join(' and ')})`,
            shared: false,
            held: false,
          },
        },
      },
      values: {},
    };
  }

  // --- Values --------------------------------------------------------------------------------------------------------

  #values(
    values: Readonly<Record<string, Value>>,
    type: EquationSet,
    pointer: string,
    drawn: Readonly<Record<string, Value>> | undefined,
  ): Record<string, Value> {
    return Object.fromEntries(
      Object.entries(values).map(([key, value]) => {
        const unit = this.#unitOf(type, key);
        return [key, this.#value(value, unit, child(child(pointer, 'values'), key), drawn?.[key])];
      }),
    );
  }

  #unitOf(type: EquationSet, key: string): string {
    return type.parameters[key]?.unit ?? type.state[key]?.unit ?? '1';
  }

  /** A value that Brian can draw itself, else what was drawn. */
  #value(value: Value, unit: string, pointer: string, drawn: Value | undefined, listed = false): Value {
    if (!isDrawn(value)) {
      if (!listed || drawn === undefined || typeof value === 'number') return value;
      return typeof value === 'object' || /\b(uniform|normal|distance|x|y|z)\b|random/.test(value) ? drawn : value;
    }
    if (listed && drawn !== undefined) return drawn;
    const text = drawText(value, unit);
    if (text?.exact === true) {
      this.#report.equivalent('brian/own-draws', pointer, "the same distribution, drawn by Brian's generator");
      return text.text;
    }
    if (text !== undefined && drawn === undefined && this.#drawn !== undefined) return text.text;
    if (drawn === undefined) {
      this.needsDrawing = true;
      return value;
    }
    if (text !== undefined && isGiven(drawn) && lengthOf(drawn.array) > mostListed) {
      this.#report.approximated('brian/clipped', pointer, 'values outside the bounds are clipped to them');
      return text.text;
    }
    this.#report.equivalent(
      'brian/drawn',
      pointer,
      'Brian has no such distribution: the values drawn with this seed are listed',
    );
    return drawn;
  }

  // --- Projections ---------------------------------------------------------------------------------------------------

  /** The projection, or its parts. */
  #projection(name: string, projection: Projection): readonly (readonly [string, Projection])[] {
    const pointer = child('/projections', name);
    const type = this.#model.synapses[projection.synapse];
    if (type === undefined) return [];
    const { delayRange, space: _, ...rest } = projection;
    const rules = rest.connect.map((rule) => this.#rule(rule, projection, pointer));
    const said = rules.every((rule) => rule !== undefined);
    // Values that only a list has are those of listed connections.
    const unknown = [
      ...Object.entries(rest.values).map(([key, value]) => [value, this.#unitOf(type, key)] as const),
      ...Object.values(rest.delays).map((value) => [value, 's'] as const),
    ].some(([value, unit]) => isDrawn(value) && drawText(value, unit) === undefined);
    const parts = said && !unknown ? this.#parts(name, { ...rest, connect: rules }) : undefined;
    const byDistance = [...Object.values(rest.values), ...Object.values(rest.delays)].some(
      (value) => typeof value === 'string' && /\bdistance\b|\b(pre|post)\.[xyz]\b/.test(value),
    );
    if (parts !== undefined && !byDistance) {
      if (delayRange !== undefined)
        this.#report.equivalent('brian/delay-range', child(pointer, 'delayRange'), 'Brian has no limits on delays');
      return parts.map(([label, part]) => [
        label,
        {
          ...part,
          values: this.#values(part.values, type, pointer, undefined),
          delays: Object.fromEntries(
            Object.entries(part.delays).map(([key, value]) => [
              key,
              this.#value(value, 's', child(child(pointer, 'delays'), key), undefined),
            ]),
          ),
        },
      ]);
    }
    const drawn = this.#drawnParts(name, projection);
    if (drawn.length === 0) {
      this.needsDrawing = true;
      return [[name, projection]];
    }
    this.#report.equivalent(
      'brian/listed',
      pointer,
      said
        ? 'Brian has no such distribution: connections and values drawn with this seed are listed'
        : 'Brian has no such connection rule: the connections drawn with this seed are listed',
    );
    return drawn.map(([label, part]) => {
      const { delayRange: __, space: ___, ...plain } = part;
      return [label, plain];
    });
  }

  /** A value that is sent later becomes a separate pathway, with a longer delay. */
  #withoutSends(type: SynapseType, projection: Projection, pointer: string): SynapseType {
    const sent: Record<string, SynapseType['state'][string]> = {};
    const pathways: Record<string, SynapseType['pathways'][string]> = {};
    for (const [key, pathway] of Object.entries(type.pathways)) {
      const statements = pathway.do.flatMap((text) => parseStatements(text));
      const sends = statements.flatMap((one) => (one.kind === 'send' ? [one] : []));
      const [send] = sends;
      const before = projection.delays[key] ?? pathway.delay;
      const after =
        send &&
        (delayOf(send.after, type, projection) ??
          listedDelays(send.after, type, projection, this.#data) ??
          printExpression(send.after));
      const together =
        after === undefined
          ? undefined
          : delaySum(before, after, this.#model, this.#data, isComputed(after, projection));
      if (send === undefined || sends.length > 1 || after === undefined || together === undefined) {
        pathways[key] = pathway;
        continue;
      }
      const arriving = `${send.port} += ${printExpression(send.value)}`;
      const rest = statements.filter((one) => one !== send).map((one) => printStatement(one));
      if (after === 0) pathways[key] = { ...pathway, do: [...rest, arriving] };
      else {
        // What is sent is kept until it arrives.
        const kept = freeName('sent', (one) =>
          [type.parameters, type.state, type.derived, sent].some((map) => Object.hasOwn(map, one)),
        );
        sent[kept] = { unit: type.ports[send.port]?.unit ?? '1', type: 'real', initial: 0, shared: false };
        const keeping = statements.map((one) =>
          one === send ? `${kept} = ${printExpression(send.value)}` : printStatement(one),
        );
        pathways[key] = { ...pathway, do: keeping };
        const name = freeName('transmit', (one) => Object.hasOwn(type.pathways, one));
        const { slot: _, ...plain } = pathway;
        pathways[name] = { ...plain, order: 0, delay: together, do: [`${send.port} += ${kept}`] };
      }
      if (after !== 0 && !areSpaced(projection.from.of, after, this.#drawn ?? this.#model, this.#data))
        this.#report.approximated(
          'brian/sent-weight',
          pointer,
          'each synapse holds one weight in transit: of spikes that follow one another within the delay, all arrive ' +
            'with that of the last',
        );
    }
    return { ...type, state: { ...type.state, ...sent }, pathways };
  }

  /**
   * What arrives at a variable that the threshold reads counts in the same step, as on a grid: Brian would deliver it
   * after it has tested the threshold.
   */
  #beforeThreshold(type: SynapseType, part: Projection): { type: SynapseType; delays: Projection['delays'] } {
    const delays = delaysOf(type, part);
    const read = this.#thresholdOf(part.to.of);
    const pathways = Object.entries(type.pathways).map(([key, pathway]) => {
      const written = pathway.do
        .flatMap((text) => parseStatements(text))
        .flatMap((one) => (one.kind === 'assignment' ? [part.receptors[one.target] ?? one.target] : []))
        .map((name) => name.replace(/^post\./, ''));
      const delay = delays[key] ?? pathway.delay;
      const late = typeof delay !== 'number' || delay >= this.#model.experiment.dt / 2;
      if (pathway.slot !== undefined || !pathway.on.startsWith('pre.') || !late) return [key, pathway] as const;
      if (!written.some((name) => read.has(name))) return [key, pathway] as const;
      return [key, { ...pathway, slot: 'before_thresholds' }] as const;
    });
    return { type: { ...type, pathways: Object.fromEntries(pathways) }, delays };
  }

  /** Variables that the thresholds of some cells read. */
  #thresholdOf(rule: SelectionRule): ReadonlySet<string> {
    return new Set(
      populationsOf(rule).flatMap((name) => {
        const type = this.#model.neurons[this.#model.populations[name]?.type ?? ''];
        return type?.events['spike'] === undefined ? [] : [...namesIn(parseExpression(type.events['spike'].when))];
      }),
    );
  }

  /** The projections of the drawn model that stand for one, one for each pair of populations. */
  #drawnParts(name: string, { from, to, synapse }: Projection): readonly (readonly [string, Projection])[] {
    const names = Object.keys(this.#model.projections);
    const owner = (label: string): string | undefined =>
      names.includes(label)
        ? label
        : names.filter((one) => label.startsWith(`${one}_`)).sort((a, b) => b.length - a.length)[0];
    const [sources, targets] = [populationsOf(from.of), populationsOf(to.of)];
    return Object.entries(this.#drawn?.projections ?? {}).filter(
      ([label, part]) =>
        owner(label) === name &&
        part.synapse === synapse &&
        populationsOf(part.from.of).every((one) => sources.includes(one)) &&
        populationsOf(part.to.of).every((one) => targets.includes(one)),
    );
  }

  /** A rule of Brian; undefined where it has none. */
  #rule(rule: ConnectionRule, { from, to }: Projection, pointer: string): ConnectionRule | undefined {
    const at = child(pointer, 'connect');
    if (rule.rule !== 'hostDrawn') return this.#own(rule);
    const {
      connector,
      p,
      n,
      self = true,
      replace = false,
      mutual = true,
    } = rule.arguments as {
      readonly connector?: string;
      readonly p?: number | string;
      readonly n?: unknown;
      readonly self?: boolean;
      readonly replace?: boolean;
      readonly mutual?: boolean;
    };
    const drawnHere = (): void => {
      this.#report.equivalent('brian/own-draws', at, 'the same rule, with other random numbers');
    };
    const plain = { condition: mutual ? null : 'i > j', copies: 1, self } as const;
    switch (connector) {
      case 'fixedProbability':
        if (typeof p !== 'number') return undefined;
        drawnHere();
        return { rule: 'pairs', p, ...plain };
      case 'probability':
        if (
          p === undefined ||
          (typeof p === 'string' && [...namesIn(parseExpression(p))].some((one) => !['i', 'j'].includes(one)))
        )
          return undefined;
        drawnHere();
        return { rule: 'pairs', p, ...plain };
      case 'fixedNumberPre':
      case 'fixedNumberPost': {
        if (typeof n !== 'number') return undefined;
        const inward = connector === 'fixedNumberPre';
        if (isAssembly(inward ? from.of : to.of)) return undefined;
        drawnHere();
        return sampled(inward ? 'post' : 'pre', n, replace, self);
      }
      case 'fixedTotal': {
        const [before, after] = [from.of, to.of].map((rule) =>
          selectionSize(rule, this.#model.populations, this.#data),
        ) as [number, number];
        const count = before * after;
        if (typeof n !== 'number' || this.#listedSynapses() <= mostListed) return undefined;
        this.#report.approximated(
          'brian/number-of-connections',
          at,
          `${n} connections on average, drawn with a probability, and at most one between two cells`,
        );
        return { rule: 'pairs', p: Number((n / count).toPrecision(12)), ...plain };
      }
      default:
        return undefined;
    }
  }

  #own(rule: ConnectionRule): ConnectionRule | undefined {
    switch (rule.rule) {
      case 'fixedInDegree':
      case 'fixedOutDegree':
        return typeof rule.n === 'number'
          ? sampled(rule.rule === 'fixedInDegree' ? 'post' : 'pre', rule.n, rule.replace, rule.self)
          : undefined;
      case 'pairs': {
        const texts = [rule.condition, rule.p, rule.copies].filter((one) => typeof one === 'string');
        return texts.some((text) => /\bdistance\b|\b(pre|post)\.[xyz]\b/.test(text)) ? undefined : rule;
      }
      case 'all':
      case 'oneToOne':
      case 'generator':
      case 'list':
        return rule;
      case 'fixedTotal':
      case 'smallWorld':
      case 'clone':
      case 'csa':
      case 'hostDrawn':
        return undefined;
      default:
        return rule satisfies never;
    }
  }

  /** Connections of rules that would have to be listed. */
  #listedSynapses(): number {
    return Object.values(this.#model.projections)
      .flatMap(({ connect }) => connect)
      .reduce((sum, rule) => {
        const n = rule.rule === 'hostDrawn' ? rule.arguments['n'] : rule.rule === 'fixedTotal' ? rule.n : 0;
        return sum + (typeof n === 'number' ? n : 0);
      }, 0);
  }

  /** A projection between assemblies as one between each two populations; undefined where its rule does not part. */
  #parts(name: string, projection: Projection): readonly (readonly [string, Projection])[] | undefined {
    const members = (rule: SelectionRule): readonly SelectionRule[] =>
      isSelection(rule, 'assembly') ? rule.assembly : [rule];
    const [sources, targets] = [members(projection.from.of), members(projection.to.of)];
    if (![...sources, ...targets].every((one) => this.#isPlain(one))) return undefined;
    if (sources.length === 1 && targets.length === 1) return [[name, projection]];
    const simple = projection.connect.every(
      (rule) =>
        (rule.rule === 'all' && rule.self) ||
        (rule.rule === 'pairs' && typeof rule.p === 'number' && rule.condition === null && rule.self) ||
        (rule.rule === 'generator' && (rule.outer === 'post' ? sources.length === 1 : targets.length === 1)),
    );
    const given = [...Object.values(projection.values), ...Object.values(projection.delays)].every(
      (value) => typeof value === 'number' || (isDrawn(value) && value.pairs !== true),
    );
    if (!simple || !given) return undefined;
    return sources.flatMap((from) =>
      targets.map((to) => {
        const suffix = [
          ...(sources.length > 1 ? populationsOf(from) : []),
          ...(targets.length > 1 ? populationsOf(to) : []),
        ].join('_');
        return [
          `${name}_${suffix}`,
          { ...projection, from: { ...projection.from, of: from }, to: { ...projection.to, of: to } },
        ] as const;
      }),
    );
  }

  /** Whether a selection is a contiguous part of one population. */
  #isPlain(rule: SelectionRule): boolean {
    const selection = taggedSelection(rule);
    switch (selection.kind) {
      case 'slice':
        return selection.slice === undefined || selection.slice[2] === 1;
      case 'indices': {
        const numbers = numbersOf(selection.indices, this.#data);
        return numbers.every((one, k) => one === (numbers[0] ?? 0) + k);
      }
      case 'mask':
      case 'sample':
      case 'sampleOf':
      case 'assembly':
      case 'synapses':
        return false;
      default:
        return selection satisfies never;
    }
  }
}

/** The cells of a slice or a list. */
function cellsOf(rule: SelectionRule, size: number, data: ValidModel['data']): readonly number[] | undefined {
  const selection = taggedSelection(rule);
  if (selection.kind === 'indices') return numbersOf(selection.indices, data);
  if (selection.kind !== 'slice') return undefined;
  const [start, stop, step] = selection.slice ?? [0, size, 1];
  return Array.from({ length: Math.max(0, Math.ceil((stop - start) / step)) }, (_, k) => start + k * step);
}

/** Delays of the ways that a type has. */
const delaysOf = (type: SynapseType, { delays }: Projection): Projection['delays'] =>
  Object.fromEntries(Object.entries(delays).filter(([key]) => Object.hasOwn(type.pathways, key)));

/** Whether a delay is a value that an expression gives. */
const isComputed = (delay: Value, { values }: Projection): boolean =>
  typeof delay === 'string' && typeof values[delay] === 'string';

/** For each cell so many of the others, by Brian's samples; with repetition by drawn indices. */
function sampled(outer: 'pre' | 'post', n: number, replace: boolean, self: boolean): ConnectionRule | undefined {
  const [size, own] = outer === 'post' ? ['N_pre', 'j'] : ['N_post', 'i'];
  const rule = { rule: 'generator', outer, variable: 'k', condition: null, copies: 1, skipInvalid: false } as const;
  if (replace)
    return self
      ? { ...rule, index: `int(uniform()*${size})`, range: { from: '0', to: String(n), step: '1' } }
      : undefined;
  // Numbers from the cell's own on are moved up by one, to leave the cell out.
  const index = self ? 'k' : `k + int(k >= ${own})`;
  const range = { from: '0', to: self ? size : `${size} - 1`, step: '1', sample: { size: String(n) } };
  return { ...rule, index, range };
}

/** A draw as an expression: of the same distribution, or of one that is near. */
function drawText(
  { distribution, arguments: given, exponent10 = 0, then, pairs }: DrawnValues,
  unit: string,
): { readonly text: string; readonly exact: boolean } | undefined {
  if (then !== undefined || pairs === true) return undefined;
  const known = distributions[distribution];
  const scale = unit === '1' && exponent10 === 0 ? '1' : `1e${exponent10}*${unitText(unit)}`;
  const text = known?.expression?.(given, scale);
  if (text === undefined) return undefined;
  const tidy = printExpression(parseExpression(text));
  switch (distribution) {
    case 'uniform': {
      const [low = 0, high = 0] = given;
      const width = Number((high - low).toPrecision(12));
      const at = (value: number): string => (scale === '1' ? String(value) : `${value}*(${scale})`);
      return { text: `${low === 0 ? '' : `${at(low)} + `}${at(width)}*uniform()`, exact: true };
    }
    case 'normal':
    case 'exponential':
    case 'lognormal':
    case 'uniform_int':
    case 'normal_clipped_to_boundary':
    case 'poisson':
      return { text: tidy, exact: true };
    case 'normal_clipped':
      return {
        text: tidy.replace(/^truncatedNormal\((.*), (.*), (.*), (.*)\)$/, 'clip(normal($1, $2), $3, $4)'),
        exact: false,
      };
    default:
      return undefined;
  }
}

const unitText = (unit: string): string => (/^\w+$/.test(unit) ? unit : `(${unit})`);

/** Parameters with one value that nothing changes as constants of the type. */
function constantsOf<T extends EquationSet>(
  type: T,
  values: Readonly<Record<string, Value>>,
  isVariable: (name: string) => boolean,
): { readonly type: T; readonly values: Record<string, Value> } {
  const parameters: Record<string, EquationSet['parameters'][string]> = {};
  const left: Record<string, Value> = { ...values };
  for (const [key, parameter] of Object.entries(type.parameters)) {
    const value = values[key] ?? parameter.value;
    if (typeof value !== 'number' || isVariable(key)) {
      parameters[key] = parameter;
      continue;
    }
    parameters[key] = { ...parameter, value, shared: true };
    Reflect.deleteProperty(left, key);
  }
  const { conformsTo: _, ...rest } = type;
  return { type: decided({ ...(rest as T), parameters }), values: left };
}

/** A type without inputs that nothing gives, and without a constant current of nothing. */
function withoutIdle(
  type: NeuronType,
  given: ReadonlySet<string>,
  values: Readonly<Record<string, Value>>,
  isVariable: (name: string) => boolean,
): NeuronType {
  const idle = [
    ...Object.keys(type.inputs).filter((name) => !given.has(name)),
    ...Object.entries(type.parameters).flatMap(([name, { unit, value }]) =>
      unit === 'A' && (values[name] ?? value) === 0 && !isVariable(name) ? [name] : [],
    ),
  ];
  if (idle.length === 0) return type;
  const nothing = new Map(idle.map((name) => [name, integer(0)] as const));
  const put = (text: string): string => {
    const e = parseExpression(text);
    return [...namesIn(e)].some((name) => nothing.has(name))
      ? printExpression(withoutZeros(substitute(e, nothing)))
      : text;
  };
  // A derived variable of nothing but zeros is zero too.
  for (let before = -1; before !== nothing.size;) {
    before = nothing.size;
    for (const [name, { value }] of Object.entries(type.derived))
      if (!nothing.has(name) && !isVariable(name) && put(value) === '0') nothing.set(name, integer(0));
  }
  const without = <T>(map: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(map).filter(([key]) => !nothing.has(key)));
  const { sequence: _, ...rest } = type;
  return {
    ...rest,
    inputs: without(type.inputs),
    parameters: without(type.parameters),
    derived: Object.fromEntries(
      Object.entries(without(type.derived)).map(([key, one]) => [
        key,
        { ...one, value: inUnit(put(one.value), one.unit) },
      ]),
    ),
    derivatives: Object.fromEntries(
      Object.entries(type.derivatives).map(([key, one]) => [
        key,
        { ...one, rate: inUnit(put(one.rate), type.state[key]?.unit ?? '1', '/s') },
      ]),
    ),
  };
}

/** An expression that is zero, with its unit. */
const inUnit = (text: string, unit: string, per = ''): string =>
  text === '0' && (unit !== '1' || per !== '') ? (unit === '1' ? '0*Hz' : `0*${unitText(unit)}${per}`) : text;

/** An expression without terms that are zero whatever their unit. */
function withoutZeros(e: Expression): Expression {
  const zero = integer(0);
  return mapExpression(e, (part) => {
    if (part.kind === 'unary') return part.operator === '-' && isNothing(part.operand) ? zero : part;
    if (part.kind !== 'binary') return part;
    const [left, right] = [isNothing(part.left), isNothing(part.right)];
    switch (part.operator) {
      case '+':
        return left ? part.right : right ? part.left : part;
      case '-':
        if (right) return part.left;
        return left ? { kind: 'unary', operator: '-', operand: part.right, span: part.span } : part;
      case '*':
        return left || right ? zero : part;
      case '/':
        return left ? zero : part;
      default:
        return part;
    }
  });
}

/** The zero that stands for a missing part. */
const isNothing = (e: Expression): boolean => e.kind === 'number' && e.integer && isZero(e);

/** A type in which choices that its constants decide are decided, without constants that nothing reads then. */
function decided<T extends EquationSet>(type: T): T {
  const numbers = new Map(
    Object.entries(type.parameters).flatMap(([key, { shared, value }]) =>
      shared && typeof value === 'number' ? [[key, value] as const] : [],
    ),
  );
  const own = new Set([type.parameters, type.state, type.derived].flatMap((map) => Object.keys(map)));
  const truth = (e: Expression): boolean | undefined => {
    try {
      return (
        valueAt(plain(e, own), (name) => {
          const value = numbers.get(name);
          if (value === undefined) throw new RangeError(name);
          return value;
        }) !== 0
      );
    } catch (error) {
      if (error instanceof RangeError || error instanceof NoNumber) return undefined;
      throw error;
    }
  };
  const decide = (e: Expression): Expression =>
    mapExpression(e, (part) => {
      if (part.kind !== 'conditional') return part;
      const holds = truth(part.condition);
      return holds === undefined ? part : holds ? part.whenTrue : part.whenFalse;
    });
  const settled = mapTexts(
    type,
    (text) => {
      const e = parseExpression(text);
      const simpler = decide(e);
      return printExpression(simpler) === printExpression(e) ? text : printExpression(simpler);
    },
    (text) => {
      if (!text.includes(' if ')) return text;
      return parseStatements(text)
        .map((one) => printStatement(mapStatement(one, decide)))
        .join('; ');
    },
  );
  if (JSON.stringify(settled) === JSON.stringify(type)) return type;
  const read = JSON.stringify({ ...settled, parameters: {} });
  const values = Object.values(type.parameters).flatMap(({ value }) => (typeof value === 'string' ? [value] : []));
  return {
    ...settled,
    parameters: Object.fromEntries(
      Object.entries(type.parameters).filter(
        ([key, { shared }]) => !shared || [read, ...values].some((text) => new RegExp(`\\b${key}\\b`).test(text)),
      ),
    ),
  };
}

/** A type with its texts changed. */
function mapTexts<T extends EquationSet>(
  type: T,
  expression: (text: string) => string,
  statement: (text: string) => string,
): T {
  const walk = (value: unknown, key: string): unknown => {
    if (typeof value === 'string')
      return ['value', 'rate', 'when', 'for', 'while'].includes(key) ? expression(value) : value;
    if (Array.isArray(value))
      return value.map((one: unknown) => (key === 'do' && typeof one === 'string' ? statement(one) : walk(one, key)));
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, walk(one, name)]));
    return value;
  };
  return walk(type, '') as T;
}

/** Functions that Brian does not have. */
const unknownFunction = /\b(gamma|gammahazard|binomial|vonMises|truncatedNormal)\(/;

/** Whether a type draws what Brian has no function for. */
const drawsUnknown = (type: NeuronType): boolean =>
  unknownFunction.test(JSON.stringify([type.events, type.derived, type.state]));

const isAssembly = (rule: SelectionRule): boolean => isSelection(rule, 'assembly');

function touches(rule: SelectionRule, name: string): boolean {
  return populationsOf(rule).includes(name);
}
