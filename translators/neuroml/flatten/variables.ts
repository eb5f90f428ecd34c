/** Meanings of names within the instances of a tree, and their values as other instances read them. */

import type { Diagnostics } from '../../../src/diagnostics/diagnostic.js';
import type { Dimension, Expression } from '../../../src/lang/ast.js';
import { dimensionless } from '../../../src/lang/ast.js';
import { name as nameOf, number, quantity } from '../../../src/lang/build.js';
import { isDimensionless, second } from '../../../src/lang/dimension.js';
import type {
  ComponentType,
  DerivedParameterDefinition,
  DerivedVariableDefinition,
  Dimensioned,
  LemsModel,
  StateVariableDefinition,
} from '../lems/definitions.js';
import { fit, translate, type Lookup, type Meaning } from './expressions.js';
import * as messages from './messages.js';
import type { CanonicalNames } from './names.js';
import type { Tree, TreeNode } from './tree.js';

/** Where the value of a canonical parameter comes from. */
type ParameterSource =
  /** A parameter or property of the component of the node with this ordinal. */
  | { readonly kind: 'component'; readonly ordinal: number; readonly name: string }
  | { readonly kind: 'expression'; readonly value: Expression }
  /** A name of the surroundings of the entire tree. */
  | { readonly kind: 'outside'; readonly name: string };

/** A parameter of a canonical type. */
export interface FlatParameter {
  readonly name: string;
  /** Null if it is not stated. */
  readonly dimension: Dimension | null;
  /** Where its value comes from. */
  readonly source: ParameterSource;
}

/** A state or derived variable of a node. */
interface Variable {
  readonly name: string;
  readonly dimension: Dimension | null;
  readonly kind: 'state' | 'derived';
}

/** A value that a node keeps for others. */
interface Copy {
  readonly name: string;
  readonly value: Expression;
  readonly dimension: Dimension | null;
}

/** Returns names beyond the root of a tree, from its cell or container. */
export type Outside = (name: string) => Meaning | FlatParameterRequest | undefined;
/** The value is a parameter that the surroundings give. */
interface FlatParameterRequest {
  readonly parameter: Dimension | null;
}

/** Returns all state variables of a type, including its regimes'. */
export function stateVariables(type: ComponentType): readonly StateVariableDefinition[] {
  const { dynamics } = type;
  return dynamics ? [...dynamics.stateVariables, ...dynamics.regimes.flatMap((regime) => regime.stateVariables)] : [];
}

/** Returns all derived variables of a type, including its regimes'. */
export function derivedVariables(type: ComponentType): readonly DerivedVariableDefinition[] {
  const { dynamics } = type;
  return dynamics
    ? [...dynamics.derivedVariables, ...dynamics.regimes.flatMap((regime) => regime.derivedVariables)]
    : [];
}

/** Names within one tree. */
export class Variables {
  /** Parameters that expressions have read so far. */
  readonly parameters: FlatParameter[] = [];
  /**
   * Copies that nodes make when they are advanced: of their own variables that other instances read late, and of
   * required ones.
   */
  readonly copies = new Map<TreeNode, Copy[]>();
  /** State variables of enclosing nodes that a node reads without delay, since they are not exposed. */
  readonly current = new Map<TreeNode, Set<string>>();
  readonly #own = new Map<TreeNode, Map<string, Variable>>();
  readonly #parameters = new Map<string, FlatParameter>();
  readonly #parameterNames = new Set<string>();
  readonly #copied = new Map<string, Meaning>();
  readonly #open = new Set<string>();

  constructor(
    readonly tree: Tree,
    readonly lems: LemsModel,
    readonly names: CanonicalNames,
    readonly diagnostics: Diagnostics,
    private readonly outside: Outside,
    /** Returns whether other instances read a variable late. */
    private readonly late: (node: TreeNode, variable: string) => boolean,
    /** Whether values get from level to level at once, as in equations that are not stepped part by part. */
    private readonly instant = false,
  ) {
    for (const node of tree.nodes) {
      const own = new Map<string, Variable>();
      for (const { name, dimension, exposure } of stateVariables(node.type)) {
        own.set(name, {
          name: names.take(node.prefix + name),
          dimension: dimension ?? exposed(node.type, exposure ?? name),
          kind: 'state',
        });
      }
      for (const { name, dimension, exposure } of derivedVariables(node.type)) {
        own.set(name, {
          name: names.take(node.prefix + name),
          dimension: dimension ?? exposed(node.type, exposure ?? name),
          kind: 'derived',
        });
      }
      this.#own.set(node, own);
    }
  }

  /** Returns a state or derived variable of a node by its LEMS name. */
  variable(node: TreeNode, name: string): Variable | undefined {
    return this.#own.get(node)?.get(name);
  }

