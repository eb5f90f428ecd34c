/** Groups and synapses of a Brian 2 script, each a few lines of Python. */

import { isPartial } from '../initializers.js';
import type {
  Connect,
  Initializers,
  Link,
  MethodOptions,
  NeuronGroup,
  PoissonGroup,
  RunRegularly,
  MappedInitializer,
  SpatialNeuron,
  Synapses,
  TimedArray,
  Values,
} from '../specification.generated.js';
import { defaultSlot } from '../vocabulary.js';
import { freeName } from '../../../src/model/free-name.js';
import { objectNames } from '../../../src/model/object-names.js';
import type { Companion } from './companion.js';
import { connectLine } from './connect-line.js';
import { call, dictionary, layout, list, prefixed, quoted, spaced, type Source } from '../../shared/python.js';
import { wrappedEquations } from '../../shared/wrapped-equations.js';
import { inUnit, sliceCode, textOf, valueCode, variableCode } from './values.js';
import { assignment, isUsed, keyword, pythonName, pythonString, pythonValue, quantityCode } from './python-text.js';
import { morphologyLines, valuesBySection } from './morphology.js';
import { objectLines } from './objects.js';

type Constants = Readonly<Record<string, string | number>>;

/** Equations that several objects have, with the variables of the script that hold them. */
export type SharedEquations = ReadonlyMap<string, string>;

/**
 * Returns equations of several lines that more than one group, or set of synapses, has.
 *
 * @param models  all equations of the script, with the names of their owners
 * @param taken   names that the script has already
 */
export function sharedEquations(
  models: readonly (readonly [owner: string, equations: string])[],
  taken: ReadonlySet<string>,
): SharedEquations {
  const owners = new Map<string, readonly string[]>();
  for (const [owner, equations] of models) owners.set(equations, [...(owners.get(equations) ?? []), owner]);
  const shared = [...owners].filter(([equations, { length }]) => length > 1 && equations.includes('\n'));
  const names = new Set(taken);
  return new Map(
    shared.map(([equations, [first = '']]) => {
      const name = freeName(shared.length === 1 ? 'eqs' : `eqs_${first}`, (one) => names.has(one) || isUsed(one));
      names.add(name);
      return [equations, name];
    }),
  );
}

/** Returns lines `eqs = """…"""`. */
export const equationLines = (shared: SharedEquations): readonly string[] =>
  [...shared].map(([equations, name]) => `${name} = ${pythonString(wrappedEquations(equations, 0), '')}`);

/** Returns equations as an argument: in quotes and with a comma on a line, or on several lines with its indentation. */
const modelCode = (equations: string, shared: SharedEquations): string =>
  shared.get(equations) ?? pythonString(wrappedEquations(equations, equations.includes('\n') ? 4 : 7));

/**
 * Returns lines such as `taum = 20*ms`. Constants with names that the script needs itself stay in the groups'
 * namespaces.
 */
export function constantLines(constants: Constants): readonly string[] {
  return Object.entries(constants)
    .filter(([key]) => !isUsed(key))
    .map(([key, value]) => `${key} = ${constantCode(value)}`);
}

/** Returns a constant as code of Python rather than a string for Brian. */
function constantCode(value: string | number): string {
  return typeof value === 'number' ? String(value) : (quantityCode(value) ?? spaced(value));
}

/** Returns the options of an integration method as a dictionary. */
function optionsCode(options: MethodOptions | undefined): Source | undefined {
  if (options === undefined) return undefined;
  const { absolute_error: error, absolute_error_per_variable: errors, ...others } = options;
  return dictionary({
    // Brian takes no whole number here.
    ...(error === undefined ? {} : { absolute_error: Number.isInteger(error) ? `${error}.0` : String(error) }),
    ...(errors === undefined ? {} : { absolute_error_per_variable: dictionary(mappedTexts(errors, constantCode)) }),
    ...mappedTexts(others, pythonValue),
  });
}

const mappedTexts = <T>(
  map: Readonly<Record<string, T>>,
  text: (value: T) => string,
): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(map).map(([key, value]) => [key, text(value)]));

function namespaceArgument(own: Constants | undefined, common: Constants): readonly Source[] {
  const entries = [...Object.entries(common).filter(([key]) => isUsed(key)), ...Object.entries(own ?? {})];
  return entries.length === 0 ? [] : [prefixed('namespace=', mapped(Object.fromEntries(entries), constantCode))];
}

// --- Tables and groups ----------------------------------------------------------------------------------------------

