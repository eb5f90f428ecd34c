/** Where code that runs at regular times runs otherwise in LEMS. */

import { parseStatements } from '../../../src/lang/parse.js';
import { writtenBy } from '../../../src/lang/walk.js';
import { child } from '../../../src/model/pointer.js';
import type { Operation } from '../../../src/model/model.js';
import { populationOf } from '../../../src/model/selected.js';
import { isRecording, isSelection } from '../../../src/model/tagged.js';
import { elementsOf, type ExportContext } from './context.js';
import { codePlace } from './timed-code.js';

/** Says of code at regular times where its place in a step is another one, and whether samples have what it does. */
export function remarkCode(context: ExportContext): void {
  const { model, report, changes, dt } = context;
  for (const [id, operation] of Object.entries(model.operations)) {
    const { on } = operation;
    const pointer = child('/operations', id);
    const type = model.neurons[model.populations[populationOf(on) ?? '']?.type ?? ''];
    const isOfSynapses = isSelection(on, 'synapses');
    if (!isOfSynapses && (type === undefined || typeof elementsOf(on, context) === 'string')) {
      report.missing(pointer, 'code that runs on cells that are drawn');
      continue;
    }
    if (changes.has(id)) continue;
    const hasRegimes = type !== undefined && Object.keys(type.regimes).length > 0;
    const place = isOfSynapses || hasRegimes ? undefined : codePlace(operation, model.timing, dt);
    if (place === undefined)
      report.approximated(
        'lems/operation',
        pointer,
        'the code runs after variables are advanced and before conditions are tested',
      );
    else if (place === 'before the next step') remarkSamples(id, operation, context);
  }
}

/** Samples that Brian takes before the code of their time, since they come first in its order. */
function remarkSamples(
  id: string,
  { on, do: actions, order, slot }: Operation,
  { model, report }: ExportContext,
): void {
  const written = writtenBy(actions.flatMap(parseStatements));
  model.recordings.forEach((recording, k) => {
    if (!isRecording(recording, 'variables') || populationOf(recording.of) !== populationOf(on)) return;
    const missed = recording.variables.filter((name) => written.has(name));
    const own = recording.order ?? 0;
    const isBefore = order > own || (order === own && id > recording.name);
    const isSame = (slot ?? 'start') === (recording.slot ?? 'start');
    if (missed.length === 0 || (isSame && !isBefore) || slot === 'before_start') return;
    report.approximated(
      'lems/operation',
      child('/recordings', k),
      `samples of ${missed.join(', ')} have what ${id} does at their time, which Brian does after them`,
    );
  });
}
