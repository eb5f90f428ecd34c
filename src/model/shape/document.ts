import { second } from '../../lang/dimension.js';
import { slotsOf } from '../steps.js';
import {
  always,
  anything,
  choice,
  form,
  kind,
  list,
  map,
  measured,
  need,
  object,
  oneOf,
  only,
  own,
  part,
  quantity,
  record,
  shorthand,
  text,
  to,
  type Kept,
  type Slots,
} from './form.js';
import { neuron } from './cells.js';
import { clock, operation, table } from './drives.js';
import { population } from './populations.js';
import { projection } from './projections.js';
import { phase, recording } from './protocol.js';
import { synapse } from './synapses.js';

/** An author of a model. */
const author = record({
  name: need(text()),
  orcid: text('An ORCID such as 0000-0002-1825-0097.', { pattern: '^\\d{4}-\\d{4}-\\d{4}-\\d{3}[0-9X]$' }),
});

/** No result depends on it. */
export const metadata = object('Description and authors of the model.', {
  title: text(),
  description: text(),
  authors: own(list(part('author', author.reading.slots))),
  licence: text('SPDX identifier.'),
  doi: text(),
  species: text(),
  region: text(),
  terms: list(text(), 'Ontology identifiers.'),
});

/** An entire model. Members by name keep the order in the document. */
export const model = object(
  'A model of a spiking network as people write it. Quantities are strings with a unit, or numbers in the unit of their place; expressions are strings. The normalised model is also such a document.',
  {
    interneuron: need(only(1, 'Version of this notation.')),
    name: always(text('Name of the model.')),
    metadata: always(part('metadata', metadata.reading.slots)),
    /** Resolved: already substituted everywhere, kept for `--set` and for readers. */
    parameters: always(
      map(
        to<Kept<{ readonly unit: string; readonly value: number }>>('modelParameter'),
        'Global parameters, usable in every expression, size and value.',
      ),
    ),
    neurons: always(map(part('neuron', neuron))),
    synapses: always(map(part('synapse', synapse))),
    tables: always(map(part('table', table.reading.slots))),
    populations: always(map(part('population', population.reading.slots))),
    projections: always(map(part('projection', projection.reading.slots))),
    stimuli: always(kind('stimuli', map(to('stimulus')))),
    operations: always(map(part('operation', operation))),
    clocks: always(map(part('clock', clock.reading.slots))),
    record: shorthand(list(to('recording'), 'Recordings.')),
    recordings: always(kind('recordings', list(to('recording'), 'The same as `record`.'))),
    timing: always(
      oneOf(
        ['brian', 'grid', 'lems-euler'],
        'Order of operations within a step, and labelling of times; default: grid.',
      ),
    ),
    experiment: always(
      object('How the model is run.', {
        dt: always(measured('the time step', second, 'Time step; default: 0.1 ms.', { positive: true })),
        seed: always(
          form<Kept<string>>(
            { type: ['integer', 'string'], minimum: 0, pattern: '^[0-9]{1,20}$' },
            'Seed for all random numbers: a whole number, or the same as text; default: 0.',
          ),
        ),
        duration: shorthand(quantity('Short form of a protocol with a single run.')),
        protocol: always(kind('phases', list(to('phase')))),
      }),
    ),
    annotations: always(
      anything('Anything else; kept. `outputFiles` names text files that a run writes, see runtime/results/dat.'),
    ),
  },
);

/** Recordings, the protocol, and the entire document. */
export const document: Slots = {
  slot: oneOf(slotsOf.brian, 'Slot of the timing profile; default: chosen by the profile.'),
  variableName: text('A variable, or `mechanism.variable` of a multicompartment cell.', {
    pattern: '^[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)?$',
  }),
  recording,
  phase,
  author: choice('A name, or a map.', ['string'], author),
  metadata,
  model,
};
