/**
 * A model as tables, after the proposal of Nordlie, Gewaltig and Plesser ("Towards Reproducible Descriptions of
 * Neuronal Network Models", PLoS Computational Biology 5(8), 2009): summary, populations, connectivity, neuron and
 * synapse types, inputs, measurements.
 */

import { itemAt } from '../../diagnostics/entry.js';
import { formatCount } from '../../diagnostics/quantities.js';
import { shorten } from '../../diagnostics/suggest.js';
import type { Expression, Statement } from '../../lang/ast.js';
import type { ModelHashes } from '../../model/hash.js';
import type {
  DataStore,
  EquationSet,
  Model,
  Phase,
  Projection,
  Recording,
  SynapseType as WrittenSynapse,
  UnitText,
  ValidModel,
  Value,
} from '../../model/model.js';
import type * as typed from '../../model/typed.js';
import type { Compartments, NeuronType, SynapseType } from '../../model/typed.js';
import { typedModel, writtenModel } from '../../model/typed-model.js';
import { declaredNames, mechanismNames } from '../../model/declared-names.js';
import { taggedPhase, taggedRecording } from '../../model/tagged.js';
import { populationsOf } from '../../model/selected.js';
import { spelling } from '../../lang/reference.js';
import { readableModel } from '../../library/readable/readable-model.js';
import { degreesText } from './degrees.js';
import { placeText, ruleText, selectionText, stimulusText } from './member-texts.js';
import { rounded, seconds, valueText } from './value-texts.js';
import { lineText, noParts } from './description.js';
import type {
  DescriptionCode,
  DescriptionSection,
  DescriptionTable,
  FurtherParts,
  Line,
  LinePart,
  ModelDescription,
} from './description.js';

/**
 * Describes a model.
 *
 * @param synapses  number of synapses of each projection, by its name
 * @param parts  tables of cells, channels and inputs
 */
export function describeModel(
  valid: ValidModel,
  hashes: ModelHashes,
  synapses: ReadonlyMap<string, number>,
  parts: FurtherParts = noParts,
): ModelDescription<Line> {
  const typed = readableModel(typedModel(valid.model));
  const whole = writtenModel(typed);
  const model = withoutInputs(whole, parts);
  const inputProjections = Object.entries(without(whole.projections, new Set(Object.keys(model.projections))));
  // The types of inputs' projections pass the inputs on, and no document has their names.
  const ofInputProjections = inputProjections.map(([, { synapse }]) => synapse);
  const inputRows = inputProjections.map(([name, one]) => [
    sendersOf(one).join(', '),
    selectionText(one.to.of) + placeText(one.to),
    sendersOf(one)
      .map((sender) => whole.populations[sender]?.type ?? '')
      .join(', '),
    formatCount(synapses.get(name) ?? 0),
  ]);
  const sections = [
    summary(model, hashes, networkSize(whole, synapses, parts)),
    populations(model),
    projections(model, synapses, valid.data),
    ...parts.sections,
    types('Neuron types', without(typed.neurons, parts.replaced), model.neurons, neuronLines, parts.listed),
    types(
      'Synapse types',
      without(typed.synapses, new Set([...parts.replaced, ...ofInputProjections])),
      model.synapses,
      synapseLines,
    ),
    inputs(model, inputRows),
    recordings(model),
    protocol(model),
  ];
  return { title: model.name, sections: sections.filter(({ parts }) => parts.length > 0) };
}

const sendersOf = ({ from }: Projection): readonly string[] => populationsOf(from.of);

/** Returns a model without its inputs and what they send. */
function withoutInputs(model: Model, { inputs }: FurtherParts): Model {
  const isInput = (name: string): boolean => inputs.has(model.populations[name]?.type ?? '');
  const ofInputs = Object.keys(model.populations).filter(isInput);
  const sent = Object.entries(model.projections).filter(([, one]) => sendersOf(one).some(isInput));
  return {
    ...model,
    populations: without(model.populations, new Set(ofInputs)),
    projections: without(model.projections, new Set(sent.map(([name]) => name))),
  };
}

interface NetworkSize {
  readonly cells: number;
  readonly synapses: number;
}

/** Counts the cells and synapses of a model, inputs apart. */
function networkSize(model: Model, synapses: ReadonlyMap<string, number>, parts: FurtherParts): NetworkSize {
  const { populations: cells, projections: sent } = withoutInputs(model, parts);
  return {
    cells: Object.values(cells).reduce((sum, { size }) => sum + size, 0),
    synapses: Object.keys(sent).reduce((sum, name) => sum + (synapses.get(name) ?? 0), 0),
  };
}

