/**
 * The body of a map kernel as a graph of values: functions inlined, equal values shared, locals gone, and for each
 * value whether it is equal for all items of a range. Nothing here changes a bit: no operation is reordered, folded or
 * replaced.
 */

import { invariant } from '../../diagnostics/diagnostic.js';
import type { BinaryOperator, CompareOperator, Constant, ScalarType, UnaryOperator } from '../../ir/program.js';

/** How the items of a vector find their elements. `contiguous`: at `index + offset`, the offset equal for all. */
export type Access = 'uniform' | 'contiguous' | 'scattered';

interface NodeBase {
  /** Ordinal; operands precede their users. */
  readonly id: number;
  readonly type: ScalarType;
  /** False when the value is equal for all items of a range, and can be computed before them. */
  readonly varying: boolean;
  readonly operands: readonly GraphNode[];
  /** A name for readers of generated code. */
  name: string | undefined;
}

interface ConstantNode extends NodeBase {
  readonly kind: 'const';
  readonly value: Constant['value'];
}
/** A local that the kernel's shape defines. */
interface ImplicitNode extends NodeBase {
  readonly kind: 'implicit';
  readonly local: string;
}
/** The operand is the index or, for contiguous access, the offset from the item's own index (undefined: zero). */
export interface LoadNode extends NodeBase {
  readonly kind: 'load';
  readonly buffer: string;
  /** How its address follows from the item. */
  readonly access: Access;
}
interface UnaryNode extends NodeBase {
  readonly kind: 'unary';
  readonly op: UnaryOperator;
}
interface BinaryNode extends NodeBase {
  readonly kind: 'binary';
  readonly op: BinaryOperator;
}
interface CompareNode extends NodeBase {
  readonly kind: 'compare';
  readonly op: CompareOperator;
}
/** Operands: condition, value when true, value when false. */
interface SelectNode extends NodeBase {
  readonly kind: 'select';
}
interface ConvertNode extends NodeBase {
  readonly kind: 'convert';
}
interface ReinterpretNode extends NodeBase {
  readonly kind: 'reinterpret';
}
/** A function that is called, not inlined; its values are `result` nodes. `type` is the type of the first result. */
export interface CallNode extends NodeBase {
  readonly kind: 'call';
  readonly function: string;
  /** Types of all results. */
  readonly results: readonly ScalarType[];
}
interface ResultNode extends NodeBase {
  readonly kind: 'result';
  readonly ordinal: number;
}

/** A value that items compute. */
export type GraphNode =
  | ConstantNode
  | ImplicitNode
  | LoadNode
  | UnaryNode
  | BinaryNode
  | CompareNode
  | SelectNode
  | ConvertNode
  | ReinterpretNode
  | CallNode
  | ResultNode;

/** The effects of an item, in order. `offset` is added to the item's own index. */
export type Effect =
  | {
      readonly kind: 'store' | 'accumulate';
      readonly buffer: string;
      readonly offset: GraphNode | undefined;
      readonly value: GraphNode;
    }
  | { readonly kind: 'setBit'; readonly mask: string; readonly condition: GraphNode }
  | { readonly kind: 'fault'; readonly bits: number; readonly condition: GraphNode }
  | { readonly kind: 'comment'; readonly text: string };

/** Values and effects in the order of the body. */
type Item = { readonly kind: 'value'; readonly node: GraphNode } | { readonly kind: 'effect'; readonly effect: Effect };

/** A body as values and effects, each value after its operands. */
export interface Graph {
  /** In a valid order of computation. */
  readonly items: readonly Item[];
}

/** The values that an effect needs. */
export function effectOperands(effect: Effect): readonly GraphNode[] {
  switch (effect.kind) {
    case 'store':
    case 'accumulate':
      return effect.offset === undefined ? [effect.value] : [effect.offset, effect.value];
    case 'setBit':
    case 'fault':
      return [effect.condition];
    case 'comment':
      return [];
  }
}

type Without<Node> = Node extends GraphNode ? Omit<Node, 'id' | 'name'> : never;

/** A node before it has an ordinal. */
type NodeShape = Without<GraphNode>;

function constantKey(value: Constant['value']): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

function extraKey(shape: NodeShape): string {
  switch (shape.kind) {
    case 'const':
      return constantKey(shape.value);
    case 'implicit':
      return shape.local;
    case 'load':
      return `${shape.buffer} ${shape.access}`;
    case 'unary':
    case 'binary':
    case 'compare':
      return shape.op;
    case 'call':
      return shape.function;
    case 'result':
      return String(shape.ordinal);
    case 'select':
    case 'convert':
    case 'reinterpret':
      return '';
  }
}

/** Collects nodes, giving equal ones the same ordinal, and effects. */
export class GraphBuilder {
  /** The items collected so far. */
  readonly items: Item[] = [];
  readonly #known = new Map<string, GraphNode>();
  readonly #versions = new Map<string, number>();
  #count = 0;

  /** Number of nodes so far. */
  get size(): number {
    return this.#count;
  }

  /** The node of that shape; loads of a buffer are equal until something is stored to it. */
  node(shape: NodeShape): GraphNode {
    const version = shape.kind === 'load' ? (this.#versions.get(shape.buffer) ?? 0) : 0;
    const key =
      `${shape.kind} ${shape.type} ${extraKey(shape)} ${version} ` +
      shape.operands.map((operand) => operand.id).join(' ');
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const newNode = { ...shape, id: this.#count, name: undefined } as GraphNode;
    this.#count += 1;
    this.#known.set(key, newNode);
    this.items.push({ kind: 'value', node: newNode });
    return newNode;
  }

  /** Adds an effect; loads from a buffer it writes are other values from here on. */
  effect(effect: Effect): void {
    this.items.push({ kind: 'effect', effect });
    if (effect.kind === 'store' || effect.kind === 'accumulate')
      this.#versions.set(effect.buffer, (this.#versions.get(effect.buffer) ?? 0) + 1);
  }
}

/** Returns the number of uses of each live value; values that no effect needs are absent. */
export function countUses(graph: Graph): ReadonlyMap<GraphNode, number> {
  const uses = new Map<GraphNode, number>();
  const use = (node: GraphNode): void => {
    uses.set(node, (uses.get(node) ?? 0) + 1);
  };
  for (let k = graph.items.length - 1; k >= 0; k -= 1) {
    const item = graph.items[k];
    invariant(item !== undefined, 'codegen/graph', 'a graph has holes');
    if (item.kind === 'effect') effectOperands(item.effect).forEach(use);
    else if (uses.has(item.node)) item.node.operands.forEach(use);
  }
  return uses;
}
