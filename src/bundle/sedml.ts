/**
 * Simulation experiments in SED-ML.
 *
 * @source SED-ML Level 1 Version 4, https://doi.org/10.1515/jib-2021-0021; terms of KiSAO,
 *   http://www.biomodels.net/kisao
 */

import { Diagnostics, type Place } from '../diagnostics/diagnostic.js';
import { forwardEuler } from './kisao.js';
import { messages } from './messages.js';
import type { XmlElement } from '../xml/element.js';
import { readXml } from '../xml/read-xml.js';
import { descendantsOf, element, xmlText, type WrittenElement } from './xml.js';

const namespace = 'http://sed-ml.org/sed-ml/level1/version4';
const mathNamespace = 'http://www.w3.org/1998/Math/MathML';
/** Stands for the time of a task. */
export const timeSymbol = 'urn:sedml:symbol:time';

/** A run of a model, and what is reported of it. */
export interface Experiment {
  /** Path of the model, relative to the document. */
  readonly source: string;
  /** Duration in s. */
  readonly duration: number;
  /** Number of time steps. */
  readonly steps: number;
  readonly columns: readonly ReportColumn[];
  /** Populations of which spikes are reported. */
  readonly spikes: readonly string[];
  readonly language: ModelLanguage;
}

/** Languages of models that are carried out. SED-ML has no name for the canonical form. */
export const modelLanguages = {
  neuroml: 'urn:sedml:language:neuroml',
  lems: 'urn:sedml:language:lems',
  canonical: 'urn:interneuron:schema:model:1',
} as const;

/** The language that jNeuroML's export of SED-ML states. */
const neuroml2 = 'urn:sedml:language:neuroml2';

export type ModelLanguage = keyof typeof modelLanguages;

/** Parts of the spikes of a population: their times in s, and the indices of their cells. */
export const spikeParts = ['times', 'cells'] as const;

/** Returns the target of a part of the spikes of a population. No path in LEMS has a colon. */
export const spikeTarget = (population: string, part: (typeof spikeParts)[number]): string =>
  `${population}:spike/${part}`;

/** Returns the population and the part that a target stands for; undefined for the path of a variable. */
export function spikesOfTarget(
  target: string,
): { readonly population: string; readonly part: (typeof spikeParts)[number] } | undefined {
  const [, population, named] = /^([^:]+):spike\/(\w+)$/.exec(target) ?? [];
  const part = spikeParts.find((one) => one === named);
  return population === undefined || part === undefined ? undefined : { population, part };
}

/** A column of the report, beside time. */
export interface ReportColumn {
  readonly id: string;
  /** Path of a variable in LEMS, such as `pop[0]/v`. */
  readonly target: string;
}

/**
 * Returns the document for one run of a model: the report `report` of the time and variables, and the report `spikes`
 * with the times and cells of the spikes of each population.
 */
export function sedmlText({ source, duration, steps, columns, spikes, language }: Experiment): string {
  const generator = (id: string, variable: Readonly<Record<string, string>>): WrittenElement =>
    element('dataGenerator', { id }, [
      element('listOfVariables', {}, [element('variable', { id: `${id}_value`, ...variable, taskReference: 'task' })]),
      element('math', { xmlns: mathNamespace }, [element('ci', {}, [], `${id}_value`)]),
    ]);
  const dataSet = (id: string, label: string): WrittenElement =>
    element('dataSet', { id: `${id}_data`, label, dataReference: id });
  const numbered = columns.map(({ target }, k) => ({ id: `column${k + 1}`, target, label: target }));
  const spiking = spikes.flatMap((population, k) =>
    spikeParts.map((part) => ({
      id: `${part}${k + 1}`,
      target: spikeTarget(population, part),
      label: `${population}: ${part} of spikes${part === 'times' ? ' (s)' : ''}`,
    })),
  );
  const report = (id: string, dataSets: readonly WrittenElement[]): WrittenElement =>
    element('report', { id }, [element('listOfDataSets', {}, dataSets)]);
  const labelled = (all: typeof numbered): readonly WrittenElement[] => all.map(({ id, label }) => dataSet(id, label));
  const times = { initialTime: '0', outputStartTime: '0', outputEndTime: String(duration), numberOfSteps: `${steps}` };
  return xmlText(
    element('sedML', { xmlns: namespace, level: '1', version: '4' }, [
      element('listOfModels', {}, [element('model', { id: 'model', language: modelLanguages[language], source })]),
      element('listOfSimulations', {}, [
        element('uniformTimeCourse', { id: 'simulation', ...times }, [element('algorithm', { kisaoID: forwardEuler })]),
      ]),
      element('listOfTasks', {}, [
        element('task', { id: 'task', modelReference: 'model', simulationReference: 'simulation' }),
      ]),
      element('listOfDataGenerators', {}, [
        generator('time', { symbol: timeSymbol }),
        ...[...numbered, ...spiking].map(({ id, target }) => generator(id, { target })),
      ]),
      element('listOfOutputs', {}, [
        ...(numbered.length > 0 ? [report('report', [dataSet('time', 'time'), ...labelled(numbered)])] : []),
        ...(spiking.length > 0 ? [report('spikes', labelled(spiking))] : []),
      ]),
    ]),
  );
}

