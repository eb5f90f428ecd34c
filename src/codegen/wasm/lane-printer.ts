/**
 * Prints the values of one graph on vector lanes: decides which are kept in locals and the place of each computation.
 */

import { invariant } from '../../diagnostics/diagnostic.js';
import type { ScalarType } from '../../ir/program.js';
import { almostAll, fewestRare } from '../families/rare-draws.js';
import { countUses, effectOperands } from '../graph/graph.js';
import type { CallNode, Graph, GraphNode, LoadNode } from '../graph/graph.js';
import {
  binaryLaneText,
  combineText,
  compareLaneText,
  convertLaneText,
  extractText,
  loadLanesText,
  maskOf,
  maskWidth,
  repeatsOperand,
  selectLaneText,
  shiftLaneText,
  splatText,
  unaryLaneText,
  vectorShape,
} from './lane-operations.js';
import type { Lanes, MaskWidth } from './lane-operations.js';
import {
  binaryText,
  compareText,
  constantText,
  convertText,
  numberText,
  reinterpretText,
  selectText,
  unaryText,
  valueType,
} from './operations.js';
import { addressOf, loadText, withOffset } from './scalar.js';
import type { Scope } from './scalar.js';
import { localGet, localSet } from './text.js';
import type { Wat } from './text.js';

const isWide = (type: ScalarType): boolean => type === 'f64' || type === 'i64';

/** Two lanes if any number that varies or is written has 64 bits, else four. */
function lanesOf(graph: Graph, uses: ReadonlyMap<GraphNode, number>): Lanes {
  for (const node of uses.keys()) if (node.varying && isWide(node.type)) return 2;
  const written = graph.items.flatMap((item) => (item.kind === 'effect' ? effectOperands(item.effect) : []));
  return written.some((value) => isWide(value.type)) ? 2 : 4;
}

/** A step of a count: a constant if a value is above a threshold, otherwise the count so far. */
interface Step {
  readonly node: GraphNode;
  readonly passed: GraphNode;
  readonly drawn: GraphNode;
  readonly threshold: number;
  readonly before: GraphNode;
}

function stepOf(node: GraphNode): Step | undefined {
  const [passed, constant, before] = node.operands;
  if (node.kind !== 'select' || node.type !== 'f64' || passed?.kind !== 'compare' || passed.op !== 'gt')
    return undefined;
  const [drawn, threshold] = passed.operands;
  return drawn?.varying && threshold?.kind === 'const' && constant?.kind === 'const' && before
    ? { node, passed, drawn, threshold: Number(threshold.value), before }
    : undefined;
}

/** Levels of a value's text: the assembler reads it by recursion. */
const deepest = 64;

/** Prints the values of one graph. Statements go to `ahead`, before the items, or to `body`, once for each vector. */
export class LanePrinter {
  /** Elements of a vector. */
  readonly lanes: Lanes;
  /** Statements that run once, before the loop over vectors. */
  readonly ahead: Wat[] = [];
  /** Statements of the loop. */
  readonly body: Wat[] = [];
  readonly #scope: Scope;
  readonly #prefix: string;
  readonly #uses: ReadonlyMap<GraphNode, number>;
  readonly #kept = new Map<GraphNode, string>();
  /** Nesting depths of values that are printed at their use. */
  readonly #levels = new Map<GraphNode, number>();
  readonly #splats = new Map<GraphNode, string>();
  readonly #widths = new Map<GraphNode, MaskWidth | undefined>();
  /** Values that their users print more than once. */
  readonly #repeated = new Set<GraphNode>();
  /** Steps that a further step of the same count follows. */
  readonly #followed = new Set<GraphNode>();

