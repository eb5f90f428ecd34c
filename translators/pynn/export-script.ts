/** From the canonical model to a PyNN script for any simulator: the exported document, written as Python. */

import type { ValidModel } from '../../src/model/model.js';
import { ConversionReport, type ConversionEntry } from '../../src/model/conversion-report.js';
import { composed, type Became, type Variable } from '../../src/model/rewriting/became.js';
import { timingProperties } from '../../src/model/timing-properties.js';
import { exportPynn, type PynnOptions } from './export.js';
import { joinedLists } from '../shared/python.js';
import { child } from '../../src/model/pointer.js';
import {
  connectorsWithoutCode,
  refusedStep,
  rowsOfBackends,
  runsNowhere,
  sentencesOf,
  wrongSpikesUnderNeuron,
  usualSimulator,
  withSentSpikes,
} from './script/backends.js';
import type { Unrecorded } from './script/script.js';
import { scriptView, type ScriptView } from './script/script-view.js';

/** A script, and how faithful it is. */
interface PynnScriptExport {
  /** The script, then files that it reads. */
  readonly files: readonly { readonly name: string; readonly text: string }[];
  /** One entry for each part of the model that is exact, and one for each thing that is not. */
  readonly report: readonly ConversionEntry[];
  readonly became: Became;
}

/**
 * Returns a model as a PyNN script: `python model.py [simulator] [results.json]`. With a second argument the script
 * writes spike times (ms), signals of all recorded populations, and values read from synapses to that file.
 *
 * @param stem  name of the script without its ending
 */
export async function exportPynnScript(
  valid: ValidModel,
  stem = 'model',
  options: PynnOptions = {},
): Promise<PynnScriptExport> {
  const { document: written, report: entries, nestml, recorded, became } = await exportPynn(valid, options);
  const report = new ConversionReport('pynn');
  report.addAll(entries);
  // Scripts of PyNN keep the times that their authors gave.
  const document =
    timingProperties[valid.model.timing].simulator === 'PyNN'
      ? written
      : withSentSpikes(written, (population, count, first) =>
          report.different(
            'pynn/early-spikes',
            child('/populations', population),
            `${count === 1 ? 'a listed spike is' : `${count} listed spikes are`} moved to ${first} ms, the first time at which PyNN's NEST sends one`,
          ),
        );
  const simulator = usualSimulator(document, options.nestml === true);
  const { view, files, unrecorded } = scriptView(document, stem, report, { nestml, simulator, recorded });
  const rows = rowsOfBackends(document);
  for (const message of sentencesOf(rows)) {
    const own = rows.filter(({ says }) => says === message);
    const refusedBy = own.flatMap(({ effect, simulator: name }) => (effect === 'raises' ? [name] : []));
    const pointer = own[0]?.part === 'timestep' ? '/experiment/dt' : '';
    const entry = { verdict: 'convention', code: 'pynn/backend', pointer, message } as const;
    report.add(refusedBy.length === 0 ? entry : { ...entry, refusedBy });
  }
  if (options.nestml === true)
    for (const reason of sentencesOf(refusedStep(document)))
      report.missing('/experiment/dt', reason, 'pynn/not-in-nestml');
  for (const remark of connectorsWithoutCode(document)) report.convention('pynn/native', '', remark);
  if (runsNowhere(document))
    report.different('pynn/runs-nowhere', '', 'neither NEST nor NEURON runs the script, by the rows below');
  const ofNeuron = view.simulator === '' ? [] : sentencesOf(wrongSpikesUnderNeuron(document)).toSorted();
  for (const remark of ofNeuron)
    if (simulator === 'neuron') report.different('pynn/backend', '', remark);
    else
      report.convention(
        'pynn/backend',
        '',
        `${remark}; the script runs under NEST unless it is given another simulator`,
      );
  return {
    files: [{ name: `${stem}.py`, text: render(view) }, ...files],
    // A recording that is left out has no other name.
    report: report.entries.filter(
      ({ pointer, recorded: names = {} }) =>
        !unrecorded.some(
          (one) => one.pointer === pointer && Object.values(names).some(([own]) => own === one.variable),
        ),
    ),
    became: composed([became, { variable: (given) => (isUnrecorded(given, unrecorded) ? undefined : given) }]),
  };
}

const isUnrecorded = ({ owner, name }: Variable, unrecorded: readonly Unrecorded[]): boolean =>
  unrecorded.some(({ target, variable }) => target === owner && variable === name);

/** Returns a script as text. */
const render = (view: ScriptView): string =>
  joinedLists(
    `${[
      view.documentation,
      ...(view.comments.length === 0 ? [] : ['', ...view.comments]),
      '',
      ...view.imported,
      ...view.definitions.flatMap((definition) => ['', '', definition]),
      ...(view.definitions.length === 0 ? [] : ['']),
      '',
      ...(view.simulator === '' ? [] : [view.simulator]),
      ...view.sections.flatMap(({ title, lines }) => [...(title === '' ? [] : ['', `# --- ${title}`, '']), ...lines]),
      ...(view.results.length === 0 ? [] : ['', '# --- Results', '', ...view.results]),
      'sim.end()',
    ].join('\n')}\n`,
  );
