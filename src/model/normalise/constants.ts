import { isInt32 } from '../../lang/integers.js';
import { dimensionless, type Expression } from '../../lang/ast.js';
import { checkExpression, inferType } from '../../lang/check.js';
import { type Report } from '../../lang/inferred.js';
import { constantValue } from '../../lang/constant-value.js';
import { equalDimensions, unitText } from '../../lang/dimension.js';
import { wrongDimension } from '../../lang/messages.js';
import type { Unit } from '../../lang/units.js';
import { visit } from '../../lang/walk.js';
import type { ModelParameterDocument } from '../document.js';
import { messages } from '../messages.js';
import type { Id, Model } from '../model.js';
import { child } from '../pointer.js';
import type { Context, ModelConstant } from './context.js';
import { canCheck, readExpression, readUnit, settled } from './expressions.js';
import { checkVariableName, noNames, pureUnit, scopeFor } from './names.js';

/**
 * Resolves the parameters of the model, each after the parameters that it reads, and makes them known to the context.
 *
 * @param overrides  values given from outside, as text with a unit or a bare number in the parameter's unit
 * @param place  pointer for findings about an override
 */
export function resolveConstants(
  context: Context,
  documents: Readonly<Record<Id, ModelParameterDocument>>,
  overrides: ReadonlyMap<Id, string | number>,
  place: (name: Id) => string,
): Model['parameters'] {
  for (const name of Object.keys(documents)) context.constantNames.add(name);
  const nothing = (name: Id): ModelConstant => ({
    value: 0,
    dimension: dimensionless,
    type: 'real',
    definition: child('/parameters', name),
    given: true,
    unknown: true,
  });
  const open: Id[] = [];
  const done = new Set<Id>();
  const resolve = (name: Id): void => {
    const written = Object.hasOwn(documents, name) ? documents[name] : undefined;
    if (done.has(name) || written === undefined) return;
    const at = child('/parameters', name);
    if (open.includes(name)) {
      context.report(messages.parameterLoop([...open.slice(open.indexOf(name)), name]), at);
      context.constants.set(name, nothing(name));
      return;
    }
    open.push(name);
    const full = typeof written === 'object';
    const unit = full && written.unit !== undefined ? readUnit(context, written.unit, `${at}/unit`) : undefined;
    const declared = evaluate(context, full ? written.value : written, unit, full ? `${at}/value` : at, resolve);
    const override = overrides.get(name);
    const given =
      override === undefined ? declared : overridden(context, override, unit, declared, place(name), resolve);
    context.constants.set(name, given ? { ...given, definition: at } : nothing(name));
    open.pop();
    done.add(name);
  };
  for (const name of Object.keys(documents))
    if (checkVariableName(context, name, child('/parameters', name))) resolve(name);
  for (const name of overrides.keys()) {
    if (!Object.hasOwn(documents, name))
      context.report(messages.unknownReference('model parameter', name, Object.keys(documents)), place(name));
  }
  return Object.fromEntries(
    [...context.constants].map(([name, { value, dimension }]) => [name, { unit: unitText(dimension), value }]),
  );
}

function overridden(
  context: Context,
  written: string | number,
  unit: Unit | undefined,
  declared: ModelConstant | undefined,
  pointer: string,
  resolve: (name: Id) => void,
): ModelConstant | undefined {
  const given = evaluate(context, written, unit, pointer, resolve);
  if (!given || !declared || equalDimensions(given.dimension, declared.dimension)) return given;
  context.report(wrongDimension('the value given', declared.dimension, given.dimension), pointer);
  return undefined;
}

function evaluate(
  context: Context,
  written: string | number,
  unit: Unit | undefined,
  pointer: string,
  resolve: (name: Id) => void,
): ModelConstant | undefined {
  const e = readExpression(context, written, unit ?? pureUnit, pointer);
  if (!e) return undefined;
  visit(e, (part) => {
    if (part.kind === 'name') resolve(part.name);
  });
  if (!canCheck(context, e, noNames)) return undefined;
  const found = typeOf(context, e, unit, pointer);
  const value = found ? valueOf(context, e, written, pointer) : undefined;
  if (!found || value === undefined) return undefined;
  const type = found.type === 'integer' && isInt32(value) ? 'integer' : 'real';
  return { value, dimension: found.dimension, type, definition: pointer, given: true };
}

function typeOf(
  context: Context,
  e: Expression,
  unit: Unit | undefined,
  pointer: string,
): ReturnType<typeof inferType> {
  const report: Report = (finding, span, related) => context.report(finding, pointer, span, related);
  const scope = scopeFor(context, noNames);
  const errors = context.errorCount();
  const found = inferType(e, scope, report);
  if (!found || !unit) return found;
  checkExpression(e, scope, { what: 'the value of the parameter', dimension: unit.dimension, type: 'real' }, report);
  return context.errorCount() > errors ? null : found;
}

function valueOf(context: Context, e: Expression, written: unknown, pointer: string): number | undefined {
  const folded = settled(context, e, [noNames], pointer, written);
  if (!folded) return undefined;
  if (folded.kind === 'boolean') {
    context.report(messages.notANumber('a parameter of the model', folded.value), pointer);
    return undefined;
  }
  const value = constantValue(folded);
  if (value === undefined) context.report(messages.notConstant('a parameter of the model'), pointer);
  else if (!Number.isFinite(value)) context.report(messages.notFinite(value), pointer);
  else return value + 0;
  return undefined;
}