/** Returns a `TimedArray`. Long lists of values go to the companion file. */
export function timedArray(name: string, array: TimedArray, companion: Companion): string {
  const rows = array.values.map((row) => (typeof row === 'object' ? row.map(Number) : undefined));
  const flat = rows.every((row) => row === undefined);
  const values = flat
    ? companion.list(array.values.map(Number), name)
    : list(rows.map((row, index) => companion.list(row ?? [], `${name}.${index}`)));
  return assignment(pythonName(name), call('TimedArray', [inUnit(values, array.unit), `dt=${pythonValue(array.dt)}`]));
}

/** Returns the order of an object of a group, if it differs from the group's own, which is the default. */
const orderWord = (own: number, group: { readonly order?: number }): readonly string[] =>
  own === 0 ? [] : [`order=${own + (group.order ?? 0)}`];

/** Returns `order`, `dt` and `name`, which most objects have. */
export function common(
  name: string,
  specification: { readonly dt?: string | number; readonly order?: number },
  companion: Companion,
): readonly Source[] {
  return [
    ...keyword('dt', specification.dt === undefined ? undefined : pythonValue(specification.dt)),
    ...keyword('order', specification.order?.toString()),
    ...companion.nameOf(name),
  ];
}

/**
 * Returns a `NeuronGroup` with its custom events, first values and regular operations.
 *
 * @param synapses  names of synapses, which may equal the name of a part of a group
 */
export function neuronGroup(
  name: string,
  group: NeuronGroup,
  constants: Constants,
  companion: Companion,
  { shared, synapses }: { readonly shared: SharedEquations; readonly synapses: ReadonlySet<string> },
): string {
  const head = ['NeuronGroup', [String(group.N), modelCode(group.model, shared)]] as const;
  return groupLines(name, head, group, constants, companion, synapses).join('\n');
}

/**
 * Returns a `SpatialNeuron` after its morphology, section by section, unless another has the same morphology.
 *
 * @param morphologies  morphologies written so far, by content
 */
export function spatialNeuron(
  name: string,
  cell: SpatialNeuron,
  constants: Constants,
  companion: Companion,
  {
    shared,
    morphologies,
  }: {
    readonly shared: SharedEquations;
    readonly morphologies: Map<string, string>;
  },
): string {
  const key = JSON.stringify(cell.morphology);
  const known = morphologies.get(key);
  const { lines, root } =
    known === undefined ? morphologyLines(name, cell.morphology, companion) : { lines: [], root: known };
  morphologies.set(key, root);
  const given = (cell.initializers ?? {}) as Readonly<Record<string, MappedInitializer>>;
  const { Cm, ...initializers } = given;
  const isUniform = typeof Cm === 'string';
  const { lines: values, others } = valuesBySection(
    pythonName(name),
    cell.morphology,
    isUniform ? initializers : given,
  );
  const parts = [
    `morphology=${root}`,
    prefixed('model=', modelCode(cell.model, shared)),
    ...keyword('Cm', isUniform ? pythonValue(Cm) : undefined),
    ...keyword('Ri', cell.Ri === undefined ? undefined : pythonValue(cell.Ri)),
  ];
  const group = { ...cell, initializers: others };
  return [...lines, ...groupLines(name, ['SpatialNeuron', parts], group, constants, companion, new Set(), values)].join(
    '\n',
  );
}

/**
 * Returns the reset of a group. Brian warns of deterministic thresholds without a reset, so an empty reset marks them
 * as intended. It creates a resetter object, and is omitted if another object has that name.
 */
