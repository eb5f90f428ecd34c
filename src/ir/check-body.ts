/** Checks statements: types, permitted writes, and that locals are set before they are read on every path. */

import { type BodyContext, checkArguments, checkExpression } from './check-expressions.js';
import { faultsBuffer } from './names.js';
import { type Expression, type Statement, loadedType } from './program.js';

/** The context of a body, and the effects that its owner permits. */
export interface StatementContext extends BodyContext {
  /** Names that may not be assigned: implicit locals. */
  readonly implicit: ReadonlySet<string>;
  /** False in functions: no stores, faults or bits. */
  readonly effects: boolean;
  /** True in a map over ranges or a count. */
  readonly bits: boolean;
  /** True when the kernel runs in initialisation only. */
  readonly constants: boolean;
}

/** Locals with a value; null for unreachable code. */
type Assigned = ReadonlySet<string> | null;

interface Position {
  /** States at the breaks of the innermost loop; null outside loops. */
  readonly breaks: Assigned[] | null;
  /** Counters of the loops around. */
  readonly counters: readonly string[];
  /** True directly in the body, which every item runs exactly once. */
  readonly top: boolean;
  /** Masks with a bit set so far. */
  readonly masks: Set<string>;
}

/** Checks a body that begins with the given locals set. @returns the locals that are set at its end */
export function checkBody(
  body: readonly Statement[],
  assigned: ReadonlySet<string>,
  context: StatementContext,
): ReadonlySet<string> {
  return (
    checkStatements(body, assigned, { breaks: null, counters: [], top: true, masks: new Set() }, context) ?? assigned
  );
}

function checkStatements(
  statements: readonly Statement[],
  assigned: Assigned,
  position: Position,
  context: StatementContext,
): Assigned {
  let state = assigned;
  for (const statement of statements) {
    if (statement.kind === 'comment') continue;
    if (state === null) {
      context.report('has a statement after a break, which is never reached');
      return null;
    }
    state = checkStatement(statement, state, position, context);
  }
  return state;
}

function both(a: Assigned, b: Assigned): Assigned {
  if (a === null) return b;
  if (b === null) return a;
  return new Set([...a].filter((name) => b.has(name)));
}

function checkStatement(
  s: Statement,
  assigned: ReadonlySet<string>,
  position: Position,
  context: StatementContext,
): Assigned {
  const { report } = context;
  const value = (e: Expression): void => checkExpression(e, assigned, context);
  switch (s.kind) {
    case 'set': {
      value(s.value);
      return checkAssignment(s.local, s.value.type, assigned, position, context);
    }
    case 'store':
    case 'accumulate': {
      value(s.index);
      value(s.value);
      checkWrite(s, context);
      return assigned;
    }
    case 'if': {
      value(s.condition);
      if (s.condition.type !== 'bool') report(`has an if on ${s.condition.type}`);
      const inner = { ...position, top: false };
      return both(checkStatements(s.then, assigned, inner, context), checkStatements(s.else, assigned, inner, context));
    }
    case 'for':
      return checkFor(s, assigned, position, context);
    case 'while': {
      value(s.condition);
      if (s.condition.type !== 'bool') report(`has a while on ${s.condition.type}`);
      const breaks: Assigned[] = [];
      checkStatements(s.body, assigned, { ...position, breaks, top: false }, context);
      const endless = s.condition.kind === 'const' && s.condition.value === true;
      if (endless && breaks.length === 0) report('has a while that never ends');
      return breaks.reduce(both, endless ? null : assigned);
    }
    case 'break':
      if (!position.breaks) report('has a break outside a loop');
      position.breaks?.push(assigned);
      return null;
    case 'call': {
      s.arguments.forEach(value);
      const callee = checkArguments(s.function, s.arguments, context);
      if (callee && callee.results.length !== s.results.length) {
        report(`takes ${s.results.length} results of ${s.function}, which has ${callee.results.length}`);
      }
      if (new Set(s.results).size !== s.results.length) report(`takes two results of ${s.function} into one local`);
      return s.results.reduce<ReadonlySet<string>>(
        (state, name, k) => checkAssignment(name, callee?.results[k]?.type, state, position, context),
        assigned,
      );
    }
    case 'setBit':
      value(s.condition);
      checkSetBit(s, position, context);
      return assigned;
    case 'fault': {
      value(s.when);
      if (s.when.type !== 'bool') report(`raises a fault on ${s.when.type}`);
      if (!context.effects) report('raises a fault, but is a function');
      else if (!context.buffers.has(faultsBuffer)) report(`raises a fault, but there is no buffer ${faultsBuffer}`);
      if (s.bits <= 0 || s.bits >>> 0 !== s.bits) report(`raises fault bits ${s.bits}, which are no u32 above 0`);
      return assigned;
    }
    case 'comment':
      return assigned;
  }
}

