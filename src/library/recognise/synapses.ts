/**
 * Recognises the standard synapse of a synapse type: static and stochastic ones by the form of their code, plastic ones
 * by their behaviour. Parameters are measured on the type's own code at chosen spikes. Then both codes are run on
 * random trains.
 */

import type { Expression, Statement } from '../../lang/ast.js';
import { assignment, binary, name as nameOf, negated, number } from '../../lang/build.js';
import { linearForm } from '../../lang/linear.js';
import { referenceOf } from '../../lang/reference.js';
import { callsIn, mapExpression, namesIn } from '../../lang/walk.js';
import { isRandom } from '../../lang/functions.js';
import { mapped } from '../../model/collections.js';
import { statementsIn, type Projection, type SynapseType } from '../../model/typed.js';
import { typedSynapse } from '../normalised.js';
import { stdpSynapse, synapsesFor, weightDependences } from '../pynn/index.js';
import type { WeightKind } from '../standard-type.js';
import type { Environment } from './values.js';
import { near, tidy, plain, valueAt } from './numbers.js';
import { agree, attempt, benchOf, namesOf, trains, type Spike } from './synapses/bench.js';
import type { Arrival, RecognisedSynapse } from './synapses/recognised.js';

/** Returns a synapse type with ports replaced by the variables that a projection binds them to. */
export function throughPorts(type: SynapseType, receptors: Projection['receptors']): SynapseType {
  if (Object.keys(receptors).length === 0) return type;
  const bound = (statement: Statement): Statement =>
    statement.kind === 'assignment' && Object.hasOwn(receptors, statement.target)
      ? assignment(`post.${receptors[statement.target] ?? ''}`, statement.operator, statement.value)
      : statement;
  return { ...type, pathways: mapped(type.pathways, (one) => ({ ...one, do: one.do.map(bound) })) };
}

const onePathway = "PyNN's synapses have a single pathway from the spike to the target";

/**
 * Returns the amount that a type adds to its target at a spike, or a text with the reason if it is not a single
 * addition to one variable.
 */
export function arrivalOf(type: SynapseType): Arrival | string {
  const { pathways, contributes, summed, events } = type;
  if (contributes.length > 0 || summed.length > 0)
    return 'PyNN has no synapses that act between spikes except gap junctions';
  if (Object.keys(events ?? {}).length > 0) return 'PyNN has no synapses with conditions';
  const odd = Object.values(pathways).find(({ on }) => on.event !== 'spike');
  if (odd !== undefined) return `PyNN has no synapses that react to ${odd.on.end}.${odd.on.event}`;
  const onPre = Object.values(pathways).filter(({ on }) => on.end === 'pre');
  const [pre] = onPre;
  if (pre === undefined || onPre.length > 1) return onePathway;
  const found: Arrival[] = [];
  for (const statement of pre.do) {
    if (statement.kind === 'send') return 'PyNN has no synapses that send';
    if (statement.to.kind === 'own') continue;
    if (statement.to.end === 'pre') return `PyNN has no synapses that change ${statement.target}`;
    if (statement.operator !== '+=' && statement.operator !== '-=')
      return `PyNN's synapses add to a variable; this one has ${statement.target} ${statement.operator}`;
    const amount = statement.operator === '+=' ? statement.value : negated(statement.value);
    found.push({ variable: statement.to.variable, amount: plain(amount, namesOf(type)) });
  }
  const [arrival] = found;
  if (arrival === undefined || found.length > 1) return "PyNN's synapses act on one variable of the target";
  const far = [...namesIn(arrival.amount)].find((name) => referenceOf(name).kind === 'end');
  return far === undefined ? arrival : `PyNN's weights do not depend on ${far}`;
}

/**
 * Returns the standard type of a synapse.
 *
 * @param environment  values of its parameters
 */
