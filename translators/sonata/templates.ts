/**
 * Model templates of SONATA's point neurons: types of the library with the names, units and defaults of the simulator
 * that a template belongs to. SONATA states no units: numbers of `nest:` templates are in NEST's.
 *
 * @source NEST 3.10 (defaults and recordables of its models), PyNN 0.13, NEURON 8.2 (IntFire1); the mapping of Allen's
 *   GLIF files is BMTK 1.2's
 */

import { entryOf } from '../../src/diagnostics/entry.js';
import { standardCells } from '../../src/library/pynn/index.js';
import { declaredName, isCell } from '../../src/library/declared-types.js';
import { declaredIn, weightUnits, type StandardCell } from '../../src/library/standard-type.js';
import type { NeuronType } from '../../src/model/model.js';
import type { Compartment } from './drawn-places.js';
import { adexCell, glifCell, intFire1 } from './own-cells.js';

/** A parameter under its simulator's name. */
export interface TemplateParameter {
  readonly unit: string;
  /** The simulator's default. */
  readonly value: number;
}

/** A canonical parameter or first value: the template's parameter of this name, or the ratio of two of them. */
export type Source = string | { readonly ratio: readonly [string, string]; readonly unit: string };

/** A point neuron of SONATA. */
export interface Template {
  /** Without its schema. */
  readonly name: string;
  readonly cell: StandardCell;
  readonly parameters: Readonly<Record<string, TemplateParameter>>;
  /** Sources of the canonical parameters and first values, by their canonical names. */
  readonly values: Readonly<Record<string, Source>>;
  readonly weight: {
    readonly unit: string;
    /** Variables that weights are added to: one for each sign, or one for each receptor type from 1 on. */
    readonly variables: readonly string[];
    readonly by: 'sign' | 'receptor';
    /** Whether a negative weight represents a positive conductance of the second variable. */
    readonly magnitude?: true;
  };
  /** Canonical variables by the simulator's names, for reports. */
  readonly recordable: Readonly<Record<string, string>>;
  /** Unit of the amplitude of current clamps. */
  readonly current: string;
  /** Parameter with a constant current in this unit; absent: there is none. */
  readonly constantCurrent?: string;
  /** Absent: a point neuron. */
  readonly shape?: Shape;
}

/** The shape of a cell. */
export interface Shape {
  /** Names of sections, in the order in which edges count them. */
  readonly sections: readonly string[];
  readonly compartments: readonly Compartment[];
  /** Returns the place of a fraction along a section, by its number. At an end it is a section that stands for it. */
  readonly placeOf: (section: number, fraction: number) => PlaceOnCell;
}

/** A place on a cell: the name of a section, and the fraction along it. */
export interface PlaceOnCell {
  readonly section: string;
  readonly fraction: number;
}

/** Parameters of NEST that act only on plastic synapses or on the solver's error. */
export const withoutEffect: readonly string[] = ['tau_minus', 'tau_minus_triplet', 'gsl_error_tol'];

/** Parameters that the library's cells have at one value only, which is NEST's default. */
export const fixedParameters: Readonly<Record<string, number>> = { refractory_input: 0, rho: 0.01, delta: 0 };

const cellOf = (name: string): StandardCell => entryOf(standardCells, name);

type Numbers = Readonly<Record<string, readonly [unit: string, value: number]>>;

const parametersOf = (numbers: Numbers): Template['parameters'] =>
  Object.fromEntries(Object.entries(numbers).map(([name, [unit, value]]) => [name, { unit, value }]));

const lifNames = {
  v_rest: 'E_L',
  cm: 'C_m',
  v_thresh: 'V_th',
  v_reset: 'V_reset',
  tau_refrac: 't_ref',
  i_offset: 'I_e',
  v: 'V_m',
} as const;

const synapseNames = { tau_syn_E: 'tau_syn_ex', tau_syn_I: 'tau_syn_in' } as const;
const reversalNames = { e_rev_E: 'E_ex', e_rev_I: 'E_in' } as const;
const leak: Source = { ratio: ['C_m', 'g_L'], unit: 'ms' };

