/**
 * Data generators and reports of simulation experiments.
 *
 * @source SED-ML Level 1 Version 4, https://doi.org/10.1515/jib-2021-0021
 */

import { itemAt } from '../diagnostics/entry.js';
import type { Diagnostics, Place } from '../diagnostics/diagnostic.js';
import type { XmlElement } from '../xml/element.js';
import { readXml } from '../xml/read-xml.js';
import { messages } from './messages.js';
import { checkIds, referred, tasksIn, timeSymbol, type SedTask } from './sedml.js';
import { descendantsOf } from './xml.js';

/** A quantity of a task: the time, or a variable of the model. */
export interface SedVariable {
  readonly id: string;
  readonly task: string;
  /** Path of a variable in LEMS; null for the time. */
  readonly target: string | null;
  readonly place: Place;
}

/** A column of a report. */
export interface SedDataSet extends SedGenerator {
  readonly id: string;
  readonly name: string;
  readonly label: string;
}

/** A curve of a plot. */
export interface SedCurve {
  readonly id: string;
  readonly name: string;
  readonly x: SedGenerator;
  readonly y: SedGenerator;
}

/** A plot of curves. */
export interface SedPlot {
  readonly id: string;
  readonly name: string;
  readonly curves: readonly SedCurve[];
  readonly isLog: { readonly x: boolean; readonly y: boolean };
  /** Names of the data generators of the axes, where all curves share one. */
  readonly labels: { readonly x: string; readonly y: string };
}

/** Values that are computed from variables. */
export interface SedGenerator {
  readonly variables: readonly SedVariable[];
  /** Returns the value from those of the variables, in their order. */
  readonly value: (values: readonly number[]) => number;
}

/** A table of an experiment. */
export interface SedReport {
  readonly id: string;
  readonly name: string;
  readonly dataSets: readonly SedDataSet[];
}

/** An experiment that can be carried out. */
export interface SedExperiment {
  readonly tasks: readonly SedTask[];
  readonly reports: readonly SedReport[];
  readonly plots: readonly SedPlot[];
  /** Ids of surfaces, which are not drawn. */
  readonly surfaces: readonly string[];
}

/**
 * Reads an experiment.
 *
 * @diagnostic sedml/unknown-reference, sedml/missing-attribute, sedml/unread-element and those of `tasksIn`
 */
export function readExperiment(text: string, document: string, diagnostics: Diagnostics): SedExperiment {
  const root = readXml(text, document, diagnostics);
  if (!root) return { tasks: [], reports: [], plots: [], surfaces: [] };
  const tasks = tasksIn(root, diagnostics);
  const byId = (name: string): ReadonlyMap<string, XmlElement> =>
    new Map(descendantsOf(root, name).map((found) => [found.attribute('id') ?? '', found]));
  checkIds(root, 'report', diagnostics);
  const tasksById = byId('task');
  const generators = new Map(
    [...byId('dataGenerator')].map(([id, generator]) => [id, generatorOf(generator, tasksById, diagnostics)]),
  );
  const elements = byId('dataGenerator');
  const reports = descendantsOf(root, 'report').map((report): SedReport => {
    const dataSets = descendantsOf(report, 'dataSet').flatMap((dataSet): readonly SedDataSet[] => {
      const generator = referred(dataSet, 'dataReference', elements, diagnostics);
      const made = generators.get(generator?.attribute('id') ?? '');
      const id = dataSet.attribute('id') ?? '';
      return made
        ? [{ id, name: dataSet.attribute('name') ?? '', label: dataSet.attribute('label') ?? id, ...made }]
        : [];
    });
    return { id: report.attribute('id') ?? '', name: report.attribute('name') ?? '', dataSets };
  });
  checkIds(root, 'plot2D', diagnostics);
  const plots = descendantsOf(root, 'plot2D').map((plot): SedPlot => {
    const names = { x: new Set<string>(), y: new Set<string>() };
    const elementsOfCurves = descendantsOf(plot, 'curve');
    const curves = elementsOfCurves.flatMap((curve): readonly SedCurve[] => {
      const ends = (['x', 'y'] as const).map((axis) => {
        const generator = referred(curve, `${axis}DataReference`, elements, diagnostics);
        const id = generator?.attribute('id') ?? '';
        names[axis].add(generator?.attribute('name') ?? id);
        return generators.get(id);
      });
      const [x, y] = ends;
      const id = curve.attribute('id') ?? '';
      return x && y ? [{ id, name: curve.attribute('name') ?? id, x, y }] : [];
    });
    const isLog = (axis: 'x' | 'y'): boolean =>
      elementsOfCurves.some((curve) => curve.attribute(axis === 'x' ? 'logX' : 'logY') === 'true');
    const label = (axis: 'x' | 'y'): string => (names[axis].size === 1 ? ([...names[axis]][0] ?? '') : '');
    return {
      id: plot.attribute('id') ?? '',
      name: plot.attribute('name') ?? '',
      curves,
      isLog: { x: isLog('x'), y: isLog('y') },
      labels: { x: label('x'), y: label('y') },
    };
  });
  const surfaces = descendantsOf(root, 'plot3D').map((plot) => plot.attribute('id') ?? '');
  return { tasks, reports, plots, surfaces };
}

