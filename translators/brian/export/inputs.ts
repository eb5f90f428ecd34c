/**
 * Inputs of neurons, which stimuli and the continuous part of synapses add up to. Brian has no such thing. The input
 * becomes a subexpression: a sum of the values of stimuli and of one summed variable for each projection.
 */

import type { Expression } from '../../../src/lang/ast.js';
import { binary, call, integer, name as nameOf, number } from '../../../src/lang/build.js';
import { spelling } from '../../../src/lang/reference.js';
import { drawsIn } from '../../../src/lang/functions.js';
import { printExpression } from '../../../src/lang/print.js';
import { mapExpression, namesIn } from '../../../src/lang/walk.js';
import { partsAt } from '../../../src/model/parts-at.js';
import { populationOf } from '../../../src/model/selected.js';
import { isPhase, isSelection, recordedVariables } from '../../../src/model/tagged.js';
import { knownNumbers } from '../../../src/model/arrays.js';
import type { SelectionRule, Stimulus } from '../../../src/model/typed.js';
import { brianExpression, counting, inBrian } from './brian-text.js';
import { contributedTo } from './constants.js';
import { dimensionOf } from './equations-text.js';
import { brianName } from './naming.js';
import { groupAttributes, remarksAt, type ExportContext, type GroupPlan, type SynapsesPlan } from './plan.js';
import { declaredUnit, quantityText } from '../../../src/lang/readable-quantity.js';
import { groupSlice, isCell, rangeTest } from './selection-text.js';

/** Equations and initial values that a group gets for its inputs. */
interface InputParts {
  readonly lines: readonly string[];
  readonly initial: Readonly<Record<string, number>>;
  /** Items of `run_regularly`, which hold noise between its draws. */
  readonly regular: readonly Readonly<Record<string, unknown>>[];
}

/** Returns the parts of a group that represent its inputs. */
export function inputParts(
  plan: GroupPlan,
  synapses: ReadonlyMap<string, SynapsesPlan>,
  context: ExportContext,
): InputParts {
  const groups = new Map([[plan.id, plan]]);
  const lines: string[] = [];
  const initial: Record<string, number> = {};
  const regular: Readonly<Record<string, unknown>>[] = [];
  for (const [key, input] of Object.entries(plan.type?.inputs ?? {})) {
    const unit = declaredUnit(dimensionOf(input.unit));
    if (input.reduce === 'product') {
      context.report.missing(
        `/neurons/${plan.population.type ?? ''}`,
        `${key} is a product of its inputs`,
        'brian/input',
      );
    }
    const terms: string[] = [];
    const currents = currentsOf(plan, key, context);
    // Terms that follow the time are taken at the beginning of the step. Sums over synapses are known only after such
    // values.
    let held = false;
    for (const [id, stimulus] of currents) {
      const { term, line, drawn, isHeld } = stimulusTerm(
        id,
        stimulus,
        plan,
        unit,
        groups,
        context,
        currents.length > 1,
      );
      if (term === undefined) continue;
      if (drawn !== undefined) regular.push(drawn);
      if (line !== undefined) lines.push(line);
      terms.push(term);
      held ||= isHeld === true;
      if (!isSwitched(id, stimulus, context)) continue;
      lines.push(`${switchName(id, plan)} : 1 (constant, shared)`);
      if (stimulus.attached) initial[switchName(id, plan)] = 1;
    }
    const parts = contributors(key, plan, synapses);
    const whole = plan.names.get(key) ?? key;
    const isCurrent = unit.startsWith('amp') && Object.keys(plan.type?.inputs ?? {}).length === 1;
    const apart =
      held && parts.length > 0
        ? brianName(isCurrent ? 'I_ext' : `${whole}_ext`, 'neuron', new Set(plan.names.values()))
        : whole;
    const sum = (texts: readonly string[], name: string, flag: string): string =>
      `${name} = ${texts.join(' + ') || `0*${unit}`} : ${unit}${flag}`;
    if (apart !== whole) lines.push(sum(terms, apart, ' (constant over dt)'));
    lines.push(
      apart === whole
        ? sum([...terms, ...parts], whole, held ? ' (constant over dt)' : '')
        : sum([apart, ...parts], whole, ''),
      ...parts.map((part) => `${part} : ${unit}`),
    );
  }
  return { lines, initial, regular };
}

type Current = Extract<Stimulus, { readonly kind: 'current' }>;

/** Returns the currents that act on an input of a group. */
function currentsOf(plan: GroupPlan, input: string, context: ExportContext): readonly (readonly [string, Current])[] {
  return partsAt(context.model, plan.id).stimuli.flatMap(([id, stimulus]) =>
    stimulus.kind === 'current' && stimulus.input === input && populationOf(stimulus.to) === plan.id
      ? [[id, stimulus] as const]
      : [],
  );
}