const lifNumbers: Numbers = {
  C_m: ['pF', 250],
  E_L: ['mV', -70],
  V_th: ['mV', -55],
  V_reset: ['mV', -70],
  t_ref: ['ms', 2],
  I_e: ['pA', 0],
  V_m: ['mV', -70],
};
const condNumbers: Numbers = { ...lifNumbers, V_reset: ['mV', -60], E_ex: ['mV', 0], E_in: ['mV', -85] };

const adexNumbers: Numbers = {
  C_m: ['pF', 281],
  g_L: ['nS', 30],
  E_L: ['mV', -70.6],
  V_reset: ['mV', -60],
  V_th: ['mV', -50.4],
  V_peak: ['mV', 0],
  Delta_T: ['mV', 2],
  a: ['nS', 4],
  b: ['pA', 80.5],
  tau_w: ['ms', 144],
  t_ref: ['ms', 0],
  E_ex: ['mV', 0],
  E_in: ['mV', -85],
  I_e: ['pA', 0],
  V_m: ['mV', -70.6],
  w: ['pA', 0],
};
const adexNames = { ...lifNames, v_spike: 'V_peak', delta_T: 'Delta_T', a: 'a', b: 'b', tau_w: 'tau_w', w: 'w' };

const currents = (cell: StandardCell): Template['weight'] => ({
  unit: 'pA',
  variables: Object.values(cell.receptors).map(({ variable }) => variable),
  by: 'sign',
});
const conductances = (cell: StandardCell): Template['weight'] => ({
  ...currents(cell),
  unit: 'nS',
  magnitude: true,
});

function nest(
  name: string,
  cell: StandardCell,
  numbers: Numbers,
  values: Template['values'],
  weightOf: (cell: StandardCell) => Template['weight'],
  recordable: Template['recordable'],
): Template {
  return {
    name,
    cell,
    parameters: parametersOf(numbers),
    values,
    weight: weightOf(cell),
    recordable: { V_m: 'v', ...recordable },
    current: 'pA',
    constantCurrent: 'I_e',
  };
}

const synapses = (excitatory: number, inhibitory: number): Numbers => ({
  tau_syn_ex: ['ms', excitatory],
  tau_syn_in: ['ms', inhibitory],
});
const pscRecordable = { I_syn_ex: 'isyn_exc', I_syn_in: 'isyn_inh' };
const condRecordable = { g_ex: 'gsyn_exc', g_in: 'gsyn_inh' };
const psc = { ...lifNames, tau_m: 'tau_m' };

/** NEST's models, by name. */
const nestTemplates: readonly Template[] = [
  ...(['alpha', 'exp'] as const).map((shape) =>
    nest(
      `iaf_psc_${shape}`,
      cellOf(`IF_curr_${shape}`),
      { ...lifNumbers, tau_m: ['ms', 10], ...synapses(2, 2) },
      { ...psc, ...synapseNames },
      currents,
      pscRecordable,
    ),
  ),
  nest(
    'iaf_psc_delta',
    cellOf('IF_curr_delta'),
    { ...lifNumbers, tau_m: ['ms', 10] },
    psc,
    () => ({ unit: 'mV', variables: ['v', 'v'], by: 'sign' }),
    {},
  ),
  ...(['alpha', 'exp'] as const).map((shape) =>
    nest(
      `iaf_cond_${shape}`,
      cellOf(`IF_cond_${shape}`),
      { ...condNumbers, g_L: ['nS', 16.6667], ...synapses(0.2, 2) },
      { ...lifNames, tau_m: leak, ...synapseNames, ...reversalNames },
      conductances,
      condRecordable,
    ),
  ),
  ...(['alpha', 'exp'] as const).map((shape) =>
    nest(
      `aeif_cond_${shape}`,
      adexCell(`EIF_cond_${shape}_isfa_ista`),
      { ...adexNumbers, ...synapses(0.2, 2) },
      { ...adexNames, tau_m: leak, ...synapseNames, ...reversalNames },
      conductances,
      { ...condRecordable, w: 'w' },
    ),
  ),
];

