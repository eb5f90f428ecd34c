/** Events that stay within an instance: from a part to the whole, from the whole to its parts. */

import type { Diagnostics } from '../../../src/diagnostics/diagnostic.js';
import type { ActionDefinition, ComponentType, StructureDefinition } from '../lems/definitions.js';
import * as messages from './messages.js';
import { membersNamed, type Tree, type TreeNode } from './tree.js';

/** An event on a port of a node calls a handler of another at once. */
interface Wire {
  readonly port: string;
  readonly to: TreeNode;
  readonly handler: string;
}

/** The wires that start at each node, in the order of calls. */
export type Wiring = ReadonlyMap<TreeNode, readonly Wire[]>;

/** Returns all actions of a type, in the order of the document. */
function actionsOf(type: ComponentType): readonly ActionDefinition[] {
  const { dynamics } = type;
  if (!dynamics) return [];
  return [
    ...dynamics.onEvents.flatMap(({ actions }) => actions),
    ...dynamics.onConditions.flatMap(({ actions }) => actions),
    ...dynamics.regimes.flatMap(({ onEntry, onConditions, onEvents }) => [
      ...onEntry,
      ...onConditions.flatMap(({ actions }) => actions),
      ...onEvents.flatMap(({ actions }) => actions),
    ]),
  ];
}

const outPorts = new WeakMap<ComponentType, { readonly port: string | undefined }>();

/** Returns the default port on which a type emits: the first one in its actions, else the first declared one. */
export function firstOutPort(type: ComponentType): string | undefined {
  let known = outPorts.get(type);
  if (!known) outPorts.set(type, (known = { port: findOutPort(type) }));
  return known.port;
}

/**
 * Checks whether several actions of a type emit on a port. The reference interpreter then delivers no event to
 * connections without a port name.
 */
export const emitsTwice = ({ dynamics }: ComponentType, port: string): boolean =>
  [...(dynamics?.onEvents ?? []), ...(dynamics?.onConditions ?? [])]
    .flatMap(({ actions }) => actions)
    .filter((action) => action.kind === 'emit' && action.port === port).length > 1;

function findOutPort(type: ComponentType): string | undefined {
  const emitted = actionsOf(type).find((action) => action.kind === 'emit');
  if (emitted?.kind === 'emit') return emitted.port;
  return [...type.ports.values()].find(({ direction }) => direction === 'out')?.name;
}

/** Returns the default port on which a type receives. */
export function firstInPort(type: ComponentType): string | undefined {
  for (const { direction, name } of type.ports.values()) if (direction === 'in') return name;
  return type.dynamics?.onEvents[0]?.port;
}

/** Runs the structures of a tree for their connections, inner instances first. */
export function wireTree({ root }: Tree, diagnostics: Diagnostics): Wiring {
  const wires = new Map<TreeNode, Wire[]>();
  const visit = (node: TreeNode): void => {
    for (const inner of node.inner) visit(inner);
    runStructure(node, node.type.structure, new Map(), wires, diagnostics);
  };
  visit(root);
  return wires;
}

type Aliases = ReadonlyMap<string, readonly TreeNode[]>;

function runStructure(
  node: TreeNode,
  parts: readonly StructureDefinition[],
  outer: Aliases,
  wires: Map<TreeNode, Wire[]>,
  diagnostics: Diagnostics,
): void {
  const aliases = new Map(outer);
  const named = (name: string): readonly TreeNode[] => aliases.get(name) ?? nodesAt(node, name);
  for (const part of parts) {
    switch (part.kind) {
      case 'with': {
        const written = part.instance ?? part.list ?? '';
        const found = nodesAt(node, written);
        const index = part.index === undefined ? undefined : Number(node.component.attributes[part.index] ?? 0);
        aliases.set(part.as, index === undefined ? found : found.slice(index, index + 1));
        break;
      }
      case 'forEach':
        for (const item of nodesAt(node, part.instances)) {
          runStructure(node, part.body, new Map([...aliases, [part.as, [item]]]), wires, diagnostics);
        }
        break;
      case 'eventConnection':
        if (part.receiver !== undefined || part.delay !== undefined) {
          diagnostics.add(
            messages.unsupported(
              `a connection within ${node.component.id} with a delay or with an instance that receives it`,
            ),
            part.place,
          );
          break;
        }
        for (const from of named(part.from)) for (const to of named(part.to)) addWire(node, part, from, to, wires);
        break;
      case 'tunnel':
        diagnostics.add(messages.unsupported(`a tunnel within ${node.component.id}`), part.place);
        break;
      case 'childInstance':
      case 'multiInstantiate':
        break;
      default:
        part satisfies never;
    }
  }
}

function addWire(
  node: TreeNode,
  part: Extract<StructureDefinition, { kind: 'eventConnection' }>,
  from: TreeNode,
  to: TreeNode,
  wires: Map<TreeNode, Wire[]>,
): void {
  const { attributes } = node.component;
  const port = (part.sourcePort === undefined ? undefined : attributes[part.sourcePort]) ?? firstOutPort(from.type);
  const handler = (part.targetPort === undefined ? undefined : attributes[part.targetPort]) ?? firstInPort(to.type);
  if (port === undefined || handler === undefined) return;
  const wire: Wire = { port, to, handler };
  const known = wires.get(from);
  if (known) known.push(wire);
  else wires.set(from, [wire]);
}

/**
 * Returns the nodes of a path, or of the attribute that holds one. A path in an attribute starts at the node itself if
 * it begins with a point, else at its parent. If it leads nowhere from there, the other start is tried.
 */
function nodesAt(node: TreeNode, written: string): readonly TreeNode[] {
  const path =
    node.type.paths.has(written) || node.type.texts.has(written) ? node.component.attributes[written] : undefined;
  if (path === undefined) return follow(node, written);
  const own = follow(node, path);
  if (path.startsWith('./') || !node.parent) return own;
  const around = follow(node.parent, path);
  return around.length > 0 ? around : own;
}

function follow(node: TreeNode, path: string): readonly TreeNode[] {
  let found: readonly TreeNode[] = [node];
  for (const step of path.split('/')) {
    const [, name = step, index] = /^(.*?)\[(\d+|\*)\]$/.exec(step) ?? [];
    found = found.flatMap((at) => membersNamed(at, name));
    if (index !== undefined && index !== '*') found = found.slice(Number(index), Number(index) + 1);
  }
  return found;
}
