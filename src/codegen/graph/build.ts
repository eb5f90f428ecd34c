/** From the body of a map kernel to its graph. */

import { invariant } from '../../diagnostics/diagnostic.js';
import { expandFixed } from '../../ir/fixed-point.js';
import type {
  CallExpression,
  CallStatement,
  Expression,
  For,
  If,
  IrFunction,
  MapKernel,
  ScalarType,
  Statement,
} from '../../ir/program.js';
import { GraphBuilder } from './graph.js';
import type { Access, Graph, GraphNode } from './graph.js';

/** Loops of at most that many iterations are unrolled. */
const unrollLimit = 16;
/** A graph with more nodes would spill more than lanes gain. */
const sizeLimit = 6000;

/** Thrown and caught only here: the body has an operation that lanes do not support. */
class NotStraight extends Error {}

type Environment = Map<string, GraphNode>;

interface Builder {
  readonly graph: GraphBuilder;
  readonly functions: ReadonlyMap<string, IrFunction>;
  /** Buffers that the body writes: their loads at uniform addresses may not be moved to the front. */
  readonly written: ReadonlySet<string>;
  readonly straight: Map<string, boolean>;
}

function isStraightBody(builder: Builder, body: readonly Statement[]): boolean {
  return body.every((statement) => {
    switch (statement.kind) {
      case 'set':
      case 'comment':
        return true;
      case 'if':
        return isStraightBody(builder, statement.then) && isStraightBody(builder, statement.else);
      case 'for': {
        const { from, to } = statement;
        return (
          from.kind === 'const' &&
          to.kind === 'const' &&
          Number(to.value) - Number(from.value) <= unrollLimit &&
          isStraightBody(builder, statement.body)
        );
      }
      case 'call':
        return isStraight(builder, statement.function);
      default:
        return false;
    }
  });
}

/**
 * Whether a function can be inlined: its only loops are short ones of constant length. Its callees are checked at each
 * call.
 */
function isStraight(builder: Builder, name: string): boolean {
  const known = builder.straight.get(name);
  if (known !== undefined) return known;
  const callee = builder.functions.get(name);
  invariant(callee !== undefined, 'codegen/graph', `no function is named ${name}`);
  const straight = isStraightBody(builder, callee.body);
  builder.straight.set(name, straight);
  return straight;
}

function access(index: GraphNode): { readonly access: Access; readonly operands: readonly GraphNode[] } {
  if (!index.varying) return { access: 'uniform', operands: [index] };
  if (index.kind === 'implicit') return { access: 'contiguous', operands: [] };
  const [left, right] = index.operands;
  if (index.kind === 'binary' && index.op === 'add' && left !== undefined && right !== undefined) {
    if (left.kind === 'implicit' && left.varying && !right.varying) return { access: 'contiguous', operands: [right] };
    if (right.kind === 'implicit' && right.varying && !left.varying) return { access: 'contiguous', operands: [left] };
  }
  return { access: 'scattered', operands: [index] };
}

function callResults(builder: Builder, name: string, args: readonly GraphNode[]): readonly GraphNode[] {
  const callee = builder.functions.get(name);
  invariant(callee !== undefined, 'codegen/graph', `no function is named ${name}`);
  const uniform = args.every((argument) => !argument.varying);
  if (!uniform && isStraight(builder, name)) {
    const inner: Environment = new Map(callee.parameters.map((parameter, k) => [parameter.name, args[k] as GraphNode]));
    addStatements(builder, callee.body, inner, `${name}.`);
    return callee.results.map((result) => valueOf(inner, result.name));
  }
  const results = callee.results.map((result) => result.type);
  const type = results[0];
  invariant(type !== undefined, 'codegen/graph', `${name} has no result`);
  const call = builder.graph.node({ kind: 'call', type, varying: !uniform, operands: args, function: name, results });
  return results.map((result, ordinal) =>
    builder.graph.node({ kind: 'result', type: result, varying: !uniform, operands: [call], ordinal }),
  );
}

