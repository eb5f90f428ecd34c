/**
 * From a PyNN-style document to a document of the canonical model.
 * 1. shape       the document fits its schema
 * 2. declare     names, cell types, sizes, and the cells of views and assemblies
 * 3. translate   populations, views, projections in the order of a script, since they share generators that draw in it
 * 4. act         current sources, recordings, phases
 * 5. settle      the plain document, with places in the user's text for every part of it
 */

import { mostUint32 } from '../../src/lang/integers.js';
import { isFormula } from './value-kinds.js';
import type { Diagnostics } from '../../src/diagnostics/diagnostic.js';
import { ownMistakes } from '../../src/model/schema/follow-on.js';
import type { Positions } from '../../src/diagnostics/positions.js';
import { child } from '../../src/model/pointer.js';
import { CellTypes, cellOf } from './cells.js';
import { connectors, type Connections } from './connectors.js';
import type { Setting } from './context.js';
import { reporter, type Reporter } from './reporter.js';
import { changeOfSource, translateCurrentSource } from './currents.js';
import { unnamed } from '../shared/documentation.js';
import { keptSeed, located, settle, type Located, type Settled } from '../shared/located.js';
import * as messages from './messages.js';
import { Natives, whereFrom } from './native/types.js';
import { Names } from './names.js';
import { translatePhases } from './phases.js';
import { sizeOfPopulation, trainsOf, translatePopulation, type Trains } from './populations.js';
import { translateProjection, type Network, type TranslatedProjection } from './projections.js';
import { Recordings } from './recordings.js';
import { assemblyOf, byUse, ruleOf, targetOf, viewOf, type PopulationInfo, type Target } from './selections.js';
import { needingConnections } from './known-connections.js';
import { checkShape } from './shape.js';
import type { Assembly, PynnSpecification, Values, View } from './specification.generated.js';

/**
 * Imports a PyNN-style document.
 *
 * @param value      the document as read (`readDocument`), expected to hold `format: interneuron/pynn`
 * @param positions  places of its nodes
 * @returns a document for `normalise` with places in the user's text of all its nodes, or null when errors were
 *   reported
 * @diagnostic pynn/* as listed in `messages.ts`
 * @source PyNN 0.13; what is and is not covered: README.md of this folder
 */
export function importPynn(
  value: unknown,
  positions: Positions,
  diagnostics: Diagnostics,
  readFile: Setting['readFile'] = () => ({ refused: 'there is no folder from which to read files' }),
  onBroken?: (rest: Settled) => void,
): Settled | null {
  const shape = checkShape(value, positions, diagnostics);
  if (shape === undefined) return null;
  const own = diagnostics.beside();
  const document = translate(shape.specification, reporter(positions, own), readFile);
  diagnostics.addAll(shape.whole ? own.list : ownMistakes(own.list, shape.touched, value));
  if (shape.whole && !own.hasErrors) return settle(document, positions);
  onBroken?.(settle(document, positions));
  return null;
}

