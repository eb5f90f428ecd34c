/** Vectors as variables of their elements: `x[2]` is `x_0` and `x_1`. */

import type { Expression, Span } from '../../src/lang/ast.js';
import { name as nameOf } from '../../src/lang/build.js';
import { childrenOf, withChildren } from '../../src/lang/walk.js';
import { constantOf } from '../../src/library/recognise/numbers.js';
import * as messages from './messages.js';
import { elementName, indexMarker, type Declaration, type NestmlModel, type Statement } from './syntax.js';
import { Unreadable, type Report } from './text.js';

/** Longest vector of variables. */
const mostElements = 1000;
/** All vectors of a model have at most so many declarations and assignments of elements. */
const mostLines = 20_000;

/** Returns a model whose vectors are variables of their elements. @throws Unreadable after a finding */
export function withoutVectors(model: NestmlModel, report: Report): NestmlModel {
  const sizes = new Map<string, number>();
  const fixed = new Set<string>();
  const fail = (...finding: Parameters<Report>): never => {
    report(...finding);
    throw new Unreadable();
  };
  const sizeOf = (size: Expression): number => {
    if (size.kind === 'name') fixed.add(size.name);
    const known =
      size.kind === 'name'
        ? [...model.parameters, ...model.internals].find(({ name }) => name === size.name)?.value
        : size;
    const count = known && constantOf(known);
    return count !== undefined && Number.isInteger(count) && count > 0 && count <= mostElements
      ? count
      : fail(messages.vectorSize(mostElements), size.span);
  };
  /** Returns an expression with elements of the vectors that it reads as wholes. */
  const elementOf = (e: Expression, k: number): Expression => {
    if (e.kind === 'name') return (sizes.get(e.name) ?? 0) > k ? nameOf(elementName(e.name, k), e.span) : e;
    if (e.kind !== 'call' || e.function !== indexMarker) return withChildren(e, (part) => elementOf(part, k));
    const [vector, index] = e.arguments as readonly [Expression, Expression];
    return { ...e, arguments: [vector, elementOf(index, k)] };
  };
  const isNumber = (e: Expression): Expression => {
    if (e.kind === 'name' && sizes.has(e.name)) fail(messages.vectorValue(e.name), e.span);
    for (const part of e.kind === 'call' && e.function === indexMarker ? e.arguments.slice(1) : childrenOf(e))
      isNumber(part);
    return e;
  };
  let lines = 0;
  const each = (name: string, span: Span): readonly number[] => {
    const size = sizes.get(name) ?? 0;
    if ((lines += size) > mostLines) fail(messages.endless(mostLines), span);
    return [...Array(size).keys()];
  };
  const declared = (one: Declaration): readonly Declaration[] => {
    const { size, ...scalar } = one;
    if (one.value) isNumber(one.value);
    if (!size) return [one];
    sizes.set(one.name, sizeOf(size));
    return each(one.name, one.span).map((k) => ({ ...scalar, name: elementName(one.name, k) }));
  };
  const statement = (one: Statement): readonly Statement[] => {
    switch (one.kind) {
      case 'declare':
        return [{ ...one, declarations: one.declarations.flatMap(declared) }];
      case 'assign':
        if (one.index || !sizes.has(one.target)) return [{ ...one, value: isNumber(one.value) }];
        return each(one.target, one.span).map((k) => ({
          ...one,
          target: elementName(one.target, k),
          value: isNumber(elementOf(one.value, k)),
        }));
      case 'if':
        return [{ ...one, whenTrue: one.whenTrue.flatMap(statement), whenFalse: one.whenFalse.flatMap(statement) }];
      case 'for':
      case 'while':
        return [{ ...one, body: one.body.flatMap(statement) }];
      default:
        return [one];
    }
  };
  const body = <T extends { readonly body: readonly Statement[] }>(one: T): T => ({
    ...one,
    body: one.body.flatMap(statement),
  });
  const parameters = model.parameters.flatMap(declared);
  const changed = {
    ...model,
    internals: model.internals.flatMap(declared),
    state: model.state.flatMap(declared),
    inlines: model.inlines.flatMap(declared),
    update: model.update.flatMap(statement),
    receivers: model.receivers.map(body),
    conditions: model.conditions.map(body),
    functions: new Map([...model.functions].map(([name, one]) => [name, body(one)])),
  };
  return { ...changed, parameters: parameters.map((one) => (fixed.has(one.name) ? { ...one, isFixed: true } : one)) };
}
