/**
 * Joins projections of one source population that only add to one inbox. Each source and delay then has one row of
 * synapses for all of these projections, instead of a short row in each of them. The sums are the same to the bit,
 * because they are sums of integers.
 *
 *     deliver A  inbox[A.targets[position]] += A.w[position]
 *     deliver B  inbox[B.targets[position] + 448] += B.w[position]
 *
 * become, with targets that ascend within each row,
 *
 *     deliver both  inbox[joint.targets[position]] += joint.w[position]
 *
 * Kernels of the initialisation copy the synapses of one projection after another. Their own arrays can then be
 * released. Nothing else may read these arrays once the network is built, and no caller may number the synapses.
 */

import * as ir from '../ir/builder.js';
import type {
  Action,
  Buffer,
  ElementType,
  Expression,
  Kernel,
  Local,
  MapKernel,
  Program,
  ProjectionLocation,
  PropagateKernel,
  SequentialKernel,
} from '../ir/program.js';
import { accessesOf, bodyOf, isLocal, someExpression, visitExpression, withParts } from '../ir/walk.js';
import { laterKernels, type Pass } from './pass.js';
import { usedBy } from './releases.js';

/** Mean synapses of a source and delay in a projection from which longer rows are not faster. */
const longRow = 32;

/** A delivery that can join others. */
interface Member {
  readonly kernel: PropagateKernel;
  readonly location: ProjectionLocation;
  /**
   * Targets of its synapses, its positions by source and delay, and the other arrays with an element for each synapse.
   */
  readonly targets: Buffer;
  readonly segments: Buffer;
  readonly arrays: readonly Buffer[];
  /** Inbox, the element of target 0 and the number of targets. */
  readonly inbox: Buffer;
  readonly begin: number;
  readonly count: number;
  readonly synapses: number;
  /** The added value. */
  readonly value: Expression;
  /** Equal for deliveries that one kernel can make. */
  readonly key: string;
}

/** Facts about a program that all its deliveries are checked against. */
interface Facts {
  readonly buffers: ReadonlyMap<string, Buffer>;
  /** Locations of projections by the buffer of their targets. */
  readonly locations: ReadonlyMap<string, ProjectionLocation>;
  /** Number of kernels that run after the network is built, by buffer. */
  readonly laterUsers: ReadonlyMap<string, number>;
  /** Buffers that readers of results look into, or with lengths of other buffers. */
  readonly read: ReadonlySet<string>;
  readonly lengths: ReadonlySet<string>;
}

function factsOf({ buffers, kernels, schedule, manifest, logs }: Program): Facts {
  const later = laterKernels(schedule);
  const laterUsers = new Map<string, number>();
  for (const kernel of kernels)
    if (later.has(kernel.name))
      for (const name of usedBy(kernel)) laterUsers.set(name, (laterUsers.get(name) ?? 0) + 1);
  const extents = [...buffers.map(({ length }) => length), ...manifest.projections.map(({ count }) => count)];
  return {
    buffers: new Map(buffers.map((buffer) => [buffer.name, buffer])),
    locations: new Map(manifest.projections.map((location) => [location.targets, location])),
    laterUsers,
    read: new Set([
      ...manifest.variables.flatMap(({ state, buffer }) => (state ? [buffer] : [])),
      ...(manifest.kept ?? []),
      ...logs.map(({ buffer }) => buffer),
    ]),
    lengths: new Set(extents.flatMap((length) => (typeof length === 'number' ? [] : [length.buffer]))),
  };
}

