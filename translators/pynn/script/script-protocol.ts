/** Current sources, recordings and phases as lines of a script. */

import { itemAt } from '../../../src/diagnostics/entry.js';
import { call, dictionary, layout, list, prefixed, quoted, type Source } from '../../shared/python.js';
import type { NeuronDocument } from '../../../src/model/document.generated.js';
import { hasEquation } from '../native/equations.js';
import { eventsOf, nativeName } from '../native/types.js';
import type { CurrentSource, Location, Locations, Phase, Projection, Recording } from '../specification.generated.js';
import { keywordLiterals } from './native-source.js';
import { keywords, valueSource, type ScriptNames } from './python-text.js';
import { giveCells } from './script-cells.js';
import type { Script } from './script.js';
import { placeSource } from './script-compartments.js';

/** Returns a current source, injected into its targets. */
export function currentSourceLines(
  script: Script,
  { label, type, params, rng, inject_into: targets, location, record }: CurrentSource,
): readonly string[] {
  const name = script.declare(label, 'source');
  if (record === true) script.recordedSources.push(name);
  // NEURON makes a list of a value for each step until the end, which PyNN's usual 1e12 ms would not leave room for.
  const ends =
    (type === 'ACSource' || type === 'NoisyCurrentSource') && params?.['stop'] === undefined
      ? { stop: longestStretch(script) }
      : {};
  return [
    layout(
      prefixed(
        `${name} = `,
        call(`sim.${type}`, [...keywords({ ...params, ...ends }, script), ...(rng ? [`rng=${script.rng(rng)}`] : [])]),
      ),
    ),
    ...(targets ?? []).map((target) =>
      location === undefined
        ? `${script.of(target)}.inject(${name})`
        : layout(call(`${name}.inject_into`, [script.of(target), prefixed('location=', placeSource(location))])),
    ),
    ...(record === true ? [`${name}.record()`] : []),
  ];
}

/** Returns time of the longest stretch without a reset, in ms. */
function longestStretch(script: Script): number {
  let [now, longest] = [0, 0];
  for (const phase of script.document.phases ?? []) {
    now = phase.reset !== undefined ? 0 : (phase.run_until ?? now + (phase.run ?? 0));
    longest = Math.max(longest, now);
  }
  return longest;
}

/** Returns the recordings of a population, view, assembly or projection. */
export function recordingLines(script: Script, recording: Recording): readonly string[] {
  const { target, variables, sampling_interval: interval, locations, to_file: file } = recording;
  const [beyond, others] = beyondRecorders(script, recording);
  if (beyond.length > 0)
    return [
      ...(others.length === 0 ? [] : recordingLines(script, { ...recording, variables: others })),
      ...nativeRecordingLines(script, recording, beyond),
    ];
  const projection = (script.document.projections ?? []).find(
    ({ label, pre, post }) => (label ?? `${pre}→${post}`) === target,
  );
  if (projection !== undefined && !script.hasCells(target)) return synapseRecordingLines(script, recording, projection);
  const known = [variables ?? []].flat().filter((variable) => canRecord(script, target, variable));
  if (known.length === 0) return [];
  const texts = list(known.map(quoted));
  const more = [
    ...(interval === undefined || interval === null ? [] : [`sampling_interval=${interval}`]),
    ...(file ? [`to_file=${quoted(file)}`] : []),
    ...(locations === undefined ? [] : [prefixed('locations=', list(placesIn(locations)))]),
  ];
  return [
    layout(call(`${script.of(target)}.record`, [known.length === 1 ? quoted(itemAt(known, 0)) : texts, ...more])),
  ];
}

/**
 * Splits a recording. The first part is for our backend only, such as events and samples placed within a step; PyNN's
 * recorders take the rest.
 */
function beyondRecorders(
  script: Script,
  { target, variables, locations, native }: Recording,
): readonly [beyond: readonly string[], others: readonly string[]] {
  const wanted = [variables].flat().flatMap((variable) => variable ?? []);
  if (!script.isNative || locations !== undefined) return [[], wanted];
  const isOfSome = native?.indices !== undefined || native?.slice !== undefined;
  if (isOfSome || isPlaced(native, script.document.native?.timing)) return [wanted, []];
  const events = wanted.filter((one) => isEvent(script, target, one));
  return [events, wanted.filter((one) => !events.includes(one))];
}

/** Checks whether cells have an event of a name, besides their spikes. */
const isEvent = (script: Script, target: string, variable: string): boolean =>
  eventsOf((script.document.native?.cells?.[nativeTypeOf(script, target)] ?? {}) as NeuronDocument).includes(variable);

