/**
 * Brian-like specifications that are valid and that nobody wrote: cells of the usual kinds with features drawn for
 * each, sources with given spikes, and synapses between any two groups.
 */

import type { Random } from '../random.js';
import { between, often, several, some, whole } from './draw.js';

/** A group as far as others need to know it. */
interface Group {
  readonly name: string;
  readonly size: number;
  readonly isSource: boolean;
  /** Variables that synapses may add to, with the unit and the range of what they add. */
  readonly inputs: readonly Input[];
  readonly potential?: { readonly name: string; readonly unit: string };
  /** Names of variables that monitors may sample. */
  readonly variables: readonly string[];
  readonly events: readonly string[];
  readonly document: Readonly<Record<string, unknown>>;
}

interface Input {
  readonly variable: string;
  /** Of the variable; empty for numbers. */
  readonly unit: string;
  readonly range: readonly [number, number];
}

/** What a kind of cell has before features are added. */
interface Cell {
  readonly equations: readonly string[];
  readonly threshold: string;
  readonly reset: readonly string[];
  readonly methods: readonly string[];
  readonly namespace: Readonly<Record<string, string | number>>;
  readonly initializers: Readonly<Record<string, string | number>>;
  readonly inputs: readonly Input[];
  readonly potential: string;
  readonly unit: string;
  /** What a step in the drive adds in the unit of the potential. */
  readonly drive: string;
}

/** A number with its unit, as people write it. */
const quantity = (number: number, unit: string): string => (unit === '' ? String(number) : `${number}*${unit}`);

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

/** What synapses add to the membrane's right-hand side, and the equations of it. */
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

