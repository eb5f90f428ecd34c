/** Derived variables with the same equation, as one: channels of a cell often repeat each other's, and NESTML expands each. */

import { drawsIn } from '../../../../src/lang/functions.js';
import { name as nameOf } from '../../../../src/lang/build.js';
import { parseExpression } from '../../../../src/lang/parse.js';
import { printExpression } from '../../../../src/lang/print.js';
import { substitute } from '../../../../src/lang/walk.js';
import { withTrees } from '../../../../src/library/readable/texts.js';
import { wordsIn } from '../../../../src/library/gather/texts.js';
import { mapped } from '../../../../src/model/collections.js';
import type { NeuronType, ValidModel } from '../../../../src/model/model.js';
import { recordedVariables } from '../../../../src/model/tagged.js';

/**
 * Returns a model whose NESTML types have one derived variable for each equation.
 *
 *     a = exp(v/k); b = exp(v/k); c = 2*b   becomes   a = exp(v/k); c = 2*a
 *
 * @param isNestml  whether a type becomes a model of NESTML
 */
export function withoutEqualDerived(
  { model, data }: ValidModel,
  isNestml: (id: string, type: NeuronType) => boolean,
): ValidModel {
  const kept = new Set([...model.recordings.flatMap(recordedVariables), ...wordsIn(model.operations)]);
  const neurons = mapped(model.neurons, (type, id) => (isNestml(id, type) ? withOneOfEach(type, kept) : type));
  return { model: { ...model, neurons }, data };
}

/** @param kept  names that stay, because they are recorded or read elsewhere */
function withOneOfEach(type: NeuronType, kept: ReadonlySet<string>): NeuronType {
  const names = new Map<string, ReturnType<typeof nameOf>>();
  let count = -1;
  // Variables that read equal variables are equal only afterwards.
  while (names.size > count) {
    count = names.size;
    const seen = new Map<string, string>();
    for (const [name, { value, unit, type: kind, held }] of Object.entries(type.derived)) {
      if (names.has(name)) continue;
      const e = substitute(parseExpression(value), names);
      if (drawsIn(e)) continue;
      const key = [unit, kind, held, printExpression(e)].join('\n');
      const first = seen.get(key);
      if (first === undefined) seen.set(key, name);
      else if (!kept.has(name)) {
        for (const [other, target] of names) if (target.name === name) names.set(other, nameOf(first));
        names.set(name, nameOf(first));
      }
    }
  }
  if (names.size === 0) return type;
  const changed = withTrees(type, (e) => substitute(e, names));
  return {
    ...changed,
    derived: Object.fromEntries(Object.entries(changed.derived).filter(([name]) => !names.has(name))),
  };
}
