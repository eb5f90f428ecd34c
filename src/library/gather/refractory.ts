/** Refractory times in the place of regimes, and the other changes of cell types that other notations ask for. */

import type { Expression } from '../../lang/ast.js';
import { binary, conditional, name as named } from '../../lang/build.js';
import { second } from '../../lang/dimension.js';
import { parseExpression, parseStatements } from '../../lang/parse.js';
import { inSI, printExpression } from '../../lang/print.js';
import { namesIn, substitute } from '../../lang/walk.js';
import type { NeuronType } from '../../model/model.js';
import { ownNames } from '../../model/declared-names.js';
import { freeName } from '../../model/free-name.js';
import { child } from '../../model/pointer.js';
import { plain, tidy, valueAt } from '../recognise/numbers.js';
import { numbersOfElement, type Gathering } from './gathering.js';
import { readsAdvanced, stepsWaited, withoutFlag, withoutRegimes, withRatesAtOnce } from './regimes.js';
import { byWhatTheyEmit, regimesAsVariable } from './regime-variable.js';
import { derivedOf, replaced } from './texts.js';
import { during, stretchesOf } from './waits.js';

/** Different refractory periods of one type for which the steps that LEMS waits are counted. */
const mostPeriods = 100;

/** Gives cell types refractory periods where their regimes are such, and a variable in the place of other regimes. */
export function gatherRegimes(gathering: Gathering): void {
  if (gathering.strict) giveOwnTypes(gathering);
  for (const [name, type] of Object.entries(gathering.neurons)) gathering.neurons[name] = byWhatTheyEmit(type);
  for (const [name, type] of Object.entries(gathering.neurons)) {
    const waiting = Object.keys(type.regimes).length === 0 ? undefined : withoutRegimes(type);
    const crossing =
      waiting === undefined ? withoutFlag(type, gathering.stage === 'brian', recordedOf(gathering, name)) : undefined;
    if (crossing !== undefined) gathering.neurons[name] = crossing;
    if (waiting === undefined) continue;
    const turned = gathering.strict ? inOrder(waiting, type) : undefined;
    const { type: waits, ...said } =
      (gathering.strict ? inStretches(gathering, name, turned ?? waiting, type) : undefined) ??
      asLemsWaits(gathering, name, turned ?? waiting, type);
    gathering.neurons[name] = waits;
    gathering.report[said.verdict](`${gathering.stage}/refractory-regime`, child('/neurons', name), said.message);
    if (gathering.stage === 'brian') reportOrder(gathering, name, type, turned !== undefined);
  }
  if (gathering.stage !== 'brian') return;
  for (const [name, type] of Object.entries(gathering.neurons)) {
    if (Object.keys(type.regimes).length === 0) continue;
    const turned = gathering.strict ? withRatesAtOnce(type) : undefined;
    if (turned !== undefined) gathering.neurons[name] = turned;
    reportOrder(gathering, name, type, turned !== undefined);
  }
  const { neurons, populations } = regimesAsVariable(
    { ...gathering.model, neurons: gathering.neurons, populations: gathering.populations },
    gathering.stage,
    gathering.report,
  );
  Object.assign(gathering.neurons, neurons);
  gathering.populations = populations;
  for (const [name, type] of Object.entries(gathering.neurons)) gathering.neurons[name] = spikeFirst(type);
}

/** Reports that regimes advance one variable after another. @param isAhead  whether what that gives is computed ahead */
function reportOrder({ report }: Gathering, name: string, type: NeuronType, isAhead: boolean): void {
  const { variable, before } = readsAdvanced(type) ?? {};
  if (variable === undefined) return;
  const order = `LEMS advances ${before}, then ${variable} from the new value of ${before}`;
  const pointer = child('/neurons', name);
  if (isAhead) report.equivalent('brian/parts', pointer, `${order}, which is computed ahead for Brian`);
  else report.approximated('brian/parts', pointer, `${order}; Brian advances all variables at once`);
}

/** Gives populations of a type with regimes, which may wait for different times, types of their own. */
function giveOwnTypes(gathering: Gathering): void {
  const { neurons, populations } = gathering;
  for (const [name, type] of Object.entries(neurons)) {
    const [, ...others] = Object.entries(populations).filter((entry) => entry[1].type === name);
    if (Object.keys(type.regimes).length === 0) continue;
    for (const [population, given] of others) {
      const own = freeName(`${name}_${population}`, (one) => Object.hasOwn(neurons, one));
      neurons[own] = type;
      gathering.populations[population] = { ...given, type: own };
    }
  }
}