/** A group of cells with features that any of them may have. */
function cells(random: Random, name: string, before: readonly Group[]): Group {
  const cell = random.pick([leaky, leaky, leaky, izhikevich, adaptive, conductances])(random);
  const size = whole(random, 1, 5);
  const of = cell.unit === '' ? '1' : 'volt';
  const namespace: Record<string, string | number> = { ...cell.namespace };
  const initializers: Record<string, unknown> = { ...cell.initializers };
  const equations = [...cell.equations];
  const reset = [...cell.reset];
  const more: Record<string, unknown> = {};
  const variables = equations.flatMap((line) => /^d(\w+)\/dt/.exec(line)?.slice(1) ?? []);

  // What drives the cell: a parameter, a constant, a function of time, another group's potential.
  const linked = before.find((group) => group.potential?.unit === cell.unit && group.size === size);
  const drive = random.pick(['parameter', 'parameter', 'constant', 'time', 'table', linked ? 'linked' : 'own', 'own']);
  const most = between(random, 0.8, 2.2);
  switch (drive) {
    case 'parameter':
      equations.push(`drive : ${of}${often(random, 50) ? ' (constant)' : ''}`);
      initializers['drive'] = random.pick([
        `${most}*${cell.drive}`,
        `(${most} - 0.1*i)*${cell.drive}`,
        {
          values: several(size, () => most * Number(/^-?[\d.]+/.exec(cell.drive)?.[0])),
          ...(cell.unit ? { unit: cell.unit } : {}),
        },
      ]);
      break;
    case 'constant':
      equations.push(`drive = ${most}*${cell.drive} : ${of} (constant over dt)`);
      break;
    case 'time':
      equations.push(
        `drive = ${most}*${cell.drive}*${random.pick(['int(t > 5*ms)', '(1 + 0.5*sin(2*pi*50*Hz*t))', '(t > 3*ms and t < 12*ms)', 'clip(t/(10*ms), 0, 1)'])} : ${of}`.replace(
          '(t > 3*ms and t < 12*ms)',
          'int(t > 3*ms and t < 12*ms)',
        ),
      );
      break;
    case 'table':
      equations.push(`drive = ${name}_table(t${often(random, 40) ? ', i' : ''})*${cell.drive} : ${of}`);
      break;
    case 'linked':
      equations.push(`other : ${of} (linked)`, `drive = ${most}*${cell.drive} + 0.2*(other - v) : ${of}`);
      more['linked'] = { other: `${linked!.name}.${linked!.potential!.name}` };
      break;
    default:
      namespace['drive'] = `${most}*${cell.drive}`;
  }

  if (often(random, 25)) {
    equations.push(`a2 : ${of}`);
    reset.push('a2 += 0.1*'.concat(cell.drive));
    equations[0] = equations[0]!.replace('drive', '(drive - a2)');
    variables.push('a2');
    if (often(random, 50)) {
      equations[equations.length - 1] = `da2/dt = -a2/(30*ms) : ${of}`;
    }
  }
  if (often(random, 20)) {
    equations.push('count : integer');
    reset.push('count += 1');
    variables.push('count');
  }
  if (often(random, 30)) {
    equations.push(`shown = ${cell.potential}*2 ${cell.unit === '' ? '+ 1' : '- 1*mV'} : ${of}`);
    variables.push('shown');
  }
  let threshold = cell.threshold;
  if (often(random, 12)) {
    equations.push(`theta : ${of}`);
    threshold = threshold.replace(/([<>]=?) (.*)$/, '$1 $2 + theta');
    reset.push(`theta += 0.05*${cell.drive}`);
    variables.push('theta');
  }
  const refractory =
    cell.reset.length === 0
      ? '3*ms'
      : random.pick([undefined, undefined, '2*ms', `${between(random, 0.5, 4)}*ms`, 'tref', '(1 + i)*ms']);
  if (refractory === 'tref') equations.push('tref : second (constant)');
  if (refractory === 'tref') initializers['tref'] = random.pick(['(1 + 0.5*i)*ms', '1.5*ms']);
  const flagged = equations.some((line) => line.includes('unless refractory'));
  const events: string[] = [];
  if (often(random, 12)) {
    equations.push('seen : integer');
    more['events'] = {
      half: {
        condition: `${cell.potential} > ${cell.namespace['El'] ?? quantity(-60, cell.unit)} and seen < 3`,
        code: 'seen += 1',
      },
    };
    events.push('half');
    variables.push('seen');
  }
  if (often(random, 15))
    more['run_regularly'] = [
      {
        code: `${cell.potential} += 0.05*${cell.drive}`,
        ...(often(random, 70) ? { dt: `${whole(random, 1, 4)}*ms` } : {}),
        ...(often(random, 30) ? { when: random.pick(['end', 'start', 'before_thresholds', 'after_resets']) } : {}),
      },
    ];
  return {
    name,
    size,
    isSource: false,
    inputs: cell.inputs,
    potential: { name: cell.potential, unit: cell.unit },
    variables: drive === 'own' || drive === 'linked' ? variables : [...variables, 'drive'],
    events,
    document: {
      N: size,
      model: equations.join('\n'),
      threshold,
      ...(reset.length > 0 ? { reset: reset.join('\n') } : {}),
      ...(refractory !== undefined || flagged ? { refractory: refractory ?? '1*ms' } : {}),
      method: random.pick(cell.methods),
      namespace,
      initializers,
      ...more,
      ...(often(random, 10) ? { order: whole(random, -1, 2) } : {}),
    },
  };
}

/** Given spikes, no two of a source in a step. */
function generator(random: Random, name: string): Group {
  const size = whole(random, 1, 4);
  const indices: number[] = [];
  const times: number[] = [];
  for (let source = 0; source < size; source++) {
    let at = between(random, 0.3, 3);
    while (at < 19) {
      indices.push(source);
      times.push(Number(at.toFixed(1)));
      at += between(random, 1, 6);
    }
  }
  return {
    name,
    size,
    isSource: true,
    inputs: [],
    variables: [],
    events: [],
    document: {
      N: size,
      indices,
      times: { values: times, unit: 'ms' },
      ...(often(random, 15) ? { period: '20 ms' } : {}),
    },
  };
}

