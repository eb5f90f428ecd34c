/**
 * Merges currents into one cell each that differ only in numbers, as loops over cells make them. The result is one
 * current into all these cells, and its numbers are parameters of the cells.
 */

import { commonShape } from '../../../src/lang/common-shape.js';
import { equalDimensions, ampere, unitText } from '../../../src/lang/dimension.js';
import { equalExpressions, mapExpression, namesIn } from '../../../src/lang/walk.js';
import type { Expression } from '../../../src/lang/ast.js';
import { ownNames } from '../../../src/model/declared-names.js';
import { freeName, UniqueNames } from '../../../src/model/free-name.js';
import type {
  Model,
  NeuronType,
  Parameter,
  Population,
  Stimulus,
  ValidModel,
  Value,
} from '../../../src/model/typed.js';
import { child } from '../../../src/model/pointer.js';
import type { PassContext } from '../../../src/model/rewriting/rewriting.js';
import { elementsIn, populationOf, rowOf } from '../../../src/model/selected.js';
import { usedIn } from './current-parameters.js';
import { currentsByName } from './steps.js';

type Current = Extract<Stimulus, { readonly kind: 'current' }>;

/** A current into one cell. */
interface Single {
  readonly id: string;
  readonly cell: number;
  readonly current: Current;
  readonly value: Expression;
}

/** Fewer currents are readable as they are. */
const least = 3;

/** Returns the model with one current into a row of cells in place of one current for each cell, which it reports. */
export function currentsOfCells(valid: ValidModel, { report }: PassContext): ValidModel {
  const { model, data } = valid;
  const groups = alike(valid);
  if (groups.length === 0) return valid;
  const neurons: Record<string, NeuronType> = { ...model.neurons };
  const populations: Record<string, Population> = { ...model.populations };
  let stimuli: Record<string, Stimulus> = { ...model.stimuli };
  for (const group of groups) {
    const [{ id, current } = { id: '', current: undefined }] = group;
    const name = current && populationOf(current.to);
    const population = populations[name ?? ''];
    const typeName = population?.type ?? '';
    const type = neurons[typeName];
    const row = rowOf(group.map(({ cell }) => cell).sort((a, b) => a - b));
    if (!current || name === undefined || !population || !type || row === undefined) continue;
    const taken = new Set([...ownNames(type), ...usedIn(type), ...Object.keys(stimuli)]);
    const names = new UniqueNames(taken);
    const common = commonShape(
      group.map(({ value }) => value),
      () => names.take('amplitude'),
    );
    if (common === undefined) continue;
    const numbers = [...common.numbers];
    if (numbers.length > 0) {
      const isShared = Object.entries(populations).some(([other, one]) => other !== name && one.type === typeName);
      const ownName = isShared ? freeName(typeName, (one) => Object.hasOwn(neurons, one)) : typeName;
      const given = numbers.map(([key, { dimension }]): readonly [string, Parameter] => [
        key,
        { unit: unitText(dimension), type: 'real', value: 0, shared: false },
      ]);
      neurons[ownName] = { ...type, parameters: { ...type.parameters, ...Object.fromEntries(given) } };
      const values = numbers.map(([key, differing]): readonly [string, Value] => {
        const array = new Array<number>(population.size).fill(0);
        group.forEach(({ cell }, k) => (array[cell] = differing.values[k] ?? 0));
        return [key, { kind: 'array', array }];
      });
      populations[name] = {
        ...population,
        type: ownName,
        values: { ...population.values, ...Object.fromEntries(values) },
      };
    }
    const [first, end] = row;
    const isWhole = first === 0 && end === population.size;
    const { shared: _, ...own } = current;
    const whole: Current = {
      ...own,
      to: { kind: 'slice', population: name, ...(isWhole ? {} : { slice: [first, end, 1] }) },
      value: common.shape,
    };
    const gone = new Set(group.map((single) => single.id));
    for (const key of gone)
      if (key !== id) report.exact(child('/stimuli', key), `part of ${id}`, 'brian/merged-currents');
    stimuli = Object.fromEntries(
      Object.entries(stimuli).flatMap(([key, stimulus]) =>
        key === id ? [[key, whole]] : gone.has(key) ? [] : [[key, stimulus]],
      ),
    );
  }
  return { model: { ...model, neurons, populations, stimuli }, data };
}

/** Currents into different cells of a population that have the same form, act all the time and are not recorded. */
function alike({ model, data }: ValidModel): readonly (readonly Single[])[] {
  const apart = currentsByName(model);
  const groups: { readonly key: string; readonly shape: Expression; readonly cells: Map<number, Single> }[] = [];
  for (const [id, stimulus] of Object.entries(model.stimuli)) {
    if (stimulus.kind !== 'current' || !stimulus.attached || apart.has(id)) continue;
    const { kind: _, to, value, shared: __, ...rest } = stimulus;
    const name = populationOf(to);
    const type = typeOf(name, model);
    const cells = name === undefined ? undefined : elementsIn(to, model.populations[name]?.size ?? 0, data);
    const [cell] = cells ?? [];
    if (cells?.length !== 1 || cell === undefined || type === undefined || type.cable) continue;
    // The index counts within the target of a current.
    if (namesIn(value).has('i')) continue;
    const [key, shape] = [JSON.stringify([name, rest]), withoutQuantities(value)];
    const found = groups.find((one) => one.key === key && equalExpressions(one.shape, shape));
    const single = { id, cell, current: stimulus, value };
    if (found === undefined) groups.push({ key, shape, cells: new Map([[cell, single]]) });
    else if (!found.cells.has(cell)) found.cells.set(cell, single);
  }
  return groups.map(({ cells }) => [...cells.values()]).filter(({ length }) => length >= least);
}

const typeOf = (population: string | undefined, { populations, neurons }: Model): NeuronType | undefined =>
  neurons[populations[population ?? '']?.type ?? ''];

/** Returns an expression in which merged currents are equal. */
const withoutQuantities = (e: Expression): Expression =>
  mapExpression(e, (node) =>
    node.kind === 'quantity' && equalDimensions(node.dimension, ampere) ? { ...node, value: 1 } : node,
  );
