/** Resolves names in code that runs for one synapse: its own variables, and variables of its two ends. */

import { spelling } from '../../lang/reference.js';
import { invariant } from '../../diagnostics/diagnostic.js';
import * as ir from '../../ir/builder.js';
import type { Expression as Ir } from '../../ir/program.js';
import { code } from '../../ir/template.js';
import type { EndReference, Reference, Side, Statement } from '../../lang/ast.js';
import type { Block } from '../code/block.js';
import { programStep } from '../code/clocks.js';
import { to } from '../code/expressions.js';
import { scalarTypeOf } from '../code/typed-values.js';
import type { View } from '../code/code-scope.js';
import { CodeScope } from '../code/code-scope.js';
import type { Context } from '../context/context.js';
import type { Draws } from '../code/draws.js';
import { ElementScope } from '../scopes/element-scope.js';
import type { Storage } from '../context/groups.js';
import { lastUpdate, valueAtEvent, valueSince, type OwnedVariable } from './owned.js';
import type { Connectivity, ProjectionEnd, ProjectionPlan } from './projection.js';
import { reached } from './receptors.js';
import { namedIndex } from './rule-code.js';
import { countedSide, synapseNumbers } from './synapse-numbers.js';
import { coordinateOf, distanceOf } from './ends.js';
import { micrometresPerMetre } from '../../draw/space/micrometres.js';
import { axes } from '../../draw/space/axes.js';
import type { StepPlace } from '../context/place.js';
import { step } from '../code/step-time.js';

/**
 * The time of the values that an end owns: its last event, now, or the last event of the synapse, as Brian shows
 * them.
 */
type OwnedTime = 'own event' | 'now' | 'last update';

/** Where the synapse and its ends are: u32 expressions; `source` and `target` count within the ends. */
export interface SynapseAddress {
  /** Position in storage; null while connectivity is still being drawn. */
  readonly position: Ir | null;
  readonly source: Ir;
  readonly target: Ir;
}

/** Variables of a projection's synapses by name. */
export type SynapseStorage = ReadonlyMap<string, Storage>;

/** The values that code of a synapse reads if elements are stepped one after another: its own, and of its ends. */
interface SynapseView extends View {
  /** The view of variables of an element at an end. */
  readonly ends: { readonly [S in Side]: (element: Ir) => View };
}

/** A projection with storage for its synapses and their variables. */
export interface BuiltProjection {
  readonly plan: ProjectionPlan;
  /** Where its synapses are. */
  readonly connectivity: Connectivity;
  /** Where the synapses' variables are. */
  readonly storage: SynapseStorage;
}

/**
 * The place of a synapse's code in the step (absent: with the integration of the ends), and its view of other elements.
 */
interface SynapseSeen extends Partial<StepPlace> {
  readonly view?: SynapseView | null;
}

/** Scope of code that runs for one synapse. */
export class SynapseScope extends CodeScope {
  /** The synapse's projection. */
  readonly plan: ProjectionPlan;
  /** Where the synapse and its ends are. */
  readonly address: SynapseAddress;
  /** Variables that the code reaches through both ends and writes: the ends of a synapse may be one element. */
  sharedByEnds: ReadonlySet<string> = new Set();
  /** The time for which the code reads variables that an end owns. */
  ownedAt: { readonly [S in Side]: OwnedTime } = { pre: 'last update', post: 'last update' };
  readonly #ends: { readonly [S in Side]: ElementScope | null };
  #distance: Ir | null = null;

