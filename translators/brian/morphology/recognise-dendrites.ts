/** Finds NeuronGroups with the equations of Dendrify, and writes them as `dendritic_neurons`. */

import type { Expression } from '../../../src/lang/ast.js';
import { readEquationLines } from '../../../src/lang/parse.js';
import { printExpression } from '../../../src/lang/print.js';
import { withChildren } from '../../../src/lang/walk.js';
import { emptyNamespace, quantityOf, readNamespace, writtenQuantity } from '../constants.js';
import { readExpression, type Reporter } from '../context.js';
import type {
  BrianSpecification,
  DendriticCompartment,
  DendriticNeurons,
  DendriticReceptor,
  DendriticSpike,
  NeuronGroup,
  Synapses,
} from '../specification.generated.js';
import type { Namespace } from '../terms.js';
import { usualConstants, withDendrites } from './dendrites.js';

type Constants = Readonly<Record<string, string | number>>;

/** Keys of a group that Dendrify's `make_neurongroup` takes, or that are statements after it. */
const groupKeys: ReadonlySet<string> = new Set(
  'N model threshold reset refractory method events initializers namespace run_regularly dt order'.split(' '),
);

/** Formulas of whole numbers of steps, which have the same value in any order of operands. */
const isCounted = (name: string): boolean => /^(?:g_rise|g_fall|spike)_/.test(name);

/**
 * Returns a specification in which groups of Dendrify's equations are `dendritic_neurons`. A group is recognised if the
 * equations, events and first values of these neurons are its own, with the same constants.
 */
export function asDendrites(document: BrianSpecification): BrianSpecification {
  const found = Object.entries(document.neuron_groups ?? {}).flatMap(([name, group]) => {
    const known = /\bI_ext_\w+ : amp/.test(group.model) ? recognised(name, group, document) : undefined;
    return known === undefined ? [] : [{ name, ...known }];
  });
  if (found.length === 0) return document;
  const without = <T>(map: Readonly<Record<string, T>> | undefined, dropped: ReadonlySet<string>): Record<string, T> =>
    Object.fromEntries(Object.entries(map ?? {}).filter(([key]) => !dropped.has(key)));
  const { neuron_groups: groups, synapses, namespace, ...rest } = document;
  const remaining = {
    neuron_groups: without(groups, new Set(found.map(({ name }) => name))),
    dendritic_neurons: Object.fromEntries(found.map(({ name, neurons }) => [name, neurons])),
    synapses: without(synapses, new Set(found.flatMap(({ second = [] }) => second))),
  };
  const whole = { ...rest, ...remaining, annotations: {} };
  const [all, others] = [whole, { ...whole, dendritic_neurons: {} }].map((one) => JSON.stringify(one));
  // Dendrify has the usual constants itself.
  const readers = (key: string): string =>
    (usualConstants[key] !== undefined && usualConstants[key] === namespace?.[key] ? others : all) ?? '';
  const unused = found.flatMap(({ constants }) => constants).filter((key) => !mentions(readers(key), key));
  const parts = Object.entries(document).flatMap(([key, part]): readonly (readonly [string, unknown])[] => {
    if (key === 'namespace') return [[key, without(namespace, new Set(unused))]];
    if (key === 'synapses') return [[key, remaining.synapses]];
    if (key !== 'neuron_groups') return [[key, part]];
    return [
      [key, remaining.neuron_groups],
      ['dendritic_neurons', remaining.dendritic_neurons],
    ];
  });
  const isEmpty = (part: unknown): boolean => typeof part === 'object' && Object.keys(part ?? {}).length === 0;
  return Object.fromEntries(parts.filter(([, part]) => !isEmpty(part))) as unknown as BrianSpecification;
}

const mentions = (text: string, name: string): boolean => new RegExp(`(?<!\\w)${name}(?!\\w)`).test(text);

interface Recognised {
  readonly neurons: DendriticNeurons;
  /** Names of constants that the group needs no more. */
  readonly constants: readonly string[];
  /** The name of the synapses that are the second reset. */
  readonly second?: readonly string[];
}