/** The value of a stimulus at its place and time, and the line that draws its noise. */
interface StimulusText {
  readonly term?: string;
  /**
   * Brian allows one draw in an expression, and cells that share a current share the draw. A recorded current has a
   * name, and so has each of several currents with long expressions.
   */
  readonly line?: string;
  /**
   * Whether it is to be taken once a step. Terms that follow the time are, and so are currents into some cells only,
   * since SymPy does not solve equations with conditions. Terms that follow the cells' state cannot be.
   */
  readonly isHeld?: boolean;
  /** The operation that draws it from time to time, if it is held in between. */
  readonly drawn?: Readonly<Record<string, unknown>>;
}

function stimulusTerm(
  id: string,
  stimulus: Current,
  plan: GroupPlan,
  unit: string,
  groups: ReadonlyMap<string, GroupPlan>,
  context: ExportContext,
  isOneOfSeveral: boolean,
): StimulusText {
  const pointer = `/stimuli/${id}`;
  const listed = listedCells(stimulus.to, context);
  const slice = listed === undefined ? groupSlice(stimulus.to, groups, pointer, context) : undefined;
  if (slice === undefined && listed === undefined) return {};
  const { every = 0, from = 0, shared = false } = stimulus;
  const own = withPlainNumbers(inBrian(stimulus.value, plan.view, remarksAt(context.report, pointer)));
  const text = printExpression(own);
  const draws = drawsIn(stimulus.value);
  const { dt } = context.model.experiment;
  const isSeldom = draws && every > dt * 1.5;
  const steps = every / dt;
  // Brian's clocks tick at whole multiples of their step.
  const isTick = Math.abs(steps - Math.round(steps)) < 1e-6 * steps && Math.round(from / dt) % Math.round(steps) === 0;
  if (isSeldom && !isTick)
    context.report.different(
      'brian/held-noise',
      pointer,
      `it draws a number every ${Number((every * 1e3).toPrecision(9))} ms, which holds until the next; ` +
        'in Brian it draws one in each step',
    );
  const isRecorded = recordedCurrents(context.model).has(id);
  const isLong = isOneOfSeveral && text.length > longestTerm;
  const value = draws || isRecorded || isLong ? currentName(id, plan) : text;
  const isKept = isSeldom && isTick;
  const isHeld = draws || namesIn(own).has('t');
  const flags = [...(draws && shared ? ['shared'] : []), ...(isHeld ? ['constant over dt'] : [])];
  // Expressions that are constant over a step are computed before the step begins, and so are their inputs.
  const parts = isKept
    ? {
        line: `${value} : ${unit}${shared ? ' (shared)' : ''}`,
        drawn: {
          code: `${value} = ${text}`,
          dt: quantityText(every, dimensionOf('s'), context.arithmetic),
          ...{ when: 'before_start', order: -1 },
        },
      }
    : {};
  const line =
    value === text ? {} : { line: `${value} = ${text} : ${unit}${flags.length === 0 ? '' : ` (${flags.join(', ')})`}` };
  const where =
    listed !== undefined
      ? [call('int', [listed.map((cell) => isCell('==', cell)).reduce((all, one) => binary('or', all, one))])]
      : slice?.range === undefined
        ? []
        : [call('int', [rangeTest(slice.range, plan.population.size)])];
  const on = isSwitched(id, stimulus, context) ? [nameOf(switchName(id, plan))] : [];
  const whole = [...on, ...where].reduceRight(
    (rest, expression) => counting(expression, rest),
    value === text ? own : nameOf(value),
  );
  const term = printExpression(whole);
  const { state = {}, derived = {} } = plan.type ?? {};
  const followsState = [...namesIn(stimulus.value)].some(
    (name) => Object.hasOwn(state, name) || Object.hasOwn(derived, name),
  );
  return { term, isHeld: namesIn(whole).has('t') || (where.length > 0 && !followsState), ...line, ...parts };
}

/** Longer values of several currents have lines of their own. */
const longestTerm = 30;

/** Simplifies an expression: removes zero terms, and writes angular frequencies as multiples of pi. */
function withPlainNumbers(e: Expression): Expression {
  const isZero = (e: Expression): boolean =>
    e.kind === 'number'
      ? e.value === 0
      : e.kind === 'binary' && e.operator === '*' && e.right.kind === 'name' && isZero(e.left);
  return mapExpression(e, (node) => {
    if (node.kind === 'binary' && node.operator === '+')
      return isZero(node.left) ? node.right : isZero(node.right) ? node.left : node;
    if (node.kind !== 'binary' || node.operator !== '*' || node.left.kind !== 'number') return node;
    if (node.right.kind !== 'name' || !/^k?Hz$/.test(node.right.name)) return node;
    const rate = node.left.value * (node.right.name === 'kHz' ? 1e3 : 1);
    const frequency = Number((rate / (2 * Math.PI)).toPrecision(6));
    const isTurns = 2 * Math.PI * frequency === rate && String(rate).length > 10;
    const turns = number(frequency, undefined, Number.isInteger(frequency));
    return isTurns
      ? [nameOf('pi'), turns, nameOf('Hz')].reduce<Expression>((a, b) => binary('*', a, b), integer(2))
      : node;
  });
}

