/** Checks what kernels promise about the order of their items: vector lanes, workers by target or by row. */

import type { Expression, MapKernel, PropagateKernel, Statement } from './program.js';
import { expressionsOf, someExpression, visitExpression, visitStatements } from './walk.js';

type Report = (sentence: string) => void;

const isLocal = (e: Expression, name: string): boolean => e.kind === 'local' && e.name === name;

/** True for expressions that are equal for all items of a range. */
function isUniform(e: Expression): boolean {
  switch (e.kind) {
    case 'const':
      return true;
    case 'local':
      return e.name === 'group' || e.name === 'begin' || e.name === 'step';
    case 'unary':
    case 'convert':
      return isUniform(e.operand);
    case 'binary':
      return isUniform(e.left) && isUniform(e.right);
    default:
      return false;
  }
}

/** `lanes: true`: straight code whose memory accesses are contiguous or uniform. */
export function checkLanes(kernel: MapKernel, report: Report): void {
  if (kernel.domain.kind === 'spikes') report('promises lanes over spikes, which are scattered');
  for (const s of kernel.body) {
    if (s.kind === 'if' || s.kind === 'for' || s.kind === 'while' || s.kind === 'break')
      report(`promises lanes, but has ${s.kind === 'if' ? 'an' : 'a'} ${s.kind}`);
  }
  visitStatements(kernel.body, (s) => {
    if ((s.kind === 'store' || s.kind === 'accumulate') && !isLocal(s.index, 'index')) {
      report(`promises lanes, but ${s.kind === 'store' ? 'stores to' : 'accumulates into'} ${s.buffer} elsewhere than at index`);
    }
    for (const e of expressionsOf(s)) {
      visitExpression(e, (node) => {
        if (node.kind === 'load' && !isLocal(node.index, 'index') && !isUniform(node.index)) {
          report(`promises lanes, but loads ${node.buffer} neither at index nor at an address equal for all items`);
        }
      });
    }
  });
}

/**
 * `byTarget` and `byRow`: the index of every write is the item's own position, or made from what the order names:
 * `targets[position]`, or `row`. Necessary, not sufficient: that distinct targets give distinct elements is for lowering to prove.
 */
export function checkOrder(kernel: PropagateKernel, report: Report): void {
  const { order } = kernel;
  if (order.kind !== 'byTarget' && order.kind !== 'byRow') return;
  const derived = new Set<string>();
  const isAnchor = (e: Expression): boolean => {
    if (e.kind === 'local') return derived.has(e.name) || (order.kind === 'byRow' && e.name === 'row');
    return order.kind === 'byTarget' && e.kind === 'load' && e.buffer === order.targets && isLocal(e.index, 'position');
  };
  visitStatements(kernel.body, (s: Statement) => {
    if (s.kind === 'set' && someExpression(s.value, isAnchor)) derived.add(s.local);
    if (s.kind !== 'store' && s.kind !== 'accumulate') return;
    if (isLocal(s.index, 'position') || someExpression(s.index, isAnchor)) return;
    const source = order.kind === 'byTarget' ? `${order.targets}[position]` : 'row';
    report(`is ordered ${order.kind}, but writes ${s.buffer} at an index that does not come from ${source}`);
  });
}
