/** SpatialNeuron: a group of compartments, and the tree that they form. */

import type { Dimension, Expression } from '../../../src/lang/ast.js';
import { binary, call, name, negated, number, product, quotient, sum } from '../../../src/lang/build.js';
import { derivative } from '../../../src/lang/derivative.js';
import {
  ampere,
  ampereByArea,
  area,
  equalDimensions,
  faradByArea,
  metre,
  ohmMetre,
  second,
  siemensByArea,
  volt,
  volume,
} from '../../../src/lang/dimension.js';
import { namesIn, substitute } from '../../../src/lang/walk.js';
import { child } from '../../../src/model/pointer.js';
import { located } from '../../shared/located.js';
import { readNamespace } from '../constants.js';
import { canList, type Reporter } from '../context.js';
import { isNoise, readModel } from '../equations.js';
import { builtInVariable, groupScope, type Group, type Spatial, type Tables } from '../group.js';
import * as messages from '../messages.js';
import { numbersOfCompartment, type Morphology } from './morphology.js';
import { declaredGroup } from '../neuron-groups.js';
import { readMorphology, type ReadFile } from './read-morphology.js';
import type { BrianSpecification, SpatialNeuron } from '../specification.generated.js';
import type { Namespace, Variable } from '../terms.js';
import { readNumber, readSize, readValue, type ReadValue } from '../values.js';
import { coordinateNames, riseName } from '../vocabulary.js';

/** Brian's default resistivity and specific capacitance. */
const usual = { Ri: '150*ohm*cm', Cm: '0.9*uF/cm**2' } as const;

/** Settings for the declaration of a group. */
interface Declaring {
  readonly namespace: Namespace;
  readonly tables: Tables;
  readonly to: Reporter;
  readonly readFile: ReadFile;
}

/** Returns the cells of `spatial_neurons` before their code is translated. */
export function declareSpatialNeuron(
  key: string,
  specification: SpatialNeuron,
  pointer: string,
  { namespace: outer, tables, to, readFile }: Declaring,
  whole: BrianSpecification,
): Group {
  const namespace = readNamespace(specification.namespace, child(pointer, 'namespace'), outer, to);
  const at = child(pointer, 'model');
  const own = readModel(specification.model, at, 'spatial', to);
  const morphology = readMorphology(specification.morphology, child(pointer, 'morphology'), namespace, to, readFile);
  const size = specification.N === undefined ? 1 : readSize(specification.N, child(pointer, 'N'), namespace, to);
  // Numbers of compartments are listed for every cell.
  const listed = size * morphology.parents.length * numbersOfCompartment;
  const cells = canList(listed, child(pointer, 'N'), to) ? size : 1;
  const variables = withMembrane(own, morphology, at, isMentioned(whole), to);
  const resistivity = readNumber(
    specification.Ri ?? usual.Ri,
    child(pointer, 'Ri'),
    { name: 'Ri', dimension: ohmMetre, type: 'real' },
    namespace,
    to,
  );
  if (resistivity !== undefined && !(resistivity > 0))
    to.report(messages.outOfRange('Ri', 'more than zero', specification.Ri), child(pointer, 'Ri'));
  const group = declaredGroup(specification, {
    name: key,
    pointer,
    variables,
    namespace,
    size: cells * morphology.parents.length,
  });
  for (const name of ['v', riseName]) group.written.add(name);
  const scope = groupScope(group, tables, { constants: 'byValue' });
  const values = new Map(geometry(morphology, cells, variables, pointer));
  values.set('Ri', known(resistivity ?? 1, specification.Ri ?? usual.Ri, child(pointer, 'Ri')));
  const Cm = variables.get('Cm');
  const capacitance = Cm && readValue(specification.Cm ?? usual.Cm, child(pointer, 'Cm'), Cm, scope, group.size, to);
  if (capacitance) values.set('Cm', capacitance);
  if (capacitance?.kind === 'known' && !(capacitance.value > 0))
    to.report(messages.outOfRange('Cm', 'more than zero', specification.Cm), child(pointer, 'Cm'));
  return {
    ...group,
    spatial: { morphology, cells, values, cable: cableOf(morphology, resistivity ?? 1, pointer) },
  };
}

