/**
 * From the model to the kernel program. Read this first: it is the list of passes, in order.
 */

import type { Buffer, Manifest, Precision, Program } from '../ir/program.js';
import { drawOffset, faultsBuffer } from '../ir/names.js';
import { numericsVersion } from '../ir/program.js';
import { namedFunction, withCallees } from '../ir/library/index.js';
import { accessesOf, bodyOf, calleesOf } from '../ir/walk.js';
import type { DrawnModel } from '../draw/drawn-model.js';
import { settableNames } from './code/assignments.js';
import { lowerConnectivity } from './synapses/connectivity.js';
import { withoutStructure } from './cable/expand.js';
import { manifestInModelNames } from './cable/model-manifest.js';
import { readsVariable } from '../model/typed.js';
import type { Context, PendingDelivery, Known } from './context/context.js';
import { LoweringDiagnostics } from './context/context.js';
import { eventRings } from './events/events.js';
import { layOutGroups } from './context/groups.js';
import { manifestOf, type Found } from './manifest.js';
import { firstValues } from './protocol/initial-values.js';
import { goesByTarget } from './projections/pathways.js';
import { lowerPhases, turnsBack } from './protocol/phases.js';
import { profiles, rankOf } from './context/profile.js';
import { PartBuilder, emptyPart, faultMeanings, joinedParts, type ProgramPart } from './context/program-part.js';
import { longestDelays } from './plan/delays-in-steps.js';
import { planProjections } from './plan/plan-projections.js';
import type { ProjectionPlan } from './plan/projection.js';
import type { BuiltProjection } from './plan/synapse-scope.js';
import { lowerRecordings } from './protocol/recordings.js';
import { recordedVariables } from './plan/recorded-variables.js';
import { refuseFeatures, ignoredFeatures } from './unsupported-features.js';
import { elements } from './step/elements.js';
import { withLiveCopies } from './step/live-copies.js';
import { inOrder } from './context/place.js';
import type { RunPass } from './step/schedule.js';
import { slots } from './step/slots.js';
import { countSynapses } from './plan/synapse-numbers.js';
import { withOwners } from './projections/owners.js';
import { showOwned } from './projections/owned-kernels.js';
import { withSynapseEnds } from './projections/synapse-ends.js';
import { assignSynapseValues, synapseStorage, synapseValue } from './synapses/synapse-values.js';

/** How a model is lowered. */
export interface LowerOptions {
  /** Floating-point type of the model's numbers. */
  readonly precision: Precision;
  /**
   * Synapse counts of projections with a drawn number of synapses, from an earlier build. Recordings of all their
   * synapses, and projections that end at them, need these counts.
   */
  readonly counts?: ReadonlyMap<string, number>;
  /** Pathways with synapses that do not receive all events in flight at the start; absent: none. */
  readonly pendingDelivery?: PendingDelivery;
  /** Receives the program as it is after each pass: each is legal, and each has more than the one before. */
  readonly onPass?: (pass: string, program: Program) => void;
}

/**
 * Lowers a model with explicit draws (`src/draw`) to a program.
 *
 * @throws DiagnosticError naming unsupported features and other mistakes of the model
 */
export function lower(drawn: DrawnModel, options: LowerOptions): Program {
  const diagnostics = new LoweringDiagnostics();
  return diagnostics.within('', () => passes(drawn, options, diagnostics));
}

/** Finds mistakes of cells and features that no program has, without lowering. @throws DiagnosticError naming them */
export function checkStructure({ model, ...drawn }: DrawnModel): void {
  const diagnostics = new LoweringDiagnostics();
  diagnostics.within('', () => {
    refuseFeatures(model, diagnostics);
    diagnostics.throwIfErrors();
    withoutStructure({ model, ...drawn }, diagnostics);
    diagnostics.throwIfErrors();
  });
}