export function recogniseSynapse(
  type: SynapseType,
  kind: WeightKind,
  environment: Environment,
  dt: number,
): RecognisedSynapse | string {
  const { numbers } = environment;
  const arrival = arrivalOf(type);
  if (typeof arrival === 'string') return arrival;
  const statements = Object.values(type.pathways).flatMap(({ do: code }) => code);
  const changes = Object.keys(type.derivatives).length > 0 || statements.length > 1;
  if (!changes) return staticOf(arrival, kind);
  return (
    stdpOf(type, arrival, kind, numbers) ??
    depressing(type, arrival, kind, numbers, dt) ??
    'no plastic synapse of PyNN matches its code'
  );
}

function staticOf({ amount }: Arrival, kind: WeightKind): RecognisedSynapse | string {
  const draws = callsIn(amount).filter((call) => isRandom(call.function));
  const types = synapsesFor(kind);
  const none = { parameters: {}, scaled: new Set<string>(), variables: new Map<string, string>(), remarks: [] };
  const name = draws.length === 0 ? 'StaticSynapse' : 'SimpleStochasticSynapse';
  const standard = types[name];
  if (standard === undefined) return `there is no type ${name}`;
  if (draws.length === 0) return { ...none, standard, name, weight: amount, variables: weightNames(amount) };
  // `w*int(uniform() < p)`
  let p: Expression | undefined;
  const weight = mapExpression(amount, (part) => {
    if (part.kind !== 'call' || part.function !== 'int') return part;
    const [condition] = part.arguments;
    if (condition?.kind !== 'binary' || !['<', '<='].includes(condition.operator) || !isUniform(condition.left))
      return part;
    p = condition.right;
    return number(1);
  });
  if (p === undefined || draws.length > 1 || callsIn(weight).some((one) => isRandom(one.function)))
    return 'its weight is drawn at each spike';
  return { ...none, standard, name, weight, parameters: { p } };
}

/** Returns the name of a weight that is one parameter as it is. */
const weightNames = (weight: Expression): ReadonlyMap<string, string> =>
  new Map(weight.kind === 'name' ? [[weight.name, 'weight']] : []);

const isUniform = (e: Expression): boolean => e.kind === 'call' && e.function === 'uniform' && e.arguments.length === 0;

// --- Plasticity by spike timing ------------------------------------------------------------------------------------

const microsecond = 1e-6;

