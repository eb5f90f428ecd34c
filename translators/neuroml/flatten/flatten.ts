/**
 * Flattens a component with all its contents to the equations of one canonical type.
 *
 *   1. grow        the instances that make up the component (`tree.ts`), and the events between them (`wiring.ts`)
 *   2. name        a canonical name for every variable (`variables.ts`)
 *   3. translate   values, rates, conditions, actions of each instance, inner ones first, each as a separate part
 *   4. finish      the document of the type, once all usage of other types are known
 *
 * No step depends on the name of a type.
 */

import type { Diagnostics, Place } from '../../../src/diagnostics/diagnostic.js';
import type { Assignment, Dimension, Expression } from '../../../src/lang/ast.js';
import { binary, integer, name as nameOf, quantity, sum } from '../../../src/lang/build.js';
import { divideDimensions, second } from '../../../src/lang/dimension.js';
import type {
  Component,
  DerivedVariableDefinition,
  LemsExpression,
  LemsModel,
  RegimeDefinition,
} from '../lems/definitions.js';
import { inOrderOfReading } from '../lems/derived-order.js';
import {
  assign,
  effectOf,
  handle,
  inRegime,
  type ActionContext,
  type Effect,
  type Emission,
  type Mode,
} from './actions.js';
import { choose, fit, translate, type Meaning, type Typed } from './expressions.js';
import {
  changedIn,
  emptyPart,
  type FlatDerived,
  type FlatEvent,
  type FlatInput,
  type FlatKind,
  type FlatPart,
  type FlatRegime,
  type FlatState,
} from './flat.js';
import { flattenScheme } from './kinetics.js';
import { CanonicalNames } from './names.js';
import { firstOf, haveCanonicalRegimes, integratedIn, rateInRegimes } from './regimes.js';
import { admits, selectParameter, selectValue, type Reach } from './select.js';
import { startValues } from './start.js';
import { growTree, membersNamed, type Tree, type TreeNode } from './tree.js';
import { derivedVariables, stateVariables, Variables, type FlatParameter, type Outside } from './variables.js';
import { firstInPort, firstOutPort, wireTree } from './wiring.js';
import { identifier } from '../../../src/model/free-name.js';

/** Options of flattening a component. */
interface FlatSetting {
  readonly lems: LemsModel;
  readonly diagnostics: Diagnostics;
  readonly kind: FlatKind;
  /** Meanings of names beyond the root. */
  readonly outside: Outside;
  /** Children that are instances of their own. */
  readonly apart?: (inner: Component) => boolean;
  /** A variable of the instance at the other end of a tunnel. */
  readonly peer?: Reach['peer'];
  /** True for equations that are not stepped part by part: mechanisms of cells with compartments. */
  readonly instant?: boolean;
}

/** Returns the dimension of a rate of change. */
const perSecond = (dimension: Dimension | null): Dimension | null => dimension && divideDimensions(dimension, second);

/** A variable with the value that another one has before or after the instance is advanced. */
interface Copied {
  readonly of: string;
  readonly when: 'before' | 'after';
  readonly name: string;
}

/** The equations of one component, under construction. */
export class FlatType {
  /** The instances that it is made of. */
  readonly tree: Tree;
  /** Meanings of names in each of them. */
  readonly variables: Variables;
  /** Identifiers of variables. */
  readonly names = new CanonicalNames();
  /** Identifiers of events. */
  readonly eventNames = new CanonicalNames();
  readonly states: FlatState[] = [];
  readonly derived: FlatDerived[] = [];
  /** Right sides by state variable. */
  readonly rates = new Map<string, { readonly value: Expression; readonly place: Place }>();
  /** In the order of their parts. */
  readonly events: FlatEvent[] = [];
  /** Regimes of the root. Regimes of inner instances are variables. */
  readonly regimes: FlatRegime[] = [];
  /** Sums over attachments. */
  readonly inputs: FlatInput[] = [];
  readonly #parts: { readonly node: TreeNode; readonly part: FlatPart }[] = [];
  readonly #context: ActionContext;
  readonly #modes = new Map<TreeNode, Mode>();
  /** Ports with the event and the variable that emit on them after a step. */
  readonly #flags = new Map<string, { readonly event: string; readonly state: string }>();
  readonly #copies = new Map<string, Copied>();
  readonly #handlers = new Map<string, readonly Assignment[]>();

