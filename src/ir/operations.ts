/** How many operations a program has: what its work is estimated from. */

import type { Action, Kernel, Program, Statement } from './program.js';
import { bodyOf, childrenOf, expressionsOf, visitExpression } from './walk.js';

/** Operations of a step, on average, without those of synapses, which depend on spikes. */
export function operationsPerStep(program: Program): number {
  const ofCall = callCounter(program);
  const kernels = new Map(program.kernels.map((kernel) => [kernel.name, kernel]));
  return program.schedule.step.reduce((sum, { kernel: name, every }) => {
    const kernel = kernels.get(name);
    if (kernel === undefined) return sum;
    return sum + (itemsOf(kernel) * operationsOf(bodyOf(kernel), ofCall, turnsOf)) / every;
  }, 0);
}

/**
 * At most so many operations that a list of actions takes; infinite where it is not known before.
 */
export function operationsOfActions(program: Program, actions: readonly Action[]): number {
  const ofCall = callCounter(program, turnsOrEndless);
  const kernels = new Map(program.kernels.map((kernel) => [kernel.name, kernel]));
  return actions.reduce((sum, action) => {
    const kernel = action.kind === 'run' ? kernels.get(action.kernel) : undefined;
    if (kernel === undefined) return sum;
    const items = kernel.shape === 'map' || kernel.shape === 'sequential' ? itemsOf(kernel, Infinity) : Infinity;
    return items === 0 ? sum : sum + items * operationsOf(bodyOf(kernel), ofCall, turnsOrEndless);
  }, 0);
}

/** Operations that stand in the kernels of a program: what a compiler has to read. */
export const operationsInCode = ({ kernels }: Program): number =>
  kernels.reduce((sum, kernel) => sum + operationsOf(bodyOf(kernel), none, once), 0);

type Loop = Extract<Statement, { readonly kind: 'for' | 'while' }>;

const none = (): number => 0;
const once = (): number => 1;

/** How many items a kernel has in a step, or `unknown` where that is computed; none where spikes decide. */
function itemsOf(kernel: Kernel, unknown = 0): number {
  if (kernel.shape === 'sequential') return 1;
  if (kernel.shape !== 'map') return 0;
  const { domain } = kernel;
  switch (domain.kind) {
    case 'ranges':
      return domain.ranges.reduce((sum, { begin, end }) => sum + end - begin, 0);
    case 'count':
      return typeof domain.count === 'number' ? domain.count : unknown;
    case 'spikes':
      return 0;
  }
}

/** How often a loop goes round where constants say so; once otherwise. */
function turnsOf(loop: Loop): number {
  if (loop.kind === 'while' || loop.from.kind !== 'const' || loop.to.kind !== 'const') return 1;
  return Math.max(0, Number(loop.to.value) - Number(loop.from.value));
}

/** How often a loop goes round; for ever where that is not known. */
function turnsOrEndless(loop: Loop): number {
  const isKnown = loop.kind === 'for' && loop.from.kind === 'const' && loop.to.kind === 'const';
  return isKnown ? turnsOf(loop) : Infinity;
}

/** Operations of each function of a program, those of the functions that it calls included. */
function callCounter({ functions }: Program, turns = turnsOf): (name: string) => number {
  const bodies = new Map(functions.map(({ name, body }) => [name, body]));
  const known = new Map<string, number>();
  const count = (name: string): number => {
    const found = known.get(name) ?? operationsOf(bodies.get(name) ?? [], count, turns);
    known.set(name, found);
    return found;
  };
  return count;
}

/** Operations of statements: constants and locals are none, a call is one and what `ofCall` says of its function. */
function operationsOf(
  statements: readonly Statement[],
  ofCall: (name: string) => number,
  turns: (loop: Loop) => number,
): number {
  let operations = 0;
  for (const s of statements) {
    if (s.kind === 'comment') continue;
    operations += 1 + (s.kind === 'call' ? ofCall(s.function) : 0);
    for (const e of expressionsOf(s))
      visitExpression(e, (node) => {
        if (node.kind === 'const' || node.kind === 'local') return;
        operations += 1 + (node.kind === 'call' ? ofCall(node.function) : 0);
      });
    const inside = operationsOf(childrenOf(s), ofCall, turns);
    operations += s.kind === 'for' || s.kind === 'while' ? turns(s) * inside : inside;
  }
  return operations;
}
