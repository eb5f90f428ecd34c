/** Generates one source for a device, in OpenCL C or CUDA C++, and the data that a host needs to launch its kernels. */

import { invariant } from '../../../diagnostics/diagnostic.js';
import type { Kernel, Program, PropagateKernel, StepEntry } from '../../../ir/program.js';
import { bodyOf, buffersOf } from '../../../ir/walk.js';
import { familiesOf } from '../../families/families.js';
import type { Families, Family } from '../../families/families.js';
import { launchesOf, spanOf } from '../../schedule/chains.js';
import type { Chain } from '../../schedule/chains.js';
import { ringOf } from '../../schedule/kernel-calls.js';
import type { Launch } from '../../schedule/launches.js';
import type { Way } from '../../schedule/strategies.js';
import { renderTemplate } from '../../templates/render.js';
import { bodyOfLocals, functionText, statementsText } from '../body.js';
import { helpersText } from '../helpers.js';
import { Scope } from '../scope.js';
import { commentText, indent, render } from '../text.js';
import { deviceTrustLines } from '../trust.js';
import type { TrustWords } from '../trust.js';
import { chainsEntry } from './chain.js';
import { mostMarks, planKey, planOf } from './chain-plan.js';
import type { Link } from './chain-plan.js';
import { deviceCompactCode } from './compact.js';
import { DeviceContext } from './context.js';
import type { TargetStrategy } from './context.js';
import { cudaDialect } from './cuda-dialect.js';
import { openclDialect } from './dialect.js';
import type { DeviceDialect } from './dialect.js';
import { familyTables, masksOf, workItemsMeet, singleEntry } from './kernel.js';
import type { Code, DeviceFamily, DeviceKernel, Ids, Print } from './kernel.js';
import type { DeviceLayout } from './layout.js';
import { deviceMapCode } from './map.js';
import { partsEntry } from './parts.js';
import { devicePropagateCode } from './propagate.js';
import { isSmall, residentStep } from './resident.js';
import type { ResidentStep, StepPart } from './resident.js';

/** A program for a device. */
export interface GeneratedDevice {
  /** All kernels of the program. */
  readonly source: string;
  /** The places of buffers. */
  readonly layout: DeviceLayout;
  /** By the name of the kernel in the program for kernels of lists, and by the names in `step`. */
  readonly launches: ReadonlyMap<string, Launch>;
  /** The launches of a step, in order: `kernel` is the name of a launch. None if one launch runs whole steps. */
  readonly step: readonly StepEntry[];
  /** The launch that runs whole steps. */
  readonly resident?: ResidentStep;
  /** Logs for which the device itself stops before a step without certain room. */
  readonly guardedLogs: ReadonlySet<string>;
  /** How the spikes of each propagate kernel are spread, as sentences. */
  readonly notes: readonly string[];
}

/** Prints the code of a family; `way` is the strategy of propagate kernels. */
function printOf(context: DeviceContext, way: Way | undefined): Print {
  return (named: DeviceFamily, ids: Ids): Code => {
    const { family } = named;
    const { pattern } = family;
    switch (pattern.shape) {
      case 'map':
        return deviceMapCode(context, named, pattern, ids);
      case 'compact':
        return deviceCompactCode(context, named, pattern);
      case 'propagate':
        return devicePropagateCode(context, named, pattern, way ?? 'sequential', ids);
      case 'sequential': {
        const scope = new Scope(context, { atomic: false, gathered: false }, true, family);
        const lines = statementsText(bodyOfLocals(scope, pattern.locals, pattern.body, ['step']), pattern.body);
        return { scope, size: 'one', geometry: () => ({ kind: 'one' }), lines };
      }
    }
  };
}