  constructor(
    readonly component: Component,
    private readonly setting: FlatSetting,
  ) {
    const { lems, diagnostics, outside } = setting;
    this.tree = growTree(component, lems, diagnostics, setting.apart);
    const wiring = wireTree(this.tree, diagnostics);
    this.variables = new Variables(
      this.tree,
      lems,
      this.names,
      diagnostics,
      outside,
      (node, name) => this.#isLate(node, name),
      setting.instant,
    );
    this.variables.select = (node, path, place) => selectParameter(this.variables, node, path, place);
    this.#context = { variables: this.variables, root: this.tree.root, wiring, mode: (node) => this.#modes.get(node) };
    for (const node of this.tree.nodes) this.#declareMode(node);
    this.#advance(this.tree.root);
  }

  /** Parameters in the order of their first read. */
  get parameters(): readonly FlatParameter[] {
    return this.variables.parameters;
  }

  /** Parts in the order of advance, including copies that were requested after the type was made. */
  get sequence(): readonly FlatPart[] {
    const copied = (when: string): readonly Copied[] => [...this.#copies.values()].filter((one) => one.when === when);
    const [before, late] = [copied('before'), copied('after')];
    const first = { ...emptyPart, derived: before.map(({ name }) => name) };
    const after = { ...emptyPart, derived: late.map(({ name }) => name), current: late.map(({ of }) => of) };
    const parts = this.#parts.map(({ node, part }) => {
      const copies = this.variables.copies.get(node)?.map(({ name }) => name) ?? [];
      const current = [...(this.variables.current.get(node) ?? [])];
      return copies.length > 0 && part.propagate.length === 0
        ? { ...part, derived: [...copies, ...part.derived], current }
        : { ...part, current };
    });
    const last: FlatPart = { ...emptyPart, events: [...this.#flags.values()].map(({ event }) => event) };
    return [first, ...parts, after, last].filter(
      ({ derived, propagate, state, events, regimes }) =>
        derived.length + propagate.length + state.length + events.length > 0 || regimes,
    );
  }

  /** All derived variables, with the copies that others see. */
  get allDerived(): readonly FlatDerived[] {
    const { place } = this.component;
    const copies = [...this.variables.copies.values()].flat().map((copy): FlatDerived => ({ ...copy, place }));
    const copied = [...this.#copies.values()].map(({ of, name }): FlatDerived => {
      const dimension =
        this.states.find((state) => state.name === of)?.dimension ??
        this.derived.find((one) => one.name === of)?.dimension;
      return { name, dimension: dimension ?? null, value: nameOf(of), place };
    });
    return [...this.derived, ...copies, ...copied];
  }

  /** Ports on which the root emits. */
  emits(port: string): boolean {
    const name = identifier(port);
    return (
      this.events.some(({ emits }) => emits === name) ||
      this.regimes.some(({ transitions }) => transitions.some(({ emit }) => emit === name))
    );
  }

  /** The default port of outgoing connections. */
  get outPort(): string | undefined {
    return firstOutPort(this.component.type);
  }

  /** The first port that receives events, or undefined if there is none. */
  get inPort(): string | undefined {
    return firstInPort(this.component.type);
  }