/** Returns a delivery in the form in which it can join others; undefined if it cannot. */
function memberOf(kernel: Kernel, facts: Facts): Member | undefined {
  if (kernel.shape !== 'propagate' || kernel.order.kind !== 'byTarget' || kernel.synapses === undefined)
    return undefined;
  const { event, elements, delays, order, synapses } = kernel;
  const values = new Map<string, Expression>();
  const expanded = (e: Expression): Expression =>
    withParts(e, (part) => (part.kind === 'local' ? values.get(part.name) : undefined));
  const statements = kernel.body.filter(({ kind }) => kind !== 'comment');
  const addition = statements.pop();
  if (addition?.kind !== 'accumulate') return undefined;
  for (const s of statements) {
    if (s.kind !== 'set' || values.has(s.local)) return undefined;
    values.set(s.local, expanded(s.value));
  }
  const [index, value] = [expanded(addition.index), expanded(addition.value)];
  const place = index.kind === 'binary' && index.op === 'add' ? index : { left: index, right: ir.u32(0) };
  if (place.left.kind !== 'load' || place.left.buffer !== order.targets || !isLocal(place.left.index, 'position'))
    return undefined;
  if (place.right.kind !== 'const' || typeof place.right.value !== 'number') return undefined;
  const arrays: string[] = [];
  let isOther = false;
  visitExpression(value, (e) => {
    if (e.kind === 'local' && e.name !== 'position') isOther = true;
    if (e.kind !== 'load' || !someExpression(e.index, (part) => isLocal(part, 'position'))) return;
    if (!isLocal(e.index, 'position')) isOther = true;
    if (!arrays.includes(e.buffer)) arrays.push(e.buffer);
  });
  if (isOther || arrays.includes(order.targets)) return undefined;
  const named = (name: string): Buffer | undefined => {
    const buffer = facts.buffers.get(name);
    const isOwn = facts.laterUsers.get(name) === 1 && !facts.read.has(name);
    return isOwn && buffer?.role === 'constant' && buffer.initial === undefined ? buffer : undefined;
  };
  const inbox = facts.buffers.get(addition.buffer);
  const location = facts.locations.get(order.targets);
  const [targets, segments] = [named(order.targets), named(kernel.segments)];
  const found = arrays.map(named).filter((buffer) => buffer !== undefined);
  if (!targets || !segments || found.length < arrays.length || inbox?.inbox === undefined) return undefined;
  if ([targets, ...found].some(({ length }) => typeof length === 'number')) return undefined;
  const keys = (elements.end - elements.begin) * (delays.last - delays.first + 1);
  if (segments.length !== keys + 1 || synapses >= longRow * keys) return undefined;
  if (location?.segments !== segments.name || typeof location.creation === 'string' || location.columns)
    return undefined;
  if (location.pathways?.some(({ buffer, seconds }) => buffer !== undefined || typeof seconds === 'string'))
    return undefined;
  const shape = withArrays(value, new Map(arrays.map((name, k) => [name, `array ${k}`])));
  const kinds = [targets.element === 'u32', ...found.map(({ element }) => element)];
  const key = JSON.stringify([event, elements, delays, inbox.name, shape, kinds], (_, part: unknown) =>
    typeof part === 'bigint' ? `${part}n` : part,
  );
  const [begin, count] = [place.right.value, order.targetCount];
  return { kernel, location, targets, segments, arrays: found, inbox, begin, count, synapses, value, key };
}

/** An expression that loads from other buffers. */
const withArrays = (e: Expression, names: ReadonlyMap<string, string>): Expression =>
  withParts(e, (part) => {
    const name = part.kind === 'load' ? names.get(part.buffer) : undefined;
    return part.kind === 'load' && name !== undefined ? { ...part, buffer: name } : undefined;
  });

/** Deliveries that become one. */
interface Group {
  readonly members: readonly [Member, Member, ...Member[]];
  /** Element of the inbox that target 0 of the joint rows stands for: a multiple of 64, so that ranks can divide it. */
  readonly base: number;
  /** Number of targets of the joint rows. */
  readonly span: number;
}

const baseOf = (begin: number): number => begin - (begin % 64);

/**
 * Returns the groups of deliveries with one key: targets of a group do not overlap, and fit the type of its targets.
 */
function groupsOf(members: readonly Member[]): Group[] {
  const groups: Member[][] = [];
  for (const member of [...members].sort((a, b) => a.begin - b.begin)) {
    const end = member.begin + member.count;
    const most = member.targets.element === 'u32' ? Infinity : 65536;
    const fits = groups.find((group) => {
      const [first, last] = [group[0], group.at(-1)];
      return first && last && last.begin + last.count <= member.begin && end - baseOf(first.begin) <= most;
    });
    if (fits) fits.push(member);
    else groups.push([member]);
  }
  return groups.flatMap((group): Group[] => {
    const [first, second, ...others] = group;
    const last = group.at(-1);
    if (!first || !second || !last) return [];
    const base = baseOf(first.begin);
    return [{ members: [first, second, ...others], base, span: last.begin + last.count - base }];
  });
}

