/** Expressions and statements of the IR as text of the C family. */

import { invariant } from '../../diagnostics/diagnostic.js';
import { expandFixed } from '../../ir/fixed-point.js';
import type {
  ElementType,
  Expression,
  Fault,
  For,
  If,
  IrFunction,
  Local,
  ScalarType,
  Statement,
} from '../../ir/program.js';
import { loadedType } from '../../ir/program.js';
import { placeDeclarations } from './declarations.js';
import type { Placement } from './declarations.js';
import {
  binaryText,
  compareText,
  constantText,
  convertText,
  reinterpretText,
  selectText,
  unaryText,
} from './operations.js';
import { Scope } from './scope.js';
import type { ProgramContext } from './scope.js';
import { call, cast, primary, within } from './term.js';
import type { Term } from './term.js';
import { block, comment, indent } from './text.js';

const pass = 'codegen/c';

/** A body with the meaning of its names. */
interface Body {
  readonly scope: Scope;
  /** Locals that the kernel's shape defines. */
  readonly implicit: ReadonlySet<string>;
  readonly types: ReadonlyMap<string, ScalarType>;
  readonly placements: ReadonlyMap<readonly Statement[], Placement>;
}

/** Prepares the printing of a body. */
export function bodyOfLocals(
  scope: Scope,
  locals: readonly Local[],
  statements: readonly Statement[],
  implicit: readonly string[],
  kept: readonly string[] = [],
): Body {
  return {
    scope,
    implicit: new Set(implicit),
    types: new Map(locals.map(({ name, type }) => [name, type])),
    placements: placeDeclarations(statements, new Set(locals.map(({ name }) => name)), new Set(kept)),
  };
}

// --- Expressions ----------------------------------------------------------------------------------------------------
/** An expression's text. */
export function expressionText(body: Body, e: Expression): Term {
  const language = body.scope.context;
  const operand = (part: Expression): Term => expressionText(body, part);
  switch (e.kind) {
    case 'const':
      return constantText(e, language);
    case 'local':
      return primary(body.scope.local(e.name, body.implicit));
    case 'load':
      return loadText(body, e.buffer, operand(e.index));
    case 'unary':
      return unaryText(e.op, e.operand.type, operand(e.operand), language);
    case 'binary':
      return binaryText(e.op, e.type, operand(e.left), operand(e.right), language);
    case 'compare':
      return compareText(e.op, operand(e.left), operand(e.right));
    case 'select':
      return selectText(operand(e.condition), operand(e.whenTrue), operand(e.whenFalse));
    case 'convert':
      return convertText(e.type, e.operand.type, operand(e.operand), language);
    case 'reinterpret':
      return reinterpretText(e.type, e.operand.type, operand(e.operand), language);
    case 'toFixed':
    case 'fromFixed':
      return operand(expandFixed(e));
    case 'call':
      return call(language.functionNames.id(e.function), ...e.arguments.map(operand));
  }
}

const isNarrow = (element: ElementType): boolean =>
  element === 'u8' || element === 'i8' || element === 'u16' || element === 'i16';

/** `buffer[index]`; narrow elements are widened to the type that the program computes with. */
function loadText({ scope }: Body, buffer: string, index: Term): Term {
  const { context } = scope;
  const element = scope.element(buffer);
  const text = primary(`${scope.load(buffer)}[${index.text}]`);
  return isNarrow(element) ? cast(context.dialect.types[loadedType[element]], text) : text;
}

// --- Statements -----------------------------------------------------------------------------------------------------
/** Prints statements in order, with the declarations of locals at their places. */
export function statementsText(body: Body, statements: readonly Statement[]): string[] {
  const placement = body.placements.get(statements);
  const declared = headDeclarations(body, placement?.atHead ?? []);
  return [...declared, ...statements.flatMap((s) => statementText(body, s, placement?.byStatement.has(s) === true))];
}

/** One declaration for all locals of a type. */
function headDeclarations({ scope, types, implicit }: Body, names: readonly string[]): string[] {
  const byType = new Map<ScalarType, string[]>();
  for (const name of names) {
    const type = types.get(name);
    invariant(type !== undefined, pass, `the local ${name} is not declared`);
    byType.set(type, [...(byType.get(type) ?? []), scope.local(name, implicit)]);
  }
  return [...byType].map(([type, ids]) => `${scope.context.dialect.types[type]} ${ids.join(', ')};`);
}