  /**
   * Returns the root's actions at an event from outside. Resulting emissions happen when the instance is advanced next.
   */
  handler(port: string): readonly Assignment[] {
    const known = this.#handlers.get(port);
    if (known) return known;
    const { statements, emissions } = handle(this.#context, this.tree.root, port);
    const made = [...statements, ...this.#flagged(emissions)];
    this.#handlers.set(port, made);
    return made;
  }

  /** Checks whether anything happens when an event arrives at a port. */
  hears(port: string): boolean {
    const { dynamics } = this.component.type;
    const handlers = [...(dynamics?.onEvents ?? []), ...(dynamics?.regimes ?? []).flatMap(({ onEvents }) => onEvents)];
    return handlers.some((handler) => handler.port === port && handler.actions.length > 0);
  }

  /**
   * Returns the variable visible from outside under a path of ids and names within the instance, or undefined if there
   * is none.
   */
  seen(path: readonly string[]): Meaning | undefined {
    return this.#seen(path)?.meaning;
  }

  /**
   * Returns the name of a variable that is recorded, or undefined if there is none. As in jLEMS, a state variable
   * without an exposure in a type with regimes is recorded after the regimes: by a copy, unless they are kept in a
   * variable.
   */
  recorded(path: readonly string[]): string | undefined {
    const found = this.#seen(path);
    if (!found) return undefined;
    const { node } = found;
    const name = path.at(-1) ?? '';
    const variables = [...stateVariables(node.type), ...derivedVariables(node.type)];
    const isHidden =
      (node.type.dynamics?.regimes ?? []).length > 0 &&
      stateVariables(node.type).some((variable) => variable.name === name && variable.exposure === undefined) &&
      !variables.some(({ exposure }) => exposure === name);
    const own = isHidden ? this.variables.variable(node, name) : undefined;
    if (!own) return found.meaning.expression.kind === 'name' ? found.meaning.expression.name : undefined;
    return this.#modes.has(node) ? own.name : this.#copy(own.name, 'after');
  }

  #seen(path: readonly string[]): { readonly node: TreeNode; readonly meaning: Meaning } | undefined {
    let node: TreeNode | undefined = this.tree.root;
    for (const step of path.slice(0, -1)) node = node && membersNamed(node, step)[0];
    const name = path.at(-1);
    if (!node || name === undefined) return undefined;
    const meaning = this.variables.seen(node, name, null) ?? this.variables.own(node, name);
    return meaning && { node, meaning };
  }

  /** Variables that may be seen from outside, for suggestions. */
  get visible(): readonly string[] {
    const { type } = this.tree.root;
    return [
      ...type.exposures.keys(),
      ...stateVariables(type).map(({ name }) => name),
      ...derivedVariables(type).map(({ name }) => name),
    ];
  }

  /**
   * Returns a copy of a variable, under its own name, with the value from before the instance was advanced. The other
   * end of a tunnel reads it in the same step when it comes later, and in the next step when it comes earlier.
   */
  before(name: string): string {
    return this.#copy(name, 'before');
  }

  #copy(of: string, when: Copied['when']): string {
    const known = this.#copies.get(`${of} ${when}`);
    if (known) return known.name;
    const name = this.names.take(`${of}_${when}`);
    this.#copies.set(`${of} ${when}`, { of, when, name });
    return name;
  }

  /** Returns the inputs that receive contributions of an attached component. */
  inputsFrom(component: Component, list: string): readonly FlatInput[] {
    return this.inputs.filter(
      (input) => input.node === this.tree.root && input.list === list && admits(input.predicate, component),
    );
  }

  // --- Parts --------------------------------------------------------------------------------------------------------

  #advance(node: TreeNode): void {
    for (const inner of node.inner) this.#advance(inner);
    const { dynamics } = node.type;
    if (!dynamics) {
      this.#part(node, emptyPart);
      return;
    }
    const starts = new Map(startValues(this.variables, node, !this.#modes.has(node)));
    for (const scheme of dynamics.kineticSchemes) {
      const { rates, start } = flattenScheme(this.variables, node, scheme);
      for (const [name, value] of rates) this.rates.set(name, { value, place: scheme.place });
      for (const [name, initial] of start) {
        const at = this.states.findIndex((state) => state.name === name);
        const state = this.states[at];
        if (state) this.states[at] = { ...state, initial };
      }
      this.#part(node, { ...emptyPart, propagate: [...rates.keys()] });
    }
    for (const { name } of stateVariables(node.type)) {
      const variable = this.variables.variable(node, name);
      if (variable)
        this.states.push({
          name: variable.name,
          dimension: variable.dimension,
          initial: starts.get(variable.name) ?? null,
        });
    }
    const order = this.#derive(node);
    const state = dynamics.timeDerivatives.flatMap(({ variable, value }) => this.#rate(node, variable, value));
    const events = dynamics.onConditions.map(({ test, actions }) => {
      const when = this.#translated(node, test);
      return this.#event(node, when.expression, effectOf(this.#context, node, actions), test.place);
    });
    const derived = order.map((name) => this.#canonical(node, name));
    const mode = this.#modes.get(node);
    const regimes = dynamics.regimes.length > 0 && !mode;
    const moded = mode ? this.#advanceModes(node, mode, dynamics.regimes) : emptyPart;
    if (regimes) this.#advanceRegimes(node, dynamics.regimes);
    this.#part(node, {
      derived: [...moded.derived, ...derived],
      propagate: [],
      state: [...new Set([...state, ...moded.state])],
      events: [...events, ...moded.events],
      regimes,
      current: [],
    });
  }

  #part(node: TreeNode, part: FlatPart): void {
    this.#parts.push({ node, part });
  }

