/**
 * Continues a session with another program. If the document has gained parts that the program lacks, the state of the
 * old program becomes the state of the new one. This is only done if it certainly equals a run from the start.
 */

import { itemAt } from '../diagnostics/entry.js';
import { identity, type Engaged, type Left, type SessionState } from './state.js';
import { drawOffset } from '../ir/names.js';
import { isFixedInbox, type EventRing, type Program, type TypedArray } from '../ir/program.js';
import { accessesOf, bodyOf } from '../ir/walk.js';
import { protocolWalk } from '../lower/context/protocol.js';
import type * as written from '../model/model.js';
import type { Phase } from '../model/typed.js';
import type { RecordingPlan } from '../../runtime/record/plan.js';
import type { Session } from '../../runtime/targets/target.js';

/** Contents of the buffers of a program, from their first elements on, by name. */
export type MovedState = ReadonlyMap<string, TypedArray>;

/** Returns the contents of a new program's buffers at the time of the old one; null if they cannot be determined. */
export async function movedState(
  left: Left,
  to: Program,
  plan: RecordingPlan,
  session: Session,
  { given, phases, typed, done }: SessionState,
): Promise<MovedState | null> {
  const from = left.compiled.program;
  if (!isPlain(left.plan) || !isPlain(plan)) return null;
  const inSteps = (all: readonly written.Phase[], each: readonly Phase[]): readonly Performed[] => {
    const walk = protocolWalk(to.dt, given.valid.model.timing);
    return all.map((phase, k) => {
      const typedPhase = itemAt(each, k);
      const [run] = walk.phase(typedPhase, k, () => false).filter(({ kind }) => kind === 'run');
      const passes = typedPhase.kind === 'run' || typedPhase.kind === 'runUntil';
      return { phase: typedPhase, content: JSON.stringify(passes ? run : phase) };
    });
  };
  const now = inSteps(phases.slice(0, done), typed);
  if (!areSamePhases(inSteps(left.phases, left.typed), now, new Set(recordingsOf(left.plan)), recordingsOf(plan)))
    return null;
  if (!keepsLayout(from, to)) return null;
  const [old, rings] = [new Map(from.buffers.map((each) => [each.name, each])), ringBuffers(to)];
  const logs = new Set(to.logs.flatMap(({ buffer, cursor }) => [buffer, cursor.buffer]));
  const actsBefore = changedInSteps(from, to);
  const moved = new Map<string, TypedArray>();
  for (const { name, element, role, inbox } of to.buffers) {
    if (role !== 'state' || logs.has(name)) continue;
    const known = old.get(name);
    const values = left.snapshot.buffers.get(name);
    if (values === undefined) {
      if (known === undefined && actsBefore(name)) return null;
      continue;
    }
    if (known?.element !== element || !areSame(known.inbox, inbox) || (inbox && !isFixedInbox(inbox))) return null;
    const length = await session.length(name);
    const ring = rings.get(name);
    const was = ring && from.events.find((each) => each.name === ring.name);
    if (values.length === length) moved.set(name, values);
    else if (ring && was && ring.size === was.size)
      moved.set(name, inSlots(values, was.slots, ring.slots, left.snapshot.step));
    else if (values.length < length && !ring && !name.endsWith('.sent')) moved.set(name, values);
    else return null;
  }
  return moved;
}

/** Takes a newly begun recording to the time of the old one. */
export async function goOn(
  left: Left,
  moved: MovedState,
  { typed, done }: SessionState,
  on: Engaged,
  has: (k: number, procedure: string) => boolean,
): Promise<void> {
  for (let k = 0; k < done; k += 1)
    for (const entry of on.walk.phase(itemAt(typed, k), k, (procedure) => has(k, procedure))) {
      await on.recording.pass(entry);
      on.performed.push(entry);
    }
  for (const [name, values] of moved) await on.session.write(name, values);
  const series = left.plan.setup.series.map((old) =>
    on.plan.setup.series.findIndex((each) => identity(each) === identity(old)),
  );
  for (const block of left.sink.blocks)
    if (itemAt(series, block.series) >= 0) on.sink.samples({ ...block, series: itemAt(series, block.series) });
}

/** Checks whether all that is recorded is in logs and can go on there. */
const isPlain = ({ series, trains }: RecordingPlan): boolean =>
  series.every(({ kind }) => kind === 'samples') && trains.every(({ values }) => values.length === 0);

/** A performed phase. `content`: its content, with the steps that passed, however its time was given. */
interface Performed {
  readonly phase: Phase;
  readonly content: string | undefined;
}

/** Names of all recordings. */
const recordingsOf = ({ series, trains }: RecordingPlan): readonly string[] => [
  ...series.map(({ plan }) => plan.recording),
  ...trains.flatMap(({ recordings }) => recordings.map(({ recording }) => recording)),
];

