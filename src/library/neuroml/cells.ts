/** Neuron types by NeuroML's names: cells of the library, and the synapses that variables of a type stand for. */

import { entryOf } from '../../diagnostics/entry.js';
import type { Expression } from '../../lang/ast.js';
import { NotExpressible } from '../not-expressible.js';
import { number, product } from '../../lang/build.js';
import { parseExpression } from '../../lang/parse.js';
import { namesIn, substitute } from '../../lang/walk.js';
import type { NeuronType } from '../../model/typed.js';
import { typedCell } from '../normalised.js';
import { recogniseCell } from '../recognise/cells.js';
import { anatomyOf } from '../recognise/cells/match.js';
import { viewOf, type CellUse, type Port, type RecognisedCell, type Remark } from '../recognise/cells/view.js';
import { constantOf, everywhere, fold, near } from '../recognise/numbers.js';
import { poissonRate } from '../recognise/standardise/poisson.js';
import { standardCells } from '../pynn/index.js';
import {
  neuromlCells,
  neuromlSources,
  neuromlSynapses,
  perUnit,
  pynnCells,
  type Component,
  type SynapseName,
} from './names.js';

/** An attribute: its unit in SI, and its value over parameters of the type that differ between cells. */
export interface NeuromlAttribute {
  readonly unit: string;
  readonly value: Expression;
}

interface NeuromlVariable {
  readonly name: string;
  readonly factor: number;
  /** In SI. */
  readonly unit: string;
}

/** A neuron type as a cell of NeuroML. */
export interface NeuromlCell {
  /** Name of the component type. */
  readonly name: string;
  /** By name; `first_v` in a value is the first value of the component's variable v, in SI. */
  readonly attributes: ReadonlyMap<string, NeuromlAttribute>;
  /** Variables of the component, with factors from the type's variables to their values in SI, by the type's names. */
  readonly variables: ReadonlyMap<string, NeuromlVariable>;
  /** First values of variables that the component gives, over attributes in SI. */
  readonly begins: Readonly<Record<string, Expression>>;
  /** Synapses, by the variable of the type that their spikes add to. */
  readonly receptors: ReadonlyMap<string, NeuromlReceptor>;
  /** Variables of the type that are the synapses'. */
  readonly responses: readonly string[];
  /** Inputs of the type that are currents into the cell in NeuroML's unit. */
  readonly inputs: readonly string[];
  /** A constant current, in A or, of cells without dimensions, a pure number; absent: none. */
  readonly drive?: Expression;
  /** Whether currents have no dimension. */
  readonly isPure: boolean;
  /** Whether no input or synapse can be attached to it. */
  readonly isClosed: boolean;
  /** Whether it is a cell of PyNN by PyNN's own names. */
  readonly isPynn: boolean;
  /** The same cell by PyNN's name, if there is one. Its component gives the first potential. */
  readonly byPynn?: NeuromlCell;
  readonly remarks: readonly Remark[];
}

/** A synapse that acts on its cell as a variable of a neuron type does. */
export interface NeuromlReceptor {
  /** Name of the component type. */
  readonly name: string;
  readonly attributes: ReadonlyMap<string, NeuromlAttribute>;
  /** The attribute with the peak amount that a spike of weight 1 adds; absent: weights have PyNN's unit. */
  readonly base?: string;
  /** Spikes of a jump move the potential. */
  readonly kind: 'conductance' | 'current' | 'jump';
  /** Factor from the amount that a spike adds to the variable, to that amount in SI. */
  readonly factor: number;
  /** The variable of PyNN's cell that is the sum over such synapses. */
  readonly sum: string;
}

/**
 * Returns the cell of NeuroML that a type is, or a text with the reason if there is no such cell.
 *
 * @param withJumps  whether synapses may move its potential, through a current for one step
 */
