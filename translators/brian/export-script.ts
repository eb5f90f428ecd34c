/** From the canonical model to a Brian 2 script that runs by itself: the exported specification, written as Python. */

import { namesInText } from '../../src/lang/lexer.js';
import { namesOf } from '../../src/model/typed.js';
import { mapped } from '../../src/model/collections.js';
import { Comments } from '../../src/model/comments.js';
import type { ValidModel } from '../../src/model/model.js';
import { child } from '../../src/model/pointer.js';
import { exportBrian } from './export.js';
import { ConversionReport, type ConversionEntry } from '../../src/model/conversion-report.js';
import * as blocks from './script/blocks.js';
import { objectLines, resultLines, type CalledSection } from './script/objects.js';
import { phaseLines, phasesOf } from './script/phases.js';
import { withConstantComments, withEquationComments } from './script/comments.js';
import { Companion } from './script/companion.js';
import { needsNames, withShortNames } from './script/short-names.js';
import { withRecordedCells } from './script/recorded-cells.js';
import { pythonValue } from './script/python-text.js';
import { docstring, documentationOf } from '../shared/documentation.js';
import { joinedLists, pythonComments, quoted } from '../shared/python.js';
import type { BrianSpecification, EventMonitor } from './specification.generated.js';
import { defaultSlot, namedSections } from './vocabulary.js';

/** A file of an export. */
interface ExportedFile {
  /** Without a folder. */
  readonly name: string;
  readonly text: string;
}

/** A script, and how faithful it is. */
interface BrianScriptExport {
  /** The script, and a file of data if lists are long. */
  readonly files: readonly ExportedFile[];
  /** One entry for each part of the model that is exact, and one for each thing that is not. */
  readonly report: readonly ConversionEntry[];
  /** Variables under their names in Brian. */
  readonly became: ReturnType<typeof exportBrian>['became'];
}

interface ScriptView {
  /** The docstring. */
  readonly documentation: string;
  /** Comments of the document that belong to no part of the script. */
  readonly comments: readonly string[];
  readonly imports: readonly string[];
  readonly dataLines: readonly string[];
  readonly settings: readonly string[];
  readonly sections: readonly { readonly title: string; readonly blocks: readonly string[] }[];
  readonly runLines: readonly string[];
  /** Whether time returns to 0. The script then lists the recordings of each segment. */
  readonly hasSegments: boolean;
  /** The statement that returns a dictionary of all recordings. */
  readonly results: string;
}

/**
 * Writes a model as a Brian 2 script. Its monitors hold the recordings when it ends. If time returns to 0, which
 * empties monitors, a list `segments` has the states of all monitors at each end of a segment.
 *
 * @param valid  a normalised model with its large arrays
 * @param stem   name of the script without its ending
 * @param report report of earlier rewritings, to which entries are added
 */
export function exportBrianScript(
  valid: ValidModel,
  stem = 'model',
  report = new ConversionReport('brian'),
): BrianScriptExport {
  const exported = exportBrian(valid, 'double', report);
  const document = withRecordedCells(exported.document, report);
  const companion = new Companion(needsNames(document));
  const dataFile = `${stem}-data.json`;
  const view = scriptView(document, dataFile, companion);
  const script = { name: `${stem}.py`, text: render(view) };
  return {
    files: companion.isEmpty ? [script] : [script, { name: dataFile, text: companion.text }],
    report: report.entries,
    became: exported.became,
  };
}

/**
 * Moves constants with the name of an object into the namespaces of the groups that read them. In a script both would
 * be one variable.
 */
function withoutClashes(document: BrianSpecification): BrianSpecification {
  const objects = new Set(namedSections.flatMap((section) => Object.keys(document[section] ?? {})));
  const clashing = Object.entries(document.namespace ?? {}).filter(([name]) => objects.has(name));
  if (clashing.length === 0) return document;
  const own = <T extends { readonly namespace?: Readonly<Record<string, string | number>> }>(
    groups: Readonly<Record<string, T>> | undefined,
  ): Readonly<Record<string, T>> =>
    Object.fromEntries(
      Object.entries(groups ?? {}).map(([name, group]) => {
        const names = namesIn(group);
        const read = clashing.filter(([constant]) => names.has(constant));
        return [name, { ...group, namespace: { ...Object.fromEntries(read), ...group.namespace } }];
      }),
    );
  return {
    ...document,
    namespace: Object.fromEntries(Object.entries(document.namespace ?? {}).filter(([name]) => !objects.has(name))),
    neuron_groups: own(document.neuron_groups),
    spatial_neurons: own(document.spatial_neurons),
    poisson_groups: own(document.poisson_groups),
    synapses: own(document.synapses),
  };
}

