/** The forms of Brian's `connect`, each as one rule of the canonical model. */

import { namesInText } from '../../src/lang/lexer.js';
import type { Expression } from '../../src/lang/ast.js';
import { call } from '../../src/lang/build.js';
import { mapExpression } from '../../src/lang/walk.js';
import { child } from '../../src/model/pointer.js';
import { quantityOf } from './constants.js';
import { canList, readExpression, type Reporter } from './context.js';
import { readGenerator, type GeneratorText } from './generator-syntax.js';
import { synapseScope, type SynapseGroup, type Tables } from './group.js';
import { located, locatedExpression, type Located } from '../shared/located.js';
import * as messages from './messages.js';
import { translate } from './names.js';
import { readBare } from './neuron-groups.js';
import type {
  Connect,
  ConnectArguments,
  ConnectIndex,
  ConnectTable,
  DataReference,
} from './specification.generated.js';
import type { Scope } from './terms.js';
import { isList } from '../../src/model/collections.js';

/** Returns the rules of all calls of `connect`, in order. Constants are inserted, because connecting happens once. */
export function translateConnect(
  connect: Connect | readonly Connect[] | undefined,
  pointer: string,
  synapses: SynapseGroup,
  tables: Tables,
  to: Reporter,
): readonly unknown[] {
  if (connect === undefined) {
    to.report(messages.noConnect(), synapses.pointer);
    return [];
  }
  const scope = synapseScope({ ...synapses, used: new Map() }, tables, { constants: 'byValue' });
  const calls = isList(connect)
    ? connect.map((call, index) => ({ call, at: child(pointer, index) }))
    : [{ call: connect, at: pointer }];
  return calls.flatMap(({ call, at }) => {
    const rule = translateCall(call, at, synapses, scope, to);
    return rule === undefined ? [] : [located(rule, at)];
  });
}

function translateCall(
  call: Connect,
  pointer: string,
  synapses: SynapseGroup,
  scope: Scope,
  to: Reporter,
): Record<string, unknown> | undefined {
  if (typeof call === 'object') {
    if (isTable(call)) {
      to.report(messages.unsupported('a table in a document that is not a file'), pointer);
      return undefined;
    }
    if (call.i === undefined && call.j === undefined)
      return pairs(call, child(pointer, 'condition'), pointer, synapses, scope, to);
    return byIndex(call, pointer, synapses, scope, to);
  }
  return pairs({ condition: call }, pointer, pointer, synapses, scope, to);
}

/** Checks for a table. Importing a file replaces it by indices. */
export const isTable = (call: ConnectTable | ConnectArguments): call is ConnectTable => Object.hasOwn(call, 'from');

// --- Conditions and probabilities -----------------------------------------------------------------------------------

function pairs(
  call: ConnectArguments,
  conditionPointer: string,
  pointer: string,
  synapses: SynapseGroup,
  scope: Scope,
  to: Reporter,
): Record<string, unknown> | undefined {
  if (call.skip_if_invalid !== undefined)
    to.report(messages.badConnect('skip_if_invalid can only be used with indices'), child(pointer, 'skip_if_invalid'));
  if (call.condition === false) {
    to.report(messages.badConnect('this connects nothing', 'omit this call'), conditionPointer);
    return undefined;
  }
  const written = typeof call.condition === 'string' ? readExpression(call.condition, conditionPointer, to) : undefined;
  const self = !(written !== undefined && excludesSelf(written) && sameCells(synapses));
  const condition =
    written === undefined || !self || (written.kind === 'boolean' && written.value)
      ? null
      : locatedExpression(translate(written, scope, conditionPointer, to), conditionPointer);
  const p = call.p === undefined ? 1 : probability(call.p, child(pointer, 'p'), scope, to);
  const copies = call.n === undefined ? 1 : count(call.n, child(pointer, 'n'), scope, to);
  const noSelf = self ? {} : { self: false };
  if (condition === null && p === 1 && copies === 1) return { rule: 'all', ...noSelf };
  return {
    rule: 'pairs',
    ...(condition === null ? {} : { condition }),
    p,
    ...(copies === 1 ? {} : { copies }),
    ...noSelf,
  };
}

/** Checks for `i != j`, which keeps a network of one group from connecting cells to themselves. */
function excludesSelf(tree: Expression): boolean {
  if (tree.kind !== 'binary' || tree.operator !== '!=') return false;
  const { left, right } = tree;
  return left.kind === 'name' && right.kind === 'name' && [left.name, right.name].sort().join() === 'i,j';
}

function sameCells({ source, target }: SynapseGroup): boolean {
  return source.group === target.group && String(source.slice ?? '') === String(target.slice ?? '');
}

