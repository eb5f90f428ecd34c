/** One step of one element or one synapse: its parts, one after another. */

import * as ir from '../../ir/builder.js';
import type { Buffer, Expression as Ir } from '../../ir/program.js';
import { compile, compileCondition, compileReal, to } from '../expressions.js';
import { scalarTypeOf, storedValue } from '../typed-values.js';
import { begins } from '../rising-edge.js';
import { fold } from '../../ir/fold.js';
import type { ConditionCode, DerivedCode, PartCode, RateCode, RegimeCode, TypeCode } from './type-code.js';
import type { CodeScope } from '../code-scope.js';
import { isZero } from '../../lang/build.js';
import { linearForm } from '../../lang/linear.js';
import * as messages from '../messages.js';
import { steppedLinearly } from '../propagators.js';

/** What a step of an owner needs to know beside its code. */
export interface Stepping {
  /** What names mean for this owner. */
  readonly scope: CodeScope;
  /** Its type, by the parts that are advanced one after another. */
  readonly code: TypeCode;
  /** u8 index of the active regime at `scope.place`. */
  readonly regime: Buffer | null;
  /** Name and number of those whose conditions are watched. */
  readonly watched: { readonly name: string; readonly length: Buffer['length'] };
  /** Writes what happens when an event is emitted: it acts on others at once. */
  readonly emit: (event: string) => void;
}

/** Computes a derived variable from what names are now. */
function derive({ name, expression, type }: DerivedCode, scope: CodeScope): void {
  scope.define(name, to(scalarTypeOf(type, scope.real), compile(expression, scope)));
}

/** Writes a whole step. */
export function stepParts(stepping: Stepping): void {
  stepping.code.parts.forEach((part, k) => {
    stepping.scope.isOwn = (name) => stepping.code.homes.get(name) === k;
    stepPart(part, k, stepping);
  });
}

function stepPart(part: PartCode, ordinal: number, stepping: Stepping): void {
  const { scope } = stepping;
  for (const variable of part.derived) derive(variable, scope);
  if (part.propagate.length > 0)
    for (const [name, value] of propagateLinear(part.propagate, scope)) scope.write(name, value);
  // All rates are those of the values before the step.
  const next = part.state.map(({ name, rate }): [string, Ir] => [
    name,
    scope.block.name(`next_${name}`, advanced(name, compileReal(rate, scope), scope)),
  ]);
  for (const [name, value] of next) scope.write(name, value);
  for (const event of part.events) test(event, stepping);
  show(ordinal, stepping);
  stepRegimes(part.regimes, stepping);
}

/** New values of variables whose rates are linear in them, with coefficients held over the step. */
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
  const constants = forms.map((form) => (form === null || isZero(form.constant) ? null : form.constant));
  return steppedLinearly(names, rows, constants, scope);
}

/** x + dt * rate. */
function advanced(name: string, rate: Ir, scope: CodeScope): Ir {
  const dt = to(scope.real, ir.f64(scope.context.dt));
  return fold(ir.add(to(scope.real, scope.read(name)), fold(ir.mul(dt, rate))));
}

/** Copies what others see of the variables that belong to a part. */
function show(ordinal: number, { scope, code }: Stepping): void {
  for (const [name, buffer] of scope.view?.shown ?? []) {
    if (code.homes.get(name) !== ordinal) continue;
    scope.block.emit(ir.store(buffer, scope.place, storedValue(buffer, scope.read(name))));
  }
}

/** Copies what others see of all variables, at the start. */
export function showAll(stepping: Stepping): void {
  stepping.code.parts.forEach((_, k) => {
    stepping.scope.isOwn = () => true;
    show(k, stepping);
  });
}

/** Tests a condition and runs its actions; what it emits acts on others at once. */
function test(condition: ConditionCode, stepping: Stepping): void {
  const { scope } = stepping;
  let holds = compileCondition(condition.when, scope);
  if (condition.rising) {
    const { block, place, context } = scope;
    const { name, length } = stepping.watched;
    holds = begins(holds, { name: `${name}.${condition.name}`, length, index: place, block }, context);
  }
  scope.branch(holds, () => {
    scope.execute(condition.do);
    if (condition.emits !== null) stepping.emit(condition.emits);
    if (condition.to !== null) enterRegime(condition.to, stepping);
  });
}

function stepRegimes(regimes: readonly RegimeCode[], stepping: Stepping): void {
  const { scope, regime } = stepping;
  if (regimes.length === 0 || !regime) return;
  const active = scope.block.name('active', ir.load(regime, scope.place));
  regimes.forEach(({ rates, transitions }, k) => {
    scope.branch(ir.eq(active, ir.u32(k)), () => {
      // One after another: a later rate sees what an earlier one has changed.
      for (const { name, rate } of rates) scope.write(name, advanced(name, compileReal(rate, scope), scope));
      for (const transition of transitions) test(transition, stepping);
    });
    // The locals that one branch assigned are read by the code after all of them.
  });
}

/** Makes a regime the active one and runs what it does when it is entered. */
export function enterRegime(index: number, stepping: Stepping): void {
  const { scope, regime, code } = stepping;
  const entered = code.parts.flatMap((part) => part.regimes)[index];
  if (!entered || !regime) return;
  scope.block.emit(ir.store(regime, scope.place, ir.u32(index)));
  scope.execute(entered.onEntry);
}

/** Computes all derived variables from what is there, each after those that it reads. */
export function deriveAll({ scope, code }: Stepping): void {
  scope.isOwn = () => true;
  for (const variable of code.ordered) derive(variable, scope);
}