/** Checks whether the performed phases equal the new document's, record only the old recordings, and keep no states. */
function areSamePhases(
  before: readonly Performed[],
  now: readonly Performed[],
  old: ReadonlySet<string>,
  all: readonly string[],
): boolean {
  const isOld = ({ phase }: Performed): boolean => phase.kind !== 'record' || old.has(phase.record);
  const own = now.filter(isOld);
  const added = now.filter((each) => !isOld(each)).map(({ phase }) => phase);
  const first = now.findIndex(({ phase }) => phase.kind !== 'record');
  const atStart = new Set(now.slice(0, first).flatMap(({ phase }) => (phase.kind === 'record' ? [phase.record] : [])));
  return (
    before.length === own.length &&
    before.every(({ content }, k) => content === own[k]?.content) &&
    !before.some(({ phase }) => phase.kind === 'store' || phase.kind === 'restore') &&
    added.every((phase) => phase.kind === 'record' && !phase.on) &&
    all.every((name) => old.has(name) || atStart.has(name))
  );
}

const areSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Checks whether the cells and synapses of a program are at the same places in another. */
function keepsLayout(from: Program, to: Program): boolean {
  const places = new Map(to.manifest.variables.map((each) => [`${each.owner} ${each.variable}`, each]));
  const isKept = ({ owner, variable, buffer, offset }: Program['manifest']['variables'][number]): boolean => {
    const now = places.get(`${owner} ${variable}`);
    return now?.buffer === buffer && now.offset === offset;
  };
  return (
    from.manifest.variables.every(isKept) &&
    from.events.every((ring) => {
      const now = to.events.find(({ name }) => name === ring.name);
      return now?.mask === ring.mask && now.maskBegin === ring.maskBegin && now.size === ring.size;
    }) &&
    from.manifest.projections.every((each) =>
      areSame(
        each,
        to.manifest.projections.find(({ name }) => name === each.name),
      ),
    )
  );
}

/** Tells of a buffer that only the new program has whether it would have changed since the start. */
function changedInSteps(from: Program, to: Program): (name: string) => boolean {
  const stepped = new Set(to.schedule.step.map(({ kernel }) => kernel));
  const bodies = to.kernels.filter(({ name }) => stepped.has(name)).flatMap((kernel) => [...bodyOf(kernel)]);
  const { writes } = accessesOf(bodies);
  // Events of cells that had no one to receive them, and cells and synapses that begin to act now.
  const harmless = new Set([drawOffset, ...to.events.flatMap((ring) => ringOf(ring).map((buffer) => buffer))]);
  const others = new Set(from.manifest.populations.map(({ name }) => name));
  const groups = (isNew: boolean): readonly string[] => [
    ...to.manifest.variables
      .filter(({ owner, buffer, variable }) => buffer.endsWith(`.${variable}`) && others.has(owner) !== isNew)
      .filter(({ owner }) => !to.manifest.projections.some(({ name }) => name === owner))
      .map(({ buffer, variable }) => buffer.slice(0, -variable.length)),
    ...to.events.flatMap(({ name, mask }) => {
      const [population = '', event = ''] = name.split('.');
      const suffix = `${event}.mask`;
      return others.has(population) !== isNew && mask.endsWith(`.${suffix}`) ? [mask.slice(0, -suffix.length)] : [];
    }),
  ];
  const [known, added] = [new Set(groups(false)), new Set(groups(true))];
  const oldProjections = new Set(from.manifest.projections.map(({ name }) => name));
  const changing = new Set(to.manifest.variables.filter(({ state }) => state).map(({ owner }) => owner));
  const fresh = [
    ...[...added].filter((group) => !known.has(group)),
    ...to.manifest.projections
      .filter(({ name }) => !oldProjections.has(name) && !changing.has(name))
      .map(({ name }) => `${name}.`),
  ];
  return (name) => {
    if (!writes.has(name) || harmless.has(name)) return false;
    if (/\.(regime|even|odd|word_\w)$/.test(name)) return true;
    return !fresh.some((prefix) => name.startsWith(prefix));
  };
}

/** Returns the buffers of an event's ring. */
const ringOf = ({ name, mask, list, counts }: EventRing): readonly string[] => [mask, list, counts, `${name}.times`];

function ringBuffers({ events }: Program): ReadonlyMap<string, EventRing> {
  return new Map(
    events.flatMap((ring) =>
      ringOf(ring)
        .slice(1)
        .map((name) => [name, ring] as const),
    ),
  );
}

/** Returns a ring's contents with another number of slots; the last steps stay. */
function inSlots(values: TypedArray, from: number, to: number, step: number): TypedArray {
  const width = values.length / from;
  const Kind = values.constructor as new (length: number) => Uint32Array;
  const moved = new Kind(to * width);
  const kept = Math.min(from, to, step);
  for (let past = step - kept; past < step; past += 1) {
    const at = (past % from) * width;
    moved.set((values as Uint32Array).subarray(at, at + width), (past % to) * width);
  }
  return moved;
}
