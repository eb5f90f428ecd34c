/** Declarations and equations of a model. */

import { dimensionless, type Expression, type Span } from '../../src/lang/ast.js';
import { isZero, name as nameOf, number } from '../../src/lang/build.js';
import { divideDimensions, hertz, second } from '../../src/lang/dimension.js';
import { drawsIn } from '../../src/lang/functions.js';
import { linearForm, type LinearForm } from '../../src/lang/linear.js';
import { namesIn, readsAny, substitute } from '../../src/lang/walk.js';
import { readConvolutions } from './convolutions.js';
import type { Draft } from './draft.js';
import { numberOf, type Value } from './functions.js';
import { dirac } from './kernels.js';
import { bodiesOf, type Declaration, type Equation, integrates, plainName, type Port, variableOf } from './syntax.js';
import * as messages from './messages.js';
import { zeroOf } from './values.js';

/** Declares a port of the model. */
export function declarePort(draft: Draft, { name, kind, unit, span }: Port): void {
  const isTrain = kind === 'spike';
  const type =
    unit && !isTrain
      ? draft.translator.type(unit)
      : { kind: 'real' as const, dimension: isTrain ? hertz : dimensionless, unit: '1' };
  const own = draft.declare(name, type, span);
  if (!isTrain) return;
  draft.symbols.set(name, { e: nameOf(own), kind: 'real', dimension: hertz, isTrain: true });
  draft.gains.set(name, new Map());
}

/** Reads all blocks with declarations and equations. */
export function readEquations(draft: Draft): void {
  const { model } = draft;
  const kernelVariables = new Set(model.kernels.flatMap(({ equations }) => equations.map(({ name }) => name)));
  const isOwn = ({ name }: Declaration): boolean =>
    !kernelVariables.has(variableOf(name)) && name !== draft.timer?.name;
  const states = model.state.filter(isOwn);
  for (const { name, type, span } of [...model.parameters, ...model.internals, ...states, ...model.inlines])
    draft.declare(name, draft.translator.type(type), span);
  for (const one of model.parameters) {
    const [name, parameter] = draft.declared(one);
    // Parameters are finite, and free.
    if (!namesIn(parameter.initial).has('inf') && !one.isFixed) draft.parameters.set(name, parameter);
    else draft.symbols.set(one.name, { ...(draft.symbols.get(one.name) as Value), e: parameter.initial });
  }
  for (const one of model.internals) {
    const [name, { type, initial, span }] = draft.declared(one);
    if (drawsIn(initial)) draft.states.set(name, { type, initial, span });
    else draft.derived.set(name, { type, value: initial, span });
  }
  for (const one of states) draft.states.set(...draft.declared(one));
  for (const one of [...model.parameters, ...model.internals, ...states]) checkInvariant(draft, one);
  readConvolutions(draft);
  for (const one of model.inlines) readInline(draft, one);
  for (const equation of model.equations) readEquation(draft, equation);
  for (const one of model.functions.values()) draft.translator.checkFunction(one, draft.scope);
}

/** Reads an inline expression. One with pulses is put into equations, and has the value between pulses elsewhere. */
function readInline(draft: Draft, one: Declaration): void {
  const [name, { type, initial, span }] = draft.declared(one, true);
  if (drawsIn(initial)) draft.fail(messages.drawnRate(), span);
  const { coefficients, constant } = withoutPulses(draft, initial, one.name, span);
  if (coefficients.size > 0) {
    draft.pulsed.set(name, initial);
    draft.translator.report(messages.betweenPulses(one.name), span);
  }
  const value = coefficients.size === 0 ? initial : isZero(constant) ? zeroOf(type).e : constant;
  draft.derived.set(name, { type, value, span });
}

/** Reads an equation: rates of its variables, and their jumps at pulses. */
function readEquation(draft: Draft, { name, order, value, span }: Equation): void {
  if (name === draft.timer?.name) return;
  const variables = Array.from({ length: order }, (_, k) => plainName(name, k));
  for (const [k, variable] of variables.entries()) {
    const own = draft.ownName(variable);
    const type = draft.types.get(own);
    if (!draft.states.has(own) || !type)
      return draft.fail(
        messages.unknownName(
          variable.replaceAll('__d', "'"),
          draft.model.state.map((one) => one.name),
        ),
        span,
      );
    const next = k === order - 1 ? value : nameOf(plainName(name, k + 1), span);
    const dimension = divideDimensions(type.dimension, second);
    let rate = draft.value(next, { kind: 'real', dimension, unit: '' });
    if (drawsIn(rate)) draft.fail(messages.drawnRate(), span);
    const form = withoutPulses(draft, rate, name, span);
    for (const [port, gains] of draft.gains) {
      const coefficient = form.coefficients.get(`${dirac} ${port}`);
      if (coefficient) gains.set(own, coefficient);
    }
    if (form.coefficients.size > 0) rate = form.constant;
    draft.rates.set(own, isZero(rate) ? number(0) : rate);
  }
}

/** Returns the coefficients of the pulses of ports in the value of a name, and the rest of the value. */
function withoutPulses(draft: Draft, e: Expression, name: string, span: Span): LinearForm {
  const inlined = (part: Expression): Expression =>
    readsAny(part, draft.pulsed) ? inlined(draft.translator.modest(substitute(part, draft.pulsed))) : part;
  const pulses = [...draft.gains.keys()].map((port) => `${dirac} ${port}`);
  return linearForm(inlined(e), pulses) ?? draft.fail(messages.jump(name), span);
}

/** Reports a value at the start that breaks the condition of its declaration. */
function checkInvariant(draft: Draft, { name, invariant }: Declaration): void {
  if (!invariant) return;
  const { span } = invariant;
  const { e } = draft.translator.condition(invariant, draft.rateScope);
  const holds = numberOf(draft.atStart(e, span, new Map()), (one) => draft.types.has(one));
  if (holds === 0) draft.translator.report(messages.brokenInvariant(name), span);
}

/** Reports equations that no code integrates. */
export function checkIntegration(draft: Draft): void {
  const [first] = draft.model.equations;
  if (first && !integrates(bodiesOf(draft.model).flat()))
    draft.translator.report(messages.neverIntegrated(first.name), first.span);
}
