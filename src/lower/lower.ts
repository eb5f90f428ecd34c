/**
 * From the model to the kernel program. Read this first: it is the list of passes, in order.
 */

import { Diagnostics } from '../diagnostics/diagnostic.js';
import type { Buffer, Kernel, Precision, Program, Statement } from '../ir/program.js';
import { numericsVersion } from '../ir/program.js';
import { printProgram } from '../ir/text.js';
import type { ValidModel } from '../model/model.js';
import { lowerConnectivity } from './connectivity.js';
import type { Context } from './context.js';
import { lowerDeliveries } from './deliver.js';
import type { EventSource } from './events.js';
import { eventRings } from './events.js';
import type { Group } from './groups.js';
import { layOutGroups } from './groups.js';
import { manifestOf } from './manifest.js';
import { lowerGroup } from './neurons.js';
import { lowerCurrents, lowerOperations } from './operations.js';
import { goesByTarget, pathwayCodes } from './pathways.js';
import type { PathwayCode } from './pathways.js';
import { lowerPhases, settableNames } from './phases.js';
import { profiles } from './profile.js';
import { ProgramBuilder } from './program-builder.js';
import { longestDelays, planProjections } from './projection.js';
import type { BuiltProjection, Recordings } from './recordings.js';
import { lowerRecordings } from './recordings.js';
import { refuseFeatures } from './refuse.js';
import { lowerSources } from './sources.js';
import { lowerContinuousSynapses } from './sums.js';
import { assignSynapseValues, synapseStorage, synapseValue } from './synapse-values.js';

export interface LowerOptions {
  readonly precision: Precision;
  /** Receives the program's text. */
  readonly dumpIr?: (pass: string, text: string) => void;
}

/**
 * Lowers a validated model.
 *
 * @throws DiagnosticError naming the features that cannot be run yet, and what else stands in the way
 */
export function lower({ model, data }: ValidModel, { precision, dumpIr }: LowerOptions): Program {
  const diagnostics = new Diagnostics();
  refuseFeatures(model, diagnostics);
  diagnostics.throwIfErrors();
  const context: Context = {
    model, data, precision, real: precision === 'float64' ? 'f64' : 'f32', dt: model.experiment.dt,
    profile: profiles[model.timing as 'brian' | 'grid'], builder: new ProgramBuilder(), diagnostics, settable: settableNames(model.experiment.protocol),
  };
  const { builder } = context;
  builder.buffer('faults', 'u32', 1, 'bits of what went wrong');

  // 1. Populations of one type become groups with merged arrays.
  const groups = layOutGroups(context);
  // 2. Projections: their ends, pathways and delays; the delays size the event rings.
  const plans = planProjections(groups, context);
  diagnostics.throwIfErrors();
  const rings = eventRings(groups, longestDelays(plans), context);
  // 3. Populations by themselves: first values, integration, events. Values may be read while connecting, so they come first.
  for (const group of groups) lowerGroup(group, rings, context);
  lowerSources(rings, context);
  // 4. Synapses: connectivity, storage, first values, what they do at events and in each step.
  const codes: PathwayCode[] = [];
  const projections: BuiltProjection[] = [];
  for (const plan of plans) {
    const connectivity = lowerConnectivity(plan, goesByTarget(plan), context);
    if (!connectivity) continue;
    const storage = synapseStorage(plan, connectivity.count, plan.equations.eventDriven.size > 0, context);
    const values = new Map([...plan.equations.parameters.keys(), ...plan.equations.state.keys()].map((name) => [name, synapseValue(plan, name)] as const).filter(([, value]) => value !== 0));
    const kernel = assignSynapseValues(`${plan.name}.initialise`, values, plan, connectivity, storage, `projection/${plan.name}/initial`, context);
    if (kernel) builder.initially(kernel);
    codes.push(...pathwayCodes(plan, connectivity, storage, context));
    lowerContinuousSynapses(plan, connectivity, storage, context);
    projections.push({ plan, connectivity, storage });
  }
  lowerDeliveries(codes, groups, rings, context);
  // 5. What else acts on populations, what is recorded, and what phases change.
  lowerOperations(groups, context);
  lowerCurrents(groups, context);
  const recordings = lowerRecordings(groups, projections, context);
  lowerPhases(groups, projections, context);
  diagnostics.throwIfErrors();
  const program = assemble(groups, projections, rings, recordings, context);
  dumpIr?.('lowered', printProgram(program));
  return program;
}

/** Puts the program together; buffers that only initialisation writes are constant from then on. */
function assemble(groups: readonly Group[], projections: readonly BuiltProjection[], rings: ReadonlyMap<string, EventSource>, recordings: Recordings, context: Context): Program {
  const { builder, model } = context;
  const kernels = [...builder.kernels.values()];
  const step = builder.stepEntries();
  const procedures = Object.fromEntries(builder.procedures);
  const changing = writtenWhileRunning(kernels, new Set([...step.map((entry) => entry.kernel), ...[...builder.procedures.values()].flat().flatMap((action) => (action.kind === 'run' ? [action.kernel] : []))]), builder);
  const buffers = [...builder.buffers.values()].map((buffer): Buffer => ({ ...buffer, role: changing.has(buffer.name) ? 'state' : 'constant' }));
  return {
    name: model.name, precision: context.precision, dt: context.dt, numericsVersion, functions: builder.functions(), buffers, kernels, events: builder.events, logs: builder.logs,
    schedule: { initialise: builder.initialise, step, procedures },
    manifest: manifestOf(groups, projections, rings, recordings, context),
  };
}

function writtenWhileRunning(kernels: readonly Kernel[], running: ReadonlySet<string>, builder: ProgramBuilder): Set<string> {
  const written = new Set<string>(['faults']);
  const visit = (statement: Statement): void => {
    switch (statement.kind) {
      case 'store': case 'accumulate': written.add(statement.buffer); break;
      case 'setBit': written.add(statement.mask); break;
      case 'if': [...statement.then, ...statement.else].forEach(visit); break;
      case 'for': case 'while': statement.body.forEach(visit); break;
      default: break;
    }
  };
  for (const kernel of kernels) if (kernel.shape !== 'compact' && running.has(kernel.name)) kernel.body.forEach(visit);
  for (const event of builder.events) for (const name of [event.mask, event.list, event.counts]) written.add(name);
  for (const log of builder.logs) for (const name of [log.buffer, log.cursor.buffer]) written.add(name);
  return written;
}
