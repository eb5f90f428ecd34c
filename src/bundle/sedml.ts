/**
 * Simulation experiments in SED-ML.
 *
 * @source SED-ML Level 1 Version 4, https://doi.org/10.1515/jib-2021-0021; terms of KiSAO, http://www.biomodels.net/kisao
 */

import { Diagnostics } from '../diagnostics/diagnostic.js';
import { messages } from './messages.js';
import type { XmlElement } from '../../translators/neuroml/xml/element.js';
import { readXml } from '../../translators/neuroml/xml/read-xml.js';
import { descendantsOf, element, xmlText, type WrittenElement } from './xml.js';

const namespace = 'http://sed-ml.org/sed-ml/level1/version4';
const mathNamespace = 'http://www.w3.org/1998/Math/MathML';
/** Stands for the time of a task. */
export const timeSymbol = 'urn:sedml:symbol:time';

/** Forward Euler, which LEMS prescribes. */
export const forwardEuler = 'KISAO:0000030';

/** A run of a model, and what is reported of it. */
export interface Experiment {
  /** Path of the model, relative to the document. */
  readonly source: string;
  /** Duration in s. */
  readonly duration: number;
  /** Number of time steps. */
  readonly steps: number;
  readonly columns: readonly ReportColumn[];
}

/** A column of the report, beside time. */
export interface ReportColumn {
  readonly id: string;
  /** Path of a variable in LEMS, such as `pop[0]/v`. */
  readonly target: string;
}

/** Returns the document for one run of a model in LEMS with one report, whose columns are time and `columns`. */
export function sedmlText({ source, duration, steps, columns }: Experiment): string {
  const generator = (id: string, variable: Readonly<Record<string, string>>): WrittenElement =>
    element('dataGenerator', { id }, [
      element('listOfVariables', {}, [element('variable', { id: `${id}_value`, ...variable, taskReference: 'task' })]),
      element('math', { xmlns: mathNamespace }, [element('ci', {}, [], `${id}_value`)]),
    ]);
  const dataSet = (id: string, label: string): WrittenElement =>
    element('dataSet', { id: `${id}_data`, label, dataReference: id });
  const numbered = columns.map(({ target }, k) => ({ id: `column${k + 1}`, target }));
  const times = { initialTime: '0', outputStartTime: '0', outputEndTime: String(duration), numberOfSteps: `${steps}` };
  return xmlText(
    element('sedML', { xmlns: namespace, level: '1', version: '4' }, [
      element('listOfModels', {}, [element('model', { id: 'model', language: 'urn:sedml:language:lems', source })]),
      element('listOfSimulations', {}, [
        element('uniformTimeCourse', { id: 'simulation', ...times }, [element('algorithm', { kisaoID: forwardEuler })]),
      ]),
      element('listOfTasks', {}, [
        element('task', { id: 'task', modelReference: 'model', simulationReference: 'simulation' }),
      ]),
      element('listOfDataGenerators', {}, [
        generator('time', { symbol: timeSymbol }),
        ...numbered.map(({ id, target }) => generator(id, { target })),
      ]),
      element('listOfOutputs', {}, [
        element('report', { id: 'report' }, [
          element('listOfDataSets', {}, [
            dataSet('time', 'time'),
            ...numbered.map(({ id, target }) => dataSet(id, target)),
          ]),
        ]),
      ]),
    ]),
  );
}

/** Returns the columns that the `Simulation` of a LEMS document writes into files. */
export function columnsOf(lems: string): readonly ReportColumn[] {
  const root = readXml(lems, 'LEMS', new Diagnostics());
  return (root ? descendantsOf(root, 'OutputColumn') : []).flatMap((column) => {
    const target = column.attribute('quantity');
    return target === undefined ? [] : [{ id: column.attribute('id') ?? '', target }];
  });
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
  /** Method that the task asks for. */
  readonly method: string;
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
 * sedml/unread-element, sedml/other-method
 */
export function readTasks(text: string, document: string, diagnostics: Diagnostics): readonly SedTask[] {
  const root = readXml(text, document, diagnostics);
  return root ? tasksIn(root, diagnostics) : [];
}

/** Returns the tasks of a document that is read. */
export function tasksIn(root: XmlElement, diagnostics: Diagnostics): readonly SedTask[] {
  for (const found of unread.flatMap((name) => descendantsOf(root, name)))
    diagnostics.add(messages.unreadElement(found.name), found.place);
  const byId = (name: string): ReadonlyMap<string, XmlElement> =>
    new Map(descendantsOf(root, name).map((found) => [found.attribute('id') ?? '', found]));
  const [models, courses] = [byId('model'), byId('uniformTimeCourse')];
  return descendantsOf(root, 'task').flatMap((task): readonly SedTask[] => {
    const model = referred(task, 'modelReference', models, diagnostics);
    const course = referred(task, 'simulationReference', courses, diagnostics);
    if (!model || !course) return [];
    checkLanguage(model, diagnostics);
    checkMethod(course, diagnostics);
    const source = attribute(model, 'source', diagnostics);
    const start = numberIn(course, 'outputStartTime', diagnostics);
    const end = numberIn(course, 'outputEndTime', diagnostics);
    // Level 1 Version 3 and before say numberOfPoints, and mean the same.
    const count = course.attribute('numberOfPoints') === undefined ? 'numberOfSteps' : 'numberOfPoints';
    const steps = numberIn(course, count, diagnostics);
    if (source === undefined || start === undefined || end === undefined || steps === undefined) return [];
    // Steps divide the time that is reported; the run begins at 0.
    const all = Math.round((end / (end - start)) * steps);
    const id = task.attribute('id') ?? '';
    return [{ id, source, duration: end, steps: all, reported: steps, ...methodOf(course) }];
  });
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

function checkLanguage(model: XmlElement, diagnostics: Diagnostics): void {
  const language = model.attribute('language') ?? '';
  if (!/^urn:sedml:language:(neuroml|lems)\b/.test(language))
    diagnostics.add(messages.unreadLanguage(language === '' ? 'an unstated language' : language), model.place);
}

const term = (owner: XmlElement | undefined): string | undefined => owner?.attribute('kisaoID')?.replace('_', ':');

/** Returns the method that a simulation asks for, and the seed. */
function methodOf(course: XmlElement): Pick<SedTask, 'method' | 'seed'> {
  const algorithm = course.children.find(({ name }) => name === 'algorithm');
  const seed = descendantsOf(course, 'algorithmParameter').find((one) => term(one) === seedParameter);
  const value = seed?.attribute('value');
  return { method: term(algorithm) ?? forwardEuler, ...(value === undefined ? {} : { seed: value }) };
}

/** Warns of a method other than that of LEMS. */
function checkMethod(course: XmlElement, diagnostics: Diagnostics): void {
  const { method } = methodOf(course);
  const algorithm = course.children.find(({ name }) => name === 'algorithm');
  if (method !== forwardEuler) diagnostics.add(messages.otherMethod(method), (algorithm ?? course).place);
}