  constructor(
    context: Context,
    { plan, storage }: Pick<BuiltProjection, 'plan' | 'storage'>,
    address: SynapseAddress,
    block: Block,
    draws: Draws | null,
    { view = null, ...place }: SynapseSeen = {},
  ) {
    // Assignments to what an end owns are temporaries here: kernels of the end store them.
    const { owned } = plan;
    const stored = owned ? new Map([...storage].filter(([name]) => !owned.variables.has(name))) : storage;
    super(context, { name: plan.name, storage: stored, derived: plan.equations.derived }, block, draws, view);
    this.plan = plan;
    this.address = address;
    this.#ends = {
      pre: endScope(plan.pre, address.source, { block, place, viewAt: view?.ends.pre ?? null }, context),
      post: endScope(plan.post, address.target, { block, place, viewAt: view?.ends.post ?? null }, context),
    };
  }

  override length(reference: Reference): Ir | undefined {
    switch (reference.kind) {
      case 'own':
        if (reference.variable !== 'distance') return undefined;
        this.#distance ??= distanceOf(this.plan, this.address.source, this.address.target, this.block, this.context);
        return this.#distance;
      case 'end': {
        const { end } = reference;
        const axis = axes.find((each) => each === reference.variable);
        if (!axis || this.#declares(end, axis)) return undefined;
        return coordinateOf(this.plan[end], this.#element(end), axis, this.context);
      }
      default:
        return reference satisfies never;
    }
  }

  /** The element of an end, u32. */
  #element(end: Side): Ir {
    return end === 'pre' ? this.address.source : this.address.target;
  }

  /** Whether a type itself declares a variable of that name. */
  #declares(side: Side, name: string): boolean {
    const group = this.#ends[side]?.group;
    return group !== undefined && (group.storage.has(name) || group.equations.derived.has(name));
  }

  /** Scope of an end's element. */
  end(side: Side): ElementScope {
    const scope = this.#ends[side];
    invariant(scope, 'lower/synapse-scope', `the ${side} end of ${this.plan.name} has no variables`);
    return scope;
  }

  protected override through(): readonly CodeScope[] {
    return [this.#ends.pre, this.#ends.post].filter((end) => end !== null);
  }

  /** A port is the variable bound to it. */
  protected override before(name: string): Ir | null {
    const bound = this.#reached({ kind: 'own', variable: name });
    if (bound.kind === 'end') return this.readEnd(bound);
    const owned = this.plan.owned?.variables.get(name);
    return owned ? this.#readOwned(name, owned) : null;
  }

  /** Returns the value of a variable that an end owns. */
  #readOwned(name: string, variable: OwnedVariable): Ir {
    const { owned } = this.plan;
    invariant(owned, 'lower/synapse-scope', `${this.plan.name} has no owned variables`);
    const { side } = variable;
    const element = this.#element(side);
    const at = this.ownedAt[side];
    if (at === 'own event' || variable.course === null)
      return this.block.name(name, valueAtEvent(variable, element, this));
    const last = owned.lastEvent[side];
    invariant(last, 'lower/synapse-scope', `no events of ${this.plan.name} are kept`);
    const ends = { pre: this.address.source, post: this.address.target };
    const updated = (): Ir =>
      this.owner.storage.has('last update') ? this.read('last update') : lastUpdate(owned, ends);
    const since = code`${at === 'now' ? step : updated()} - ${last}[${element}]`;
    return valueSince(name, owned, element, this.block.name('since', since), this);
  }

  #reached(reference: Reference): Reference {
    return reached(reference, this.plan.projection.receptors);
  }

  override readEnd(reference: EndReference): Ir {
    const { end, variable } = reference;
    if (variable === 'i') return this.read(end === 'pre' ? 'i' : 'j');
    if (variable === 'N') return this.read(`N_${end}`);
    const length = this.length(reference);
    if (length) return code`${length} / ${micrometresPerMetre}`;
    return this.#ends[end]?.read(variable) ?? this.unreadable(spelling(reference));
  }

  override readTarget(name: string): Ir {
    const target = this.#reached({ kind: 'own', variable: name });
    return target.kind === 'end' ? this.readEndTarget(target) : this.read(name);
  }

  protected override readEndTarget({ end, variable }: EndReference): Ir {
    return this.end(end).readTarget(variable);
  }

  protected override special(name: string): Ir | null {
    switch (name) {
      case 'i':
        return ir.convert('i32', namedIndex(this.plan.pre, this.address.source));
      case 'j':
        return ir.convert('i32', namedIndex(this.plan.post, this.address.target));
      case 'N_pre':
        return ir.i32(this.plan.pre.named);
      case 'N_post':
        return ir.i32(this.plan.post.named);
      case 'lastupdate':
        return this.#lastUpdate();
      case 'copy':
        return this.#copy();
      default: {
        const side = countedSide(name);
        if (side) return this.#number(side);
        const length = this.length({ kind: 'own', variable: name });
        return length ? code`${length} / ${micrometresPerMetre}` : null;
      }
    }
  }

  /** Float64 seconds of the last event that updated the synapse; null if no event does. */
  #lastUpdate(): Ir | null {
    if (!this.owner.storage.has('last update')) return null;
    return code`f64(${this.read('last update')}) * ${programStep(this.context)}`;
  }

  /** Index of the synapse among the synapses of its pair, i32; null if a pair has at most one. */
  #copy(): Ir | null {
    const { position } = this.address;
    if (!position) return null;
    const { builder } = this.context;
    const copies = builder.known(`${this.plan.name}.sorted_copies`) ?? builder.known(`${this.plan.name}.copies`);
    return copies ? code`i32(${copies}[${position}])` : ir.i32(0);
  }

  /** Returns the number of synapses of the element at an end. */
  #number(side: Side): Ir | null {
    const numbers = synapseNumbers(this.plan, side, this.context);
    return numbers ? code`i32(${numbers}[${this.#element(side)}])` : null;
  }

  /** Assigns a variable of the synapse, the variable bound to a port, or a temporary of the code. */
  override write(name: string, value: Ir): void {
    const target = this.#reached({ kind: 'own', variable: name });
    const owned = this.plan.owned?.variables.get(name);
    if (target.kind === 'end') this.assignEnd(target, value);
    else super.write(name, owned ? to(scalarTypeOf(owned.type, this.real), value) : value);
  }

  protected override assignEnd({ end, variable }: EndReference, value: Ir): void {
    this.writeEnd(end, variable, value);
  }

  /** Assigns a variable of an end in order, as only a sequential kernel may; while it is refractory, maybe not. */
  writeEnd(side: Side, name: string, value: Ir): void {
    this.forget();
    if (!this.sharedByEnds.has(name)) return this.end(side).writeIfFree(name, value);
    this.end(side).writeAtOnce(name, value);
    this.end(side === 'pre' ? 'post' : 'pre').forget([name]);
  }

  override execute(statements: readonly Statement[]): void {
    // Code that changes an end's variables is that end's own: it finds all of them as they are.
    const written = new Set(
      statements.flatMap((statement) => {
        const to = statement.kind === 'assignment' ? this.#reached(statement.to) : null;
        return to?.kind === 'end' ? [to.end] : [];
      }),
    );
    const ends = (['pre', 'post'] as const).filter((side) => written.has(side)).map((side) => this.end(side));
    const before = ends.map(({ isOwn }) => isOwn);
    for (const end of ends) end.isOwn = () => true;
    super.execute(statements);
    ends.forEach((end, k) => (end.isOwn = before[k] ?? end.isOwn));
  }

  override storeAll(): void {
    super.storeAll();
    this.#ends.pre?.storeAll();
    this.#ends.post?.storeAll();
  }

  /** Whether a name is one of the synapse's own stored variables. */
  owns(name: string): boolean {
    const storage = this.owner.storage.get(name);
    return storage !== undefined && storage.kind !== 'folded';
  }

  /** Position in storage, u32. */
  override get place(): Ir {
    invariant(this.address.position, 'lower/synapse-scope', 'a variable is read before there are synapses');
    return this.address.position;
  }

  override get ordinal(): Ir {
    return ir.u32(0);
  }
}

/** Index of an element of an end in its group's merged arrays. */
export function elementIndex(end: ProjectionEnd, element: Ir): Ir {
  if (end.synapses?.positions) return ir.load(end.synapses.positions, element);
  const base = (end.member?.begin ?? 0) + end.offset;
  return base === 0 ? element : code`${element} + ${base}u`;
}

/** Code that reads the element of an end. */
interface EndCode {
  readonly block: Block;
  readonly place: Partial<StepPlace>;
  readonly viewAt: ((element: Ir) => View) | null;
}

function endScope(
  end: ProjectionEnd,
  element: Ir,
  { block, place, viewAt }: EndCode,
  context: Context,
): ElementScope | null {
  if (!end.group || !end.member) return null;
  const local = end.offset === 0 ? element : code`${element} + ${end.offset}u`;
  const address = { index: elementIndex(end, element), ordinal: ir.u32(end.member.ordinal), local };
  const scope = new ElementScope(context, end.group, address, block, null, {
    ...place,
    ...(viewAt ? { view: viewAt(local) } : {}),
  });
  // The ends are read as other elements read them.
  if (viewAt) scope.isOwn = () => false;
  return scope;
}