function valueOf(environment: Environment, name: string): GraphNode {
  const value = environment.get(name);
  invariant(value !== undefined, 'codegen/graph', `${name} is read before it is set`);
  return value;
}

function addCall(builder: Builder, call: CallExpression, environment: Environment): GraphNode {
  const [result] = callResults(
    builder,
    call.function,
    call.arguments.map((argument) => addExpression(builder, argument, environment)),
  );
  invariant(result !== undefined, 'codegen/graph', `${call.function} has no result`);
  return result;
}

function addExpression(builder: Builder, expression: Expression, environment: Environment): GraphNode {
  const { graph } = builder;
  const operand = (part: Expression): GraphNode => addExpression(builder, part, environment);
  const { type } = expression;
  const combine = (
    parts: readonly Expression[],
  ): { type: ScalarType; varying: boolean; operands: readonly GraphNode[] } => {
    const operands = parts.map(operand);
    return { type, operands, varying: operands.some((node) => node.varying) };
  };
  if (graph.size > sizeLimit) throw new NotStraight();
  switch (expression.kind) {
    case 'const':
      return graph.node({ kind: 'const', type, varying: false, operands: [], value: expression.value });
    case 'local':
      return valueOf(environment, expression.name);
    case 'load': {
      const loadAccess = access(operand(expression.index));
      const varying = loadAccess.access !== 'uniform' || builder.written.has(expression.buffer);
      return graph.node({
        kind: 'load',
        type,
        varying,
        operands: loadAccess.operands,
        buffer: expression.buffer,
        access: loadAccess.access,
      });
    }
    case 'unary':
      return graph.node({ kind: 'unary', op: expression.op, ...combine([expression.operand]) });
    case 'binary':
      return graph.node({ kind: 'binary', op: expression.op, ...combine([expression.left, expression.right]) });
    case 'compare':
      return graph.node({ kind: 'compare', op: expression.op, ...combine([expression.left, expression.right]) });
    case 'select':
      return graph.node({
        kind: 'select',
        ...combine([expression.condition, expression.whenTrue, expression.whenFalse]),
      });
    case 'convert': {
      const value = operand(expression.operand);
      return value.type === type
        ? value
        : graph.node({ kind: 'convert', type, varying: value.varying, operands: [value] });
    }
    case 'reinterpret':
      return graph.node({ kind: 'reinterpret', ...combine([expression.operand]) });
    case 'toFixed':
    case 'fromFixed':
      return operand(expandFixed(expression));
    case 'call':
      return addCall(builder, expression, environment);
  }
}

/**
 * Both branches are computed, and every local that either sets is chosen from. Bodies of functions only, which have no
 * effects.
 */
function addIf(builder: Builder, statement: If, environment: Environment, prefix: string): void {
  const condition = addExpression(builder, statement.condition, environment);
  const then: Environment = new Map(environment);
  const otherwise: Environment = new Map(environment);
  addStatements(builder, statement.then, then, prefix);
  addStatements(builder, statement.else, otherwise, prefix);
  for (const name of new Set([...then.keys(), ...otherwise.keys()])) {
    const a = then.get(name);
    const b = otherwise.get(name);
    const chosen =
      a === undefined || b === undefined || a === b
        ? (a ?? b)
        : builder.graph.node({
            kind: 'select',
            type: a.type,
            varying: condition.varying || a.varying || b.varying,
            operands: [condition, a, b],
          });
    invariant(chosen !== undefined, 'codegen/graph', `${name} has no value`);
    environment.set(name, chosen);
  }
}

function addFor(builder: Builder, statement: For, environment: Environment, prefix: string): void {
  const { from, to } = statement;
  if (from.kind !== 'const' || to.kind !== 'const' || Number(to.value) - Number(from.value) > unrollLimit)
    throw new NotStraight();
  const constant = (value: number): GraphNode =>
    builder.graph.node({ kind: 'const', type: 'u32', varying: false, operands: [], value });
  let turn = Number(from.value);
  environment.set(statement.local, constant(turn));
  for (; turn < Number(to.value); turn += 1) {
    environment.set(statement.local, constant(turn));
    addStatements(builder, statement.body, environment, prefix);
    environment.set(statement.local, constant(turn + 1));
  }
}