  #canonical(node: TreeNode, name: string): string {
    return this.variables.variable(node, name)?.name ?? name;
  }

  /**
   * Adds the derived variables of a node.
   *
   * @returns their LEMS names, each after the names that it reads
   */
  #derive(node: TreeNode): readonly string[] {
    const ordered = inOrderOfReading(derivedVariables(node.type));
    for (const definition of ordered) this.#deriveOne(node, definition);
    return ordered.map(({ name }) => name);
  }

  #deriveOne(node: TreeNode, definition: DerivedVariableDefinition): void {
    const { name, value, select, reduce, required, cases, place } = definition;
    const variable = this.variables.variable(node, name);
    if (!variable) return;
    const { dimension } = variable;
    const expressionOf = (formula: LemsExpression): Expression => fit(this.#translated(node, formula), dimension);
    let made: Expression | undefined;
    if (value) made = expressionOf(value);
    else if (select !== undefined) {
      const selected = selectValue(
        this.variables,
        node,
        { path: select, reduce, required, dimension, place },
        this.#reach,
      );
      made = selected && fit({ ...selected, zero: false }, dimension);
    } else if (cases) {
      const zero = dimension ? quantity(0, dimension) : integer(0);
      const chosen = cases.map((each) => ({
        condition: each.condition && this.#translated(node, each.condition).expression,
        value: expressionOf(each.value),
      }));
      made = choose(chosen, zero);
    }
    this.derived.push({ name: variable.name, dimension, value: made ?? integer(0), place: value?.place ?? place });
  }

  readonly #reach: Reach = {
    peer: (node, tunnel, variable) => this.setting.peer?.(node, tunnel, variable),
    attachments: (sumOf, dimension) => {
      const same = this.inputs.find(
        (input) =>
          input.node === sumOf.node &&
          input.list === sumOf.list &&
          input.variable === sumOf.variable &&
          input.reduce === sumOf.reduce &&
          JSON.stringify(input.predicate) === JSON.stringify(sumOf.predicate),
      );
      const input = same ?? {
        ...sumOf,
        dimension,
        name: this.names.take(`${sumOf.node.prefix}${sumOf.list}_${sumOf.variable}`),
      };
      if (!same) this.inputs.push(input);
      return { expression: nameOf(input.name), dimension: input.dimension };
    },
  };

  /**
   * Adds a rate of change.
   *
   * @returns the canonical name of the variable, or an empty list after a finding
   */
  #rate(node: TreeNode, variable: string, formula: LemsExpression): readonly string[] {
    const target = this.variables.variable(node, variable);
    if (target?.kind !== 'state') return [];
    this.rates.set(target.name, { value: this.#rateOf(node, variable, formula), place: formula.place });
    return [target.name];
  }

  #rateOf(node: TreeNode, variable: string, formula: LemsExpression): Expression {
    const dimension = this.variables.variable(node, variable)?.dimension ?? null;
    return fit(this.#translated(node, formula), perSecond(dimension));
  }

  /** Returns an expression of an instance in canonical names; unknown names are reported. */
  #translated(node: TreeNode, { tree, place }: LemsExpression): Typed {
    return translate(tree, this.variables.scope(node), (missing) => this.variables.unknown(node, missing, place));
  }

  // --- Events -------------------------------------------------------------------------------------------------------

  /** Adds a condition with its effect. @returns its canonical name */
  #event(node: TreeNode, when: Expression, effect: Effect, place: Place): string {
    const { emissions } = effect;
    const [only] = emissions;
    const plain = this.setting.kind === 'neuron' && only !== undefined && emissions.length === 1 && !only.guard;
    const emits = plain ? identifier(only.port) : null;
    const name = this.eventNames.take(emits ?? `${node.prefix}condition`);
    const statements = plain ? effect.statements : [...effect.statements, ...this.#flagged(emissions)];
    this.events.push({ name, when, do: statements, emits, place });
    return name;
  }

  /** Statements that have events emitted when the instance is next done with a step. */
  #flagged(emissions: readonly Emission[]): readonly Assignment[] {
    if (this.setting.kind === 'synapse') return [];
    return emissions.map(({ port, guard }) => {
      const flag = this.#flag(identifier(port));
      return assign(flag, guard ? choose([{ condition: guard, value: integer(1) }], nameOf(flag)) : integer(1));
    });
  }

  #flag(port: string): string {
    const known = this.#flags.get(port);
    if (known) return known.state;
    const state = this.names.take(`${port}_due`);
    const event = this.eventNames.take(port);
    this.#flags.set(port, { event, state });
    this.states.push({ name: state, dimension: null, initial: null, integer: true });
    const { place } = this.component;
    this.events.push({
      name: event,
      when: binary('==', nameOf(state), integer(1)),
      do: [assign(state, integer(0))],
      emits: port,
      place,
    });
    return state;
  }

  // --- Regimes ------------------------------------------------------------------------------------------------------

  /** Regimes of the root are canonical ones unless events change them; all others are kept in a variable. */
  #declareMode(node: TreeNode): void {
    if ((node.type.dynamics?.regimes ?? []).length === 0) return;
    if (node === this.tree.root && this.setting.kind === 'neuron' && haveCanonicalRegimes(node.type)) return;
    this.#modes.set(node, {
      active: this.names.take(`${node.prefix}regime`),
      held: this.names.take(`${node.prefix}regime_held`),
    });
  }

  #advanceRegimes(node: TreeNode, regimes: readonly RegimeDefinition[]): void {
    const first = regimes[firstOf(regimes)];
    for (const regime of regimes) {
      const rates = new Map(
        regime.timeDerivatives.map(({ variable, value }) => [
          this.#canonical(node, variable),
          this.#rateOf(node, variable, value),
        ]),
      );
      const transitions = regime.onConditions.map(({ test, actions }) => {
        const when = this.#translated(node, test);
        const { statements, emissions, transition } = effectOf(this.#context, node, actions);
        const [emission] = emissions;
        return {
          when: when.expression,
          do: statements,
          ...(transition === undefined ? {} : { to: identifier(transition) }),
          ...(emission ? { emit: identifier(emission.port) } : {}),
          place: test.place,
        };
      });
      this.regimes.push({
        name: identifier(regime.name),
        initial: regime === first,
        rates,
        onEntry: effectOf(this.#context, node, regime.onEntry).statements,
        transitions,
      });
    }
  }

  /**
   * Regimes kept in a variable: rates and conditions that hold in one of its values, read once before they are
   * advanced.
   */
  #advanceModes(node: TreeNode, mode: Mode, regimes: readonly RegimeDefinition[]): FlatPart {
    this.states.push({ name: mode.active, dimension: null, initial: integer(firstOf(regimes)), integer: true });
    this.derived.push({
      name: mode.held,
      dimension: null,
      value: nameOf(mode.active),
      integer: true,
      place: node.component.place,
    });
    const integrated = integratedIn(regimes);
    for (const variable of integrated) {
      const dimension = perSecond(this.variables.variable(node, variable)?.dimension ?? null);
      const rate = rateInRegimes(mode.held, regimes, variable, dimension, (value) =>
        this.#rateOf(node, variable, value),
      );
      const name = this.#canonical(node, variable);
      const always = this.rates.get(name);
      this.rates.set(name, { value: always ? sum(always.value, rate) : rate, place: node.component.place });
    }
    const events = regimes.flatMap((regime, index) =>
      regime.onConditions.map(({ test, actions }) => {
        const when = this.#translated(node, test);
        const active = binary('and', inRegime(mode.held, index), when.expression);
        return this.#event(node, active, effectOf(this.#context, node, actions), test.place);
      }),
    );
    return {
      ...emptyPart,
      derived: [mode.held],
      state: integrated.map((variable) => this.#canonical(node, variable)),
      events,
    };
  }

  /**
   * Checks whether other instances read a variable late. They read it as it was after its instance's own step. Later
   * changes, by regimes and kinetic schemes, become visible one step after. The timing profile itself handles canonical
   * regimes, and handlers called from outside.
   */
  #isLate(node: TreeNode, name: string): boolean {
    const { dynamics } = node.type;
    if (!dynamics || !stateVariables(node.type).some((variable) => variable.name === name)) return false;
    if (this.#modes.has(node) && dynamics.regimes.some((regime) => changedIn(regime).has(name))) return true;
    const schemes = node.parent?.type.dynamics?.kineticSchemes ?? [];
    return schemes.some(({ nodes, stateVariable }) => nodes === node.role && stateVariable === name);
  }
}