function passes(
  drawn: DrawnModel,
  {
    precision,
    counts = new Map(),
    pendingDelivery: pendingDelivery = { pathways: new Set(), step: 0 },
    onPass,
  }: LowerOptions,
  diagnostics: LoweringDiagnostics,
): Program {
  refuseFeatures(drawn.model, diagnostics);
  diagnostics.throwIfErrors();
  // Compartments of cells with structure become elements of populations.
  const { drawn: taken, cables, shown } = withoutStructure(drawn, diagnostics);
  const { model: whole, data, places, parts } = taken;
  const profile = profiles[whole.timing];
  const schedule = profile.stepping === 'slots' ? slots : elements;
  const { model, modes } = schedule.prepare(whole, profile, diagnostics);
  diagnostics.throwIfErrors();
  const context: Known = {
    model,
    data,
    precision,
    real: precision === 'float64' ? 'f64' : 'f32',
    dt: model.experiment.dt,
    every: 1,
    ahead: false,
    profile,
    diagnostics,
    places,
    parts,
    cables,
    shown,
    settable: settableNames(model.experiment.protocol),
    turnsBack: turnsBack(model.experiment.protocol),
    counts,
    pendingDelivery: pendingDelivery,
  };
  let program = emptyPart;
  let results: Found = { groups: [], projections: [], rings: new Map(), recordings: { samples: [], events: [] } };
  const run: RunPass = (name, pass) => {
    const builder = new PartBuilder(program);
    const passed = pass({ ...context, builder });
    diagnostics.throwIfErrors();
    diagnostics.at('');
    program = joinedParts(program, builder.part(passed.entries));
    results = { ...results, ...passed };
    onPass?.(name, assemble(program, results, context));
    return passed;
  };

  // Populations of one type become groups with merged arrays.
  const { groups } = run('groups', (pass) => {
    for (const feature of ignoredFeatures(drawn.model)) pass.builder.note(feature);
    pass.builder.buffer(faultsBuffer, 'u32', 1, 'bits of faults');
    return { groups: layOutGroups(pass) };
  });
  // Projections: their ends, pathways and delays; the delays size the event rings.
  const { plans } = run('projections', (pass) => ({ plans: planProjections(groups, pass) }));
  const { rings } = run('events', (pass) => ({ rings: eventRings(groups, longestDelays(plans), pass) }));
  // Populations on their own. Values may be read while connecting, so they come first.
  run('populations', (pass) => {
    for (const group of groups) diagnostics.within(`/neurons/${group.name}`, () => firstValues(group, pass));
    return { entries: schedule.populations({ groups, rings }, modes, pass) };
  });
  // Synapses: connectivity, storage, first values.
  const { projections } = run('connectivity', (pass) => ({
    projections: plans.reduce<BuiltProjection[]>((built, plan) => {
      const builtProjection = diagnostics.within(`/projections/${plan.name}`, () =>
        buildProjection(withOwners(withSynapseEnds(plan, built, pass), rings, pass), pass),
      );
      if (builtProjection) built.push(builtProjection);
      return built;
    }, []),
  }));
  // The kernels of each step.
  const recorded = schedule.steps({ groups, rings, plans, projections }, run);
  // The recordings.
  run('recordings', (pass) => lowerRecordings({ ...recorded, rings }, pass));
  // The changes by phases. Some derived data are computed again in the same way as at first.
  const { procedures } = program;
  run('phases', (pass) => {
    lowerPhases({ groups, projections, copies: recorded.copies, procedures }, pass);
    return { entries: schedule.finish({ groups, rings }, pass) };
  });
  return assemble(program, results, context);
}

