import { numbersOf } from '../arrays.js';
import { populationsOf } from '../selected.js';
import type { Expression, Statement } from '../../lang/ast.js';
import { equalDimensions } from '../../lang/dimension.js';
import { referenceOf, sideOf } from '../../lang/reference.js';
import { parseUnit } from '../../lang/units.js';
import { namesIn } from '../../lang/walk.js';
import { messages } from '../messages.js';
import type { UnitText } from '../model.js';
import type { DataStore, DrawnValues, Model, Projection, SynapseType, Value } from '../typed.js';
import { typedModel } from '../typed-model.js';
import { child } from '../pointer.js';
import type { Rule } from './rule.js';

/** The model with its large arrays. */
type Known = Model & { readonly data: DataStore | undefined };

/** The least and the largest value that something may have. */
type Range = readonly [low: number, high: number];

const anything: Range = [-Infinity, Infinity];

/** Names in values of pairs that are never negative. */
const notNegative: ReadonlySet<string> = new Set(['i', 'j', 'distance']);

/** Units of a conductance: of a point, of a membrane's area, of a length. */
const conductances = ['S', 'S/m**2', 'S/m'].map((unit) => parseUnit(unit).dimension);

/**
 * Reports pathways that decrease a conductance of the other cell by an amount that is known now. Inhibition is a matter
 * of the reversal potential; its weights are positive. If the same event also increases a conductance of that cell, the
 * two may be parts of one time course, such as a difference of exponentials.
 */
export const weightSign: Rule = (written, context) => {
  const model = { ...typedModel(written), data: context.data };
  for (const [name, projection] of Object.entries(model.projections)) {
    const type = model.synapses[projection.synapse];
    for (const [pathway, { do: actions }] of Object.entries(type?.pathways ?? {})) {
      if (type === undefined) continue;
      const changes = actions.flatMap((statement, index) => {
        const found = change(statement);
        return found && isConductance(found.target, model, projection, type) ? [{ ...found, index }] : [];
      });
      const signed = changes.map((parsed) => ({ ...parsed, by: amount(parsed, model, projection, type) }));
      if (signed.some(({ by: [, high] }) => high > 0)) continue;
      for (const { index, value, by, target, sign } of signed) {
        if (!(by[0] < 0)) continue;
        const own = range(value, model, projection, type);
        const source = [...namesIn(value)].find((key) => {
          const [low, high] = known(key, model, projection, type);
          return low < 0 && high <= 0;
        });
        const related = source === undefined ? [] : [definition(source, name, model, projection)];
        const pointer = `${child(child('/synapses', projection.synapse) + '/pathways', pathway)}/do/${index}`;
        const found = Number.isFinite(own[0])
          ? `${sign < 0 ? 'less ' : ''}${quantity(own, unitOf(target, model, projection, type))}`
          : 'a negative amount';
        context.report(messages.weightSign(target, found), pointer, undefined, related);
      }
    }
  }
};

interface Change {
  readonly target: string;
  readonly value: Expression;
  /** Sign of `value` in the sum. */
  readonly sign: 1 | -1;
}

/** Returns the change that a statement makes to a variable by addition. */
function change(statement: Statement): Change | undefined {
  if (statement.kind === 'send') return undefined;
  const { target, operator, value } = statement;
  if (operator === '+=') return { target, value, sign: 1 };
  if (operator === '-=') return { target, value, sign: -1 };
  const sum = operator === '=' && value.kind === 'binary' && ['+', '-'].includes(value.operator) ? value : undefined;
  if (sum?.left.kind !== 'name' || sum.left.name !== target) return undefined;
  return { target, value: sum.right, sign: sum.operator === '+' ? 1 : -1 };
}

const amount = ({ value, sign }: Change, model: Known, projection: Projection, type: SynapseType): Range => {
  const [low, high] = range(value, model, projection, type);
  return sign > 0 ? [low, high] : [-high, -low];
};

function quantity([low, high]: Range, unit: UnitText | undefined): string {
  const isPoint = unit === 'S';
  const text = (value: number): string => `${Number((isPoint ? value * 1e9 : value).toPrecision(6))}`;
  const numbers = low === high ? text(low) : `${text(low)} to ${text(high)}`;
  return `${numbers} ${isPoint ? 'nS' : unit}`;
}

/** Checks whether a pathway's target is a conductance of a cell. */
function isConductance(target: string, model: Known, projection: Projection, type: SynapseType): boolean {
  const unit = unitOf(target, model, projection, type);
  if (unit === undefined) return false;
  const { dimension } = parseUnit(unit);
  return conductances.some((conductance) => equalDimensions(conductance, dimension));
}

/** Returns the unit of a pathway's target: a port, or a variable of a cell. */
function unitOf(target: string, model: Known, projection: Projection, type: SynapseType): UnitText | undefined {
  if (Object.hasOwn(type.ports, target)) return type.ports[target]?.unit;
  const neuron = neuronAt(target, model, projection);
  const key = referenceOf(target).variable;
  if (neuron === undefined) return undefined;
  if (Object.hasOwn(neuron.state, key)) return neuron.state[key]?.unit;
  return Object.hasOwn(neuron.parameters, key) ? neuron.parameters[key]?.unit : undefined;
}

/** Returns the type of the cells that own the variable `pre.v` or `post.v`. */
function neuronAt(name: string, model: Known, projection: Projection): Model['neurons'][string] | undefined {
  const side = sideOf(name);
  const population = side && populationsOf(projection[side === 'post' ? 'to' : 'from'].of)[0];
  const type = own(model.populations, population ?? '')?.type;
  return own(model.neurons, type ?? '');
}