/**
 * Checks whether samples are taken at an unusual moment in a step, or at events. Under Brian's timing every such
 * recording counts, since names order simultaneous objects.
 */
const isPlaced = (native: Recording['native'], timing: unknown): boolean =>
  native !== undefined &&
  ([native.slot, native.order, native.variables].some((part) => part !== undefined) || timing === 'brian');

/** Returns a recording by interneuron's backend, and the lines that read it. */
function nativeRecordingLines(
  script: Script,
  { target, sampling_interval: interval, native = {} }: Recording,
  wanted: readonly string[],
): readonly string[] {
  const { variables: values, ...place } = native;
  const of = script.of(target, script.hasCells(target) ? 'cells' : 'projection');
  const name = script.names.take((native.name ?? `${target}_${wanted.join('_')}`).replace(/\W+/g, '_'));
  script.nativeRecordings.push(name);
  const made = call('sim.native.record', [
    of,
    wanted.length === 1 ? quoted(itemAt(wanted, 0)) : list(wanted.map(quoted)),
    ...(interval === undefined || interval === null ? [] : [`sampling_interval=${interval}`]),
    ...(values === undefined ? [] : [prefixed('values=', list(values.map(quoted)))]),
    ...keywordLiterals(place),
  ]);
  return [layout(prefixed(`${name} = `, made))];
}

/** PyNN's classes of cells with synaptic currents do not list these currents as recordable. */
function canRecord(script: Script, target: string, variable: string): boolean {
  const own = script.document.native?.cells?.[nativeTypeOf(script, target)];
  // Cells with compartments have variables of their mechanisms.
  const atPlaces = own?.['compartments'] !== undefined && (variable === 'v' || variable.includes('.'));
  const isOwn = own !== undefined && (hasEquation(own, variable) || Object.hasOwn(own['parameters'] ?? {}, variable));
  if (own !== undefined && variable !== 'spikes' && !atPlaces && !isOwn) {
    script.unrecorded(target, variable, 'scripts do not');
    return false;
  }
  if (variable !== 'isyn_exc' && variable !== 'isyn_inh') return true;
  script.unrecorded(target, variable, "PyNN's simulators do not");
  return false;
}

/** Returns the name of the native type of a label; empty if it has no native type. */
function nativeTypeOf(script: Script, label: string): string {
  const view = script.document.views?.find((one) => one.label === label);
  if (view !== undefined) return nativeTypeOf(script, view.of);
  const population = script.document.populations?.find((one) => one.label === label);
  return nativeName(population?.cell.type ?? '') ?? '';
}

/**
 * Parameters of synapses are read at regular times, since PyNN does not record them and cannot read their state.
 * Our backend records synapses of types of the script's own.
 */
function synapseRecordingLines(
  script: Script,
  { target, variables, sampling_interval: interval, native = {} }: Recording,
  { post, synapse }: Projection,
): readonly string[] {
  if (native.indices !== undefined || native.slice !== undefined)
    script.convention('pynn/recording', `all synapses of ${target} are recorded, not only some of them`);
  const wanted = typeof variables === 'string' ? [variables] : (variables ?? []);
  if (nativeName(synapse?.type ?? '') !== undefined) {
    const of = script.of(target, 'projection');
    script.recordedSynapses.set(of, target);
    const every = interval === undefined || interval === null ? [] : [`sampling_interval=${interval}`];
    return [layout(call(`${of}.record`, [list(wanted.map(quoted)), ...every]))];
  }
  return wanted.flatMap((variable) => {
    const parameters: readonly string[] = ['weight', 'delay', ...Object.keys(synapse?.params ?? {})];
    if (!parameters.includes(variable) && !script.types.has(synapse?.type ?? ''))
      return script.unrecorded(target, variable, 'scripts do not');
    if (variable === 'weight' && script.stepsPotential(post))
      script.convention('pynn/backend', `recorded weights of ${target} are in V under NEST, not in mV`);
    const name = script.names.take(`${script.of(target, 'projection')}_${variable}`);
    script.recorders.push(name);
    const every = interval ?? script.document.setup?.timestep ?? 0.1;
    return [
      layout(
        prefixed(
          `${name} = `,
          call('SynapseRecorder', [script.of(target, 'projection'), quoted(variable), `interval=${every}`]),
        ),
      ),
    ];
  });
}

