/** Finds parts of named cells and synapses that only their equations express. */

import { parseExpression } from '../../../lang/parse.js';
import { namesIn } from '../../../lang/walk.js';
import type { Phase, SelectionRule } from '../../../model/model.js';
import { assignedBy } from '../../../model/assigned.js';
import { populationsOf } from '../../../model/selected.js';
import { isPhase, isRecording, isSelection } from '../../../model/tagged.js';
import { ownersOf } from '../../../model/typed.js';
import { type Standardising, unsay } from './context.js';

/** Records populations and projections with names that do not express all of them. */
export function noteUnsaid(context: Standardising): void {
  const { populations, projections, stimuli, operations, recordings, experiment } = context.model;
  for (const [name, { clock }] of Object.entries(populations))
    if (clock !== undefined) unsay(context, [name], 'it has a clock of its own');
  for (const { linked = {} } of Object.values(populations))
    for (const { population, variable } of Object.values(linked))
      unsay(context, [population], `its ${variable} is linked to`);
  for (const [name, { on }] of Object.entries(operations))
    unsay(context, ownersOf(on), `the operation ${name} runs on it`);
  for (const { from, to } of Object.values(projections)) {
    for (const { of } of [from, to]) {
      if (isSelection(of, 'synapses')) unsay(context, [of.projection], 'synapses act on its synapses');
      noteMixed(context, of);
    }
  }
  for (const { to } of Object.values(stimuli)) noteMixed(context, to);
  for (const recording of recordings) {
    noteMixed(context, recording.of);
    if (isRecording(recording, 'rate')) continue;
    const recorded = recording.variables ?? [];
    const atEvents = isRecording(recording, 'events');
    for (const name of ownersOf(recording.of)) {
      const names = context.known.get(name)?.cell.variables;
      const nameless = recorded.find(
        (one) => atEvents || !(names === undefined || names.has(one) || Object.hasOwn(stimuli, one)),
      );
      if (nameless !== undefined) unsay(context, [name], `its ${nameless} is recorded${atEvents ? ' at events' : ''}`);
    }
    const between = isSelection(recording.of, 'synapses') ? projections[recording.of.projection] : undefined;
    for (const [end, variable] of recorded.flatMap(farEnd))
      if (between !== undefined)
        unsay(context, populationsOf(between[end].of), `its ${variable} is recorded at synapses`);
  }
  for (const phase of experiment.protocol) notePhase(context, phase);
}

/** `pre.v` as its end of a projection and the variable there. */
function farEnd(name: string): readonly (readonly ['from' | 'to', string])[] {
  const [, end, variable = ''] = /^(pre|post)\.(\w+)$/.exec(name) ?? [];
  return end === undefined ? [] : [[end === 'pre' ? 'from' : 'to', variable]];
}

/** Cells that are selected together are named in one way. */
function noteMixed(context: Standardising, rule: SelectionRule): void {
  const cells = populationsOf(rule);
  const types = new Set(cells.map((name) => context.known.get(name)?.cell.standard.name));
  if (types.size > 1) unsay(context, cells, 'it is selected together with cells of another type');
}

/** Checks whether cells or synapses have a parameter or variable of a name. */
function declares({ model }: Standardising, owner: string, name: string): boolean {
  const { type = '' } = model.populations[owner] ?? {};
  const own = model.neurons[type] ?? model.synapses[model.projections[owner]?.synapse ?? ''];
  return (
    /^(pre|post)\./.test(name) || [own?.parameters, own?.state, own?.derived].some((map) => map?.[name] !== undefined)
  );
}

/** Records changes by names other than `owner.variable = value`. */
function notePhase(context: Standardising, phase: Phase): void {
  const owners = (values: Readonly<Record<string, unknown>>): readonly string[] =>
    Object.keys(values).map((key) => assignedBy(key).owner);
  if ((isPhase(phase, 'set') || isPhase(phase, 'initialise')) && phase.of !== undefined)
    unsay(context, ownersOf(phase.of), 'a selection of it is changed');
  else if (isPhase(phase, 'set')) {
    for (const [key, value] of Object.entries(phase.set)) {
      const { owner } = assignedBy(key);
      const read = typeof value === 'string' ? [...namesIn(parseExpression(value))] : [];
      // Python computes values once, and has no name for the time of the model.
      const own = read.find((name) => name === 't' || name === 'dt' || declares(context, owner, name));
      if (own !== undefined) unsay(context, [owner], `a change of it reads ${own}`);
    }
  }
  if (isPhase(phase, 'initialise')) unsay(context, owners(phase.initialise), 'its first values are changed');
  else if (isPhase(phase, 'delays')) unsay(context, owners(phase.delays), 'its delays are changed');
}