/** Returns an entry of a map, without inherited members. */
const own = <T>(map: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(map, key) ? map[key] : undefined;

/** Returns the range of an expression over a synapse's values, as far as constants define it. */
export function range(e: Expression, model: Known, projection: Projection, type: SynapseType): Range {
  const of = (part: Expression): Range => range(part, model, projection, type);
  switch (e.kind) {
    case 'number':
    case 'quantity':
      return [e.value, e.value];
    case 'name':
      return known(e.name, model, projection, type);
    case 'unary': {
      const [low, high] = of(e.operand);
      return e.operator === '-' ? [-high, -low] : e.operator === '+' ? [low, high] : anything;
    }
    case 'binary': {
      const left = of(e.left);
      const right = of(e.right);
      switch (e.operator) {
        case '+':
          return [left[0] + right[0], left[1] + right[1]];
        case '-':
          return [left[0] - right[1], left[1] - right[0]];
        case '*':
          return hull(left, right, (a, b) => (a === 0 || b === 0 ? 0 : a * b));
        case '/':
          return right[0] > 0 || right[1] < 0 ? hull(left, right, (a, b) => a / b) : anything;
        case '**':
          return left[0] > 0 ? [0, Infinity] : anything;
        default:
          return anything;
      }
    }
    case 'call':
      return rangeOfCall(e.function, e.arguments.map(of));
    default:
      return anything;
  }
}

/**
 * Returns the range of a function's values from the ranges of its arguments; for a normal draw, the side of 0 with most
 * values.
 */
function rangeOfCall(name: string, [first, second, third, fourth]: readonly Range[]): Range {
  switch (name) {
    case 'uniform':
      return first === undefined || second === undefined ? [0, 1] : [first[0], second[1]];
    case 'clip':
      return second === undefined || third === undefined ? anything : [second[0], third[1]];
    case 'truncatedNormal':
      return third === undefined || fourth === undefined ? anything : [third[0], fourth[1]];
    case 'normal':
      return first !== undefined && first[1] < 0 ? [-Infinity, first[1]] : anything;
    case 'exponential':
    case 'gamma':
    case 'lognormal':
    case 'poisson':
    case 'binomial':
    case 'exp':
    case 'abs':
      return [0, Infinity];
    default:
      return anything;
  }
}

function hull(left: Range, right: Range, of: (a: number, b: number) => number): Range {
  const corners = left.flatMap((a) => right.map((b) => of(a, b)));
  return corners.some(Number.isNaN) ? anything : [Math.min(...corners), Math.max(...corners)];
}

/** Returns the range of a name: a parameter of the synapses or of the model. */
function known(name: string, model: Known, projection: Projection, type: SynapseType): Range {
  const own = Object.hasOwn(type.parameters, name) ? type.parameters[name] : undefined;
  if (own !== undefined)
    return rangeOfValue(
      (Object.hasOwn(projection.values, name) ? projection.values[name] : undefined) ?? own.value,
      model,
      projection,
      type,
    );
  const whole = Object.hasOwn(model.parameters, name) ? model.parameters[name] : undefined;
  if (whole !== undefined) return [whole.value, whole.value];
  if (Object.hasOwn(type.state, name) || Object.hasOwn(type.derived, name)) return anything;
  return notNegative.has(name) ? [0, Infinity] : anything;
}

/** Returns the range of a value of a projection, as far as constants define it. */
export function rangeOfValue(value: Value, model: Known, projection: Projection, type: SynapseType): Range {
  if (typeof value === 'number') return [value, value];
  // An expression may read other values, perhaps in a chain; only those that read no others are evaluated.
  if (value.kind === 'expression')
    return [...namesIn(value.expression)].some((key) => Object.hasOwn(type.parameters, key))
      ? anything
      : range(value.expression, model, projection, type);
  if (value.kind === 'draw') return drawnRange(value);
  const numbers = numbersOf(value.array, model.data);
  let [low, high] = [Infinity, -Infinity];
  for (let k = 0; k < numbers.length; k++) {
    low = Math.min(low, numbers[k] as number);
    high = Math.max(high, numbers[k] as number);
  }
  return numbers.length === 0 ? anything : [low, high];
}

/** Returns the range of drawn numbers; for unbounded distributions, the side of 0 with most values. */
function drawnRange({ distribution, arguments: numbers, exponent10 = 0, then }: DrawnValues): Range {
  if (then !== undefined) return anything;
  const scale = Number(`1e${exponent10}`);
  const [low, high, from, until] = numbers.map((number): Range => [number * scale, number * scale]);
  const limits = distribution === 'uniform_int' ? 'uniform' : distribution;
  if (limits !== 'normal_clipped' && limits !== 'normal_clipped_to_boundary')
    return rangeOfCall(limits, [low ?? anything, high ?? anything]);
  return [from?.[0] ?? -Infinity, until?.[1] ?? Infinity];
}

function definition(
  source: string,
  name: string,
  model: Known,
  projection: Projection,
): { readonly message: string; readonly definition: string } {
  const message = `${source} is defined here`;
  if (Object.hasOwn(projection.values, source))
    return { message, definition: child(`${child('/projections', name)}/values`, source) };
  if (Object.hasOwn(model.synapses[projection.synapse]?.parameters ?? {}, source))
    return { message, definition: child(`${child('/synapses', projection.synapse)}/parameters`, source) };
  return { message, definition: child('/parameters', source) };
}
