/** Changes by a protocol between its runs, as parts of one run, since LEMS has only one run. */

import type { Expression } from '../../../src/lang/ast.js';
import { assignment, integer, number, quantity } from '../../../src/lang/build.js';
import { second } from '../../../src/lang/dimension.js';
import { substitute } from '../../../src/lang/walk.js';
import { assignedBy, type Assigned } from '../../../src/model/assigned.js';
import { freeName } from '../../../src/model/free-name.js';
import {
  formulaOf,
  type Model,
  type NeuronType,
  type Operation,
  type Phase,
  type Population,
  type Projection,
  type SelectionRule,
  type Value,
} from '../../../src/model/typed.js';
import { child } from '../../../src/model/pointer.js';
import { populationOf } from '../../../src/model/selected.js';
import { isIdle, isPhase, isSelection, timeAfter } from '../../../src/model/tagged.js';
import type { ConversionReport } from '../../../src/model/conversion-report.js';
import type { Change, ExportContext } from './context.js';

type Changing = Pick<ExportContext, 'model' | 'report' | 'changes'>;

/**
 * Returns a model with a protocol of only one run: phases become operations that take place once, at the times in
 * `changes`. Reports changes that LEMS does not have.
 */
export function asOneRun(context: Changing): Model {
  const phases = new Phases(context);
  const { protocol } = context.model.experiment;
  const lastRun = protocol.findLastIndex((phase) => isPhase(phase, 'run') || isPhase(phase, 'runUntil'));
  const isLast = (phase: Phase, k: number): boolean => isPhase(phase, 'reset') && k > lastRun;
  protocol.every(
    (phase, k) => isIdle(phase, protocol) || isLast(phase, k) || phases.take(phase, child('/experiment/protocol', k)),
  );
  return phases.result();
}

class Phases {
  #now = 0;
  readonly #runs: Phase[] = [];
  readonly #changes: Map<string, Change>;
  readonly #operations: Record<string, Operation>;
  readonly #populations: Record<string, Population>;
  readonly #neurons: Record<string, NeuronType>;
  readonly #projections: Record<string, Projection>;

  private readonly model: Model;
  private readonly report: ConversionReport;

  constructor({ model, report, changes }: Changing) {
    this.model = model;
    this.report = report;
    this.#changes = changes;
    this.#operations = { ...model.operations };
    this.#populations = { ...model.populations };
    this.#neurons = { ...model.neurons };
    this.#projections = { ...model.projections };
  }

  result(): Model {
    const { model } = this;
    return {
      ...model,
      operations: this.#operations,
      populations: this.#populations,
      neurons: this.#neurons,
      projections: this.#projections,
      experiment: { ...model.experiment, protocol: this.#runs },
    };
  }

  /** Applies a phase. Returns whether the phases after it can be expressed. */
  take(phase: Phase, pointer: string): boolean {
    const { report } = this;
    switch (phase.kind) {
      case 'run':
      case 'runUntil':
        this.#runs.push(phase);
        this.#now = Number(timeAfter(this.#now, phase).toPrecision(14));
        return true;
      case 'set':
      case 'initialise': {
        const values = phase.kind === 'set' ? phase.set : phase.initialise;
        const where = phase.kind === 'set' ? phase.where : undefined;
        const isOne = !phase.of || isSelection(phase.of, 'synapses') || populationOf(phase.of) !== undefined;
        if (!isOne || (phase.kind === 'set' && phase.of && phase.numbered === 'selection'))
          report.missing(pointer, 'values that are set during the run by the number within a selection');
        else for (const [key, value] of Object.entries(values)) this.#set(key, value, phase.of, where, pointer);
        return true;
      }
      case 'currents':
      case 'attach':
      case 'detach':
      case 'replay':
        report.missing(pointer, 'currents and given spikes that change between runs');
        return true;
      case 'record':
        report.convention('lems/recording', pointer, `${phase.record} is recorded from the beginning to the end`);
        return true;
      case 'delays':
        report.missing(pointer, 'delays that change during the run: in LEMS they are constants of connections');
        return true;
      case 'reset':
      case 'store':
      case 'restore':
        report.missing(pointer, `everything from a ${phase.kind} on: LEMS simulates once, from time 0`);
        return false;
      default:
        return phase satisfies never;
    }
  }

  #set(key: string, value: Value, of: SelectionRule | undefined, where: Expression | undefined, pointer: string): void {
    const assigned = assignedBy(key);
    const { owner, slice, indices, variable } = assigned;
    const projection = of && isSelection(of, 'synapses') ? of.projection : owner;
    const known = this.#projections[projection];
    if (!known) return this.#setCells((of && populationOf(of)) ?? owner, assigned, value, of, where, pointer);
    if (this.#now > 0 || of || slice || indices || where !== undefined)
      return this.report.missing(pointer, `${variable} of ${projection}: synapses that change during the run`);
    this.#projections[projection] = { ...known, values: { ...known.values, [variable]: value } };
  }

  #setCells(
    name: string,
    { slice, indices, variable }: Assigned,
    value: Value,
    of: SelectionRule | undefined,
    where: Expression | undefined,
    pointer: string,
  ): void {
    const known = this.#populations[name];
    const type = this.#neurons[known?.type ?? ''];
    if (!known || !type)
      return this.report.missing(pointer, `${variable} of ${name}: only variables of cells and synapses can be set`);
    const on: SelectionRule =
      of ??
      (indices
        ? { kind: 'indices', population: name, indices }
        : { kind: 'slice', population: name, ...(slice ? { slice } : {}) });
    const whole = of === undefined && !slice && !indices;
    if (this.#now === 0 && whole && where === undefined) {
      this.#populations[name] = { ...known, values: { ...known.values, [variable]: value } };
      return;
    }
    const e = typeof value === 'number' ? number(value) : formulaOf(value);
    if (e === undefined)
      return this.report.missing(pointer, `${variable} of ${name}: values of each cell that are set during the run`);
    this.#change(on, variable, e, where);
  }

  get #time(): string {
    return `${Number((this.#now * 1e3).toPrecision(12))}_ms`.replace(/\W/g, '_');
  }

  /** Sets a variable now. */
  #change(on: SelectionRule, variable: string, value: Expression, where: Expression | undefined): void {
    const name = freeName(`at_${this.#time}`, (one) => Object.hasOwn(this.#operations, one));
    this.#operations[name] = {
      on,
      do: [assignment(variable, '=', this.#asOfNow(value))],
      order: Object.keys(this.#operations).length,
    };
    this.#changes.set(name, { at: this.#now, ...(where === undefined ? {} : { where: this.#asOfNow(where) }) });
  }

  /** Returns an expression with the time that it is now: LEMS sets values at the end of the step before. */
  #asOfNow(e: Expression): Expression {
    const times = new Map<string, Expression>([
      ['t', quantity(this.#now, second)],
      ['t_in_timesteps', integer(Math.round(this.#now / this.model.experiment.dt))],
    ]);
    return substitute(e, times);
  }
}
