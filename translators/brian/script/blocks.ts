/** The parts of a Brian 2 script, each a few lines of Python. */

import { isPartial } from '../initializers.js';
import type {
  Connect,
  CompartmentsSpecification,
  ConnectArguments,
  Initializers,
  Link,
  MorphologySpecification,
  NeuronGroup,
  DataReference,
  Index,
  PhaseSpecification,
  PoissonGroup,
  PoissonInput,
  Quantities,
  RecordedIndices,
  RunRegularly,
  SpatialNeuron,
  SpikeGenerator,
  SpikeMonitor,
  StateMonitor,
  SynapsesSpecification,
  TimedArray,
  Values,
} from '../specification.js';
import { scaleDecimal } from '../../../src/lang/decimal.js';
import { parseUnit } from '../../../src/lang/units.js';
import { invariant } from '../../../src/diagnostics/diagnostic.js';
import type { Companion } from './companion.js';
import { isUsed, keyword, pythonCall, pythonName, pythonString, pythonValue, quantityCode } from './python-text.js';

type Constants = Readonly<Record<string, string | number>>;

/** `taum = 20*ms`. Constants whose names the script needs itself are left to the groups' own namespaces. */
export function constantLines(constants: Constants): readonly string[] {
  return Object.entries(constants)
    .filter(([key]) => !isUsed(key))
    .map(([key, value]) => `${key} = ${constantCode(value)}`);
}

/** Constants are code of Python, not strings that Brian reads. */
function constantCode(value: string | number): string {
  return typeof value === 'number' ? String(value) : (quantityCode(value) ?? value);
}

function namespaceArgument(own: Constants | undefined, common: Constants): readonly string[] {
  const entries = [...Object.entries(common).filter(([key]) => isUsed(key)), ...Object.entries(own ?? {})];
  return entries.length === 0
    ? []
    : [`namespace={${entries.map(([key, value]) => `'${key}': ${constantCode(value)}`).join(', ')}}`];
}

/** `[1, 2, 3]*mV`. */
function listCode(values: Quantities, key: string, companion: Companion): string {
  if (isList(values)) return companion.list(values.map(Number), key);
  const list = companion.list(values.values.map(Number), key);
  return values.unit === undefined ? list : `${list}*${values.unit}`;
}

const isList = (values: Quantities): values is readonly (string | number | boolean)[] => Array.isArray(values);

/** What is written out is in the specification itself. */
function inDocument<T extends object>(value: T | DataReference): T {
  invariant(!('$data' in value), 'brian/script', 'a specification that is written out has its arrays in it');
  return value;
}

function valueCode(value: Values, key: string, companion: Companion): string {
  return typeof value === 'object' ? listCode(inDocument(value), key, companion) : pythonValue(value);
}

// --- Tables and groups ----------------------------------------------------------------------------------------------

/** A `TimedArray`, its values beside the script where they are many. */
export function timedArray(name: string, array: TimedArray, companion: Companion): string {
  const rows = array.values.map((row) => (typeof row === 'object' ? row.map(Number) : undefined));
  const flat = rows.every((row) => row === undefined);
  const list = flat
    ? companion.list(array.values.map(Number), name)
    : `[${rows.map((row, index) => companion.list(row ?? [], `${name}.${index}`)).join(', ')}]`;
  const values = array.unit === undefined ? list : `${list}*${array.unit}`;
  return `${pythonName(name)} = ${pythonCall('TimedArray', [values, `dt=${pythonValue(array.dt)}`, `name='${name}'`])}`;
}

/** `order`, `dt` and `name`, which most objects have. */
function common(
  name: string,
  specification: { readonly dt?: string | number; readonly order?: number },
): readonly string[] {
  return [
    ...keyword('dt', specification.dt === undefined ? undefined : pythonValue(specification.dt)),
    ...keyword('order', specification.order?.toString()),
    `name='${name}'`,
  ];
}

/** A `NeuronGroup`, its custom events, first values and regular operations. */
export function neuronGroup(name: string, group: NeuronGroup, constants: Constants, companion: Companion): string {
  const head = ['NeuronGroup', [String(group.N), pythonString(group.model)]] as const;
  return groupLines(name, head, group, constants, companion).join('\n');
}

/** A `SpatialNeuron`, its morphology section by section before it. */
export function spatialNeuron(name: string, cell: SpatialNeuron, constants: Constants, companion: Companion): string {
  const morphology = morphologyLines(name, cell.morphology, companion);
  const parts = [
    `morphology=${morphology.root}`,
    `model=${pythonString(cell.model)}`,
    ...keyword('Ri', cell.Ri === undefined ? undefined : pythonValue(cell.Ri)),
  ];
  return [...morphology.lines, ...groupLines(name, ['SpatialNeuron', parts], cell, constants, companion)].join('\n');
}

