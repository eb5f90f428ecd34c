/** Models of LEMS, whose code reads the time at the end of a step, under timing profiles that read that of its start. */

import type { Diagnostics } from '../diagnostics/diagnostic.js';
import type { Positions } from '../diagnostics/positions.js';
import type { Expression } from '../lang/ast.js';
import { name, sum } from '../lang/build.js';
import { LangError } from '../lang/lang-error.js';
import { mapExpression, mapStatement, namesIn, readsAny, substitute } from '../lang/walk.js';
import type * as written from './model.js';
import { child } from './pointer.js';
import type { EquationSet, NeuronType, LocalEvent, SynapseType } from './typed.js';
import { typedModel, writtenModel } from './typed-model.js';
import { mapped } from './collections.js';

/**
 * A model as LEMS has it under its timing. Under `grid` neurons and synapses test conditions, and act, at the end of a
 * step: `t + dt` stands in place of `t`, also where it is read through derived variables. Types in which nothing reads
 * the time stay as they are written.
 * Derived variables that become too large when they are put into each other are findings.
 *
 * @param choices  `rates`: rates of change of neurons read the time there, too, as in the Euler steps of LEMS;
 *   `contributions`: so do rates of synapses and what they contribute; `except`: types of
 *   neurons that did not come from LEMS; `sums`: variables that have the time, by their types of neurons, which are
 *   advanced in a step
 */
export function atEndOfStep(
  { model, data }: written.ValidModel,
  positions: Positions,
  diagnostics: Diagnostics,
  {
    rates = false,
    contributions = false,
    except = new Set(),
    sums = new Map(),
  }: {
    readonly rates?: boolean;
    readonly contributions?: boolean;
    readonly except?: ReadonlySet<string>;
    readonly sums?: ReadonlyMap<string, string>;
  } = {},
): written.ValidModel {
  if (model.timing !== 'grid') return { model, data };
  const typed = typedModel(model);
  const attempt: Attempt = (pointer, change) => {
    try {
      return change();
    } catch (error) {
      if (!(error instanceof LangError)) throw error;
      diagnostics.add(error.finding, positions.place(pointer));
      return null;
    }
  };
  const own = Object.fromEntries(Object.entries(typed.neurons).filter(([id]) => !except.has(id)));
  const neurons = laterTypes(own, neuronAtEnd(rates), sums, '/neurons', attempt);
  const synapses = laterTypes(typed.synapses, synapseAtEnd(contributions), new Map(), '/synapses', attempt);
  if (Object.keys(neurons).length + Object.keys(synapses).length === 0) return { model, data };
  const later = writtenModel({ ...typed, neurons, synapses });
  return {
    model: {
      ...model,
      neurons: { ...model.neurons, ...later.neurons },
      synapses: { ...model.synapses, ...later.synapses },
    },
    data,
  };
}

/** A model as it was before `atEndOfStep`, with `t` in place of `t + dt`. */
export function atBeginOfStep(model: written.Model): written.Model {
  const typed = typedModel(model);
  const isLater = (e: Expression): boolean =>
    e.kind === 'binary' &&
    e.operator === '+' &&
    e.left.kind === 'name' &&
    e.left.name === 't' &&
    e.right.kind === 'name' &&
    e.right.name === 'dt';
  const earlier: Later = (e) => mapExpression(e, (part) => (isLater(part) ? name('t') : part));
  const neurons = mapped(typed.neurons, (type) => (type.cable ? type : neuronAtEnd(true)(type, earlier)));
  const synapses = mapped(typed.synapses, (type) => synapseAtEnd(false)(type, earlier));
  return writtenModel({ ...typed, neurons, synapses });
}

/** A change of what is at a pointer; null after a finding. */
type Attempt = <T>(pointer: string, change: () => T) => T | null;

/** What an expression becomes. */
type Later = (e: Expression) => Expression;

/** Of some types, those in which something changes. */
function laterTypes<T extends EquationSet>(
  types: Readonly<Record<string, T>>,
  atEnd: (type: T, later: Later, advancing: Later) => T,
  sums: ReadonlyMap<string, string>,
  pointer: string,
  attempt: Attempt,
): Record<string, T> {
  const changed: Record<string, T> = {};
  for (const [id, type] of Object.entries(types)) {
    let moved = false;
    const result = attempt(child(pointer, id), () => {
      const later = (time: Expression): Later => {
        const timesIn = timesAtEnd(type, time);
        return (e) => {
          const times = timesIn(e);
          moved ||= readsAny(e, times);
          return substitute(e, times);
        };
      };
      const sumOf = sums.get(id);
      const advancing = later(sum(name(sumOf ?? 't'), name('dt')));
      return atEnd(type, sumOf === undefined ? advancing : later(name(sumOf)), advancing);
    });
    if (moved && result) changed[id] = result;
  }
  return changed;
}

const neuronAtEnd =
  (rates: boolean) =>
  (type: NeuronType, later: Later, advancing = later): NeuronType => {
    const act = actionAtEnd(later);
    const advance = (all: NeuronType['derivatives']): NeuronType['derivatives'] =>
      rates ? mapped(all, (one) => ({ ...one, rate: advancing(one.rate) })) : all;
    return {
      ...type,
      derivatives: advance(type.derivatives),
      events: mapped(type.events, act),
      regimes: mapped(type.regimes, (regime) => ({
        ...regime,
        derivatives: advance(regime.derivatives),
        onEntry: regime.onEntry.map((statement) => mapStatement(statement, later)),
        transitions: regime.transitions.map(act),
      })),
    };
  };

const synapseAtEnd =
  (contributions: boolean) =>
  (type: SynapseType, later: Later): SynapseType => ({
    ...type,
    ...(contributions && {
      derivatives: mapped(type.derivatives, (one) => ({ ...one, rate: later(one.rate) })),
      contributes: type.contributes.map((one) => ({ ...one, value: later(one.value) })),
    }),
    ...(type.events && { events: mapped(type.events, actionAtEnd(later)) }),
  });

/** A condition and what it does, at the end of a step. */
const actionAtEnd =
  (later: Later) =>
  <T extends Pick<LocalEvent, 'when' | 'do'>>(action: T): T => ({
    ...action,
    when: later(action.when),
    do: action.do.map((statement) => mapStatement(statement, later)),
  });

/**
 * What stands at the end of a step for the time, and for the derived variables that an expression reads and that read
 * it: others may become too large when they are put into each other.
 */
function timesAtEnd({ derived }: EquationSet, time: Expression): (e: Expression) => ReadonlyMap<string, Expression> {
  const times = new Map<string, Expression>([['t', time]]);
  const seen = new Set<string>();
  const look = (id: string): void => {
    const variable = derived[id];
    if (variable === undefined || variable.held || seen.has(id)) return;
    seen.add(id);
    for (const read of namesIn(variable.value)) look(read);
    if (readsAny(variable.value, times)) times.set(id, substitute(variable.value, times));
  };
  return (e) => {
    for (const read of namesIn(e)) look(read);
    return times;
  };
}