function statementText(body: Body, s: Statement, declares: boolean): string[] {
  const { scope } = body;
  const text = (e: Expression): string => expressionText(body, e).text;
  switch (s.kind) {
    case 'set': {
      const id = scope.local(s.local, body.implicit);
      const type = declares ? `${scope.context.dialect.types[s.value.type]} ` : '';
      return [`${type}${id} = ${text(s.value)};`];
    }
    case 'store': {
      const element = scope.element(s.buffer);
      const value = expressionText(body, s.value);
      const cut = isNarrow(element) ? cast(scope.context.dialect.elementTypes[element], value) : value;
      return [`${scope.store(s.buffer)}[${text(s.index)}] = ${cut.text};`];
    }
    case 'accumulate':
      return accumulateText(body, s.buffer, s.index, s.value);
    case 'if':
      return ifText(body, s);
    case 'for':
      return forText(body, s, declares);
    case 'while':
      return block(`while (${text(s.condition)})`, statementsText(body, s.body));
    case 'break':
      return ['break;'];
    case 'call': {
      const { functionNames, functions } = scope.context;
      const callee = functions.get(s.function);
      invariant(callee !== undefined, pass, `no function is named ${s.function}`);
      const args = s.arguments.map(text);
      const results = s.results.map((name) => scope.local(name, body.implicit));
      // A function with one result returns it; others store their results through pointers.
      if (callee.results.length === 1) {
        const type = declares ? `${scope.context.dialect.types[callee.results[0]?.type ?? 'f64']} ` : '';
        return [`${type}${results[0] ?? ''} = ${functionNames.id(s.function)}(${args.join(', ')});`];
      }
      return [`${functionNames.id(s.function)}(${[...args, ...results.map((id) => `&${id}`)].join(', ')});`];
    }
    case 'setBit':
      return setBitText(body, s.mask, s.condition);
    case 'fault':
      return faultText(body, s);
    case 'comment':
      return [comment(s.text)];
  }
}

function accumulateText(body: Body, buffer: string, index: Expression, value: Expression): string[] {
  const { scope } = body;
  const element = scope.element(buffer);
  invariant(
    element === 'i32' || element === 'u32' || element === 'i64',
    pass,
    `${buffer} is added to, and holds ${element}`,
  );
  const at = `${scope.store(buffer)}[${expressionText(body, index).text}]`;
  const amount = expressionText(body, value);
  if (scope.writes.atomic) return [`${scope.context.use(`${element}_add_shared`)}(&${at}, ${amount.text});`];
  if (element === 'u32') return [`${at} += ${amount.text};`];
  return [`${at} = ${scope.context.use(`${element}_add`)}(${at}, ${amount.text});`];
}

function ifText(body: Body, s: If): string[] {
  const condition = expressionText(body, s.condition).text;
  const then = block(`if (${condition})`, statementsText(body, s.then));
  if (s.else.length === 0) return then;
  return [...then.slice(0, -1), ...block('} else', statementsText(body, s.else))];
}

/** Bounds are computed once; they stay in the loop's head only if they cannot change. */
function forText(body: Body, s: For, declares: boolean): string[] {
  const { scope } = body;
  const type = scope.context.dialect.types.u32;
  const id = scope.local(s.local, body.implicit);
  const from = expressionText(body, s.from).text;
  const bound = expressionText(body, s.to);
  const inside = statementsText(body, s.body);
  if (s.lanes === true && scope.writes.team === true) {
    const end = scope.names.fresh(`${id}_end`);
    const first = s.from.kind === 'const' && s.from.value === 0 ? 'in_team' : `${from} + in_team`;
    return [
      `const ${type} ${end} = ${bound.text};`,
      ...block(`for (${declares ? `${type} ` : ''}${id} = ${first}; ${id} < ${end}; ${id} += TEAM_SIZE)`, inside),
      'share_stores();',
    ];
  }
  // OpenMP only accepts loops that declare their counter, and nothing else.
  const pragma = s.lanes === true && declares ? [scope.context.dialect.independentLoop([])] : [];
  if (s.to.kind === 'const')
    return [
      ...pragma,
      ...block(`for (${declares ? `${type} ` : ''}${id} = ${from}; ${id} < ${bound.text}; ${id} += 1u)`, inside),
    ];
  if (declares && s.lanes === true && s.to.kind === 'local')
    return [...pragma, ...block(`for (${type} ${id} = ${from}; ${id} < ${bound.text}; ${id} += 1u)`, inside)];
  const end = scope.names.fresh(`${id}_end`);
  if (declares)
    return block(`for (${type} ${id} = ${from}, ${end} = ${bound.text}; ${id} < ${end}; ${id} += 1u)`, inside);
  return [
    `const ${type} ${end} = ${bound.text};`,
    ...block(`for (${id} = ${from}; ${id} < ${end}; ${id} += 1u)`, inside),
  ];
}