/** Sections as Brian's objects, each a child of its parent. */
function morphologyLines(
  name: string,
  { sections = {}, compartments = {} }: MorphologySpecification,
  companion: Companion,
): { readonly lines: readonly string[]; readonly root: string } {
  const numbers = (key: keyof CompartmentsSpecification): readonly number[] => inMetres(compartments[key]);
  const [lengths, middles, near, far] = (['length', 'diameter', 'r_length_1', 'r_length_2'] as const).map(numbers);
  const objectOf = (section: string): string => `${pythonName(name)}_${section}`;
  let first = 0;
  const lines = Object.entries(sections).flatMap(([key, { parent, n = 1 }]) => {
    const own = Array.from({ length: n }, (_, k) => first + k);
    first += n;
    const at = (values: readonly number[] | undefined, k: number): number => values?.[k] ?? 0;
    // Both halves of a cone follow from its ends and its middle.
    const start = (k: number): number => (2 * at(lengths, k) * at(near, k)) / (Math.PI * at(middles, k));
    const end = (k: number): number => (2 * at(lengths, k) * at(far, k)) / (Math.PI * at(middles, k));
    const [begin = 0] = own;
    const isSphere = n === 1 && at(near, begin) === 1 && at(far, begin) === 1;
    const list = (values: readonly number[], what: string): string => companion.list(values, `${name}.${key}.${what}`);
    const made = isSphere
      ? pythonCall('Soma', [`diameter=${at(middles, begin)}*meter`])
      : pythonCall('Section', [
          `diameter=array(${list([start(begin), ...own.map(end)], 'diameter')})*meter`,
          `length=array(${list(
            own.map((k) => at(lengths, k)),
            'length',
          )})*meter`,
          `n=${n}`,
        ]);
    return [
      `${objectOf(key)} = ${made}`,
      ...(parent === undefined ? [] : [`${objectOf(parent)}.${key} = ${objectOf(key)}`]),
    ];
  });
  return { lines, root: objectOf(Object.keys(sections)[0] ?? '') };
}

/** Lengths as they are written in exports, in m. */
function inMetres(values: Quantities | undefined): readonly number[] {
  if (values === undefined) return [];
  const [list, unit] = isList(values) ? [values, 'meter'] : [values.values, values.unit ?? 'meter'];
  const { scale } = parseUnit(unit);
  return list.map((value) => scaleDecimal(String(value), scale));
}

function groupLines(
  name: string,
  [kind, first]: readonly [kind: string, first: readonly string[]],
  group: Omit<NeuronGroup, 'N' | 'model'> & Partial<Pick<NeuronGroup, 'N'>>,
  constants: Constants,
  companion: Companion,
): readonly string[] {
  const object = pythonName(name);
  const events = Object.entries(group.events ?? {});
  const condition = (value: string | number | boolean | undefined): string | undefined =>
    value === undefined ? undefined : pythonString(String(value));
  const lines = [
    `${object} = ${pythonCall(kind, [
      ...first,
      ...keyword('threshold', condition(group.threshold)),
      ...keyword('reset', group.reset === undefined ? undefined : pythonString(group.reset)),
      ...keyword('refractory', group.refractory === undefined ? undefined : pythonValue(group.refractory)),
      ...keyword('method', group.method === undefined ? undefined : `'${group.method}'`),
      ...keyword(
        'events',
        events.length === 0
          ? undefined
          : `{${events.map(([key, event]) => `'${key}': ${pythonString(String(event.condition))}`).join(', ')}}`,
      ),
      ...namespaceArgument(group.namespace, constants),
      ...common(name, group),
    ])}`,
  ];
  for (const [key, event] of events) {
    const order = keyword('order', event.order?.toString());
    if (event.condition_when !== undefined || order.length > 0) {
      lines.push(
        pythonCall(`${object}.set_event_schedule`, [
          `'${key}'`,
          `when='${event.condition_when ?? 'after_thresholds'}'`,
          ...order,
        ]),
      );
    }
    if (event.code !== undefined) {
      lines.push(
        pythonCall(`${object}.run_on_event`, [
          `'${key}'`,
          pythonString(event.code),
          ...keyword('when', event.when === undefined ? undefined : `'${event.when}'`),
          ...order,
        ]),
      );
    }
  }
  return [
    ...lines,
    ...Object.entries(group.linked ?? {}).map(([key, link]) =>
      linkedLine(`${object}.${key}`, link, group.N, companion),
    ),
    ...initializerLines(object, name, group.initializers, companion),
    ...regularLines(object, group.run_regularly),
  ];
}