function generatorOf(
  generator: XmlElement,
  tasks: ReadonlyMap<string, XmlElement>,
  diagnostics: Diagnostics,
): SedGenerator | undefined {
  const variables = descendantsOf(generator, 'variable').flatMap((variable): readonly SedVariable[] => {
    const task = referred(variable, 'taskReference', tasks, diagnostics)?.attribute('id');
    const [target, symbol] = [variable.attribute('target'), variable.attribute('symbol')];
    if (symbol !== undefined && symbol !== timeSymbol) {
      diagnostics.add(messages.unreadElement(`the symbol ${symbol}`), variable.valuePlace('symbol'));
      return [];
    }
    if (target === undefined && symbol === undefined) {
      diagnostics.add(messages.missingAttribute('variable', 'target'), variable.place);
      return [];
    }
    if (task === undefined) return [];
    const place = variable.valuePlace(symbol === undefined ? 'target' : 'symbol');
    return [{ id: variable.attribute('id') ?? '', task, target: symbol === undefined ? (target ?? '') : null, place }];
  });
  const parameters = new Map(
    descendantsOf(generator, 'parameter').map((element) => [
      element.attribute('id') ?? '',
      Number(element.attribute('value')),
    ]),
  );
  const [math] = descendantsOf(generator, 'math');
  const [expression] = math?.children ?? [];
  if (!expression) {
    diagnostics.add(messages.missingAttribute('dataGenerator', 'math'), generator.place);
    return undefined;
  }
  const names = descendantsOf(generator, 'variable').map((variable) => variable.attribute('id') ?? '');
  const value = compiled(expression, names, parameters, diagnostics);
  return value && variables.length === names.length ? { variables, value } : undefined;
}

type Compute = SedGenerator['value'];

/** Operations of MathML on all their arguments. */
const operations: Readonly<Record<string, (values: readonly number[]) => number>> = {
  plus: (values) => values.reduce((sum, value) => sum + value, 0),
  times: (values) => values.reduce((product, value) => product * value, 1),
  minus: ([first = 0, second]) => (second === undefined ? -first : first - second),
  divide: ([first = 0, second = 1]) => first / second,
  power: ([first = 0, second = 1]) => first ** second,
  abs: ([value = 0]) => Math.abs(value),
  exp: ([value = 0]) => Math.exp(value),
  ln: ([value = 0]) => Math.log(value),
  root: ([value = 0]) => Math.sqrt(value),
};

/** Returns a function of MathML, or undefined after a report. */
function compiled(
  element: XmlElement,
  variables: readonly string[],
  parameters: ReadonlyMap<string, number>,
  diagnostics: Diagnostics,
): Compute | undefined {
  const text = element.text.trim();
  switch (element.name) {
    case 'ci': {
      const index = variables.indexOf(text);
      const constant = parameters.get(text);
      if (index >= 0) return (values) => itemAt(values, index);
      if (constant !== undefined) return () => constant;
      diagnostics.add(messages.danglingReference('ci', text, [...variables, ...parameters.keys()]), element.place);
      return undefined;
    }
    case 'cn': {
      const number = Number(text);
      return () => number;
    }
    case 'apply': {
      const [operation, ...operands] = element.children;
      const combine = Object.hasOwn(operations, operation?.name ?? '') ? operations[operation!.name] : undefined;
      if (!combine) {
        diagnostics.add(messages.unreadElement(operation?.name ?? 'apply'), element.place);
        return undefined;
      }
      const parts = operands.map((operand) => compiled(operand, variables, parameters, diagnostics));
      return parts.every((part) => part !== undefined)
        ? (values) => combine(parts.map((part) => part(values)))
        : undefined;
    }
    default:
      diagnostics.add(messages.unreadElement(element.name), element.place);
      return undefined;
  }
}