function recognised(name: string, group: NeuronGroup, document: BrianSpecification): Recognised | undefined {
  if (Object.keys(group).some((key) => !groupKeys.has(key)) || Array.isArray(group.initializers)) return undefined;
  // Comments on equations would be lost.
  if (group.model.includes('#')) return undefined;
  const given: Constants = { ...document.namespace, ...group.namespace };
  const second = secondReset(name, group, document);
  const neurons = neuronsOf(group, given, String(group.dt ?? document.dt ?? '0.1 ms'), second?.[1]);
  if (neurons === undefined) return undefined;
  let wrong = false;
  const to: Reporter = { report: () => void (wrong = true) };
  const common = Object.entries(document.namespace ?? {}).filter(([key, value]) => usualConstants[key] !== value);
  const namespace = readNamespace(Object.fromEntries(common), '/namespace', emptyNamespace, to);
  const step = writtenQuantity(String(document.dt ?? '0.1 ms'));
  if (step === undefined || !('value' in step)) return undefined;
  const reading = { namespace, dt: step.value, to };
  const { neuron_groups: expanded = {} } = withDendrites({ ...empty, dendritic_neurons: { [name]: neurons } }, reading);
  const again = expanded[name];
  if (wrong || again === undefined) return undefined;
  const [ours, theirs] = [group, again].map((one) => contentOf(one, document.namespace ?? {}, to));
  if (wrong || JSON.stringify(ours) !== JSON.stringify(theirs)) return undefined;
  const { namespace: defined = {}, ...rest } = again;
  const [before, after] = [group, rest].map((one) => JSON.stringify(one));
  const constants = Object.keys(document.namespace ?? {}).filter(
    (key) => mentions(before ?? '', key) && (key in defined || !mentions(after ?? '', key)),
  );
  const own = Object.entries(group.namespace ?? {}).filter(([key]) => !(key in defined));
  const all = own.length === 0 ? neurons : { ...neurons, namespace: Object.fromEntries(own) };
  return { neurons: all, constants, ...(second === undefined ? {} : { second: [second[0]] }) };
}

const empty = { format: 'interneuron/brian', version: 1 } as unknown as BrianSpecification;

/** Returns equations, events and first values with numbers in place of constants, sorted by name. */
function contentOf(group: NeuronGroup, common: Constants, to: Reporter): readonly string[] {
  const outer = readNamespace(common, '', emptyNamespace, to);
  const namespace = readNamespace(group.namespace, '', outer, to);
  const value = (name: string, e: Expression): string => printExpression(settled(e, namespace, isCounted(name)));
  const { lines, errors } = readEquationLines(group.model);
  if (errors.length > 0) return [];
  const equations = lines.map(
    ({ kind, name, unit, expression, flags }) =>
      `${kind} ${name} ${unit} ${flags.filter((flag) => flag !== 'constant').join()} ` +
      (expression === undefined ? '' : value(name, expression)),
  );
  const evaluated = (name: string, text: string): string => {
    const quantity = writtenQuantity(text);
    if (quantity !== undefined && 'value' in quantity) return numeral(quantity.value);
    const expression = readExpression(text, '', to);
    return expression === undefined ? '' : value(name, expression);
  };
  const events = Object.entries(group.events ?? {}).map(([name, { condition, code = '', ...more }]) =>
    [name, evaluated(name, String(condition)), code.replaceAll('; ', '\n'), JSON.stringify(more)].join(' '),
  );
  const first = Object.entries(group.initializers ?? {}).map(([name, initial]) =>
    [name, typeof initial === 'string' ? evaluated(name, initial) : JSON.stringify(initial)].join(' '),
  );
  return [...equations, ...events, ...first].sort();
}

/** Returns a number in SI as the name of a constant. */
const numeral = (value: number): string => `is_${value}`;

/** Replaces constants by numbers in SI. @param isSorted  whether operands of sums and products are sorted by their text */
function settled(e: Expression, namespace: Namespace, isSorted: boolean): Expression {
  const known = e.kind === 'name' ? namespace.find(e.name)?.quantity : e.kind === 'binary' ? undefined : quantityOf(e);
  if (known !== undefined)
    return { kind: 'name', name: numeral(known.value), to: { kind: 'own', variable: '' }, span: e.span };
  const inner = withChildren(e, (part) => settled(part, namespace, isSorted));
  if (!isSorted || inner.kind !== 'binary' || (inner.operator !== '+' && inner.operator !== '*')) return inner;
  const { operator } = inner;
  const operands = (part: Expression): readonly Expression[] =>
    part.kind === 'binary' && part.operator === operator ? [...operands(part.left), ...operands(part.right)] : [part];
  const sorted = operands(inner).toSorted((a, b) => (printExpression(a) < printExpression(b) ? -1 : 1));
  return sorted.reduce((left, right) => ({ ...inner, left, right }));
}