/** Returns the caption of a network: the cells and synapses that its description counts. */
export function networkCaption(
  model: Model,
  synapses: ReadonlyMap<string, number>,
  parts: FurtherParts = noParts,
): string {
  const size = networkSize(model, synapses, parts);
  const counted = (count: number, noun: string): string => `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
  return [counted(size.cells, 'cell'), ...(size.synapses === 0 ? [] : [counted(size.synapses, 'synapse')])].join(', ');
}

const without = <Type>(types: Readonly<Record<string, Type>>, names: ReadonlySet<string>): Record<string, Type> =>
  Object.fromEntries(Object.entries(types).filter(([name]) => !names.has(name)));

/** Returns the section with its table, or without parts if the table has no rows. */
const tableSection = (
  title: string,
  columns: readonly string[],
  rows: DescriptionTable['rows'],
): DescriptionSection => ({
  title,
  parts: rows.length === 0 ? [] : [{ kind: 'table', columns, rows }],
});

function summary(model: Model, hashes: ModelHashes, size: NetworkSize): DescriptionSection {
  const { metadata, experiment, timing } = model;
  const authors = (metadata.authors ?? []).map(({ name, orcid }) =>
    orcid === undefined ? name : `${name} (${orcid})`,
  );
  const rows = [
    ['title', metadata.title],
    ['description', metadata.description],
    ['authors', authors.length === 0 ? undefined : authors.join(', ')],
    ['licence', metadata.licence],
    ['DOI', metadata.doi],
    ['species', metadata.species],
    ['brain region', metadata.region],
    ['cells', formatCount(size.cells)],
    ['synapses', formatCount(size.synapses)],
    ['time step', seconds(experiment.dt)],
    ['order of a step', timing],
    ['seed', experiment.seed],
    ['model hash', hashes.model],
  ];
  return tableSection(
    'Summary',
    ['', ''],
    rows.flatMap(([name, value]) => (name === undefined || value === undefined ? [] : [[name, value]])),
  );
}

function populations(model: Model): DescriptionSection {
  const rows = Object.entries(model.populations).map(([name, { type, size, values, spikes }]) => {
    const units = unitsOf(type === undefined ? undefined : model.neurons[type]);
    return [
      name,
      type ?? (spikes === undefined ? 'none' : 'replayed spikes'),
      formatCount(size),
      assignments(values, units),
    ];
  });
  return tableSection('Populations', ['name', 'neuron type', 'cells', 'own values'], rows);
}

function projections(model: Model, synapses: ReadonlyMap<string, number>, data: DataStore): DescriptionSection {
  const rows = Object.entries(model.projections).map(([name, projection]) => {
    const type = model.synapses[projection.synapse];
    const count = synapses.get(name);
    const delays = Object.entries({ ...delaysOf(type), ...projection.delays }).map(
      ([pathway, delay]) => `${pathway}: ${valueText(delay, 's')}`,
    );
    const receptors = Object.values(projection.receptors);
    return [
      name,
      selectionText(projection.from.of) + placeText(projection.from),
      selectionText(projection.to.of) +
        placeText(projection.to) +
        (receptors.length === 0 ? '' : ` (${receptors.join(', ')})`),
      projection.connect.map(ruleText).join('; ') + degreesText(projection, model, data),
      count === undefined ? '' : formatCount(count),
      projection.synapse,
      delays.join(', '),
      assignments(projection.values, unitsOf(type)),
    ];
  });
  return tableSection(
    'Projections',
    ['name', 'from', 'to', 'rule', 'synapses', 'synapse type', 'delays', 'own values'],
    rows,
  );
}

const delaysOf = (type: WrittenSynapse | undefined): Readonly<Record<string, Value>> =>
  Object.fromEntries(Object.entries(type?.pathways ?? {}).map(([name, { delay }]) => [name, delay]));

function types<Type extends NeuronType | SynapseType>(
  title: string,
  all: Readonly<Record<string, Type>>,
  written: Readonly<Record<string, EquationSet>>,
  own: (type: Type, code: Code) => readonly Line[],
  listed: FurtherParts['listed'] = new Map(),
): DescriptionSection<Line> {
  const groups: Alike[] = [];
  for (const [name, type] of Object.entries(all)) {
    const code = codeWithin(declaredNames(type));
    const { parameters } = written[name]!;
    join(groups, name, [...equationLines(type, code), ...own(type, code)], parameters);
  }
  return {
    title,
    parts: groups.flatMap(({ names, lines, parameters, values }) => {
      const equations: DescriptionCode<Line> = { kind: 'code', caption: names.join(', '), lines };
      const isOne = values.every((column) => sameTexts(column, itemAt(values, 0)));
      const rows = parameters.map((parameter, k) => [
        parameter,
        ...(isOne ? [itemAt(values, 0)[k]!] : values.map((column) => itemAt(column, k))),
      ]);
      const columns = ['parameter', ...(isOne ? ['value'] : names)];
      const table: DescriptionTable = { kind: 'table', columns, rows };
      const isListed = rows.every(([parameter = '']) => names.every((name) => listed.get(name)?.has(parameter)));
      return isListed ? [equations] : [equations, table];
    }),
  };
}

/** Types of equal equations. */
interface Alike {
  readonly names: string[];
  readonly lines: readonly Line[];
  readonly texts: readonly string[];
  readonly parameters: readonly string[];
  /** Values of the parameters of each type. */
  readonly values: (readonly string[])[];
}

/** Most types with values of their own in one table. */
const mostColumns = 5;

/** Adds a type to a group of equal equations and parameters. Types with other values join up to `mostColumns`. */
function join(groups: Alike[], name: string, lines: readonly Line[], given: EquationSet['parameters']): void {
  const texts = lines.map(lineText);
  const parameters = Object.keys(given);
  const values = Object.values(given).map(({ value, unit }) => valueText(value, unit));
  const group = groups.find(
    (one) =>
      sameTexts(one.texts, texts) &&
      sameTexts(one.parameters, parameters) &&
      (one.values.every((column) => sameTexts(column, values)) || one.names.length < mostColumns),
  );
  if (group) {
    group.names.push(name);
    group.values.push(values);
  } else groups.push({ names: [name], lines, texts, parameters, values: [values] });
}

const sameTexts = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((text, k) => text === b[k]);

/** Returns code as a part of a line. */
type Code = (code: Expression | Statement) => LinePart;

const codeWithin =
  (declared: ReadonlySet<string>): Code =>
  (code) => ({ kind: 'code', code, declared });

const operator = (symbol: string): LinePart => ({ kind: 'operator', symbol });
const variable = (name: string): LinePart => ({ kind: 'variable', name });
const definition = (name: string, ...value: readonly LinePart[]): Line => [variable(name), operator('='), ...value];
const indented = (line: Line): Line => (typeof line === 'string' ? `  ${line}` : ['  ', ...line]);

/** Returns the words `start`, then actions. */
const actionLine = (start: readonly LinePart[], actions: readonly LinePart[]): Line => [
  ...start,
  ': ',
  ...actions.flatMap((action, k) => (k === 0 ? [action] : [operator(','), ' ', action])),
];

const rateLine = (name: string, rate: Expression, code: Code): readonly LinePart[] => [
  { kind: 'derivative', name },
  operator('='),
  code(rate),
];

function equationLines(type: Pick<NeuronType, 'conformsTo' | 'state' | 'derivatives' | 'derived'>, code: Code): Line[] {
  return [
    ...(type.conformsTo ? [`# ${type.conformsTo.type}`] : []),
    ...Object.entries(type.derivatives).map(([name, { rate, eventDriven }]) => [
      ...rateLine(name, rate, code),
      ...(eventDriven ? ['   (advanced at events)'] : []),
    ]),
    ...Object.entries(type.derived).map(([name, { value }]) => definition(name, code(value))),
    ...Object.entries(type.state).flatMap(([name, { initial, unit }]) =>
      initial === 0 ? [] : [[{ kind: 'start', name } as const, operator('='), startOf(initial, unit, code)]],
    ),
  ];
}

