/** Random networks of NeuroML and LEMS that are valid and small, and have cells that fire. */

import type { Random } from '../random.js';
import { between, some } from './draw.js';
import { component, draftOf, element, quantity, type Draft } from './markup.js';
import { cell } from './neuroml-cells.js';
import { input, source } from './neuroml-inputs.js';
import type { Cell } from './neuroml-parts.js';
import { ends, gap, synapse } from './neuroml-synapses.js';

/** A population of the network. */
interface Population {
  readonly id: string;
  readonly size: number;
  /** Absent for sources of spikes. */
  readonly cell?: Cell;
  readonly component: string;
  readonly isList: boolean;
  readonly text: string;
  /** Paths below each cell of synapses and inputs on it that can be recorded, and how many are on it. */
  readonly attached: Map<number, { paths: string[]; counts: Map<string, number> }>;
}

/**
 * A document of LEMS with a network of one to three populations of one to six cells each, sources of spikes, inputs,
 * synapses and contacts, and a simulation of at most 1000 steps that records them.
 */
export function neuromlModel(random: Random): string {
  const draft = draftOf(random);
  const draws = random.once(4);
  const cells = Array.from({ length: 1 + random.below(3) }, () => cell(draft));
  const step = Math.min(...cells.map((one) => one.step)) / random.pick([1, 1, 2]);
  const steps = random.pick([200, 400, 800]);
  const span = Number((step * steps).toPrecision(6));
  const populations = cells.map((one) => populationOf(draft, one.id, one));
  const sources = random.below(3) === 0 ? [] : [populationOf(draft, source(draft, span, draws))];
  const all = random.once(3) ? [...populations, ...sources] : [...sources, ...populations];
  const connections = [
    ...Array.from({ length: random.below(3) + sources.length }, () => projection(draft, all, span, step)),
    ...(random.once(3) ? [contacts(draft, populations)] : []),
  ];
  const currents = populations.flatMap((target) => inputsOf(draft, target, span, draws));
  const network = networkOf(draft, [...all.map(({ text }) => text), ...connections, ...currents]);
  const run = simulation(draft, all, network, span, step);
  const includes = ['Cells.xml', 'Networks.xml', 'PyNN.xml', 'Simulation.xml'].map((file) =>
    element('Include', { file }),
  );
  return element('Lems', {}, [element('Target', { component: 'run' }), ...includes, ...draft.top, run]) + '\n';
}

function networkOf(draft: Draft, children: readonly string[]): string {
  const needs = draft.top.some((text) => /Nernst|GHK/.test(text));
  const warm =
    needs || draft.random.once(4)
      ? { type: 'networkWithTemperature', temperature: quantity(draft.random, 6, 35, 'degC') }
      : {};
  return component(draft, 'network', warm, children);
}

function populationOf(draft: Draft, of: string, cell?: Cell): Population {
  const { random } = draft;
  const size = 1 + random.below(random.once(3) ? 6 : 3);
  const isList = cell?.isList ?? random.once(3);
  const id = draft.fresh('pop');
  const instances = Array.from({ length: size }, (_, k) =>
    element('instance', { id: k }, [element('location', { x: between(random, 0, 99), y: k, z: 0 })]),
  );
  const text = isList
    ? element('population', { id, component: of, type: 'populationList', size }, instances)
    : element('population', { id, component: of, size });
  return { id, size, component: of, isList, text, attached: new Map(), ...(cell ? { cell } : {}) };
}

/** The path of a cell from the network. */
const pathOf = ({ id, isList, component }: Population, k: number): string =>
  isList ? `${id}/${k}/${component}` : `${id}[${k}]`;

/** Notes an attachment of a cell, so that it can be recorded. */
function attach({ attached }: Population, k: number, id: string, recordables: readonly string[]): void {
  const here = attached.get(k) ?? { paths: [], counts: new Map<string, number>() };
  const count = here.counts.get(id) ?? 0;
  here.counts.set(id, count + 1);
  here.paths.push(...recordables.map((path) => `synapses:${id}:${count}/${path}`));
  attached.set(k, here);
}

/** Synapses between two populations, all pairs or a part of them. */
function projection(draft: Draft, all: readonly Population[], span: number, step: number): string {
  const { random } = draft;
  const targets = all.filter((one) => one.cell?.accepts === 'current');
  const origins = all.filter((one) => one.cell?.spikes !== false);
  if (targets.length === 0 || origins.length === 0) return '';
  const [pre, post] = [random.pick(origins), random.pick(targets)];
  const { id, recordables, weight } = synapse(draft);
  const hasWeights = random.below(4) > 0 || Math.abs(weight[1]) < 0.5;
  const delay = random.pick([0, step, 5 * step, undefined]);
  const pairs = Array.from(
    { length: pre.size * post.size },
    (_, k) => [k % pre.size, Math.floor(k / pre.size)] as const,
  );
  const chosen = random.once(2) ? pairs : some(random, pairs, 50);
  if (random.once(5) && chosen.length > 0) {
    return chosen
      .map(([i, j]) => {
        attach(post, j, id, recordables);
        const both = { from: pathOf(pre, i), to: pathOf(post, j), synapse: id, destination: 'synapses' };
        return hasWeights
          ? element('synapticConnectionWD', {
              ...both,
              weight: between(random, ...weight),
              delay: delayOf(random, delay, span),
            })
          : element('synapticConnection', both);
      })
      .join('\n');
  }
  const connections = chosen.map(([i, j], k) => {
    attach(post, j, id, recordables);
    const ends = { id: k, preCellId: `../${pathOf(pre, i)}`, postCellId: `../${pathOf(post, j)}` };
    return hasWeights
      ? element('connectionWD', { ...ends, weight: between(random, ...weight), delay: delayOf(random, delay, span) })
      : element('connection', ends);
  });
  const between_ = { presynapticPopulation: pre.id, postsynapticPopulation: post.id, synapse: id };
  return element('projection', { id: draft.fresh('projection'), ...between_ }, connections);
}