/** Which synapses there are. */
function connect(random: Random, from: Group, to: Group): unknown {
  return random.pick<unknown>([
    true,
    true,
    'i != j',
    { condition: 'i == j' },
    { condition: 'abs(i - j) <= 1', n: 2 },
    { i: several(3, () => random.below(from.size)), j: several(3, () => random.below(to.size)) },
    { j: 'k for k in range(N_post) if (i + k) % 2 == 0' },
    { j: 'i', skip_if_invalid: true },
    { condition: '(i + j) % 2 == 0' },
  ]);
}

/** Synapses between two groups. */
function synapses(random: Random, from: Group, to: Group): Readonly<Record<string, unknown>> {
  const input = random.pick(to.inputs);
  const weight = between(random, ...input.range);
  const of = { '': '1', mV: 'volt', nS: 'siemens' }[input.unit] ?? '1';
  const kind = random.pick(['plain', 'plain', 'weights', 'weights', 'stdp', 'depression', 'summed', 'own', 'two']);
  const target = `${input.variable}_post`;
  const common: Record<string, unknown> = {
    source: from.size > 2 && often(random, 15) ? `${from.name}[1:]` : from.name,
    target: to.size > 2 && often(random, 15) ? `${to.name}[:2]` : to.name,
    connect: connect(random, from, to),
    ...(often(random, 60) ? { delay: random.pick([`${between(random, 0.1, 3).toFixed(1)}*ms`, '1*ms', '0*ms']) } : {}),
  };
  const delays: Record<string, string> =
    common['delay'] === undefined && often(random, 50)
      ? { delay: random.pick(['(0.5 + 0.1*j)*ms', '(1 + 0.3*i)*ms']) }
      : {};
  const weights = {
    weight: random.pick([
      quantity(weight, input.unit),
      `${quantity(weight, input.unit)}*(1 + 0.1*j)`,
      `(1 + 0.2*i)*${quantity(weight, input.unit)}`,
    ]),
  };
  switch (kind) {
    case 'plain':
      return { ...common, on_pre: `${target} += ${quantity(weight, input.unit)}`, initializers: delays };
    case 'weights':
      return {
        ...common,
        model: `weight : ${of}${often(random, 50) ? ' (constant)' : ''}`,
        on_pre: `${target} += weight`,
        initializers: { ...weights, ...delays },
      };
    case 'stdp':
      if (from.isSource && to.isSource) return { ...common, on_pre: `${target} += ${quantity(weight, input.unit)}` };
      return {
        ...common,
        model: `weight : ${of}\ndapre/dt = -apre/(15*ms) : 1 (${random.pick(['event-driven', 'event-driven', 'clock-driven'])})\ndapost/dt = -apost/(20*ms) : 1 (event-driven)`,
        on_pre: `${target} += weight\napre += 0.1\nweight = clip(weight + apost*${quantity(weight, input.unit)}, 0*${input.unit || '1'}, ${quantity(weight * 2, input.unit)})`,
        on_post: `apost -= 0.11\nweight = clip(weight + apre*${quantity(weight, input.unit)}, 0*${input.unit || '1'}, ${quantity(weight * 2, input.unit)})`,
        initializers: { ...weights, ...delays },
      };
    case 'depression':
      return {
        ...common,
        model:
          `weight : ${of}\ndxs/dt = (1 - xs)/(50*ms) : 1 (event-driven)\nduse/dt = (0.3 - use)/(30*ms) : 1 (event-driven)`
            .replace(/x_/g, 'xs')
            .replace(/u_/g, 'us'),
        on_pre: `use += 0.3*(1 - use)\n${target} += weight*use*xs\nxs -= use*xs`,
        initializers: { ...weights, xs: 1, use: 0.3, ...delays },
      };
    case 'own':
      return {
        ...common,
        model: `weight : ${of}\nlast : second\nhits : integer`,
        on_pre: `${target} += weight*${random.pick(['exp(-(t - last)/(10*ms))', '(1 + 0.1*hits)', 'int(hits < 3)', '(1 + 0.5*int(t > 8*ms))'])}\nlast = t\nhits += 1`,
        initializers: { ...weights, ...delays },
      };
    case 'two':
      return {
        ...common,
        model: `weight : ${of}`,
        on_pre: { pre: `${target} += weight`, second: `${target} -= weight/3` },
        ...(typeof common['delay'] === 'string' ? { delay: { pre: common['delay'], second: '2.5*ms' } } : {}),
        initializers: weights,
      };
    default:
      return summed(random, from, to, common);
  }
}

