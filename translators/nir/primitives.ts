/** The primitives of NIR 1.0.8: their datasets, and equations of the primitives that keep state. */

/** Contents of a dataset. */
export type Field =
  /** Numbers, one for each element of the layer. */
  | 'values'
  /** Numbers of any shape. */
  | 'weights'
  /** One whole number for each dimension, or one for all. */
  | 'sizes'
  /** As `sizes`, or the text `same` or `valid`. */
  | 'padding'
  /** Lengths along the dimensions of a layer. */
  | 'shape'
  /** A whole number. */
  | 'count';

/** Part of a primitive in a network. */
type Role = 'input' | 'output' | 'linear' | 'delay' | 'state';

/** A primitive. */
export interface Primitive {
  readonly role: Role;
  readonly fields: Readonly<Record<string, Field>>;
  /** Fields that files may lack. */
  readonly optional?: readonly string[];
}

/** A primitive with state: its equations, by the names of its datasets. */
export interface Dynamics {
  /** Variable that is sent on if it sends no spikes. */
  readonly sends: 'v' | 'spikes';
  /** Variables of the state besides the input `I`. */
  readonly state: readonly string[];
  readonly derivatives: Readonly<Record<string, string>>;
  /** Condition of a spike. */
  readonly spike?: { readonly when: string; /** New value of `v`; absent: as after a reset. */ readonly sets?: string };
}

const convolution = {
  role: 'linear',
  fields: {
    weight: 'weights',
    bias: 'weights',
    stride: 'sizes',
    padding: 'padding',
    dilation: 'sizes',
    groups: 'count',
    input_shape: 'sizes',
  },
  optional: ['input_shape'],
} as const satisfies Primitive;

const pool = {
  role: 'linear',
  fields: { kernel_size: 'sizes', stride: 'sizes', padding: 'sizes' },
} as const satisfies Primitive;

const neuron = (...names: readonly string[]): Primitive => ({
  role: 'state',
  fields: Object.fromEntries(names.map((name) => [name, 'values'])),
  optional: ['v_reset', 'w_in'],
});

/** Nodes of `inner-nodes.ts`, which no file has. */
export const innerTypes: readonly string[] = ['Previous', 'Bias'];

/** All primitives but the graph itself, and inner nodes, by the names of their classes. */
export const primitives: Readonly<Record<string, Primitive>> = {
  Input: { role: 'input', fields: { shape: 'shape' } },
  Output: { role: 'output', fields: { shape: 'shape' } },
  Affine: { role: 'linear', fields: { weight: 'weights', bias: 'weights' } },
  Linear: { role: 'linear', fields: { weight: 'weights' } },
  Scale: { role: 'linear', fields: { scale: 'values' } },
  Conv1d: convolution,
  Conv2d: convolution,
  SumPool2d: pool,
  AvgPool2d: pool,
  Flatten: {
    role: 'linear',
    fields: { input_type: 'shape', start_dim: 'count', end_dim: 'count' },
    optional: ['input_type'],
  },
  Delay: { role: 'delay', fields: { delay: 'values' } },
  Previous: neuron(),
  Bias: neuron(),
  Threshold: neuron('threshold'),
  I: neuron('r'),
  LI: neuron('tau', 'r', 'v_leak'),
  IF: neuron('r', 'v_threshold', 'v_reset'),
  LIF: neuron('tau', 'r', 'v_leak', 'v_threshold', 'v_reset'),
  CubaLI: neuron('tau_syn', 'tau_mem', 'r', 'v_leak', 'w_in'),
  CubaLIF: neuron('tau_syn', 'tau_mem', 'r', 'v_leak', 'w_in', 'v_threshold', 'v_reset'),
};

const fires = { when: 'v > v_threshold' } as const;
const membrane = '(v_leak - v + r*I)/tau';
const synaptic = { I_syn: '(w_in*I - I_syn)/tau_syn', v: '(v_leak - v + r*I_syn)/tau_mem' } as const;

/** Equations of the primitives with state. `I` is the sum of the signals that arrive in a step. */
export const dynamics: Readonly<Record<string, Dynamics>> = {
  Previous: { sends: 'v', state: ['v'], derivatives: {}, spike: { when: '1 > 0', sets: 'I' } },
  Bias: { sends: 'spikes', state: [], derivatives: {}, spike: { when: '1 > 0' } },
  Threshold: { sends: 'spikes', state: [], derivatives: {}, spike: { when: 'I > threshold' } },
  I: { sends: 'v', state: ['v'], derivatives: { v: 'r*I/second' } },
  LI: { sends: 'v', state: ['v'], derivatives: { v: membrane } },
  IF: { sends: 'spikes', state: ['v'], derivatives: { v: 'r*I/second' }, spike: fires },
  LIF: { sends: 'spikes', state: ['v'], derivatives: { v: membrane }, spike: fires },
  CubaLI: { sends: 'v', state: ['v', 'I_syn'], derivatives: synaptic },
  CubaLIF: { sends: 'spikes', state: ['v', 'I_syn'], derivatives: synaptic, spike: fires },
};

/** Parameters that are times in seconds. Other parameters have no unit. */
export const times: readonly string[] = ['tau', 'tau_syn', 'tau_mem', 'delay'];

/** Values of parameters that a file lacks. */
export const usual: Readonly<Record<string, number>> = { v_reset: 0, w_in: 1 };

/** Dimensions of space of the primitives that slide a window over it. */
export const spatial: Readonly<Record<string, number>> = { Conv1d: 1, Conv2d: 2, SumPool2d: 2, AvgPool2d: 2 };