/** Connectivity, storage and first values of one projection. */
function buildProjection(plan: ProjectionPlan, context: Context): BuiltProjection | null {
  const connectivity = lowerConnectivity(plan, goesByTarget(plan) || context.profile.stepping === 'elements', context);
  if (!connectivity) return null;
  countSynapses(plan, connectivity, context);
  const { parameters, state, eventDriven } = plan.equations;
  const isRead = (name: string): boolean =>
    !parameters.has(name) &&
    !state.has(name) &&
    (readsVariable([plan.type, context.model.operations], name) ||
      recordedVariables(plan.name, context.model).has(name));
  const { owned } = plan;
  const isUpdated =
    [...eventDriven].some((name) => !owned?.variables.has(name)) ||
    isRead('lastupdate') ||
    (owned !== null && plan.pathways.some(({ side }) => owned.lastEvent[side] === null));
  const storage = synapseStorage(plan, connectivity.count, isUpdated, context);
  const names = [...plan.equations.parameters.keys(), ...plan.equations.state.keys()];
  // Buffers start at zero.
  const values = new Map(
    names.map((name) => [name, synapseValue(plan, name)] as const).filter(([, value]) => value !== 0),
  );
  const built = { plan, connectivity, storage };
  const assignment = {
    name: `${plan.name}.initialise`,
    once: true,
    values,
    stream: `projection/${plan.stream}/initial`,
  };
  const kernel = assignSynapseValues(assignment, built, context);
  if (kernel) context.builder.initially(kernel);
  showOwned(built, context);
  return built;
}

/** Puts the program together; buffers that only initialisation writes are constant from then on. */
function assemble(whole: ProgramPart, found: Found, context: Known): Program {
  const { bounds, events, logs, initialise, entries, notes } = whole;
  const kernels = [...whole.kernels.values()];
  const { links, ties } = context.profile;
  const live = entries.filter(({ copies = false }) => copies && links === 'live');
  const ordered = inOrder(
    entries.filter((entry) => !live.includes(entry)),
    (slot) => rankOf(context.profile, slot),
    ties,
  );
  const step = withLiveCopies(
    ordered,
    live.map(({ entry }) => entry),
    kernels,
  );
  const stepped = step.map((entry) => entry.kernel);
  const called = [...whole.procedures.values()]
    .flat()
    .flatMap((action) => (action.kind === 'run' ? [action.kernel] : []));
  const inSteps = writtenWhileRunning(new Set(stepped), whole);
  const changing = writtenWhileRunning(new Set([...stepped, ...called]), whole);
  const faults = faultMeanings(whole.faults);
  const manifest = manifestInModelNames(manifestOf(found, { faults, notes: [...notes] }, context), context.shown);
  const buffers = [...whole.buffers.values()].map((buffer): Buffer => {
    const atMost = bounds.get(buffer.name);
    const role = changing.has(buffer.name) ? 'state' : 'constant';
    return { ...buffer, role, ...(atMost === undefined ? {} : { atMost }) };
  });
  const functions = new Set(kernels.flatMap((kernel) => [...calleesOf(bodyOf(kernel))]));
  return {
    name: context.model.name,
    precision: context.precision,
    dt: context.dt,
    numericsVersion,
    functions: withCallees([...functions].sort().map(namedFunction)),
    buffers,
    kernels,
    events,
    logs,
    schedule: { initialise, step, procedures: Object.fromEntries(whole.procedures) },
    manifest: context.turnsBack ? { ...manifest, kept: keptBuffers(buffers, manifest, inSteps) } : manifest,
  };
}

/**
 * Returns the buffers that a reset does not touch: all that steps never write, except for the model's state variables.
 */
function keptBuffers(
  buffers: readonly Buffer[],
  { variables, shown = [] }: Manifest,
  inSteps: ReadonlySet<string>,
): string[] {
  const state = new Set(variables.filter((variable) => variable.state).map(({ buffer }) => buffer));
  const isOther = (name: string): boolean =>
    name === drawOffset || inSteps.has(name) || state.has(name) || shown.includes(name);
  return buffers.filter(({ role, name }) => role === 'state' && !isOther(name)).map(({ name }) => name);
}

function writtenWhileRunning(running: ReadonlySet<string>, { kernels, events, logs }: ProgramPart): Set<string> {
  const bodies = [...kernels.values()].filter(({ name }) => running.has(name)).flatMap(bodyOf);
  const written = new Set<string>([faultsBuffer, drawOffset, ...accessesOf(bodies).writes]);
  for (const event of events) for (const name of [event.mask, event.list, event.counts]) written.add(name);
  for (const log of logs) for (const name of [log.buffer, log.cursor.buffer]) written.add(name);
  return written;
}