/** STDP by traces: its rule and weight dependence, measured on single pairs of spikes. */
function stdpOf(
  type: SynapseType,
  { amount }: Arrival,
  kind: WeightKind,
  numbers: ReadonlyMap<string, number>,
): RecognisedSynapse | undefined {
  const posts = Object.values(type.pathways).filter(({ on }) => on.end === 'post');
  if (posts.length !== 1 || amount.kind !== 'name' || !Object.hasOwn(type.state, amount.name)) return undefined;
  const weight = amount.name;
  const taus = Object.entries(type.derivatives).map(([name, { rate }]) => {
    const form = linearForm(plain(rate, namesOf(type)), [name]);
    const slope =
      form && attempt(() => valueAt(form.coefficients.get(name) ?? number(0), (key) => numbers.get(key) ?? NaN));
    return { name, tau: slope === undefined || slope === null ? NaN : -1 / slope };
  });
  const bench = benchOf(type, microsecond);
  if (bench === undefined || taus.length !== 2 || taus.some(({ tau }) => !(tau > 0))) return undefined;
  const own = Object.fromEntries(numbers);
  const limits = limitsOf(type, weight, numbers);
  if (limits === undefined) return undefined;
  const [low, high] = limits;
  const range = high - low;
  const change = (spikes: readonly Spike[], w: number): number =>
    (bench
      .run(spikes, { ...own, [weight]: w })
      .after.at(-1)
      ?.get(weight) ?? NaN) - w;
  return attempt(() => {
    const traceOf = (side: 'pre' | 'post'): string | undefined => {
      const after = bench.run([[1, side]], { ...own, [weight]: low + range / 2 }).after[0];
      return taus.find(({ name }) => after?.get(name) !== 0)?.name;
    };
    const [pre, post] = [traceOf('pre'), traceOf('post')];
    if (pre === undefined || post === undefined || pre === post) return undefined;
    const tau = (name: string): number => taus.find((one) => one.name === name)?.tau ?? NaN;
    const middle = low + 0.4 * range;
    const up =
      change(
        [
          [1, 'pre'],
          [1 + microsecond, 'post'],
        ],
        middle,
      ) / Math.exp(-microsecond / tau(pre));
    const down =
      -change(
        [
          [1, 'post'],
          [1 + microsecond, 'pre'],
        ],
        middle,
      ) / Math.exp(-microsecond / tau(post));
    for (const dependence of Object.keys(weightDependences)) {
      if (dependence === 'GutigWeightDependence') continue;
      const ups = dependence === 'MultiplicativeWeightDependence' ? high - middle : range;
      const downs = dependence === 'AdditiveWeightDependence' ? range : middle - low;
      const values = {
        tau_plus: tau(pre),
        tau_minus: tau(post),
        // Differences of weights have lost digits.
        A_plus: tidy(up / ups, 1e-13),
        A_minus: tidy(down / downs, 1e-13),
        w_min: low,
        w_max: high,
      };
      const standard = stdpSynapse(kind, 'SpikePairRule', dependence, {
        preAtOnce: false,
        postAtOnce: true,
        sends: false,
      });
      const library = standard && typedSynapse(standard, kind);
      const other = library && benchOf(library, microsecond);
      if (standard === undefined || other === undefined) continue;
      // In some notations the arriving weight is the weight before the spike's own change; in PyNN it is the weight
      // after it.
      const spikes = trains(7, 1e-4, ['pre', 'post']);
      const ours = bench.run(spikes, { ...own, [weight]: middle }).after.map((map) => map.get(weight) ?? NaN);
      const theirs = other.run(spikes, { ...values, weight: middle }).after.map((one) => one.get('weight') ?? NaN);
      if (!ours.every((our, k) => near(our, theirs[k] ?? NaN, range))) continue;
      const late = !agree(
        bench,
        { ...own, [weight]: middle },
        other,
        { ...values, weight: middle },
        ['pre', 'post'],
        1e-4,
      );
      return {
        standard,
        dendritic: stdpSynapse(kind, 'SpikePairRule', dependence, { preAtOnce: true, postAtOnce: true, sends: true }),
        name: 'STDPMechanism',
        weight: amount,
        parameters: values,
        scaled: new Set(['w_min', 'w_max']),
        variables: new Map([[weight, 'weight']]),
        remarks: late
          ? [
              {
                code: 'weight-before-change',
                message:
                  'a spike arrives with the weight before the change that it causes; in PyNN with the one ' +
                  'after it',
              },
            ]
          : [],
      } satisfies RecognisedSynapse;
    }
    return undefined;
  });
}

/** Returns the limits that assignments clip a weight to. */
function limitsOf(
  type: SynapseType,
  weight: string,
  numbers: ReadonlyMap<string, number>,
): readonly [number, number] | undefined {
  for (const statement of statementsIn(type.pathways)) {
    if (statement.kind === 'send' || statement.target !== weight) continue;
    const clip = callsIn(plain(statement.value, namesOf(type))).find((call) => call.function === 'clip');
    const [, low, high] = clip?.arguments ?? [];
    if (low === undefined || high === undefined) continue;
    const at = (e: Expression): number | undefined => attempt(() => valueAt(e, (key) => numbers.get(key) ?? NaN));
    const [a, b] = [at(low), at(high)];
    if (a !== undefined && b !== undefined && b > a && Number.isFinite(b)) return [a, b];
  }
  return undefined;
}

// --- Depression and facilitation -----------------------------------------------------------------------------------

/** Synapses that release less of their resources at a spike are taken for ones that do not depress. */
const leastShare = 1e-6;

