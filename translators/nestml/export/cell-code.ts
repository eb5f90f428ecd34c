/** State that all parts of a NESTML model share: names, code and declarations. */

import { dimensionless, type Expression, type Statement } from '../../../src/lang/ast.js';
import { binary, call, name as nameOf, number } from '../../../src/lang/build.js';
import { parseUnit } from '../../../src/lang/units.js';
import { mapExpression, namesIn } from '../../../src/lang/walk.js';
import { dependencyOrder } from '../../../src/lang/graph.js';
import { linearForm } from '../../../src/lang/linear.js';
import { freeName } from '../../../src/model/free-name.js';
import type { DerivedVariable, NeuronType, Refractory } from '../../../src/model/typed.js';
import { eventCode, valueOf, type CellOfNest } from './cell-of-nest.js';
import { draws, nestmlAssignment, nestmlText, textOf, withStrictChoices, type Names } from './expressions.js';
import { NotInNestml } from './not-in-nestml.js';
import { nestmlQuantity, nestNumber, nestUnit } from './units.js';

/** The refractory period of a cell. */
export interface Period {
  /** The event that begins it. */
  readonly event: string;
  readonly definition: Refractory;
  /** The remaining time, if the length is known at the event; else 1 while the period lasts. */
  readonly variable: string;
  /** Whether the variable is a time. */
  readonly isTimed: boolean;
  /** The condition that it is over. Half a step absorbs the rounding of a time that was counted down. */
  readonly isOver: Expression;
}

function periodOf(event: string, definition: Refractory, free: (name: string) => string): Period {
  const isTimed = definition.while === undefined && definition.evaluated === 'atEvent';
  const variable = free(isTimed ? 'refr_t' : 'refr');
  const limit = isTimed ? nameOf('resolution()/2') : number(0, undefined, true);
  return { event, definition, variable, isTimed, isOver: binary('<=', nameOf(variable), limit) };
}

/** The code of a cell. */
export class CellCode {
  readonly type: NeuronType;
  readonly #taken = new Set<string>();
  /** Differences from the model, as sentences. */
  readonly approximations: string[] = [];
  /** Derived variables that are computed at the beginning of each step. */
  readonly held: ReadonlySet<string>;
  /** Derived variables that are written as functions, with the state and parameters that they read. */
  readonly functions: ReadonlyMap<string, readonly string[]>;
  /** Lines `name unit = value` of the state that the type itself does not have. */
  readonly ownState: string[] = [];
  /** Lines `name unit = value` of constants that stand in equations. */
  readonly constants: string[] = [];
  readonly period: Period | undefined;
  /** The variable with the time of the last spike, if code reads it. */
  readonly lastSpike: string | undefined;

  /** @throws NotInNestml  for a type that NESTML cannot express */
  constructor(readonly cell: CellOfNest) {
    const type = (this.type = cell.type);
    this.#refuse();
    for (const map of [type.parameters, type.state, type.derived, type.inputs])
      for (const name of Object.keys(map)) this.#taken.add(name);
    for (const { name } of cell.ports) this.#taken.add(name);
    this.held = heldVariables(cell);
    this.functions = functionsOf(cell, this.derived());
    const [first, ...more] = Object.entries(type.events).flatMap(([event, { refractory }]) =>
      refractory === undefined ? [] : [{ event, refractory }],
    );
    if (more.length > 0) throw new NotInNestml('several events with refractory periods');
    this.period = first && periodOf(first.event, first.refractory, (name) => this.free(name));
    this.lastSpike = this.reads('lastspike') ? this.free('last_spike') : undefined;
  }