/** Returns a standard cell of PyNN with its own names and in PyNN's units. */
function pynn(cell: StandardCell): Template {
  const names = [...Object.keys(cell.neuron.parameters ?? {}), ...Object.values(cell.initial)];
  const receptors = Object.values(cell.receptors);
  const kind = receptors[0]?.kind ?? 'current';
  return {
    name: cell.name,
    cell,
    parameters: Object.fromEntries(
      names.map((name) => {
        const { unit, value } = declaredIn(cell.neuron, name);
        return [name, { unit, value: typeof value === 'number' ? value : 0 }];
      }),
    ),
    values: Object.fromEntries(names.map((name) => [name, name])),
    weight: {
      unit: weightUnits[kind],
      variables: receptors.map(({ variable }) => variable),
      by: 'sign',
      ...(kind === 'conductance' ? { magnitude: true } : {}),
    },
    recordable: cell.recordable,
    current: 'nA',
    ...(names.includes('i_offset') ? { constantCurrent: 'i_offset' } : {}),
  };
}

/** NEURON's IntFire1, whose times are in seconds in files of the Allen Institute. @source BMTK 1.2.0, cell_models.py */
const nrnIntFire1: Template = {
  name: 'IntFire1',
  cell: intFire1,
  parameters: parametersOf({ tau: ['s', 0.01], refrac: ['s', 0.005] }),
  values: { tau: 'tau', refrac: 'refrac' },
  weight: { unit: '1', variables: ['m', 'm'], by: 'sign' },
  recordable: { m: 'm' },
  current: 'nA',
};

// --- GLIF -----------------------------------------------------------------------------------------------------------
type Json = Readonly<Record<string, unknown>>;

/** Parameters of glif_psc with lists as values, with NEST's default. */
const glifLists: Readonly<Record<string, readonly [unit: string, value: readonly number[]]>> = {
  ASCurrents: ['pA', [0, 0]],
  asc_init: ['pA', [0, 0]],
  asc_decay: ['1/ms', [0.003, 0.1]],
  asc_amps: ['pA', [-9.18, -198.94]],
  asc_r: ['1', [1, 1]],
  tau_syn: ['ms', [2]],
};

const glifNumbers: Numbers = {
  g: ['nS', 9.43],
  E_L: ['mV', -78.85],
  C_m: ['pF', 58.72],
  V_th: ['mV', -51.68],
  V_reset: ['mV', -78.85],
  t_ref: ['ms', 3.75],
  V_m: ['mV', -78.85],
  th_spike_add: ['mV', 0.37],
  th_spike_decay: ['1/ms', 0.009],
  voltage_reset_fraction: ['1', 0.2],
  voltage_reset_add: ['mV', 18.51],
  th_voltage_index: ['1/ms', 0.005],
  th_voltage_decay: ['1/ms', 0.09],
};

/** Returns names of a list's components. */
export const components = (name: string, length: number): readonly string[] =>
  Array.from({ length }, (_, k) => `${name}_${k + 1}`);

const isOn = (value: unknown): boolean => value === true || (typeof value === 'number' && value !== 0);

/**
 * Returns NEST's glif_psc with the mechanisms and numbers of components that its parameters select. NEST starts from
 * `ASCurrents`; it reads `asc_init` only when a model is reset.
 */
function glif(given: Json): Template {
  const listOf = (name: string): readonly number[] => {
    const value = given[name];
    return Array.isArray(value) ? (value as number[]) : (glifLists[name]?.[1] ?? []);
  };
  const has = {
    threshold: isOn(given['spike_dependent_threshold']),
    currents: isOn(given['after_spike_currents']),
    adapting: isOn(given['adapting_threshold']),
  };
  const [currentCount, receptorCount] = [listOf('asc_decay').length, listOf('tau_syn').length];
  const lists = Object.keys(glifLists).flatMap((name) => {
    const length = name === 'tau_syn' ? receptorCount : currentCount;
    const values = listOf(name);
    return components(name, length).map((component, k): [string, TemplateParameter] => [
      component,
      { unit: glifLists[name]?.[0] ?? '1', value: values[k] ?? glifLists[name]?.[1][0] ?? 0 },
    ]);
  });
  const cell = glifCell(has, currentCount, receptorCount);
  const parameters = { ...parametersOf(glifNumbers), ...Object.fromEntries(lists) };
  const used = Object.keys(cell.neuron.parameters ?? {});
  return {
    name: 'glif_psc',
    cell,
    parameters,
    values: {
      ...Object.fromEntries(used.map((name) => [name, name])),
      v: 'V_m',
      ...(has.currents
        ? Object.fromEntries(components('asc', currentCount).map((name, k) => [name, `ASCurrents_${k + 1}`]))
        : {}),
    },
    weight: { unit: 'pA', variables: Object.values(cell.receptors).map(({ variable }) => variable), by: 'receptor' },
    recordable: cell.recordable,
    current: 'pA',
  };
}