/** Equal for kernels that may be parts of one launch: their work-items are of the same kind. */
function kindOf(context: DeviceContext, kernel: Kernel): string {
  switch (kernel.shape) {
    case 'map':
      if (kernel.team) return 'teams of items';
      if (kernel.domain.kind === 'spikes') return 'spikes';
      return kernel.domain.kind === 'count' && typeof kernel.domain.count !== 'number'
        ? `counted ${kernel.name}`
        : 'items';
    case 'compact':
      return ringOf(context.program, kernel.event).size === 0 ? `nothing ${kernel.name}` : 'team';
    case 'propagate': {
      const way = context.way(kernel);
      if (way === 'sequential' || (way === 'targets' && kernel.order.kind !== 'byTarget')) return 'one';
      return way === 'targets' || way === 'rows' ? 'workers' : 'teams';
    }
    case 'sequential':
      return 'one';
  }
}

/** The parts that a kernel adds to a launch. */
interface Needs {
  readonly own: readonly string[];
  readonly marks: number;
}

/** All launches: kernels of lists one by one, kernels of a step in as few launches as possible. */
class Launches {
  readonly #context: DeviceContext;
  readonly #families: Families;
  readonly #named = new Map<Family, DeviceFamily>();
  readonly #kernels: ReadonlyMap<string, Kernel>;
  readonly #tables = new Map<DeviceFamily, Set<string>>();
  readonly #needs = new Map<string, Needs>();
  readonly lines: string[] = [];
  readonly launches = new Map<string, Launch>();
  readonly step: StepEntry[] = [];
  /** The launches of a step if one launch runs whole steps. */
  readonly parts: StepPart[] = [];

  constructor(context: DeviceContext) {
    this.#context = context;
    this.#kernels = new Map(context.program.kernels.map((kernel) => [kernel.name, kernel]));
    this.#families = familiesOf(context.program, ({ name }) => context.layout.places.get(name)?.kind ?? '');
    for (const family of this.#families.list) {
      const id =
        family.members.length === 1
          ? context.kernelNames.id(family.pattern.name)
          : context.kernelNames.freshOf(family.name);
      this.#named.set(family, { family, id });
    }
    const { schedule } = context.program;
    const listed = [schedule.initialise, ...Object.values(schedule.procedures)].flat();
    const alone = new Set(listed.flatMap((action) => (action.kind === 'run' ? [action.kernel] : [])));
    const steps = launchesOf(context.program, {
      adds: (kernel) => context.addsAtomically(kernel),
      alike: (kernel) => kindOf(context, kernel),
      links: (kernel) => kernel.domain.kind === 'spikes' || kindOf(context, kernel) === 'items',
      fits: (kernels) => this.#fitsChain(kernels),
    });
    const launches = steps.flatMap((chains) => this.#fitting(chains));
    // A unique kernel that is a separate launch needs only one entry, which also serves the step.
    for (const chains of launches) {
      const [first, ...rest] = chains.flat();
      if (first && rest.length === 0 && !context.resident && this.#familyOf(first.kernel).family.members.length === 1)
        alone.add(first.kernel);
    }
    for (const family of this.#families.list) this.#printSingle(family, alone);
    for (const chains of launches) {
      const isLong = chains.some((chain) => chain.length > 1);
      const linked = chains.filter((chain) => isLong && this.#hasSpan(chain));
      const others = chains.filter((chain) => !linked.includes(chain)).flat();
      for (const alike of this.#apart(linked, (chain) => planKey(planOf(context.program, this.#linksOf(chain)))))
        this.#printChains(alike);
      for (const alike of this.#apart(
        others.map((entry) => [entry]),
        ([entry]) => this.#familyOf(entry?.kernel ?? '').family.name,
      ))
        this.#printStep(alike.flat());
    }
  }

  /**
   * Divides chains into sets that may share a function. If work-items synchronise at a barrier, all work-items of the
   * function must run the same code.
   */
  #apart(chains: readonly Chain[], codeOf: (chain: Chain) => string): (readonly Chain[])[] {
    const sets = new Map<string, Chain[]>();
    for (const chain of chains) {
      const meets = chain.some(({ kernel }) => workItemsMeet(this.#context, this.#familyOf(kernel).family));
      const key = meets ? codeOf(chain) : '';
      sets.set(key, [...(sets.get(key) ?? []), chain]);
    }
    return [...sets.values()];
  }

  #familyOf(kernel: string): { readonly family: Family; readonly member: number } {
    const place = this.#families.of.get(kernel);
    invariant(place !== undefined, 'codegen/c/device', `no kernel is named ${kernel}`);
    return place;
  }

  #wayOf(kernel: string): Way | undefined {
    const kernelOfName = this.#kernels.get(kernel);
    return kernelOfName && this.#context.way(kernelOfName);
  }

  /** Adds the tables of a family, each once, before their first use. */
  #addTables(named: DeviceFamily, scope: Scope, more: readonly string[] = []): void {
    const known = this.#tables.get(named) ?? new Set<string>();
    this.#tables.set(named, known);
    const own = named.family.members.length === 1 ? [] : familyTables(this.#context, named, scope);
    for (const table of [...own, ...more]) {
      if (known.has(table)) continue;
      known.add(table);
      this.lines.push(table);
    }
  }

  /** How the code of a family is printed. */
  #printing(way: Way | undefined): Print {
    return (named, ids) => {
      const code = printOf(this.#context, way)(named, ids);
      this.#addTables(named, code.scope, code.tables);
      return { ...code, tables: [] };
    };
  }

  /** Whether a launch looks for earlier faults. */
  #isStoppable(kernels: readonly string[]): boolean {
    return kernels.some((name) => {
      const kernel = this.#kernels.get(name);
      return kernel !== undefined && this.#context.isStoppable(kernel);
    });
  }

  /** The same for a launch of the step; a launch of whole steps looks once a step. */
  #looksIn(entries: readonly StepEntry[]): boolean {
    return !this.#context.resident && this.#isStoppable(entries.map(({ kernel }) => kernel));
  }

  #add({ lines }: DeviceKernel): void {
    this.lines.push(...lines, '');
  }

