/** Statements as closures; each yields true when it left by `break`. */

import { InvariantError, invariant } from '../diagnostics/diagnostic.js';
import { type Cell, readSlot, writeNaN, writeSlot } from './cells.js';
import type { StatementCode } from './code.js';
import {
  type Environment,
  cellOf,
  compileBool,
  compileLong,
  compileNumber,
  outside,
  passArguments,
  slotOf,
} from './evaluate-expressions.js';
import { faultsBuffer } from './names.js';
import type {
  Accumulate,
  CallStatement,
  Fault,
  For,
  If,
  SetBit,
  SetLocal,
  Statement,
  Store,
  While,
} from './program.js';

/** A list of statements, run in order up to a `break`. */
export function compileStatements(statements: readonly Statement[], environment: Environment): StatementCode {
  const codes = statements.filter((s) => s.kind !== 'comment').map((s) => compileStatement(s, environment));
  const [first, second] = codes;
  if (!first) return () => false;
  if (!second) return first;
  return () => {
    for (const code of codes) {
      if (code()) return true;
    }
    return false;
  };
}

function compileStatement(s: Statement, environment: Environment): StatementCode {
  switch (s.kind) {
    case 'set':
      return setLocal(s, environment);
    case 'store':
      return store(s, environment);
    case 'accumulate':
      return accumulate(s, environment);
    case 'if':
      return conditional(s, environment);
    case 'for':
      return forLoop(s, environment);
    case 'while':
      return whileLoop(s, environment);
    case 'break':
      return () => true;
    case 'call':
      return callStatement(s, environment);
    case 'setBit':
      return setBit(s, environment);
    case 'fault':
      return fault(s, environment);
    case 'comment':
      return () => false;
  }
}

function setLocal(s: SetLocal, environment: Environment): StatementCode {
  const slot = slotOf(s.local, environment);
  switch (slot.kind) {
    case 'number': {
      const value = compileNumber(s.value, environment);
      const target = slot.value;
      return () => {
        target[0] = value();
        return false;
      };
    }
    case 'long': {
      const value = compileLong(s.value, environment);
      return () => {
        slot.value = value();
        return false;
      };
    }
    case 'bool': {
      const value = compileBool(s.value, environment);
      return () => {
        slot.value = value();
        return false;
      };
    }
  }
}

/** Typed arrays cut integers to their width on their own; only NaN needs care. */
function store(s: Store, environment: Environment): StatementCode {
  const cell = cellOf(s.buffer, environment);
  const index = compileNumber(s.index, environment);
  if (cell.element === 'i64') {
    const value = compileLong(s.value, environment);
    return () => {
      const at = index();
      if (at >= cell.longs.length) throw outside(environment.owner, cell, at);
      cell.longs[at] = value();
      return false;
    };
  }
  const value = compileNumber(s.value, environment);
  return () => {
    const at = index();
    const x = value();
    if (at >= cell.numbers.length) throw outside(environment.owner, cell, at);
    if (Number.isNaN(x)) writeNaN(cell, at);
    else cell.numbers[at] = x;
    return false;
  };
}

function accumulate(s: Accumulate, environment: Environment): StatementCode {
  const cell = cellOf(s.buffer, environment);
  const index = compileNumber(s.index, environment);
  if (cell.element === 'i64') {
    const value = compileLong(s.value, environment);
    return () => {
      const at = index();
      const old = cell.longs[at];
      if (old === undefined) throw outside(environment.owner, cell, at);
      cell.longs[at] = old + value();
      return false;
    };
  }
  invariant(
    cell.element === 'i32' || cell.element === 'u32',
    'ir/evaluate',
    `${environment.owner}: accumulation into ${cell.name}`,
  );
  const value = compileNumber(s.value, environment);
  return () => {
    const at = index();
    const old = cell.numbers[at];
    if (old === undefined) throw outside(environment.owner, cell, at);
    cell.numbers[at] = old + value();
    return false;
  };
}

function conditional(s: If, environment: Environment): StatementCode {
  const condition = compileBool(s.condition, environment);
  const then = compileStatements(s.then, environment);
  const otherwise = compileStatements(s.else, environment);
  return () => (condition() ? then() : otherwise());
}

function forLoop(s: For, environment: Environment): StatementCode {
  const slot = slotOf(s.local, environment);
  if (slot.kind !== 'number' || slot.type !== 'u32')
    throw new InvariantError('ir/evaluate', `${environment.owner}: ${s.local} is not u32`);
  const counter = slot.value;
  const from = compileNumber(s.from, environment);
  const to = compileNumber(s.to, environment);
  const body = compileStatements(s.body, environment);
  return () => {
    const begin = from();
    const end = to();
    for (let k = begin; k < end; k++) {
      counter[0] = k;
      if (body()) return false;
    }
    counter[0] = Math.max(begin, end);
    return false;
  };
}

function whileLoop(s: While, environment: Environment): StatementCode {
  const condition = compileBool(s.condition, environment);
  const body = compileStatements(s.body, environment);
  return () => {
    while (condition()) {
      if (body()) break;
    }
    return false;
  };
}

function callStatement(s: CallStatement, environment: Environment): StatementCode {
  const callee = environment.functions.get(s.function);
  invariant(callee, 'ir/evaluate', `${environment.owner}: no function ${s.function}`);
  invariant(
    callee.results.length === s.results.length,
    'ir/evaluate',
    `${environment.owner}: ${s.function} has ${callee.results.length} results`,
  );
  const run = passArguments(callee, s.arguments, environment);
  const targets = s.results.map((name) => slotOf(name, environment));
  const sources = callee.results;
  return () => {
    run();
    for (let k = 0; k < targets.length; k++) {
      const target = targets[k];
      const source = sources[k];
      if (target && source) writeSlot(target, readSlot(source));
    }
    return false;
  };
}

/** Sets bit `index` of a cell of u32 values. */
function writeBit(owner: string, cell: Cell, index: number, on: boolean): void {
  const word = cell.numbers[index >>> 5];
  if (word === undefined) throw outside(owner, cell, index >>> 5);
  const bit = 1 << (index & 31);
  cell.numbers[index >>> 5] = on ? word | bit : word & ~bit;
}

function setBit(s: SetBit, environment: Environment): StatementCode {
  const cell = cellOf(s.mask, environment);
  const slot = slotOf('index', environment);
  invariant(slot.kind === 'number', 'ir/evaluate', `${environment.owner}: index is ${slot.type}`);
  const index = slot.value;
  const condition = compileBool(s.condition, environment);
  return () => {
    writeBit(environment.owner, cell, index[0] ?? 0, condition());
    return false;
  };
}

function fault(s: Fault, environment: Environment): StatementCode {
  const cell = cellOf(faultsBuffer, environment);
  const condition = compileBool(s.when, environment);
  return () => {
    if (!condition()) return false;
    const raised = cell.numbers[0];
    if (raised === undefined) throw outside(environment.owner, cell, 0);
    cell.numbers[0] = raised | s.bits;
    return false;
  };
}