function startOf(initial: typed.Value, unit: UnitText, code: Code): LinePart {
  if (typeof initial === 'number') return { kind: 'quantity', ...rounded(initial, unit) };
  return initial.kind === 'expression' ? code(initial.expression) : valueText(initial, unit);
}

function neuronLines({ events, regimes, compartments }: NeuronType, code: Code): Line[] {
  const lines = Object.entries(events).flatMap(([name, { when, do: actions, refractory }]): Line[] => {
    const period = refractory?.for ?? refractory?.while;
    return [
      actionLine([`${name} when `, code(when)], actions.length === 0 ? ['nothing else'] : actions.map(code)),
      ...(period === undefined
        ? []
        : [['  ', `then refractory ${refractory?.for === undefined ? 'while' : 'for'} `, code(period)]]),
    ];
  });
  const modes = Object.entries(regimes).flatMap(([name, { derivatives, onEntry, transitions }]): Line[] => [
    `regime ${name}:`,
    ...Object.entries(derivatives).map(([state, { rate }]) => indented(rateLine(state, rate, code))),
    ...(onEntry.length === 0 ? [] : [actionLine(['  ', 'on entry'], onEntry.map(code))]),
    ...transitions.map(({ when, do: actions, to, emit }) =>
      actionLine(
        ['  ', 'when ', code(when)],
        [...actions.map(code), ...(emit ? [`emit ${emit}`] : []), ...(to ? [`enter ${to}`] : [])],
      ),
    ),
  ]);
  return [...(compartments ? structureLines(compartments) : []), ...lines, ...modes];
}