/** Tsodyks–Markram: U and the time constants measured on single spikes and pairs. */
function depressing(
  type: SynapseType,
  { amount }: Arrival,
  kind: WeightKind,
  numbers: ReadonlyMap<string, number>,
  dt: number,
): RecognisedSynapse | undefined {
  if (Object.values(type.pathways).some(({ on }) => on.end === 'post')) return undefined;
  const bench = benchOf(type, dt);
  // The limit of responses that are over at once is the model of two variables.
  const standard = synapsesFor('voltage')['TsodyksMarkramSynapse'];
  const library = standard && typedSynapse(standard, 'voltage');
  const other = library && benchOf(library, dt);
  const named = synapsesFor(kind)['TsodyksMarkramSynapse'];
  if (bench === undefined || other === undefined || named === undefined) return undefined;
  const own = Object.fromEntries(numbers);
  const factors = [...namesIn(amount)].filter((name) => Object.hasOwn(type.parameters, name) && !numbers.has(name));
  const [weight] = factors;
  if (factors.length > 1) return undefined;
  const unknown = weight === undefined ? {} : { [weight]: 1 };
  return attempt(() => {
    const release = (...times: readonly number[]): readonly number[] =>
      bench.run(
        times.map((time) => [time, 'pre'] as const),
        { ...own, ...unknown },
      ).released;
    const rates = Object.entries(type.derivatives).map(([name, { rate }]) => {
      const form = linearForm(plain(rate, namesOf(type)), [name]);
      const slope =
        form === null ? NaN : valueAt(form.coefficients.get(name) ?? number(0), (key) => numbers.get(key) ?? NaN);
      return -1 / slope;
    });
    const [first = NaN] = release(1e3);
    const [, again = NaN] = release(1e3, 2e3);
    if (!near(first, again)) return undefined;
    // Each pair of time constants, with and without facilitation; U and the weight by the depression of a second spike.
    const pairs = rates.flatMap((a) => [[a, 0] as const, ...rates.filter((b) => b !== a).map((b) => [a, b] as const)]);
    for (const [recovery, facilitation] of pairs) {
      if (!(recovery > 0 && recovery < Infinity && facilitation >= 0 && facilitation < Infinity)) continue;
      const interval = 0.013;
      const [, second = NaN] = release(1e3, 1e3 + interval);
      const ratio = second / first;
      const keep = Math.exp(-interval / recovery);
      const grow = facilitation > 0 ? Math.exp(-interval / facilitation) : 0;
      // second/first = (1 - U*keep)*(1 + (1 - U)*grow)
      const f = (u: number): number => (1 - u * keep) * (1 + (1 - u) * grow) - ratio;
      let [low, high] = [0, 1];
      if (f(low) * f(high) > 0) continue;
      for (let k = 0; k < 80; k++) {
        const middle = (low + high) / 2;
        if (f(low) * f(middle) <= 0) high = middle;
        else low = middle;
      }
      const U = Number(((low + high) / 2).toPrecision(9));
      // Without depression, any share of a weight that grows in turn fits.
      if (U < leastShare) continue;
      const values = { U, tau_rec: recovery, tau_facil: facilitation };
      const whole = first / U;
      if (!agree(bench, { ...own, ...unknown }, other, { ...values, weight: whole }, ['pre'], dt)) continue;
      const scale = tidy(Number(whole.toPrecision(10)));
      return {
        standard: named,
        name: 'TsodyksMarkramSynapse',
        weight: weight === undefined ? number(scale) : binary('*', number(scale), nameOf(weight)),
        parameters: values,
        scaled: new Set<string>(),
        variables: new Map(weight !== undefined && scale === 1 ? [[weight, 'weight']] : []),
        remarks:
          kind === 'voltage'
            ? []
            : [
                {
                  code: 'resources-recover-later',
                  message:
                    "resources recover from the spike on; PyNN's are active for the receptor's time constant " +
                    'before they do',
                },
              ],
      } satisfies RecognisedSynapse;
    }
    return undefined;
  });
}