function scriptView(given: BrianSpecification, dataFile: string, companion: Companion): ScriptView {
  const comments = new Comments(given.annotations);
  const head = comments.take('');
  const document = withMonitorsInTime(withEquationComments(withShortNames(withoutClashes(given)), comments));
  const constants = document.namespace ?? {};
  /** Returns blocks with the comments on the parts of the model that have the same names in these sections. */
  const each = <T>(
    map: Readonly<Record<string, T>> | undefined,
    block: (name: string, item: T) => string,
    about: readonly string[] = [],
  ): readonly string[] =>
    Object.entries(map ?? {}).map(([name, item]) => {
      const lines = about.flatMap((section) => comments.takeAll(child(`/${section}`, name)));
      return [...pythonComments(lines), block(name, item)].join('\n');
    });
  /**
   * Returns objects of a section that are one call each. @param isNamed  whether they have a name if Brian orders by it
   */
  const calls = (section: CalledSection, about: readonly string[], isNamed = false): readonly string[] =>
    each<object>(
      document[section],
      (name, item) => objectLines(section, name, item, companion, isNamed ? companion.nameOf(name) : []),
      about,
    );
  const models = [document.neuron_groups, document.spatial_neurons, document.synapses].flatMap((map) =>
    Object.entries(map ?? {}).flatMap(([name, { model }]) => (model === undefined ? [] : [[name, model] as const])),
  );
  const taken = [
    ...Object.keys(constants),
    ...namedSections.flatMap((section) => Object.keys(document[section] ?? {})),
  ];
  const shared = blocks.sharedEquations(models, new Set(taken));
  const synapses = new Set(Object.keys(document.synapses ?? {}));
  const morphologies = new Map<string, string>();
  const owners = [
    ...Object.keys({ ...document.neuron_groups, ...document.spatial_neurons }).map((name) => child('/neurons', name)),
    ...Object.keys(document.synapses ?? {}).map((name) => child('/synapses', name)),
  ];
  const [cells, recordings] = [['populations', 'neurons'], ['recordings']];
  const sections = [
    { title: 'Constants', blocks: withConstantComments(blocks.constantLines(constants), owners, comments) },
    {
      title: 'Functions of time',
      blocks: each(document.timed_arrays, (name, array) => blocks.timedArray(name, array, companion), ['tables']),
    },
    { title: 'Random numbers', blocks: calls('binomial_functions', []) },
    { title: 'Equations', blocks: blocks.equationLines(shared) },
    {
      title: 'Groups',
      blocks: [
        ...each(
          blocks.bySource(document.neuron_groups),
          (name, group) => blocks.neuronGroup(name, group, constants, companion, { shared, synapses }),
          cells,
        ),
        ...each(
          document.spatial_neurons,
          (name, cell) => blocks.spatialNeuron(name, cell, constants, companion, { shared, morphologies }),
          cells,
        ),
        ...each(
          document.poisson_groups,
          (name, group) => blocks.poissonGroup(name, group, constants, companion),
          cells,
        ),
        ...each(
          document.spike_generators,
          (name, group) =>
            objectLines('spike_generators', name, group, companion, blocks.common(name, group, companion)),
          cells,
        ),
      ],
    },
    {
      title: 'Synapses',
      blocks: each(document.synapses, (name, item) => blocks.synapses(name, item, constants, companion, shared), [
        'projections',
        'synapses',
      ]),
    },
    { title: 'Inputs', blocks: calls('poisson_inputs', ['stimuli']) },
    {
      title: 'Monitors',
      blocks: [
        ...calls('spike_monitors', recordings, true),
        ...calls('event_monitors', recordings, true),
        ...calls('state_monitors', recordings, true),
        ...calls('population_rate_monitors', recordings, true),
      ],
    },
  ];
  const phases = phaseLines(document, companion, comments);
  const runLines = [...pythonComments(comments.takeAll('/experiment')), ...phases];
  const hasSegments = phasesOf(document).some(({ reset }) => reset);
  const events = { ...document.spike_monitors, ...document.event_monitors };
  const results = resultLines(
    events,
    document.state_monitors ?? {},
    Object.keys(document.population_rate_monitors ?? {}),
  );
  const withData = !companion.isEmpty;
  return {
    documentation: docstring(documentationOf(document)),
    comments: pythonComments([...head, ...comments.takeRest()]),
    imports: [
      ...(withData ? ['import json', 'from pathlib import Path', ''] : []),
      ...(withData || usesNumpy([...sections.flatMap(({ blocks: lines }) => lines), ...runLines])
        ? ['import numpy as np']
        : []),
    ],
    dataLines: withData
      ? [
          '# Long lists are kept beside this script.',
          `data = json.loads((Path(__file__).parent / ${quoted(dataFile)}).read_text())`,
          'data = {key: np.array(values) for key, values in data.items()}',
          '',
        ]
      : [],
    settings: [
      `defaultclock.dt = ${pythonValue(document.dt ?? '0.1 ms')}`,
      ...(Number(document.seed ?? 0) === 0 && !mayDraw(document) ? [] : [`seed(${seedNumber(document.seed)})`]),
    ],
    sections: sections.filter((section) => section.blocks.length > 0),
    runLines,
    hasSegments,
    results,
  };
}

