/** One step of one element or one synapse: its parts, one after another. */

import * as ir from '../../ir/builder.js';
import type { Buffer, Expression as Ir } from '../../ir/program.js';
import { code } from '../../ir/template.js';
import { compile, compileCondition, compileReal, to } from '../code/expressions.js';
import { scalarTypeOf, storedValue } from '../code/typed-values.js';
import { begins } from '../integration/rising-edge.js';
import { folded } from '../../ir/fold.js';
import type { ConditionCode, DerivedCode, PartCode, RateCode, RegimeCode, TypeCode } from './type-code.js';
import type { CodeScope } from '../code/code-scope.js';
import { ElementScope } from '../scopes/element-scope.js';
import { inlineDerived } from '../context/equations.js';
import { multiplicityOf } from '../events/multiplicity.js';
import { activity, eventCondition, noteEvent, noteTime, updateRefractoriness } from '../integration/refractoriness.js';
import type { Expression } from '../../lang/ast.js';
import { isZero } from '../../lang/build.js';
import { linearForm } from '../../lang/linear.js';
import * as messages from '../context/messages.js';
import { tooCoupled } from '../integration/choose-method.js';
import { steppedLinearly } from '../integration/propagators.js';
import { settled } from '../code/settled.js';

/** Context of an owner's step, besides its code. */
export interface Stepping {
  /** Resolves the names of this owner. */
  readonly scope: CodeScope;
  /** Its type, by the parts that are advanced one after another. */
  readonly code: TypeCode;
  /** u8 index of the active regime at `scope.place`. */
  readonly regime: Buffer | null;
  /** Name and number of the owners with these conditions. */
  readonly watched: { readonly name: string; readonly length: Buffer['length'] };
  /** Noise of the step by name, if any. */
  readonly noise: ReadonlyMap<string, Ir>;
  /** Writes the immediate effects of an emitted event. @param count u32, absent: once */
  readonly emit: (event: string, count?: Ir) => void;
}

/** Computes a derived variable from the current values. */
function derive({ name, expression, type }: DerivedCode, scope: CodeScope): void {
  scope.define(name, to(scalarTypeOf(type, scope.real), compile(expression, scope)));
}

/** Writes a whole step. */
export function stepParts(stepping: Stepping): void {
  const { scope } = stepping;
  if (scope instanceof ElementScope) updateRefractoriness(scope);
  const active = scope instanceof ElementScope ? activity(scope) : new Map<string, Ir>();
  stepping.code.parts.forEach((part, k) => {
    stepping.scope.isOwn = (name) => stepping.code.homes.get(name) === k || part.current.has(name);
    stepPart(part, k, active, stepping);
  });
}

function stepPart(part: PartCode, ordinal: number, active: ReadonlyMap<string, Ir>, stepping: Stepping): void {
  const { scope } = stepping;
  for (const variable of part.derived) derive(variable, scope);
  if (part.propagate.length > 0)
    for (const [name, value] of propagateLinear(part.propagate, scope)) advance(name, value, active, scope);
  // All rates use the values before the step.
  const next = part.state.map(({ name, rate }): [string, Ir] => [
    name,
    scope.block.name(`next_${name}`, advanced(name, rate, stepping)),
  ]);
  for (const [name, value] of next) advance(name, value, active, scope);
  for (const event of part.events) test(event, stepping);
  show(ordinal, stepping);
  stepRegimes(part.regimes, active, stepping);
}

/** Assigns a variable its next value, unless its rate is zero during refractoriness. */
function advance(name: string, computed: Ir, active: ReadonlyMap<string, Ir>, scope: CodeScope): void {
  const value = settled(computed, scope.block);
  const condition = active.get(name);
  scope.write(name, condition ? folded`select(${condition}, ${value}, ${to(value.type, scope.read(name))})` : value);
}

/** Returns new values of variables with linear rates, with coefficients held over the step. */
function propagateLinear(rates: readonly RateCode[], scope: CodeScope): ReadonlyMap<string, Ir> {
  const names = rates.map(({ name }) => name);
  const forms = rates.map(({ rate }) => linearForm(rate, names));
  const bad = rates.find((_, k) => forms[k] === null);
  if (bad) {
    const why = `the rate of ${bad.name} is not linear in ${names.join(', ')}`;
    scope.context.diagnostics.add(
      messages.methodRefused('propagate', scope.owner.name, why, 'list it under state instead'),
    );
    return new Map();
  }
  const rows = forms.map((form) => names.map((name) => form?.coefficients.get(name) ?? null));
  const crowded = tooCoupled({ names, matrix: rows });
  if (crowded !== null) {
    scope.context.diagnostics.add(
      messages.methodRefused('propagate', scope.owner.name, crowded, 'leave out transitions, or divide the scheme'),
    );
    return new Map();
  }
  const constants = forms.map((form) => (form === null || isZero(form.constant) ? null : form.constant));
  return steppedLinearly(names, rows, constants, scope);
}

