/**
 * Values of parameters and initial states, for each element of a population: numbers, expressions (which may draw
 * random numbers and read each other), arrays. The same code serves the `set` and `initialise` phases of the protocol.
 */

import * as ir from '../../ir/builder.js';
import type { Expression as Ir, MapDomain } from '../../ir/program.js';
import { code } from '../../ir/template.js';
import type { Expression } from '../../lang/ast.js';
import { drawsIn } from '../../lang/functions.js';
import { dependencyOrder, findCycle } from '../../lang/graph.js';
import { namesIn } from '../../lang/walk.js';
import type { Value } from '../../model/typed.js';
import { formulaOf } from '../../model/typed.js';
import { Block, item } from '../code/block.js';
import { populationInModel } from '../context/cable.js';
import { compartmentOf } from '../scopes/compartment-of.js';
import type { Context } from '../context/context.js';
import { arrayOf } from '../../model/arrays.js';
import { keyAt, keyBuffer, type Draws } from '../code/draws.js';
import { ElementScope } from '../scopes/element-scope.js';
import { scalarTypeOf } from '../code/typed-values.js';
import type { Address } from '../scopes/element-scope.js';
import { compile, compileCondition, to } from '../code/expressions.js';
import type { Group, Member } from '../context/groups.js';
import { elementOf, typed, valueOf } from '../context/groups.js';
import { constantOf } from '../context/invariant.js';
import { runsOnLanes } from '../code/lanes.js';
import * as messages from '../context/messages.js';
import type { Piece } from '../scopes/selections.js';
import { pieceDomain } from '../scopes/selections.js';

/** Adds the kernels that assign the initial values of a group's elements. */
export function firstValues(group: Group, context: Context): void {
  for (const member of group.members)
    for (const kernel of initialValues(group, member, context)) context.builder.initially(kernel);
}

/** Adds kernels that assign the initial values of one population's elements. */
function initialValues(group: Group, member: Member, context: Context): string[] {
  const names = [...group.equations.parameters.keys(), ...group.equations.state.keys()];
  const values = new Map<string, Value>();
  for (const name of names) {
    const storage = group.storage.get(name);
    if (!storage || storage.kind === 'folded') continue;
    const value = valueOf(member.population, group.equations, name);
    // Buffers start at zero, and tables of numbers come with their contents.
    if (value === 0 || (storage.kind === 'table' && typeof value === 'number' && group.equations.parameters.has(name)))
      continue;
    values.set(name, value);
  }
  const assignment = {
    name: `${member.name}.initialise`,
    comment: `first values of ${member.name}`,
    values,
    stream: (population: string) => `population/${population}/initial`,
  };
  return assignValues(assignment, group, member, context);
}

/** Address of the current item in a kernel over one population. */
export function memberAddress(member: Member): Address {
  return { index: item, ordinal: ir.u32(member.ordinal), local: code`index - ${member.begin}u` };
}

/** Which elements of a population an assignment is for. */
interface Chosen {
  readonly where: Expression | null;
  /**
   * Which elements get values; arrays of values have one for each element of the selection that the piece is of. Null:
   * all.
   */
  readonly piece: Piece | null;
}

/** Values for elements of a population. */
interface Assignment {
  /** Of the kernel. */
  readonly name: string;
  readonly comment: string;
  /** By variable. */
  readonly values: ReadonlyMap<string, Value>;
  /** Random stream of a population, without the name of the variable. */
  readonly stream: (population: string) => string;
}

const everyElement: Chosen = { where: null, piece: null };

/**
 * Adds kernels that assign values to the elements of one population, each variable after the variables that its value
 * reads.
 *
 * @random stream `<stream>/<variable>`, counter (element, 0, 0, site); of mechanisms on cells with compartments
 * `<stream>/<mechanism>.<variable>`, counter (cell, compartment, 0, site)
 * @diagnostic lower/cyclic-values
 */