const known = (value: number, written: number | string, pointer: string): ReadValue => ({
  kind: 'known',
  value,
  text: written,
  pointer,
});

/** Returns the tree of the canonical type. */
function cableOf({ parents, numbers, sections }: Morphology, resistivity: number, pointer: string): Spatial['cable'] {
  return located(
    {
      parents,
      near: { array: numbers.r_length_1 },
      far: { array: numbers.r_length_2 },
      resistivity,
      voltage: 'v',
      capacitance: 'Cm*area',
      current: 'Im*area',
      rise: riseName,
      sections: Object.fromEntries(sections.map(({ name: key, first, count }) => [key, { first, count }])),
    },
    child(pointer, 'morphology'),
  );
}

/** Returns values of variables that the morphology determines, one for each element. */
function geometry(
  { numbers, centres }: Morphology,
  cells: number,
  variables: ReadonlyMap<string, Variable>,
  pointer: string,
): readonly (readonly [string, ReadValue])[] {
  const coordinates = centres
    ? coordinateNames.map((axis, k) => [axis, centres.map((centre) => centre[k] ?? 0)] as const)
    : [];
  const listed = [...Object.entries<readonly number[]>({ ...numbers }), ...coordinates];
  return listed.flatMap(([key, own]) => {
    if (!variables.has(key)) return [];
    const values = cells === 1 ? own : own.flatMap((value) => new Array<number>(cells).fill(value));
    return [[key, { kind: 'array', values, pointer: child(pointer, 'morphology') }] as const];
  });
}

// --- Equations ------------------------------------------------------------------------------------------------------

/** Adds Brian's own equations: point currents into `Im`, the potential, and variables of the morphology. */
function withMembrane(
  own: ReadonlyMap<string, Variable>,
  morphology: Morphology,
  pointer: string,
  isUsed: (name: string) => boolean,
  to: Reporter,
): ReadonlyMap<string, Variable> {
  const membrane = own.get('Im');
  const isCurrent =
    membrane?.kind === 'subexpression' &&
    membrane.flags.size === 0 &&
    equalDimensions(membrane.dimension, ampereByArea);
  if (!isCurrent && membrane?.unknown !== true) {
    const found = membrane
      ? equalDimensions(membrane.dimension, ampereByArea)
        ? 'another kind of equation, or a flag'
        : 'another unit'
      : 'no Im';
    to.report(messages.membraneCurrent(found), pointer, membrane?.span);
  }
  let current = membrane?.expression ?? number(0);
  for (const variable of own.values()) {
    if (!variable.flags.has('point current')) continue;
    if (!equalDimensions(variable.dimension, ampere) && variable.unknown !== true)
      to.report(
        messages.wrongDimension(`the point current ${variable.name}`, 'A', 'another'),
        variable.pointer,
        variable.nameSpan,
      );
    current = sum(current, quotient(name(variable.name), name('area')));
  }
  if (readsNoise(current, own)) to.report(messages.noisyMembrane(), pointer, membrane?.span);
  const variables = new Map(own);
  if (membrane) variables.set('Im', { ...membrane, expression: current });
  const add = (key: string, kind: Variable['kind'], dimension: Dimension, e?: Expression): void =>
    void variables.set(key, builtInVariable(key, kind, dimension, pointer, e));
  add('v', 'parameter', volt);
  add('area', 'parameter', area);
  for (const key of ['length', 'diameter', 'distance']) add(key, 'parameter', metre);
  add('volume', 'parameter', volume);
  add('Cm', 'parameter', faradByArea);
  variables.set('Ri', { ...builtInVariable('Ri', 'parameter', ohmMetre, pointer), flags: new Set(['shared']) });
  if (morphology.centres)
    for (const key of coordinateNames) {
      const { nameSpan } = own.get(key) ?? {};
      if (own.has(key))
        to.report(messages.reservedName(key, 'a coordinate, which the morphology has'), pointer, nameSpan);
      add(key, 'parameter', metre);
    }
  for (const key of ['r_length_1', 'r_length_2']) if (isUsed(key)) add(key, 'parameter', metre);
  add(riseName, 'parameter', volt);
  add('Ic', 'subexpression', ampereByArea, quotient(product(name('Cm'), name(riseName)), name('dt')));
  const [timeConstant, spaceConstant] = ['time_constant', 'space_constant'].map(isUsed);
  const conductance = timeConstant || spaceConstant ? membraneConductance(current, variables) : null;
  if (!conductance) return variables;
  add('gtot__private', 'subexpression', siemensByArea, conductance);
  const gtot = name('gtot__private');
  if (timeConstant) add('time_constant', 'subexpression', second, quotient(name('Cm'), gtot));
  if (spaceConstant) {
    for (const key of ['r_length_1', 'r_length_2']) add(key, 'parameter', metre);
    add('space_constant', 'subexpression', metre, lengthConstant(gtot));
  }
  return variables;
}

