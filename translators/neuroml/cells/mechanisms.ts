/**
 * Channels and pools on the membrane of a cell with compartments, as canonical mechanisms. The component's equations
 * are flattened as usual, and variables required of the cell are read at their place.
 */

import { ampere, area, concentration, kelvin, volt } from '../../../src/lang/dimension.js';
import type { Diagnostics } from '../../../src/diagnostics/diagnostic.js';
import type { Expression } from '../../../src/lang/ast.js';
import { dimensionless } from '../../../src/lang/ast.js';
import { binary, name as nameOf, product } from '../../../src/lang/build.js';
import { LangError } from '../../../src/lang/lang-error.js';
import { printExpression } from '../../../src/lang/print.js';
import { namesIn } from '../../../src/lang/walk.js';
import { valueOf } from '../components.js';
import { translate, type Meaning } from '../flatten/expressions.js';
import { mechanismDocument } from '../flatten/document.js';
import { FlatType } from '../flatten/flatten.js';
import { literal, type Outside } from '../flatten/variables.js';
import type { Component, LemsModel } from '../lems/definitions.js';
import { parseLemsExpression } from '../lems/parse-expression.js';
import * as messages from './messages.js';
import { childOf } from './segments.js';

/** Context shared by the mechanisms of one cell. */
export interface MembraneContext {
  /** Everything that was read. */
  readonly lems: LemsModel;
  /** Receives the findings. */
  readonly diagnostics: Diagnostics;
  /** Ions of the cell: all ions carried by a channel or held by a pool. */
  readonly ions: ReadonlySet<string>;
  /** Ions with a model of their concentrations. */
  readonly pools: ReadonlySet<string>;
}

/** A mechanism, without the sections that it is on. */
type MechanismDocument = Record<string, unknown>;

/** A mechanism with its sources, for a search of its variables. */
export interface FlatMechanism {
  /** Equations of the component. */
  readonly flat: FlatType;
  /** The mechanism of the canonical document. */
  readonly document: MechanismDocument;
}

/**
 * How names that components require of a cell are read at a place on it. Currents that are required are of the whole
 * compartment.
 */
function atPlace({ ions, pools }: MembraneContext, own: Outside, absent: (ion: string) => void): Outside {
  const known = new Map<string, Meaning>([
    ['v', { expression: nameOf('v'), dimension: volt }],
    ['temperature', { expression: nameOf('temperature'), dimension: kelvin }],
    ['surfaceArea', { expression: nameOf('area'), dimension: area }],
  ]);
  for (const [ion, suffix] of [
    ['ca', ''],
    ['ca2', '2'],
  ] as const) {
    const level = (name: string): Meaning =>
      pools.has(ion) ? { expression: nameOf(name), dimension: concentration } : literal(0, concentration);
    known.set(`caConc${suffix}`, level(`${ion}_i`));
    known.set(`caConcExt${suffix}`, level(`${ion}_o`));
    const current = ions.has(ion)
      ? { expression: product(nameOf(`i_${ion}`), nameOf('area')), dimension: ampere }
      : literal(0, ampere);
    known.set(`iCa${suffix}`, current);
  }
  return (name) => {
    const found = own(name);
    if (found) return found;
    const ion = /^caConc(?:Ext)?(2?)$/.exec(name);
    if (ion && !pools.has(`ca${ion[1]}`)) absent(`ca${ion[1]}`);
    return known.get(name);
  };
}

/** Returns a flattened component as a mechanism that writes some of its variables. */
function mechanism(
  component: Component,
  context: MembraneContext,
  writes: (flat: FlatType) => Readonly<Record<string, Expression | undefined>>,
  own: Outside = () => undefined,
): FlatMechanism {
  const { lems, diagnostics } = context;
  const name = component.id || component.type.name;
  const absent = new Set<string>();
  const outside = atPlace(context, own, (ion) => absent.add(ion));
  const flat = new FlatType(component, { lems, diagnostics, kind: 'synapse', outside, instant: true });
  const valued = (node: Component | undefined, name: string): number => (node && valueOf(node, name, lems)) ?? 0;
  const equations = mechanismDocument(flat, ({ source }) =>
    source.kind === 'component' ? valued(flat.tree.nodes[source.ordinal]?.component, source.name) : 0,
  );
  for (const ion of absent)
    diagnostics.add({ severity: 'warning', ...messages.noConcentration(name, ion) }, component.place);
  const written = Object.entries(writes(flat)).flatMap(([name, value]) => (value ? [[name, value] as const] : []));
  const taken = (name: string): boolean => flat.names.has(name);
  const expressions = [
    ...written.map(([, value]) => value),
    ...flat.allDerived.map(({ value }) => value),
    ...[...flat.rates.values()].map(({ value }) => value),
    ...flat.states.flatMap(({ initial }) => (initial ? [initial] : [])),
    ...flat.events.flatMap(({ when, do: actions }) => [when, ...actions.map(({ value: assigned }) => assigned)]),
  ];
  const used = new Set(expressions.flatMap((e) => [...namesIn(e)]));
  const reads = [...used].filter((name) => isPlaceName(name, context) && !flat.names.has(name)).sort();
  return {
    flat,
    document: {
      ...equations,
      ...(reads.length > 0 ? { reads } : {}),
      writes: Object.fromEntries(written.map(([name, value]) => [name, printExpression(value, { taken })])),
    },
  };
}

function isPlaceName(name: string, { ions }: MembraneContext): boolean {
  if (['v', 'area', 'temperature', 'distance'].includes(name)) return true;
  const ion = /^(?:i|e)_(\w+)$/.exec(name)?.[1] ?? /^(\w+)_[io]$/.exec(name)?.[1];
  return ion !== undefined && ions.has(ion);
}