function translate(
  specification: PynnSpecification,
  to: Reporter,
  readFile: Setting['readFile'],
): Record<string, unknown> {
  const setting = settingOf(specification, to, readFile);
  const names = new Names();
  const types = new CellTypes();
  const targets = new Map<string, Target>();
  const infos = declarePopulations(specification, names, targets, setting);
  const trains = new Map<string, Trains>();
  const populations = (specification.populations ?? []).flatMap((population, k) => {
    const info = infos[k];
    if (info === undefined) return [];
    const pointer = child('/populations', k);
    const own = info.cell === null ? trainsOf(population, info.size, `${pointer}/cell/params`, setting) : undefined;
    if (own !== undefined) trains.set(info.id, own);
    return [[info.id, translatePopulation(population, info, pointer, types, own, setting)] as const];
  });
  declareSelections(specification, targets, setting);
  const network: Network = { targets, others: new Map(), synapses: new Map() };
  const projections = translateProjections(specification, names, network, setting);
  const recordings = new Recordings(targets, projections, setting);
  for (const [k, recording] of (specification.recordings ?? []).entries())
    recordings.add(recording, child('/recordings', k));
  const sources = specification.current_sources ?? [];
  checkLabels(
    sources.map(({ label }) => label),
    '/current_sources',
    'another current source',
    setting,
  );
  const { late, protocol, changes } = translatePhases(
    specification.phases ?? [],
    {
      targets,
      projections,
      sources: new Map(sources.map((source) => [source.label, source])),
      recordings,
      trains,
    },
    setting,
  );
  const phases = specification.phases ?? [];
  const stimulusNames = new Names();
  // Sources may have the labels of populations and projections; in a model their names differ.
  for (const name of names.given) stimulusNames.take(name);
  // A recorded source is called, among the variables of a cell that it flows into, by the name of its stimulus.
  if (sources.some(({ record }) => record === true)) for (const name of variableNames(types)) stimulusNames.take(name);
  const stimuli = sources.flatMap((source, k) => {
    const pointer = child('/current_sources', k);
    const own = changes.get(source.label) ?? [];
    const turnsBack = phases.some(({ reset }) => reset !== undefined);
    const { stimuli: parts, portions } = translateCurrentSource(
      source,
      pointer,
      targets,
      turnsBack ? [] : own,
      setting,
    );
    const ids = parts.map(() => stimulusNames.take(source.label));
    if (turnsBack)
      own.forEach((change, n) => (protocol[change.place] = changeOfSource(source, ids, own.slice(0, n + 1), setting)));
    if (source.record === true) recordings.addSource(source.label, ids, portions, pointer);
    return parts.map((stimulus, n): [string, Located] => [ids[n] ?? '', stimulus]);
  });
  const { native = {} } = specification;
  const freely = (key: 'projections' | 'stimuli' | 'operations' | 'tables' | 'clocks' | 'parameters'): object =>
    whereFrom(native[key] ?? {}, `/native/${key}`);
  return {
    interneuron: 1,
    name: specification.name ?? specification.title ?? unnamed,
    metadata: metadata(specification),
    neurons: Object.fromEntries(types.placed),
    synapses: { ...Object.fromEntries(network.synapses), ...setting.natives.rest(network.synapses) },
    populations: Object.fromEntries(populations),
    projections: {
      ...Object.fromEntries([...projections.values()].map(({ id, projection }) => [id, projection])),
      ...freely('projections'),
    },
    stimuli: { ...Object.fromEntries(stimuli), ...freely('stimuli') },
    operations: freely('operations'),
    tables: freely('tables'),
    clocks: freely('clocks'),
    parameters: freely('parameters'),
    recordings: recordings.list,
    timing: native.timing ?? 'grid',
    experiment: {
      dt: located(`${setting.dt} ms`, '/setup/timestep'),
      ...(specification.seed === undefined ? {} : { seed: located(keptSeed(specification.seed), '/seed') }),
      protocol: [...late, ...protocol].filter((entry) => entry !== undefined),
    },
    ...annotations(specification, names, targets),
  };
}

/** Returns names that variables of the cells have. */
const variableNames = ({ documents }: CellTypes): ReadonlySet<string> =>
  new Set(
    [...documents.values()].flatMap(({ parameters, state, derived, inputs }) =>
      [parameters, state, derived, inputs].flatMap((names) => Object.keys(names ?? {})),
    ),
  );

function metadata({
  title,
  description,
  authors,
  licence,
  doi,
  species,
  region,
  terms,
}: PynnSpecification): Record<string, unknown> {
  return { title, description, authors, licence, doi, species, region, terms };
}