/** Returns the cells of a selection if they are few and not contiguous, else undefined. */
function listedCells(selection: SelectionRule, { data }: ExportContext): readonly number[] | undefined {
  if (!isSelection(selection, 'indices')) return undefined;
  const cells = knownNumbers(selection.indices, data) ?? [];
  const contiguous = cells.every((cell, k) => cell === (cells[0] ?? 0) + k);
  return contiguous || cells.length > mostListedCells ? undefined : cells;
}

const mostListedCells = 16;

/** Checks whether a stimulus acts only part of the time. */
export function isSwitched(id: string, stimulus: Current, context: ExportContext): boolean {
  const phases = context.model.experiment.protocol;
  return (
    !stimulus.attached ||
    phases.some(
      (phase) => (isPhase(phase, 'attach') && phase.attach === id) || (isPhase(phase, 'detach') && phase.detach === id),
    )
  );
}

/** Returns the variable that has the value of a stimulus, if it has one. */
export const currentName = (id: string, plan: GroupPlan): string =>
  brianName(id, 'neuron', new Set([...plan.names.values(), ...groupAttributes]));

/** Returns stimuli with recorded values. */
const recordedCurrents = ({ recordings, stimuli }: ExportContext['model']): ReadonlySet<string> =>
  new Set(recordings.flatMap(recordedVariables).filter((name) => Object.hasOwn(stimuli, name)));

/** Returns the parameter that switches a stimulus. */
export function switchName(id: string, plan: GroupPlan): string {
  return brianName(`${id}_on`, 'neuron', new Set(plan.names.values()));
}

/** Returns the variable of a group that sums the contributions of synapses to one of its inputs. */
function contributionName(input: string, plan: GroupPlan, synapses: string): string {
  return brianName(`${plan.names.get(input) ?? input}_${synapses}`, 'neuron', new Set(plan.names.values()));
}

/** A continuous part of synapses: the end and the variable that it adds to. */
interface Contribution {
  /** As the synapse has it, which may name a port. */
  readonly key: string;
  readonly side: 'pre' | 'post';
  readonly variable: string;
  readonly value: Expression;
}

/** Returns the continuous contributions of synapses, with ports bound to their variables. */
function contributionsOf({ type, projection }: SynapsesPlan): readonly Contribution[] {
  return type.contributes.map(({ to, value }) => ({
    key: spelling(to),
    ...contributedTo(to, projection.receptors),
    value,
  }));
}

function contributors(input: string, plan: GroupPlan, synapses: ReadonlyMap<string, SynapsesPlan>): readonly string[] {
  return [...synapses.values()].flatMap((synapse) =>
    contributionsOf(synapse)
      .filter(
        ({ side, variable }) => variable === input && (side === 'pre' ? synapse.source : synapse.target).group === plan,
      )
      .map(({ side }) => contributionName(input, plan, side === 'pre' ? `${synapse.name}_back` : synapse.name)),
  );
}

/** Returns the summed variable of a group for a continuous part of synapses. */
const summedName = ({ side, variable }: Contribution, group: GroupPlan, { name }: SynapsesPlan): string =>
  `${contributionName(variable, group, side === 'pre' ? `${name}_back` : name)}_${side}`;

/** Returns the summed variable of a contribution of a synapse, or undefined if the synapse does not contribute it. */
export function contributedName(key: string, plan: SynapsesPlan): string | undefined {
  const found = contributionsOf(plan).find((contribution) => contribution.key === key);
  if (found === undefined) return undefined;
  const { group } = found.side === 'pre' ? plan.source : plan.target;
  return group.kind === 'synapses' ? undefined : summedName(found, group, plan);
}

/** Returns the lines of summed variables for the continuous part of synapses. */
export function contributionLines(plan: SynapsesPlan, context: ExportContext): readonly string[] {
  const pointer = `/synapses/${plan.projection.synapse}`;
  return contributionsOf(plan).flatMap((contribution) => {
    const { side, variable, value } = contribution;
    const { group } = side === 'pre' ? plan.source : plan.target;
    const input = group.kind === 'synapses' ? undefined : group.type?.inputs[variable];
    if (input === undefined || group.kind === 'synapses') {
      context.report.missing(
        pointer,
        `Brian cannot add continuously to ${variable}, which is not an input`,
        'brian/contributes',
      );
      return [];
    }
    // Methods that take rates at the beginning of a step hold sums over it in any case.
    if (group.type?.method !== 'euler' && group.type?.method !== 'exact')
      context.report.different(
        'brian/contributes',
        pointer,
        `its contribution to ${variable} is summed at the beginning of each step, from the preceding values`,
      );
    return [
      `${summedName(contribution, group, plan)} = ${brianExpression(value, plan.view, remarksAt(context.report, pointer))} : ` +
        `${declaredUnit(dimensionOf(input.unit))} (summed)`,
    ];
  });
}