  /** Returns the meaning of a name in the expressions of a node itself. */
  readonly own = (node: TreeNode, name: string): Meaning | undefined => {
    const variable = this.variable(node, name);
    if (variable) return meaning(variable);
    const constant = this.#constant(node, name);
    if (constant) return constant;
    if (node.type.requirements.has(name)) return name === 't' ? time : this.required(node, name);
    if (name === 't') return time;
    const global = this.lems.constants.get(name);
    if (global) return literal(global.value, global.dimension);
    if (name === 'index' && node === this.tree.root) return { expression: nameOf('i'), dimension: dimensionless };
    return undefined;
  };

  /**
   * Returns a node's name as other instances read it: an exposure first, then any variable, parameter or requirement.
   */
  readonly seen = (node: TreeNode, name: string, reader: TreeNode | null): Meaning | undefined => {
    const variable = this.#exposed(node, name);
    if (variable) return this.#shown(node, variable, reader);
    const constant = this.#constant(node, name);
    if (constant) return constant;
    return node.type.requirements.has(name) ? this.required(node, name) : undefined;
  };

  /**
   * Returns a required variable of the enclosing nodes. An enclosing node with the same requirement has a copy from its
   * last advance, so values move up one level in a step.
   */
  required(node: TreeNode, name: string): Meaning | undefined {
    for (let at = node.parent; at; at = at.parent) {
      const variable = this.#exposed(at, name);
      if (variable) {
        this.#noteCurrent(node, at, name, variable);
        return this.#shown(at, variable, node);
      }
      const constant = this.#constant(at, name);
      if (constant) return constant;
      if (!this.instant && at.type.copied.has(name)) return this.#passedOn(at, name);
    }
    const found = this.outside(name);
    if (!found || 'expression' in found) return found;
    const dimension = found.parameter ?? node.type.requirements.get(name)?.dimension ?? null;
    return this.#parameter(`outside ${name}`, name, dimension, { kind: 'outside', name });
  }