/** `G.x = linked_var(H, 'y', index=[2, 0])`. */
function linkedLine(target: string, link: Link, N: number | string | undefined, companion: Companion): string {
  const { variable: text, index } = typeof link === 'string' ? { variable: link, index: undefined } : link;
  const [source = '', variable = ''] = text.split('.');
  // Brian takes a list of indices, not one for all.
  const each = typeof index === 'number' && typeof N === 'number' ? Array.from({ length: N }, () => index) : index;
  return `${target} = ${pythonCall('linked_var', [
    pythonName(source),
    `'${variable}'`,
    ...keyword('index', each === undefined ? undefined : valueCode(each, target, companion)),
  ])}`;
}

/** Groups in an order in which those come first that others are linked to, as far as there is one. */
export function bySource(
  groups: Readonly<Record<string, NeuronGroup>> | undefined,
): Readonly<Record<string, NeuronGroup>> {
  const left = new Map(Object.entries(groups ?? {}));
  const ordered: [string, NeuronGroup][] = [];
  const isFree = ([name, { linked = {} }]: readonly [string, NeuronGroup]): boolean =>
    Object.values(linked).every((link) => {
      const [source = ''] = (typeof link === 'string' ? link : link.variable).split('.');
      return source === name || !left.has(source);
    });
  while (left.size > 0) {
    const next = [...left].find(isFree) ?? [...left][0];
    if (next === undefined) break;
    ordered.push(next);
    left.delete(next[0]);
  }
  return Object.fromEntries(ordered);
}

/** A `PoissonGroup` and its regular operations. */
export function poissonGroup(name: string, group: PoissonGroup, constants: Constants, companion: Companion): string {
  const object = pythonName(name);
  const head = `${object} = ${pythonCall('PoissonGroup', [
    String(group.N),
    `rates=${valueCode(group.rates, `${name}.rates`, companion)}`,
    ...namespaceArgument(group.namespace, constants),
    ...common(name, group),
  ])}`;
  return [head, ...regularLines(object, group.run_regularly)].join('\n');
}

/** A `SpikeGeneratorGroup`, its spikes beside the script where they are many. */
export function spikeGenerator(name: string, group: SpikeGenerator, companion: Companion): string {
  const period = keyword('period', group.period === undefined ? undefined : pythonValue(group.period));
  return `${pythonName(name)} = ${pythonCall('SpikeGeneratorGroup', [
    String(group.N),
    companion.list(group.indices, `${name}.indices`),
    listCode(typeof group.times === 'object' ? group.times : [], `${name}.times`, companion),
    ...period,
    ...common(name, group),
  ])}`;
}

function regularLines(object: string, list: readonly RunRegularly[] | undefined): readonly string[] {
  return (list ?? []).map((operation) =>
    pythonCall(`${object}.run_regularly`, [
      pythonString(operation.code),
      ...keyword('dt', operation.dt === undefined ? undefined : pythonValue(operation.dt)),
      ...keyword('when', operation.when === undefined ? undefined : `'${operation.when}'`),
      ...keyword('order', operation.order?.toString()),
      ...keyword('name', operation.name === undefined ? undefined : `'${operation.name}'`),
    ]),
  );
}

function initializerLines(
  object: string,
  name: string,
  initializers: Initializers | undefined,
  companion: Companion,
): readonly string[] {
  return Object.entries(initializers ?? {}).flatMap(([key, value]: [string, unknown]) => {
    const parts =
      Array.isArray(value) && value.every(isPartial) ? value : [isPartial(value) ? value : { value: value as Values }];
    return parts.map((part) => {
      const where = part.where === undefined ? '' : `[${pythonString(part.where)}]`;
      return `${object}.${key}${where} = ${valueCode(part.value, `${name}.${key}`, companion)}`;
    });
  });
}

// --- Synapses -------------------------------------------------------------------------------------------------------

/** `P[0:3200]` with P's name in Python. */
function sliceCode(text: string): string {
  const bracket = text.indexOf('[');
  return bracket < 0 ? pythonName(text) : `${pythonName(text.slice(0, bracket))}${text.slice(bracket)}`;
}