/** Monitors of custom events right after their tests: for a part of a group, Brian would have them before. */
function withMonitorsInTime(document: BrianSpecification): BrianSpecification {
  const { neuron_groups: groups = {}, event_monitors: monitors } = document;
  const inTime = (monitor: EventMonitor): EventMonitor => {
    const [owner = '', slice] = monitor.source.split('[');
    const event = groups[owner]?.events?.[monitor.event];
    if (slice === undefined || event === undefined || monitor.when !== undefined) return monitor;
    const order = (event.condition_order ?? event.order ?? 0) + (groups[owner]?.order ?? 0) + 1;
    return { ...monitor, when: event.condition_when ?? defaultSlot.customEvent, order };
  };
  return monitors === undefined ? document : { ...document, event_monitors: mapped(monitors, inTime) };
}

/**
 * Checks whether anything in a specification may be drawn. It may also return true for text that only looks like a
 * draw.
 */
function mayDraw({ annotations: _, ...document }: BrianSpecification): boolean {
  const { poisson_groups: groups, poisson_inputs: inputs, binomial_functions: functions } = document;
  return (
    [groups, inputs, functions].some((section) => section !== undefined) ||
    hasKey(document, 'p') ||
    [...namesIn(document)].some((name) => draws.has(name) || name.startsWith('xi_'))
  );
}

const hasKey = (part: unknown, key: string): boolean =>
  typeof part === 'object' &&
  part !== null &&
  (Object.hasOwn(part, key) || Object.values(part).some((member) => hasKey(member, key)));

const draws: ReadonlySet<string> = new Set(['rand', 'randn', 'poisson', 'sample', 'xi']);

/** Returns the names in all texts of a part of a specification. */
const namesIn = (part: unknown): ReadonlySet<string> =>
  new Set([...namesOf(part)].flatMap((text) => namesInText(text).map(({ name }) => name)));

/** Returns a seed for NumPy, which takes only 32-bit seeds. Brian's random streams differ from ours anyway. */
function seedNumber(seed: number | string | undefined): string {
  const value = Number(seed ?? 0);
  return Number.isSafeInteger(value) && value >= 0 ? String(value % 2 ** 32) : '0';
}

const usesNumpy = (lines: readonly string[]): boolean => lines.some((line) => /\bnp\./.test(line));

/** Returns a script as text. */
const render = ({ hasSegments, ...view }: ScriptView): string =>
  joinedLists(
    `${[
      view.documentation,
      ...(view.comments.length === 0 ? [] : ['', ...view.comments]),
      '',
      ...view.imports,
      'from brian2 import *',
      '',
      ...view.dataLines,
      ...view.settings,
      ...view.sections.flatMap(({ title, blocks: parts }) => ['', `# --- ${title}`, ...parts]),
      ...(hasSegments ? recordedLines(view.results) : []),
      '',
      '# --- Run',
      ...view.runLines,
      ...(hasSegments ? ['segments.append(recorded())'] : []),
    ].join('\n')}\n`,
  );

/** Returns the function of a script that lists recordings, and the list of its results. */
const recordedLines = (results: string): readonly string[] => [
  '',
  '',
  'def recorded():',
  '    """What the monitors have recorded since the last return to the start."""',
  `    ${results}`,
  '',
  '',
  'segments = []',
];