function structureLines({ sections, mechanisms }: Compartments): Line[] {
  const all = Object.values(sections);
  const pieces = all.reduce((sum, { divisions }) => sum + divisions, 0);
  return [
    `${formatCount(all.length)} sections in ${formatCount(pieces)} compartments`,
    ...Object.entries(mechanisms).flatMap(([name, mechanism]) => {
      const { on, writes, events } = mechanism;
      const code = codeWithin(mechanismNames(mechanism));
      return [
        `${name} on ${on ? shorten(on.join(', '), 60) : 'all sections'}:`,
        ...[
          ...equationLines(mechanism, code),
          ...Object.entries(writes).map(([target, value]) => definition(target, code(value))),
          ...Object.values(events ?? {}).map(({ when, do: actions }) =>
            actionLine(['when ', code(when)], actions.map(code)),
          ),
        ].map(indented),
      ];
    }),
  ];
}

function synapseLines({ pathways, contributes, summed }: SynapseType, code: Code): Line[] {
  return [
    ...Object.values(pathways).map(({ on, do: actions }) =>
      actionLine([`on ${on.end}.${on.event}`], actions.map(code)),
    ),
    ...contributes.map(({ to, value }) => ['adds ', code(value), ' to ', variable(spelling(to)), ' in each step']),
    ...summed.map(({ to, value }) => definition(spelling(to), operator('∑'), code(value))),
  ];
}

function inputs(model: Model, further: DescriptionTable['rows']): DescriptionSection {
  const rows = Object.entries(model.stimuli).map(([name, stimulus]) => [
    name,
    selectionText(stimulus.to) + (stimulus.kind === 'current' ? placeText(stimulus) : ''),
    ...stimulusText(stimulus),
  ]);
  const { parts } = tableSection('Input components at cells', ['name', 'to', 'kind', 'number'], further);
  return { title: 'Inputs', parts: [...tableSection('', ['name', 'to', 'kind', 'value'], rows).parts, ...parts] };
}

function recordings(model: Model): DescriptionSection {
  const rows = model.recordings.map((recording) => [
    recording.name,
    selectionText(recording.of),
    ...recordingText(recording, model.experiment.dt),
  ]);
  return tableSection('Recordings', ['name', 'of', 'what', 'interval'], rows);
}

function recordingText(given: Recording, dt: number): [what: string, interval: string] {
  const recording = taggedRecording(given);
  switch (recording.kind) {
    case 'events':
      return [recording.events, ''];
    case 'rate':
      return ['population rate', ''];
    case 'variables':
      return [recording.variables.join(', ') + placeText(recording), seconds(recording.every ?? dt)];
    default:
      return recording satisfies never;
  }
}

function protocol(model: Model): DescriptionSection {
  const rows = model.experiment.protocol.map((phase, k) => [String(k + 1), phaseText(phase)]);
  return tableSection('Protocol', ['', 'phase'], rows);
}

function phaseText(phase: Phase): string {
  const tagged = taggedPhase(phase);
  if (tagged.kind === 'run') return `run ${seconds(tagged.run)}`;
  if (tagged.kind === 'runUntil') return `run until ${seconds(tagged.runUntil)}`;
  return shorten(
    Object.entries(phase)
      .map(([key, value]) => (typeof value === 'string' ? `${key} ${value}` : `${key} ${JSON.stringify(value)}`))
      .join(', '),
    100,
  );
}

// --- Texts of values ------------------------------------------------------------------------------------------------

/** Returns the units of the parameters and state variables of a type, by name. */
const unitsOf = (type: EquationSet | undefined): ReadonlyMap<string, UnitText> =>
  new Map(
    [...Object.entries(type?.parameters ?? {}), ...Object.entries(type?.state ?? {})].map(([name, { unit }]) => [
      name,
      unit,
    ]),
  );

const assignments = (values: Readonly<Record<string, Value>>, units: ReadonlyMap<string, UnitText>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name} = ${valueText(value, units.get(name) ?? '1')}`)
    .join(', ');
