/** Engines by name, and which of them are available here. */

import type { Availability, Target } from '../../runtime/targets/target.js';
import { targets } from '../../runtime/targets/registry.js';
import { UsageError } from '../diagnostics/diagnostic.js';
import { oneOf, suggestion } from '../diagnostics/suggest.js';

/** Tried in this order by `auto`: the fastest first. */
const preference = ['wasm', 'reference'];

/** An engine, and the device of it that will be used. */
export interface ChosenTarget {
  readonly target: Target;
  readonly device: string;
}

/**
 * The engine with this name, or the first available one.
 *
 * @throws UsageError when there is no such engine, or it is not available here, with what to install
 */
export async function chooseTarget(name: string): Promise<ChosenTarget> {
  const names = Object.keys(targets);
  if (name !== 'auto' && !Object.hasOwn(targets, name)) {
    throw new UsageError(`there is no target ${name}: it is ${oneOf(name, ['auto', ...names])}`, suggestion(name, names).hint);
  }
  let refusal: Availability | undefined;
  for (const candidate of name === 'auto' ? preference : [name]) {
    const target = targets[candidate];
    const availability = await target?.probe();
    if (target && availability?.available) return { target, device: availability.devices[0] ?? candidate };
    refusal ??= availability;
  }
  throw new UsageError(
    `the target ${refusal?.target ?? name} is not available: ${refusal?.reason ?? 'it does not run here'}`,
    refusal?.hint,
  );
}

/** What every engine says about this machine. */
export async function probeTargets(): Promise<readonly Availability[]> {
  return Promise.all(Object.values(targets).map((target) => target.probe()));
}
