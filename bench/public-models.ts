/**
 * Converts public models to NeuroML and to PyNN with NESTML, opens the former with libNeuroML and jNeuroML's validator,
 * runs the latter in NEST, and compares its spikes and potentials with those of the model:
 *
 *     npx tsx bench/public-models.ts FOLDER [part] [neuroml|nest]
 *
 * FOLDER has a checkout of each repository at the commit below, in FOLDER/NAME of github.com/OWNER/NAME. `part` selects
 * models by a part of their repository or file, and the third argument one of the two columns. Prints the rows of
 * test/docs/public-models.md.
 */

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { checkWith } from '../src/verify/check-with.js';
import { convertModel } from '../src/convert/convert.js';
import { importModel, readSource } from '../src/pipeline/pipeline.js';
import { validateByReference } from '../test/interoperability/reference-interpreter.js';
import { root } from '../test/support/import-graph.js';
import { registerNotations } from '../src/notations.js';

registerNotations();

/** Repository, commit and document of each model. */
const models = [
  ['openworm/c302', '9cccbab', 'examples/LEMS_c302_C_Pharyngeal.xml'],
  ['openworm/muscle_model', '2b3c65f', 'NeuroML2/LEMS_Figure2A.xml'],
  ['openworm/NicolettiEtAl2019_NeuronModels', 'bdbed82', 'NeuroML2/LEMS_Sim_Fig7B_RMD.xml'],
  ['openworm/NicolettiEtAl2019_NeuronModels', 'bdbed82', 'NeuroML2/LEMS_Sim_Fig4C_AWCon.xml'],
  ['openworm/NicolettiEtAl2024_MN_IN', 'd060070', 'NeuroML/LEMS_Sim_IClamp_AIY.xml'],
  ['OpenSourceBrain/262670', 'a88d6ad', 'NeuroML2/LEMS_KC_step_test.xml'],
  ['OpenSourceBrain/PospischilEtAl2008', 'a81a3e1', 'NeuroML2/cells/RS/LEMS_RS.xml'],
  ['OpenSourceBrain/SmithEtAl2013-L23DendriticSpikes', '2d05242', 'NeuroML2/LEMS_L23_One.xml'],
  ['OpenSourceBrain/BahlEtAl2012_ReducedL5PyrCell', '8275bea', 'NeuroML2/LEMS_pyr_single_comp.xml'],
  ['OpenSourceBrain/ACnet2', '9310c9d', 'neuroConstruct/generatedNeuroML2/LEMS_TwoCell.xml'],
  ['openworm/hodgkin_huxley_tutorial', '598a17f', 'Tutorial/Source/LEMS_HH_Simulation.xml'],
  ['OpenSourceBrain/WangBuzsaki1996', 'c532284', 'NeuroML2/LEMS/LEMS_WangBuzsaki.xml'],
] as const;

const [checkouts, wanted = '', column] = process.argv.slice(2);
if (checkouts === undefined) throw new Error('npx tsx bench/public-models.ts FOLDER [part] [neuroml|nest]');

// The simulator is found on the path.
process.env['PATH'] = `${join(root, '.venv-nestml/bin')}:${process.env['PATH'] ?? ''}`;

/** Returns the first line of an error. */
const problem = (error: unknown): string => {
  const lines = (error instanceof Error ? error.message : String(error)).trim().split('\n');
  return (lines.findLast((line) => /Error|error/.test(line)) ?? lines[0] ?? '').slice(0, 200);
};

/** Runs the step of a column in a temporary folder, and returns its result or its problem. */
async function inFolder(own: string, step: (folder: string) => Promise<string>): Promise<string> {
  if (column !== undefined && column !== own) return '';
  const folder = mkdtempSync(join(tmpdir(), 'public-'));
  try {
    return await step(folder);
  } catch (error) {
    return `**${problem(error)}**`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function writeAll(folder: string, files: readonly { readonly name: string; readonly text: string }[]): void {
  for (const { name, text } of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

/** Returns the sentences of what a conversion leaves out. */
const missing = (report: Awaited<ReturnType<typeof convertModel>>['report']): string =>
  [...new Set(report.flatMap(({ verdict, message }) => (verdict === 'notExpressible' ? [message] : [])))].join('; ');

const openWithLibNeuroml = [
  'import sys, neuroml.loaders as l',
  'd = l.read_neuroml2_file(sys.argv[1], include_includes=True)',
  'print(sum(len(n.populations) for n in d.networks))',
].join('\n');

console.log('| model | commit | NeuroML | NEST through NESTML |\n|---|---|---|---|');
for (const [repository, commit, file] of models) {
  if (!`${repository}/${file}`.includes(wanted)) continue;
  const path = join(checkouts, repository.split('/')[1] ?? '', file);
  const neuroml = await inFolder('neuroml', async (folder) => {
    const { valid } = importModel(readSource(path));
    const { files, outcome, report } = await convertModel(valid, 'neuroml', { name: 'net.nml' });
    if (outcome === 'incomplete') return `incomplete: ${missing(report)}`;
    const reason = report.find(({ code }) => code === 'lems/one-file');
    if (reason !== undefined) return `a LEMS document: ${reason.message}`;
    writeAll(folder, files);
    const complaints = await validateByReference(folder, 'net.nml');
    if (complaints.length > 0) return `invalid: ${complaints[0] ?? ''}`;
    const environment = join(root, '.venv-pynn/bin/python');
    execFileSync(environment, ['-c', openWithLibNeuroml, join(folder, 'net.nml')], { cwd: folder, stdio: 'pipe' });
    return outcome;
  });
  const nest = await inFolder('nest', async () => {
    const { valid } = importModel(readSource(path), { duration: '20 ms' });
    const { outcome, report } = await convertModel(valid, 'pynn-nestml', { name: 'net.py' });
    if (outcome === 'incomplete') return `incomplete: ${missing(report)}`;
    const { failure, matched, spikes, variables = [] } = await checkWith(valid, 'pynn-nestml', 'nest');
    if (failure !== undefined) return `**${failure.split('\n')[0] ?? ''}**`;
    const voltages = variables.filter(({ unit }) => unit === 'V').map(({ largest }) => largest * 1000);
    const distance = voltages.length === 0 ? 'no potentials' : `${Math.max(...voltages).toPrecision(2)} mV`;
    return `${outcome}; spikes: ${matched} of ${Math.max(...spikes)}; potentials: ${distance}`;
  });
  console.log(`| ${repository}: ${file} | ${commit} | ${neuroml} | ${nest} |`);
}