const delayOf = (random: Random, fixed: number | undefined, span: number): string =>
  fixed === undefined ? quantity(random, 0, span / 6, 'ms') : `${Number(fixed.toPrecision(6))}ms`;

/** Gap junctions or graded synapses between cells with a potential. */
function contacts(draft: Draft, populations: readonly Population[]): string {
  const { random } = draft;
  const able = populations.filter(({ cell }) => cell?.accepts === 'current' && cell.hasPotential);
  if (able.length === 0) return '';
  const [pre, post] = [random.pick(able), random.pick(able)];
  const isElectrical = random.once(2);
  const words = isElectrical
    ? { synapse: gap(draft) }
    : (([a, b]) => ({ preComponent: a, postComponent: b }))(ends(draft));
  const hasWeights = random.once(2);
  const kind = isElectrical ? 'electrical' : 'continuous';
  const isPath = pre.isList && post.isList;
  const tag = `${kind}Connection${isPath || hasWeights ? 'Instance' : ''}${hasWeights ? 'W' : ''}`;
  const end = (one: Population, k: number): string => (isPath || hasWeights ? `../${pathOf(one, k)}` : String(k));
  const count = 1 + random.below(Math.max(pre.size, post.size));
  const connections = Array.from({ length: count }, (_, id) =>
    element(tag, {
      id,
      preCell: end(pre, random.below(pre.size)),
      postCell: end(post, random.below(post.size)),
      ...words,
      weight: hasWeights ? between(random, 0.5, 2) : undefined,
    }),
  );
  const between_ = { presynapticPopulation: pre.id, postsynapticPopulation: post.id };
  return element(`${kind}Projection`, { id: draft.fresh('contacts'), ...between_ }, connections);
}

/** Inputs into cells of a population: explicit ones, lists with and without weights, several into one cell. */
function inputsOf(draft: Draft, target: Population, span: number, draws: boolean): readonly string[] {
  const { random } = draft;
  const { cell } = target;
  if (cell === undefined || cell.accepts === 'nothing') return [];
  return Array.from({ length: random.below(3) + (random.once(4) ? 0 : 1) }, () => {
    const { id, recordables } = input(draft, cell, span, draws);
    const into = Array.from({ length: target.size }, (_, k) => k).filter((k) => k === 0 || random.below(3) > 0);
    for (const k of into) attach(target, k, id, recordables);
    if (random.once(2))
      return into
        .map((k) => element('explicitInput', { target: pathOf(target, k), input: id, destination: 'synapses' }))
        .join('');
    const list = into.map((k, n) => {
      const words = { id: n, target: `../${pathOf(target, k)}`, destination: 'synapses' };
      return random.once(2)
        ? element('input', words)
        : element('inputW', { ...words, weight: between(random, 0.5, 1.5) });
    });
    return element('inputList', { id: draft.fresh('inputs'), component: id, population: target.id }, list);
  });
}

/** The run, with recordings of spikes, of variables of cells and of their attachments. */
function simulation(draft: Draft, all: readonly Population[], network: string, span: number, step: number): string {
  const { random } = draft;
  const firing = all.filter((one) => one.cell?.spikes !== false);
  const columns = all.flatMap((one) =>
    Array.from({ length: one.size }, (_, k) => {
      const paths = some(random, one.cell?.recordables ?? [], 50);
      const below = one.cell?.isList === true ? [] : some(random, one.attached.get(k)?.paths ?? [], 50);
      return [...paths, ...below].map((path) => `${pathOf(one, k)}/${path}`);
    }).flat(),
  );
  const selections = firing.flatMap((one) => Array.from({ length: one.size }, (_, k) => pathOf(one, k)));
  const outputs = [
    ...(columns.length > 0
      ? [
          element(
            'OutputFile',
            { id: 'values', fileName: 'values.dat' },
            columns.map((path, k) => element('OutputColumn', { id: `c${k}`, quantity: path })),
          ),
        ]
      : []),
    ...(selections.length > 0 && random.below(4) > 0
      ? [
          element(
            'EventOutputFile',
            { id: 'spikes', fileName: 'spikes.dat', format: random.pick(['ID_TIME', 'TIME_ID']) },
            selections.map((select, id) => element('EventSelection', { id, select, eventPort: 'spike' })),
          ),
        ]
      : []),
    ...(columns.length > 0 && random.once(3)
      ? [
          element(
            'Display',
            { id: 'plot', title: 'Values', timeScale: '1ms', xmin: 0, xmax: span, ymin: -90, ymax: 50 },
            [element('Line', { id: 'line', quantity: columns[0], scale: '1mV', color: '#cc0000', timeScale: '1ms' })],
          ),
        ]
      : []),
  ];
  return element(
    'Simulation',
    { id: 'run', length: `${span}ms`, step: `${step}ms`, target: network, seed: random.below(9999) + 1 },
    outputs,
  );
}
