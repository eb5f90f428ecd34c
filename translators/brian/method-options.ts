/** Options of integration methods. The model does not contain them, so they are kept in its annotations. */

import type { MethodOptions } from './specification.generated.js';

type Annotations = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Annotations =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const ofBrian = (annotations: Annotations | undefined): Annotations => {
  const brian = annotations?.['brian'];
  return isRecord(brian) ? brian : {};
};

/** Annotations with options, by the name of the group or synapses. */
export const withMethodOptions = (
  annotations: Annotations | undefined,
  methodOptions: Readonly<Record<string, MethodOptions>>,
): Annotations => ({ brian: { ...ofBrian(annotations), methodOptions } });

/** Returns annotations without options, which documents contain at their usual place. */
export function withoutMethodOptions(annotations: Annotations): Annotations {
  const { methodOptions, ...others } = ofBrian(annotations);
  if (methodOptions === undefined) return annotations;
  const { brian: _, ...rest } = annotations;
  return Object.keys(others).length === 0 ? rest : { ...rest, brian: others };
}

/** Returns the options of a group or of synapses, or undefined if the annotations have no options. */
export function keptOptions(annotations: Annotations, owner: string): MethodOptions | undefined {
  const all = ofBrian(annotations)['methodOptions'];
  const options = isRecord(all) ? all[owner] : undefined;
  return isRecord(options) ? options : undefined;
}