/** Returns a number, or an expression of the pair. */
function probability(value: string | number | boolean, pointer: string, scope: Scope, to: Reporter): number | Located {
  const written = readBare(value, pointer, to);
  if (written === undefined) return 1;
  const tree = translate(written, scope, pointer, to);
  const known = quantityOf(tree)?.value;
  if (known === undefined) return locatedExpression(tree, pointer);
  if (!(known >= 0 && known <= 1)) to.report(messages.outOfRange('p', 'a probability from 0 to 1', value), pointer);
  return known;
}

function count(value: string | number, pointer: string, scope: Scope, to: Reporter): number | Located {
  const written = readBare(value, pointer, to);
  if (written === undefined) return 1;
  const tree = translate(written, scope, pointer, to);
  const known = quantityOf(tree)?.value;
  if (known === undefined) return locatedExpression(tree, pointer);
  if (!Number.isSafeInteger(known) || known < 0)
    to.report(messages.outOfRange('n', 'a whole number, 0 or more', value), pointer);
  return known;
}

// --- Indices --------------------------------------------------------------------------------------------------------

function byIndex(
  call: ConnectArguments,
  pointer: string,
  synapses: SynapseGroup,
  scope: Scope,
  to: Reporter,
): Record<string, unknown> | undefined {
  if (call.condition !== undefined && call.condition !== true) {
    to.report(
      messages.badConnect('a condition and indices cannot be combined', 'write if ... in the generator'),
      child(pointer, 'condition'),
    );
  }
  const textI = typeof call.i === 'string';
  const textJ = typeof call.j === 'string';
  if (textI && textJ) {
    to.report(messages.badConnect('only one of i and j can be a generator'), pointer);
    return undefined;
  }
  if (textI || textJ) {
    const other = textI ? call.j : call.i;
    if (other !== undefined)
      to.report(messages.badConnect('a generator computes the other index for each element; omit that index'), pointer);
    if (call.p !== undefined && call.p !== 1)
      to.report(
        messages.badConnect('p cannot be combined with a generator', 'write if rand() < p in it'),
        child(pointer, 'p'),
      );
    const side = textI ? 'i' : 'j';
    const own = call[side];
    return generator(
      typeof own === 'string' ? own : '',
      child(pointer, side),
      side === 'j' ? 'pre' : 'post',
      call,
      pointer,
      synapses,
      scope,
      to,
    );
  }
  return list(call, pointer, synapses, scope, to);
}

function list(
  call: ConnectArguments,
  pointer: string,
  synapses: SynapseGroup,
  scope: Scope,
  to: Reporter,
): Record<string, unknown> | undefined {
  if (call.i === undefined || call.j === undefined) {
    to.report(
      messages.badConnect(`${call.i === undefined ? 'i' : 'j'} is missing`, 'give the indices of both sides'),
      pointer,
    );
    return undefined;
  }
  if (call.p !== undefined && call.p !== 1)
    to.report(messages.unsupported('a probability for given pairs'), child(pointer, 'p'));
  const copies = call.n === undefined ? 1 : count(call.n, child(pointer, 'n'), scope, to);
  if (typeof copies !== 'number') {
    to.report(messages.unsupported('an expression for the number of synapses of given pairs'), child(pointer, 'n'));
    return undefined;
  }
  const sources = indices(call.i, child(pointer, 'i'), synapses.source.size, to);
  const targets = indices(call.j, child(pointer, 'j'), synapses.target.size, to);
  if (sources === undefined || targets === undefined) return undefined;
  if ('$data' in sources || '$data' in targets) {
    const same = '$data' in sources && '$data' in targets && sources.shape[0] === targets.shape[0];
    if (!same || copies !== 1)
      to.report(messages.unsupported('arrays beside the document of different length, or with copies'), pointer);
    return {
      rule: 'list',
      sources: located(sources, child(pointer, 'i')),
      targets: located(targets, child(pointer, 'j')),
    };
  }
  const length = Math.max(sources.length, targets.length);
  if (![1, length].includes(sources.length) || ![1, length].includes(targets.length)) {
    to.report(messages.lengthMismatch('j', sources.length, targets.length), child(pointer, 'j'));
    return undefined;
  }
  // Both indices of each synapse are listed.
  if (!canList(2 * length * copies, child(pointer, 'n'), to)) return undefined;
  const spread = (values: readonly number[]): number[] =>
    Array.from(
      { length: length * copies },
      (_, position) => values[values.length === 1 ? 0 : Math.floor(position / copies)] ?? 0,
    );
  return {
    rule: 'list',
    sources: located(spread(sources), child(pointer, 'i')),
    targets: located(spread(targets), child(pointer, 'j')),
  };
}

