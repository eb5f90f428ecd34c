/**
 * Brian-like specifications that are valid and that nobody wrote: cells of the usual kinds with features drawn for
 * each, sources with given spikes, and synapses between any two groups.
 */

import type { Random } from '../random.js';
import { drawnCell, quantity, type Cell, type Input } from './brian-cells.js';
import { between, often, several, some, whole } from './draw.js';

/** A group as far as others need to know it. */
interface Group {
  readonly name: string;
  readonly size: number;
  /** Variables that synapses may add to, with the unit and the range of the increments. */
  readonly inputs: readonly Input[];
  readonly potential?: { readonly name: string; readonly unit: string };
  /** Names of variables that monitors may sample. */
  readonly variables: readonly string[];
  /** Whether the cells have a current that is a sum over synapses. */
  readonly hasGap: boolean;
  readonly document: Readonly<Record<string, unknown>>;
}

/** A group that is being made. */
interface Draft {
  readonly name: string;
  readonly size: number;
  readonly cell: Cell;
  /** The unit of the potential in equations. */
  readonly of: string;
  readonly equations: string[];
  readonly reset: string[];
  readonly namespace: Record<string, string | number>;
  readonly initializers: Record<string, unknown>;
  /** Variables that may be recorded. */
  readonly variables: string[];
  /** Other keys of the group. */
  readonly more: Record<string, unknown>;
}

/** Adds a drive to the cell: a parameter, a constant, a function of time, a table, another group's potential. */
function addDrive(random: Random, draft: Draft, before: readonly Group[]): void {
  const { name, size, cell, of, equations, initializers, namespace, more, variables } = draft;
  const linked = before.find((group) => group.potential?.unit === cell.unit && group.size === size);
  const most = between(random, 0.8, 2.2);
  const derived = (value: string, flag = ''): void => {
    equations.push(`drive = ${value} : ${of}${flag}`);
    variables.push('drive');
  };
  switch (random.pick(['parameter', 'parameter', 'constant', 'time', 'table', linked ? 'linked' : 'own', 'own'])) {
    case 'parameter': {
      const each = several(size, () => most * Number(/^-?[\d.]+/.exec(cell.drive)?.[0]));
      equations.push(`drive : ${of}${often(random, 50) ? ' (constant)' : ''}`);
      variables.push('drive');
      initializers['drive'] = random.pick([
        `${most}*${cell.drive}`,
        `(${most} - 0.1*i)*${cell.drive}`,
        { values: each, ...(cell.unit ? { unit: cell.unit } : {}) },
      ]);
      return;
    }
    case 'constant':
      return derived(`${most}*${cell.drive}`, ' (constant over dt)');
    case 'time': {
      const course = random.pick([
        'int(t > 5*ms)',
        'int(t > 3*ms and t < 12*ms)',
        '(1 + 0.5*sin(2*pi*50*Hz*t))',
        'clip(t/(10*ms), 0, 1)',
      ]);
      return derived(`${most}*${cell.drive}*${course}`);
    }
    case 'table':
      return derived(`${name}_table(t${often(random, 40) ? ', i' : ''})*${cell.drive}`);
    case 'linked':
      equations.push(`other : ${of} (linked)`, `drive = ${most}*${cell.drive} + 0.2*(other - v) : ${of}`);
      more['linked'] = { other: `${linked!.name}.${linked!.potential!.name}` };
      return;
    default:
      namespace['drive'] = `${most}*${cell.drive}`;
  }
}

