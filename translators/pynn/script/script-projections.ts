/** Projections with their connectors as lines of a script. */

import { scaleDecimal } from '../../../src/lang/decimal.js';
import { powerOfTen } from '../../../src/lang/rational.js';
import { call, layout, list, prefixed, quoted, type Source } from '../../shared/python.js';
import { nativeName } from '../native/types.js';
import { connectors } from '../connectors.js';
import type { Connector, Location, Projection, Space, Values } from '../specification.generated.js';
import { isFormula } from '../value-kinds.js';
import { literal } from './native-source.js';
import { distanceText, keywords, synapseSource } from './python-text.js';
import { nativeSource } from './script-cells.js';
import { type Script, mostRows } from './script.js';
import { withMatrices } from './synapse-matrices.js';

/** Returns a projection, and the first values of its synapses. */
export function projectionLines(script: Script, projection: Projection): readonly string[] {
  const { label, pre, post, connector, receptor_type: receptor, source, space, native } = projection;
  const { synapse, initial_values: initial } = projection;
  const text = label ?? `${pre}→${post}`;
  // PyNN 0.13 takes the axes of their positions for their cells, and raises an AssertionError.
  if (script.populationsOf(pre).length > 1 && readsDistances(projection))
    script.missing(
      `distances of ${text}: PyNN computes none from the cells of an assembly, and raises an error; --freeze lists the connections`,
    );
  if (synapse !== undefined && nativeName(synapse.type) !== undefined) {
    const { connect, ...rest } = native ?? {};
    const more = { ...(synapse.delays === undefined ? {} : { delays: synapse.delays }), ...rest };
    const whole = call('sim.Projection', [
      script.of(pre),
      script.of(post),
      connect === undefined
        ? connectorSource(script, connector, text)
        : call('sim.native.Connector', (connect as readonly unknown[]).map(literal)),
      nativeSource(script, 'synapse', synapse.type, synapse.values, more),
      `label=${quoted(text)}`,
    ]);
    return [layout(prefixed(`${script.declare(text, 'projection')} = `, whole))];
  }
  const made = call('sim.Projection', [
    script.of(pre),
    script.of(post),
    connectorSource(script, connectorOf(script, { connector, pre, post }), text, placeOf(script, projection, text)),
    synapseSource(withMatrices(script, projection, text), script),
    ...(source ? [`source=${quoted(source)}`] : []),
    ...(receptor ? [`receptor_type=${quoted(receptor)}`] : []),
    ...(space === undefined ? [] : [prefixed('space=', spaceSource(script, space))]),
    `label=${quoted(text)}`,
  ]);
  const name = script.declare(text, 'projection');
  const lines = [layout(prefixed(`${name} = `, made))];
  const sites = synapse?.type === 'MultiQuantalSynapse' ? sitesAtFirst(synapse.params, initial) : undefined;
  if (sites !== undefined) {
    const { U = 0.5, n = 1 } = synapse?.params ?? {};
    if (sites.u !== U || sites.a !== n)
      script.report.convention('pynn/backend', '', `first values of ${text}, which PyNN's NEURON takes from U and n`);
    lines.push(
      'if sim.__name__ != "pyNN.neuron":  # NEURON begins with these',
      `    ${name}.initialize(u=${sites.u}, a=${script.use('larray')}(${sites.a}, dtype=int))`,
    );
  } else if (initial !== undefined) lines.push(layout(call(`${name}.initialize`, keywords(initial, script))));
  return [...lines, ...largestWeightUnderNest(script, projection, name)];
}

/**
 * Returns lines for the largest weight of plastic synapses that step the potential. PyNN 0.13 passes it to NEST
 * multiplied by 1000, as for weights in nA, but the weights in mV.
 */
function largestWeightUnderNest(script: Script, { post, synapse }: Projection, name: string): readonly string[] {
  const { w_max: largest = 1 } = synapse?.weight_dependence?.params ?? {};
  if (script.isNative || synapse?.weight_dependence === undefined || !script.stepsPotential(post)) return [];
  if (typeof largest !== 'number') return [];
  const inVolts = scaleDecimal(String(largest), powerOfTen(-3));
  return ['if sim.__name__ == "pyNN.nest":  # where PyNN takes w_max in V', `    ${name}.set(w_max=${inVolts})`];
}

/** Checks whether connections or values of synapses depend on the positions of cells. */
const readsDistances = ({ connector, synapse }: Projection): boolean =>
  connectors[connector.type]?.readsPlaces === true ||
  Object.values(synapse?.params ?? {}).some((value) => isFormula(value) && value.of === 'd');

/**
 * Returns the first values of a multi-quantal synapse, if all begin alike. NEST always begins with a single site and u
 * = 0.5. It takes the number of sites as an integer, which PyNN creates only from this form. NEURON lets scripts set
 * neither.
 */
function sitesAtFirst(
  params: Values = {},
  initial: Values = {},
): { readonly u: number; readonly a: number } | undefined {
  const [u, a] = [initial['u'] ?? params['U'] ?? 0.5, initial['a'] ?? params['n'] ?? 1];
  return typeof u === 'number' && typeof a === 'number' ? { u, a } : undefined;
}

