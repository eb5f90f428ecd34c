import { dependencyOrder, findCycle } from '../../lang/graph.js';
import { isInt32 } from '../../lang/integers.js';
import { dimensionless, type Expression } from '../../lang/ast.js';
import { checkExpression, inferType } from '../../lang/check.js';
import { type Report } from '../../lang/inferred.js';
import { constantValue } from '../../lang/constant-value.js';
import { equalDimensions, unitText } from '../../lang/dimension.js';
import { wrongDimension } from '../../lang/messages.js';
import type { Unit } from '../../lang/units.js';
import { namesIn } from '../../lang/walk.js';
import type { ModelParameterDocument } from '../document.generated.js';
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
  const read = new Map<Id, WrittenParameter>();
  for (const [name, written] of Object.entries(documents)) {
    const at = child('/parameters', name);
    checkVariableName(context, name, at);
    const full = typeof written === 'object';
    const unit = full && written.unit !== undefined ? readUnit(context, written.unit, `${at}/unit`) : undefined;
    const text = (value: string | number, pointer: string): WrittenValue => ({
      written: value,
      pointer,
      expression: readExpression(context, value, unit ?? pureUnit, pointer),
    });
    const override = overrides.get(name);
    read.set(name, {
      unit,
      declared: text(full ? written.value : written, full ? `${at}/value` : at),
      ...(override === undefined ? {} : { override: text(override, place(name)) }),
    });
  }
  const reads = (name: Id): Id[] => {
    const { declared, override } = read.get(name) as WrittenParameter;
    return [declared.expression, override?.expression].flatMap((e) =>
      e ? [...namesIn(e)].filter((used) => read.has(used)) : [],
    );
  };
  const cycle = findCycle(read.keys(), reads);
  if (cycle) context.report(messages.parameterLoop(cycle), child('/parameters', cycle[0] ?? ''));
  for (const name of dependencyOrder(read.keys(), reads)) {
    // Only a name in a cycle is read before it is resolved.
    for (const used of reads(name)) if (!context.constants.has(used)) context.constants.set(used, nothing(used));
    const { unit, declared, override } = read.get(name) as WrittenParameter;
    const usual = evaluate(context, declared, unit);
    const given = override ? overridden(context, override, unit, usual) : usual;
    context.constants.set(name, given ? { ...given, definition: child('/parameters', name) } : nothing(name));
  }
  for (const name of overrides.keys()) {
    if (!Object.hasOwn(documents, name))
      context.report(messages.unknownReference('model parameter', name, Object.keys(documents)), place(name));
  }
  return Object.fromEntries(
    [...context.constants].map(([name, { value, dimension }]) => [name, { unit: unitText(dimension), value }]),
  );
}

/** A value with its place, and its expression if that could be read. */
interface WrittenValue {
  readonly written: string | number;
  readonly pointer: string;
  readonly expression: Expression | undefined;
}

/** A parameter of the model, before it is resolved. */
interface WrittenParameter {
  readonly unit: Unit | undefined;
  readonly declared: WrittenValue;
  /** The value given from outside. */
  readonly override?: WrittenValue;
}

function overridden(
  context: Context,
  override: WrittenValue,
  unit: Unit | undefined,
  declared: ModelConstant | undefined,
): ModelConstant | undefined {
  const given = evaluate(context, override, unit);
  if (!given || !declared || equalDimensions(given.dimension, declared.dimension)) return given;
  context.report(wrongDimension('the value given', declared.dimension, given.dimension), override.pointer);
  return undefined;
}

function evaluate(
  context: Context,
  { written, pointer, expression: e }: WrittenValue,
  unit: Unit | undefined,
): ModelConstant | undefined {
  if (!e) return undefined;
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