export function assignValues(
  { name, comment, values, stream }: Assignment,
  group: Group,
  member: Member,
  context: Context,
  chosenElements: Chosen = everyElement,
): string[] {
  const ordered = inOrder(populationInModel(member.name, context.shown), values, group, context);
  const kernels: string[] = [];
  for (const shared of [true, false]) {
    const chosen = ordered.filter((id) => (group.storage.get(id)?.kind === 'table') === shared);
    if (chosen.length === 0) continue;
    const block = new Block();
    const { piece, where } = chosenElements;
    const some = piece === null || shared ? null : pieceDomain(piece, name, block, context);
    const address = shared
      ? { index: ir.u32(member.begin), ordinal: ir.u32(member.ordinal), local: ir.u32(0) }
      : (some?.address ?? memberAddress(member));
    const place = some && piece ? code`index - ${pieceStart(some.domain)} + ${piece.first}u` : address.local;
    let current: Pick<Draws, 'element' | 'subElement' | 'key'> = {
      element: address.local,
      subElement: ir.u32(0),
      key: [ir.u32(0), ir.u32(0)],
    };
    const draws: Draws = {
      get element() {
        return current.element;
      },
      get subElement() {
        return current.subElement;
      },
      get key() {
        return current.key;
      },
      step: ir.u32(0),
      perStep: false,
      sites: { next: 0 },
    };
    const scope = new ElementScope(context, group, address, block, draws);
    let condition: Ir | null = null;
    for (const id of chosen) {
      const value = values.get(id) as Value;
      const formula = formulaOf(value);
      if (formula && drawsIn(formula)) {
        const origin = context.shown.origins.get(member.name);
        const drawn = `${stream(origin?.population ?? member.name)}/${origin?.variables.get(id) ?? id}`;
        current = {
          element: origin ? code`${address.local} % ${origin.cells}u` : address.local,
          subElement: !origin || origin.ofCell.has(id) ? ir.u32(0) : compartmentOf(group, address, context),
          key: keyAt(keyBuffer(`${member.name}.${id}.keys`, [drawn], context), ir.u32(0)),
        };
        draws.sites.next = 0;
      }
      const storage = group.storage.get(id);
      if (!storage) continue;
      const type = scalarTypeOf(storage.type, context.real);
      const given = context.diagnostics.within(`/populations/${member.name}/values/${id}`, () =>
        to(type, valueExpression(id, value, place, scope, member)),
      );
      const number = constantOf(given)?.value;
      const meant = Math.abs(number as number) === Infinity && formula && namesIn(formula).has('inf');
      if (typeof number === 'number' && !Number.isFinite(number) && !meant)
        context.diagnostics.add(messages.notFinite(id, populationInModel(member.name, context.shown), number));
      if (where === null || shared) scope.write(id, given);
      else {
        condition ??= block.name('chosen', compileCondition(where, scope));
        scope.write(id, code`select(${condition}, ${given}, ${to(type, scope.read(id))})`);
      }
    }
    scope.storeAll();
    kernels.push(
      shared
        ? context.builder.sequential(`${name}.shared`, `${comment}, one value for all`, block)
        : context.builder.map(
            name,
            comment,
            some?.domain ?? { kind: 'ranges', ranges: [{ begin: member.begin, end: member.end }] },
            runsOnLanes(block.statements),
            block,
          ),
    );
  }
  return kernels;
}

/** First item of a kernel over a piece. */
const pieceStart = (domain: MapDomain): Ir => ir.u32(domain.kind === 'ranges' ? (domain.ranges[0]?.begin ?? 0) : 0);

function valueExpression(id: string, value: Value, place: Ir, scope: ElementScope, member: Member): Ir {
  const { context } = scope;
  if (typeof value === 'number') return ir.f64(value);
  switch (value.kind) {
    case 'expression':
      return compile(value.expression, scope);
    case 'array': {
      const element = elementOf(scope.group.storage.get(id)?.type ?? 'real', context.real);
      const initial = typed(element, arrayOf(value.array, context.data));
      const comment = `given values of ${id} of ${member.name}`;
      const options = { role: 'constant', initial } as const;
      return ir.load(
        context.builder.buffer(`${member.name}.${id}.values`, element, initial.length, comment, options),
        place,
      );
    }
    case 'draw':
      context.diagnostics.add(messages.unsupportedFeature(`a value drawn by the generator ${value.generator}`));
      return ir.f64(0);
    default:
      return value satisfies never;
  }
}

/** Sorts names so that each follows the names that its value reads, directly or through derived variables. */
function inOrder(owner: string, values: ReadonlyMap<string, Value>, group: Group, context: Context): readonly string[] {
  const { derived } = group.equations;
  /** The names with values that an expression reads. */
  const readBy = (found: ReadonlySet<string>): readonly string[] => {
    const all = new Set<string>();
    const open = [...found];
    for (let used = open.pop(); used !== undefined; used = open.pop()) {
      if (all.has(used)) continue;
      all.add(used);
      const variable = derived.get(used);
      if (variable) open.push(...namesIn(variable.expression));
    }
    return [...all].filter((used) => values.has(used)).sort();
  };
  const reads = (name: string): readonly string[] => {
    const formula = formulaOf(values.get(name) ?? 0);
    return formula ? readBy(namesIn(formula)).filter((used) => used !== name) : [];
  };
  const cycle = findCycle(values.keys(), reads);
  if (cycle) context.diagnostics.add(messages.cyclicValues(owner, cycle));
  return dependencyOrder(values.keys(), reads);
}
