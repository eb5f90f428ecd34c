/**
 * Neurons of a few compartments in the notation of Dendrify. Geometry or lumped values, couplings, receptors, noise and
 * dendritic spikes become the equations, constants and events of a NeuronGroup, with variables named `V_soma`.
 *
 * @source Pagkalos, Chavlis & Poirazi (2023), Introducing the Dendrify framework for incorporating dendrites to
 *   spiking neural networks, Nature Communications 14:131; the equations of Dendrify 2.2
 */

import { namesInText } from '../../../src/lang/lexer.js';
import { dimensionless, type Dimension } from '../../../src/lang/ast.js';
import {
  farad,
  faradByArea,
  metre,
  ohmMetre,
  second,
  siemens,
  siemensByArea,
  volt,
} from '../../../src/lang/dimension.js';
import type { Positions } from '../../../src/diagnostics/positions.js';
import { child } from '../../../src/model/pointer.js';
import type { Reporter } from '../context.js';
import * as messages from '../messages.js';
import type {
  BrianSpecification,
  DendriticCompartment,
  DendriticNeurons,
  CustomEvent,
  Initializers,
  NeuronGroup,
  Synapses,
} from '../specification.generated.js';
import type { Namespace } from '../terms.js';
import { readNumber } from '../values.js';
import { isList } from '../../../src/model/collections.js';

/** Tools for reading quantities. */
interface Reading {
  readonly namespace: Namespace;
  /** Time step in s. */
  readonly dt: number;
  readonly to: Reporter;
}

/** Constants of all models, by Dendrify's names. */
export const usualConstants: Readonly<Record<string, string | number>> = {
  E_AMPA: '0 mV',
  E_NMDA: '0 mV',
  E_GABA: '-80 mV',
  E_Na: '70 mV',
  E_K: '-89 mV',
  E_Ca: '136 mV',
  Mg_con: 1,
  Alpha_NMDA: 0.062,
  Beta_NMDA: 3.57,
  Gamma_NMDA: 0,
};

/** Returns the specification with NeuronGroups in place of neurons of compartments. */
export function withDendrites(specification: BrianSpecification, reading: Reading): BrianSpecification {
  const { dendritic_neurons: neurons, ...rest } = specification;
  if (neurons === undefined) return specification;
  const groups: Record<string, NeuronGroup> = {};
  const synapses: Record<string, Synapses> = {};
  for (const [name, neuron] of Object.entries(neurons)) {
    const pointer = child('/dendritic_neurons', name);
    const { second_reset: second } = neuron;
    groups[name] = new Expansion(neuron, pointer, reading).group();
    if (second !== undefined && neuron.threshold !== undefined)
      synapses[secondReset(name)] = {
        source: name,
        target: name,
        on_pre: second.code,
        delay: second.after,
        connect: { j: 'i' },
      };
    if (second !== undefined && neuron.threshold === undefined)
      reading.to.report(messages.resetWithoutThreshold(), child(pointer, 'second_reset'));
  }
  return {
    ...rest,
    neuron_groups: { ...rest.neuron_groups, ...groups },
    synapses: { ...rest.synapses, ...synapses },
  };
}

/** Returns the name of synapses of each neuron onto itself, which set it a second time after a spike. */
const secondReset = (name: string): string => `${name}_second_reset`;

/** Returns the places of a document after neurons of compartments have become groups and synapses. */
export function placesOfDendrites(
  positions: Positions,
  { dendritic_neurons: neurons = {} }: BrianSpecification,
): Positions {
  const moved = (pointer: string): string => {
    for (const name of Object.keys(neurons)) {
      const [group, synapses] = [child('/neuron_groups', name), child('/synapses', secondReset(name))];
      if (pointer === group || pointer.startsWith(`${group}/`))
        return child('/dendritic_neurons', name) + pointer.slice(group.length);
      if (pointer.startsWith(synapses)) return `${child('/dendritic_neurons', name)}/second_reset`;
    }
    return pointer;
  };
  const { keyPlace } = positions;
  return {
    place: (pointer, span) => {
      const at = moved(pointer);
      // Equations are not in the document.
      return at === pointer || !/\/(?:model|namespace\/[^/]*)$/.test(at)
        ? positions.place(at, span)
        : positions.place(at);
    },
    ...(keyPlace ? { keyPlace: (pointer) => keyPlace.call(positions, moved(pointer)) } : {}),
  };
}

