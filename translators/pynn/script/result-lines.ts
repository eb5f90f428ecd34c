/** The end of a script: it writes the recordings of its network to files in the current folder. */

import { call, layout, list, prefixed, quoted } from '../../shared/python.js';
import type { Script } from './script.js';
import { recordedPopulations } from './script-protocol.js';

/** Returns lines that write recordings: Neo blocks of populations, and values from recorders of synapses. */
export function resultLines(script: Script): readonly string[] {
  const file = (variable: string, ending: string): string => quoted(`${script.stem}-${variable}.${ending}`);
  const written = (variable: string, block: string): string =>
    layout(`${script.use('PickleIO')}(${file(variable, 'pkl')}).write_block(${block})`);
  const populations = recordedPopulations(script);
  const { nativeRecordings: recordings } = script;
  return [
    ...populations.map((each) => layout(call(`${each}.write_data`, [file(each, 'pkl')]))),
    ...[...script.recordedSynapses.keys()].map((each) => written(each, `${each}.get_data()`)),
    // PyNN's simulators lose them at a reset.
    ...(script.document.phases?.some(({ reset }) => reset !== undefined)
      ? []
      : script.recordedSources.map((each) => layout(call('np.save', [file(each, 'npy'), `${each}.get_data()`])))),
    ...script.recorders.map((each) =>
      layout(call('np.savez', [file(each, 'npz'), `times=${each}.times`, `values=${each}.values`])),
    ),
    ...(recordings.length === 0
      ? []
      : [
          layout(prefixed('recordings = ', list(recordings))),
          `with open(${file('recordings', 'json')}, "w") as file:`,
          '    json.dump({each.name: each.to_dict() for each in recordings}, file)',
        ]),
  ];
}
