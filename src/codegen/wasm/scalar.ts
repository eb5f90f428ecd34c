/** Expressions and statements of the IR as scalar WebAssembly text. */

import { invariant } from '../../diagnostics/diagnostic.js';
import { expandFixed } from '../../ir/fixed-point.js';
import type { ElementType, Expression, Fault, If, IrFunction, SetBit, Statement } from '../../ir/program.js';
import { elementBytes } from '../../ir/program.js';
import type { HelperUse } from './operations.js';
import type { Amount, Family, Field } from '../families/pattern.js';
import { bufferOf, fieldBytes, placementOf } from './layout.js';
import type { Layout } from './layout.js';
import type { Names } from './names.js';
import {
  binaryText,
  compareText,
  constantText,
  convertText,
  reinterpretText,
  selectText,
  unaryText,
  valueType,
} from './operations.js';
import { commentText, i32Const, localGet, localSet } from './text.js';
import type { Wat } from './text.js';

/** The shared context of printing one module. */
export interface ModuleContext {
  /** The addresses of buffers. */
  readonly layout: Layout;
  /** Identifiers of functions. */
  readonly functions: Names;
  /** The program's functions by name. */
  readonly functionTable: ReadonlyMap<string, IrFunction>;
  /** Notes which helpers are called. */
  readonly helpers: HelperUse;
  /** Several threads run the kernels. */
  readonly parallel: boolean;
}

/** The context of printing one function's body; locals of the printer are declared while printing. */
export class Scope {
  /** The shared context of all functions of the module. */
  readonly module: ModuleContext;
  /** Identifiers of locals. */
  readonly names: Names;
  /** Whether `accumulate` may meet another thread at the same element. */
  readonly atomic: boolean;
  /** The family that the function belongs to; absent in other functions. */
  readonly family: Family | undefined;
  readonly #fields: ReadonlyMap<string, { readonly field: Field; readonly offset: number }>;
  readonly #declared = new Map<string, string>();
  readonly #bases = new Set<string>();
  readonly #numbers = new Map<string, Wat>();
  #labels = 0;
  /** Labels of the blocks that `break` leaves, the innermost last. */
  readonly exits: string[] = [];

