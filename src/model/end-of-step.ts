/**
 * Models of LEMS under timing profiles that read the time at the start of a step, while LEMS code reads it at the end.
 */

import type { Diagnostics } from '../diagnostics/diagnostic.js';
import type { Positions } from '../diagnostics/positions.js';
import type { Expression } from '../lang/ast.js';
import { name, sum } from '../lang/build.js';
import { LangError } from '../lang/lang-error.js';
import { mapExpression, mapStatement, namesIn, readsAny, substitute } from '../lang/walk.js';
import type * as written from './model.js';
import { child } from './pointer.js';
import type { EquationSet, Model, NeuronType, LocalEvent, SynapseType } from './typed.js';
import { typedModel, writtenModel } from './typed-model.js';
import { mapped } from './collections.js';

/**
 * Converts a model to LEMS's time of evaluation under its timing. Under `grid`, neurons and synapses test conditions
 * and act at the end of a step. So `t + dt` replaces `t`, also in derived variables that read it. Types that do not
 * read the time stay as they are written. Reports derived variables that become too large when they are substituted
 * into each other.
 */
export function atEndOfStep(
  { model, data }: written.ValidModel,
  positions: Positions,
  diagnostics: Diagnostics,
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
  const neurons = laterTypes(typed.neurons, neuronAtEnd, '/neurons', attempt);
  const synapses = laterTypes(typed.synapses, synapseAtEnd, '/synapses', attempt);
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

/** Returns a model as it was before `atEndOfStep`, with `t` in place of `t + dt`. */
export function atBeginOfStep(model: Model): Model {
  const isLater = (e: Expression): boolean =>
    e.kind === 'binary' &&
    e.operator === '+' &&
    e.left.kind === 'name' &&
    e.left.name === 't' &&
    e.right.kind === 'name' &&
    e.right.name === 'dt';
  const earlier: Later = (e) => mapExpression(e, (part) => (isLater(part) ? name('t') : part));
  const earlierRates = (all: NeuronType['derivatives']): NeuronType['derivatives'] =>
    mapped(all, (derivative) => ({ ...derivative, rate: earlier(derivative.rate) }));
  const neurons = mapped(model.neurons, (type) => {
    if (type.cable) return type;
    const { derivatives, regimes, ...rest } = neuronAtEnd(type, earlier);
    return {
      ...rest,
      derivatives: earlierRates(derivatives),
      regimes: mapped(regimes, (regime) => ({ ...regime, derivatives: earlierRates(regime.derivatives) })),
    };
  });
  const synapses = mapped(model.synapses, (type) => synapseAtEnd(type, earlier));
  return { ...model, neurons, synapses };
}

/** Changes the part at a pointer; null after a finding. */
type Attempt = <T>(pointer: string, change: () => T) => T | null;

/** Rewrites an expression. */
type Later = (e: Expression) => Expression;

/** Returns the types that the rewriting changes. */
function laterTypes<T extends EquationSet>(
  types: Readonly<Record<string, T>>,
  atEnd: (type: T, later: Later) => T,
  pointer: string,
  attempt: Attempt,
): Record<string, T> {
  const changed: Record<string, T> = {};
  for (const [id, type] of Object.entries(types)) {
    let moved = false;
    const result = attempt(child(pointer, id), () => {
      const timesIn = timesAtEnd(type, sum(name('t'), name('dt')));
      return atEnd(type, (e) => {
        const times = timesIn(e);
        moved ||= readsAny(e, times);
        return substitute(e, times);
      });
    });
    if (moved && result) changed[id] = result;
  }
  return changed;
}

const neuronAtEnd = (type: NeuronType, later: Later): NeuronType => {
  const act = actionAtEnd(later);
  return {
    ...type,
    events: mapped(type.events, act),
    regimes: mapped(type.regimes, (regime) => ({
      ...regime,
      onEntry: regime.onEntry.map((statement) => mapStatement(statement, later)),
      transitions: regime.transitions.map(act),
    })),
  };
};

const synapseAtEnd = (type: SynapseType, later: Later): SynapseType => ({
  ...type,
  ...(type.events && { events: mapped(type.events, actionAtEnd(later)) }),
});

/** Rewrites a condition and its actions to the end of a step. */
const actionAtEnd =
  (later: Later) =>
  <T extends Pick<LocalEvent, 'when' | 'do'>>(action: T): T => ({
    ...action,
    when: later(action.when),
    do: action.do.map((statement) => mapStatement(statement, later)),
  });

/**
 * Returns the replacements at the end of a step for the time and for derived variables that depend on it. Only derived
 * variables that an expression reads are substituted, because others may become too large.
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