export function neuromlCell(type: NeuronType, use: CellUse, withJumps = false): NeuromlCell | string {
  const rate = poissonRate(type);
  if (rate && [...namesIn(rate)].every((name) => Object.hasOwn(type.parameters, name)))
    return built(
      'spikeGeneratorPoisson',
      { attributes: { averageRate: ['Hz', 'rate'] } },
      {
        standard: entryOf(standardCells, 'SpikeSourcePoisson'),
        parameters: { rate },
        variables: new Map(),
        ports: new Map(),
        remarks: [],
      },
    );
  const found = recogniseCell(type, use, 'neuroml');
  if (typeof found === 'string') return found;
  const { name } = found.standard;
  const source = neuromlSources[name];
  if (source) {
    const numberOf = (e: Expression = number(0)): number =>
      constantOf(e) ?? (e.kind === 'name' ? use.environment.numbers.get(e.name) : undefined) ?? NaN;
    const { start, duration } = found.parameters;
    const isEndless = numberOf(start) === 0 && numberOf(duration) >= 1e6;
    if (source.isEndless === true && !isEndless) return `NeuroML's ${source.name} has no beginning and no end`;
    return built(source.name, source, { ...found, variables: new Map() });
  }
  const hasOwnNames = Object.keys(typedCell(found.standard)?.state ?? {}).every((variable) => {
    const own = found.variables.get(variable);
    return own?.name === variable && own.factor === 1;
  });
  const step = withJumps ? use.dt : undefined;
  if (!pynnCells.has(name)) return byNeuromlName(found, type, step);
  if (hasOwnNames) return byPynnName(found, type);
  const cell = byNeuromlName(found, type, step);
  return typeof cell !== 'string' && cell.attributes.has('refract')
    ? { ...cell, byPynn: byPynnName(found, type) }
    : cell;
}

/**
 * Returns the receptors of a type with any membrane, and its capacitance in F if they tell it; undefined if PyNN has
 * none.
 */
export function receptorsOn(
  type: NeuronType,
  use: CellUse,
): (Pick<NeuromlCell, 'receptors' | 'responses'> & { readonly capacitance: number | undefined }) | undefined {
  try {
    const view = viewOf(type, use);
    const { cm, isKnown, ports, parameters, variables } = anatomyOf(type, view, use).wired;
    const capacitance = isKnown ? everywhere(cm) : undefined;
    if (isKnown && capacitance === undefined) return undefined;
    return { receptors: receptorsOf(ports, parameters, false), responses: [...variables.keys()], capacitance };
  } catch (error) {
    if (error instanceof NotExpressible) return undefined;
    throw error;
  }
}

const isNought = (e: Expression | undefined): boolean => e === undefined || constantOf(e) === 0;

/** Returns a formula of a table with values in the place of names. */
const settled = (formula: string, given: ReadonlyMap<string, Expression>): Expression =>
  fold(substitute(parseExpression(formula), given));

/** Returns a cell of NeuroML from a table and the parameters of the library's cell. */
function built(
  name: string,
  { attributes, begins = {}, numbers = {}, isClosed = false }: Component,
  { standard, parameters, variables: own, remarks }: RecognisedCell,
): NeuromlCell {
  const given = new Map(Object.entries(parameters));
  const units = typedCell(standard)?.state ?? {};
  const inNeuroml = [...own].flatMap(([key, { name: variable, factor }]) => {
    if (/^[gi]syn_|_[gi]syn(_rise)?$|^isyn/.test(variable)) return [];
    const [renamed, scale] = numbers[variable] ?? [variable, 1];
    const unit = numbers[variable] ? '1' : (units[variable]?.unit ?? '1');
    return [[key, { name: renamed, factor: factor * scale, unit }] as const];
  });
  return {
    name,
    attributes: new Map(
      Object.entries(attributes).map(([key, [unit, value]]) => [key, { unit, value: settled(value, given) }] as const),
    ),
    variables: new Map(inNeuroml),
    begins: Object.fromEntries(Object.entries(begins).map(([key, text]) => [key, parseExpression(text)] as const)),
    receptors: new Map(),
    responses: [...own.keys()].filter((key) => !inNeuroml.some(([one]) => one === key)),
    inputs: [],
    isPure: false,
    isPynn: false,
    isClosed,
    remarks,
  };
}

