/** Types of cells and synapses in NESTML, which is a file next to a script for NEST. */

import { call, dictionary, layout, list, prefixed, quoted, type Source } from '../../shared/python.js';
import type { NestmlModel } from '../../nestml/export/models.js';
import type { Script } from './script.js';

/** Names of the types that NEST has of a model and of its plastic synapses, which NESTML compiles as one. */
function namesInNest({ name, synapses }: NestmlModel): {
  readonly cell: string;
  readonly synapse: (synapse: string) => string;
} {
  const cell = synapses.length === 0 ? name : `${name}__with_${synapses.map((one) => one.name).join('_and_')}`;
  return { cell, synapse: (synapse) => `${synapse}__with_${synapses.length === 1 ? name : cell}` };
}

/** Returns lines that compile the types, and properties of cells that PyNN does not find in NEST. */
export function nestmlTypes(script: Script): readonly string[] {
  const models = [...script.nestml.values()];
  if (models.length === 0) return [];
  const file = `${script.stem}.nestml`;
  const texts = models.flatMap(({ text, synapses }) => [text, ...synapses.map((synapse) => synapse.text)]);
  script.files.push({ name: file, text: texts.join('\n') });
  const module = quoted(`${script.stem.replace(/\W/g, '_')}_module`);
  const compiled = call(script.use('generate_nest_target'), [
    call('str', [script.path(file)]),
    'target_path=mkdtemp()',
    `module_name=${module}`,
    ...options(models),
  ]);
  return [
    '',
    layout(compiled),
    `sim.nest.Install(${module})`,
    ...models.flatMap((model) => typeLines(script, model)),
    '\n',
    '# PyNN 0.13 would hand this on as a bool of NumPy, which NEST 3.10 refuses',
    ...models.map(({ standard }) => `del ${script.types.get(standard.name)}.default_parameters["ignore_and_spike"]`),
  ];
}

/** Options of NESTML: which synapses it compiles with which cells, their weights, and the traces that they keep. */
function options(models: readonly NestmlModel[]): readonly Source[] {
  const paired = models.filter(({ synapses }) => synapses.length > 0);
  if (paired.length === 0) return [];
  const map = (entries: readonly (readonly [string, Source])[]): Source => dictionary(Object.fromEntries(entries));
  const pairs = paired.map(({ name, synapses }) =>
    map([
      ['neuron', quoted(name)],
      [
        'synapses',
        map(
          synapses.map(
            (synapse) => [synapse.name, map([['post_ports', synapse.isPaired ? '["post_spikes"]' : '[]']])] as const,
          ),
        ),
      ],
    ]),
  );
  const weights = paired.flatMap(({ synapses }) => synapses.map((one) => [one.name, quoted(one.weight)] as const));
  const traces = paired.flatMap(({ synapses }) =>
    synapses.flatMap((one) => (one.isPaired ? [[one.name, list(one.traces.map(quoted))] as const] : [])),
  );
  return [
    prefixed(
      'codegen_opts=',
      map([
        ['neuron_synapse_pairs', list(pairs)],
        ['weight_variable', map(weights)],
        // In the target, traces of its spikes would be lost once NESTML 9 has forgotten the spikes.
        ...(traces.length === 0 ? [] : [['strictly_synaptic_vars', map(traces)] as const]),
      ]),
    ),
  ];
}

/** Returns the head of a class that adds to a type of NEST. */
const classOf = (name: string, of: string, type: string): string =>
  `\n\n${layout({ open: `class ${name}(`, items: [call(of, [quoted(type)])], close: '):' })}`;

function typeLines(script: Script, model: NestmlModel): readonly string[] {
  const { name, standard, synapses, units, isFed } = model;
  const inNest = namesInNest(model);
  const cell = script.names.take(name);
  script.types.set(standard.name, cell);
  const typed = Object.fromEntries(
    Object.entries({ spikes: 'ms', ...units }).map(([key, unit]) => [key, quoted(unit)]),
  );
  return [
    classOf(cell, 'sim.native_cell_type', inNest.cell),
    `    ${layout(prefixed('units = ', dictionary(typed)), 4)}`,
    ...(isFed ? ['    injectable = True'] : []),
    // PyNN takes cells that record a variable with this initial for conductance-based ones.
    ...(Object.keys(units).some((key) => key.startsWith('g')) ? ['    conductance_based = False'] : []),
    ...synapses.flatMap((one) => {
      const synapse = script.names.take(one.name);
      script.types.set(`nestml:${one.name}`, synapse);
      return [
        classOf(synapse, 'sim.native_synapse_type', inNest.synapse(one.name)),
        `    weight_variable = ${quoted(one.weight)}`,
      ];
    }),
  ];
}