  #printSingle(family: Family, alone: ReadonlySet<string>): void {
    const named = this.#named.get(family);
    const members = family.members.flatMap(({ kernel }, k) => (alone.has(kernel) ? [k] : []));
    if (named === undefined || members.length === 0) return;
    const kernels = members.map((k) => family.members[k]?.kernel ?? '');
    const printed = singleEntry(
      this.#context,
      named,
      members,
      this.#isStoppable(kernels),
      this.#printing(this.#wayOf(kernels[0] ?? '')),
    );
    this.#add(printed);
    for (const launch of printed.launches) this.launches.set(launch.kernel, launch);
  }

  /** Returns the buffers outside the arena that a kernel uses, and the number of masks it sets. */
  #needsOf(kernel: Kernel): Needs {
    const known = this.#needs.get(kernel.name);
    if (known !== undefined) return known;
    const used = [
      ...buffersOf(bodyOf(kernel)),
      ...(kernel.shape === 'propagate' ? ringAndRows(this.#context.program, kernel) : []),
    ];
    const own = used.filter((name) => this.#context.layout.places.get(name)?.kind === 'own');
    const needs = { own, marks: kernel.shape === 'map' ? masksOf(kernel).length : 0 };
    this.#needs.set(kernel.name, needs);
    return needs;
  }

  #ownOf(kernels: readonly Kernel[]): ReadonlySet<string> {
    return new Set(kernels.flatMap((kernel) => this.#needsOf(kernel).own));
  }

  #kernelsOf(chain: Chain): readonly Kernel[] {
    return chain.flatMap(({ kernel }) => this.#kernels.get(kernel) ?? []);
  }

  #fitsChain(kernels: readonly Kernel[]): boolean {
    const marks = kernels.reduce((sum, kernel) => sum + this.#needsOf(kernel).marks, 0);
    return this.#ownOf(kernels).size <= this.#context.device.mostPointers && marks <= mostMarks;
  }

  #hasSpan(chain: Chain): boolean {
    const kernels = this.#kernelsOf(chain).filter((kernel) => kernel.shape === 'map');
    return spanOf(this.#context.program, kernels) !== undefined;
  }

  /** Divides a launch if its buffers with their own memory exceed the number of arguments. */
  #fitting(chains: readonly Chain[]): (readonly Chain[])[] {
    const launches: { readonly chains: Chain[]; buffers: ReadonlySet<string> }[] = [];
    for (const chain of chains) {
      const needed = this.#ownOf(this.#kernelsOf(chain));
      const last = launches.at(-1);
      const together = new Set([...(last?.buffers ?? []), ...needed]);
      if (last !== undefined && together.size <= this.#context.device.mostPointers) {
        last.chains.push(chain);
        last.buffers = together;
      } else launches.push({ chains: [chain], buffers: needed });
    }
    return launches.map((launch) => launch.chains);
  }

  /** Adds a launch of the step, under a name that no kernel has. */
  #addStep({ lines, launches }: DeviceKernel, id: string, lead: StepEntry): void {
    this.#add({ lines, launches });
    if (this.#context.resident) {
      this.parts.push(...launches.map((launch) => ({ entry: lead, launch })));
      return;
    }
    for (const launch of launches) {
      const name = `launch ${this.step.length}: ${id}`;
      this.launches.set(name, launch);
      this.step.push({ ...lead, kernel: name });
    }
  }

  #linksOf(chain: Chain): readonly Link[] {
    return chain.map(({ kernel: name }): Link => {
      const { family, member } = this.#familyOf(name);
      const named = this.#named.get(family);
      const kernel = this.#kernels.get(name);
      invariant(named !== undefined && kernel?.shape === 'map', 'codegen/c/device', `${name} has no family`);
      return { named, member, kernel };
    });
  }

  #printChains(chains: readonly Chain[]): void {
    const entries = chains.flat();
    const [lead] = entries;
    if (lead === undefined) return;
    const links = chains.map((chain) => this.#linksOf(chain));
    const id = this.#context.kernelNames.fresh(`${links[0]?.[0]?.named.id ?? 'kernel'}_and_${entries.length - 1}_more`);
    const stoppable = this.#looksIn(entries);
    const printed = chainsEntry(this.#context, id, links, stoppable, (named, scope) => this.#addTables(named, scope));
    this.#addStep(printed, id, lead);
  }

  #printStep(entries: readonly StepEntry[]): void {
    const [lead] = entries;
    if (lead === undefined) return;
    const single =
      entries.length === 1 && !this.#context.resident && this.launches.get(lead.kernel)?.member === undefined
        ? this.launches.get(lead.kernel)
        : undefined;
    if (single !== undefined) {
      this.step.push(lead);
      return;
    }
    const sections = new Map<
      string,
      { readonly named: DeviceFamily; readonly members: number[]; readonly print: Print }
    >();
    for (const { kernel } of entries) {
      const { family, member } = this.#familyOf(kernel);
      const named = this.#named.get(family);
      invariant(named !== undefined, 'codegen/c/device', `${kernel} has no family`);
      const way = this.#wayOf(kernel);
      const key = `${named.id} ${way ?? ''}`;
      const section = sections.get(key) ?? { named, members: [], print: this.#printing(way) };
      section.members.push(member);
      sections.set(key, section);
    }
    const all = [...sections.values()];
    const id = this.#context.kernelNames.fresh(
      `${all[0]?.named.id ?? 'kernel'}${all.length === 1 ? '_at_once' : `_and_${entries.length - 1}_more`}`,
    );
    const stoppable = this.#looksIn(entries);
    this.#addStep(partsEntry(this.#context, id, all, stoppable), id, lead);
  }
}