/** x + dt * rate, with noise x + dt * drift + Σ factor * sqrt(dt) * normal number. */
function advanced(name: string, rate: Expression, { scope, noise }: Stepping): Ir {
  const { owner, real, context } = scope;
  const noisy = noise.size > 0 ? linearForm(inlineDerived(rate, owner.derived), noise.keys()) : null;
  const drift = compileReal(noisy?.constant ?? rate, scope);
  const x = to(real, scope.read(name));
  const next = folded`${x} + ${to(real, ir.f64(context.dt))} * ${drift}`;
  return [...(noisy?.coefficients ?? [])].reduce(
    (sum, [xi, factor]) => folded`${sum} + ${compileReal(factor, scope)} * ${noise.get(xi) as Ir}`,
    next,
  );
}

/** Updates the copies that other elements read, for the variables of a part. */
function show(ordinal: number, { scope, code }: Stepping): void {
  for (const [name, buffer] of scope.view?.shown ?? []) {
    if (code.homes.get(name) !== ordinal) continue;
    scope.block.write`${buffer}[${scope.place}] = ${storedValue(buffer, scope.read(name))}`;
  }
}

/** Creates the initial copies of all variables that other elements read. */
export function showAll(stepping: Stepping): void {
  stepping.code.parts.forEach((_, k) => {
    stepping.scope.isOwn = () => true;
    show(k, stepping);
  });
}

/** Tests a condition and runs its actions; emitted events act at once. */
function test(condition: ConditionCode, stepping: Stepping): void {
  const { scope } = stepping;
  const element = scope instanceof ElementScope ? scope : null;
  const event = element?.group.events.find(({ name, when }) => name === condition.name && when === condition.when);
  scope.branch(event && element ? eventCondition(event, element) : holding(condition, stepping), () => {
    const { emits } = condition;
    if (event && element) noteEvent(event, element);
    if (element && emits !== null && emits !== event?.name) noteTime(emits, element);
    const count =
      event?.multiplicity && element
        ? multiplicityOf(event, event.multiplicity, stepping.watched.name, element)
        : undefined;
    scope.execute(condition.do);
    if (emits !== null) stepping.emit(emits, count);
    if (condition.to !== null) enterRegime(condition.to, stepping);
  });
}

/** Whether a condition of a synapse or a regime holds, or begins to. */
function holding({ name, when, rising }: ConditionCode, { scope, watched }: Stepping): Ir {
  const holds = compileCondition(when, scope);
  const { block, place, context } = scope;
  if (!rising) return holds;
  return begins(holds, { name: `${watched.name}.${name}`, length: watched.length, index: place, block }, context);
}

function stepRegimes(regimes: readonly RegimeCode[], active: ReadonlyMap<string, Ir>, stepping: Stepping): void {
  const { scope, regime } = stepping;
  if (regimes.length === 0 || !regime) return;
  const current = scope.block.name('active', ir.load(regime, scope.place));
  regimes.forEach(({ rates, transitions }, k) => {
    scope.branch(code`${current} == ${k}u`, () => {
      // In sequence: a later rate reads the changes by earlier ones.
      for (const { name, rate } of rates) advance(name, advanced(name, rate, stepping), active, scope);
      for (const transition of transitions) test(transition, stepping);
    });
    // The locals that one branch assigned are read by the code after all of them.
  });
}

/** Activates a regime and runs its entry actions. */
export function enterRegime(index: number, stepping: Stepping): void {
  const { scope, regime, code } = stepping;
  const entered = code.parts.flatMap((part) => part.regimes)[index];
  if (!entered || !regime) return;
  scope.block.write`${regime}[${scope.place}] = ${index}u`;
  scope.execute(entered.onEntry);
}

/** Computes all derived variables from the current values, each after its operands. */
export function deriveAll({ scope, code }: Stepping): void {
  scope.isOwn = () => true;
  for (const variable of code.ordered) derive(variable, scope);
}
