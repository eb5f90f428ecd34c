/** `interneuron describe`: a model as tables. */

import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { isOurs } from '../../compare/open-recorded.js';
import { printableLines } from '../../diagnostics/display.js';
import { UsageError, type Diagnostic } from '../../diagnostics/diagnostic.js';
import { targetNotations, targetOf, type TargetNotation } from '../../convert/target-notations.js';
import { markupNotation, type Notation } from '../../pipeline/read/notation.js';
import { roadOf } from '../../pipeline/roads.js';
import { countAllSynapses } from '../../pipeline/pipeline.js';
import { describeModel } from '../../present/describe/describe.js';
import { withTextLines, type Line, type ModelDescription } from '../../present/describe/description.js';
import { describeInHtml, describeInLatex, describeInMarkdown } from '../../present/describe/formats.js';
import { membraneSections, tablesOf } from '../../present/describe/membrane.js';
import { neuromlParts } from '../../present/describe/neuroml-parts.js';
import type { ImportedModel } from '../../pipeline/read/imported-model.js';
import { isBundle } from '../../pipeline/read/model-in-bundle.js';
import { channelPlots } from '../../present/describe/channel-currents.js';
import { modelTitle } from '../../present/model-title.js';
import { inStage } from '../../pipeline/stages.js';
import { refuseToReplace, writeText } from '../../pipeline/results/replaceable.js';
import { descriptionFormats } from '../table/options.js';
import { onlyFile, type CommandContext } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { printJson } from '../failure.js';
import { formatTable } from '../table.js';

const writers: Readonly<
  Record<Exclude<(typeof descriptionFormats)[number], TargetNotation>, (description: ModelDescription<Line>) => string>
> = {
  text: describeInText,
  markdown: describeInMarkdown,
  latex: describeInLatex,
  html: describeInHtml,
};

/** Prints or writes the tables. */
export async function describe(context: CommandContext): Promise<number> {
  const { options, terminal } = context;
  const output = context.toStandardOutput ? undefined : options.value('output');
  if (output !== undefined) await refuseToReplace([output], options.flag('force'));
  const format = descriptionFormats.find((name) => name === options.value('format')) ?? 'text';
  const { description, written, findings } = await descriptionOf(onlyFile(context), context);
  context.show(findings);
  const target = targetNotations.find((to) => to === format);
  const text = target ? written(target) : writers[format as keyof typeof writers](description);
  if (output !== undefined) writeText(output, text);
  else if (!context.json) terminal.stdout.write(text);
  if (context.json)
    printJson(terminal, { ...withTextLines(description), ...(output === undefined ? {} : { outputs: [output] }) });
  else if (output !== undefined) context.say(`wrote ${output}`);
  return exitCodes.done;
}

/** The tables of a document, with its notation and what was found in it. */
interface DescribedModel {
  readonly description: ModelDescription<Line>;
  readonly notation: Notation;
  readonly findings: readonly Diagnostic[];
  /** Absent for a document that has no run. */
  readonly imported?: ImportedModel;
  /** Whether it is a document of channels with gates. */
  readonly hasGates?: boolean;
  /** Returns the part that another notation can express. */
  readonly written: (to: TargetNotation) => string;
}

/**
 * Describes a model, or the cells and channels of a document that has no run.
 *
 * @throws DiagnosticError with everything that is wrong with the document
 */
export async function descriptionOf(path: string, context: CommandContext): Promise<DescribedModel> {
  const parts =
    existsSync(path) && (isBundle(path) || (await isOurs(path)))
      ? undefined
      : neuromlParts(context.readModel(path), context.options.values('allow-path'));
  if (parts?.lems.target === null) {
    const sections = inStage('describe', () => membraneSections(parts.lems, true));
    if (sections.length > 0) {
      const written = (to: TargetNotation): string => {
        throw new UsageError(
          `the document has no network, whose cells would be written as ${targetOf(to).title}`,
          'describe the network',
        );
      };
      const description = { title: basename(path), sections };
      const hasGates = channelPlots(parts.lems).plots.length > 0;
      return { description, notation: markupNotation, findings: parts.diagnostics, hasGates, written };
    }
  }
  const imported = await context.model(path);
  const synapses = await countAllSynapses(imported);
  const tables = inStage('describe', () => tablesOf(imported, imported.isCarried ? undefined : parts?.lems));
  const description = inStage('describe', () => describeModel(imported.valid, imported.hashes, synapses, tables));
  return {
    description: { ...description, title: modelTitle(imported.valid.model, path) || description.title },
    notation: imported.notation,
    findings: imported.diagnostics,
    imported,
    written: (to) => roadOf(targetOf(to).notation).describe!(imported.valid),
  };
}

/** Returns the tables as text for a terminal. */
export function describeInText(description: ModelDescription<Line>): string {
  const { title, sections } = withTextLines(description);
  const lines = [title];
  for (const section of sections) {
    lines.push('', section.title.toUpperCase());
    for (const part of section.parts) {
      if (part.kind === 'text') lines.push(part.text);
      else if (part.kind === 'code') lines.push('', part.caption, ...part.lines.map((line) => `  ${line}`));
      else {
        const columns = part.columns.map((heading) => ({ heading, align: 'left' as const }));
        const table = formatTable(columns, part.rows).map((line) => `  ${line}`);
        lines.push(...(part.columns.every((heading) => heading === '') ? table.slice(1) : table));
      }
    }
  }
  return `${printableLines(lines.join('\n'))}\n`;
}
