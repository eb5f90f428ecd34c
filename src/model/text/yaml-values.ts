/** Converts a YAML text to plain values that JSON can hold. */

import { isAlias, isMap, isScalar, type Alias, type Document, type Node, type Pair, type Scalar } from 'yaml';
import type { Finding } from '../../diagnostics/diagnostic.js';
import { limits } from '../../diagnostics/limits.js';
import { isKept } from '../../lang/decimal.js';
import { numberOutOfRange } from '../../lang/messages.js';
import { extremeNumber } from './json-scan.js';
import { messages } from '../messages.js';

/** The value of a text, and the nodes that it was made of. */
export interface YamlValues {
  /** Parts that several aliases refer to are the same object. */
  readonly value: unknown;
  /** The node that an alias refers to. */
  readonly targets: ReadonlyMap<Alias, Node>;
}

/** Reports a finding at the characters of a text from `start` to `end`. */
export type Report = (finding: Finding, start: number, end: number) => void;

/** A value with its extent when each alias is replaced by a copy. */
interface Expanded {
  readonly value: unknown;
  readonly depth: number;
  readonly size: number;
}

const nothing: Expanded = { value: undefined, depth: 0, size: 0 };

/**
 * Converts a composed text to plain values.
 *
 * @param firstOfKey  place of the first of two equal keys, for the message about the second
 * @diagnostic read/duplicate-key, read/unknown-alias, read/cyclic-alias, read/too-many-aliases, read/key-not-text,
 *   model/not-finite, lang/number-out-of-range
 */
export function yamlValues(
  composed: Document.Parsed,
  text: string,
  report: Report,
  placeOfKey: (start: number, end: number) => Parameters<typeof messages.duplicateKey>[1],
): YamlValues {
  /** The value of the latest anchor of a name; undefined while the node that has it is open. */
  const anchors = new Map<string, { readonly node: Node; readonly expanded: Expanded | undefined }>();
  const targets = new Map<Alias, Node>();
  const mayBeLost = extremeNumber.test(text);
  /** Number of nodes that aliases add to the text's own. */
  let added = 0;

  const rangeOf = (node: Node): [number, number] => [node.range?.[0] ?? 0, node.range?.[1] ?? 1];
  const scalar = (node: Scalar): Expanded => {
    const { value, source = '' } = node;
    if (typeof value === 'number') {
      if (/^[-+]?\.?(?:inf|nan)$/i.test(source)) report(messages.notFinite(source), ...rangeOf(node));
      else if (mayBeLost && /^[-+]?[\d.]+(?:[eE][-+]?\d+)?$/.test(source) && !isKept(source, value))
        report(numberOutOfRange(source, value), ...rangeOf(node));
    }
    return { value, depth: 0, size: 1 };
  };
  const alias = (node: Alias): Expanded => {
    const anchor = anchors.get(node.source);
    if (anchor === undefined) report(messages.unknownAlias(node.source), ...rangeOf(node));
    else if (anchor.expanded === undefined) report(messages.cyclicAlias(node.source), ...rangeOf(node));
    else {
      targets.set(node, anchor.node);
      added += anchor.expanded.size - 1;
      return anchor.expanded;
    }
    return nothing;
  };
  const keyOf = (pair: Pair): string | undefined => {
    const key = pair.key as Node | null;
    const { value } = key === null || isScalar(key) || isAlias(key) ? expand(key) : nothing;
    if (value === null) return '';
    if (typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    const [start] = key === null ? [0] : rangeOf(key);
    report(messages.keyNotText(text.slice(start, start + 40)), start, start + 1);
    return undefined;
  };
  const map = (pairs: readonly Pair[]): Expanded => {
    const entries: [string, unknown][] = [];
    const starts = new Map<string, number>();
    let [depth, size] = [0, 1];
    for (const pair of pairs) {
      const key = keyOf(pair);
      const value = expand(pair.value as Node | null);
      depth = Math.max(depth, value.depth);
      size += value.size;
      if (key === undefined) continue;
      const [start] = pair.key === null ? [0] : rangeOf(pair.key as Node);
      const first = starts.get(key);
      if (first !== undefined)
        report(messages.duplicateKey(key, placeOfKey(first, first + key.length)), start, start + key.length);
      starts.set(key, first ?? start);
      entries.push([key, value.value]);
    }
    // `fromEntries` also defines a property that is called __proto__.
    return { value: Object.fromEntries(entries), depth: depth + 1, size };
  };
  const list = (items: readonly unknown[]): Expanded => {
    const all = items.map((item) => expand(item as Node | null));
    return {
      value: all.map(({ value }) => value),
      depth: 1 + all.reduce((most, { depth }) => Math.max(most, depth), 0),
      size: 1 + all.reduce((sum, { size }) => sum + size, 0),
    };
  };
  function expand(node: Node | null): Expanded {
    if (node === null) return { value: null, depth: 0, size: 1 };
    if (isAlias(node)) return alias(node);
    const { anchor } = node;
    if (anchor !== undefined) anchors.set(anchor, { node, expanded: undefined });
    const expanded = isScalar(node)
      ? scalar(node)
      : isMap(node)
        ? map(node.items)
        : list((node as { items: unknown[] }).items);
    if (anchor !== undefined) anchors.set(anchor, { node, expanded });
    return expanded;
  }

  const { value, depth } = expand(composed.contents);
  if (depth > limits.nesting) report(messages.tooDeep(), 0, 1);
  else if (added > limits.yamlCopies) report(messages.tooManyAliases(), 0, 1);
  return { value, targets };
}
