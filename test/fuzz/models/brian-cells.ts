/** Kinds of cells as people write them for Brian. */

import type { Random } from '../random.js';
import { between, often, whole } from './draw.js';

/** A variable that synapses may add to. */
export interface Input {
  readonly variable: string;
  /** Of the variable; empty for numbers. */
  readonly unit: string;
  readonly range: readonly [number, number];
}

/** A kind of cell before features are added. */
export interface Cell {
  readonly equations: readonly string[];
  readonly threshold: string;
  readonly reset: readonly string[];
  readonly methods: readonly string[];
  readonly namespace: Readonly<Record<string, string | number>>;
  readonly initializers: Readonly<Record<string, string | number>>;
  readonly inputs: readonly Input[];
  readonly potential: string;
  readonly unit: string;
  /** The amount that a step in the drive adds, in the unit of the potential. */
  readonly drive: string;
}

/** A number with its unit, as people write it. */
export const quantity = (number: number, unit: string): string => (unit === '' ? String(number) : `${number}*${unit}`);

/** Leaky integrate-and-fire cells: numbers or volts, with currents, conductances or kicks. */
function leaky(random: Random): Cell {
  const unit = random.pick(['', 'mV']);
  const [rest, threshold, reset, reversal] = unit === '' ? [0, 1, 0, 3] : [-65, -50, -60, 0];
  const synapse = random.pick(['kick', 'current', 'conductance', 'alpha', 'difference']);
  const span = threshold - rest;
  const of = unit === '' ? '1' : 'volt';
  const leak = often(random, 60) ? '(El - v + drive' : '(-(v - El) + drive';
  const [sum, more] = currentsOf(synapse, unit, of, reversal, rest);
  const refractory = often(random, 40) ? ' (unless refractory)' : '';
  return {
    equations: [`dv/dt = ${leak}${sum})/tau : ${of}${refractory}`, ...more],
    threshold: random.pick(['v > vt', 'v >= vt', `v > ${quantity(threshold, unit)}`]),
    reset: ['v = vr'],
    methods:
      synapse === 'conductance'
        ? ['euler', 'rk2', 'exponential_euler', 'rk4']
        : ['exact', 'euler', 'rk4', 'rk2', 'exponential_euler'],
    namespace: {
      El: quantity(rest, unit),
      vt: quantity(threshold, unit),
      vr: quantity(reset, unit),
      tau: `${between(random, 5, 20)}*ms`,
      tau_e: `${between(random, 2, 8)}*ms`,
      tau_i: `${between(random, 5, 12)}*ms`,
    },
    initializers: often(random, 70) ? { v: random.pick(['El', `El + i*${quantity(span / 20, unit)}`]) } : {},
    inputs: inputsTo(synapse, unit, span),
    potential: 'v',
    unit,
    drive: quantity(span, unit),
  };
}

/** Returns the contributions of synapses to the membrane's right-hand side, and their equations. */
function currentsOf(
  synapse: string,
  unit: string,
  of: string,
  reversal: number,
  rest: number,
): readonly [string, readonly string[]] {
  switch (synapse) {
    case 'kick':
      return ['', []];
    case 'current':
      return [' + ge - gi', [`dge/dt = -ge/tau_e : ${of}`, `dgi/dt = -gi/tau_i : ${of}`]];
    case 'conductance':
      return [
        ` + ge*(${quantity(reversal, unit)} - v) + gi*(${quantity(rest - 10, unit)} - v)`,
        ['dge/dt = -ge/tau_e : 1', 'dgi/dt = -gi/tau_i : 1'],
      ];
    case 'alpha':
      return [
        ' + ge - gi',
        [`dge/dt = (x - ge)/tau_e : ${of}`, `dx/dt = -x/tau_e : ${of}`, `dgi/dt = -gi/tau_i : ${of}`],
      ];
    default:
      return [
        ' + ge - gi',
        [`dge/dt = -ge/tau_e + x/ms : ${of}`, `dx/dt = -x/tau_i : ${of}`, `dgi/dt = -gi/tau_i : ${of}`],
      ];
  }
}

function inputsTo(synapse: string, unit: string, span: number): readonly Input[] {
  const kick: Input = { variable: 'v', unit, range: [span / 10, span / 2] };
  if (synapse === 'kick') return [kick];
  const size: readonly [number, number] = synapse === 'conductance' ? [0.05, 0.4] : [span / 5, span];
  const of = synapse === 'conductance' ? '' : unit;
  const excitatory: Input = { variable: ['alpha', 'difference'].includes(synapse) ? 'x' : 'ge', unit: of, range: size };
  return [excitatory, { variable: 'gi', unit: of, range: size }, kick];
}