/**
 * Returns the synapses of each neuron onto itself that change a potential once more after a spike, with their name. No
 * other synapse may change this potential, because the two would be in another order.
 */
function secondReset(
  name: string,
  { threshold }: NeuronGroup,
  document: BrianSpecification,
): readonly [name: string, reset: NonNullable<DendriticNeurons['second_reset']>] | undefined {
  const all = Object.entries(document.synapses ?? {});
  for (const [key, synapses] of all) {
    const { source, target, on_pre: code, delay, connect, pathways: _order, ...more }: Synapses = synapses;
    if (source !== name || (target ?? source) !== name || Object.keys(more).length > 0) continue;
    if (typeof code !== 'string' || typeof delay !== 'string' || JSON.stringify(connect) !== '{"j":"i"}') continue;
    const changed = /^(V_\w+?)(?:_post)? = /.exec(code)?.[1];
    const { neuron_groups: _, synapses: __, ...rest } = document;
    const others = JSON.stringify(all.filter(([other]) => other !== key));
    if (changed === undefined || threshold === undefined || others.includes(changed)) continue;
    if (JSON.stringify([rest.state_monitors, rest.run]).includes(`"${key}`)) continue;
    return [key, { code: code.replaceAll('_post', ''), after: delay }];
  }
  return undefined;
}

/** Returns the neurons that Dendrify would make such a group of, as far as its names tell. */
function neuronsOf(
  group: NeuronGroup,
  given: Constants,
  dt: string,
  second: DendriticNeurons['second_reset'],
): DendriticNeurons | undefined {
  const names = [...group.model.matchAll(/^\s*I_ext_(\w+) : amp/gm)].flatMap(([, name]) => name ?? []);
  const at = new Map(
    readEquationLines(group.model).lines.map(({ name, expression }) => [
      name,
      expression ? printExpression(expression) : '',
    ]),
  );
  /** Currents of a compartment in the order in which they were added: Dendrify writes the newest first. */
  const currents = (name: string): readonly string[] => (at.get(`I_${name}`) ?? '').split(' + ').slice(1).toReversed();
  const conductance = (current: string): string | number | undefined =>
    given[/\*(\w+)$/.exec(at.get(current) ?? '')?.[1] ?? ''];
  const couplings = couplingsOf(names, currents, conductance);
  if (couplings === undefined) return undefined;
  const compartments = Object.fromEntries(
    couplings.names.map((name) => [name, compartmentOf(name, currents(name), at, given, dt)]),
  );
  const resting = new Set(names.map((name) => String(given[`EL_${name}`])));
  const [rest] = resting.size === 1 ? resting : [];
  const isResting = (name: string, value: unknown): boolean => value === `EL_${name}` || value === given[`EL_${name}`];
  const initial = Object.entries(group.initializers ?? {}).filter(
    ([key, value]) => !(key.startsWith('V_') && isResting(key.slice(2), value)),
  );
  const { model: _, events: __, namespace: ___, initializers: ____, ...others } = group;
  return {
    ...others,
    ...(rest === undefined ? {} : { v_rest: rest }),
    compartments: Object.fromEntries(
      Object.entries(compartments).map(([name, one]) => [
        name,
        rest === undefined ? { ...one, v_rest: given[`EL_${name}`] ?? 0 } : one,
      ]),
    ),
    couplings: couplings.list,
    ...(second === undefined ? {} : { second_reset: second }),
    ...(initial.length === 0 ? {} : { initializers: Object.fromEntries(initial) }),
  };
}

/**
 * Returns the conductances between compartments in the order in which they were added, and the compartments in the
 * order in which these name them.
 */