/** Whether the deliveries of a group can run at the place of the first one. */
function canJoin({ members }: Group, { schedule }: Program, kernels: ReadonlyMap<string, Kernel>): boolean {
  const names = new Set(members.map(({ kernel }) => kernel.name));
  const places = schedule.step.flatMap(({ kernel }, k) => (names.has(kernel) ? [k] : []));
  const [first, last] = [places[0], places.at(-1)];
  if (places.length !== members.length || first === undefined || last === undefined) return false;
  const entries = schedule.step.slice(first, last + 1);
  const inbox = members[0].inbox.name;
  return entries.every((entry) => {
    const kernel = kernels.get(entry.kernel);
    if (names.has(entry.kernel)) return entry.every === entries[0]?.every && entry.offset === entries[0].offset;
    return kernel?.shape === 'propagate' && !accessesOf(bodyOf(kernel)).reads.has(inbox);
  });
}

/** The parts of a program that a group adds and replaces. */
interface Joint {
  readonly group: Group;
  readonly buffers: readonly Buffer[];
  /** The segments of members as buffers that can be released. */
  readonly segments: ReadonlyMap<string, Buffer>;
  readonly building: readonly Kernel[];
  readonly actions: readonly Action[];
  readonly delivery: PropagateKernel;
}

const u32Local = (name: string): Local => ({ name, type: 'u32' });
const index: Expression = { kind: 'local', type: 'u32', name: 'index' };

/** Returns the narrowest type for targets below a number. */
const targetElement = (span: number): ElementType => (span <= 256 ? 'u8' : span <= 65536 ? 'u16' : 'u32');

function jointOf(group: Group, ordinal: number, facts: Facts): Joint {
  const { members, base, span } = group;
  const [first] = members;
  const { elements, delays, event } = first.kernel;
  const rows = elements.end - elements.begin;
  const columns = delays.last - delays.first + 1;
  const keys = rows * columns;
  const name = `${event}.rows${ordinal}`;
  const sources = `${members.length} projections by ${event}`;
  const length = { buffer: `${name}.count`, index: 0 };
  const count: Buffer = {
    name: length.buffer,
    element: 'u32',
    length: 1,
    role: 'constant',
    comment: `number of synapses of ${sources}`,
  };
  const segments: Buffer = {
    name: `${name}.segments`,
    element: 'u32',
    length: keys + 1,
    role: 'constant',
    comment: `first synapse of each source and delay of ${sources}`,
  };
  const targets: Buffer = {
    name: `${name}.targets`,
    element: targetElement(span),
    length,
    role: 'constant',
    comment: `target of each synapse of ${sources}`,
  };
  const arrays = first.arrays.map((array, k): Buffer => {
    const { atMost: _, ...kept } = array;
    return { ...kept, name: `${name}.values${k}`, length, comment: `as in ${array.name}, of ${sources}` };
  });
  // Lengths in a cell make buffers that can be released.
  const known: Buffer = {
    name: `${name}.keys`,
    element: 'u32',
    length: 1,
    role: 'constant',
    initial: Uint32Array.of(keys + 1),
    comment: `number of segments by ${event}, and 1`,
  };
  const released = members.flatMap((member): [string, Buffer][] =>
    facts.lengths.has(member.segments.name)
      ? []
      : [[member.segments.name, { ...member.segments, length: { buffer: known.name, index: 0 } }]],
  );
  const counting: SequentialKernel = {
    shape: 'sequential',
    name: `${name}.count`,
    comment: `number of synapses of ${sources}`,
    locals: [],
    body: members.map((member) =>
      ir.store(count, ir.u32(0), ir.add(ir.load(count, ir.u32(0)), ir.load(member.segments, ir.u32(keys)))),
    ),
  };
  const joining = members.map((member) => starts(member, segments, keys));
  const copying = members.map((member) => copies(member, base, segments, targets, arrays, rows, columns));
  const building: readonly Kernel[] = [counting, ...joining, ...copying];
  const target = u32Local('target');
  const at = ir.get(target);
  const position: Expression = { kind: 'local', type: 'u32', name: 'position' };
  const { synapses: _, ...shared } = first.kernel;
  const delivery: PropagateKernel = {
    ...shared,
    name,
    comment: `effects of ${event} on the targets of ${sources}`,
    segments: segments.name,
    synapses: members.reduce((sum, member) => sum + member.synapses, 0),
    order: { kind: 'byTarget', targets: targets.name, targetCount: span },
    locals: [target],
    body: [
      ir.set(target, ir.load(targets, position)),
      ir.accumulate(
        first.inbox,
        base === 0 ? at : ir.add(at, ir.u32(base)),
        withArrays(first.value, new Map(first.arrays.map((array, k) => [array.name, `${name}.values${k}`]))),
      ),
    ],
  };
  const run = ({ name: kernel }: Kernel): Action => ({ kind: 'run', kernel });
  return {
    group,
    buffers: [count, segments, ...(released.length > 0 ? [known] : []), targets, ...arrays],
    segments: new Map(released),
    building,
    actions: [
      run(counting),
      { kind: 'allocate', buffers: [targets, ...arrays].map((buffer) => buffer.name) },
      ...[...joining, ...copying].map(run),
    ],
    delivery,
  };
}