/** Graded coupling by a sum over synapses; groups without a variable for it are kicked. */
function summed(
  random: Random,
  from: Group,
  to: Group,
  common: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const input = to.inputs[0]!;
  void from;
  return {
    ...common,
    model: 'enabled : boolean (constant)\nlevel : 1',
    on_pre: `${input.variable}_post += ${quantity(between(random, ...input.range), input.unit)}*int(enabled)*level`,
    initializers: { enabled: 'i % 2 == 0', level: 0.7 },
  };
}

/** A Brian-like specification in JSON. */
export function brianModel(random: Random): string {
  const groups: Group[] = [];
  const sources = several(whole(random, 0, 2), (k) => k).map((k) => generator(random, `spikes${k}`));
  for (let k = 0, count = whole(random, 1, 3); k < count; k++)
    groups.push(cells(random, random.pick([`G${k}`, `cells_${k}`, `P${k}`]), groups));
  const all = [...sources, ...groups];
  const tables = Object.fromEntries(
    groups
      .filter((group) => JSON.stringify(group.document).includes(`${group.name}_table(`))
      .map((group) => {
        const wide = JSON.stringify(group.document).includes('_table(t, i)');
        const row = (): unknown => (wide ? several(group.size, () => between(random, 0, 2)) : between(random, 0, 2));
        return [
          `${group.name}_table`,
          { values: Array.from({ length: whole(random, 2, 5) }, row), dt: `${whole(random, 2, 6)}*ms` },
        ];
      }),
  );
  const projections = Object.fromEntries(
    several(whole(random, 0, 4), (k) => k).map((k) => [
      `S${k}`,
      synapses(random, random.pick(all), random.pick(groups)),
    ]),
  );
  const dt = random.pick(['0.1 ms', '0.1 ms', '0.1 ms', '0.05 ms', '0.2 ms']);
  const settable = groups.filter(
    (group) =>
      /^drive : /m.test(String(group.document['model'])) &&
      !String(group.document['model']).includes('drive : 1 (constant)'),
  );
  const changed = settable.length > 0 && often(random, 25) ? random.pick(settable) : undefined;
  const run =
    changed === undefined
      ? `${whole(random, 10, 20)} ms`
      : [
          { duration: '8 ms' },
          {
            set: { [`${changed.name}.drive`]: `${changed.potential?.unit === '' ? '0.5' : '4*mV'}` },
            duration: '8 ms',
          },
        ];
  return JSON.stringify({
    format: 'interneuron/brian',
    version: 1,
    dt,
    seed: 1 + random.below(1000),
    ...(Object.keys(tables).length > 0 ? { timed_arrays: tables } : {}),
    neuron_groups: Object.fromEntries(groups.map(({ name, document }) => [name, document])),
    ...(sources.length > 0
      ? { spike_generators: Object.fromEntries(sources.map(({ name, document }) => [name, document])) }
      : {}),
    ...(Object.keys(projections).length > 0 ? { synapses: projections } : {}),
    spike_monitors: Object.fromEntries(groups.map(({ name }) => [`${name}_spikes`, { source: name }])),
    state_monitors: Object.fromEntries(
      some(random, groups, 50).map(({ name, variables }) => [
        `${name}_trace`,
        {
          source: name,
          variables: variables.slice(0, whole(random, 1, variables.length)),
          record: random.pick<unknown>([true, 0, [0]]),
          ...(often(random, 30) ? { dt: '1 ms' } : {}),
        },
      ]),
    ),
    run,
  });
}