function setBitText(body: Body, mask: string, condition: Expression): string[] {
  const { scope } = body;
  const text = expressionText(body, condition).text;
  invariant(
    scope.writes.gathered || scope.writes.single === true,
    pass,
    `a bit of ${mask} is set outside a loop over items`,
  );
  invariant(!scope.flags.some((flags) => flags.mask === mask), pass, `bits of ${mask} are set twice`);
  const base = scope.id(mask);
  if (scope.writes.single === true) {
    const id = scope.names.fresh(`${base}_flag`);
    scope.flags.push({ id, any: id, mask });
    return [`${id} = ${text};`];
  }
  const id = scope.names.fresh(`${base}_flags`);
  const any = scope.names.fresh(`${base}_any`);
  const flag = scope.names.fresh(`${base}_flag`);
  scope.flags.push({ id, any, mask });
  return [
    `const ${scope.writes.flagType ?? ''} ${flag} = ${text};`,
    `${id}[index - block] = ${flag};`,
    `${any} |= ${flag};`,
  ];
}

function faultText(body: Body, fault: Fault): string[] {
  const { scope } = body;
  const { when } = fault;
  const bits = scope.faultBits(fault);
  const text = expressionText(body, when);
  if (scope.writes.gathered) {
    const id = scope.names.fresh('fault');
    scope.faults.push({ id, bits });
    return [`${id} |= ${within(cast(scope.context.dialect.types.u32, text), 0)};`];
  }
  const raise = scope.context.raise(scope, bits);
  return when.kind === 'const' ? (when.value === true ? [raise] : []) : block(`if (${text.text})`, [raise]);
}

// --- Functions ------------------------------------------------------------------------------------------------------
/** Prints a function of the program: it returns its only result, or stores its results through its last parameters. */
export function functionText(context: ProgramContext, callee: IrFunction): string[] {
  const scope = new Scope(context, { atomic: false, gathered: false }, false);
  const { types, inlineFunction } = context.dialect;
  const parameters = new Set(callee.parameters.map(({ name }) => name));
  const names = (local: Local): string => scope.names.id(local.name);
  const inputs = callee.parameters.map((parameter) => `${types[parameter.type]} ${names(parameter)}`);
  const locals = callee.locals.filter(({ name }) => !parameters.has(name));
  const results = callee.results.map(({ name }) => name);
  const body = bodyOfLocals(
    scope,
    locals,
    callee.body,
    [],
    results.filter((name) => !parameters.has(name)),
  );
  const lines = statementsText(body, callee.body);
  const [only] = callee.results;
  const single = callee.results.length === 1 && only !== undefined;
  const outputs = single
    ? []
    : callee.results.map((result) => ({ id: scope.names.fresh(`result_${names(result)}`), result }));
  const signature = [...inputs, ...outputs.map(({ id, result }) => `${types[result.type]} *${id}`)];
  const tail = single ? [`return ${names(only)};`] : outputs.map(({ id, result }) => `*${id} = ${names(result)};`);
  const head =
    `${inlineFunction} ${single ? types[only.type] : 'void'} ` +
    `${context.functionNames.id(callee.name)}(${signature.join(', ')})`;
  return [comment(callee.comment), head, '{', ...indent([...lines, ...tail]), '}'];
}