/** Cells of Izhikevich, in volts or numbers. */
function izhikevich(random: Random): Cell {
  const volts = often(random, 50);
  const unit = volts ? 'mV' : '';
  const equations = volts
    ? ['dv/dt = (0.04/ms/mV)*v**2 + (5/ms)*v + 140*mV/ms - u + drive/ms : volt', 'du/dt = a*(b*v - u) : volt/second']
    : ['dv/dt = (0.04*v**2 + 5*v + 140 - u + drive)/ms : 1', 'du/dt = a*(b*v - u) : 1'];
  return {
    equations,
    threshold: volts ? 'v > 30*mV' : 'v >= 30',
    reset: ['v = c', 'u += d'],
    methods: ['euler', 'rk2', 'rk4'],
    namespace: {
      a: `${random.pick([0.02, 0.1])}/ms`,
      b: volts ? '0.2/ms' : 0.2,
      c: quantity(random.pick([-65, -55]), unit),
      d: volts ? '2*mV/ms' : random.pick([2, 8]),
    },
    initializers: { v: quantity(-65, unit), u: volts ? '-14*mV/ms' : -14 },
    inputs: [{ variable: 'v', unit, range: [2, 15] }],
    potential: 'v',
    unit,
    drive: quantity(12, unit),
  };
}

/** Adaptive exponential cells with an exponential conductance. */
function adaptive(random: Random): Cell {
  return {
    equations: [
      'dv/dt = (gL*(EL - v) + gL*DeltaT*exp((v - VT)/DeltaT) + ge*(0*mV - v) + drive*gL - w)/C : volt (unless refractory)',
      'dw/dt = (a*(v - EL) - w)/tauw : amp',
      'dge/dt = -ge/tau_e : siemens',
    ],
    threshold: 'v > Vcut',
    reset: ['v = Vr', 'w += b'],
    methods: ['euler', 'rk2', 'rk4'],
    namespace: {
      C: `${whole(random, 100, 280)}*pF`,
      gL: '30*nS',
      EL: '-70.6*mV',
      VT: '-50.4*mV',
      DeltaT: '2*mV',
      Vcut: random.pick(['-30*mV', 'VT + 5*DeltaT']),
      Vr: '-65*mV',
      a: `${random.pick([0, 4])}*nS`,
      b: '0.05*nA',
      tauw: '144*ms',
      tau_e: '5*ms',
    },
    initializers: { v: 'EL' },
    inputs: [{ variable: 'ge', unit: 'nS', range: [5, 40] }],
    potential: 'v',
    unit: 'mV',
    drive: '30*mV',
  };
}

/** Hodgkin and Huxley's cells after Traub and Miles. */
function conductances(random: Random): Cell {
  return {
    equations: [
      'dv/dt = (gl*(El - v) + gNa*m**3*h*(ENa - v) + gK*n**4*(EK - v) + ge*(0*mV - v) + drive*gl)/Cm : volt',
      'alpha_m = 0.32/mV*4*mV/exprel((13*mV - v + VT)/(4*mV))/ms : Hz',
      'dm/dt = alpha_m*(1 - m) - 0.28/mV*5*mV/exprel((v - VT - 40*mV)/(5*mV))/ms*m : 1',
      'dh/dt = 0.128*exp((17*mV - v + VT)/(18*mV))/ms*(1 - h) - 4/(1 + exp((40*mV - v + VT)/(5*mV)))/ms*h : 1',
      'dn/dt = 0.032/mV*5*mV/exprel((15*mV - v + VT)/(5*mV))/ms*(1 - n) - 0.5*exp((10*mV - v + VT)/(40*mV))/ms*n : 1',
      'dge/dt = -ge/tau_e : siemens',
    ],
    threshold: 'v > -20*mV',
    reset: [],
    methods: ['exponential_euler', 'rk4', 'euler'],
    namespace: {
      Cm: '200*pF',
      gl: '10*nS',
      El: '-65*mV',
      gNa: '20*uS',
      ENa: '50*mV',
      gK: '6*uS',
      EK: '-90*mV',
      VT: '-63*mV',
      tau_e: '5*ms',
    },
    initializers: { v: 'El', h: random.pick([1, 0.9]) },
    inputs: [{ variable: 'ge', unit: 'nS', range: [5, 60] }],
    potential: 'v',
    unit: 'mV',
    drive: '30*mV',
  };
}

/** A cell of one of the kinds. */
export const drawnCell = (random: Random): Cell =>
  random.pick([leaky, leaky, leaky, izhikevich, adaptive, conductances])(random);