/**
 * Returns the connector of a projection. `OneToOneConnector` of PyNN 0.13 raises a ValueError ("nonzero on 0d arrays")
 * under NumPy 2.2 and later if the first end is one cell. Another connector then makes the one connection.
 */
function connectorOf(
  script: Script,
  { connector, pre, post }: Pick<Projection, 'connector' | 'pre' | 'post'>,
): Connector {
  if (connector.type !== 'OneToOneConnector' || script.cellsOf(pre) !== 1) return connector;
  return script.cellsOf(post) === 1
    ? { ...connector, type: 'AllToAllConnector' }
    : { ...connector, type: 'FromListConnector', params: { conn_list: [[0, 0]] } };
}

function spaceSource(
  script: Script,
  { axes, scale_factor: scale, offset, periodic_boundaries: periodic }: Space,
): Source {
  const boundaries = periodic?.map((one) => (one === null ? 'None' : `(${one.join(', ')})`));
  return call(script.use('Space'), [
    ...(axes ? [`axes=${quoted(axes)}`] : []),
    ...(scale === undefined ? [] : [`scale_factor=${scale}`]),
    ...(offset === undefined
      ? []
      : [
          prefixed(
            'offset=',
            typeof offset === 'number' ? String(offset) : call('np.array', [list(offset.map(String))]),
          ),
        ]),
    ...(boundaries === undefined ? [] : [`periodic_boundaries=(${boundaries.join(', ')})`]),
  ]);
}

function connectorSource(
  script: Script,
  { type, params, rng, safe }: Connector,
  label: string,
  place: readonly string[] = [],
): Source {
  const common = [...place, ...(safe === false ? ['safe=False'] : []), ...(rng ? [`rng=${script.rng(rng)}`] : [])];
  const given = params ?? {};
  if (type === 'FromListConnector') return listedConnector(script, given, label, common);
  if (type === 'CloneConnector')
    return call('sim.CloneConnector', [
      script.of(String(given['reference'] ?? given['reference_projection']), 'projection'),
      ...common,
    ]);
  if (type === 'ArrayConnector' && Array.isArray(given['array'])) {
    const rows = (given['array'] as readonly (readonly unknown[])[]).map((row) =>
      list(row.map((on) => (on === true || on === 1 ? 'True' : 'False'))),
    );
    return call('sim.ArrayConnector', [call('np.array', [list(rows)]), ...common]);
  }
  if (type === 'CSAConnector') {
    script.missing(`the connection set of ${label}, which has no text form; --freeze lists its connections`);
    return call('sim.CSAConnector', [...keywords(given, script), ...common]);
  }
  return call(`sim.${type}`, [...keywords(withFormulas(given), script), ...common]);
}

/** Returns the section of synapses on cells with compartments, as the connector takes it. */
function placeOf(script: Script, { location }: Projection, label: string): readonly string[] {
  if (location === undefined) return [];
  if (Array.isArray(location))
    return script.missing(`a place for each synapse of ${label}; the JSON form has them, scripts have one for all`);
  const place = location as Location;
  return [`location_selector=${quoted(typeof place === 'string' ? place : place.section)}`];
}

/** Returns a whole number as Python reads a float. */
const decimal = (value: number): string => `${value}`.replace(/^-?\d+$/, '$&.0');

/** Returns listed connections; long lists are kept next to the script, in the form that FromFileConnector reads. */
function listedConnector(
  script: Script,
  params: Readonly<Record<string, unknown>>,
  label: string,
  common: readonly string[],
): Source {
  const rows = (params['conn_list'] ?? []) as readonly (readonly number[])[];
  const extra = Math.max(0, (rows[0]?.length ?? 2) - 2);
  const names = (params['column_names'] ?? (extra === 2 ? ['weight', 'delay'] : [])) as readonly string[];
  if (rows.length <= mostRows) {
    // NumPy makes integers from a list of only whole numbers, and PyNN's NEURON rejects integers as values.
    const areWhole = rows.every((row) => row.every(Number.isInteger));
    const text = (value: number, column: number): string => (areWhole && column >= 2 ? decimal(value) : String(value));
    const items = rows.map((row) => `(${row.map(text).join(', ')})`);
    const columns = params['column_names'] === undefined ? [] : [`column_names=[${names.map(quoted).join(', ')}]`];
    return call('sim.FromListConnector', [list(items), ...columns, ...common]);
  }
  const name = script.fileName(label, 'txt');
  const header = `# columns = [${['i', 'j', ...names].map((column) => `"${column}"`).join(', ')}]`;
  script.files.push({ name, text: `${header}\n${rows.map((row) => row.join('\t')).join('\n')}\n` });
  return call('sim.FromFileConnector', [call('str', [script.path(name)]), ...common]);
}

/** Arguments of connectors that are texts are formulas: of the distance, of the displacement or of indices. */
function withFormulas(params: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { d_expression: distance, disp_function: displacement, index_expression: index } = params;
  const textOf = (formula: unknown): string => (isFormula(formula) ? formula.expr : String(formula));
  return {
    ...params,
    ...(distance === undefined ? {} : { d_expression: distanceText(textOf(distance)) }),
    ...(displacement === undefined ? {} : { disp_function: { expr: textOf(displacement), of: 'displacement' } }),
    ...(index === undefined ? {} : { index_expression: { expr: textOf(index), of: 'ij' } }),
  };
}