const isKey = <T extends object>(of: T, key: string): key is keyof T & string => Object.hasOwn(of, key);

/** Properties of a compartment, in SI. */
interface Membrane {
  readonly capacitance: number;
  readonly leak: number;
  readonly rest: number;
  /** Axial resistance of its length in ohm; undefined without a shape. */
  readonly axial?: number;
}

class Expansion {
  readonly #equations: string[] = [];
  readonly #constants: Record<string, string | number> = {};
  readonly #events: Record<string, CustomEvent> = {};
  readonly #initial: Record<string, string | number> = {};
  /** Terms that flow into each compartment. */
  readonly #currents = new Map<string, string[]>();
  readonly #coupled = new Set<string>();

  constructor(
    private readonly neuron: DendriticNeurons,
    private readonly pointer: string,
    private readonly reading: Reading,
  ) {}

  group(): NeuronGroup {
    const {
      compartments,
      couplings,
      equations,
      second_reset: _,
      cm: __,
      gl: ___,
      r_axial: ____,
      v_rest: _____,
      scale_factor: ______,
      spine_factor: _______,
      ...group
    } = this.neuron;
    const all = Object.entries(compartments);
    const membranes = new Map(all.map(([name, one]) => [name, this.#membrane(name, one)] as const));
    if (new Set([...membranes.values()].map(({ axial }) => axial === undefined)).size > 1)
      this.#report(
        child(this.pointer, 'compartments'),
        'some compartments have a shape, others a capacitance',
        'length and diameter of all of them, or cm_abs and gl_abs',
      );
    for (const [name, one] of all) {
      this.#currents.set(name, [`I_ext_${name}`]);
      // In the order of their keys, as Dendrify adds them in the order of calls.
      const parts = { synapses: this.#synapses, noise: this.#noise, dspikes: this.#dendriticSpikes };
      for (const key of Object.keys(one)) if (isKey(parts, key)) parts[key].call(this, name, one);
    }
    (couplings ?? []).forEach((coupling, k) => this.#couple(coupling, k, membranes));
    const potentials = all.flatMap(([name, one]) => this.#potential(name, one));
    const text = [...potentials, ...this.#equations, ...(equations === undefined ? [] : [equations])].join('\n');
    const names = new Set(namesInText(text).map((one) => one.name));
    for (const [name, value] of Object.entries(usualConstants))
      if (names.has(name) && this.reading.namespace.definition(name) === undefined) this.#constants[name] ??= value;
    return {
      method: 'euler',
      ...group,
      model: text,
      events: { ...this.#events, ...group.events },
      namespace: { ...this.#constants, ...group.namespace },
      initializers: this.#firstValues(group.initializers),
    };
  }

  /** Returns the resting potentials, overridden by the given values. */
  #firstValues(given: Initializers = {}): Initializers {
    if (!isList(given)) return { ...this.#initial, ...given };
    return [...Object.entries(this.#initial).map(([variable, value]) => ({ variable, value })), ...given];
  }

  // --- The membrane -------------------------------------------------------------------------------------------------

  #membrane(name: string, compartment: DendriticCompartment): Membrane {
    const at = child(child(this.pointer, 'compartments'), name);
    const { cm, gl, r_axial, v_rest, scale_factor, spine_factor } = this.neuron;
    const own = {
      cm,
      gl,
      r_axial,
      v_rest,
      scale_factor,
      ...((compartment.model ?? 'passive') === 'passive' ? { spine_factor } : {}),
      ...compartment,
    };
    const number = (key: keyof typeof own, dimension: Dimension, otherwise?: number): number => {
      const value = own[key] as string | number | undefined;
      if (value === undefined && otherwise !== undefined) return otherwise;
      if (value === undefined) {
        this.#report(at, `the compartment ${name} has no ${key}`, `${key} of the compartment or of the neuron`);
        return 1;
      }
      const place = key in compartment ? child(at, key) : child(this.pointer, key);
      return this.#number(value, place, key, dimension) ?? 1;
    };
    const rest = number('v_rest', volt);
    this.#constants[`EL_${name}`] = `${rest} volt`;
    this.#initial[`V_${name}`] = `EL_${name}`;
    const known = ((): Membrane => {
      if (compartment.cm_abs !== undefined || compartment.gl_abs !== undefined)
        return { capacitance: number('cm_abs', farad), leak: number('gl_abs', siemens), rest };
      const [length, diameter] = [number('length', metre), number('diameter', metre)];
      const area =
        Math.PI *
        length *
        diameter *
        number('scale_factor', dimensionless, 1) *
        number('spine_factor', dimensionless, 1);
      return {
        capacitance: area * number('cm', faradByArea),
        leak: area * number('gl', siemensByArea),
        rest,
        axial: (4 * number('r_axial', ohmMetre) * length) / (Math.PI * diameter ** 2),
      };
    })();
    if (!(known.capacitance > 0))
      this.#report(at, `the compartment ${name} has no capacitance`, 'a capacitance above 0');
    this.#constants[`C_${name}`] = `${known.capacitance} farad`;
    this.#constants[`gL_${name}`] = `${known.leak} siemens`;
    for (const [key, value] of Object.entries(compartment.params ?? {})) this.#constants[`${key}_${name}`] = value;
    return known;
  }

  /** Returns the equations of a membrane with the currents into it. */
  #potential(name: string, { model = 'passive' }: DendriticCompartment): readonly string[] {
    const leak = `gL_${name}*(EL_${name} - V_${name})`;
    const total = `I_${name} = ${(this.#currents.get(name) ?? []).join(' + ')} : amp`;
    const common = [total, `I_ext_${name} : amp`];
    const voltage = (more: string): string => `dV_${name}/dt = (${leak}${more} + I_${name}${adapts})/C_${name} : volt`;
    const adapts = model === 'passive' || model === 'leakyIF' ? '' : ` - w_${name}`;
    const adaptation = `dw_${name}/dt = (a_${name}*(V_${name} - EL_${name}) - w_${name})/tauw_${name} : amp`;
    switch (model) {
      case 'passive':
      case 'leakyIF':
        return [voltage(''), ...common];
      case 'adaptiveIF':
        return [voltage(''), adaptation, ...common];
      case 'adex':
        return [
          voltage(` + gL_${name}*DeltaT_${name}*exp((V_${name} - Vth_${name})/DeltaT_${name})`),
          adaptation,
          ...common,
        ];
      case 'cadIF':
        return [
          voltage(''),
          `w_${name} = gA_${name}*(V_${name} - EA_${name}) : amp`,
          `dgA_${name}/dt = (gAmax_${name}*abs(V_${name} - EA_${name})/mV - gA_${name})/tauA_${name} : siemens`,
          ...common,
        ];
    }
  }

  #couple(coupling: readonly (string | number)[], k: number, membranes: ReadonlyMap<string, Membrane>): void {
    const at = child(child(this.pointer, 'couplings'), k);
    const [first = '', second = '', given = 'half_cylinders'] = coupling.map(String);
    for (const name of [first, second])
      if (!membranes.has(name))
        this.#report(at, `${name} is no compartment`, `one of ${[...membranes.keys()].join(', ')}`);
    const [a, b] = [membranes.get(first), membranes.get(second)];
    if (!a || !b) return;
    if (first === second) return this.#report(at, `${first} is coupled to itself`, 'two compartments');
    if (this.#coupled.has(`${second} ${first}`) || this.#coupled.has(`${first} ${second}`))
      return this.#report(at, `${first} and ${second} are coupled twice`, 'one coupling of each pair');
    this.#coupled.add(`${first} ${second}`);
    const cylinder = /^cylinder_(\w+)$/.exec(given)?.[1];
    const axials = given === 'half_cylinders' ? [a.axial, b.axial] : [membranes.get(cylinder ?? '')?.axial];
    const isRule = given === 'half_cylinders' || cylinder !== undefined;
    if (isRule && axials.includes(undefined))
      return this.#report(at, `${given} needs compartments with a shape`, 'a conductance such as 15 nS');
    const resistance = axials.reduce((sum: number, axial) => sum + (axial ?? 0), 0) / axials.length;
    // A text that is not a quantity is an expression of the potentials.
    const isQuantity = /^[\s\d.eE+-]+\s*\*?\s*[A-Za-z]\w*\s*$/.test(given);
    const conductance = `g_${first}_${second}`;
    if (isRule) this.#constants[conductance] = `${1 / resistance} siemens`;
    else if (isQuantity) this.#constants[conductance] = given;
    else this.#equations.push(`${conductance} = ${given} : siemens`);
    for (const [from, to] of [
      [first, second],
      [second, first],
    ] as const) {
      this.#equations.push(`I_${from}_${to} = (V_${from} - V_${to})*${conductance} : amp`);
      this.#addCurrent(to, `I_${from}_${to}`);
    }
  }

  // --- Inputs of a compartment --------------------------------------------------------------------------------------

  #synapses(name: string, { synapses = [] }: DendriticCompartment): void {
    const known = new Set<string>();
    synapses.forEach(({ channel, tag, g, t_rise, t_decay, scale_g = false }, k) => {
      const at = child(child(child(child(this.pointer, 'compartments'), name), 'synapses'), k);
      const id = `${channel}_${tag}_${name}`;
      if (known.has(id))
        return this.#report(at, `${name} has two receptors ${channel} of the tag ${tag}`, 'another tag');
      known.add(id);
      const decay = this.#number(t_decay, child(at, 't_decay'), 't_decay', second) ?? 1;
      const rise = t_rise === undefined ? undefined : this.#number(t_rise, child(at, 't_rise'), 't_rise', second);
      const weight = this.#number(g, child(at, 'g'), 'g', siemens) ?? 0;
      if (scale_g && rise === decay)
        this.#report(at, 't_rise is t_decay, between which the peak is not known', 'another t_rise, or no scale_g');
      const scale = scale_g && rise !== undefined && rise !== decay ? scaleOf(rise, decay) : 1;
      this.#constants[`g_${id}`] = scale === 1 && typeof g === 'string' ? g : `${weight * scale} siemens`;
      this.#constants[`w_${id}`] = 1;
      this.#constants[`t_${channel}_decay_${tag}_${name}`] = `${decay} second`;
      const block = channel === 'NMDA' ? `/(1 + Mg_con*exp(-Alpha_NMDA*(V_${name}/mV + Gamma_NMDA))/Beta_NMDA)` : '';
      const open = rise === undefined ? `s_${id}` : `x_${id}`;
      this.#equations.push(`I_${id} = g_${id}*(E_${channel} - V_${name})*${open}${block}*w_${id} : amp`);
      this.#addCurrent(name, `I_${id}`);
      const decayTime = `t_${channel}_decay_${tag}_${name}`;
      if (rise === undefined) {
        this.#equations.push(`ds_${id}/dt = -s_${id}/${decayTime} : 1`);
        return;
      }
      const riseTime = `t_${channel}_rise_${tag}_${name}`;
      this.#constants[riseTime] = `${rise} second`;
      this.#equations.push(
        `dx_${id}/dt = -x_${id}/${decayTime} + s_${id}/ms : 1`,
        `ds_${id}/dt = -s_${id}/${riseTime} : 1`,
      );
    });
  }

  /** Adds a noisy current, an Ornstein-Uhlenbeck process in steps of Euler's method. */
  #noise(name: string, { noise }: DendriticCompartment): void {
    if (noise === undefined) return;
    const { tau = '20 ms', sigma = '1 pA', mean = '0 pA' } = noise;
    for (const [key, value] of Object.entries({ tau, sigma, mean })) this.#constants[`${key}_noise_${name}`] = value;
    this.#equations.push(
      `dI_noise_${name}/dt = (mean_noise_${name} - I_noise_${name})/tau_noise_${name} + ` +
        `sigma_noise_${name}*(sqrt(2/(tau_noise_${name}*dt))*randn()) : amp`,
    );
    this.#addCurrent(name, `I_noise_${name}`);
  }

  /** Adds events that open one conductance for a while and then another one. */
  #dendriticSpikes(name: string, { dspikes = {} }: DendriticCompartment): void {
    for (const [key, spike] of Object.entries(dspikes)) {
      const at = child(child(child(child(this.pointer, 'compartments'), name), 'dspikes'), key);
      const id = `${key}_${name}`;
      const steps = (what: 'duration_rise' | 'duration_fall' | 'offset_fall' | 'refractory'): number => {
        const dt = this.#step();
        const time = this.#number(spike[what] ?? 0, child(at, what), what, second) ?? 0;
        return Math.trunc((time + 1e-3 * dt) / dt);
      };
      for (const what of ['duration_rise', 'duration_fall', 'offset_fall', 'refractory'] as const)
        this.#constants[`${what}_${id}`] = steps(what);
      this.#constants[`Vth_${id}`] = spike.threshold;
      this.#constants[`g_rise_max_${id}`] = spike.g_rise;
      this.#constants[`g_fall_max_${id}`] = spike.g_fall;
      const reversal = (value: string | number, wanted: string): string => {
        if (typeof value === 'string' && Object.hasOwn(usualConstants, value)) return value;
        this.#constants[wanted] = value;
        return wanted;
      };
      const rise = reversal(spike.reversal_rise, `E_rise_${id}`);
      const fall = reversal(spike.reversal_fall, `E_fall_${id}`);
      const begin = `spiketime_${id}`;
      this.#equations.push(
        `I_rise_${id} = g_rise_${id}*(${rise} - V_${name}) : amp`,
        `I_fall_${id} = g_fall_${id}*(${fall} - V_${name}) : amp`,
        `g_rise_${id} = g_rise_max_${id}*int(t_in_timesteps <= ${begin} + duration_rise_${id})*gate_${id} : siemens`,
        `g_fall_${id} = g_fall_max_${id}*int(t_in_timesteps <= ${begin} + offset_fall_${id} + duration_fall_${id})` +
          `*int(t_in_timesteps >= ${begin} + offset_fall_${id})*gate_${id} : siemens`,
        `${begin} : 1`,
        `gate_${id} : 1`,
      );
      this.#addCurrent(name, `I_rise_${id}`, `I_fall_${id}`);
      this.#events[`spike_${id}`] = {
        condition: `V_${name} >= Vth_${id} and t_in_timesteps >= ${begin} + refractory_${id}*gate_${id}`,
        code: `${begin} = t_in_timesteps; gate_${id} = 1`,
      };
    }
  }

  /** Adds terms to the current into a compartment. As in Dendrify, the newest follow the external current. */
  #addCurrent(name: string, ...terms: readonly string[]): void {
    this.#currents.get(name)?.splice(1, 0, ...terms);
  }

  /** Returns the step of the neurons' own clock, in s. */
  #step(): number {
    const { dt } = this.neuron;
    return (
      (dt === undefined ? undefined : this.#number(dt, child(this.pointer, 'dt'), 'dt', second)) ?? this.reading.dt
    );
  }

  #number(value: string | number, pointer: string, name: string, dimension: Dimension): number | undefined {
    const { namespace, to } = this.reading;
    return readNumber(value, pointer, { name, dimension, type: 'real' }, namespace, to);
  }

  #report(pointer: string, message: string, expected: string): void {
    this.reading.to.report(messages.badMorphology(message, expected, 'this'), pointer);
  }
}

/** Returns the factor that gives a conductance a peak of 1, from rise and decay times in s. */
function scaleOf(rise: number, decay: number): number {
  const difference = (decay * rise) / (decay - rise);
  const peak = difference * Math.log(decay / rise);
  return 1 / ((difference * (Math.exp(-peak / decay) - Math.exp(-peak / rise))) / 1e-3);
}
