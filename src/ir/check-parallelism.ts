/** Checks the promises of kernels about the order of their items: vector lanes, workers by target or by row. */

import type { Buffer, Expression, MapKernel, PropagateKernel, Statement } from './program.js';
import {
  accessesOf,
  childrenOf,
  expressionsOf,
  isLocal,
  someExpression,
  visitExpression,
  visitStatements,
} from './walk.js';

type Report = (sentence: string) => void;

/**
 * True for expressions that are equal for all items of a range, given the locals that are and the buffers that the body
 * writes.
 */
function isUniform(e: Expression, locals: ReadonlySet<string>, written: ReadonlySet<string>): boolean {
  const holds = (part: Expression): boolean => isUniform(part, locals, written);
  switch (e.kind) {
    case 'const':
      return true;
    case 'local':
      return locals.has(e.name);
    case 'load':
      return !written.has(e.buffer) && holds(e.index);
    case 'unary':
    case 'convert':
    case 'reinterpret':
      return holds(e.operand);
    case 'toFixed':
      return holds(e.operand) && holds(e.scale);
    case 'fromFixed':
      return holds(e.operand) && holds(e.unit);
    case 'binary':
    case 'compare':
      return holds(e.left) && holds(e.right);
    case 'select':
      return holds(e.condition) && holds(e.whenTrue) && holds(e.whenFalse);
    case 'call':
      return e.arguments.every(holds);
  }
}

/** `lanes: true`: straight-line code with contiguous or uniform memory accesses. */
export function checkLanes(kernel: MapKernel, report: Report): void {
  if (kernel.domain.kind === 'spikes') report('promises lanes over spikes, which are scattered');
  for (const s of kernel.body) {
    if (s.kind === 'if' || s.kind === 'for' || s.kind === 'while' || s.kind === 'break')
      report(`promises lanes, but has ${s.kind === 'if' ? 'an' : 'a'} ${s.kind}`);
  }
  const uniform = new Set(['group', 'begin', 'step']);
  const written = new Set<string>();
  visitStatements(kernel.body, (s) => {
    if (s.kind === 'store' || s.kind === 'accumulate') written.add(s.buffer);
  });
  visitStatements(kernel.body, (s) => {
    if ((s.kind === 'store' || s.kind === 'accumulate') && !isLocal(s.index, 'index')) {
      report(
        `promises lanes, but ${s.kind === 'store' ? 'stores to' : 'accumulates into'} ${s.buffer} elsewhere than ` +
          'at index',
      );
    }
    for (const e of expressionsOf(s)) {
      visitExpression(e, (node) => {
        if (node.kind === 'load' && !isLocal(node.index, 'index') && !isUniform(node.index, uniform, written)) {
          report(`promises lanes, but loads ${node.buffer} neither at index nor at an address equal for all items`);
        }
      });
    }
    // The body is straight-line, so a local has the value of its latest assignment.
    if (s.kind === 'set') {
      if (isUniform(s.value, uniform, written)) uniform.add(s.local);
      else uniform.delete(s.local);
    }
    if (s.kind === 'call') for (const result of s.results) uniform.delete(result);
  });
}

/**
 * `team`: only `lanes` loops change memory, and all work-items of a team reach each of them. Code between these loops
 * depends neither on locals set by single work-items nor on memory that any of them may write meanwhile.
 */
export function checkTeam({ domain, body }: MapKernel, report: Report): void {
  if (domain.kind !== 'count' || typeof domain.count !== 'number') report('is for teams, but not over a known count');
  const { writes } = accessesOf(body);
  const setInside = new Set<string>();
  const usedOutside = new Set<string>();
  const visit = (statements: readonly Statement[], dealt: boolean, certain: boolean): void => {
    for (const s of statements) {
      const deals = s.kind === 'for' && s.lanes === true;
      if (deals && (dealt || !certain)) report('is for teams, but has a lanes loop inside another or a condition');
      if (!dealt && (s.kind === 'store' || s.kind === 'accumulate' || s.kind === 'setBit' || s.kind === 'fault'))
        report(`is for teams, but has a ${s.kind} outside of lanes loops`);
      const set = s.kind === 'set' || s.kind === 'for' ? [s.local] : s.kind === 'call' ? s.results : [];
      for (const name of set) (dealt || deals ? setInside : usedOutside).add(name);
      if (!dealt)
        for (const e of expressionsOf(s))
          visitExpression(e, (node) => {
            if (node.kind === 'local') usedOutside.add(node.name);
            if (node.kind === 'load' && writes.has(node.buffer))
              report(`is for teams, but loads ${node.buffer} outside of lanes loops, which it writes`);
          });
      visit(childrenOf(s), dealt || deals, certain && s.kind === 'for');
    }
  };
  visit(body, false, true);
  for (const name of setInside)
    if (usedOutside.has(name)) report(`is for teams, but uses ${name} outside of the lanes loop that sets it`);
}

/**
 * `byTarget` and `byRow`: the index of every write is the item's own position, or is computed from the values that the
 * order names. These are `targets[position]`, or `row` and, if rows are columns, the synapse at `position` of a buffer
 * with as many elements. The check is necessary, not sufficient: lowering must prove that distinct targets give
 * distinct elements.
 */
export function checkOrder(kernel: PropagateKernel, buffers: ReadonlyMap<string, Buffer>, report: Report): void {
  const { order } = kernel;
  if (order.kind !== 'byTarget' && order.kind !== 'byRow') return;
  const derived = new Set<string>();
  /** Lists of synapses by the local that holds an entry of theirs. */
  const listed = new Map<string, string>();
  const isAnchor = (e: Expression): boolean => {
    if (e.kind === 'local') return derived.has(e.name) || (order.kind === 'byRow' && e.name === 'row');
    return order.kind === 'byTarget' && e.kind === 'load' && e.buffer === order.targets && isLocal(e.index, 'position');
  };
  const isOwnSynapse = (index: Expression, written: string): boolean => {
    const list = index.kind === 'local' ? listed.get(index.name) : undefined;
    return (
      list !== undefined && JSON.stringify(buffers.get(list)?.length) === JSON.stringify(buffers.get(written)?.length)
    );
  };
  visitStatements(kernel.body, (s: Statement) => {
    if (s.kind === 'set') {
      if (someExpression(s.value, isAnchor)) derived.add(s.local);
      if (order.kind === 'byRow' && s.value.kind === 'load' && isLocal(s.value.index, 'position'))
        listed.set(s.local, s.value.buffer);
    }
    if (s.kind !== 'store' && s.kind !== 'accumulate') return;
    if (isLocal(s.index, 'position') || someExpression(s.index, isAnchor) || isOwnSynapse(s.index, s.buffer)) return;
    const source = order.kind === 'byTarget' ? `${order.targets}[position]` : 'row';
    report(`is ordered ${order.kind}, but writes ${s.buffer} at an index that does not come from ${source}`);
  });
}
