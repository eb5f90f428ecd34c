/** Forms that a model can be written in, from the register of notations. */

import { hdf5, type FileKind } from '../../translators/shared/file-kinds.js';
import type { TargetFacts } from '../../translators/shared/notation.js';
import { factsOf, notationNames, type Notation, type TargetNotation } from '../pipeline/read/notation.js';
export type { TargetNotation };

/** Facts about each form. */
const targets = new Map(
  notationNames.flatMap((notation) =>
    Object.entries<TargetFacts>(factsOf(notation).targets ?? {}).map(
      ([name, facts]) => [name as TargetNotation, { ...facts, notation }] as const,
    ),
  ),
);

/** As `convert --to` names them. */
export const targetNotations = [...targets.keys()];

/** Other names that `convert --to` takes. */
export const shortNotations: Readonly<Record<string, TargetNotation>> = Object.fromEntries(
  [...targets].flatMap(([name, { short }]) => (short === undefined ? [] : [[short, name]])),
);

/** Returns the facts about a form, with its notation. */
export const targetOf = (to: TargetNotation): TargetFacts & { readonly notation: Notation } => targets.get(to)!;

/** Returns forms of a notation. */
export const targetsOf = (notation: Notation): readonly TargetNotation[] =>
  targetNotations.filter((to) => targetOf(to).notation === notation);

/** Checks whether files of a form are a folder of their own. */
export const isFolderNotation = (to: TargetNotation): boolean => targetOf(to).files.document !== undefined;

/** Returns the kind of files with a suffix; undefined for any other suffix. */
export const kindOfSuffix = (suffix: string): FileKind | undefined =>
  [...[...targets.values()].map(({ files }) => files), hdf5 as FileKind].find(({ suffixes }) =>
    suffixes.includes(suffix.toLowerCase()),
  );

/** Returns the form of the document that corresponds to a script; of other forms the form itself. */
export const documentNotation = (to: TargetNotation): TargetNotation =>
  (targetOf(to).document as TargetNotation | undefined) ?? to;

/** Returns the name of a document that has none yet. */
export const usualName = (to: TargetNotation): string => targetOf(to).files.document ?? `model${usualSuffix(to)}`;

/** Returns the name of a document in one file. */
export const wholeName = (to: TargetNotation): string =>
  usualName((targetOf(to).whole as TargetNotation | undefined) ?? to);

/** Returns the suffix of a document that has no name yet. */
export const usualSuffix = (to: TargetNotation): string => targetOf(to).suffix ?? targetOf(to).files.suffixes[0] ?? '';

/** Returns the form that has whole names for its files, not only suffixes. */
export const targetOfName = (path: string): TargetNotation | undefined =>
  targetNotations.find((to) => targetOf(to).alsoNamed?.test(path));

/** Returns the forms that a suffix stands for: one, or several that `--to` chooses among. */
export const notationsOf = (suffix: string): readonly TargetNotation[] =>
  targetNotations.filter((to) => {
    const { suffix: only, files } = targetOf(to);
    return only === undefined ? files.suffixes.includes(suffix) : only === suffix;
  });

/** Returns the form that simulators run for another one, such as the script for a document. */
export const runFor = (to: TargetNotation): TargetNotation =>
  targetNotations.find((one) => targetOf(one).document === to || targetOf(one).onlyHere?.instead === to) ?? to;

/** Returns the form that `about` converts a document to. */
export const shownFor = (notation: Notation): TargetNotation =>
  targetNotations
    .filter((to) => targetOf(to).shown !== undefined && targetOf(to).notation !== notation)
    .reduce((first, to) => (targetOf(to).shown! < targetOf(first).shown! ? to : first));

/** Returns forms that are suggested in place of one that lacks parts: first those of its notation. */
export const suggestedFor = (to: TargetNotation): readonly TargetNotation[] => {
  const rank = (one: TargetNotation): number =>
    (targetOf(one).suggested ?? Infinity) - (targetOf(one).notation === targetOf(to).notation ? 100 : 0);
  return targetNotations
    .filter((one) => one !== to && targetOf(one).suggested !== undefined)
    .sort((a, b) => rank(a) - rank(b));
};