/** Parameters of `glif_psc` that select its mechanisms. */
const glifSwitches: readonly string[] = ['spike_dependent_threshold', 'after_spike_currents', 'adapting_threshold'];

/** BMTK's names of GLIF models, with the mechanisms of each: reset rules, after-spike currents, adapting threshold. */
const allenGlif: Readonly<Record<string, string>> = {
  glif_lif_psc: '',
  glif_lif_r_psc: 'r',
  glif_lif_asc_psc: 'c',
  glif_lif_r_asc_psc: 'rc',
  glif_lif_r_asc_a_psc: 'rca',
};

/** Receptors of Allen's GLIF models in BMTK: decay times in ms. */
const allenReceptors: readonly number[] = [5.5, 8.5, 2.8, 5.8];

/** Returns parameters of `glif_psc` from a model file of the Allen Cell Types Database, which is in SI units. */
function fromAllen(file: Json, mechanisms: string): Json {
  const inside = (key: string): Json => (file[key] ?? {}) as Json;
  const coefficients = inside('coeffs');
  const number = (key: string): number => Number(file[key]);
  const coefficient = (key: string): number => Number(coefficients[key] ?? 1);
  const list = (key: string): readonly number[] => (file[key] ?? []) as number[];
  const reset = (inside('voltage_reset_method')['params'] ?? {}) as Json;
  const threshold = (inside('threshold_dynamics_method')['params'] ?? {}) as Json;
  const reference = number('El_reference') * 1e3;
  const amplitudes = (coefficients['asc_amp_array'] ?? []) as number[];
  const [r, c, a] = ['r', 'c', 'a'].map((letter) => mechanisms.includes(letter));
  return {
    V_th: coefficient('th_inf') * number('th_inf') * 1e3 + reference,
    g: (coefficient('G') / number('R_input')) * 1e9,
    E_L: number('El') * 1e3 + reference,
    V_m: number('El') * 1e3 + reference,
    C_m: coefficient('C') * number('C') * 1e12,
    t_ref: number('spike_cut_length') * number('dt') * 1e3,
    V_reset: reference,
    tau_syn: allenReceptors,
    spike_dependent_threshold: r,
    after_spike_currents: c,
    adapting_threshold: a,
    ...(c
      ? {
          asc_init: list('init_AScurrents').map((value) => value * 1e12),
          asc_decay: list('asc_tau_array').map((value) => (1 / value) * 1e-3),
          asc_amps: list('asc_amp_array').map((value, k) => value * (amplitudes[k] ?? 1) * 1e12),
          asc_r: list('asc_tau_array').map(() => 1),
        }
      : {}),
    ...(r
      ? {
          th_spike_add: Number(threshold['a_spike']) * 1e3,
          th_spike_decay: Number(threshold['b_spike']) * 1e-3,
          voltage_reset_fraction: Number(reset['a']),
          voltage_reset_add: Number(reset['b']) * 1e3,
        }
      : {}),
    ...(a
      ? {
          th_voltage_index: Number(threshold['a_voltage']) * coefficient('a') * 1e-3,
          th_voltage_decay: Number(threshold['b_voltage']) * coefficient('b') * 1e-3,
        }
      : {}),
  };
}

// --- By name --------------------------------------------------------------------------------------------------------
const bySchema: Readonly<Record<string, ReadonlyMap<string, Template>>> = {
  nest: new Map(nestTemplates.map((template) => [template.name, template])),
  nrn: new Map([[nrnIntFire1.name, nrnIntFire1]]),
  pynn: new Map(
    [...standardCells.values()]
      .filter(({ receptors, lists }) => Object.keys(receptors).length > 0 && lists === undefined)
      .map((cell) => [cell.name, pynn(cell)]),
  ),
};

/** Names of all templates, with their schema. */
export const templateNames: readonly string[] = [
  ...Object.entries(bySchema).flatMap(([schema, templates]) =>
    [...templates.keys()].map((name) => `${schema}:${name}`),
  ),
  'nest:glif_psc',
  ...Object.keys(allenGlif).map((name) => `nest:${name}`),
];

