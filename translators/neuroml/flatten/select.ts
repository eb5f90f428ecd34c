/** Values that one instance selects from others: paths with predicates, reduced to one value. */

import type { Place } from '../../../src/diagnostics/diagnostic.js';
import type { Dimension, Expression } from '../../../src/lang/ast.js';
import { binary, name as nameOf } from '../../../src/lang/build.js';
import { dimensionless } from '../../../src/lang/ast.js';
import { referenced, valueOf as valueOfComponent } from '../components.js';
import type { Component, LemsModel } from '../lems/definitions.js';
import type { Meaning } from './expressions.js';
import * as messages from './messages.js';
import { membersNamed, type TreeNode } from './tree.js';
import { literal, type Variables } from './variables.js';

/** A step of a path: a name, and the brackets after it. */
interface Step {
  readonly name: string;
  readonly predicate: Predicate | null;
}
type Predicate =
  | { readonly kind: 'all' }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'attribute'; readonly attribute: string; readonly value: string };

/** Returns the steps of a path such as `populations[ion='ca']/i`. */
function stepsOf(path: string): readonly Step[] {
  return splitOutsideBrackets(path).map((text) => {
    const [, name = text, inside] = /^(.*?)\[(.*)\]$/.exec(text.trim()) ?? [];
    return { name: name.trim(), predicate: inside === undefined ? null : predicateOf(inside.trim()) };
  });
}

function splitOutsideBrackets(path: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < path.length; at++) {
    if (path[at] === '[') depth++;
    else if (path[at] === ']') depth--;
    else if (path[at] === '/' && depth === 0) {
      parts.push(path.slice(from, at));
      from = at + 1;
    }
  }
  return [...parts, path.slice(from)];
}

function predicateOf(text: string): Predicate {
  if (text === '*') return { kind: 'all' };
  if (/^\d+$/.test(text)) return { kind: 'index', index: Number(text) };
  const [attribute = '', value = ''] = text.split(/\s*=\s*/);
  return { kind: 'attribute', attribute, value };
}