/** Returns a cell that has PyNN's names. */
function byPynnName(found: RecognisedCell, type: NeuronType): NeuromlCell {
  const { standard, ports } = found;
  const units = Object.entries(typedCell(standard)?.parameters ?? {});
  const usual = units.map(([name, { value }]) => [name, number(Number(value))] as const);
  const parameters = { ...Object.fromEntries(usual), ...found.parameters };
  const scaled = (name: string, unit: string): readonly [string, string] => {
    const factor = perUnit[unit];
    return ['1', factor === undefined ? name : `${factor}*${name}`];
  };
  const table: Component = {
    attributes: {
      ...Object.fromEntries(units.map(([name, { unit }]) => [name, scaled(name, unit)] as const)),
      v_init: ['1', '1e3*first_v'],
    },
    begins: { v: '1e-3*v_init' },
    numbers: { w: ['w', 1e9], gate_m: ['m', 1], gate_h: ['h', 1], gate_n: ['n', 1] },
  };
  return {
    ...built(standard.name, table, { ...found, parameters }),
    receptors: receptorsOf(ports, parameters, true),
    inputs: Object.keys(type.inputs),
    isPynn: true,
  };
}

/**
 * Returns a cell with the library's equations, under NeuroML's names.
 *
 * @param step  the time in s for which a current moves the potential; absent: nothing does
 */
function byNeuromlName(found: RecognisedCell, type: NeuronType, step?: number): NeuromlCell | string {
  const { standard, parameters, ports, currents } = found;
  const inputs = Object.keys(type.inputs).filter((name) => currents?.has(name) === true);
  const receptors = new Map([
    ...receptorsOf(ports, parameters, false),
    ...[...ports].flatMap(([variable, port]) => jumpsOf(variable, port, parameters['cm'], step)),
  ]);
  const drive = parameters['i_offset'] ?? number(0);
  const isFree = inputs.length + receptors.size === 0 && isNought(drive);
  const isAdaptive = ['delta_T', 'a', 'b'].some((name) => !isNought(parameters[name]));
  const isPure = isIzhikevich(standard.name);
  const name = neuromlName(found, type, isFree, isAdaptive, step !== undefined);
  const table = neuromlCells[name];
  if (table === undefined) return name;
  if (isAdaptive && parameters['delta_T'] && (everywhere(parameters['delta_T']) ?? 1) === 0)
    return 'NeuroML has no adaptive cell without an exponential';
  const isCurrent = (input: string): boolean => {
    const unit = type.inputs[input]?.unit;
    return (unit === 'A' || (isPure && unit === '1')) && near(currents?.get(input) ?? 0, unit === 'A' ? 1 : 1e-12);
  };
  if (!inputs.every(isCurrent)) return 'its inputs are no currents';
  const given = { ...found, parameters: { tau_w: number(0.1), thresh: number(0.03), ...parameters } };
  return {
    ...built(name, table, given),
    receptors,
    inputs,
    isPure,
    ...(isNought(drive) ? {} : { drive: isPure ? fold(product(drive, number(1e12))) : drive }),
  };
}

/** Checks whether a cell is Izhikevich's of 2003, whose current is a pure number in NeuroML: 1 for 1 pA. */
const isIzhikevich = (name: string): boolean => name === 'Izhikevich' || name === 'izhikevichCell';

