/** `interneuron plot`: a result or a network as a picture. */

import { extname } from 'node:path';
import { UsageError } from '../../diagnostics/diagnostic.js';
import { drawPictureOf } from '../../present/draw-picture.js';
import { neuromlParts } from '../../present/describe/neuroml-parts.js';
import { pictureKinds } from '../../present/picture-kinds.js';
import { importModel } from '../../pipeline/pipeline.js';
import { refuseToReplace, writeText } from '../../pipeline/results/replaceable.js';
import { onlyFile, type CommandContext } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { printJson } from '../failure.js';
import { importOptions, readSeconds } from '../values.js';

/** Draws a picture as SVG or PNG, depending on the suffix of the output. */
export async function plot(context: CommandContext): Promise<number> {
  const { options, terminal } = context;
  const path = onlyFile(context);
  const output = options.value('output') ?? '';
  const suffix = context.toStandardOutput ? '.svg' : extname(output).toLowerCase();
  if (suffix !== '.svg' && suffix !== '.png')
    throw new UsageError(`pictures are .svg or .png files, not ${output}`, 'name one, such as -o raster.svg');
  if (!context.toStandardOutput) await refuseToReplace([output], options.flag('force'));
  const kind = pictureKinds.find((name) => name === options.value('kind'));
  const title = options.value('title');
  const bin = readSeconds('bin', options);
  const svg = await drawPictureOf(path, {
    ...(kind === undefined ? {} : { kind }),
    ...(bin === undefined ? {} : { bin }),
    ...(title === undefined ? {} : { title }),
    importModel: (more = {}) => importModel(context.readModel(path), { ...importOptions(options), ...more }),
    neuroml: () => neuromlParts(context.readModel(path), options.values('allow-path')),
  });
  if (context.toStandardOutput) terminal.stdout.write(svg);
  else writeText(output, suffix === '.svg' ? svg : await (await import('../../pictures/png.js')).renderPng(svg));
  if (context.json) printJson(terminal, { outputs: [output] });
  else if (!context.toStandardOutput) context.say(`wrote ${output}`);
  return exitCodes.done;
}