  #refuse(): void {
    const { type } = this.cell;
    if (type.compartments !== undefined || type.cable !== undefined)
      throw new NotInNestml('cells with compartments; NESTML has models of points here');
    if (Object.keys(type.regimes).length > 0) throw new NotInNestml('regimes');
    for (const [name, { reduce }] of Object.entries(type.inputs))
      if (reduce !== 'sum') throw new NotInNestml(`the input ${name}, which multiplies`);
    for (const [name, { multiplicity }] of Object.entries(type.events))
      if (multiplicity !== undefined) throw new NotInNestml(`the event ${name}, which counts several times`);
  }

  /** Returns an unused name. */
  free(name: string): string {
    const free = freeName(name, (one) => this.#taken.has(one));
    this.#taken.add(free);
    return free;
  }

  /** Checks whether any code of the cell reads a name. */
  reads(name: string): boolean {
    const { type, operations } = this.cell;
    const codes = [
      ...[...this.derived(), ...this.held].flatMap((name) => type.derived[name]?.value ?? []),
      ...Object.values(type.derivatives).map(({ rate }) => rate),
      ...Object.values(type.events).flatMap(eventCode),
      ...operations.flatMap(({ statements }) => statements.map(valueOf)),
    ];
    return codes.some((code) => namesIn(code).has(name));
  }

  /** Returns names in the code of a step. */
  readonly names: Names = (own) => {
    const { type } = this.cell;
    if (own === 't') return nameOf('(t - resolution())');
    if (own === 'dt') return nameOf('resolution()');
    if (own === 'pi') return number(Math.PI);
    if (own === 'e' && !this.#taken.has('e')) return nameOf('e');
    if (own === 'lastspike' && this.lastSpike !== undefined) return nameOf(this.lastSpike);
    if (own === 'not_refractory') return this.period?.isOver ?? nameOf('true');
    if (Object.hasOwn(type.inputs, own) && own !== this.cell.fed)
      return nestmlQuantity(0, parseUnit(type.inputs[own]?.unit ?? '1').dimension);
    const read = this.functions.get(own);
    if (read !== undefined)
      return call(
        own,
        read.map((one) => nameOf(one)),
      );
    if (this.isTruth(own)) return binary('>', nameOf(own), number(0, undefined, true));
    if (this.#taken.has(own)) return nameOf(own);
    throw new NotInNestml(`${own} in the code of ${this.cell.name}`);
  };

  /** Returns names in equations, which are evaluated within a step. */
  readonly rateNames: Names = (own) => {
    if (own === 't') throw new NotInNestml('rates that read the time themselves; a derived variable can');
    return this.names(own);
  };

  /** Checks whether a name stands for a truth, which is 1 or 0 here. */
  readonly isTruth = (own: string): boolean =>
    [this.type.state[own], this.type.parameters[own], this.type.derived[own]].some((one) => one?.type === 'boolean');

  /** Returns the text of an expression. */
  text(e: Expression, names: Names = this.names): string {
    return nestmlText(e, names);
  }

  /**
   * Returns the text of an equation. Very large and very small numbers are constants with a name: the solver would fold
   * them to numbers whose zeros are lost.
   */
  equation(e: Expression): string {
    const named = mapExpression(withStrictChoices(e), (part) => {
      if (part.kind !== 'number' && part.kind !== 'quantity') return part;
      const dimension = part.kind === 'number' ? dimensionless : part.dimension;
      const size = Math.abs(nestNumber(part.value, dimension));
      if (size === 0 || (size < 1e9 && size >= 1e-5)) return part;
      const type = dimension.every(Number.isInteger) ? nestUnit(dimension).type : 'real';
      const value = `${type} = ${textOf(nestmlQuantity(part.value, dimension))}`;
      const known = this.constants.find((line) => line.endsWith(` ${value}`))?.split(' ')[0];
      const constant = known ?? this.free('constant');
      if (known === undefined) this.constants.push(`${constant} ${value}`);
      return nameOf(constant);
    });
    return this.text(named, this.rateNames);
  }

  /** Returns the text of a statement. */
  statement(statement: Statement): string {
    if (statement.kind === 'send') throw new NotInNestml('sending later');
    return nestmlAssignment(statement, this.names, this.isTruth);
  }

  /** Returns the derived variables that are needed, each after the variables that it reads. */
  derived(): readonly string[] {
    const { type, recorded, operations } = this.cell;
    const isDerived = (name: string): boolean => Object.hasOwn(type.derived, name);
    const codes = [
      ...Object.values(type.derivatives).map(({ rate }) => rate),
      ...Object.values(type.events).flatMap(eventCode),
      ...operations.flatMap(({ statements }) => statements.map(valueOf)),
    ];
    const needed = [...codes.flatMap((code) => [...namesIn(code)]), ...this.held, ...recorded].filter(isDerived);
    const reads = (name: string): string[] =>
      [...namesIn((type.derived[name] as DerivedVariable).value)].filter(isDerived);
    return dependencyOrder(needed, reads).filter((name) => !this.held.has(name));
  }
}

/** Returns derived variables that depend on the time or are drawn: they hold over a step. */
function heldVariables({ type }: CellOfNest): ReadonlySet<string> {
  const held = Object.entries(type.derived).flatMap(([name, { value, held: isHeld }]) =>
    isHeld || namesIn(value).has('t') || draws(value) ? [name] : [],
  );
  return new Set(held);
}

/**
 * Returns derived variables of up to two arguments that are not linear in the state. NESTML expands an inline
 * expression in all others, which takes an hour for 80 of them. A function stays as it is, but is neither recorded nor
 * solved exactly.
 *
 * @param order  derived variables, each after the variables that it reads
 */
function functionsOf({ type, recorded }: CellOfNest, order: readonly string[]): CellCode['functions'] {
  const states = Object.keys(type.state);
  const numeric = new Set<string | undefined>(['real', 'integer']);
  const functions = new Map<string, readonly string[]>();
  for (const name of order) {
    const { value, type: kind } = type.derived[name] as DerivedVariable;
    const reads = [...namesIn(value)];
    const base = new Set(reads.flatMap((read) => functions.get(read) ?? [read]));
    const isNonlinear = reads.some((one) => functions.has(one)) || linearForm(value, states) === null;
    const isNumeric = [...base].every((one) => numeric.has(type.state[one]?.type ?? type.parameters[one]?.type));
    if (isNonlinear && isNumeric && base.size <= 2 && numeric.has(kind) && !recorded.has(name))
      functions.set(name, [...base]);
  }
  return functions;
}