/** Returns annotations: content without a place in the canonical model, kept and written again in this notation. */
function annotations(
  specification: PynnSpecification,
  names: Names,
  targets: ReadonlyMap<string, Target>,
): { readonly annotations?: Record<string, unknown> } {
  const selections = [...(specification.views ?? []), ...(specification.assemblies ?? [])].flatMap(({ label }) => {
    const target = targets.get(label);
    return target === undefined || target.portions.length === 0 ? [] : [[label, ruleOf(target)] as const];
  });
  const {
    extra,
    simulator,
    min_delay: least = 'auto',
    sent_early: early,
    late_currents: late,
  } = specification.setup ?? {};
  const kept = {
    ...(selections.length === 0 ? {} : { selections: Object.fromEntries(selections) }),
    ...(names.renamed.size === 0 ? {} : { labels: Object.fromEntries(names.renamed) }),
    ...(extra === undefined ? {} : { extra }),
    ...(simulator === undefined
      ? {}
      : {
          simulator: {
            name: simulator,
            minDelay: least,
            ...(early === undefined ? {} : { sentEarly: early }),
            ...(late === undefined ? {} : { lateCurrents: late }),
          },
        }),
  };
  const all = {
    ...specification.annotations,
    ...(specification.source === undefined ? {} : { source: specification.source }),
    ...(Object.keys(kept).length === 0 ? {} : { pynn: kept }),
  };
  return Object.keys(all).length === 0 ? {} : { annotations: all };
}

// --- Setting ------------------------------------------------------------------------------------------------------

/** PyNN's time step in ms when setup states none. */
const usualStep = 0.1;

function settingOf(specification: PynnSpecification, to: Reporter, readFile: Setting['readFile']): Setting {
  const { setup, rngs } = specification;
  const dt = setup?.timestep ?? usualStep;
  if (!(dt > 0)) to.report(messages.outOfRange('the time step', 'a time above 0 ms', dt), '/setup/timestep');
  const limit = (key: 'min_delay' | 'max_delay', otherwise: number): number => {
    const value = setup?.[key];
    return value === undefined || value === 'auto' ? otherwise : value;
  };
  const minDelay = limit('min_delay', dt);
  const maxDelay = limit('max_delay', Infinity);
  if (minDelay < dt)
    to.report(messages.outOfRange('min_delay', `the time step, ${dt} ms, or more`, minDelay), '/setup/min_delay');
  if (minDelay > maxDelay)
    to.report(messages.outOfRange('min_delay', `max_delay, ${maxDelay} ms, or less`, minDelay), '/setup/min_delay');
  for (const [name, { seed }] of Object.entries(rngs ?? {})) {
    if (seed !== undefined && !(seed >= 0 && seed <= mostUint32))
      to.report(
        messages.outOfRange('the seed', `a whole number from 0 to ${mostUint32}`, seed),
        `${child('/rngs', name)}/seed`,
      );
  }
  let order = 0;
  const known = needingConnections(specification);
  return {
    ...to,
    refused: new Set(),
    dt,
    minDelay,
    maxDelay,
    rngs: rngs ?? {},
    usesPlaces: usesPlaces(specification),
    natives: new Natives(specification.native ?? {}, to),
    readFile,
    nextOrder: () => order++,
    needsConnections: (label) => known.has(label),
  };
}

/**
 * Checks whether any formula or connector reads distances or positions. If so, populations get the positions that PyNN
 * gives them.
 */
function usesPlaces({ populations, projections }: PynnSpecification): boolean {
  const reads = (values: Values | undefined, unless: readonly string[]): boolean =>
    Object.values(values ?? {}).some((value) => isFormula(value) && !unless.includes(value.of ?? unless[0] ?? ''));
  return (
    (populations ?? []).some(
      ({ cell, initial_values: initial }) => reads(cell.params, ['i']) || reads(initial, ['i']),
    ) ||
    (projections ?? []).some(
      ({ connector, synapse, initial_values: initial }) =>
        connectors[connector.type]?.readsPlaces === true || readsDistance(synapse?.params) || readsDistance(initial),
    )
  );
}