/** `Synapses`, their connections, first values, delays and regular operations. */
export function synapses(
  name: string,
  specification: SynapsesSpecification,
  constants: Constants,
  companion: Companion,
): string {
  const object = pythonName(name);
  const code = (value: SynapsesSpecification['on_pre']): string | undefined =>
    value === undefined
      ? undefined
      : typeof value === 'string'
        ? pythonString(value)
        : dictionary(value, (text) => pythonString(text));
  const { delay, on_event: event, model, connect } = specification;
  const head = `${object} = ${pythonCall('Synapses', [
    sliceCode(specification.source),
    sliceCode(specification.target ?? specification.source),
    ...(model === undefined ? [] : [pythonString(model)]),
    ...keyword('on_pre', code(specification.on_pre)),
    ...keyword('on_post', code(specification.on_post)),
    ...keyword(
      'on_event',
      event === undefined
        ? undefined
        : typeof event === 'string'
          ? `'${event}'`
          : dictionary(event, (text) => `'${text}'`),
    ),
    ...keyword(
      'delay',
      delay === undefined ? undefined : typeof delay === 'object' ? dictionary(delay, pythonValue) : pythonValue(delay),
    ),
    ...keyword('method', specification.method === undefined ? undefined : `'${specification.method}'`),
    ...keyword('multisynaptic_index', quoted(specification.multisynaptic_index)),
    ...namespaceArgument(specification.namespace, constants),
    ...common(name, specification),
  ])}`;
  const calls = connect === undefined ? [] : isCalls(connect) ? connect : [connect];
  const schedule = [
    ...Object.entries(specification.pathways ?? {}).map(([key, place]) => [`${object}.${key}`, place] as const),
    ...Object.entries(specification.summed_updaters ?? {}).map(
      ([key, place]) => [`${object}.summed_updaters['${key}']`, place] as const,
    ),
  ].flatMap(([updater, { order, when }]) => [
    ...(order === undefined ? [] : [`${updater}.order = ${order}`]),
    ...(when === undefined ? [] : [`${updater}.when = '${when}'`]),
  ]);
  return [
    head,
    ...schedule,
    ...calls.map((call, index) =>
      connectLine(object, call, `${name}.${calls.length === 1 ? '' : `${index}.`}`, companion),
    ),
    ...initializerLines(object, name, specification.initializers, companion),
    ...regularLines(object, specification.run_regularly),
  ].join('\n');
}

const quoted = (text: string | undefined): string | undefined => (text === undefined ? undefined : `'${text}'`);

const isCalls = (connect: Connect | readonly Connect[]): connect is readonly Connect[] => Array.isArray(connect);

function dictionary<T>(map: Readonly<Record<string, T>>, code: (value: T) => string): string {
  return `{${Object.entries(map)
    .map(([key, value]) => `'${key}': ${code(value)}`)
    .join(', ')}}`;
}

function connectLine(object: string, call: Connect, key: string, companion: Companion): string {
  if (typeof call !== 'object')
    return call === true ? `${object}.connect()` : pythonCall(`${object}.connect`, [pythonValue(call)]);
  const index = (side: 'i' | 'j', value: ConnectArguments['i']): readonly string[] =>
    keyword(
      side,
      value === undefined
        ? undefined
        : typeof value === 'object'
          ? companion.list(inDocument(value), `${key}${side}`)
          : pythonIndex(value),
    );
  return pythonCall(`${object}.connect`, [
    ...(call.condition === undefined ? [] : [pythonValue(call.condition)]),
    ...index('i', call.i),
    ...index('j', call.j),
    ...keyword('p', call.p === undefined ? undefined : pythonValue(call.p)),
    ...keyword('n', call.n === undefined ? undefined : pythonIndex(call.n)),
    ...keyword('skip_if_invalid', call.skip_if_invalid === true ? 'True' : undefined),
  ]);
}

/** An index, or Brian's text for one, which stays a text even when it is a number. */
const pythonIndex = (value: number | string): string =>
  typeof value === 'number' ? String(value) : pythonString(value);

// --- Inputs, monitors, phases ---------------------------------------------------------------------------------------

/** A `PoissonInput`. */
export function poissonInput(name: string, input: PoissonInput): string {
  return `${pythonName(name)} = ${pythonCall('PoissonInput', [
    sliceCode(input.target),
    `'${input.target_var}'`,
    `N=${input.N}`,
    `rate=${pythonValue(input.rate)}`,
    `weight=${pythonValue(input.weight)}`,
    ...keyword('when', input.when === undefined ? undefined : `'${input.when}'`),
    ...keyword('order', input.order?.toString()),
  ])}`;
}

const variablesCode = (variables: string | readonly string[] | boolean): string =>
  typeof variables === 'boolean'
    ? 'True'
    : typeof variables === 'string'
      ? `'${variables}'`
      : `[${variables.map((key) => `'${key}'`).join(', ')}]`;

