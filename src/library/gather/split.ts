/** Sources that carry their own synapse, as a source and a synapse: LEMS's firing and timed synapses. */

import type { Expression } from '../../lang/ast.js';
import { name as named } from '../../lang/build.js';
import { parseExpression, parseStatements } from '../../lang/parse.js';
import { printExpression, printStatement } from '../../lang/print.js';
import { mapStatement, namesIn, substitute } from '../../lang/walk.js';
import { mapped } from '../../model/collections.js';
import type { NeuronType, Population, SynapseType } from '../../model/model.js';
import { derivedOf, wordsIn } from './texts.js';

/** A source of spikes, and the synapse that it carried. */
interface Split {
  readonly source: NeuronType;
  readonly synapse: SynapseType;
}

/**
 * Returns the two parts of a type with an output that is the response of a synapse to its own spikes.
 *
 * @param target    key of the contribution, `post.input`
 * @param output    the variable of the source that is contributed
 * @param recorded  recorded variables of the source, which stay if they do not read the synapse
 */
export function splitSource(
  type: NeuronType,
  { linked = {} }: Population,
  target: string,
  output: string,
  recorded: ReadonlySet<string>,
): Split | undefined {
  const derived = derivedOf(type);
  if (derived === undefined || Object.keys(type.regimes).length > 0) return undefined;
  const contribution = substitute(derived.get(output) ?? parseExpression(output), derived);
  const response = new Set([...namesIn(contribution)].filter((name) => type.state[name]));
  const spikes = Object.entries(type.events).filter(
    ([name, { emits }]) => emits === 'spike' || (emits === undefined && name === 'spike'),
  );
  const code = spikes.flatMap(([, event]) => event.do.flatMap((text) => parseStatements(text)));
  for (const name of response) {
    const assigned = code.flatMap((one) => (one.kind === 'assignment' && one.target === name ? [one.value] : []));
    for (const e of [parseExpression(type.derivatives[name]?.rate ?? '0'), ...assigned])
      for (const read of namesIn(substitute(e, derived))) if (type.state[read]) response.add(read);
  }
  if (response.size === 0 || spikes.length === 0) return undefined;
  const assigns = (text: string): boolean =>
    parseStatements(text).some((one) => one.kind === 'assignment' && response.has(one.target));
  const [first = []] = spikes.map(([, event]) => event.do.filter(assigns));
  const alike = spikes.every(([, event]) => JSON.stringify(event.do.filter(assigns)) === JSON.stringify(first));
  const elsewhere = Object.values(type.events).some(
    (event) => !spikes.some(([, one]) => one === event) && event.do.some(assigns),
  );
  if (!alike || elsewhere) return undefined;
  const ends = new Map(Object.entries(linked).map(([own, { variable }]) => [own, named(`post.${variable}`)] as const));
  const keep = <T>(map: Readonly<Record<string, T>>, test: (key: string) => boolean): Record<string, T> =>
    Object.fromEntries(Object.entries(map).filter(([key]) => test(key)));
  const { sequence: _, conformsTo: __, ...rest } = type;
  // A part keeps only the recorded derived variables; all others are substituted.
  const reads = (e: Expression): boolean => [...namesIn(e)].some((name) => derived.has(name));
  const whole = (text: string): string => {
    const e = parseExpression(text);
    return reads(e) ? printExpression(substitute(e, derived)) : text;
  };
  const inWhole = (text: string): string =>
    parseStatements(text)
      .map((one) => printStatement(mapStatement(one, (e) => (reads(e) ? substitute(e, derived) : e))))
      .join('; ');
  const states = mapped(type.state, (one) =>
    typeof one.initial === 'string' ? { ...one, initial: whole(one.initial) } : one,
  );
  const rates = mapped(type.derivatives, (one) => ({ ...one, rate: whole(one.rate) }));
  const own = keep(type.parameters, (key) => !ends.has(key));
  const shown = Object.entries(type.derived).flatMap(([key, variable]) => {
    const value = recorded.has(key) ? derived.get(key) : undefined;
    const isOfSource = value && ![...namesIn(value)].some((one) => response.has(one) || ends.has(one));
    return isOfSource === true ? [[key, { ...variable, value: printExpression(value) }] as const] : [];
  });
  const source = {
    state: keep(states, (key) => !response.has(key)),
    derived: Object.fromEntries(shown),
    derivatives: keep(rates, (key) => !response.has(key)),
    events: Object.fromEntries(
      Object.entries(type.events).map(([name, event]) => [
        name,
        { ...event, when: whole(event.when), do: event.do.filter((text) => !assigns(text)).map(inWhole) },
      ]),
    ),
  };
  const synapse = {
    state: keep(states, (key) => response.has(key)),
    derived: {},
    derivatives: keep(rates, (key) => response.has(key)),
    noise: [],
    method: type.method,
    pathways: { pre: { on: 'pre.spike', delay: 0, order: 0, do: first.map(inWhole) } },
    contributes: {
      [target]: printExpression(substitute(contribution, ends)),
    },
    summed: {},
    ports: {},
  };
  return {
    source: { ...rest, parameters: readBy({ ...rest, ...source, parameters: {} }, own), ...source },
    synapse: { parameters: readBy(synapse, own), ...synapse },
  };
}

/** Returns the parameters that a part of a type reads, and the parameters in their values. */
function readBy(part: object, parameters: NeuronType['parameters']): NeuronType['parameters'] {
  const read = new Set(wordsIn(part));
  for (const name of read)
    if (Object.hasOwn(parameters, name)) for (const next of wordsIn(parameters[name]?.value)) read.add(next);
  return Object.fromEntries(Object.entries(parameters).filter(([name]) => read.has(name)));
}