/** Variables of a type's populations that are recorded. */
function recordedOf(gathering: Gathering, type: string): ReadonlySet<string> {
  return new Set(
    Object.entries(gathering.populations).flatMap(([name, one]) =>
      one.type === type ? [...(gathering.recorded.get(name) ?? [])] : [],
    ),
  );
}

/**
 * A type with a refractory period in which variables are advanced in the order of LEMS: what is advanced before another
 * one reads it is computed ahead, for that one.
 */
function inOrder(type: NeuronType, { regimes }: NeuronType): NeuronType | undefined {
  const integrating = Object.values(regimes).find(({ initial }) => initial);
  const held = new Set(type.events['spike']?.refractory?.rate);
  if (integrating === undefined) return undefined;
  const taken = ownNames(type);
  const advanced = new Map<string, Expression>();
  const derivatives = { ...type.derivatives };
  const derived = { ...type.derived };
  for (const name of integrating.order ?? Object.keys(integrating.derivatives).sort()) {
    const given = type.derivatives[name];
    if (given === undefined) return undefined;
    const rate = replaced(given.rate, advanced);
    derivatives[name] = { ...given, rate };
    const later = freeName(`${name}_after`, (one) => taken.has(one));
    const next = binary('+', named(name), binary('*', named('dt'), parseExpression(rate)));
    const value = held.has(name) ? conditional(named('not_refractory'), next, named(name)) : next;
    derived[later] = {
      unit: type.state[name]?.unit ?? '1',
      type: 'real',
      shared: false,
      held: false,
      value: printExpression(value),
    };
    advanced.set(name, named(later));
  }
  return { ...type, derivatives, derived };
}

/** The refractory period with as many steps as LEMS waits after each spike of a run, where all cells wait equally long. */
function inStretches(
  gathering: Gathering,
  name: string,
  type: NeuronType,
  { regimes }: NeuronType,
): { readonly type: NeuronType; readonly verdict: 'equivalent'; readonly message: string } | undefined {
  const { dt, end } = gathering;
  const spike = type.events['spike'];
  const durations = durationsOf(gathering, name, type);
  const [seconds = NaN] = durations;
  if (spike?.refractory === undefined || durations.size !== 1 || Number.isNaN(seconds)) return undefined;
  const found = stretchesOf(seconds, dt, isStrict(regimes), Math.ceil(end / dt));
  if (found === undefined || found.length < 2) return undefined;
  const least = Math.min(...found.map(({ steps }) => steps));
  const most = Math.max(...found.map(({ steps }) => steps));
  const names = ownNames(type);
  const longer = Array.from({ length: most - least }, (_, k) => {
    const when = during(found, least + 1 + k, { time: 'lastspike', later: 0, dt, names });
    return `${k === 0 ? '' : `${k + 1}*`}dt*int(${when ?? 'true'})`;
  });
  const period = [inSI(tidy(Number((least * dt).toPrecision(12))), second), ...longer].join(' + ');
  const refractory = { ...spike.refractory, for: period, rounding: 'down', evaluated: 'eachStep' } as const;
  return {
    type: { ...type, events: { ...type.events, spike: { ...spike, refractory } } },
    verdict: 'equivalent',
    message:
      `its regimes form a refractory period of ${least} steps; LEMS adds up its time, by whose rounding it is a step ` +
      'longer in some stretches of the run',
  };
}

/** Whether the end of a waiting regime needs a time greater than that at which it is due, not equal. */
const isStrict = (regimes: NeuronType['regimes']): boolean =>
  !Object.values(regimes).some(
    ({ initial, transitions }) => !initial && transitions.some(({ when }) => when.includes('>=')),
  );

/** The refractory periods of all cells of a type, in s. */
function durationsOf(gathering: Gathering, name: string, type: NeuronType): ReadonlySet<number> {
  const duration = type.events['spike']?.refractory?.for ?? '';
  if (duration === '') return new Set();
  const e = plain(duration, new Set(Object.keys(type.parameters)));
  return new Set(
    Object.values(gathering.populations)
      .filter((population) => population.type === name)
      .flatMap((population) =>
        Array.from({ length: population.size }, (_, element) => {
          const numbers = numbersOfElement(gathering, type, population, element);
          return valueAt(e, (key) => numbers.get(key) ?? NaN);
        }),
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
  const durations = durationsOf(gathering, name, type);
  if (durations.size === 0 || durations.size > mostPeriods || [...durations].some(Number.isNaN)) return some;
  const strict = isStrict(regimes);
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