const ringAndRows = (program: Program, { event, segments, order }: PropagateKernel): string[] => {
  const { list, counts } = ringOf(program, event);
  return [list, counts, segments, ...(order.kind === 'byTarget' ? [order.targets] : [])];
};

/** A language with its frame, and the functions of its trust kernel. */
interface Frame {
  readonly dialect: DeviceDialect;
  readonly template: string;
  readonly words: TrustWords;
  /** Type of the pointer to the operands of checks. */
  readonly operands: string;
}

const openclFrame: Frame = {
  dialect: openclDialect,
  template: 'opencl-program',
  words: {
    bits: 'u64_bits',
    sqrt: openclDialect.math.sqrt,
    nearest: openclDialect.math.nearest.f64,
    toInteger: 'trust_i32',
    unsigned: { 32: 'uint', 64: 'ulong' },
    divideFloats: 'f32_div',
  },
  operands: '__global const double *',
};

const cudaFrame: Frame = {
  dialect: cudaDialect,
  template: 'cuda-program',
  words: {
    bits: 'u64_bits',
    sqrt: cudaDialect.math.sqrt,
    nearest: cudaDialect.math.nearest.f64,
    toInteger: 'trust_i32',
    unsigned: { 32: 'unsigned', 64: 'unsigned long long' },
  },
  operands: 'const double *',
};