/** Returns a value in quotes without them. */
const unquoted = (text: string): string => /^(['"])(.*)\1$/.exec(text)?.[2] ?? text;

/** Checks whether a predicate admits a component. */
export function admits(predicate: Predicate | null, component: Component): boolean {
  return (
    predicate?.kind !== 'attribute' || (component.attributes[predicate.attribute] ?? '') === unquoted(predicate.value)
  );
}

/** A sum over the attachments of an instance while it runs. */
export interface AttachmentSum {
  /** Name of the attachments. */
  readonly list: string;
  /** The instance that they are attached to. */
  readonly node: TreeNode;
  /** Exposure of the attached components. */
  readonly variable: string;
  /** Which of them count; null: all. */
  readonly predicate: Predicate | null;
  readonly reduce: 'sum' | 'product';
}

/** The reduction of a selection's values to one, and its value for an empty selection. */
interface Selection {
  readonly path: string;
  readonly reduce: 'add' | 'multiply' | undefined;
  readonly required: boolean;
  readonly dimension: Dimension | null;
  readonly place: Place;
}

/** Targets of selections besides instances of the tree. */
export interface Reach {
  /** A variable of the instance at the other end of a tunnel of that name. */
  peer(node: TreeNode, tunnel: string, variable: string): Meaning | undefined;
  /** The canonical input that sums attachments. */
  attachments(sum: AttachmentSum, dimension: Dimension | null): Meaning;
}

/** Sums of more terms than this are made in halves, so trees stay shallow. */
const longestChain = 200;

/**
 * Returns the value that a selection stands for; undefined after a finding. @diagnostic lems/unknown-path,
 * lems/several-targets
 */
export function selectValue(
  variables: Variables,
  node: TreeNode,
  selection: Selection,
  reach: Reach,
): Meaning | undefined {
  const { path, reduce, dimension, place } = selection;
  const { diagnostics } = variables;
  const steps = stepsOf(path);
  const last = steps.at(-1)?.name ?? '';
  let found: readonly TreeNode[] = [node];
  for (const step of steps.slice(0, -1)) {
    const [only] = found;
    if (only && only.type.attachments.has(step.name)) {
      const sum: AttachmentSum = {
        list: step.name,
        node: only,
        variable: last,
        predicate: step.predicate,
        reduce: reduceOf(reduce),
      };
      return reach.attachments(sum, dimension);
    }
    if (only?.type.instanceRequirements.has(step.name) === true) return peerValue(only, step.name);
    const before = found;
    found = found.flatMap((at) => pick(membersNamed(at, step.name), step.predicate));
    if (found.length === 0) {
      if (before.some(({ type }) => declares(type, step.name)) || !selection.required) break;
      diagnostics.add(
        messages.unknownPath(
          path,
          step.name,
          before.flatMap((at) => [...at.members.keys()]),
        ),
        place,
      );
      return undefined;
    }
  }
  const values: Meaning[] = [];
  for (const at of found) {
    const value = variables.seen(at, last, node);
    if (value) values.push(value);
    else if (selection.required) {
      diagnostics.add(messages.unknownPath(path, last, [...at.type.exposures.keys()]), place);
      return undefined;
    }
  }
  return reduced(values);

  function peerValue(at: TreeNode, tunnel: string): Meaning | undefined {
    const value = reach.peer(at, tunnel, last);
    if (!value) diagnostics.add(messages.unknownPath(path, last, []), place);
    return value;
  }

  function reduced(parts: readonly Meaning[]): Meaning | undefined {
    const unit = dimension ?? parts[0]?.dimension ?? null;
    const [first] = parts;
    if (!first) {
      if (reduce === undefined && selection.required) diagnostics.add(messages.unknownPath(path, last, []), place);
      return literal(reduce === 'multiply' ? 1 : 0, unit);
    }
    if (parts.length === 1) return first;
    if (reduce === undefined) {
      diagnostics.add(messages.severalTargets(path, parts.length), place);
      return undefined;
    }
    return {
      expression: chain(
        parts.map(({ expression }) => expression),
        reduce === 'add' ? '+' : '*',
      ),
      dimension: unit,
    };
  }
}

const reduceOf = (reduce: Selection['reduce']): AttachmentSum['reduce'] => (reduce === 'multiply' ? 'product' : 'sum');

function declares(type: TreeNode['type'], step: string): boolean {
  return type.children.has(step) || type.child.has(step);
}

function pick(nodes: readonly TreeNode[], predicate: Predicate | null): readonly TreeNode[] {
  if (predicate?.kind === 'index') return nodes.slice(predicate.index, predicate.index + 1);
  return nodes.filter(({ component }) => admits(predicate, component));
}

function chain(terms: readonly Expression[], operator: '+' | '*'): Expression {
  const [first = nameOf('t'), ...rest] = terms;
  if (terms.length <= longestChain) return rest.reduce((sum, term) => binary(operator, sum, term), first);
  const half = terms.length >> 1;
  return binary(operator, chain(terms.slice(0, half), operator), chain(terms.slice(half), operator));
}

/**
 * Returns the parameter that a derived parameter selects. `child/parameter` is among the instances around it.
 * `//Type[attribute=path]/parameter` is among all components of a type, and the path leads from the instance to a value
 * of that attribute.
 */
export function selectParameter(variables: Variables, node: TreeNode, path: string, place: Place): Meaning | undefined {
  const { lems, diagnostics } = variables;
  const [first, ...steps] = stepsOf(path.replace(/^\/\//, ''));
  const last = steps.at(-1)?.name ?? '';
  if (!path.startsWith('//')) {
    return selectValue(variables, node, { path, reduce: undefined, required: true, dimension: null, place }, noReach);
  }
  const predicate = first?.predicate ?? null;
  const wanted = predicate?.kind === 'attribute' ? attributeAt(node, predicate.value, lems) : undefined;
  for (const component of everyComponent(lems)) {
    if (component.type.name !== first?.name) continue;
    if (predicate?.kind === 'attribute' && component.attributes[predicate.attribute] !== wanted) continue;
    const value = valueAt(component, last, lems);
    if (value) return value;
  }
  diagnostics.add(messages.unknownPath(path, last, []), place);
  return undefined;
}

const noReach: Reach = {
  peer: () => undefined,
  attachments: () => ({ expression: nameOf('t'), dimension: dimensionless }),
};

function valueAt(component: Component, name: string, lems: LemsModel): Meaning | undefined {
  const definition = component.type.parameters.get(name) ?? component.type.constants.get(name);
  const value = definition && valueOfComponent(component, name, lems);
  return value === undefined ? undefined : literal(value, definition?.dimension ?? null);
}

/** Returns the text of the attribute that a path of references leads to, or the text itself in quotes. */
function attributeAt(node: TreeNode, path: string, lems: LemsModel): string | undefined {
  if (unquoted(path) !== path) return unquoted(path);
  const steps = path.split('/');
  let component: Component | undefined = node.component;
  for (const step of steps.slice(0, -1)) component = component && referenced(component, step, lems);
  return component?.attributes[steps.at(-1) ?? ''];
}

function* everyComponent(lems: LemsModel): Iterable<Component> {
  const open: Component[] = [...lems.components].reverse();
  for (let component = open.pop(); component; component = open.pop()) {
    yield component;
    for (let k = component.children.length - 1; k >= 0; k--) {
      const inner = component.children[k];
      if (inner) open.push(inner);
    }
  }
}