  constructor(module: ModuleContext, names: Names, atomic: boolean, family?: Family) {
    this.family = family;
    this.#fields = new Map(
      (family?.fields ?? []).map((field, k) => [field.name, { field, offset: fieldBytes * k }] as const),
    );
    this.module = module;
    this.names = names;
    this.atomic = atomic;
  }

  /** The identifier of an IR local. */
  id(local: string): string {
    return this.names.id(local);
  }

  /** Declares a local, once. */
  declare(id: string, type: string): string {
    this.#declared.set(id, type);
    return id;
  }

  /** A number for labels and locals of one statement. */
  label(): number {
    this.#labels += 1;
    return this.#labels;
  }

  /** The local that holds the base address of a buffer allocated while initialising. */
  base(buffer: string): string {
    const id = this.declare(`$.base:${this.names.id(`buffer ${buffer}`).slice(1)}`, 'i32');
    this.#bases.add(buffer);
    return id;
  }

  /** Reads a local, or a number of the member. */
  local(name: string): Wat {
    const id = this.id(name);
    const known = this.#fields.get(name);
    if (known?.field.kind === 'value') {
      const type = valueType[known.field.type];
      this.declare(id, type);
      this.#numbers.set(id, [`${type}.load offset=${known.offset}`, localGet('$.member')]);
    }
    return localGet(id);
  }

  /** A number that all members share, or one of the member. */
  amount(amount: Amount): Wat {
    return typeof amount === 'number' ? i32Const(amount) : this.local(amount.field);
  }

  /** Element type of a buffer of the program or of a member. */
  element(buffer: string): ElementType {
    const known = this.#fields.get(buffer)?.field;
    return known?.kind === 'buffer' ? known.element : bufferOf(this.module.layout, buffer).element;
  }

  /** The address of a buffer, if it is constant. */
  constantAddress(buffer: string): number | undefined {
    if (this.#fields.has(buffer)) return undefined;
    const placement = placementOf(this.module.layout, buffer);
    return placement.kind === 'fixed' ? placement.address : undefined;
  }

  /** `(local …)` declarations, in order of first use, a few on each line. */
  get locals(): Wat[] {
    const all = [...this.#declared].map(([id, type]) => `(local ${id} ${type})`);
    const rows: Wat[] = [];
    for (let k = 0; k < all.length; k += 5) rows.push(all.slice(k, k + 5).join(' '));
    return rows;
  }

  /** Reads the base addresses and the member's numbers that the body uses. */
  get prologue(): Wat[] {
    const bases = [...this.#bases].map((buffer) => localSet(this.base(buffer), this.#baseText(buffer)));
    return [...bases, ...[...this.#numbers].map(([id, value]) => localSet(id, value))];
  }

  #baseText(buffer: string): Wat {
    const known = this.#fields.get(buffer);
    if (known === undefined) {
      const placement = placementOf(this.module.layout, buffer);
      invariant(placement.kind === 'dynamic', 'codegen/wasm/scalar', `${buffer} has a constant address`);
      return [`i32.load offset=${placement.cell}`, i32Const(0)];
    }
    const address: Wat = [`i32.load offset=${known.offset}`, localGet('$.member')];
    const [first] = this.family?.members ?? [];
    const ordinal = known.offset / fieldBytes;
    const placement = placementOf(this.module.layout, String(first?.values[ordinal]));
    return placement.kind === 'fixed' ? address : ['i32.load', address];
  }
}

const shifts = { 1: 0, 2: 1, 4: 2, 8: 3 } as const;

/** The address of an element: the immediate offset and the address operand. */
interface Address {
  readonly offset: string;
  readonly operand: Wat;
}

function constantIndex(index: Wat): number | undefined {
  const match = typeof index === 'string' ? null : /^i32\.const (-?\d+)$/.exec(index[0]);
  return match === null ? undefined : Number(match[1]) >>> 0;
}

/** The address of `buffer[index]`. */
export function addressOf(scope: Scope, buffer: string, index: Wat): Address {
  const fixed = scope.constantAddress(buffer);
  const bytes = elementBytes[scope.element(buffer)];
  const constant = constantIndex(index);
  if (constant !== undefined) {
    const operand = fixed === undefined ? localGet(scope.base(buffer)) : i32Const(0);
    return { offset: `offset=${(fixed ?? 0) + constant * bytes}`, operand };
  }
  const scaled: Wat = bytes === 1 ? index : ['i32.shl', index, i32Const(shifts[bytes])];
  if (fixed !== undefined) return { offset: `offset=${fixed}`, operand: scaled };
  return { offset: '', operand: ['i32.add', localGet(scope.base(buffer)), scaled] };
}

/** An instruction head with its address immediate, if any. */
export function withOffset(instruction: string, address: Address): string {
  return address.offset === '' ? instruction : `${instruction} ${address.offset}`;
}

const loadInstruction = {
  u8: 'i32.load8_u',
  i8: 'i32.load8_s',
  u16: 'i32.load16_u',
  i16: 'i32.load16_s',
  u32: 'i32.load',
  i32: 'i32.load',
  i64: 'i64.load',
  f32: 'f32.load',
  f64: 'f64.load',
} as const satisfies Record<ElementType, string>;

const storeInstruction = {
  u8: 'i32.store8',
  i8: 'i32.store8',
  u16: 'i32.store16',
  i16: 'i32.store16',
  u32: 'i32.store',
  i32: 'i32.store',
  i64: 'i64.store',
  f32: 'f32.store',
  f64: 'f64.store',
} as const satisfies Record<ElementType, string>;

/** `buffer[index]`. */
export function loadText(scope: Scope, buffer: string, index: Wat): Wat {
  const address = addressOf(scope, buffer, index);
  return [withOffset(loadInstruction[scope.element(buffer)], address), address.operand];
}

/** `buffer[index] = value`. */
export function storeText(scope: Scope, buffer: string, index: Wat, value: Wat): Wat {
  const address = addressOf(scope, buffer, index);
  return [withOffset(storeInstruction[scope.element(buffer)], address), address.operand, value];
}

/** `buffer[index] += value`, atomic if `shared`. */
function accumulateText(scope: Scope, buffer: string, index: Wat, value: Wat, shared: boolean): Wat[] {
  const element = scope.element(buffer);
  invariant(
    element === 'i32' || element === 'u32' || element === 'i64',
    'codegen/wasm/scalar',
    `accumulate into ${buffer}, which holds ${element}`,
  );
  const t = element === 'i64' ? 'i64' : 'i32';
  const address = addressOf(scope, buffer, index);
  if (shared) return [['drop', [withOffset(`${t}.atomic.rmw.add`, address), address.operand, value]]];
  const at = scope.declare('$.at', 'i32');
  return [
    localSet(at, address.operand),
    [
      withOffset(`${t}.store`, address),
      localGet(at),
      [`${t}.add`, [withOffset(`${t}.load`, address), localGet(at)], value],
    ],
  ];
}

/** Raises bits in `faults`. */
export function faultText(scope: Scope, raised: Amount, condition: Wat): Wat {
  const bits = scope.amount(raised);
  const address = addressOf(scope, 'faults', i32Const(0));
  const raise: Wat = scope.module.parallel
    ? ['drop', [withOffset('i32.atomic.rmw.or', address), address.operand, bits]]
    : [
        withOffset('i32.store', address),
        address.operand,
        ['i32.or', [withOffset('i32.load', address), address.operand], bits],
      ];
  return ['if', condition, ['then', raise]];
}

function raisedBits({ family }: Scope, statement: Fault): Amount {
  const field = family?.faultFields.get(statement);
  return field === undefined ? statement.bits : { field };
}

/** The text of an expression. */
export function expressionText(scope: Scope, expression: Expression): Wat {
  const text = (operand: Expression): Wat => expressionText(scope, operand);
  switch (expression.kind) {
    case 'const':
      return constantText(expression);
    case 'local':
      return scope.local(expression.name);
    case 'load':
      return loadText(scope, expression.buffer, text(expression.index));
    case 'unary':
      return unaryText(expression.op, expression.type, text(expression.operand), scope.module.helpers);
    case 'binary':
      return binaryText(
        expression.op,
        expression.type,
        text(expression.left),
        text(expression.right),
        scope.module.helpers,
      );
    case 'compare':
      return compareText(expression.op, expression.left.type, text(expression.left), text(expression.right));
    case 'select':
      return selectText(text(expression.condition), text(expression.whenTrue), text(expression.whenFalse));
    case 'convert':
      return convertText(expression.type, expression.operand.type, text(expression.operand));
    case 'reinterpret':
      return reinterpretText(expression.type, expression.operand.type, text(expression.operand));
    case 'toFixed':
    case 'fromFixed':
      return text(expandFixed(expression));
    case 'call':
      return [`call ${scope.module.functions.id(expression.function)}`, ...expression.arguments.map(text)];
  }
}

/**
 * Sets the bit of this item. Items of one thread ascend and begin at a whole u32, so the first item of each u32 clears
 * it; bits after the last item stay clear.
 */
function setBitText(scope: Scope, statement: SetBit): Wat[] {
  const word = scope.declare('$.word', 'i32');
  const index = localGet(scope.id('index'));
  const address = addressOf(scope, statement.mask, localGet(word));
  const bit: Wat = ['i32.shl', expressionText(scope, statement.condition), index];
  const old: Wat = [
    'select',
    i32Const(0),
    [withOffset('i32.load', address), address.operand],
    ['i32.eqz', ['i32.and', index, i32Const(31)]],
  ];
  return [
    localSet(word, ['i32.shr_u', index, i32Const(5)]),
    [withOffset('i32.store', address), address.operand, ['i32.or', old, bit]],
  ];
}

function ifText(scope: Scope, statement: If): Wat {
  const then: Wat = ['then', ...statementsText(scope, statement.then)];
  const condition = expressionText(scope, statement.condition);
  return statement.else.length === 0
    ? ['if', condition, then]
    : ['if', condition, then, ['else', ...statementsText(scope, statement.else)]];
}

function loopText(scope: Scope, entry: Wat[], again: Wat, step: Wat[], body: readonly Statement[]): Wat[] {
  const label = scope.label();
  const exit = `$exit${label}`;
  const next = `$next${label}`;
  scope.exits.push(exit);
  const inner = statementsText(scope, body);
  scope.exits.pop();
  // Tested at the bottom, so a turn has one branch.
  return [
    ...entry,
    [
      `block ${exit}`,
      [`br_if ${exit}`, ['i32.eqz', again]],
      [`loop ${next}`, ...inner, ...step, [`br_if ${next}`, again]],
    ],
  ];
}

function statementText(scope: Scope, statement: Statement): Wat[] {
  const text = (expression: Expression): Wat => expressionText(scope, expression);
  switch (statement.kind) {
    case 'set':
      return [localSet(scope.id(statement.local), text(statement.value))];
    case 'store':
      return [storeText(scope, statement.buffer, text(statement.index), text(statement.value))];
    case 'accumulate':
      return accumulateText(scope, statement.buffer, text(statement.index), text(statement.value), scope.atomic);
    case 'if':
      return [ifText(scope, statement)];
    case 'for': {
      const to = scope.declare(`$.to${scope.label()}`, 'i32');
      const local = scope.id(statement.local);
      const entry = [localSet(to, text(statement.to)), localSet(local, text(statement.from))];
      const step = [localSet(local, ['i32.add', localGet(local), i32Const(1)])];
      return loopText(scope, entry, ['i32.lt_u', localGet(local), localGet(to)], step, statement.body);
    }
    case 'while':
      return loopText(scope, [], text(statement.condition), [], statement.body);
    case 'break': {
      const exit = scope.exits.at(-1);
      invariant(exit !== undefined, 'codegen/wasm/scalar', 'break outside a loop');
      return [[`br ${exit}`]];
    }
    case 'call': {
      const call: Wat = [`call ${scope.module.functions.id(statement.function)}`, ...statement.arguments.map(text)];
      const sets = statement.results.map((result) => `local.set ${scope.id(result)}`).reverse();
      return [call, ...sets];
    }
    case 'setBit':
      return setBitText(scope, statement);
    case 'fault':
      return [faultText(scope, raisedBits(scope, statement), text(statement.when))];
    case 'comment':
      return [`;; ${commentText(statement.text)}`];
  }
}

/** The text of statements, in order. */
export function statementsText(scope: Scope, statements: readonly Statement[]): Wat[] {
  return statements.flatMap((statement) => statementText(scope, statement));
}

/** An IR function as a WebAssembly function. */
export function functionText(module: ModuleContext, callee: IrFunction, names: Names): Wat[] {
  const scope = new Scope(module, names, false);
  const parameters = callee.parameters.map(
    (parameter) => ` (param ${scope.id(parameter.name)} ${valueType[parameter.type]})`,
  );
  for (const local of callee.locals) scope.declare(scope.id(local.name), valueType[local.type]);
  const body = statementsText(scope, callee.body);
  const results =
    callee.results.length === 0 ? '' : ` (result ${callee.results.map((result) => valueType[result.type]).join(' ')})`;
  return [
    `;; ${commentText(callee.comment)}`,
    [
      `func ${module.functions.id(callee.name)}${parameters.join('')}${results}`,
      ...scope.locals,
      ...body,
      ...callee.results.map((result) => localGet(scope.id(result.name))),
    ],
  ];
}