/** Adds the first positions of a member's segments to those of the joint rows, each one place later. */
function starts({ kernel, segments }: Member, joint: Buffer, keys: number): MapKernel {
  const next = ir.add(index, ir.u32(1));
  return {
    shape: 'map',
    name: `${kernel.name}.joint_starts`,
    comment: `adds the synapses before each segment of ${kernel.name}`,
    domain: { kind: 'count', count: keys },
    lanes: false,
    locals: [],
    body: [ir.store(joint, next, ir.add(ir.load(joint, next), ir.load(segments, index)))],
  };
}

/**
 * Copies the synapses of a member behind those of the members before it. While this runs, the place after a segment has
 * the next free position of the segment. After the last member, it has the first position of the next segment.
 */
function copies(
  member: Member,
  base: number,
  joint: Buffer,
  targets: Buffer,
  arrays: readonly Buffer[],
  rows: number,
  columns: number,
): MapKernel {
  const [key, first, end, to, k, column] = [
    u32Local('key'),
    u32Local('first'),
    u32Local('end'),
    u32Local('to'),
    u32Local('k'),
    u32Local('column'),
  ] as const;
  const [from, into] = [ir.add(ir.get(first), ir.get(k)), ir.add(ir.get(to), ir.get(k))];
  const target = ir.load(member.targets, from);
  const offset = member.begin - base;
  const next = ir.add(ir.get(key), ir.u32(1));
  return {
    shape: 'map',
    name: `${member.kernel.name}.joint_copy`,
    comment: `copies the synapses of ${member.kernel.name} to joint rows`,
    domain: { kind: 'count', count: rows },
    lanes: false,
    locals: [key, first, end, to, k, column],
    body: [
      ir.loop(column, ir.u32(0), ir.u32(columns), [
        ir.set(key, ir.add(ir.mul(index, ir.u32(columns)), ir.get(column))),
        ir.set(first, ir.load(member.segments, ir.get(key))),
        ir.set(end, ir.load(member.segments, next)),
        ir.set(to, ir.load(joint, next)),
        ir.loop(k, ir.u32(0), ir.sub(ir.get(end), ir.get(first)), [
          ir.store(targets, into, ir.add(target, ir.u32(offset))),
          ...arrays.map((array, a) => ir.store(array, into, ir.load(member.arrays[a] ?? array, from))),
        ]),
        ir.store(joint, next, ir.add(ir.get(to), ir.sub(ir.get(end), ir.get(first)))),
      ]),
    ],
  };
}

function withMergedRows(program: Program): Program {
  const facts = factsOf(program);
  const kernels = new Map(program.kernels.map((kernel) => [kernel.name, kernel]));
  const byKey = new Map<string, Member[]>();
  for (const { kernel: name } of program.schedule.step) {
    const kernel = kernels.get(name);
    const member = kernel && memberOf(kernel, facts);
    if (member) byKey.set(member.key, [...(byKey.get(member.key) ?? []), member]);
  }
  const ordinals = new Map<string, number>();
  const joints = [...byKey.values()]
    .flatMap(groupsOf)
    .filter((group) => canJoin(group, program, kernels))
    .map((group) => {
      const { event } = group.members[0].kernel;
      const ordinal = (ordinals.get(event) ?? 0) + 1;
      ordinals.set(event, ordinal);
      return jointOf(group, ordinal, facts);
    });
  return joints.length === 0 ? program : withJoints(program, joints, kernels);
}

