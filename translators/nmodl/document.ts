/** Mechanisms as canonical documents: on a cell of one compartment, so that one can run and describe them. */

import type { Expression, Span } from '../../src/lang/ast.js';
import { assignment, binary, name as nameOf, number, sum } from '../../src/lang/build.js';
import { NoNumber } from '../../src/lang/evaluate.js';
import { LangError } from '../../src/lang/lang-error.js';
import { isObject } from '../../src/diagnostics/member.js';
import { printExpression } from '../../src/lang/print.js';
import { faraday, gasConstant } from '../../src/lang/physics.js';
import { parseQuantity } from '../../src/lang/quantity.js';
import { substitute } from '../../src/lang/walk.js';
import { valueAt } from '../../src/library/recognise/numbers.js';
import { identifier } from '../../src/model/free-name.js';
import { usualTemperature } from '../shared/neuron.js';
import { located, locatedExpression, locatedStatement, type Located } from '../shared/located.js';
import { quantityOf, withoutCopies, type Ion, type Mechanism, type Receipt } from './mechanism.js';
import { followsNernst, ionDefaults, portName, type IonAccess } from './ions.js';
import type { EventStatement } from './receive.js';
import { separateParts } from './separate-parts.js';
import { unitExpression, type Powers } from './units.js';

/** Pointer of the whole text, into which spans are offsets. */
const text = '';

/** Returns a unit as text; `1` for numbers. */
export function unitText(unit: Powers): string {
  const written = unitExpression(unit);
  return written ? printExpression(written) : '1';
}

const placed = (e: Expression): Located => locatedExpression(e, text);
const at = (value: unknown, span: Span): Located => located(value, text, span);

/** Returns the document of a mechanism. */
export function documentOf(mechanism: Mechanism): Record<string, unknown> {
  const cell = `${mechanism.name}_cell`;
  const { receipt } = mechanism;
  const isSynapse = receipt !== undefined;
  const parts = separateParts(mechanism);
  const compartments = {
    sections: {
      soma: {
        length: '20 um',
        diameter: '20 um',
        divisions: 1,
        specificCapacitance: '1 uF/cm**2',
        resistivity: '35.4 ohm*cm',
      },
    },
    groups: {},
    ...(mechanism.ions.size === 0 || isSynapse
      ? {}
      : {
          ions: Object.fromEntries(
            [...mechanism.ions].map(([name, ion]) => [
              name,
              ionOf(name, ion, ion.readsReversal ? reversalOf(name, [ion]) : undefined),
            ]),
          ),
        }),
    mechanisms: isSynapse ? {} : Object.fromEntries(parts.map((part) => [part.name, membraneOf(part, ['soma'])])),
    initial: '-65 mV',
    temperature: `${usualTemperature} kelvin`,
  };
  return {
    interneuron: 1,
    name: identifier(mechanism.name),
    ...(mechanism.title === undefined || mechanism.title === '' ? {} : { metadata: { title: mechanism.title } }),
    neurons: {
      [cell]: {
        compartments,
        ...(isSynapse ? { inputs: { synaptic: { unit: 'A', reduce: 'sum' } } } : {}),
        events: { spike: { when: 'v > 0*mV', edge: 'rising', do: [], section: 'soma', fraction: 0.5 } },
      },
    },
    populations: {
      cell: { type: cell, size: 1 },
      ...(isSynapse ? { source: { size: 1, spikes: { indices: [0], times: { array: [10], unit: 'ms' } } } } : {}),
    },
    ...(receipt ? synapseOf(mechanism, receipt) : {}),
    record: [{ of: 'cell', variables: ['v'] }],
    experiment: { dt: '0.025 ms', duration: '100 ms' },
  };
}

/**
 * Returns a mechanism of a membrane.
 *
 * @param places  sections and groups where it is
 * @param isStepped  whether the cell takes the steps of NEURON, which measures slopes of currents by differences
 */
export function membraneOf(
  mechanism: Mechanism,
  places: readonly string[],
  isStepped = false,
): Record<string, unknown> {
  const part = isStepped ? mechanism : withoutCopies(mechanism);
  const values = Object.fromEntries(places.map((place) => [place, { diam: 'diameter' }]));
  return {
    ...equationsOf(part),
    density: part.kind === 'density',
    reads: part.reads,
    writes: Object.fromEntries([...part.writes].map(([port, value]) => [port, placed(value)])),
    ...(part.parameters.has('diam') ? { values } : {}),
  };
}