function resetCode(
  name: string,
  { reset, threshold, refractory }: Pick<NeuronGroup, 'reset' | 'threshold' | 'refractory'>,
  taken: ReadonlySet<string>,
): string | undefined {
  if (reset !== undefined) return pythonString(reset);
  if (taken.has(objectNames.resetter(name, 'spike'))) return undefined;
  return threshold === undefined || refractory !== undefined || /\brandn?\(/.test(String(threshold)) ? undefined : '""';
}

/** Returns a refractory period: a constant of the script by its name, and other expressions in quotes. */
const refractoryCode = (period: string | number | boolean, constants: Constants, own: Constants = {}): string =>
  String(period) in constants && !(String(period) in own) ? pythonName(String(period)) : pythonValue(period);

function groupLines(
  name: string,
  [kind, first]: readonly [kind: string, first: readonly Source[]],
  group: Omit<NeuronGroup, 'N' | 'model'> & Partial<Pick<NeuronGroup, 'N'>>,
  constants: Constants,
  companion: Companion,
  taken: ReadonlySet<string> = new Set(),
  values: readonly string[] = [],
): readonly string[] {
  const object = pythonName(name);
  const events = Object.entries(group.events ?? {});
  const condition = (value: string | number | boolean | undefined): string | undefined =>
    value === undefined ? undefined : pythonString(String(value));
  // The constructor's `reset` always runs in the slot `resets`.
  const elsewhere = (group.reset_when ?? defaultSlot.reset) !== defaultSlot.reset || (group.reset_order ?? 0) !== 0;
  const lines = [
    assignment(
      object,
      call(kind, [
        ...first,
        ...keyword('threshold', condition(group.threshold)),
        ...keyword('reset', elsewhere ? undefined : resetCode(name, group, taken)),
        ...keyword(
          'refractory',
          group.refractory === undefined ? undefined : refractoryCode(group.refractory, constants, group.namespace),
        ),
        ...keyword('method', textOf(group.method)),
        ...keyword('method_options', optionsCode(group.method_options)),
        ...keyword(
          'events',
          events.length === 0
            ? undefined
            : mapped(group.events ?? {}, (event) => pythonString(String(event.condition), '        ')),
        ),
        ...namespaceArgument(group.namespace, constants),
        ...common(name, group, companion),
      ]),
    ),
  ];
  const { threshold_when: when, threshold_order: order = 0 } = group;
  if (when !== undefined || order !== 0)
    lines.push(
      layout(
        call(`${object}.set_event_schedule`, [
          quoted('spike'),
          `when=${quoted(when ?? 'thresholds')}`,
          ...orderWord(order, group),
        ]),
      ),
    );
  if (group.reset !== undefined && elsewhere) {
    const code = pythonString(group.reset);
    lines.push(
      layout(
        call(`${object}.run_on_event`, [
          quoted('spike'),
          code,
          `when=${quoted(group.reset_when ?? 'resets')}`,
          ...orderWord(group.reset_order ?? 0, group),
        ]),
      ),
    );
  }
  for (const [key, event] of events) {
    const { order: acts = 0, condition_order: tested = acts } = event;
    if (event.condition_when !== undefined || tested !== 0) {
      lines.push(
        layout(
          call(`${object}.set_event_schedule`, [
            quoted(key),
            `when=${quoted(event.condition_when ?? 'after_thresholds')}`,
            ...orderWord(tested, group),
          ]),
        ),
      );
    }
    if (event.code !== undefined) {
      lines.push(
        layout(
          call(`${object}.run_on_event`, [
            quoted(key),
            pythonString(event.code),
            ...keyword('when', textOf(event.when)),
            ...orderWord(acts, group),
          ]),
        ),
      );
    }
  }
  return [
    ...lines,
    ...Object.entries(group.linked ?? {}).map(([key, link]) =>
      linkedLine(`${object}.${key}`, link, group.N, companion),
    ),
    ...values,
    ...initializerLines(object, name, group.initializers, companion),
    ...regularLines(object, group.run_regularly, group.N),
  ];
}

/** Returns a line `G.x = linked_var(H, 'y', index=[2, 0])`. */
function linkedLine(target: string, link: Link, N: number | string | undefined, companion: Companion): string {
  const { variable: text, index } = typeof link === 'string' ? { variable: link, index: undefined } : link;
  const [source = '', variable = ''] = text.split('.');
  // Brian takes a list of indices, not one for all.
  const each = typeof index === 'number' && typeof N === 'number' ? Array.from({ length: N }, () => index) : index;
  return assignment(
    target,
    call('linked_var', [
      pythonName(source),
      quoted(variable),
      ...keyword('index', each === undefined ? undefined : valueCode(each, target, companion)),
    ]),
  );
}

/** Sorts groups so that linked groups come after their sources, as far as possible. */
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

/** Returns a `PoissonGroup` and its regular operations. */
export function poissonGroup(name: string, group: PoissonGroup, constants: Constants, companion: Companion): string {
  const more = [...namespaceArgument(group.namespace, constants), ...common(name, group, companion)];
  const head = objectLines('poisson_groups', name, group, companion, more);
  return [head, ...regularLines(pythonName(name), group.run_regularly, group.N)].join('\n');
}

function regularLines(
  object: string,
  operations: readonly RunRegularly[] | undefined,
  size?: number | string,
): readonly string[] {
  const parts = new Set<string>();
  return (operations ?? []).flatMap((operation) => {
    const [first = '', last = ''] = operation.slice?.split(':') ?? [];
    const part = operation.slice === undefined ? object : `${object}_${first}_${last}`;
    // A part of a group needs its own variable, since Brian runs only objects that a script still references.
    const declared = part === object || parts.has(part) ? [] : [`${part} = ${object}[${operation.slice ?? ''}]`];
    parts.add(part);
    return [
      ...declared,
      layout(
        call(`${part}.${operation.times === undefined ? 'run_regularly' : 'run_at'}`, [
          pythonString(part === object ? operation.code : ofPart(operation.code, Number(first), size)),
          ...keyword('times', operation.times === undefined ? undefined : list(operation.times.map(pythonValue))),
          ...keyword('dt', operation.dt === undefined ? undefined : pythonValue(operation.dt)),
          ...keyword('when', textOf(operation.when)),
          ...keyword('order', operation.order?.toString()),
          ...keyword('name', textOf(operation.name)),
        ]),
      ),
    ];
  });
}

/** Rewrites code of a group as code of its part, in which Brian counts neurons from the first of the part. */
/* oxlint-disable house/no-code-by-patterns -- lines of a document in Brian's own syntax */
function ofPart(code: string, first: number, size: number | string | undefined): string {
  const ofFirst = first === 0 ? 'i' : `(i + ${first})`;
  return code
    .replaceAll(`(i - ${first})`, '\0')
    .replace(/\bi\b/g, ofFirst)
    .replaceAll('\0', 'i')
    .replace(/\bN\b/g, String(size ?? 'N'));
}
/* oxlint-enable house/no-code-by-patterns */

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
      return assignment(variableCode(object, key, where), valueCode(part.value, `${name}.${key}`, companion));
    });
  });
}