/** Formulas of synapses read the distance unless they declare that they read indices. */
const readsDistance = (values: Values | undefined): boolean =>
  Object.values(values ?? {}).some((value) => isFormula(value) && value.of !== 'ij');

// --- Declarations -------------------------------------------------------------------------------------------------

function checkLabels(labels: readonly string[], pointer: string, what: string, to: Reporter): void {
  const seen = new Set<string>();
  for (const [k, label] of labels.entries()) {
    if (seen.has(label)) to.report(messages.duplicateLabel(label, what), child(child(pointer, k), 'label'));
    seen.add(label);
  }
}

function declarePopulations(
  specification: PynnSpecification,
  names: Names,
  targets: Map<string, Target>,
  setting: Setting,
): readonly (PopulationInfo | undefined)[] {
  const populations = specification.populations ?? [];
  checkLabels(
    populations.map(({ label }) => label),
    '/populations',
    'another population',
    setting,
  );
  return populations.map((population, k) => {
    const pointer = child('/populations', k);
    const cell =
      population.cell.type === 'SpikeSourceArray' ? null : cellOf(population.cell, child(pointer, 'cell'), setting);
    if (cell === undefined) {
      setting.refused.add(population.label);
      return undefined;
    }
    const size = sizeOfPopulation(population, pointer, setting);
    const info: PopulationInfo = { label: population.label, id: names.take(population.label), size, cell };
    // A second population with the label was reported: references mean the first.
    if (!targets.has(population.label))
      targets.set(population.label, {
        label: population.label,
        portions: [{ population: info, cells: { kind: 'range', begin: 0, end: size } }],
      });
    return info;
  });
}

function declareSelections(specification: PynnSpecification, targets: Map<string, Target>, setting: Setting): void {
  const { views = [], assemblies = [] } = specification;
  for (const { kind, index } of byUse(specification, [...targets.keys()])) {
    if (kind === 'view') declareView(views[index] as View, child('/views', index), targets, setting);
    else declareAssembly(assemblies[index] as Assembly, child('/assemblies', index), targets, setting);
  }
}

function declareView(view: View, pointer: string, targets: Map<string, Target>, setting: Setting): void {
  if (targets.has(view.label))
    setting.report(messages.duplicateLabel(view.label, 'a population, a view or an assembly'), child(pointer, 'label'));
  const parent = targetOf(view.of, targets, child(pointer, 'of'), setting);
  const cells = parent && viewOf(view, parent, pointer, setting);
  if (cells !== undefined) targets.set(view.label, { label: view.label, ...cells });
  else setting.refused.add(view.label);
}

function declareAssembly(assembly: Assembly, pointer: string, targets: Map<string, Target>, setting: Setting): void {
  if (targets.has(assembly.label))
    setting.report(
      messages.duplicateLabel(assembly.label, 'a population, a view or an assembly'),
      child(pointer, 'label'),
    );
  targets.set(assembly.label, { label: assembly.label, ...assemblyOf(assembly, targets, pointer, setting) });
}

function translateProjections(
  specification: PynnSpecification,
  names: Names,
  network: Network,
  setting: Setting,
): ReadonlyMap<string, TranslatedProjection> {
  const projections = specification.projections ?? [];
  const labels = projections.map(({ label, pre, post }) => label ?? `${pre}→${post}`);
  checkLabels(
    projections.flatMap(({ label }) => (label === undefined ? [] : [label])),
    '/projections',
    'another projection',
    setting,
  );
  const translated = new Map<string, TranslatedProjection>();
  const others = new Map<string, Connections & { readonly id: string }>(network.others);
  for (const [k, projection] of projections.entries()) {
    const label = labels[k] ?? '';
    const one = translateProjection(
      projection,
      names.take(label),
      label,
      child('/projections', k),
      { ...network, others },
      setting,
    );
    if (one === undefined) continue;
    translated.set(translated.has(label) ? one.id : label, one);
    others.set(label, { ...one.connections, id: one.id });
  }
  return translated;
}
