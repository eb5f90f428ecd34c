/** Comments of a document in a script: after lines of equations and constants, and before other objects. */

import type { Comments } from '../../../src/model/comments.js';
import { child } from '../../../src/model/pointer.js';
import { pythonComments } from '../../shared/python.js';
import type { BrianSpecification } from '../specification.generated.js';

/** Sections of the model that lines of equations declare. */
const declared = ['derivatives', 'derived', 'state', 'parameters'] as const;

/** Returns the specification with comments on lines of equations. */
export function withEquationComments(document: BrianSpecification, comments: Comments): BrianSpecification {
  const commented = <T extends { readonly model?: string }>(
    parts: Readonly<Record<string, T>> | undefined,
    section: 'neurons' | 'synapses',
  ): Readonly<Record<string, T>> | undefined =>
    parts &&
    Object.fromEntries(
      Object.entries(parts).map(([name, part]) => {
        const { model } = part;
        const pointer = child(`/${section}`, name);
        return [name, model === undefined ? part : { ...part, model: withComments(model, pointer, comments) }];
      }),
    );
  return {
    ...document,
    ...given('neuron_groups', commented(document.neuron_groups, 'neurons')),
    ...given('spatial_neurons', commented(document.spatial_neurons, 'neurons')),
    ...given('synapses', commented(document.synapses, 'synapses')),
  };
}

const given = <K extends string, T>(key: K, value: T | undefined): { readonly [key in K]?: T } =>
  value === undefined ? {} : ({ [key]: value } as { readonly [key in K]?: T });

/** Adds comments to the ends of lines of equations. Comments of several lines come before. */
const withComments = (model: string, pointer: string, comments: Comments): string =>
  model
    .split('\n')
    .flatMap((line) => {
      const [, rate, other] = /^\s*(?:d(\w+)\/dt|(\w+))\s*[=:]/.exec(line) ?? [];
      const name = rate ?? other;
      if (name === undefined) return [line];
      const lines = pythonComments(declared.flatMap((kind) => comments.take(child(`${pointer}/${kind}`, name))));
      return lines.length === 1 ? [`${line}  ${lines.join('')}`] : [...lines, line];
    })
    .join('\n');

/** Adds comments to the ends of lines of constants, if a constant has a comment of one line. */
export const withConstantComments = (
  lines: readonly string[],
  owners: readonly string[],
  comments: Comments,
): readonly string[] =>
  lines.map((line) => {
    const name = /^\w+/.exec(line)?.[0] ?? '';
    const said = [...new Set(owners.flatMap((owner) => comments.take(child(`${owner}/parameters`, name))))];
    return said.length === 0 ? line : `${line}  ${pythonComments([said.join('; ')]).join('')}`;
  });
