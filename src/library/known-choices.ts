/** Choices in equations that the values of parameters decide, the same way for all cells of a type. */

import type { Expression } from '../lang/ast.js';
import { parseExpression } from '../lang/parse.js';
import { printExpression } from '../lang/print.js';
import { mapExpression, namesIn } from '../lang/walk.js';
import { mapped } from '../model/collections.js';
import { ownNames } from '../model/declared-names.js';
import type { Model, NeuronType } from '../model/model.js';
import { wordsIn } from './gather/texts.js';
import { plain, valueAt } from './recognise/numbers.js';

/** A type whose rates have only choices that are made during a run, or differently for different cells. */
export function withKnownChoices(type: NeuronType, name: string, model: Model): NeuronType {
  const populations = Object.values(model.populations).filter((one) => one.type === name);
  const written = wordsIn([model.experiment.protocol, model.operations]);
  const names = ownNames(type);
  const valueIn = (parameter: string, { values, linked }: (typeof populations)[number]): unknown =>
    linked?.[parameter] === undefined ? (values[parameter] ?? type.parameters[parameter]?.value) : undefined;
  const decided = (condition: Expression): boolean | undefined => {
    const read = [...namesIn(condition)].filter((one) => names.has(one));
    if (populations.length === 0 || read.some((one) => type.parameters[one] === undefined || written.has(one)))
      return undefined;
    const found = populations.map((population) => {
      const values = new Map(read.map((one) => [one, valueIn(one, population)] as const));
      if ([...values.values()].some((value) => typeof value !== 'number')) return undefined;
      return valueAt(plain(condition, names), (one) => Number(values.get(one))) !== 0;
    });
    const [first] = found;
    return found.every((one) => one === first) ? first : undefined;
  };
  const settled = (text: string): string => {
    if (!text.includes(' if ')) return text;
    const e = mapExpression(parseExpression(text), (part) => {
      const holds = part.kind === 'conditional' ? decided(part.condition) : undefined;
      return part.kind !== 'conditional' || holds === undefined ? part : holds ? part.whenTrue : part.whenFalse;
    });
    return printExpression(e);
  };
  return { ...type, derivatives: mapped(type.derivatives, (one) => ({ ...one, rate: settled(one.rate) })) };
}