  /**
   * @param prefix of its locals: graphs in one function have different ones
   * @param given locals of values that are computed elsewhere
   */
  constructor(scope: Scope, graph: Graph, prefix = 'lane', given: ReadonlyMap<GraphNode, string> = new Map()) {
    given.forEach((id, node) => this.#kept.set(node, id));
    this.#scope = scope;
    this.#prefix = prefix;
    this.#uses = countUses(graph);
    this.lanes = lanesOf(graph, this.#uses);
    for (const node of this.#uses.keys()) {
      if (node.varying && this.#isByLane(node)) node.operands.forEach((operand) => this.#repeated.add(operand));
      const [operand] = node.operands;
      if (node.kind === 'convert' && operand !== undefined && repeatsOperand(node.type, operand.type))
        this.#repeated.add(operand);
      const before = this.#stepBefore(stepOf(node));
      if (before) this.#followed.add(before.node);
    }
  }

  /** Whether each lane of a value is computed by itself. */
  #isByLane(node: GraphNode): boolean {
    const [first, second] = node.operands;
    const nothing: Wat = '';
    switch (node.kind) {
      case 'call':
        return true;
      case 'load':
        return node.access === 'scattered';
      case 'unary':
        return unaryLaneText(node.op, node.type, nothing) === undefined;
      case 'binary':
        if (node.op === 'shl' || node.op === 'shr' || node.op === 'shrU') return second?.varying === true;
        return binaryLaneText(node.op, node.type, this.lanes, nothing, nothing) === undefined;
      case 'convert':
        return first !== undefined && convertLaneText(node.type, first.type, this.lanes, nothing, 32) === undefined;
      default:
        return false;
    }
  }

  /** Emits a live value, if it has to be kept in a local. */
  value(node: GraphNode): void {
    const uses = this.#uses.get(node);
    if (uses === undefined || node.kind === 'const' || node.kind === 'implicit') return;
    if (node.kind === 'call') {
      this.#call(node);
      return;
    }
    if (node.kind === 'result') return;
    if (node.varying) {
      // Operands come first, so that long chains are read without recursion.
      this.#width(node);
      if (this.#count(node)) return;
      const level = 1 + Math.max(0, ...node.operands.map((operand) => this.#levels.get(operand) ?? 0));
      // Loads stay in their place among the writes.
      if (uses > 1 || node.kind === 'load' || this.#repeated.has(node) || level >= deepest)
        this.#keep(node, 'v128', this.#vectorForm(node), this.body);
      else this.#levels.set(node, level);
    } else {
      this.#keep(node, valueType[node.type], this.#scalarForm(node), this.ahead);
    }
  }

  #keep(node: GraphNode, type: string, form: Wat, place: Wat[]): void {
    const id = this.#local(node, type);
    place.push(localSet(id, form));
    this.#kept.set(node, id);
  }

  /** The step of the same count before another one. */
  #stepBefore(step: Step | undefined): Step | undefined {
    const before = step && stepOf(step.before);
    return before &&
      before.drawn === step.drawn &&
      this.#uses.get(before.node) === 1 &&
      before.threshold <= step.threshold
      ? before
      : undefined;
  }

  /** Emits a count, with rare steps only if a lane passes the first of them. @returns whether it has rare steps */
  #count(node: GraphNode): boolean {
    if (this.#followed.has(node)) return false;
    const steps: Step[] = [];
    for (let step = stepOf(node); step; step = this.#stepBefore(step)) steps.unshift(step);
    const usual = steps.findIndex(({ threshold }) => threshold >= almostAll);
    const [last, first] = [steps[usual - 1], steps[usual]];
    if (!last || !first || steps.length - usual < fewestRare) return false;
    this.#keep(node, 'v128', this.vector(last.node), this.body);
    const id = this.#kept.get(node) as string;
    const all = steps
      .slice(usual)
      .reduce<Wat>(
        (count, step) =>
          selectLaneText(this.mask(step.passed, 64), this.vector(step.node.operands[1] as GraphNode), count),
        localGet(id),
      );
    this.body.push(['if', ['v128.any_true', this.mask(first.passed, 64)], ['then', localSet(id, all)]]);
    return true;
  }

  #local(node: GraphNode, type: string, suffix = ''): string {
    const name = node.name ?? (node.kind === 'load' ? node.buffer : 'value');
    const id = `$.${this.#prefix}:${name.replace(/[^A-Za-z0-9_.-]/g, '_')}.${node.id}${suffix}`;
    return this.#scope.declare(id, type);
  }

  // --- Values that are equal for all items --------------------------------------------------------------------------
  /** The scalar of a value that does not vary. */
  scalar(node: GraphNode): Wat {
    if (node.kind === 'const') return constantText(node);
    if (node.kind === 'implicit') return this.#scope.local(node.local);
    const kept = this.#kept.get(node);
    invariant(kept !== undefined && !node.varying, 'codegen/wasm/lanes', 'a value is used before it is computed');
    return localGet(kept);
  }

  #scalarForm(node: GraphNode): Wat {
    const [a, b, c] = node.operands.map((operand) => this.scalar(operand));
    return this.#scalarOperation(node, a as Wat, b as Wat, c as Wat);
  }

  #scalarOperation(node: GraphNode, a: Wat, b: Wat, c: Wat): Wat {
    const { helpers } = this.#scope.module;
    const from = node.operands[0]?.type ?? node.type;
    switch (node.kind) {
      case 'load':
        return loadText(this.#scope, node.buffer, a);
      case 'unary':
        return unaryText(node.op, node.type, a, helpers);
      case 'binary':
        return binaryText(node.op, node.type, a, b, helpers);
      case 'compare':
        return compareText(node.op, from, a, b);
      case 'select':
        return selectText(a, b, c);
      case 'convert':
        return convertText(node.type, from, a);
      case 'reinterpret':
        return reinterpretText(node.type, from, a);
      case 'const':
      case 'implicit':
      case 'call':
      case 'result':
        break;
    }
    invariant(false, 'codegen/wasm/lanes', `${node.kind} is no operation`);
  }

  // --- Values that vary ---------------------------------------------------------------------------------------------
  /** The width of a bool's mask; undefined when any will do. */
  #width(node: GraphNode): MaskWidth | undefined {
    if (!node.varying) return undefined;
    if (!this.#widths.has(node)) this.#widths.set(node, this.#widthOf(node));
    return this.#widths.get(node);
  }

  #widthOf(node: GraphNode): MaskWidth | undefined {
    const join = (operands: readonly GraphNode[]): MaskWidth => {
      const widths = operands.map((operand) =>
        operand.type === 'bool' ? this.#width(operand) : maskWidth(operand.type),
      );
      return widths.includes(64) ? 64 : 32;
    };
    switch (node.kind) {
      case 'select':
        return join(node.operands.slice(1));
      case 'result':
        return 32;
      default:
        return join(node.operands);
    }
  }

  /** A bool as a mask of the given width. */
  mask(node: GraphNode, width: MaskWidth): Wat {
    return maskOf(width, this.#width(node) ?? width, this.vector(node));
  }

  /** The vector of a value: its lanes, or the same scalar in all. */
  vector(node: GraphNode): Wat {
    if (!node.varying) return this.#splat(node);
    const kept = this.#kept.get(node);
    if (kept !== undefined) return localGet(kept);
    if (node.kind === 'implicit') return this.#indices();
    return this.#vectorForm(node);
  }

  #indices(): Wat {
    const ordinals = this.lanes === 2 ? 'i32x4 0 1 0 1' : 'i32x4 0 1 2 3';
    return ['i32x4.add', ['i32x4.splat', localGet(this.#scope.id('index'))], [`v128.const ${ordinals}`]];
  }

  #splat(node: GraphNode): Wat {
    if (node.kind === 'const' && node.type !== 'bool') return this.#constantVector(node);
    const known = this.#splats.get(node);
    if (known !== undefined) return localGet(known);
    const id = this.#local(node, 'v128', '.all');
    this.ahead.push(localSet(id, splatText(node.type, this.scalar(node))));
    this.#splats.set(node, id);
    return localGet(id);
  }

  #constantVector(node: GraphNode): Wat {
    invariant(node.kind === 'const' && node.type !== 'bool', 'codegen/wasm/lanes', 'not a constant');
    const lane =
      typeof node.value === 'bigint'
        ? String(BigInt.asIntN(64, node.value))
        : node.type === 'u32'
          ? String(Number(node.value) | 0)
          : numberText(Number(node.value));
    const count = isWide(node.type) ? 2 : 4;
    return [`v128.const ${vectorShape[node.type]} ${Array.from({ length: count }, () => lane).join(' ')}`];
  }

  #operand(operand: GraphNode, width: MaskWidth): Wat {
    return operand.type === 'bool' ? this.mask(operand, width) : this.vector(operand);
  }

  #vectorForm(node: GraphNode): Wat {
    if (this.#isByLane(node)) return this.#byLane(node);
    const [a, b, c] = node.operands;
    const width = node.type === 'bool' ? (this.#width(node) ?? 32) : 32;
    switch (node.kind) {
      case 'load':
        return this.#load(node);
      case 'unary':
        return this.#defined(unaryLaneText(node.op, node.type, this.#operand(a as GraphNode, width)));
      case 'binary':
        return this.#binary(node.op, node.type, a as GraphNode, b as GraphNode, width);
      case 'compare':
        return (
          this.#above(node) ??
          compareLaneText(
            node.op,
            (a as GraphNode).type,
            this.#operand(a as GraphNode, width),
            this.#operand(b as GraphNode, width),
          )
        );
      case 'select': {
        const wanted = node.type === 'bool' ? width : maskWidth(node.type);
        return (
          this.#extremum(node) ??
          this.#choiceOfZero(node, wanted) ??
          selectLaneText(
            this.mask(a as GraphNode, wanted),
            this.#operand(b as GraphNode, wanted),
            this.#operand(c as GraphNode, wanted),
          )
        );
      }
      case 'convert':
        return this.#defined(
          convertLaneText(
            node.type,
            (a as GraphNode).type,
            this.lanes,
            this.vector(a as GraphNode),
            this.#width(a as GraphNode) ?? 32,
          ),
        );
      case 'reinterpret':
        return this.vector(a as GraphNode);
      case 'const':
      case 'implicit':
      case 'call':
      case 'result':
        break;
    }
    invariant(false, 'codegen/wasm/lanes', `${node.kind} is no vector operation`);
  }

  /** `a >= c` with a constant c as `a > c - 1`, which processors have as one instruction instead of two. */
  #above(node: GraphNode): Wat | undefined {
    const [a, c] = node.operands;
    if (node.kind !== 'compare' || node.op !== 'ge' || a?.type !== 'i32' || c?.kind !== 'const') return undefined;
    const bound = Number(c.value);
    if (bound === -(2 ** 31)) return undefined;
    return compareLaneText('gt', 'i32', this.vector(a), [`v128.const i32x4${` ${bound - 1}`.repeat(4)}`]);
  }

  #defined(text: Wat | undefined): Wat {
    invariant(text !== undefined, 'codegen/wasm/lanes', 'an operation without vector form');
    return text;
  }

