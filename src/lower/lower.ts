/**
 * From the model to the kernel program. Read this first: it is the list of passes, in order.
 */

import type { Buffer, Kernel, Manifest, Precision, Program } from '../ir/program.js';
import { drawOffset } from '../ir/names.js';
import { numericsVersion } from '../ir/program.js';
import { accessesOf, bodyOf } from '../ir/walk.js';
import type { DrawnModel } from '../draw/drawn-model.js';
import { settableNames } from './assignments.js';
import { lowerConnectivity } from './connectivity.js';
import { withoutStructure } from './cable/expand.js';
import { shownManifest } from './cable/shown.js';
import { ownersOf, readsVariable } from '../model/typed.js';
import type { Context } from './context.js';
import { LoweringDiagnostics } from './context.js';
import type { EventSource } from './events.js';
import { eventRings } from './events.js';
import type { Group } from './groups.js';
import { layOutGroups } from './groups.js';
import { manifestOf } from './manifest.js';
import { firstValues } from './initial-values.js';
import { goesByTarget } from './pathways.js';
import { lowerPhases, turnsBack } from './phases.js';
import { profiles, rankOf } from './profile.js';
import { ProgramBuilder } from './program-builder.js';
import { longestDelays } from './delays-in-steps.js';
import { planProjections } from './plan-projections.js';
import type { ProjectionPlan } from './projection.js';
import type { Recordings } from './recordings.js';
import type { BuiltProjection } from './synapse-scope.js';
import { lowerRecordings } from './recordings.js';
import { refuseFeatures, unreadFeatures } from './refuse.js';
import { elements } from './step/elements.js';
import { withLiveCopies } from './step/live-copies.js';
import { inOrder, type PlacedEntry } from './step/place.js';
import type { Done } from './step/schedule.js';
import { slots } from './step/slots.js';
import { countSynapses } from './synapses/synapse-numbers.js';
import { assignSynapseValues, synapseStorage, synapseValue } from './synapse-values.js';

/** How a model is lowered. */
export interface LowerOptions {
  /** Type in which the model's numbers are computed. */
  readonly precision: Precision;
  /**
   * Synapses of projections whose number is drawn, where somebody has built them before; recordings of all of them need
   * it.
   */
  readonly counts?: ReadonlyMap<string, number>;
  /** Receives the program as it is after each pass: each is legal, and each has more than the one before. */
  readonly onPass?: (pass: string, program: Program) => void;
}

/**
 * Lowers a model whose draws are explicit (`src/draw`).
 *
 * @throws DiagnosticError naming the features that cannot be run yet, and what else stands in the way
 */
export function lower(drawn: DrawnModel, { precision, counts, onPass }: LowerOptions): Program {
  const diagnostics = new LoweringDiagnostics();
  refuseFeatures(drawn.model, diagnostics);
  diagnostics.throwIfErrors();
  // Compartments of cells with structure become elements of populations.
  const { drawn: taken, cables, shown } = withoutStructure(drawn, diagnostics);
  const { model: whole, data, places, parts: pieces } = taken;
  const profile = profiles[whole.timing];
  const schedule = profile.stepping === 'slots' ? slots : elements;
  const { model, entries } = schedule.prepare(whole, profile, diagnostics);
  diagnostics.throwIfErrors();
  const context: Context = {
    model,
    data,
    precision,
    real: precision === 'float64' ? 'f64' : 'f32',
    dt: model.experiment.dt,
    profile,
    builder: new ProgramBuilder(),
    diagnostics,
    places,
    parts: pieces,
    cables,
    shown,
    settable: settableNames(model.experiment.protocol),
    turnsBack: turnsBack(model.experiment.protocol),
  };
  context.builder.notes.push(...unreadFeatures(drawn.model));
  context.builder.buffer('faults', 'u32', 1, 'bits of what went wrong');
  const parts: Parts = {
    groups: [],
    projections: [],
    rings: new Map(),
    recordings: { samples: [], events: [] },
    step: [],
  };
  /** Ends a pass. @param entries  what it adds to each step */
  const done: Done = (pass, entries) => {
    parts.step.push(...entries);
    diagnostics.throwIfErrors();
    diagnostics.at('');
    onPass?.(pass, assemble(parts, context));
  };

  // Populations of one type become groups with merged arrays.
  parts.groups = layOutGroups(context);
  done('groups', []);
  // Projections: their ends, pathways and delays; the delays size the event rings.
  const plans = planProjections(parts.groups, context);
  diagnostics.throwIfErrors();
  parts.rings = eventRings(parts.groups, longestDelays(plans), context);
  // Populations on their own. Values may be read while connecting, so they come first.
  for (const group of parts.groups) diagnostics.within(`/neurons/${group.name}`, () => firstValues(group, context));
  done('populations', schedule.populations(parts, entries, context));
  // Synapses: connectivity, storage, first values.
  for (const plan of plans) {
    const built = diagnostics.within(`/projections/${plan.name}`, () => buildProjection(plan, context));
    if (built) parts.projections.push(built);
  }
  done('connectivity', []);
  // What happens in each step.
  const recorded = schedule.steps({ ...parts, plans }, context, done);
  // What is recorded.
  const { entries: sampled, ...recordings } = lowerRecordings(
    recorded.groups,
    recorded.projections,
    context,
    parts.rings,
    counts,
  );
  parts.recordings = recordings;
  done('recordings', sampled);
  // What phases of the protocol change.
  lowerPhases({ ...parts, copies: recorded.copies }, context);
  done('phases', schedule.finish(parts, context));
  return assemble(parts, context);
}