/** Returns the variables that the `Simulation` of a LEMS document writes into files, and the populations of events. */
export function outputsOfLems(lems: string): Pick<Experiment, 'columns' | 'spikes'> {
  const root = readXml(lems, 'LEMS', new Diagnostics());
  if (!root) return { columns: [], spikes: [] };
  const columns = descendantsOf(root, 'OutputColumn').flatMap((column): readonly ReportColumn[] => {
    const target = column.attribute('quantity');
    return target === undefined ? [] : [{ id: column.attribute('id') ?? '', target }];
  });
  const selected = descendantsOf(root, 'EventSelection').flatMap(
    (selection) => /^[^[/]+/.exec(selection.attribute('select') ?? '')?.[0] ?? [],
  );
  return { columns, spikes: [...new Set(selected)] };
}

/** A task of a document that can be carried out. */
export interface SedTask {
  readonly id: string;
  /** Path of the model, relative to the document. */
  readonly source: string;
  /** Duration in s, and number of time steps. */
  readonly duration: number;
  readonly steps: number;
  /** Number of the last steps that are reported. */
  readonly reported: number;
  /** Method that the task asks for, as `KISAO:0000030`. */
  readonly method: string;
  /** Place of the method. */
  readonly place: Place;
  /** Seed of random numbers, if it is given. */
  readonly seed?: string;
}

/** Parameter of KiSAO with the seed of random numbers. */
const seedParameter = 'KISAO:0000488';

/** Parts of experiments that are not carried out. */
const unread = ['repeatedTask', 'parameterEstimationTask', 'steadyState', 'oneStep', 'analysis', 'listOfChanges'];

/**
 * Reads the tasks of a document: runs of models in NeuroML or LEMS for a uniform time course.
 *
 * @diagnostic sedml/unknown-reference, sedml/missing-attribute, sedml/not-a-number, sedml/unread-language,
 * sedml/unread-element, sedml/no-task
 */
export function readTasks(text: string, document: string, diagnostics: Diagnostics): readonly SedTask[] {
  const root = readXml(text, document, diagnostics);
  return root ? tasksIn(root, diagnostics) : [];
}

/** Returns the tasks of a document that is read. */
export function tasksIn(root: XmlElement, diagnostics: Diagnostics): readonly SedTask[] {
  const foreign = descendantsOf(root, 'model').find((model) => !isRead(model));
  if (foreign) {
    diagnostics.add(messages.unreadLanguage(foreign.attribute('language') ?? 'an unstated language'), foreign.place);
    return [];
  }
  const refused = unread.flatMap((name) => descendantsOf(root, name).slice(0, 1));
  for (const { name, place } of refused) diagnostics.add(messages.unreadElement(name), place);
  if (refused.length > 0) return [];
  if (descendantsOf(root, 'task').length === 0) diagnostics.add(messages.noTask(), root.place);
  const byId = (name: string): ReadonlyMap<string, XmlElement> =>
    new Map(descendantsOf(root, name).map((found) => [found.attribute('id') ?? '', found]));
  const [models, courses] = [byId('model'), byId('uniformTimeCourse')];
  checkIds(root, 'task', diagnostics);
  return descendantsOf(root, 'task').flatMap((task): readonly SedTask[] => {
    const model = referred(task, 'modelReference', models, diagnostics);
    const course = referred(task, 'simulationReference', courses, diagnostics);
    if (!model || !course) return [];
    const source = attribute(model, 'source', diagnostics);
    const start = numberIn(course, 'outputStartTime', diagnostics);
    const end = numberIn(course, 'outputEndTime', diagnostics);
    // Level 1 Version 3 and before say numberOfPoints, and mean the same.
    const count = course.attribute('numberOfPoints') === undefined ? 'numberOfSteps' : 'numberOfPoints';
    const steps = numberIn(course, count, diagnostics);
    if (source === undefined || start === undefined || end === undefined || steps === undefined) return [];
    if (end <= start) {
      diagnostics.add(
        messages.badNumber(course.name, 'outputEndTime', String(end)),
        course.valuePlace('outputEndTime'),
      );
      return [];
    }
    // Steps divide the time that is reported; the run begins at 0.
    const all = Math.round((end / (end - start)) * steps);
    const id = task.attribute('id') ?? '';
    const place = (course.children.find(({ name }) => name === 'algorithm') ?? course).place;
    return [{ id, source, duration: end, steps: all, reported: steps, ...methodOf(course), place }];
  });
}

/** Reports ids of elements that are missing, no identifiers, or used twice. @diagnostic sedml/bad-id */
export function checkIds(root: XmlElement, name: string, diagnostics: Diagnostics): void {
  const seen = new Set<string>();
  for (const found of descendantsOf(root, name)) {
    const id = attribute(found, 'id', diagnostics);
    if (id === undefined) continue;
    if (!/^[A-Za-z_]\w*$/.test(id) || seen.has(id))
      diagnostics.add(messages.badId(name, id, seen.has(id)), found.valuePlace('id'));
    seen.add(id);
  }
}

/** Returns the element that an attribute refers to, and reports an unknown one. */
export function referred(
  task: XmlElement,
  name: string,
  known: ReadonlyMap<string, XmlElement>,
  diagnostics: Diagnostics,
): XmlElement | undefined {
  const id = attribute(task, name, diagnostics);
  if (id === undefined) return undefined;
  const found = known.get(id);
  if (!found) diagnostics.add(messages.danglingReference(name, id, [...known.keys()]), task.valuePlace(name));
  return found;
}

function attribute(owner: XmlElement, wanted: string, diagnostics: Diagnostics): string | undefined {
  const found = owner.attribute(wanted);
  if (found === undefined) diagnostics.add(messages.missingAttribute(owner.name, wanted), owner.place);
  return found;
}

function numberIn(course: XmlElement, name: string, diagnostics: Diagnostics): number | undefined {
  const text = attribute(course, name, diagnostics);
  if (text === undefined) return undefined;
  const value = Number(text);
  const isCount = name.startsWith('numberOf');
  if (text.trim() !== '' && (isCount ? Number.isInteger(value) && value > 0 : Number.isFinite(value) && value >= 0))
    return value;
  diagnostics.add(messages.badNumber(course.name, name, text), course.valuePlace(name));
  return undefined;
}

/** Checks whether the language of a model is read. */
function isRead(model: XmlElement): boolean {
  const language = model.attribute('language') ?? '';
  const languages = [...Object.values(modelLanguages), neuroml2];
  return languages.some((known) => language === known || language.startsWith(`${known}.`));
}

/** Returns a term of KiSAO as `KISAO:0000030`; it is also written `KISAO_0000030`. */
const term = (owner: XmlElement | undefined): string | undefined =>
  owner?.attribute('kisaoID')?.trim().replace('_', ':');

/** Returns the method that a simulation asks for, and the seed. */
function methodOf(course: XmlElement): Pick<SedTask, 'method' | 'seed'> {
  const algorithm = course.children.find(({ name }) => name === 'algorithm');
  const seed = descendantsOf(course, 'algorithmParameter').find((one) => term(one) === seedParameter);
  const value = seed?.attribute('value');
  return { method: term(algorithm) ?? forwardEuler, ...(value === undefined ? {} : { seed: value }) };
}