/** Adaptation, counters, shown variables, coupling, events and code that runs regularly. */
function addFeatures(random: Random, { cell, of, equations, reset, variables, more }: Draft): void {
  const instead = (drive: string): void => {
    equations[0] = equations[0]!.replace('drive', drive);
  };
  if (often(random, 25)) {
    equations.push(often(random, 50) ? `da2/dt = -a2/(30*ms) : ${of}` : `a2 : ${of}`);
    reset.push(`a2 += 0.1*${cell.drive}`);
    instead('(drive - a2)');
    variables.push('a2');
  }
  if (often(random, 20)) {
    equations.push(`gap : ${of}`);
    instead('(drive + gap)');
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
  if (often(random, 12)) {
    const condition = `${cell.potential} > ${cell.namespace['El'] ?? quantity(-60, cell.unit)} and seen < 3`;
    equations.push('seen : integer');
    more['events'] = { half: { condition, code: 'seen += 1' } };
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
}

/** When cells fire, and how long they rest then. */
function firing(random: Random, { cell, of, equations, reset, initializers, variables }: Draft): object {
  let { threshold } = cell;
  if (often(random, 12)) {
    equations.push(`theta : ${of}`);
    threshold = threshold.replace(/([<>]=?) (.*)$/, '$1 $2 + theta');
    reset.push(`theta += 0.05*${cell.drive}`);
    variables.push('theta');
  }
  const rests = ['2*ms', `${between(random, 0.5, 4)}*ms`, 'tref', '(1 + i)*ms'];
  const refractory = cell.reset.length === 0 ? '3*ms' : often(random, 65) ? random.pick(rests) : undefined;
  if (refractory === 'tref') {
    equations.push('tref : second (constant)');
    initializers['tref'] = random.pick(['(1 + 0.5*i)*ms', '1.5*ms']);
  }
  const isFlagged = equations.some((line) => line.includes('unless refractory'));
  return {
    threshold,
    ...(reset.length > 0 ? { reset: reset.join('\n') } : {}),
    ...(refractory !== undefined || isFlagged ? { refractory: refractory ?? '1*ms' } : {}),
  };
}

/** A group of cells with features that any of them may have. */
function cells(random: Random, name: string, before: readonly Group[]): Group {
  const cell = drawnCell(random);
  const draft: Draft = {
    name,
    size: whole(random, 1, 5),
    cell,
    of: cell.unit === '' ? '1' : 'volt',
    equations: [...cell.equations],
    reset: [...cell.reset],
    namespace: { ...cell.namespace },
    initializers: { ...cell.initializers },
    variables: cell.equations.flatMap((line) => /^d(\w+)\/dt/.exec(line)?.slice(1) ?? []),
    more: {},
  };
  addDrive(random, draft, before);
  addFeatures(random, draft);
  const fires = firing(random, draft);
  const { size, equations, namespace, initializers, variables, more } = draft;
  return {
    name,
    size,
    inputs: cell.inputs,
    potential: { name: cell.potential, unit: cell.unit },
    hasGap: equations.some((line) => line.startsWith('gap :')),
    variables,
    document: {
      N: size,
      model: equations.join('\n'),
      ...fires,
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
    inputs: [],
    variables: [],
    hasGap: false,
    document: {
      N: size,
      indices,
      times: { values: times, unit: 'ms' },
      ...(often(random, 15) ? { period: '20 ms' } : {}),
    },
  };
}

/** Which synapses there are between so many cells. */
function connect(random: Random, from: number, to: number): unknown {
  return random.pick<unknown>([
    true,
    true,
    'i != j',
    { condition: 'i == j' },
    { condition: 'abs(i - j) <= 1', n: 2 },
    { i: several(3, () => random.below(from)), j: several(3, () => random.below(to)) },
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
  const kind = random.pick(['plain', 'plain', 'weights', 'weights', 'stdp', 'depression', 'flagged', 'own', 'two']);
  const target = `${input.variable}_post`;
  const [fromPart, toPart] = [from.size > 2 && often(random, 15), to.size > 2 && often(random, 15)];
  const common: Record<string, unknown> = {
    source: fromPart ? `${from.name}[1:]` : from.name,
    target: toPart ? `${to.name}[:2]` : to.name,
    connect: connect(random, fromPart ? from.size - 1 : from.size, toPart ? 2 : to.size),
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
      return {
        ...common,
        model: 'enabled : boolean (constant)\nlevel : 1',
        on_pre: `${target} += ${quantity(weight, input.unit)}*int(enabled)*level`,
        initializers: { enabled: 'i % 2 == 0', level: 0.7 },
      };
  }
}

/** Returns currents between the potentials of two groups, which the second one sums. */
const gaps = (random: Random, from: Group, to: Group): Readonly<Record<string, unknown>> => ({
  source: from.name,
  target: to.name,
  model: `strength : 1\ngap_post = strength*(v_pre - v_post) : ${to.potential?.unit === '' ? '1' : 'volt'} (summed)`,
  connect: connect(random, from.size, to.size),
  initializers: { strength: random.pick(['0.1', '0.05*(1 + j)']) },
});

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
  const coupled = groups.flatMap((to) => {
    const from = groups.filter(({ potential }) => potential?.unit === to.potential?.unit);
    return to.hasGap ? [[`${to.name}_gaps`, gaps(random, random.pick(from), to)] as const] : [];
  });
  const own = several(whole(random, 0, 4), (k) => k).map(
    (k) => [`S${k}`, synapses(random, random.pick(all), random.pick(groups))] as const,
  );
  const projections = Object.fromEntries([...own, ...coupled]);
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
            set: { [`${changed.name}.drive`]: changed.potential?.unit === '' ? '0.5' : '4*mV' },
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
