import { numbersOf } from '../arrays.js';
import { isGiven } from '../tagged.js';
import type { Expression } from '../../lang/ast.js';
import { parseExpression } from '../../lang/parse.js';
import { namesIn } from '../../lang/walk.js';
import { messages } from '../messages.js';
import type { Model, NeuronType, Population } from '../model.js';
import { child } from '../pointer.js';
import { constantsOf, valueOf } from './known-values.js';
import type { Rule, RuleContext } from './rule.js';

/** Poisson inputs, and cells that spike with a probability in each step, send one spike a step at most. */
export const poissonRates: Rule = (model, context) => {
  const { dt } = model.experiment;
  for (const [name, stimulus] of Object.entries(model.stimuli)) {
    if (stimulus.kind !== 'poisson' || !(stimulus.rate * dt > 1)) continue;
    context.report(messages.rateBeyondStep(stimulus.rate, dt), `${child('/stimuli', name)}/rate`);
  }
  for (const [name, population] of Object.entries(model.populations)) {
    const type = model.neurons[population.type ?? ''];
    if (type) checkCells(type, population, child('/populations', name), model, context);
  }
};

function checkCells(type: NeuronType, population: Population, at: string, model: Model, context: RuleContext): void {
  const { dt } = model.experiment;
  for (const [name, { when }] of Object.entries(type.events)) {
    const chance = chanceOf(parseExpression(when));
    if (!chance) continue;
    const constants = constantsOf(model, type, population.values);
    const given = [...namesIn(chance)].find((key) => Object.hasOwn(population.values, key));
    const value = given === undefined ? undefined : population.values[given];
    const numbers = isGiven(value) ? numbersOf(value.array, context.data) : [NaN];
    const rates = numbers.map((number) => {
      const also = (key: string): number | undefined =>
        key === 'dt' ? dt : key === given && isGiven(value) ? number : undefined;
      return (valueOf(chance, constants, also) ?? 0) / dt;
    });
    const high = rates.filter((rate) => rate * dt > 1 + 1e-9);
    const [first] = high;
    if (first === undefined) continue;
    context.report(
      messages.rateBeyondStep(first, dt, high.length, rates.length),
      given === undefined ? definitionOf(chance, type, population.type ?? '', name) : child(`${at}/values`, given),
    );
  }
}

/** Returns the pointer to the definition that a probability reads: the rate. */
function definitionOf(chance: Expression, type: NeuronType, id: string, event: string): string {
  const pointer = child('/neurons', id);
  for (const name of namesIn(chance)) {
    if (Object.hasOwn(type.parameters, name)) return child(`${pointer}/parameters`, name);
    if (Object.hasOwn(type.derived, name)) return child(`${pointer}/derived`, name);
  }
  return `${child(`${pointer}/events`, event)}/when`;
}

/** Returns the probability of an event in a step, if it is drawn in this form: `uniform() < rate*dt`. */
function chanceOf(e: Expression): Expression | undefined {
  if (e.kind !== 'binary' || !(e.operator === '<' || e.operator === '<=')) return undefined;
  const drawn = e.left.kind === 'call' && e.left.function === 'uniform' && e.left.arguments.length === 0;
  return drawn && namesIn(e.right).has('dt') ? e.right : undefined;
}