function recordCode(record: RecordedIndices, key: string, companion: Companion): string {
  if (typeof record === 'boolean') return record ? 'True' : 'False';
  if (typeof record === 'string') return `range(${record.split(':').join(', ')})`;
  return typeof record === 'number' ? String(record) : companion.list(record, key);
}

/** A `SpikeMonitor`, or an `EventMonitor` for another event. */
export function spikeMonitor(name: string, monitor: SpikeMonitor, companion: Companion): string {
  const { event, variables, record } = monitor;
  const list = typeof variables === 'string' ? [variables] : variables;
  return `${pythonName(name)} = ${pythonCall(event === undefined ? 'SpikeMonitor' : 'EventMonitor', [
    sliceCode(monitor.source),
    ...(event === undefined ? [] : [`'${event}'`]),
    ...keyword('variables', list === undefined ? undefined : variablesCode(list)),
    ...keyword('record', record === undefined ? undefined : recordCode(record, `${name}.record`, companion)),
    ...keyword('when', monitor.when === undefined ? undefined : `'${monitor.when}'`),
    ...keyword('order', monitor.order?.toString()),
    `name='${name}'`,
  ])}`;
}

/** A `StateMonitor`. */
export function stateMonitor(name: string, monitor: StateMonitor, companion: Companion): string {
  return `${pythonName(name)} = ${pythonCall('StateMonitor', [
    sliceCode(monitor.source),
    variablesCode(monitor.variables),
    `record=${recordCode(monitor.record ?? true, `${name}.record`, companion)}`,
    ...keyword('dt', monitor.dt === undefined ? undefined : pythonValue(monitor.dt)),
    ...keyword('when', monitor.when === undefined ? undefined : `'${monitor.when}'`),
    ...keyword('order', monitor.order?.toString()),
    `name='${name}'`,
  ])}`;
}

/** A `PopulationRateMonitor`. */
export function rateMonitor(name: string, monitor: { readonly source: string }): string {
  return `${pythonName(name)} = ${pythonCall('PopulationRateMonitor', [sliceCode(monitor.source), `name='${name}'`])}`;
}

const indexCode = (index: Index): string => (typeof index === 'object' ? `[${index.join(', ')}]` : String(index));

/** The lines of one phase. */
export function phaseLines(phase: PhaseSpecification, index: number, companion: Companion): readonly string[] {
  const where =
    phase.index !== undefined
      ? `[${indexCode(phase.index)}]`
      : phase.where === undefined
        ? ''
        : `[${pythonString(phase.where)}]`;
  return [
    ...(phase.restore === undefined ? [] : [`restore('${phase.restore}')`]),
    ...Object.entries(phase.set ?? {}).map(([key, value]) => {
      const [owner = '', ...variable] = key.split('.');
      return `${pythonName(owner)}.${variable.join('.')}${where} = ${valueCode(value, `phase${index}.${key}`, companion)}`;
    }),
    ...Object.entries(phase.active ?? {}).map(([key, on]) => `${pythonName(key)}.active = ${on ? 'True' : 'False'}`),
    ...(phase.duration === undefined ? [] : [`run(${pythonValue(phase.duration)})`]),
    ...(phase.store === undefined ? [] : [`store('${phase.store}')`]),
  ];
}

/** How each monitor's records become plain data, as entries of a dictionary. */
export function resultLines(
  events: Readonly<Record<string, SpikeMonitor>>,
  states: Readonly<Record<string, StateMonitor>>,
  rates: readonly string[],
): readonly string[] {
  const names = (variables: SpikeMonitor['variables'] | boolean): readonly string[] =>
    typeof variables === 'string' ? [variables] : typeof variables === 'object' ? variables : [];
  const listOf = (name: string, attribute: string): string => `np.asarray(${pythonName(name)}.${attribute}).tolist()`;
  const entry = (name: string, fields: readonly (readonly [key: string, attribute: string])[]): string =>
    `'${name}': ` + `{${fields.map(([key, attribute]) => `'${key}': ${listOf(name, attribute)}`).join(', ')}},`;
  const values = (variables: SpikeMonitor['variables'] | boolean): readonly (readonly [string, string])[] =>
    names(variables).map((key) => [key, `${key}_`]);
  return [
    ...Object.entries(events).map(([name, { variables }]) =>
      entry(name, [['i', 'i'], ['t', 't_'], ...values(variables)]),
    ),
    ...Object.entries(states).map(([name, { variables }]) => entry(name, [['t', 't_'], ...values(variables)])),
    ...rates.map((name) =>
      entry(name, [
        ['t', 't_'],
        ['rate', 'rate_'],
      ]),
    ),
  ];
}