  /** Notes that a node reads a variable as it is: one not exposed by its name, which events change within the step. */
  #noteCurrent(node: TreeNode, at: TreeNode, name: string, [lems, variable]: readonly [string, Variable]): void {
    const isExposed = stateVariables(at.type).some(({ exposure }) => exposure === name);
    const isChanged = at.type.dynamics?.onEvents.some(({ actions }) =>
      actions.some((action) => action.kind === 'assign' && action.variable === lems),
    );
    if (isExposed || variable.kind !== 'state' || isChanged !== true) return;
    const known = this.current.get(node);
    if (known) known.add(variable.name);
    else this.current.set(node, new Set([variable.name]));
  }

  #passedOn(node: TreeNode, name: string): Meaning | undefined {
    const key = `${node.ordinal} ${name}`;
    const known = this.#copied.get(key);
    if (known) return known;
    const found = this.required(node, name);
    if (found?.expression.kind !== 'name') return found;
    const { name: of } = found.expression;
    // Values from outside may vary there, such as the potential of an input's cell.
    if (this.parameters.some((parameter) => parameter.name === of && parameter.source.kind !== 'outside')) return found;
    const copy = this.names.take(node.prefix + name);
    this.#addCopy(node, { name: copy, value: found.expression, dimension: found.dimension });
    const meant = { expression: nameOf(copy), dimension: found.dimension };
    this.#copied.set(key, meant);
    return meant;
  }

  #addCopy(node: TreeNode, copy: Copy): void {
    const copies = this.copies.get(node);
    if (copies) copies.push(copy);
    else this.copies.set(node, [copy]);
  }

  /** Returns a lookup for expressions of a node. */
  scope(node: TreeNode): Lookup {
    return (name) => this.own(node, name);
  }

  /** Returns the LEMS name of the variable that a node exposes under a name, and the variable. */
  #exposed(node: TreeNode, name: string): readonly [string, Variable] | undefined {
    const definition = [...stateVariables(node.type), ...derivedVariables(node.type)].find(
      ({ exposure }) => exposure === name,
    );
    const own = definition?.name ?? name;
    const variable = this.variable(node, own);
    return variable && [own, variable];
  }

  #shown(node: TreeNode, [lems, variable]: readonly [string, Variable], reader: TreeNode | null): Meaning {
    if (reader === node || this.instant || !this.late(node, lems)) return meaning(variable);
    const known = this.#copied.get(variable.name);
    if (known) return known;
    const copy = this.names.take(`${variable.name}_exposed`);
    this.#addCopy(node, { name: copy, value: nameOf(variable.name), dimension: variable.dimension });
    const shown = { expression: nameOf(copy), dimension: variable.dimension };
    this.#copied.set(variable.name, shown);
    return shown;
  }

  /** Returns a parameter, property, derived parameter or constant of a node. */
  #constant(node: TreeNode, name: string): Meaning | undefined {
    const { type, component } = node;
    const constant = type.constants.get(name);
    const declared = type.parameters.get(name) ?? type.properties.get(name);
    if (declared) {
      const { dimension } = declared;
      return this.#parameter(`${node.ordinal} ${name}`, node.prefix + name, dimension, {
        kind: 'component',
        ordinal: node.ordinal,
        name,
      });
    }
    const derived = type.derivedParameters.get(name);
    if (derived) return this.#derivedParameter(node, derived);
    if (type.indexParameters.has(name)) return literal(Number(component.attributes[name] ?? 0), dimensionless);
    return constant && literal(constant.value, constant.dimension);
  }

  #derivedParameter(
    node: TreeNode,
    { name, dimension, value, select, place }: DerivedParameterDefinition,
  ): Meaning | undefined {
    const key = `${node.ordinal} ${name}`;
    const known = this.#parameters.get(key);
    if (known) return { expression: nameOf(known.name), dimension: known.dimension };
    if (value === undefined) return select === undefined ? undefined : this.select(node, select, place);
    if (this.#open.has(key)) return undefined;
    this.#open.add(key);
    const typed = translate(value.tree, this.scope(node), (missing) => this.unknown(node, missing, value.place));
    this.#open.delete(key);
    const unit = dimension ?? typed.dimension;
    return this.#parameter(key, node.prefix + name, unit, { kind: 'expression', value: fit(typed, unit) });
  }

  /** Returns the value of a selected derived parameter. The resolver of paths sets it. */
  select: (node: TreeNode, path: string, place: DerivedParameterDefinition['place']) => Meaning | undefined = () =>
    undefined;

  #parameter(key: string, wanted: string, dimension: Dimension | null, source: ParameterSource): Meaning {
    const known = this.#parameters.get(key);
    if (known) return { expression: nameOf(known.name), dimension: known.dimension };
    const parameter = { name: this.names.take(wanted), dimension, source };
    this.#parameters.set(key, parameter);
    this.parameters.push(parameter);
    this.#parameterNames.add(parameter.name);
    return { expression: nameOf(parameter.name), dimension };
  }

  /** Reports a name without a meaning in a node. */
  unknown(node: TreeNode, name: string, place: DerivedParameterDefinition['place']): void {
    if (node.type.requirements.has(name)) {
      // Other components of the type often lack the same names, for the same reason.
      const reported = unmet.get(this.diagnostics) ?? new Set<string>();
      unmet.set(this.diagnostics, reported);
      const requirement = `${node.type.name} ${name}`;
      if (reported.has(requirement)) return;
      reported.add(requirement);
      const chain: string[] = [];
      for (let at = node.parent; at; at = at.parent) chain.push(at.component.id || at.role);
      this.diagnostics.add(
        messages.unmetRequirement(name, chain.length > 0 ? chain : ['what encloses it']),
        node.component.place,
      );
      return;
    }
    const { type } = node;
    const known = [
      this.#own.get(node),
      type.parameters,
      type.constants,
      type.requirements,
      type.properties,
      type.derivedParameters,
    ];
    this.diagnostics.add(
      messages.unknownName(
        name,
        known.flatMap((map) => [...(map?.keys() ?? [])]),
      ),
      place,
    );
  }
}

/** Requirements that were reported, as a type and a name. */
const unmet = new WeakMap<Diagnostics, Set<string>>();

/** Dimension of an exposure. */
function exposed(type: ComponentType, name: string): Dimension | null {
  return type.exposures.get(name)?.dimension ?? null;
}

const time: Meaning = { expression: nameOf('t'), dimension: second };

function meaning({ name, dimension }: Variable): Meaning {
  return { expression: nameOf(name), dimension };
}

/** Returns a value in SI as a literal. */
export function literal(value: number, dimension: Dimension | null): Meaning {
  const pure = dimension === null || isDimensionless(dimension);
  return { expression: pure ? number(value) : quantity(value, dimension), dimension: pure ? dimensionless : dimension };
}

/** Returns the requirements of nodes that no enclosing node within the tree meets, except `t`. */
export function unmetRequirements({ nodes }: Tree): readonly Dimensioned[] {
  const met = (node: TreeNode, name: string): boolean => {
    for (let at = node.parent; at; at = at.parent) if (declares(at.type, name)) return true;
    return false;
  };
  return nodes.flatMap((node) =>
    [...node.type.requirements.values()].filter(({ name }) => name !== 't' && !met(node, name)),
  );
}

/** Checks whether instances of a type have a variable or value of a name. */
function declares(type: ComponentType, name: string): boolean {
  const values = [type.parameters, type.properties, type.derivedParameters, type.constants].some((map) =>
    map.has(name),
  );
  return (
    values ||
    [...stateVariables(type), ...derivedVariables(type)].some(
      (variable) => variable.name === name || variable.exposure === name,
    )
  );
}
