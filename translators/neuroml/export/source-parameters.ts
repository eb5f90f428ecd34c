/** Parameters of the cells that synapses come from, as parameters of the synapses: LEMS shows a synapse no such cell. */

import { name as named } from '../../../src/lang/build.js';
import type { Expression } from '../../../src/lang/ast.js';
import { NoNumber } from '../../../src/lang/evaluate.js';
import { parseExpression, parseStatements } from '../../../src/lang/parse.js';
import { printExpression, printStatement } from '../../../src/lang/print.js';
import { mapStatement, namesIn, substitute } from '../../../src/lang/walk.js';
import { ownNames } from '../../../src/model/declared-names.js';
import { freeName } from '../../../src/model/free-name.js';
import type { Model, NeuronType, Parameter, Projection, SynapseType, Value } from '../../../src/model/model.js';
import { populationOf } from '../../../src/model/selected.js';
import type { ExportContext } from './context.js';
import { cellNames } from './network-values.js';
import { ElementValues, numberAt } from './values.js';

/** A synapse type without the parameters of its source, and their values for each synapse. */
interface Moved {
  readonly type: SynapseType;
  readonly values: Readonly<Record<string, Value>>;
}

/**
 * @param read     names that equations and code of the synapses read
 * @param sources  index of the source of each synapse
 */
export function withSourceParameters(
  type: SynapseType,
  { from }: Projection,
  read: ReadonlySet<string>,
  sources: readonly number[],
  context: Pick<ExportContext, 'model' | 'data' | 'functions' | 'dt'>,
): Moved {
  const { model } = context;
  const id = populationOf(from.of) ?? '';
  const population = model.populations[id];
  const cells = model.neurons[population?.type ?? ''];
  if (population === undefined || cells === undefined) return { type, values: {} };
  const wanted = [...read].flatMap((name) => {
    const own = name.startsWith('pre.') ? name.slice('pre.'.length) : '';
    const isLinked = Object.hasOwn(population.linked ?? {}, own);
    return Object.hasOwn(cells.parameters, own) && !isLinked && !isChanged(own, id, cells, model) ? [own] : [];
  });
  if (wanted.length === 0) return { type, values: {} };
  const numbers = new ElementValues(
    cells,
    population.values,
    population.size,
    context,
    cellNames(population.size, context.dt),
  );
  const parameters: Record<string, Parameter> = {};
  const values: Record<string, Value> = {};
  const renamed = new Map<string, Expression>();
  const declared = ownNames(type);
  for (const own of wanted)
    try {
      const found = numbers.of(own);
      const key = freeName(`source_${own}`, (one) => declared.has(one));
      parameters[key] = { ...cells.parameters[own]!, value: 0, shared: false };
      values[key] = typeof found === 'number' ? found : { array: sources.map((k) => numberAt(found, k)) };
      renamed.set(`pre.${own}`, named(key));
    } catch (error) {
      if (!(error instanceof NoNumber)) throw error;
    }
  return { type: withNames({ ...type, parameters: { ...type.parameters, ...parameters } }, renamed), values };
}

/** Whether something gives a parameter of a population other values during the run. */
function isChanged(parameter: string, population: string, cells: NeuronType, model: Model): boolean {
  const assigns = (actions: readonly string[], target: string): boolean =>
    actions.flatMap(parseStatements).some((one) => one.kind === 'assignment' && one.target === target);
  return (
    Object.values(cells.events).some(({ do: actions }) => assigns(actions, parameter)) ||
    Object.values(model.operations).some(
      ({ on, do: actions }) => populationOf(on) === population && assigns(actions, parameter),
    ) ||
    Object.values(model.projections).some(({ from, to, synapse }) =>
      (
        [
          [from.of, 'pre'],
          [to.of, 'post'],
        ] as const
      ).some(
        ([end, side]) =>
          populationOf(end) === population &&
          Object.values(model.synapses[synapse]?.pathways ?? {}).some(({ do: actions }) =>
            assigns(actions, `${side}.${parameter}`),
          ),
      ),
    )
  );
}

/** A type whose texts have other names. */
function withNames(type: SynapseType, names: ReadonlyMap<string, Expression>): SynapseType {
  const change = (e: Expression): Expression => substitute(e, names);
  const text = (from: string): string => {
    const e = parseExpression(from);
    return [...namesIn(e)].some((name) => names.has(name)) ? printExpression(change(e)) : from;
  };
  const code = (actions: readonly string[]): readonly string[] =>
    actions.flatMap((one) => parseStatements(one).map((statement) => printStatement(mapStatement(statement, change))));
  const each = <T, S>(map: Readonly<Record<string, T>>, f: (part: T) => S): Record<string, S> =>
    Object.fromEntries(Object.entries(map).map(([key, part]) => [key, f(part)]));
  return {
    ...type,
    derived: each(type.derived, (part) => ({ ...part, value: text(part.value) })),
    derivatives: each(type.derivatives, (part) => ({ ...part, rate: text(part.rate) })),
    contributes: each(type.contributes, text),
    summed: each(type.summed, text),
    pathways: each(type.pathways, (part) => ({ ...part, do: code(part.do) })),
    ...(type.events && {
      events: each(type.events, (part) => ({ ...part, when: text(part.when), do: code(part.do) })),
    }),
  };
}
