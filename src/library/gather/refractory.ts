/** Refractory times in the place of regimes, and the other changes of cell types that other notations ask for. */

import { second } from '../../lang/dimension.js';
import { parseExpression, parseStatements } from '../../lang/parse.js';
import { inSI } from '../../lang/print.js';
import { namesIn, substitute } from '../../lang/walk.js';
import type { NeuronType } from '../../model/model.js';
import { child } from '../../model/pointer.js';
import { plain, tidy, valueAt } from '../recognise/numbers.js';
import { numbersOfElement, type Gathering } from './gathering.js';
import { readsAdvanced, stepsWaited, withoutFlag, withoutRegimes } from './regimes.js';
import { byWhatTheyEmit, regimesAsVariable } from './regime-variable.js';
import { derivedOf } from './texts.js';

/** Different refractory periods of one type for which the steps that LEMS waits are counted. */
const mostPeriods = 100;

/** Gives cell types refractory periods where their regimes are such, and a variable in the place of other regimes. */
export function gatherRegimes(gathering: Gathering): void {
  for (const [name, type] of Object.entries(gathering.neurons)) gathering.neurons[name] = byWhatTheyEmit(type);
  for (const [name, type] of Object.entries(gathering.neurons)) {
    const waiting = Object.keys(type.regimes).length === 0 ? undefined : withoutRegimes(type);
    const crossing =
      waiting === undefined ? withoutFlag(type, gathering.stage === 'brian', recordedOf(gathering, name)) : undefined;
    if (crossing !== undefined) gathering.neurons[name] = crossing;
    if (waiting === undefined) continue;
    const { type: waits, ...said } = asLemsWaits(gathering, name, waiting, type);
    gathering.neurons[name] = waits;
    gathering.report[said.verdict](`${gathering.stage}/refractory-regime`, child('/neurons', name), said.message);
    const { variable, before } = readsAdvanced(type) ?? {};
    if (gathering.stage === 'brian' && variable !== undefined)
      gathering.report.approximated(
        'brian/parts',
        child('/neurons', name),
        `LEMS advances ${before}, then ${variable} from the new value of ${before}; ` +
          'Brian advances all variables at once',
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
  for (const [name, type] of Object.entries(gathering.neurons)) gathering.neurons[name] = spikeFirst(type);
}

/** Variables of a type's populations that are recorded. */
function recordedOf(gathering: Gathering, type: string): ReadonlySet<string> {
  return new Set(
    Object.entries(gathering.populations).flatMap(([name, one]) =>
      one.type === type ? [...(gathering.recorded.get(name) ?? [])] : [],
    ),
  );
}

/** The refractory period with as many steps as LEMS waits after most spikes, where all cells wait equally long. */
function asLemsWaits(
  gathering: Gathering,
  name: string,
  type: NeuronType,
  { regimes }: NeuronType,
): { readonly type: NeuronType; readonly verdict: 'equivalent' | 'approximated'; readonly message: string } {
  const spike = type.events['spike'];
  const duration = spike?.refractory?.for;
  const form = 'its regimes form a refractory period';
  const some = { type, verdict: 'approximated', message: `${form}; LEMS extends it by up to one step` } as const;
  if (spike?.refractory === undefined || duration === undefined) return some;
  const e = plain(duration, new Set(Object.keys(type.parameters)));
  const durations = new Set(
    Object.values(gathering.populations)
      .filter((population) => population.type === name)
      .flatMap((population) =>
        Array.from({ length: population.size }, (_, element) => {
          const numbers = numbersOfElement(gathering, type, population, element);
          return valueAt(e, (key) => numbers.get(key) ?? NaN);
        }),
      ),
  );
  if (durations.size === 0 || durations.size > mostPeriods || [...durations].some(Number.isNaN)) return some;
  const waiting = Object.values(regimes).filter(({ initial }) => !initial);
  const strict = !waiting.some(({ transitions }) => transitions.some(({ when }) => when.includes('>=')));
  // In Brian, a run takes the steps of LEMS; elsewhere, the period is what it is in runs of any length.
  const most = gathering.stage === 'brian' ? Math.ceil(gathering.end / gathering.dt) : undefined;
  const waits = [...durations].map((seconds) => {
    const { steps, share } = stepsWaited(seconds, gathering.dt, strict, most);
    const exact = seconds / gathering.dt;
    const whole = Math.ceil(exact - 1e-3);
    return { steps, share, more: steps - whole, between: whole - exact > 1e-3 };
  });
  // What is not a whole number of steps ends with the step in which it does.
  const rounding = waits.some(({ between }) => between) ? 'up' : 'nearest';
  const [{ steps, more } = { steps: 0, more: 0 }, other] = waits;
  if (waits.some((one) => one.more !== more)) return some;
  const share = Math.min(...waits.map((one) => one.share));
  const longer = more === 0 ? duration : `${duration} + ${inSI(tidy(more * gathering.dt), second)}`;
  const period = other === undefined ? `${form} of ${steps} ${steps === 1 ? 'step' : 'steps'}` : form;
  return {
    type: {
      ...type,
      events: { ...type.events, spike: { ...spike, refractory: { ...spike.refractory, for: longer, rounding } } },
    },
    verdict: share === 1 ? 'equivalent' : 'approximated',
    message:
      period +
      (share === 1
        ? ''
        : `; LEMS adds up its time, by whose rounding ${(100 * (1 - share)).toPrecision(2)} % of them are a step longer ` +
          'or shorter'),
  };
}

/** A type whose threshold is tested before other conditions, where none of these changes what it reads. */
function spikeFirst(type: NeuronType): NeuronType {
  const { spike, ...others } = type.events;
  if (spike === undefined || spike.order === 0) return type;
  const derived = derivedOf(type);
  const e = parseExpression(spike.when);
  const read = namesIn(derived === undefined ? e : substitute(e, derived));
  const written = Object.values(others).flatMap(({ do: actions }) =>
    actions.flatMap((text) => parseStatements(text).map((one) => (one.kind === 'assignment' ? one.target : one.port))),
  );
  return written.some((name) => read.has(name))
    ? type
    : { ...type, events: { ...type.events, spike: { ...spike, order: 0 } } };
}