// --- Synapses -------------------------------------------------------------------------------------------------------

/** Returns `Synapses` with their connections, first values, delays and regular operations. */
export function synapses(
  name: string,
  specification: Synapses,
  constants: Constants,
  companion: Companion,
  shared: SharedEquations,
): string {
  const object = pythonName(name);
  const code = (value: Synapses['on_pre']): Source | undefined =>
    value === undefined
      ? undefined
      : typeof value === 'string'
        ? pythonString(value)
        : dictionary(codes(value, (text) => pythonString(text, '        ')));
  const { delay, on_event: event, model, connect } = specification;
  const head = assignment(
    object,
    call('Synapses', [
      sliceCode(specification.source),
      sliceCode(specification.target ?? specification.source),
      ...(model === undefined ? [] : [modelCode(model, shared)]),
      ...keyword('on_pre', code(specification.on_pre)),
      ...keyword('on_post', code(specification.on_post)),
      ...keyword(
        'on_event',
        event === undefined ? undefined : typeof event === 'string' ? quoted(event) : mapped(event, quoted),
      ),
      ...keyword(
        'delay',
        delay === undefined
          ? undefined
          : typeof delay === 'object'
            ? dictionary(codes(delay, pythonValue))
            : pythonValue(delay),
      ),
      ...keyword('method', textOf(specification.method)),
      ...keyword('method_options', optionsCode(specification.method_options)),
      ...keyword('multisynaptic_index', textOf(specification.multisynaptic_index)),
      ...namespaceArgument(specification.namespace, constants),
      ...common(name, specification, companion),
    ]),
  );
  const calls = connect === undefined ? [] : isCalls(connect) ? connect : [connect];
  const schedule = [
    ...Object.entries(specification.pathways ?? {}).map(([key, place]) => [`${object}.${key}`, place] as const),
    ...Object.entries(specification.summed_updaters ?? {}).map(
      ([key, place]) => [`${object}.summed_updaters[${quoted(key)}]`, place] as const,
    ),
  ].flatMap(([updater, { order, when }]) => [
    ...(order === undefined ? [] : [`${updater}.order = ${order}`]),
    ...(when === undefined ? [] : [`${updater}.when = ${quoted(when)}`]),
  ]);
  return [
    head,
    ...schedule,
    ...calls.map((rule, index) =>
      connectLine(object, rule, `${name}.${calls.length === 1 ? '' : `${index}.`}`, companion),
    ),
    ...initializerLines(object, name, specification.initializers, companion),
    ...regularLines(object, specification.run_regularly),
  ].join('\n');
}

const isCalls = (connect: Connect | readonly Connect[]): connect is readonly Connect[] => Array.isArray(connect);

const mapped = <T>(map: Readonly<Record<string, T>>, code: (value: T) => string): Source =>
  dictionary(codes(map, code));

const codes = <T>(map: Readonly<Record<string, T>>, code: (value: T) => string): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(map).map(([key, value]) => [key, code(value)]));