/** Returns a phase of the protocol. Recordings have begun before it. */
export function phaseLines(script: Script, phase: Phase): readonly string[] {
  const callbacks = script.recorders.length === 0 ? [] : [`callbacks=[${script.recorders.join(', ')}]`];
  if (phase.run !== undefined) return [layout(call('sim.run', [String(phase.run), ...callbacks]))];
  if (phase.run_until !== undefined) return [layout(call('sim.run_until', [String(phase.run_until), ...callbacks]))];
  if (phase.set !== undefined) return giveCells(script, 'set', phase.set.target, phase.set.params);
  if (phase.set_projection !== undefined) {
    const { target, params } = phase.set_projection;
    const line = layout(call(`${script.of(target, 'projection')}.set`, keywords(params, script)));
    return [line, ...(Object.hasOwn(params, 'weight') ? toNeuron(script, target) : [])];
  }
  if (phase.set_source !== undefined)
    return [
      layout(
        call(
          `${script.of(phase.set_source.target, 'source')}.set_parameters`,
          keywords(phase.set_source.params, script),
        ),
      ),
    ];
  if (phase.initialize !== undefined)
    return giveCells(script, 'initialize', phase.initialize.target, phase.initialize.values);
  if (phase.native !== undefined) return [layout(call('sim.native.phase', keywordLiterals(phase.native)))];
  if (phase.reset !== undefined) {
    const { annotations } = phase.reset;
    return [
      annotations === undefined
        ? 'sim.reset()'
        : layout(call('sim.reset', [prefixed('annotations=', valueDictionary(annotations, script))])),
    ];
  }
  return [];
}

/**
 * Synapses with weights that PyNN's interface to NEURON stores twice, the second time for the transmitting mechanism.
 */
const weighed: ReadonlySet<string> = new Set([
  'TsodyksMarkramSynapse',
  'SimpleStochasticSynapse',
  'StochasticTsodyksMarkramSynapse',
  'MultiQuantalSynapse',
]);

/** In PyNN's interface to NEURON, new weights of such synapses have no effect by themselves. */
function toNeuron(script: Script, target: string): readonly string[] {
  const projection = script.document.projections?.find(({ label }) => label === target);
  if (script.isNative || !weighed.has(projection?.synapse?.type ?? '')) return [];
  if (!script.definitions.includes(weightsToNeuron)) script.definitions.push(weightsToNeuron);
  return [`weights_to_neuron(${script.of(target, 'projection')})`];
}

/** Function that gives NEURON the weights that synapses have by now. */
const weightsToNeuron = `def weights_to_neuron(projection):
    """Weights that change do not reach these synapses of NEURON by themselves."""
    if sim.__name__ == "pyNN.neuron":
        for connection in projection.connections:
            connection.pre2wa.weight[0] = connection.weight`;

/** Returns variables of populations with any recording, views and assemblies included. */
export function recordedPopulations(script: Script): readonly string[] {
  // Of a script that runs for no time NEST has no results that could be read.
  const { populations = [], recordings = [], phases = [] } = script.document;
  if (!phases.some(({ run = 0, run_until: until = 0 }) => run > 0 || until > 0)) return [];
  const all = [...recordings, ...phases.flatMap(({ record }) => record ?? [])];
  const recorded = new Set(all.flatMap(({ target }) => script.populationsOf(target)));
  return populations.flatMap((population) => (recorded.has(population) ? [script.of(population.label)] : []));
}

const valueDictionary = (values: Readonly<Record<string, unknown>>, names: ScriptNames): Source =>
  dictionary(Object.fromEntries(Object.entries(values).map(([key, value]) => [key, valueSource(value, names)])));

/** Returns places on cells as a script has them. */
const placesIn = (locations: Locations): readonly string[] =>
  (Array.isArray(locations) ? (locations as readonly Location[]) : [locations as Location]).map((location) =>
    typeof location === 'string' ? quoted(location) : `(${quoted(location.section)}, ${location.fraction ?? 0.5})`,
  );

/** Class of the recorders of synapses. */
export const synapseRecorder = `class SynapseRecorder:
    """Reads a variable of a projection's synapses at regular times, as run() calls it."""

    def __init__(self, projection, variable, interval):
        self.projection = projection
        self.variable = variable
        self.interval = interval
        self.times = []
        self.values = []

    def __call__(self, t):
        rows = self.projection.get([self.variable], format="list")
        rows = sorted(rows, key=lambda row: (row[1], row[0]))
        self.times.append(float(t))
        self.values.append([float(row[2]) for row in rows])
        return t + self.interval`;
