/** Strategies by name: how devices spread spikes over work-items. */

import { UsageError } from '../diagnostics/diagnostic.js';
import { oneOf, suggestion } from '../diagnostics/suggest.js';
import type { Strategy } from '../codegen/schedule/strategies.js';
import { strategyNames } from '../codegen/schedule/strategies.js';

/**
 * Returns the strategy with this name; undefined for `auto`, which leaves the choice to the cost model.
 *
 * @throws UsageError that lists the names there are
 */
export function readStrategy(name: string): Strategy | undefined {
  if (name === 'auto') return undefined;
  const found = strategyNames.find((known) => known === name);
  if (found === undefined)
    throw new UsageError(
      `there is no strategy ${name}: it is ${oneOf(name, ['auto', ...strategyNames])}`,
      suggestion(name, ['auto', ...strategyNames]).hint,
    );
  return found;
}