interface Equations {
  readonly parameters: Record<string, unknown>;
  readonly state: Record<string, unknown>;
  readonly derived: Record<string, unknown>;
  readonly derivatives?: Record<string, unknown>;
  readonly scheme?: Located;
  readonly conserved?: Record<string, unknown>;
}

/** @param known  expressions in place of names of the surroundings */
function equationsOf(
  { parameters, states, derived, scheme, conserved }: Mechanism,
  known: ReadonlyMap<string, Expression> = new Map(),
): Equations {
  const placed = (e: Expression): Located => locatedExpression(substitute(e, known), text);
  const rates = [...states].flatMap(([name, { rate }]) => (rate ? [[name, placed(rate)] as const] : []));
  return {
    parameters: Object.fromEntries(
      [...parameters].map(([name, { value, unit, span }]) => [
        name,
        at({ unit: unitText(unit), value: printExpression(quantityOf(value, unit)) }, span),
      ]),
    ),
    state: Object.fromEntries(
      [...states].map(([name, { unit, initial, span }]) => [
        name,
        at({ unit: unitText(unit), initial: placed(initial) }, span),
      ]),
    ),
    derived: Object.fromEntries(
      derived.map(({ name, expression, unit, span, held, table }) => [
        name,
        at(
          {
            unit: unitText(unit),
            value: placed(expression),
            ...(held ? { held } : {}),
            ...(table ? { table: { from: `${table.from} mV`, to: `${table.to} mV`, intervals: table.intervals } } : {}),
          },
          span,
        ),
      ]),
    ),
    ...(rates.length === 0 ? {} : { derivatives: Object.fromEntries(rates) }),
    ...(scheme.length === 0 ? {} : { scheme: at(scheme, states.get(scheme[0] ?? '')?.span ?? { start: 0, end: 1 }) }),
    ...(conserved.size === 0
      ? {}
      : { conserved: Object.fromEntries([...conserved].map(([state, value]) => [state, placed(value)])) }),
  };
}

/** Returns an ion with the first concentrations of NEURON. */
export function ionOf(name: string, { valence, span }: Ion, reversal?: string): unknown {
  const { inside, outside } = ionDefaults(name);
  return at(
    {
      ...(valence === undefined ? {} : { valence }),
      inside: `${inside} mM`,
      outside: `${outside} mM`,
      ...(reversal === undefined ? {} : { reversal }),
    },
    span,
  );
}

/** Returns the reversal potential of an ion on a section, by the uses of all mechanisms there. */
export const reversalOf = (ion: string, uses: readonly IonAccess[]): string =>
  followsNernst(uses) ? 'nernst' : `${ionDefaults(ion).reversal} mV`;

/** Returns the synapse type of a point process that receives events, and a projection that uses it. */
function synapseOf(mechanism: Mechanism, receipt: Receipt): Record<string, unknown> {
  const { name } = mechanism;
  const { current, ...type } = synapseTypeOf(mechanism, receipt, usualTemperature);
  return {
    synapses: { [name]: { ...type, ...(current ? { contributes: { 'post.synaptic': current } } : {}) } },
    projections: {
      [`${name}_input`]: {
        from: 'source',
        to: { of: 'cell', places: { section: 'soma', fraction: 0.5 } },
        synapse: name,
        connect: 'all',
        delays: { pre: '1 ms', ...delaysAfter(mechanism, receipt, '1 ms', {}) },
      },
    },
  };
}

/**
 * Returns the delays of events that a point process sends to itself: those of its connections and its own time.
 *
 * @param delay  of the connections: a number of seconds, a quantity, or a list with a unit
 * @param values  of a projection, in the units of the file if they are numbers
 * @returns undefined if they are no numbers
 */
