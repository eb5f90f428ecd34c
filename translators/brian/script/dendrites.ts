/** Neurons of a few compartments as statements of Dendrify. */

import { freeName } from '../../../src/model/free-name.js';
import { call, layout, list, prefixed, quoted, type Source } from '../../shared/python.js';
import { usualConstants } from '../morphology/dendrites.js';
import type { DendriticCompartment, DendriticNeurons } from '../specification.generated.js';
import { assignment, isUsed, keyword, pythonName, pythonString, pythonValue } from './python-text.js';

type Constants = Readonly<Record<string, string | number>>;
/** Arguments of a call by name. */
type Arguments = Readonly<Record<string, string | number | undefined>>;

/**
 * Returns the compartments with their receptors and spikes, the model that couples them, and the group, without
 * statements after it.
 *
 * @param common     constants of the script, of which some replace Dendrify's own
 * @param more       further arguments of the group
 * @param taken      names of the script, to which those of the compartments are added
 */
export function dendriteLines(
  name: string,
  neurons: DendriticNeurons,
  common: Constants,
  more: readonly Source[],
  taken: Set<string>,
): readonly string[] {
  const claim = (wanted: string): string => {
    const variable = freeName(wanted, (one) => taken.has(one) || isUsed(one));
    taken.add(variable);
    return variable;
  };
  const { compartments, couplings = [], second_reset: second, threshold, reset, refractory, v_rest: rest } = neurons;
  const variables = new Map(Object.keys(compartments).map((key) => [key, claim(key)]));
  const model = claim('model');
  const changed = Object.keys(usualConstants).filter((key) => key in common);
  const group = [pythonName(name), ...(second === undefined ? [] : [claim(`${name}_reset`)])].join(', ');
  return [
    ...Object.entries(compartments).map(([key, compartment]) => {
      const { cm_abs, gl_abs, v_rest, model: membrane } = compartment;
      const isSoma = compartment.dspikes === undefined && new RegExp(`\\bV_${key}\\b`).test(String(threshold));
      const given = [quoted(key), ...(membrane === undefined ? [] : [quoted(membrane)])];
      const values = argumentsOf({ cm_abs, gl_abs, v_rest });
      return assignment(variables.get(key) ?? key, call(isSoma ? 'Soma' : 'Dendrite', [...given, ...values]));
    }),
    ...mechanismLines(compartments, variables),
    assignment(
      model,
      call('NeuronModel', [
        list(
          couplings.map(
            ([a, b, g = 0]) => `(${variables.get(String(a))}, ${variables.get(String(b))}, ${pythonValue(g)})`,
          ),
        ),
        ...argumentsOf({ v_rest: rest }),
      ]),
    ),
    ...(changed.length === 0
      ? []
      : [layout(call(`${model}.add_params`, [`{${changed.map((key) => `${quoted(key)}: ${key}`).join(', ')}}`]))]),
    assignment(
      group,
      call(`${model}.make_neurongroup`, [
        String(neurons.N),
        ...keyword('method', neurons.method === 'euler' ? undefined : quoted(neurons.method ?? 'euler')),
        ...keyword('threshold', threshold === undefined ? undefined : pythonString(String(threshold))),
        ...keyword('reset', reset === undefined ? undefined : pythonString(reset)),
        ...(second === undefined
          ? []
          : [`second_reset=${pythonString(second.code)}`, `spike_width=${pythonValue(second.after)}`]),
        ...keyword('refractory', refractory === undefined ? undefined : pythonValue(refractory)),
        ...more,
      ]),
    ),
  ];
}

/** Returns calls that add receptors, noise and spikes: in a loop for compartments with equal ones. */
function mechanismLines(
  compartments: Readonly<Record<string, DendriticCompartment>>,
  variables: ReadonlyMap<string, string>,
): readonly string[] {
  const owners = new Map<string, readonly string[]>();
  for (const [key, compartment] of Object.entries(compartments)) {
    const calls = JSON.stringify(mechanisms(compartment));
    owners.set(calls, [...(owners.get(calls) ?? []), variables.get(key) ?? key]);
  }
  return [...owners].flatMap(([calls, [first = '', ...others]]) => {
    const written = JSON.parse(calls) as ReturnType<typeof mechanisms>;
    if (written.length === 0) return [];
    const owner = others.length === 0 ? first : 'dendrite';
    const indent = others.length === 0 ? 0 : 4;
    const lines = written.map(
      ([method, args]) => `${' '.repeat(indent)}${layout(call(`${owner}.${method}`, args), indent)}`,
    );
    return others.length === 0 ? lines : [`for dendrite in ${[first, ...others].join(', ')}:`, ...lines];
  });
}

/** Returns the calls that add receptors, noise and spikes to a compartment, in the order of its keys. */
function mechanisms(compartment: DendriticCompartment): readonly (readonly [method: string, Source[]])[] {
  return Object.keys(compartment).flatMap((key): readonly (readonly [string, Source[]])[] => {
    const { synapses = [], noise, dspikes = {} } = compartment;
    if (key === 'noise') return [['noise', argumentsOf({ ...noise })]];
    if (key === 'synapses')
      return synapses.map(({ channel, tag, scale_g: _, ...values }) => [
        'synapse',
        [quoted(channel), prefixed('tag=', quoted(tag)), ...argumentsOf(values)],
      ]);
    if (key !== 'dspikes') return [];
    return Object.entries(dspikes).map(([spike, values]) => [
      'dspikes',
      [quoted(spike), ...argumentsOf({ ...values })],
    ]);
  });
}

const argumentsOf = (values: Arguments): Source[] =>
  Object.entries(values).flatMap(([key, value]) => keyword(key, value === undefined ? undefined : pythonValue(value)));