/** Returns notes on the strategies of kernels for their spikes, and on kernels for teams. */
function strategyNotes(context: DeviceContext): string[] {
  const by = new Map<Way, string[]>();
  for (const kernel of context.program.kernels) {
    const way = context.way(kernel);
    if (way !== undefined) by.set(way, [...(by.get(way) ?? []), kernel.name]);
  }
  const teams = context.program.kernels.filter((kernel) => kernel.shape === 'map' && kernel.team);
  return [
    ...[...by].map(([way, names]) => `spikes are spread by the strategy ${way}: ${names.join(', ')}`),
    ...(teams.length === 0 ? [] : [`a team for each item: ${teams.map(({ name }) => name).join(', ')}`]),
  ];
}

/** Logs of spikes that compact kernels of the step write. */
function guardedLogs(program: Program): ReadonlySet<string> {
  const inStep = new Set(program.schedule.step.map(({ kernel }) => kernel));
  const rings = program.kernels.flatMap((kernel) =>
    kernel.shape === 'compact' && inStep.has(kernel.name) ? [ringOf(program, kernel.event)] : [],
  );
  return new Set(rings.flatMap(({ size, log }) => (size > 0 && log !== undefined ? [log] : [])));
}

/** The program with the finer forms of its kernels. */
const inFinerPieces = (program: Program): Program => ({
  ...program,
  kernels: program.kernels.map((kernel) => {
    if (kernel.shape !== 'map' || !kernel.finer) return kernel;
    const { finer, ...rest } = kernel;
    return { ...rest, lanes: false, ...finer };
  }),
});

function generate(given: Program, targets: TargetStrategy, frame: Frame, wishesResident = false): GeneratedDevice {
  const { dialect, template, words, operands } = frame;
  // Strategies for few work-items are for devices that have few.
  const program = targets === 'split' || targets === 'targets' ? given : inFinerPieces(given);
  const resident = wishesResident && isSmall(program);
  const context = new DeviceContext(program, dialect, targets, resident);
  const functions = program.functions.flatMap((callee) => [...functionText(context, callee), '']);
  const { lines, launches, step, parts } = new Launches(context);
  const whole = resident ? residentStep(context, parts) : undefined;
  if (resident && whole === undefined) return generate(given, targets, frame);
  if (whole !== undefined) launches.set(whole.step.launch.kernel, whole.step.launch);
  const source = renderTemplate(template, {
    title: commentText(program.name),
    helpers: render(helpersText(context.used, dialect)),
    functions: render(functions),
    kernels: render([...lines, ...(whole?.lines ?? [])]),
    resident,
    trust: render(indent(deviceTrustLines(words, operands))),
  });
  return {
    source,
    layout: context.layout,
    launches,
    step,
    ...(whole === undefined ? {} : { resident: whole.step }),
    guardedLogs: dialect.guardsLogs ? guardedLogs(program) : new Set(),
    notes: strategyNotes(context),
  };
}

/**
 * Generates the OpenCL C source of a program. It depends neither on a device nor on values set by a seed or by data.
 *
 * @param targets how spikes are distributed over work-items if their targets allow it; changes no bit
 * @returns text that is the same for equal programs
 */
export const generateOpencl = (program: Program, targets: TargetStrategy): GeneratedDevice =>
  generate(program, targets, openclFrame);

/**
 * The CUDA C++ source of a program, likewise.
 *
 * @param resident whether the device has cooperative launches: one runs whole steps of a small network
 */
export const generateCuda = (program: Program, targets: TargetStrategy, resident = false): GeneratedDevice =>
  generate(program, targets, cudaFrame, resident);