/** What passes have computed about the model. */
interface Parts {
  groups: readonly Group[];
  readonly projections: BuiltProjection[];
  rings: ReadonlyMap<string, EventSource>;
  recordings: Recordings;
  /** Kernels of each step, in the order in which passes gave them. */
  readonly step: PlacedEntry[];
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
    (readsVariable([plan.type, context.model.operations], name) || recordsOf(plan.name, context).has(name));
  const isUpdated = eventDriven.size > 0 || isRead('lastupdate');
  const storage = synapseStorage(plan, connectivity.count, isUpdated, context);
  const names = [...plan.equations.parameters.keys(), ...plan.equations.state.keys()];
  // Buffers start at zero.
  const values = new Map(
    names.map((name) => [name, synapseValue(plan, name)] as const).filter(([, value]) => value !== 0),
  );
  const built = { plan, connectivity, storage };
  const assignment = { name: `${plan.name}.initialise`, values, stream: `projection/${plan.stream}/initial` };
  const kernel = assignSynapseValues(assignment, built, context);
  if (kernel) context.builder.initially(kernel);
  return built;
}

/** Variables of a projection's synapses that are recorded. */
const recordsOf = (projection: string, { model }: Context): ReadonlySet<string> =>
  new Set(
    model.recordings.flatMap((recording) =>
      recording.kind === 'variables' && ownersOf(recording.of).includes(projection) ? recording.variables : [],
    ),
  );

/** Puts the program together; buffers that only initialisation writes are constant from then on. */
function assemble({ groups, projections, rings, recordings, step: entries }: Parts, context: Context): Program {
  const { builder, model } = context;
  const kernels = [...builder.kernels.values()];
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
  const procedures = Object.fromEntries(builder.procedures);
  const stepped = step.map((entry) => entry.kernel);
  const called = [...builder.procedures.values()]
    .flat()
    .flatMap((action) => (action.kind === 'run' ? [action.kernel] : []));
  const inSteps = writtenWhileRunning(kernels, new Set(stepped), builder);
  const changing = writtenWhileRunning(kernels, new Set([...stepped, ...called]), builder);
  const manifest = shownManifest(manifestOf(groups, projections, rings, recordings, context), context.shown);
  const buffers = [...builder.buffers.values()].map((buffer): Buffer => ({
    ...buffer,
    role: changing.has(buffer.name) ? 'state' : 'constant',
  }));
  return {
    name: model.name,
    precision: context.precision,
    dt: context.dt,
    numericsVersion,
    functions: builder.calledFunctions(),
    buffers,
    kernels,
    events: builder.events,
    logs: builder.logs,
    schedule: { initialise: builder.initialise, step, procedures },
    manifest: context.turnsBack ? { ...manifest, kept: keptBuffers(buffers, manifest, inSteps) } : manifest,
  };
}

/** Buffers that a reset does not touch: those that steps never write, other than the model's state variables. */
function keptBuffers(buffers: readonly Buffer[], { variables }: Manifest, inSteps: ReadonlySet<string>): string[] {
  const state = new Set(variables.filter((variable) => variable.state).map(({ buffer }) => buffer));
  return buffers
    .filter(({ role, name }) => role === 'state' && name !== drawOffset && !inSteps.has(name) && !state.has(name))
    .map(({ name }) => name);
}

function writtenWhileRunning(
  kernels: readonly Kernel[],
  running: ReadonlySet<string>,
  builder: ProgramBuilder,
): Set<string> {
  const bodies = kernels.filter(({ name }) => running.has(name)).flatMap(bodyOf);
  const written = new Set<string>(['faults', drawOffset, ...accessesOf(bodies).writes]);
  for (const event of builder.events) for (const name of [event.mask, event.list, event.counts]) written.add(name);
  for (const log of builder.logs) for (const name of [log.buffer, log.cursor.buffer]) written.add(name);
  return written;
}