function couplingsOf(
  names: readonly string[],
  currents: (name: string) => readonly string[],
  conductance: (current: string) => string | number | undefined,
): { readonly names: readonly string[]; readonly list: readonly (readonly (string | number)[])[] } | undefined {
  const left = new Map(
    names.map((name) => [
      name,
      currents(name).flatMap((current) => names.filter((other) => current === `I_${other}_${name}`)),
    ]),
  );
  const [list, order] = [[] as (readonly (string | number)[])[], new Set<string>()];
  while ([...left.values()].some(({ length }) => length > 0)) {
    const a = names.find((name) => left.get(left.get(name)?.[0] ?? '')?.[0] === name);
    const b = left.get(a ?? '')?.[0];
    const [there, back] = [conductance(`I_${a}_${b}`), conductance(`I_${b}_${a}`)];
    if (a === undefined || b === undefined || there === undefined || there !== back) return undefined;
    list.push([a, b, there]);
    order.add(a).add(b);
    for (const name of [a, b]) left.set(name, left.get(name)?.slice(1) ?? []);
  }
  return order.size === names.length ? { names: [...order], list } : undefined;
}

function compartmentOf(
  name: string,
  currents: readonly string[],
  equations: ReadonlyMap<string, string>,
  given: Constants,
  dt: string,
): DendriticCompartment {
  const value = (key: string): string | number => given[key] ?? 0;
  const [synapses, dspikes]: [DendriticReceptor[], Record<string, DendriticSpike>] = [[], {}];
  const parts: { synapses?: unknown; noise?: unknown; dspikes?: unknown } = {};
  for (const current of currents) {
    const [, channel, tag] = new RegExp(`^I_(AMPA|NMDA|GABA)_(\\w+)_${name}$`).exec(current) ?? [];
    const [, spike] = new RegExp(`^I_rise_(\\w+)_${name}$`).exec(current) ?? [];
    if (channel !== undefined && tag !== undefined) {
      const rise = given[`t_${channel}_rise_${tag}_${name}`];
      synapses.push({
        channel: channel as DendriticReceptor['channel'],
        tag,
        g: value(`g_${channel}_${tag}_${name}`),
        ...(rise === undefined ? {} : { t_rise: rise }),
        t_decay: value(`t_${channel}_decay_${tag}_${name}`),
      });
      parts.synapses = synapses;
    } else if (spike !== undefined) {
      const id = `${spike}_${name}`;
      const time = (key: string): string => stepsOf(Number(value(`${key}_${id}`)), dt);
      const reversal = (phase: string): string | number => {
        const constant = /\*\((\w+) - V_/.exec(equations.get(`I_${phase}_${id}`) ?? '')?.[1] ?? '';
        const ions = ['E_Na', 'E_K', 'E_Ca'];
        const isUsual = (ion: string): boolean => (given[ion] ?? usualConstants[ion]) === usualConstants[ion];
        return ions.find((ion) => isUsual(ion) && usualConstants[ion] === value(constant)) ?? value(constant);
      };
      dspikes[spike] = {
        threshold: value(`Vth_${id}`),
        g_rise: value(`g_rise_max_${id}`),
        g_fall: value(`g_fall_max_${id}`),
        duration_rise: time('duration_rise'),
        duration_fall: time('duration_fall'),
        reversal_rise: reversal('rise'),
        reversal_fall: reversal('fall'),
        offset_fall: time('offset_fall'),
        refractory: time('refractory'),
      };
      parts.dspikes = dspikes;
    } else if (current === `I_noise_${name}`)
      parts.noise = {
        tau: value(`tau_noise_${name}`),
        sigma: value(`sigma_noise_${name}`),
        mean: value(`mean_noise_${name}`),
      };
  }
  const adapts = equations.has(`w_${name}`);
  const model = equations.has(`gA_${name}`)
    ? 'cadIF'
    : !adapts
      ? undefined
      : (equations.get(`V_${name}`) ?? '').includes('exp(')
        ? 'adex'
        : 'adaptiveIF';
  return {
    ...(model === undefined ? {} : { model }),
    cm_abs: value(`C_${name}`),
    gl_abs: value(`gL_${name}`),
    ...(parts as Pick<DendriticCompartment, 'synapses' | 'noise' | 'dspikes'>),
  };
}

/** Returns the time of a number of steps in the unit of the step. */
function stepsOf(steps: number, dt: string): string {
  const [size = '', unit = ''] = dt.split(' ');
  return `${Number((steps * Number(size)).toPrecision(12))} ${unit}`;
}
