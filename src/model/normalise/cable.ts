import type { Dimension } from '../../lang/ast.js';
import { ampere, equalDimensions, farad, metre, ohmMetre, volt } from '../../lang/dimension.js';
import { wrongDimension } from '../../lang/messages.js';
import type { CableDocument } from '../document.generated.js';
import { messages } from '../messages.js';
import type { ArrayValue, CableTree } from '../model.js';
import { child } from '../pointer.js';
import { cable } from '../shape/cells.js';
import { normaliseArray, numbersOf, type ArraySlot } from './arrays.js';
import type { Context } from './context.js';
import { normaliseExpression } from './expressions.js';
import { positiveQuantity } from './literals.js';
import { readObject } from './members.js';
import { checkIds, namesOfKinds, pureUnit, siUnit, type Names } from './names.js';

/**
 * Normalises the tree of compartments that the elements of a type are; undefined after a finding that leaves it
 * unknown.
 */
export function normaliseCable(
  context: Context,
  document: CableDocument,
  scope: Names,
  own: Names,
  pointer: string,
): CableTree | undefined {
  const at = (key: string): string => `${pointer}/${key}`;
  const array = (key: 'parents' | 'near' | 'far', slot: ArraySlot) =>
    normaliseArray(context, document[key], slot, at(key));
  const parents = array('parents', { what: 'the parents', unit: pureUnit, type: 'integer' });
  const conductance = (key: 'near' | 'far'): ArrayValue | undefined =>
    array(key, { what: `the conductances ${key}`, unit: siUnit(metre), type: 'real' })?.values;
  const [near, far] = [conductance('near'), conductance('far')];
  const what = 'the resistivity';
  const resistivity = positiveQuantity(context, document.resistivity, siUnit(ohmMetre), what, at('resistivity'));
  const expression = (key: 'capacitance' | 'current', dimension: Dimension): string | undefined => {
    const slot = { what: `the ${key} of a compartment`, unit: siUnit(dimension), type: 'real' } as const;
    return normaliseExpression(context, document[key], [scope], slot, at(key));
  };
  const [capacitance, current] = [expression('capacitance', farad), expression('current', ampere)];
  checkState(context, document.voltage, own, at('voltage'));
  if (document.rise !== undefined) checkState(context, document.rise, own, at('rise'));
  checkIds(context, document.sections, at('sections'));
  if (!parents || !near || !far) return undefined;
  const count = parents.shape[0] ?? 0;
  if (!checkTree(context, { parents: parents.values, near, far }, count, pointer)) return undefined;
  for (const [name, { first, count: length }] of Object.entries(document.sections ?? {})) {
    const place = child(at('sections'), name);
    if (length < 1) context.report(messages.emptyGroup(name), place);
    else if (first < 0 || first + length > count)
      context.report(messages.outOfRange('the range of compartments', 0, count - 1, first + length - 1), place);
  }
  const code = { capacitance: capacitance ?? '0', current: current ?? '0' };
  const known = { parents: parents.values, near, far, ...code, resistivity: resistivity ?? 1 };
  return readObject(cable, document, { context, pointer, scopes: [scope] }, known);
}

/** Checks that a name is a potential in volts, as the solver requires of the variables that it writes. */
function checkState(context: Context, name: string, own: Names, pointer: string): void {
  const variable = own.lookup(name);
  if (variable?.kind !== 'state') {
    context.report(messages.unknownVariable(name, namesOfKinds(own, ['state']), 'state variable'), pointer);
  } else if (variable.unknown !== true && !equalDimensions(variable.dimension, volt)) {
    context.report(wrongDimension(name, volt, variable.dimension), pointer);
  }
}

type Arrays = Readonly<Record<'parents' | 'near' | 'far', ArrayValue>>;

/** Checks whether compartments follow the one that they begin at, and conduct. */
function checkTree(context: Context, arrays: Arrays, count: number, pointer: string): boolean {
  if (count < 1) {
    context.report(messages.emptyGroup('the cable'), `${pointer}/parents`);
    return false;
  }
  let whole = true;
  const refuse = (key: keyof Arrays, k: number, finding: ReturnType<typeof messages.notPositive>): void => {
    whole = false;
    context.report(finding, Array.isArray(arrays[key]) ? child(`${pointer}/${key}`, k) : `${pointer}/${key}`);
  };
  for (const key of ['near', 'far'] as const) {
    const numbers = numbersOf(context, arrays[key]);
    if (numbers && numbers.length !== count) {
      context.report(messages.wrongLength(`the conductances ${key}`, count, numbers.length), `${pointer}/${key}`);
      return false;
    }
    const wrong = numbers ? Array.from(numbers).findIndex((value) => !(value > 0)) : -1;
    if (numbers && wrong >= 0) refuse(key, wrong, messages.notPositive('an axial conductance', numbers[wrong] ?? 0));
  }
  const parents = numbersOf(context, arrays.parents);
  for (let k = 0; parents && whole && k < count; k++) {
    const parent = parents[k] ?? -1;
    if (k === 0 ? parent !== -1 : !(parent >= 0 && parent < k)) refuse('parents', k, messages.badParent(k, parent));
  }
  return whole;
}