  #binary(
    op: Extract<GraphNode, { kind: 'binary' }>['op'],
    type: ScalarType,
    a: GraphNode,
    b: GraphNode,
    width: MaskWidth,
  ): Wat {
    if (op === 'shl' || op === 'shr' || op === 'shrU') {
      const count = this.scalar(b);
      return shiftLaneText(op, type, this.vector(a), type === 'i64' ? ['i32.wrap_i64', count] : count);
    }
    return this.#defined(binaryLaneText(op, type, this.lanes, this.#operand(a, width), this.#operand(b, width)));
  }

  /**
   * `a < b ? a : b` and similar selections, which vectors have as one instruction: `pmin x y` is `y < x ? y : x`, `pmax
   * x y` is `x < y ? y : x`.
   */
  #extremum(node: GraphNode): Wat | undefined {
    const [condition, whenTrue, whenFalse] = node.operands;
    if (node.kind !== 'select' || (node.type !== 'f64' && node.type !== 'f32') || condition?.kind !== 'compare')
      return undefined;
    const [left, right] = condition.operands;
    if (condition.op !== 'lt' && condition.op !== 'gt') return undefined;
    const kept = whenTrue === left && whenFalse === right;
    const swapped = whenTrue === right && whenFalse === left;
    if (!kept && !swapped) return undefined;
    const instruction = (condition.op === 'lt') === kept ? 'pmin' : 'pmax';
    return [
      `${vectorShape[node.type]}.${instruction}`,
      this.vector(whenFalse as GraphNode),
      this.vector(whenTrue as GraphNode),
    ];
  }

  /** `condition ? x : 0` and `condition ? 0 : x`, which need one instruction instead of three. */
  #choiceOfZero(node: GraphNode, width: MaskWidth): Wat | undefined {
    const [condition, whenTrue, whenFalse] = node.operands;
    // -0 has a bit set; false is 0.
    const isZero = (value: GraphNode | undefined): boolean =>
      value?.kind === 'const' && !Object.is(value.value, -0) && Number(value.value) === 0;
    if (condition === undefined || whenTrue === undefined || whenFalse === undefined) return undefined;
    if (isZero(whenFalse)) return ['v128.and', this.#operand(whenTrue, width), this.mask(condition, width)];
    return isZero(whenTrue) ? ['v128.andnot', this.#operand(whenFalse, width), this.mask(condition, width)] : undefined;
  }

  #load(node: LoadNode): Wat {
    if (node.access === 'uniform')
      return splatText(node.type, loadText(this.#scope, node.buffer, this.scalar(node.operands[0] as GraphNode)));
    const address = addressOf(this.#scope, node.buffer, this.itemIndex(node.operands[0]));
    return loadLanesText(
      this.#scope.element(node.buffer),
      this.lanes,
      (instruction) => withOffset(instruction, address),
      address.operand,
    );
  }

  /** The index of the vector's first item, plus an offset that is equal for all. */
  itemIndex(offset: GraphNode | undefined): Wat {
    const index = localGet(this.#scope.id('index'));
    return offset === undefined ? index : ['i32.add', index, this.scalar(offset)];
  }

  /** The scalar of one lane. */
  #lane(node: GraphNode, lane: number): Wat {
    if (!node.varying) return this.scalar(node);
    return extractText(node.type, lane, this.vector(node), this.#width(node) ?? 32);
  }

  #byLane(node: GraphNode): Wat {
    const lanes = Array.from({ length: this.lanes }, (_, lane): Wat => {
      const [a, b, c] = node.operands.map((operand) => this.#lane(operand, lane));
      return this.#scalarOperation(node, a as Wat, b as Wat, c as Wat);
    });
    return combineText(node.type, lanes);
  }

  /** A function that is not inlined: once ahead of the items, or once for each lane. */
  #call(node: CallNode): void {
    const results = [...this.#uses.keys()].filter((user) => user.kind === 'result' && user.operands[0] === node);
    const callee = this.#scope.module.functions.id(node.function);
    const ordinalOf = (result: GraphNode): number => (result.kind === 'result' ? result.ordinal : 0);
    const place = node.varying ? this.body : this.ahead;
    const calls = node.varying ? this.lanes : 1;
    const raw = (ordinal: number, lane: number): string =>
      this.#scope.declare(
        `$.${this.#prefix}:call.${node.id}.${ordinal}.${lane}`,
        valueType[node.results[ordinal] ?? node.type],
      );
    for (let lane = 0; lane < calls; lane += 1) {
      const args = node.operands.map((operand) => this.#lane(operand, lane));
      place.push(
        [`call ${callee}`, ...args],
        ...node.results.map((_, ordinal) => `local.set ${raw(ordinal, lane)}`).reverse(),
      );
    }
    for (const result of results.sort((x, y) => x.id - y.id)) {
      const scalars = Array.from({ length: calls }, (_, lane) => localGet(raw(ordinalOf(result), lane)));
      if (node.varying) this.#keep(result, 'v128', combineText(result.type, scalars), place);
      else this.#keep(result, valueType[result.type], scalars[0] as Wat, place);
    }
  }
}
