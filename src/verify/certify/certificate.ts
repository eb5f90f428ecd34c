/** A certificate: the outputs of a folder or bundle that were made again, and how well both agree. */

import type { CheckedFile } from '../verify-bundle.js';

/** Grades of outputs, from the closest on. */
export const outputGrades = [
  'identical',
  'same spikes',
  'same within δ',
  'statistically the same',
  'the same model',
  'within tolerances',
  'not shown to differ',
  'cannot say',
  'different',
  'not checked',
] as const;

export type OutputGrade = (typeof outputGrades)[number];

/** Meaning of each grade, for readers. */
export const meanings: Readonly<Record<OutputGrade, string>> = {
  identical: 'the same computation: every bit of spikes, samples and final states is the same',
  'same spikes': 'the same computation: every spike of every recorded cell is in the same time step',
  'same within δ': 'every spike has one partner within the stated time',
  'statistically the same': 'a replication: over several runs, no quantity differs by more than its margin',
  'the same model': 'the computation of a model whose differences from this one vanish with the time step',
  'within tolerances': 'every stated expectation lies within its tolerance',
  'not shown to differ': 'not reproduced: one run of each side, and no quantity shows a difference',
  'cannot say': 'too little data for a verdict',
  different: 'not reproduced',
  'not checked': 'nothing was compared',
};

/** Grades of outputs that were made again. */
const reproduced: readonly OutputGrade[] = outputGrades.slice(0, outputGrades.indexOf('within tolerances') + 1);

/** Checks whether an output with this grade was made again. */
export const isReproduced = (grade: OutputGrade): boolean => reproduced.includes(grade);

/** An output, and the comparison with a new computation of it. */
export interface CertifiedOutput {
  /** Path within the folder or bundle, with `/`. */
  readonly path: string;
  readonly kind: 'result' | 'result of another program' | 'expectations' | 'experiment in SED-ML';
  readonly sha256: string;
  readonly grade: OutputGrade;
  /** The compared recordings, with the tolerance; or the reason for no comparison. */
  readonly statement: string;
  /** The model that was run, by its path and hash; null if nothing was run. */
  readonly model: string | null;
  /** Engine of the new run; null if nothing was run. */
  readonly engine: string | null;
}

/** A model in the folder. */
export interface CertifiedModel {
  readonly path: string;
  readonly name: string;
  /** SHA-256 of the model in canonical form. */
  readonly hash: string;
}

/** A published article, and the people and numbers of a CODECHECK. */
export interface Paper {
  readonly title: string;
  readonly authors: readonly Person[];
  readonly reference: string;
  readonly referenceOther?: readonly string[];
  readonly codechecker: readonly Person[];
  readonly certificate: string;
  readonly report: string;
  readonly summary?: string;
  readonly repository?: string;
}

/** A person by name; ORCID without the address of its site. */
export interface Person {
  readonly name: string;
  readonly orcid?: string;
}

/** Everything that a certificate states. */
export interface Certificate {
  /** Version of this format. */
  readonly certificate: 1;
  /** As YYYY-MM-DD. */
  readonly date: string;
  /** Name of the folder or bundle, without its path. */
  readonly name: string;
  /** SHA-256 of the bundle; null for a folder. */
  readonly sha256: string | null;
  readonly title: string;
  readonly description: string | null;
  readonly authors: readonly Person[];
  readonly licence: string | null;
  readonly doi: string | null;
  readonly paper: Paper | null;
  readonly verdict: 'reproduced' | 'reproduced in part' | 'not reproduced' | 'nothing to check';
  readonly models: readonly CertifiedModel[];
  readonly outputs: readonly CertifiedOutput[];
  /** Files of a bundle, and whether they hold the model that is run; files of a folder that are no outputs. */
  readonly files: readonly CheckedFile[];
  readonly environment: {
    readonly interneuron: string;
    readonly numerics: number;
    readonly node: string;
    /** Operating system and architecture, without names of the machine. */
    readonly system: string;
    readonly processor: string;
    readonly engines: readonly string[];
  };
  /** Commands that repeat the check. */
  readonly repeat: readonly string[];
  /** Sentences about everything that was not checked. */
  readonly unchecked: readonly string[];
}

const undecided: readonly OutputGrade[] = ['not shown to differ', 'cannot say'];

/**
 * Returns the outputs that count for the verdict: all that were compared, except experiments with an undecided grade.
 */
export const judgedOutputs = (outputs: readonly CertifiedOutput[]): readonly CertifiedOutput[] =>
  outputs.filter(
    ({ grade, kind }) => grade !== 'not checked' && !(undecided.includes(grade) && kind === 'experiment in SED-ML'),
  );

/** Returns the verdict on all outputs and files. */
export function verdictOn(outputs: readonly CertifiedOutput[], files: readonly CheckedFile[]): Certificate['verdict'] {
  const judged = judgedOutputs(outputs);
  const good = judged.filter(({ grade }) => isReproduced(grade)).length;
  const contradict = files.some(({ verdict }) => verdict === 'different' || verdict === 'unlisted');
  if (judged.length === 0) return contradict ? 'not reproduced' : 'nothing to check';
  if (good === judged.length && !contradict) return 'reproduced';
  return good > 0 ? 'reproduced in part' : 'not reproduced';
}

/** Returns the number of outputs of each grade, as a list. */
export function countText(outputs: readonly CertifiedOutput[]): string {
  const counts = outputGrades.flatMap((grade) => {
    const count = outputs.filter((output) => output.grade === grade).length;
    return count === 0 ? [] : [`${count} ${grade}`];
  });
  return counts.length === 0 ? 'no outputs' : counts.join(', ');
}