/** Returns NeuroML's name for a cell of the library, or a reason if it has no name. */
function neuromlName(
  { standard, parameters, ports }: RecognisedCell,
  type: NeuronType,
  isFree: boolean,
  isAdaptive: boolean,
  hasJumps: boolean,
): string {
  const { name } = standard;
  if (neuromlCells[name]) return name;
  if (isIzhikevich(name)) return 'izhikevichCell';
  const isOther = !/^(IF_c|EIF_|PointNeuron)/.test(name) || name.includes('gsfa');
  if (isOther || (name.includes('curr_delta') && !hasJumps)) return `NeuroML has no cell like ${name}`;
  if (type.events['spike'] === undefined) return 'it has no threshold';
  if (isAdaptive) return 'adExIaFCell';
  const hasCapacitance = Object.values(type.parameters).some(({ unit }) => unit === 'F');
  const refractory = isNought(parameters['tau_refrac']) ? '' : 'Ref';
  return isFree && ports.size === 0 && !hasCapacitance ? `iafTau${refractory}Cell` : `iaf${refractory}Cell`;
}

// --- Synapses -------------------------------------------------------------------------------------------------------

/** Returns receptors by the variable that spikes add to; receptors without a name in NeuroML are absent. */
const receptorsOf = (
  ports: ReadonlyMap<string, Port>,
  parameters: Readonly<Record<string, Expression>>,
  isPynn: boolean,
): ReadonlyMap<string, NeuromlReceptor> =>
  new Map(
    [...ports].flatMap(([variable, port]) => {
      const made = receptorOf(port, parameters, isPynn);
      return made === undefined ? [] : [[variable, made] as const];
    }),
  );

/** Returns the receptor of a variable that is the potential; it has the capacitance of the cell. */
const jumpsOf = (
  variable: string,
  { kind, factor }: Port,
  capacitance: Expression | undefined,
  step: number | undefined,
): readonly (readonly [string, NeuromlReceptor])[] => {
  if (kind !== 'voltage' || capacitance === undefined || step === undefined) return [];
  const attributes = new Map([
    ['C', { unit: 'F', value: capacitance }],
    ['width', { unit: 's', value: number(step) }],
  ]);
  return [[variable, { name: 'deltaSynapse', attributes, kind: 'jump', factor, sum: '' }]];
};

function receptorOf(
  { kind, positive, factor }: Port,
  parameters: Readonly<Record<string, Expression>>,
  isPynn: boolean,
): NeuromlReceptor | undefined {
  if (kind === 'voltage') return undefined;
  const side = /_(exc|inh)/.exec(positive)?.[1] === 'exc' ? 'E' : 'I';
  const own = /^(.*)_[gi]syn(?:_rise)?$/.exec(positive)?.[1];
  const of = (pynn: string, composed: string): Expression | undefined =>
    parameters[own === undefined ? `${pynn}_${side}` : `${own}_${composed}`];
  const [rise, decay] = [of('', 'tau_rise'), of('', 'tau_decay')];
  const [tau, reversal] = [decay ?? of('tau_syn', 'tau_syn'), of('e_rev', 'e_syn')];
  const given = new Map(
    Object.entries({ tau, reversal, rise }).flatMap(([name, e]) => (e === undefined ? [] : [[name, e] as const])),
  );
  const isRising = positive.endsWith('_rise');
  const pynn = `${isRising ? 'alpha' : 'exp'}${kind === 'current' ? 'Curr' : 'Cond'}Synapse` as const;
  const conductances = !isRising ? 'expOneSynapse' : rise ? 'expTwoSynapse' : 'alphaSynapse';
  const name = isPynn ? pynn : kind === 'conductance' ? conductances : isRising ? 'alphaCurrentSynapse' : pynn;
  const table: SynapseName = neuromlSynapses[name];
  const attributes = Object.entries(table.attributes).map(
    ([key, [unit, value]]) => [key, { unit, value: settled(value, given) }] as const,
  );
  const open = attributes.some(([, { value }]) =>
    ['tau', 'reversal', 'rise'].some((one) => namesIn(value).has(one) && !given.has(one)),
  );
  if (open) return undefined;
  const sum = positive.replace(/_rise$/, '');
  return {
    name,
    attributes: new Map(attributes),
    ...(table.base === undefined ? {} : { base: table.base }),
    kind,
    factor,
    sum,
  };
}
