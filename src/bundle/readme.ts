/** The page of a bundle that people read first. */

import { markdownCode, markdownLine, markdownText } from '../diagnostics/display.js';
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
    ...(authors.length === 0 ? [] : [`Authors: ${authors.map((author) => markdownLine(author.name)).join(', ')}`]),
    ...(licence === undefined ? [] : [`Licence: ${markdownLine(licence)}`]),
    ...(doi === undefined ? [] : [`Publication: ${markdownLine(doi)}`]),
  ];
  return [
    `# ${markdownLine(title ?? name)}`,
    ...(description === undefined ? [] : ['', markdownText(description.trim())]),
    ...(facts.length === 0 ? [] : ['', ...facts.map((fact) => `- ${fact}`)]),
    '',
    'This file is part of a COMBINE archive, which is also an RO-Crate. interneuron',
    'runs the model in it and checks the results:',
    '',
    '    interneuron run model.omex -o result.nwb',
    '    interneuron verify model.omex',
    '',
    '## Files',
    '',
    ...files.map((file) => `- ${markdownCode(file.path)}: ${markdownLine(file.description)}`),
    ...(runs.length === 0 ? [] : ['', '## Results', '']),
    ...runs.map(
      (run) => `- ${markdownCode(run.results[0] ?? '')}: seed ${run.seed}, fingerprint \`${run.fingerprint}\``,
    ),
    '',
  ].join('\n');
}
