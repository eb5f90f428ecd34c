/** `interneuron certify`: makes the outputs of a folder or bundle again, and writes a certificate. */

import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { orOutputError } from '../../../runtime/results/output-error.js';
import { printable } from '../../diagnostics/display.js';
import { certify as certifyPath } from '../../verify/certify/certify.js';
import { certificatePage } from '../../verify/certify/certificate-page.js';
import { countText, type Certificate } from '../../verify/certify/certificate.js';
import { codecheckText, neededForCodecheck, readPaper } from '../../verify/certify/codecheck.js';
import { longestAside } from '../../pipeline/read/read-source.js';
import { fileDate } from '../../pipeline/results/provenance.js';
import { refuseToReplace, writeTexts } from '../../pipeline/results/replaceable.js';
import { onlyFile, type CommandContext } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { printJson } from '../failure.js';
import { interruptible } from '../interrupt.js';
import { progressDisplay, silentProgress } from '../progress.js';
import { cacheOption } from '../values.js';
import { runnerOn } from './run-on.js';

/** Most files that are named as not checked. */
const mostNamed = 12;

/** Returns a line for each file that was not checked, with the reason. */
function notChecked({ files }: Certificate): readonly string[] {
  const left = files.filter(({ verdict }) => verdict === 'not checked');
  const more = left.length - mostNamed;
  return [
    ...left.slice(0, mostNamed).map(({ path, reason }) => `${path}: not checked: ${reason ?? ''}`),
    ...(more > 0 ? [`and ${more} more files that were not checked, in certificate.json`] : []),
  ];
}

/** Certifies a folder or bundle. Nothing is written if the article's file is wrong. */
export async function certify(context: CommandContext): Promise<number> {
  const { options, terminal, json, quiet } = context;
  const path = onlyFile(context);
  const folder = options.value('output') ?? 'certificate';
  const names = { page: join(folder, 'certificate.html'), data: join(folder, 'certificate.json') };
  const codecheck = join(folder, 'codecheck.yml');
  const paperPath = options.value('paper');
  const paper = paperPath === undefined ? undefined : readPaper(context.read(paperPath, longestAside).text, paperPath);
  await refuseToReplace([...Object.values(names), ...(paper ? [codecheck] : [])], options.flag('force'));
  const [elsewhere, env] = [runnerOn(context), options.value('env')];
  const progress = json || quiet ? silentProgress : await progressDisplay(terminal.progressStream);
  const interruption = interruptible(terminal, progress, 'stopping');
  const date = process.env['SOURCE_DATE_EPOCH'] === undefined ? new Date().toISOString() : fileDate();
  try {
    const certified = await certifyPath(path, {
      run: {
        read: (file) => context.read(file),
        model: (file, changes) => context.model(file, changes),
        ...cacheOption(terminal),
        ...(elsewhere === undefined ? {} : { elsewhere }),
        ...(env === undefined ? {} : { env }),
        onProgress: interruption.onProgress,
        signal: interruption.signal,
      },
      date: date.slice(0, 'YYYY-MM-DD'.length),
      ...(paper ? { paper } : {}),
      words: paperPath === undefined ? [] : ['--paper', basename(paperPath)],
      onOutput: (output) => {
        progress.stop();
        context.say(printable(`${output.path}: ${output.grade}: ${output.statement}`));
      },
    });
    try {
      progress.stop();
      if (interruption.signal.aborted) return exitCodes.interrupted;
      const { certificate, picture, bytesOf } = certified;
      const outputs = new Map(certificate.outputs.map((output) => [output.path, `outputs/${output.path}`]));
      const files = [
        { path: names.page, parts: [certificatePage(certificate, picture)] },
        { path: names.data, parts: [`${JSON.stringify(certificate, null, 2)}\n`] },
        ...(paper
          ? [
              {
                path: codecheck,
                parts: [codecheckText(paper, certificate, outputs, date.slice(0, 19).replace('T', ' '))],
              },
              ...[...outputs].map(([from, to]) => ({ path: join(folder, to), parts: [bytesOf(from)] })),
            ]
          : []),
      ];
      for (const { path: file } of files) orOutputError(file, () => mkdirSync(join(file, '..'), { recursive: true }));
      writeTexts(files);
      if (json) printJson(terminal, { outputs: files.map(({ path: file }) => file), certificate });
      const lines = [
        `${certificate.verdict}: ${countText(certificate.outputs)}`,
        ...certificate.files.flatMap(({ path: file, verdict, reason }) =>
          verdict === 'different' || verdict === 'unlisted' ? [`${file}: ${reason ?? ''}`] : [],
        ),
        ...notChecked(certificate),
        `wrote ${files.map(({ path: file }) => file).join(', ')}`,
        ...(paper
          ? []
          : ['no codecheck.yml, which needs --paper with:', ...neededForCodecheck.map((fact) => `  ${fact}`)]),
      ];
      context.say(lines.map(printable).join('\n'));
      if (certificate.verdict === 'reproduced') return exitCodes.done;
      return certificate.verdict === 'nothing to check' ? exitCodes.uncertain : exitCodes.wrong;
    } finally {
      certified.dispose();
    }
  } finally {
    progress.stop();
    interruption.stop();
  }
}