/**
 * Returns the template of a name, with the parameters that a model file gives to it under the template's own names.
 * Returns undefined for an unknown name. A name without a schema is a model of NEST.
 */
export function templateOf(
  name: string,
  given: Json,
): { readonly template: Template; readonly given: Json } | undefined {
  const [schema = '', model = ''] = name.includes(':') ? name.split(':', 2) : ['nest', name];
  const allen = schema === 'nest' && Object.hasOwn(allenGlif, model) ? allenGlif[model] : undefined;
  if (allen !== undefined || (schema === 'nest' && model === 'glif_psc')) {
    const numbers = allen === undefined || given['type'] !== 'GLIF' ? given : fromAllen(given, allen);
    return { template: glif(numbers), given: flattened(numbers) };
  }
  const known = Object.hasOwn(bySchema, schema) ? bySchema[schema]?.get(model) : undefined;
  return known && { template: known, given };
}

/** Lists as their components; mechanisms, which the type itself holds, left out. */
function flattened(given: Json): Json {
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]): [string, unknown][] => {
      if (glifSwitches.includes(name)) return [];
      if (!Object.hasOwn(glifLists, name) || !Array.isArray(value)) return [[name, value]];
      const names = components(name, value.length);
      return value.map((element, k) => [names[k] ?? name, element]);
    }),
  );
}

// --- By equations ---------------------------------------------------------------------------------------------------
/** A template as a table of node types names it. */
export interface NamedTemplate {
  /** With its schema. */
  readonly name: string;
  readonly template: Template;
  /** Further members of its file of parameters. */
  readonly switches: Readonly<Record<string, boolean>>;
  /** How the template differs from the type. */
  readonly remark?: string;
}

const earlierReset =
  'NEST resets the cell at the time within a step when v passes its peak, and the model at the end of the step';

/** Returns the template with the equations of a type; undefined without one. NEST's templates come first. */
export function templateOfType(type: NeuronType): NamedTemplate | undefined {
  const isGlif = Object.hasOwn(type.parameters, 'tau_syn_1');
  for (const template of [...nestTemplates, nrnIntFire1, ...(isGlif ? [glif(glifParametersOf(type))] : [])])
    if (isCell(type, template.cell))
      return {
        name: `${template === nrnIntFire1 ? 'nrn' : 'nest'}:${template.name}`,
        template,
        switches: template.name === 'glif_psc' ? switchesOf(type) : {},
      };
  const name = declaredName(type);
  const standard = bySchema['pynn']?.get(name);
  if (!standard || !isCell(type, standard.cell)) return undefined;
  const shape = /^EIF_cond_(alpha|exp)_isfa_ista$/.exec(name)?.[1];
  const adex = nestTemplates.find((template) => template.name === `aeif_cond_${shape}`);
  return adex
    ? { name: `nest:${adex.name}`, template: adex, switches: {}, remark: earlierReset }
    : { name: `pynn:${name}`, template: standard, switches: {} };
}

/** Returns the mechanisms that a type has, if it is a GLIF neuron. */
const switchesOf = ({ parameters }: NeuronType): Readonly<Record<string, boolean>> => ({
  spike_dependent_threshold: Object.hasOwn(parameters, 'th_spike_add'),
  after_spike_currents: Object.hasOwn(parameters, 'asc_decay_1'),
  adapting_threshold: Object.hasOwn(parameters, 'th_voltage_index'),
});

/** Returns parameters that give a GLIF template the mechanisms and components of a type. */
function glifParametersOf(type: NeuronType): Json {
  const count = (prefix: string): number =>
    Object.keys(type.parameters).filter((name) => name.startsWith(prefix)).length;
  return {
    ...switchesOf(type),
    asc_decay: new Array(count('asc_decay_')).fill(0),
    tau_syn: new Array(count('tau_syn_')).fill(0),
  };
}

/** Returns members of a file of parameters, with components of lists as lists. */
export function parametersAsLists(given: Readonly<Record<string, number>>): Json {
  const lists: Record<string, number[]> = {};
  const single: Record<string, number> = {};
  for (const [name, value] of Object.entries(given)) {
    const [, list = ''] = /^(\w+)_\d+$/.exec(name) ?? [];
    if (Object.hasOwn(glifLists, list)) (lists[list] ??= []).push(value);
    else single[name] = value;
  }
  return { ...single, ...lists };
}