function withJoints(program: Program, joints: readonly Joint[], kernels: ReadonlyMap<string, Kernel>): Program {
  const { buffers, schedule, manifest } = program;
  const segments = new Map(joints.flatMap((joint) => [...joint.segments]));
  const arrays = new Set<string>();
  /** The joint rows of each delivery and of each buffer of a member. */
  const byDelivery = new Map<string, Joint>();
  const byBuffer = new Map<string, Joint>();
  for (const joint of joints)
    for (const { kernel, targets, segments: own, arrays: values } of joint.group.members) {
      byDelivery.set(kernel.name, joint);
      for (const { name } of [targets, own, ...values]) byBuffer.set(name, joint);
      for (const { name } of values) arrays.add(name);
    }
  // The synapses of a group are copied once no action of its members is left.
  const lastUse = new Map<Joint, number>();
  const firstUse = new Map<string, number>();
  schedule.initialise.forEach((action, k) => {
    const kernel = action.kind === 'run' ? kernels.get(action.kernel) : undefined;
    for (const name of action.kind === 'run' ? (kernel ? usedBy(kernel) : []) : action.buffers) {
      const joint = byBuffer.get(name);
      if (joint) lastUse.set(joint, k);
      if (segments.has(name) && !firstUse.has(name)) firstUse.set(name, k);
    }
  });
  const before = new Map<number, string[]>();
  for (const [name, k] of firstUse) before.set(k, [...(before.get(k) ?? []), name]);
  const after = new Map<number, Action[]>();
  for (const joint of joints) {
    const k = lastUse.get(joint) ?? schedule.initialise.length - 1;
    after.set(k, [...(after.get(k) ?? []), ...joint.actions]);
  }
  const initialise = schedule.initialise.flatMap((action, k): Action[] => {
    const allocated = before.get(k);
    return [
      ...(allocated === undefined ? [] : [{ kind: 'allocate' as const, buffers: allocated }]),
      action,
      ...(after.get(k) ?? []),
    ];
  });
  const isFirst = (name: string, joint: Joint): boolean =>
    schedule.step.find(({ kernel }) => byDelivery.get(kernel) === joint)?.kernel === name;
  const step = schedule.step.flatMap((entry) => {
    const joint = byDelivery.get(entry.kernel);
    if (!joint) return [entry];
    return isFirst(entry.kernel, joint) ? [{ ...entry, kernel: joint.delivery.name }] : [];
  });
  return {
    ...program,
    buffers: [
      ...buffers.map((buffer) => segments.get(buffer.name) ?? buffer),
      ...joints.flatMap((joint) => joint.buffers),
    ],
    kernels: [
      ...program.kernels.filter(({ name }) => !byDelivery.has(name)),
      ...joints.flatMap((joint) => [...joint.building, joint.delivery]),
    ],
    schedule: { ...schedule, initialise, step },
    manifest: {
      ...manifest,
      variables: manifest.variables.filter(({ buffer }) => !arrays.has(buffer)),
      projections: manifest.projections.map((location): ProjectionLocation => {
        const joint = byBuffer.get(location.targets);
        if (joint?.delivery.order.kind !== 'byTarget') return location;
        const { segments: own, order } = joint.delivery;
        const { drawn } = location;
        const begin = joint.group.members.find(({ targets }) => targets.name === location.targets)?.begin;
        const moved = drawn && begin !== undefined ? { ...drawn, first: begin - joint.group.base } : undefined;
        const { drawn: _, ...others } = location;
        return {
          ...others,
          ...(moved ? { drawn: moved } : {}),
          targets: order.targets,
          segments: own,
          creation: null,
        };
      }),
    },
  };
}

/** Projections of one source that only add to one inbox get common rows. */
export const mergedRows: Pass = { name: 'merged-rows', audience: 'every engine', run: withMergedRows };