function checkFor(
  s: Extract<Statement, { kind: 'for' }>,
  assigned: ReadonlySet<string>,
  position: Position,
  context: StatementContext,
): Assigned {
  checkExpression(s.from, assigned, context);
  checkExpression(s.to, assigned, context);
  if (s.from.type !== 'u32' || s.to.type !== 'u32')
    context.report(`has a for from ${s.from.type} to ${s.to.type}, not u32`);
  const started = checkAssignment(s.local, 'u32', assigned, position, context);
  const breaks: Assigned[] = [];
  checkStatements(
    s.body,
    started,
    { ...position, breaks, counters: [...position.counters, s.local], top: false },
    context,
  );
  return breaks.reduce(both, started);
}

function checkAssignment(
  name: string,
  type: string | undefined,
  assigned: ReadonlySet<string>,
  position: Position,
  context: StatementContext,
): ReadonlySet<string> {
  const { report } = context;
  const declared = context.locals.get(name);
  if (context.implicit.has(name)) report(`assigns ${name}, which the kernel's shape defines`);
  else if (position.counters.includes(name)) report(`assigns ${name} in the loop that counts with it`);
  else if (declared === undefined) report(`assigns ${name}, which is not declared`);
  else if (type !== undefined && declared !== type) report(`assigns ${type} to ${name}, which is ${declared}`);
  return new Set([...assigned, name]);
}

function checkWrite(s: Extract<Statement, { kind: 'store' | 'accumulate' }>, context: StatementContext): void {
  const { report } = context;
  const verb = s.kind === 'store' ? 'stores to' : 'accumulates into';
  if (!context.effects) {
    report(`${verb} ${s.buffer}, but is a function`);
    return;
  }
  if (s.index.type !== 'u32') report(`${verb} ${s.buffer} at an index of type ${s.index.type}, not u32`);
  const buffer = context.buffers.get(s.buffer);
  if (!buffer) {
    report(`${verb} ${s.buffer}, which is not a buffer here`);
    return;
  }
  if (loadedType[buffer.element] !== s.value.type)
    report(`${verb} ${s.buffer} a value of type ${s.value.type}; its elements are ${buffer.element}`);
  if (s.kind === 'accumulate' && !['i32', 'u32', 'i64'].includes(buffer.element)) {
    report(`accumulates into ${s.buffer}, whose elements are ${buffer.element}, not i32, u32 or i64`);
  }
  checkWritable(s.buffer, verb, context);
}

function checkWritable(name: string, verb: string, context: StatementContext): void {
  if (context.buffers.get(name)?.role === 'constant' && !context.constants) {
    context.report(`${verb} ${name}, which is constant, but runs after initialisation`);
  }
}

function checkSetBit(s: Extract<Statement, { kind: 'setBit' }>, position: Position, context: StatementContext): void {
  const { report } = context;
  if (s.condition.type !== 'bool') report(`sets a bit of ${s.mask} to ${s.condition.type}`);
  if (!context.bits) report(`sets a bit of ${s.mask}, which only a map over ranges or a count may`);
  if (!position.top) report(`sets a bit of ${s.mask} under a condition or in a loop`);
  if (position.masks.has(s.mask)) report(`sets its bit of ${s.mask} twice`);
  position.masks.add(s.mask);
  const buffer = context.buffers.get(s.mask);
  if (!buffer) report(`sets a bit of ${s.mask}, which is not a buffer here`);
  else if (buffer.element !== 'u32') report(`sets a bit of ${s.mask}, whose elements are ${buffer.element}, not u32`);
  checkWritable(s.mask, 'sets a bit of', context);
}