function assign(environment: Environment, local: string, value: GraphNode, prefix: string): void {
  environment.set(local, value);
  value.name ??= prefix + local;
}

function addCallStatement(builder: Builder, statement: CallStatement, environment: Environment, prefix: string): void {
  const results = callResults(
    builder,
    statement.function,
    statement.arguments.map((argument) => addExpression(builder, argument, environment)),
  );
  statement.results.forEach((local, k) => assign(environment, local, results[k] as GraphNode, prefix));
}

function addWrite(
  builder: Builder,
  statement: Extract<Statement, { kind: 'store' | 'accumulate' }>,
  environment: Environment,
): void {
  const storeAccess = access(addExpression(builder, statement.index, environment));
  // Items may add to each other's elements only by one address at a time.
  if (storeAccess.access !== 'contiguous' || (statement.kind === 'accumulate' && storeAccess.operands.length > 0))
    throw new NotStraight();
  const value = addExpression(builder, statement.value, environment);
  builder.graph.effect({ kind: statement.kind, buffer: statement.buffer, offset: storeAccess.operands[0], value });
}

function addStatements(
  builder: Builder,
  statements: readonly Statement[],
  environment: Environment,
  prefix: string,
): void {
  for (const statement of statements) {
    switch (statement.kind) {
      case 'set':
        assign(environment, statement.local, addExpression(builder, statement.value, environment), prefix);
        break;
      case 'store':
      case 'accumulate':
        addWrite(builder, statement, environment);
        break;
      case 'if':
        addIf(builder, statement, environment, prefix);
        break;
      case 'for':
        addFor(builder, statement, environment, prefix);
        break;
      case 'call':
        addCallStatement(builder, statement, environment, prefix);
        break;
      case 'setBit':
        builder.graph.effect({
          kind: 'setBit',
          mask: statement.mask,
          condition: addExpression(builder, statement.condition, environment),
        });
        break;
      case 'fault':
        builder.graph.effect({
          kind: 'fault',
          bits: statement.bits,
          condition: addExpression(builder, statement.when, environment),
        });
        break;
      case 'comment':
        if (prefix === '') builder.graph.effect({ kind: 'comment', text: statement.text });
        break;
      case 'while':
      case 'break':
        throw new NotStraight();
    }
  }
}

/**
 * The graph of a kernel's body.
 *
 * @param numbers names and types of numbers that are known when the kernel is called
 * @returns undefined when the body is not straight-line, or writes elsewhere than at `index + offset`
 */
export function buildGraph(
  kernel: Pick<MapKernel, 'body'> & { readonly domain: { readonly kind: string } },
  functions: ReadonlyMap<string, IrFunction>,
  numbers: ReadonlyMap<string, ScalarType> = new Map(),
): Graph | undefined {
  // Under a condition of the kernel itself there may be writes, and loads that are legal only there.
  if (
    kernel.domain.kind === 'spikes' ||
    kernel.body.some((statement) => statement.kind === 'if' || statement.kind === 'for')
  )
    return undefined;
  const graph = new GraphBuilder();
  const written = new Set(
    kernel.body.flatMap((statement) =>
      statement.kind === 'store' || statement.kind === 'accumulate' ? [statement.buffer] : [],
    ),
  );
  const builder: Builder = { graph, functions, written, straight: new Map() };
  const implicit = (local: string, type: ScalarType, varying: boolean): [string, GraphNode] => [
    local,
    graph.node({ kind: 'implicit', type, varying, operands: [], local }),
  ];
  const environment: Environment = new Map([
    implicit('index', 'u32', true),
    implicit('step', 'i32', false),
    implicit('begin', 'u32', false),
    implicit('group', 'u32', false),
    ...[...numbers].map(([name, type]) => implicit(name, type, false)),
  ]);
  try {
    addStatements(builder, kernel.body, environment, '');
    return { items: graph.items };
  } catch (error) {
    if (error instanceof NotStraight) return undefined;
    throw error;
  }
}
