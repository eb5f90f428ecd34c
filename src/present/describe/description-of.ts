/** The description of a model, as the package gives it. */

import { checkArgument, checkOptions, choice, importedModel } from '../../diagnostics/public-arguments.js';
import { countAllSynapses } from '../../pipeline/compile-model.js';
import type { ImportedModel } from '../../pipeline/read/imported-model.js';
import { describeModel } from './describe.js';
import { withTextLines, type ModelDescription } from './description.js';
import { describeInHtml, describeInLatex, describeInMarkdown } from './formats.js';

/** Formats of `describe`. */
export type DescriptionFormat = 'markdown' | 'latex' | 'html';

/** Returns a model as tables: populations, projections, equations, inputs, recordings. @throws UsageError */
export function describe(imported: ImportedModel): Promise<ModelDescription>;
/** Returns the tables of a model as text. @throws UsageError */
export function describe(imported: ImportedModel, options: { readonly format: DescriptionFormat }): Promise<string>;
export async function describe(
  imported: ImportedModel,
  options: { readonly format?: DescriptionFormat } = {},
): Promise<ModelDescription | string> {
  checkArgument('describe', imported, importedModel);
  checkOptions<{ format?: DescriptionFormat }>('describe', options, { format: choice(['markdown', 'latex', 'html']) });
  const description = describeModel(imported.valid, imported.hashes, await countAllSynapses(imported));
  if (options.format === undefined) return withTextLines(description);
  const writers = { markdown: describeInMarkdown, latex: describeInLatex, html: describeInHtml };
  return writers[options.format](description);
}