function indices(
  value: ConnectIndex,
  pointer: string,
  size: number,
  to: Reporter,
): readonly number[] | DataReference | undefined {
  // Numbers in a file are checked to be elements when they are read.
  if (typeof value === 'object' && '$data' in value) return value;
  const list = typeof value === 'number' ? [value] : typeof value === 'string' ? [] : value;
  const wrong = list.findIndex((index) => !Number.isInteger(index) || index < 0 || index >= size);
  if (wrong < 0) return list;
  to.report(
    messages.outOfRange('the index', `a whole number from 0 to ${size - 1}`, list[wrong]),
    typeof value === 'number' ? pointer : child(pointer, wrong),
  );
  return undefined;
}

// --- Generators -----------------------------------------------------------------------------------------------------

function generator(
  text: string,
  pointer: string,
  outer: 'pre' | 'post',
  call: ConnectArguments,
  callPointer: string,
  synapses: SynapseGroup,
  scope: Scope,
  to: Reporter,
): Record<string, unknown> | undefined {
  const parts = readGenerator(text, pointer, to);
  if (parts === undefined) return undefined;
  const { source, target } = synapses;
  const alike = source.size === target.size && Number.isFinite(source.size);
  if (isOneToOne(text, parts, outer) && call.n === undefined && alike) return { rule: 'oneToOne' };
  const within = scopeOfLoop(scope, parts.loop?.variable, outer);
  const outside = scopeOfLoop(scope, undefined, outer);
  const filter = scopeOfLoop(scope, parts.loop?.variable, undefined);
  const part = (
    span: { readonly start: number; readonly end: number } | undefined,
    names: Scope,
    change = (tree: Expression): Expression => tree,
  ): Located | undefined => {
    const tree = span === undefined ? undefined : readExpression(text, pointer, to, span);
    return tree === undefined ? undefined : locatedExpression(change(translate(tree, names, pointer, to)), pointer);
  };
  const index = part(parts.index, within, wholePowers);
  if (index === undefined) return undefined;
  const condition = part(parts.condition, filter);
  const copies = call.n === undefined ? 1 : count(call.n, child(callPointer, 'n'), scope, to);
  const bounds = parts.loop?.bounds ?? [];
  const [first, second, third] = bounds;
  const from = bounds.length > 1 ? part(first, outside) : '0';
  const stop = bounds.length > 1 ? part(second, outside) : bounds.length === 1 ? part(first, outside) : '1';
  const step = third === undefined ? '1' : part(third, outside);
  const p = part(parts.loop?.p, outside);
  const size = part(parts.loop?.size, outside);
  const sample = p !== undefined ? { sample: { p } } : size !== undefined ? { sample: { size } } : {};
  return {
    rule: 'generator',
    outer,
    variable: counter(text, parts),
    index,
    ...(condition === undefined ? {} : { condition }),
    ...(copies === 1 ? {} : { copies }),
    ...(call.skip_if_invalid === true ? { skipInvalid: true } : {}),
    range: { from, to: stop, step, ...sample },
  };
}

/** Rewrites powers in an index: Brian keeps powers of whole numbers whole, and the canonical model makes them real. */
const wholePowers = (tree: Expression): Expression =>
  mapExpression(tree, (e) => (e.kind === 'binary' && e.operator === '**' ? call('int', [e], e.span) : e));

/** Checks for `j='i'` or `i='j'`. */
function isOneToOne(text: string, parts: GeneratorText, outer: 'pre' | 'post'): boolean {
  return parts.loop === undefined && parts.condition === undefined && text.trim() === (outer === 'pre' ? 'i' : 'j');
}

/** Returns the counter of the loop, or an unused name if Brian's text has no loop. */
function counter(text: string, parts: GeneratorText): string {
  if (parts.loop !== undefined) return parts.loop.variable;
  const taken = new Set(namesInText(text).map(({ name }) => name));
  return ['k', 'l', 'n', 'once'].find((candidate) => !taken.has(candidate)) ?? 'k_';
}

/**
 * Returns the scope in a generator. The counter hides other meanings of its name, and the index that it yields is not
 * known yet.
 */
function scopeOfLoop(scope: Scope, counterName: string | undefined, outer: 'pre' | 'post' | undefined): Scope {
  const inner = outer === undefined ? undefined : outer === 'pre' ? 'j' : 'i';
  return {
    ...scope,
    meaning: (key) => {
      if (key === counterName) return { kind: 'special', canonical: key };
      if (key === inner)
        return {
          kind: 'refused',
          finding: messages.badGenerator(`an expression without ${inner}, which it yields`, key),
        };
      return scope.meaning(key);
    },
    constant: (key) => (key === counterName ? undefined : scope.constant(key)),
    names: () => [...(counterName === undefined ? [] : [counterName]), ...scope.names()],
  };
}