/** Checks whether an expression reads white noise, directly or through subexpressions. */
function readsNoise(e: Expression, variables: ReadonlyMap<string, Variable>): boolean {
  const read = namesIn(e);
  // The loop also visits names that are added while it runs.
  for (const key of read) {
    if (isNoise(key)) return true;
    const { kind, expression } = variables.get(key) ?? {};
    if (kind === 'subexpression' && expression) for (const inner of namesIn(expression)) read.add(inner);
  }
  return false;
}

/** Returns `sqrt(d / (4 Ri g))` with the diameter from the area and both halves' resistance, as in Brian. */
function lengthConstant(gtot: Expression): Expression {
  const power = (e: Expression, exponent: Expression): Expression => binary('**', e, exponent);
  const third = quotient(number(1), number(3));
  const sixth = quotient(number(1), number(6));
  const inverse = (key: string): Expression => quotient(number(1), name(key));
  const resistance = sum(inverse('r_length_1'), inverse('r_length_2'));
  const thickness = product(
    power(quotient(number(2), name('pi')), third),
    power(quotient(name('area'), resistance), sixth),
  );
  return quotient(thickness, product(number(2), call('sqrt', [product(name('Ri'), gtot)])));
}

/** Returns the conductance of the membrane, `-dIm/dv`, or null without a derivative. */
function membraneConductance(current: Expression, variables: ReadonlyMap<string, Variable>): Expression | null {
  const inlined = (e: Expression): Expression => {
    const found = [...namesIn(e)].flatMap((key) => {
      const variable = variables.get(key);
      return variable?.kind === 'subexpression' && variable.expression && !variable.flags.has('constant over dt')
        ? [[key, inlined(variable.expression)] as const]
        : [];
    });
    return found.length === 0 ? e : substitute(e, new Map(found));
  };
  const slope = derivative(inlined(current), 'v');
  return slope && negated(slope);
}

/** Returns a check whether a name is anywhere in the specification, or monitors record all variables. */
function isMentioned(specification: BrianSpecification): (name: string) => boolean {
  const words = new Set<string>();
  const open: unknown[] = [specification];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (typeof node === 'string')
      for (const word of node.match(/[A-Za-z_]\w*/g) ?? []) words.add(word.replace(/_(?:pre|post)$/, ''));
    else if (Array.isArray(node) && typeof node[0] === 'number') continue;
    else if (node !== null && typeof node === 'object') {
      // Numbers of compartments have names of their own.
      for (const [key, item] of Object.entries(node)) if (key !== 'morphology') open.push(key, item);
    }
  }
  const everything = Object.values(specification.state_monitors ?? {}).some(({ variables }) => variables === true);
  return (name) => everything || words.has(name);
}
