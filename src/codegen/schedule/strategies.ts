/** How the spikes of a projection are spread over the work-items of a device. No bit of a result depends on it. */

import type { PropagateKernel } from '../../ir/program.js';

/** Names of strategies, with their purpose. */
export const strategyNames = ['presynaptic', 'postsynaptic', 'flat', 'targets'] as const;

/** How spikes that are due are dealt out to work-items. */
export type Strategy =
  /** A work-item for each spike that is due, which goes along its synapses: for the shortest rows. */
  | 'presynaptic'
  /** A team for each spike that is due, with its work-items side by side over the targets: for long rows. */
  | 'postsynaptic'
  /**
   * The synapses of as many spikes as a team has work-items are numbered consecutively and distributed evenly: for all
   * cases in between.
   */
  | 'flat'
  /**
   * Each work-item has a range of the targets, looks for them in the row of every spike, and adds without atomics: for
   * few work-items, or dear atomics.
   */
  | 'targets';

/**
 * The choice of a strategy: by name, if the kernel allows it; by the cost model for many work-items (`atomic`), or for
 * a few with much work each (`split`).
 */
export type StrategyChoice = 'split' | 'atomic' | Strategy;

/** How a propagate kernel goes over its spikes: by a strategy, or as its order demands. */
export type Way = Strategy | 'rows' | 'sequential';

/**
 * Units of the cost model, in cycles: a chain of dependent loads with an atomic addition, a barrier with its overhead,
 * and a read from shared memory.
 */
const chain = 600;
const barrier = 40;
const look = 30;
/** Work-items of a team, and teams that run at once, of a usual device. */
const teamSize = 128;
const teams = 2048;
/** Assumed rate in spikes per second if it is unknown. */
const usualRate = 10;
/** Assumed share of connected pairs if the number of synapses is unknown. */
const usualDensity = 0.1;

/** The properties of a kernel that the choice depends on. */
interface Span {
  /** Estimated number of rows of synapses with one delay that are due in a step. */
  readonly due: number;
  /** Synapses of such a row on average. */
  readonly length: number;
  /** Teams that work on it at once. */
  readonly teams: number;
}

/** Estimates the number of synapses of a kernel. */
export function synapsesOf({ elements, synapses, order }: PropagateKernel): number {
  const rows = Math.max(1, elements.end - elements.begin);
  return Math.max(1, synapses ?? (order.kind === 'byTarget' ? rows * order.targetCount * usualDensity : rows * 100));
}

/**
 * Returns the known properties of a kernel's rows before the network exists.
 *
 * @param all synapses of all kernels of the step that share the device
 */
export function spanOf(kernel: PropagateKernel, all: number, dt: number): Span {
  const { elements, delays } = kernel;
  const rows = Math.max(1, elements.end - elements.begin) * (delays.last - delays.first + 1);
  const kernelSynapses = synapsesOf(kernel);
  return {
    due: Math.max(1, rows * usualRate * dt),
    length: kernelSynapses / rows,
    teams: Math.max(1, Math.floor((teams * kernelSynapses) / Math.max(kernelSynapses, all))),
  };
}

/** Estimates the cycles of a step with each strategy that adds atomically. */
export function costsOf({ due, length, teams: own }: Span): Readonly<Record<Exclude<Strategy, 'targets'>, number>> {
  const turns = (things: number, atOnce: number): number => Math.ceil(things / atOnce);
  const depth = Math.log2(teamSize);
  return {
    presynaptic: turns(due, own * teamSize) * Math.max(1, length) * chain,
    postsynaptic: turns(due, own) * turns(Math.max(1, length), teamSize) * chain,
    // A team numbers the synapses of its spikes through, and deals them out.
    flat:
      turns(due, own * teamSize) * (chain + 2 * depth * barrier) +
      turns(turns(due, own) * length, teamSize) * (chain + depth * look),
  };
}

/**
 * Returns the strategy of a kernel.
 *
 * @param all synapses of all kernels of the step that share the device
 */
export function wayOf(kernel: PropagateKernel, choice: StrategyChoice, all: number, dt: number): Way {
  const { order } = kernel;
  if (order.kind === 'byRow') return 'rows';
  if (order.kind === 'sequential') return 'sequential';
  if (order.kind === 'byTarget' && (choice === 'split' || choice === 'targets')) return 'targets';
  // Kernels that cannot run by targets use the default choice.
  if (choice !== 'split' && choice !== 'atomic' && choice !== 'targets') return choice;
  if (choice === 'split') return 'postsynaptic';
  const costs = costsOf(spanOf(kernel, all, dt));
  return (['postsynaptic', 'presynaptic', 'flat'] as const).reduce((best, other) =>
    costs[other] < costs[best] ? other : best,
  );
}
