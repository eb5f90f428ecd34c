import { messages } from '../messages.js';
import type { Model } from '../model.js';
import { child } from '../pointer.js';
import type { Rule } from './rule.js';
import { namesOf, namesOfValue } from './types.js';

/** White noise is allowed only in derivatives. */
export const noiseUse: Rule = (model: Model, context) => {
  for (const [id, type] of Object.entries(model.neurons)) {
    const noisy = noisyNames(type);
    if (noisy.size === 0) continue;
    const pointer = child('/neurons', id);
    const refuse = (names: ReadonlySet<string>, at: string): void => {
      const found = [...names].find((name) => noisy.has(name));
      if (found !== undefined) context.report(messages.noiseOutsideRate(found), at);
    };
    for (const [name, event] of Object.entries(type.events))
      refuse(namesOf(event.when), `${child(`${pointer}/events`, name)}/when`);
    for (const [name, { initial }] of Object.entries(type.state))
      refuse(namesOfValue(initial), `${child(`${pointer}/state`, name)}/initial`);
  }
};

/** Returns the noises and the derived variables that read them. */
function noisyNames({ noise, derived }: Pick<Model['neurons'][string], 'noise' | 'derived'>): ReadonlySet<string> {
  const noisy = new Set(noise);
  for (let size = -1; size !== noisy.size;) {
    size = noisy.size;
    for (const [name, { value }] of Object.entries(derived))
      if ([...namesOf(value)].some((other) => noisy.has(other))) noisy.add(name);
  }
  return noisy;
}
