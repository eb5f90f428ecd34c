/** Refractory times in the place of regimes, and the other changes of cell types that other notations require. */

import { child } from '../../model/pointer.js';
import { type Gathering } from './gathering.js';
import { withoutFlag, withoutRegimes } from './regimes.js';
import { byWhatTheyEmit, regimesAsVariable } from './regime-variable.js';

/** Gives cell types refractory periods in place of regimes that wait, and a variable in place of other regimes. */
export function gatherRegimes(gathering: Gathering): void {
  for (const [name, type] of Object.entries(gathering.neurons)) gathering.neurons[name] = byWhatTheyEmit(type);
  for (const [name, type] of Object.entries(gathering.neurons)) {
    const waiting = Object.keys(type.regimes).length === 0 ? undefined : withoutRegimes(type);
    const crossing =
      waiting === undefined ? withoutFlag(type, gathering.stage === 'brian', recordedOf(gathering, name)) : undefined;
    const made = waiting ?? crossing;
    if (made !== undefined) gathering.neurons[name] = made;
    if (waiting !== undefined)
      gathering.report.exact(
        child('/neurons', name),
        'its regimes form a refractory period',
        `${gathering.stage}/refractory-regime`,
      );
  }
  if (gathering.stage !== 'brian') return;
  const { neurons, populations } = regimesAsVariable(
    { ...gathering.model, neurons: gathering.neurons, populations: gathering.populations },
    gathering.stage,
    gathering.report,
  );
  Object.assign(gathering.neurons, neurons);
  gathering.populations = populations;
  for (const [name, type] of Object.entries(gathering.neurons)) {
    const { spike } = type.events;
    if (spike !== undefined)
      gathering.neurons[name] = { ...type, events: { ...type.events, spike: { ...spike, order: 0 } } };
  }
}

/** Returns variables of a type's populations that are recorded. */
function recordedOf(gathering: Gathering, type: string): ReadonlySet<string> {
  return new Set(
    Object.entries(gathering.populations).flatMap(([name, one]) =>
      one.type === type ? [...(gathering.recorded.get(name) ?? [])] : [],
    ),
  );
}
