/** `interneuron describe`: a model as tables. */

import { countAllSynapses } from '../../run/pipeline.js';
import { describeModel } from '../../run/describe/describe.js';
import type { ModelDescription } from '../../run/describe/description.js';
import { describeInHtml, describeInLatex, describeInMarkdown } from '../../run/describe/formats.js';
import { describeInSwc } from '../../run/describe/swc.js';
import { inStage } from '../../run/stages.js';
import { refuseToReplace, writeText } from '../../run/results/replaceable.js';
import { descriptionFormats } from '../command-table.js';
import { onlyFile, type CommandContext } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { printJson } from '../failure.js';
import { formatTable } from '../table.js';

const writers: Readonly<
  Record<Exclude<(typeof descriptionFormats)[number], 'swc'>, (description: ModelDescription) => string>
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
  const imported = await context.model(onlyFile(context));
  context.show(imported.diagnostics);
  const synapses = await countAllSynapses(imported);
  const description = inStage('describe', () => describeModel(imported.valid, imported.hashes, synapses));
  const format = descriptionFormats.find((name) => name === options.value('format')) ?? 'text';
  const text = format === 'swc' ? describeInSwc(imported.valid) : writers[format](description);
  if (output !== undefined) writeText(output, text);
  else if (!context.json) terminal.stdout.write(text);
  if (context.json) printJson(terminal, { ...description, ...(output === undefined ? {} : { outputs: [output] }) });
  else if (output !== undefined) context.say(`wrote ${output}`);
  return exitCodes.done;
}

function describeInText({ title, sections }: ModelDescription): string {
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
  return `${lines.join('\n')}\n`;
}
