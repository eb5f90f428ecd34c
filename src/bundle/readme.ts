/** The page of a bundle that people read first. */

import type { Metadata } from '../model/model.js';
import type { BundleFile } from './contents.js';
import type { PackedRun } from './crate.js';

/** Returns the text of `README.md`. */
export function readmeText(
  name: string,
  { title, description, authors = [], licence, doi }: Metadata,
  files: readonly BundleFile[],
  runs: readonly PackedRun[],
): string {
  const facts = [
    ...(authors.length === 0 ? [] : [`Authors: ${authors.map((author) => author.name).join(', ')}`]),
    ...(licence === undefined ? [] : [`Licence: ${licence}`]),
    ...(doi === undefined ? [] : [`Publication: ${doi}`]),
  ];
  return [
    `# ${title ?? name}`,
    ...(description === undefined ? [] : ['', description.trim()]),
    ...(facts.length === 0 ? [] : ['', ...facts.map((fact) => `- ${fact}`)]),
    '',
    'This file is part of a COMBINE archive, which is also an RO-Crate. [interneuron](https://github.com/interneuron/interneuron)',
    'runs the model in it and checks the results:',
    '',
    '    interneuron run model.omex -o result.nwb',
    '    interneuron verify model.omex',
    '',
    '## Files',
    '',
    ...files.map((file) => `- \`${file.path}\`: ${file.description}`),
    ...(runs.length === 0 ? [] : ['', '## Results', '']),
    ...runs.map((run) => `- \`${run.results[0] ?? ''}\`: seed ${run.seed}, fingerprint \`${run.fingerprint}\``),
    '',
  ].join('\n');
}