export function delaysAfter(
  { parameters, derived }: Mechanism,
  { pathways }: Receipt,
  delay: unknown,
  values: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> | undefined {
  const seconds = (value: unknown): number => (typeof value === 'number' ? value : parseQuantity(String(value)).value);
  const listed = isObject(delay) ? (delay as { readonly array: readonly number[]; readonly unit: string }) : undefined;
  const known = new Map(derived.map(({ name, expression }) => [name, expression]));
  const lookup = (name: string): number => {
    const [parameter, definition] = [parameters.get(name), known.get(name)];
    if (definition) return valueAt(definition, lookup);
    if (!parameter) return seconds(`1 ${name}`);
    const given = values[name] ?? parameter.value;
    return typeof given === 'number' ? valueAt(quantityOf(given, parameter.unit), lookup) : seconds(given);
  };
  try {
    return Object.fromEntries(
      pathways.map(({ name, delay: own }) => {
        const after = valueAt(own, lookup);
        const all = listed?.array.map((one) => seconds(`${one} ${listed.unit}`) + after);
        return [name, all ? { array: all } : seconds(delay) + after];
      }),
    );
  } catch (error) {
    if (error instanceof NoNumber || error instanceof LangError) return undefined;
    throw error;
  }
}

/** Returns the values that variables of an ion have where no mechanism of a membrane uses it, by ports with units. */
const parametersOf = (
  ion: string,
  use: Ion,
  temperature: number,
): (readonly [port: string, unit: string, value: string])[] => {
  const { inside, outside, reversal } = ionDefaults(ion);
  const nernst = `${gasConstant}*${temperature}/(${use.valence ?? 1}*${faraday})*log(${outside}/${inside})*volt`;
  return [
    [portName(ion, 'reversal'), 'V', followsNernst([use]) ? nernst : `${reversal} mV`],
    [portName(ion, 'inside'), 'mM', `${inside} mM`],
    [portName(ion, 'outside'), 'mM', `${outside} mM`],
  ];
};

/**
 * Returns the synapse type of a point process, with its current into the cell apart.
 *
 * @param temperature  of the cells; K
 * @param ofCells      variables of ions that the cells have; others are parameters
 * @param isStepped    whether the cells take the steps of NEURON, as for mechanisms of membranes
 */
export function synapseTypeOf(
  point: Mechanism,
  receipt: Receipt,
  temperature: number,
  ofCells: ReadonlySet<string> = new Set(),
  isStepped = false,
): Record<string, unknown> & { readonly current: Located | undefined } {
  const mechanism = isStepped ? point : withoutCopies(point);
  const { writes, ions } = mechanism;
  const { weight, variables, statements, pathways, timed } = receipt;
  const levels = [...ions].flatMap(([ion, use]) => parametersOf(ion, use, temperature));
  const known = new Map<string, Expression>([
    ['v', nameOf('post.v')],
    ['temperature', binary('*', number(temperature), nameOf('kelvin'))],
    ...[...ofCells].map((port) => [port, nameOf(`post.${port}`)] as const),
  ]);
  const own = equationsOf(mechanism, known);
  const codeOf = (list: readonly EventStatement[]): readonly Located[] =>
    list.map(({ target, value, span }) =>
      locatedStatement(assignment(target, '=', substitute(value, known), span), text),
    );
  const { parameters, state, ...rest } = own;
  const currents = [...writes].flatMap(([port, value]) => (/^i(?:_|$)/.test(port) ? [substitute(value, known)] : []));
  return {
    ...rest,
    parameters: {
      ...parameters,
      ...Object.fromEntries(
        levels
          .filter(([level]) => mechanism.reads.includes(level) && !ofCells.has(level))
          .map(([level, unit, value]) => [level, { unit, value }]),
      ),
      ...(weight
        ? { [weight.name]: { unit: unitText(weight.unit), value: printExpression(quantityOf(0.001, weight.unit)) } }
        : {}),
    },
    state: {
      ...state,
      ...Object.fromEntries(
        [...variables].map(([variable, { unit, initial }]) => [
          variable,
          { unit: unitText(unit), initial: placed(substitute(initial, known)) },
        ]),
      ),
    },
    pathways: {
      pre: { do: codeOf(statements) },
      ...Object.fromEntries(
        pathways.map((pathway) => [pathway.name, { on: 'pre.spike', do: codeOf(pathway.statements) }]),
      ),
    },
    ...(timed.length === 0
      ? {}
      : {
          events: Object.fromEntries(
            timed.map(({ name, when, edge, statements: acts }) => [
              name,
              { when: placed(substitute(when, known)), ...(edge ? { edge } : {}), do: codeOf(acts) },
            ]),
          ),
        }),
    current: currents.length === 0 ? undefined : placed(currents.reduce(sum)),
  };
}
