/** Models of neurons in NESTML as canonical types. */

import type { Expression } from '../../src/lang/ast.js';
import { name as nameOf, number, product, quantity, quotient, sum } from '../../src/lang/build.js';
import { linearForm } from '../../src/lang/linear.js';
import { readsAny, substitute } from '../../src/lang/walk.js';
import { siOf } from '../../src/library/simulators/nest-units.js';
import { UniqueNames } from '../../src/model/free-name.js';
import { located, type Located, locatedExpression, locatedStatement } from '../shared/located.js';
import { checkModel } from './checks.js';
import { Draft, type State } from './draft.js';
import { checkIntegration, declarePort, readEquations } from './equations.js';
import { readConditions, readReceivers } from './events.js';
import { receptorsOf, type NestmlModel } from './syntax.js';
import type { Report } from './text.js';
import { readUpdate } from './update.js';
import { zeroOf } from './values.js';
import { withoutVectors } from './vectors.js';

/** A cell as a canonical type. */
export interface NeuronOfNestml {
  readonly type: Readonly<Record<string, unknown>>;
  /** Variables that synapses add weights to, by the names of receptors. */
  readonly receptors: Readonly<Record<string, string>>;
  /** Variables that a recording of everything has. */
  readonly states: readonly string[];
}

/** Returns parameters, variables of events and equations, and derived variables, as a canonical type has them. */
export function variablesOf(draft: Draft): Readonly<Record<string, unknown>> {
  const entry = (
    { type: { kind, unit }, span }: Pick<State, 'type' | 'span'>,
    member: string,
    e: Expression,
  ): Located =>
    located({ unit, ...(kind === 'real' ? {} : { type: kind }), [member]: locatedExpression(e, '') }, '', span);
  // Parameters are independent of each other once a model exists.
  const parameters = [...draft.parameters].map(
    ([name, one]) => [name, { ...one, initial: draft.atStart(one.initial, one.span, new Map()) }] as const,
  );
  const states = [...draft.states].map(
    ([name, one]) => [name, { ...one, initial: draft.atStart(one.initial, one.span, draft.parameters) }] as const,
  );
  return {
    parameters: Object.fromEntries(parameters.map(([name, one]) => [name, entry(one, 'value', one.initial)])),
    state: Object.fromEntries(states.map(([name, one]) => [name, entry(one, 'initial', one.initial)])),
    derived: Object.fromEntries([...draft.derived].map(([name, one]) => [name, entry(one, 'value', one.value)])),
  };
}

/** Returns the finished type. */
function typeOf(draft: Draft): NeuronOfNestml {
  const placed = (e: Expression): Located => locatedExpression(e, '');
  for (const [name] of draft.rates)
    if (draft.integrated([]).includes(name) && !draft.active.has(name)) draft.rates.delete(name);
  const eventNames = new UniqueNames();
  const events = draft.events.map(([name, { when, do: statements, ...rest }]) => {
    const own = eventNames.take(name);
    const { emits, ...others } = rest as { emits?: string | null };
    const isOwnName = emits === own;
    return [
      own,
      {
        when: placed(when),
        do: statements.map((one) => locatedStatement(one, '')),
        ...others,
        ...(emits === undefined || isOwnName ? {} : { emits }),
      },
    ] as const;
  });
  const inputs = draft.model.ports.filter(({ kind }) => kind === 'continuous');
  const type = {
    ...variablesOf(draft),
    inputs: Object.fromEntries(
      inputs.map(({ name, span }) => [
        draft.ownName(name),
        located({ unit: draft.types.get(draft.ownName(name))?.unit ?? '1', reduce: 'sum' }, '', span),
      ]),
    ),
    ...(isLinear(draft) ? {} : { method: 'adaptive' }),
    derivatives: Object.fromEntries([...draft.rates].map(([name, rate]) => [name, placed(rate)])),
    events: Object.fromEntries(events),
  };
  const receptors = Object.entries(receptorsOf(draft.model)).map(
    ([name, port]) => [name, draft.ownName(port)] as const,
  );
  const recorded = draft.model.state.flatMap(({ name }) => draft.ownName(name) || []);
  return { type, receptors: Object.fromEntries(receptors), states: recorded };
}

/** Checks whether NEST solves the equations exactly, so that they need no steps of their own. */
function isLinear(draft: Draft): boolean {
  const states = new Set(draft.rates.keys());
  const known = new Map([...draft.derived].map(([name, { value }]) => [name, value]));
  const whole = (e: Expression, depth = 0): Expression =>
    depth < 50 && readsAny(e, known) ? whole(draft.translator.modest(substitute(e, known)), depth + 1) : e;
  return [...draft.rates.values()].every((rate) => {
    const form = linearForm(whole(rate), states);
    return form !== null && [...form.coefficients.values()].every((one) => !readsAny(one, states));
  });
}

/** Lets a port count weights in a unit of NEST. */
function countWeights(draft: Draft, port: string, kind: string): void {
  const own = draft.ownName(port);
  const state = draft.states.get(own);
  if (state?.type.unit !== '1') return;
  const type = draft.translator.type({ text: kind === 'conductance' ? 'nS' : 'pA', span: state.span });
  const isNegative = kind === 'current' && draft.port(port)?.qualifiers.includes('inhibitory') === true;
  const one = quantity(siOf(type.dimension) * (isNegative ? -1 : 1), type.dimension);
  const counted = new Map([[own, quotient(nameOf(own), one)]]);
  for (const [name, rate] of draft.rates) {
    const form = name === own ? linearForm(rate, [own]) : null;
    const decay = form && product(form.coefficients.get(own) ?? number(0), nameOf(own));
    draft.rates.set(name, form && decay ? sum(decay, product(form.constant, one)) : substitute(rate, counted));
  }
  for (const [name, other] of draft.derived)
    draft.derived.set(name, { ...other, value: substitute(other.value, counted) });
  for (const [, event] of draft.events)
    Object.assign(event, {
      when: substitute(event.when, counted),
      do: event.do.map((each) =>
        each.kind !== 'assignment'
          ? each
          : { ...each, value: each.target === own ? quantity(0, type.dimension) : substitute(each.value, counted) },
      ),
    });
  draft.states.set(own, { ...state, type, initial: zeroOf(type).e });
}

/** Receptors by name, as types of PyNN have them: the port, and the kind of weights. */
export type Receptors = Readonly<Record<string, { readonly variable: string; readonly kind: string }>>;

/**
 * Returns the type of a model.
 *
 * @param receptors  their ports count weights in pA or nS, those of inhibitory currents negative, as PyNN has them;
 *   other ports count numbers
 * @throws Unreadable after a finding
 */
export function neuronOf(model: NestmlModel, report: Report, receptors: Receptors = {}): NeuronOfNestml {
  const draft = new Draft(withoutVectors(model, report), report);
  for (const port of draft.model.ports) declarePort(draft, port);
  readEquations(draft);
  checkModel(draft.model, draft.translator.report);
  readUpdate(draft);
  readReceivers(draft);
  readConditions(draft);
  for (const { variable, kind } of Object.values(receptors)) countWeights(draft, variable, kind);
  checkIntegration(draft);
  return typeOf(draft);
}