/** Returns the name of the current that a density carries: of its ion, or of none in particular. */
function currentName(component: Component, { ions }: MembraneContext): string {
  const ion = component.attributes['ion'] ?? '';
  return ions.has(ion) ? `i_${ion}` : 'i';
}

/**
 * Returns channels by area (any density type with an exposure `iDensity`).
 *
 * @param varying its parameter that varies along the cell, as an expression over the place
 */
export function densityMechanism(
  component: Component,
  context: MembraneContext,
  varying: Varying | null,
): FlatMechanism {
  const source = varying ? uniform(component, varying, context) : component;
  const { flat, document } = mechanism(source, context, (made) => ({
    [currentName(component, context)]: made.seen(['iDensity'])?.expression,
  }));
  if (!varying) return { flat, document };
  const parameter = flat.parameters.find(
    (one) => one.source.kind === 'component' && one.source.ordinal === 0 && one.source.name === varying.parameter,
  );
  if (!parameter) return { flat, document };
  const { [parameter.name]: _, ...parameters } = document['parameters'] as Record<string, unknown>;
  const own = flat.names.take(varying.variable);
  const value = printExpression(varying.value(own), { taken: flat.names.has });
  const derived = (document['derived'] ?? {}) as Record<string, unknown>;
  const reads = new Set([...((document['reads'] as readonly string[] | undefined) ?? []), 'distance']);
  const along = {
    ...document,
    parameters,
    derived: {
      [own]: { value: varying.position },
      [parameter.name]: { unit: varying.unit, value: `(${value})*${varying.scale}` },
      ...derived,
    },
    reads: [...reads].sort(),
  };
  return { flat, document: along };
}

/**
 * Returns counted channels. Their current is the current of the entire group, and each compartment has its share by
 * area.
 */
export function populationMechanism(component: Component, context: MembraneContext, groupArea: number): FlatMechanism {
  const { flat, document } = mechanism(component, context, (made) => {
    const current = made.seen(['i'])?.expression;
    const share = binary('/', nameOf('area'), literal(groupArea, area).expression);
    return { [currentName(component, context)]: current && product(current, share) };
  });
  return { flat, document: { density: false, ...document } };
}

/** Returns a pool: the concentration model of a species, from its initial concentrations. */
export function poolMechanism(
  species: Component,
  model: Component,
  ion: string,
  context: MembraneContext,
): FlatMechanism {
  const { lems } = context;
  const own: Outside = (name) => {
    const declared = species.type.parameters.get(name);
    return declared && literal(valueOf(species, name, lems) ?? 0, declared.dimension);
  };
  return mechanism(
    model,
    context,
    (flat) => ({
      [`${ion}_i`]: flat.seen(['concentration'])?.expression,
      [`${ion}_o`]: flat.seen(['extConcentration'])?.expression,
    }),
    own,
  );
}

// --- Parameters that vary along a cell
// --------------------------------------------------------------------------------
/** A parameter that varies along the cell. */
export interface Varying {
  /** Name of the mechanism's parameter. */
  readonly parameter: string;
  /** The variable of the expression, and its value at a place. */
  readonly variable: string;
  /** The variable's value at a place: an expression of its distance from the root. */
  readonly position: string;
  /** The parameter as a number, over a variable of this name. */
  readonly value: (variable: string) => Expression;
  /** Unit of the parameter. */
  readonly unit: string;
  /** Factor that gives the number the parameter's unit. */
  readonly scale: string;
}

const units: Readonly<Record<string, readonly [unit: string, scale: string]>> = {
  condDensity: ['S*m**-2', 'siemens/metre**2'],
  permeability: ['m*s**-1', 'metre/second'],
};

/**
 * Returns the expression of a parameter that varies, checked.
 *
 * @returns null after a finding
 * @diagnostic neuroml/quantity
 */
export function varying(
  variable: Component,
  symbol: string,
  position: string,
  diagnostics: Diagnostics,
): Varying | null {
  const parameter = variable.attributes['parameter'] ?? 'condDensity';
  const written = childOf(variable, 'inhomogeneousValue');
  const text = written?.attributes['value'];
  const unit = Object.hasOwn(units, parameter) ? units[parameter] : undefined;
  if (text === undefined || !unit) {
    diagnostics.add(messages.badQuantity(parameter, text), (written ?? variable).place);
    return null;
  }
  try {
    const tree = parseLemsExpression(text);
    const unknown = new Set<string>();
    const value = (own: string): Expression =>
      translate(
        tree,
        (name) => (name === symbol ? { expression: nameOf(own), dimension: dimensionless } : undefined),
        (name) => unknown.add(name),
      ).expression;
    value(symbol);
    if (unknown.size === 0) return { parameter, variable: symbol, position, value, unit: unit[0], scale: unit[1] };
  } catch (error) {
    if (!(error instanceof LangError)) throw error;
  }
  diagnostics.add(messages.badQuantity(parameter, text), (written ?? variable).place);
  return null;
}

/**
 * Returns a density with a varying parameter as the density of the same kind with a constant one. The standard gives no
 * equations for the varying one.
 */
function uniform(component: Component, { parameter }: Varying, { lems }: MembraneContext): Component {
  const { type } = component;
  const plain = lems.types.get(type.name.replace('NonUniform', ''));
  const own = plain ?? type;
  const placeholder = parameter === 'permeability' ? '1 m_per_s' : '1 S_per_m2';
  return {
    ...plainComponent(component),
    type: own,
    attributes: { ...component.attributes, [parameter]: placeholder },
    children: [],
  };
}

function plainComponent({ id, type, role, parent, attributes, children, place }: Component): Component {
  return { id, type, role, parent, attributes, children, place };
}
