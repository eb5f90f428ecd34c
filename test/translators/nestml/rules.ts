/**
 * Rules of NESTML as small models: some break one rule each, others use one construct each.
 *
 * @source the checks of NESTML 9.0.0 (`pynestml/cocos`), which gave the verdict of each row. It
 *   leaves sizes of vectors of ports, elements of vectors, and ports of handlers to C++. The texts are ours.
 */

/** Blocks of a model; those that are absent are the usual ones, and null leaves one out. */
interface Blocks {
  readonly state?: string | null;
  readonly equations?: string | null;
  readonly parameters?: string | null;
  readonly internals?: string;
  readonly input?: string | null;
  readonly output?: string | null;
  readonly update?: string | null;
  /** Further blocks, as they stand. */
  readonly more?: string;
}

const usual = {
  state: 'V mV = 1 mV\nn integer = 0',
  equations: "V' = -V / tau",
  parameters: 'tau ms = 10 ms',
  internals: null,
  input: 'spikes <- spike\nI pA <- continuous',
  output: 'spike',
  update: 'integrate_odes()',
};

const deeper = (text: string, by = '    '): string => text.replace(/^(?=.)/gm, by);

/** Returns the text of a model. */
export function modelOf(blocks: Blocks = {}, name = 'cell_neuron'): string {
  const named = (Object.keys(usual) as (keyof typeof usual)[]).flatMap((block) => {
    const text = blocks[block] === undefined ? usual[block] : blocks[block];
    return text === null ? [] : [`${block}:\n${deeper(text)}\n`];
  });
  return `model ${name}:\n${deeper(named.join('') + (blocks.more ?? ''))}`;
}

const twice = (block: string, text: string): string => `${block}:\n    ${text}\n`;

/** Models that break a rule, and the codes of the errors. */
export const invalid: readonly (readonly [rule: string, text: string, code: string])[] = [
  ['a block is written once', modelOf({ more: twice('state', 'z real = 0') }), 'nestml/declared-twice'],
  ['parameters are one block', modelOf({ more: twice('parameters', 'z real = 0') }), 'nestml/declared-twice'],
  ['update is one block', modelOf({ more: twice('update', 'n = 1') }), 'nestml/declared-twice'],
  ['equations are one block', modelOf({ more: twice('equations', 'inline z real = 1') }), 'nestml/declared-twice'],
  ['input is one block', modelOf({ more: twice('input', 'more <- spike') }), 'nestml/declared-twice'],
  ['output is one block', modelOf({ more: twice('output', 'spike') }), 'nestml/declared-twice'],
  ['models have different names', modelOf() + modelOf(), 'nestml/declared-twice'],
  ['a name is declared once', modelOf({ parameters: 'tau ms = 10 ms\ntau ms = 2 ms' }), 'nestml/declared-twice'],
  ['blocks share their names', modelOf({ internals: 'V mV = 2 mV' }), 'nestml/declared-twice'],
  [
    'a local name is declared once',
    modelOf({ update: 'integrate_odes()\nz real = 1\nz real = 2' }),
    'nestml/declared-twice',
  ],
  [
    'a kernel has its own name',
    modelOf({ equations: "kernel tau = exp(-t / (1 ms))\nV' = -V / tau" }),
    'nestml/declared-twice',
  ],
  [
    'functions have different names',
    modelOf({ more: 'function f() real:\n    return 1\nfunction f() real:\n    return 2\n' }),
    'nestml/declared-twice',
  ],
  [
    'predefined functions keep their names',
    modelOf({ more: 'function exp(x real) real:\n    return x\n' }),
    'nestml/declared-twice',
  ],
  [
    'names of NEST are taken',
    modelOf({ more: 'function handle(x real) real:\n    return x\n' }),
    'nestml/declared-twice',
  ],
  ['names have a declaration', modelOf({ update: 'integrate_odes()\nV = Z' }), 'nestml/unknown-name'],
  ['targets have a declaration', modelOf({ update: 'integrate_odes()\nZ = 1' }), 'nestml/not-assigned'],
  [
    'local names are declared before their use',
    modelOf({ update: 'integrate_odes()\nz real = a\na real = 1' }),
    'nestml/unknown-name',
  ],
  ['a value does not read itself', modelOf({ parameters: 'tau ms = 2 * tau' }), 'nestml/cycle'],
  ['state variables have a first value', modelOf({ state: 'V mV\nn integer = 0' }), 'nestml/no-value'],
  ['parameters are not assigned to', modelOf({ update: 'integrate_odes()\ntau = 1 ms' }), 'nestml/not-assigned'],
  [
    'internals are not assigned to',
    modelOf({ internals: 'z real = 1', update: 'integrate_odes()\nz = 1' }),
    'nestml/not-assigned',
  ],
  ['ports are not assigned to', modelOf({ update: 'integrate_odes()\nspikes = 1' }), 'nestml/not-assigned'],
  [
    'inline expressions are not assigned to',
    modelOf({ equations: "inline z real = n + 1\nV' = -V / tau", update: 'integrate_odes()\nz = 1' }),
    'nestml/not-assigned',
  ],
  ['units are not assigned to', modelOf({ update: 'integrate_odes()\nmV = 1' }), 'nestml/not-assigned'],
  ['inline expressions have a value', modelOf({ equations: "inline z real\nV' = -V / tau" }), 'nestml/no-value'],
  ['inline expressions have one name', modelOf({ equations: "inline y, z real = 1\nV' = -V / tau" }), 'nestml/syntax'],
  ['equations have an order', modelOf({ equations: 'V = -V / tau' }), 'nestml/equation'],
  ['equations belong to state variables', modelOf({ equations: "tau' = -1" }), 'nestml/unknown-name'],
  ['lower orders have first values', modelOf({ equations: "V'' = -V / tau / tau" }), 'nestml/unknown-name'],
  ['equations are integrated', modelOf({ update: 'n = 1' }), 'nestml/never-integrated'],
  ['integrate_odes takes variables', modelOf({ update: 'integrate_odes(1 + 2)' }), 'nestml/unknown-name'],
  ['integrate_odes takes variables with equations', modelOf({ update: 'integrate_odes(tau)' }), 'nestml/unknown-name'],
  [
    'integrate_odes takes variables without primes',
    modelOf({
      state: "V mV = 1 mV\nV' mV/ms = 0 mV/ms",
      equations: "V'' = -V / tau / tau",
      update: "integrate_odes(V')",
    }),
    'nestml/syntax',
  ],
  ['rates have the unit of the variable per time', modelOf({ equations: "V' = -V * tau" }), 'nestml/units'],
  ['values have the unit of their variable', modelOf({ parameters: 'tau ms = 10 mV' }), 'nestml/units'],
  ['sums have one unit', modelOf({ update: 'integrate_odes()\nV = V + tau' }), 'nestml/units'],
  ['conditions are true or false', modelOf({ update: 'integrate_odes()\nif n:\n    n = 1' }), 'nestml/type'],
  ['choices have a condition', modelOf({ update: 'integrate_odes()\nn = n ? 1 : 2' }), 'nestml/type'],
  ['numbers are no truth values', modelOf({ state: 'V mV = 1 mV\nb boolean = 3' }), 'nestml/type'],
  ['conditions of declarations are true or false', modelOf({ parameters: 'tau ms = 10 ms [[ tau ]]' }), 'nestml/type'],
  ['exponents of quantities are constants', modelOf({ update: 'integrate_odes()\nV = V**n / mV' }), 'nestml/units'],
  ['numerators of units are 1', modelOf({ parameters: 'tau ms = 10 ms\nz 2/mV = 1 / mV' }), 'nestml/unknown-unit'],
  ['units exist', modelOf({ parameters: 'tau ms = 10 ms\nz furlong = 1' }), 'nestml/unknown-unit'],
  [
    'functions are called with their arguments',
    modelOf({ update: 'integrate_odes()\nV = max(V) ' }),
    'nestml/arguments',
  ],
  [
    'functions of the model are called with their arguments',
    modelOf({
      update: 'integrate_odes()\nn = f(1)',
      more: 'function f(a integer, b integer) integer:\n    return a + b\n',
    }),
    'nestml/arguments',
  ],
  ['functions exist', modelOf({ update: 'integrate_odes()\nn = f(1)' }), 'nestml/unknown-function'],
  [
    'arguments have the units of the function',
    modelOf({ update: 'integrate_odes()\nn = f(tau)', more: 'function f(a mV) integer:\n    return 1\n' }),
    'nestml/units',
  ],
  ['arguments have one unit', modelOf({ update: 'integrate_odes()\nV = max(V, tau)' }), 'nestml/units'],
  ['functions return their type', modelOf({ more: 'function f(a real) mV:\n    return 1 ms\n' }), 'nestml/units'],
  ['functions end with a result', modelOf({ more: 'function f(a real) real:\n    a = 1\n' }), 'nestml/no-result'],
  [
    'functions without a result have no value',
    modelOf({ update: 'integrate_odes()\nn = f()', more: 'function f():\n    return\n' }),
    'nestml/no-result',
  ],
  [
    'kernels stand in convolutions',
    modelOf({ equations: "kernel K = exp(-t / tau)\nV' = -V / tau + K * 1 mV / (1 ms)" }),
    'nestml/convolution',
  ],
  [
    'convolutions take a kernel',
    modelOf({ equations: "V' = -V / tau + convolve(tau, spikes) * 1 mV / (1 ms)" }),
    'nestml/convolution',
  ],
  [
    'convolutions take a spike port',
    modelOf({ equations: "kernel K = exp(-t / tau)\nV' = -V / tau + convolve(K, I) * 1 mV / (1 ms)" }),
    'nestml/convolution',
  ],
  [
    'convolutions take names',
    modelOf({ equations: "kernel K = exp(-t / tau)\nV' = -V / tau + convolve(K, 2 * spikes) * 1 mV / (1 ms)" }),
    'nestml/convolution',
  ],
  [
    'kernels are pure numbers',
    modelOf({ equations: "kernel K = 1 ms * exp(-t / tau)\nV' = -V / tau + convolve(K, spikes) * 1 mV / (1 ms)" }),
    'nestml/kernel',
  ],
  [
    'kernels of equations are pure numbers',
    modelOf({
      state: 'V mV = 1 mV\nK real = 1',
      equations: "kernel K' = -K * tau\nV' = -V / tau + convolve(K, spikes) * 1 mV / (1 ms)",
    }),
    'nestml/units',
  ],
  [
    'kernels without a convolution have units, too',
    modelOf({
      state: 'V mV = 1 mV\nn integer = 0\nK real = 1',
      equations: "kernel K' = -K / tau * (1 pA)\nV' = -V / tau",
    }),
    'nestml/units',
  ],
  [
    'first values of kernels are pure numbers',
    modelOf({
      state: 'V mV = 1 mV\nK ms = 1 ms',
      equations: "kernel K' = -K / tau\nV' = -V / tau + convolve(K, spikes) * 1 mV / (1 ms)",
    }),
    'nestml/kernel',
  ],
  [
    'delta takes the time only',
    modelOf({ equations: "kernel K = delta(t, 1)\nV' = -V / tau + convolve(K, spikes) * 1 mV / (1 ms)" }),
    'nestml/arguments',
  ],
  [
    'delta stands alone',
    modelOf({ equations: "kernel K = delta(t) + exp(-t / tau)\nV' = -V / tau + convolve(K, spikes) * 1 mV / (1 ms)" }),
    'nestml/kernel',
  ],
  [
    'a port is excitatory or inhibitory',
    modelOf({ input: 'spikes <- excitatory inhibitory spike\nI pA <- continuous' }),
    'nestml/syntax',
  ],
  ['continuous ports have a type', modelOf({ input: 'spikes <- spike\nI <- continuous' }), 'nestml/no-value'],
  ['vectors of ports have a size above 0', modelOf({ input: 'spikes[0] <- spike' }), 'nestml/range'],
  ['sizes of ports are whole numbers', modelOf({ input: 'spikes[1.5] <- spike' }), 'nestml/range'],
  [
    'models with an output emit',
    modelOf({ output: null, update: 'integrate_odes()\nemit_spike()' }),
    'nestml/no-output',
  ],
  ['emit_spike takes one argument', modelOf({ update: 'integrate_odes()\nemit_spike(1, 2)' }), 'nestml/arguments'],
  ['handlers belong to ports', modelOf({ more: 'onReceive(other):\n    n = 1\n' }), 'nestml/unknown-name'],
  [
    'all handlers have a priority, or none',
    modelOf({
      input: 'a <- spike\nb <- spike',
      more: 'onReceive(a, priority=1):\n    n = 1\nonReceive(b):\n    n = 2\n',
    }),
    'nestml/priority',
  ],
  [
    'priorities are different',
    modelOf({
      input: 'a <- spike\nb <- spike',
      more: 'onReceive(a, priority=1):\n    n = 1\nonReceive(b, priority=1):\n    n = 2\n',
    }),
    'nestml/priority',
  ],
  ['resolution is not read by equations', modelOf({ equations: "V' = -V / resolution()" }), 'nestml/not-here'],
  [
    'timestep is read by the update block',
    modelOf({ more: 'onReceive(spikes):\n    V = V * timestep() / tau\n' }),
    'nestml/not-here',
  ],
  ['sizes of vectors are above 0', modelOf({ state: 'V mV = 1 mV\nx[0] real = 0' }), 'nestml/range'],
  ['sizes of vectors are whole numbers', modelOf({ state: 'V mV = 1 mV\nx[1.5] real = 0' }), 'nestml/range'],
  ['sizes of vectors are parameters', modelOf({ state: 'V mV = 1 mV\nn integer = 2\nx[n] real = 0' }), 'nestml/range'],
  [
    'elements of vectors exist',
    modelOf({ state: 'V mV = 1 mV\nx[2] real = 0', update: 'integrate_odes()\nx[2] = 1' }),
    'nestml/not-assigned',
  ],
  ['vectors are not values of numbers', modelOf({ state: 'V mV = 1 mV\nx[2] real = 0\ny real = x' }), 'nestml/vector'],
];

/** Models that use a construct. */
export const valid: readonly (readonly [construct: string, text: string])[] = [
  ['all blocks', modelOf({ internals: 'z real = 1' })],
  ['two models in a file', modelOf() + modelOf({}, 'other_neuron')],
  [
    'blocks in another order',
    modelOf({ state: null, parameters: null, more: 'parameters:\n    tau ms = 10 ms\nstate:\n    V mV = 1 mV\n' }),
  ],
  ['comments', `# above\n${modelOf({ update: '# first\n\nintegrate_odes()  # at the end\n' })}`],
  ['a line that continues', modelOf({ update: 'integrate_odes()\nn = 1 + \\\n    2' })],
  ['several names of one declaration', modelOf({ parameters: 'tau, tau_2 ms = 10 ms' })],
  ['a parameter of another one', modelOf({ parameters: 'tau ms = 10 ms\ntau_2 ms = 2 * tau' })],
  ['a condition of a declaration', modelOf({ parameters: 'tau ms = 10 ms [[ tau > 0 ms ]]' })],
  ['decorators', modelOf({ parameters: 'tau ms = 10 ms @homogeneous' })],
  [
    'infinite values',
    modelOf({ parameters: 'tau ms = 10 ms\ntop mV = inf * 1 mV', update: 'integrate_odes()\nV = min(V, top)' }),
  ],
  ['constants', modelOf({ update: 'integrate_odes()\nV = (e + pi) * 1 mV' })],
  [
    'units of powers and quotients',
    modelOf({
      parameters:
        'tau ms = 10 ms\na mV/ms = 1 mV / (1 ms)\nb ms**-1 = 1 / (1 ms)\nc 1/ms = 2 / (1 ms)\nd (pA*ms)/mV = 1 pA * 1 ms / mV',
    }),
  ],
  ['prefixes of units', modelOf({ parameters: 'tau ms = 0.01 s', update: 'integrate_odes()\nV = V + 1 uV' })],
  ['numbers of all forms', modelOf({ update: 'integrate_odes()\nV = (1e-3 + .5 + 2. + 1E3) * 1 mV' })],
  [
    'operators',
    modelOf({
      update:
        'integrate_odes()\nn = (2 + 3 * 4 - 5) % 3\nif not (n <= 2 and n >= 1) or n <> 3 or n == 1 or n != 2:\n    n = 2',
    }),
  ],
  ['signs before powers', modelOf({ update: 'integrate_odes()\nV = -2**2 * 1 mV + 2**-1 * 1 mV' })],
  ['a choice', modelOf({ update: 'integrate_odes()\nn = n > 1 ? 0 : 1' })],
  ['compound assignments', modelOf({ update: 'integrate_odes()\nV += 1 mV\nV -= 1 mV\nV *= 2\nV /= 2' })],
  ['units of one dimension', modelOf({ update: 'integrate_odes()\nV += 1200 uV' })],
  [
    'truth values',
    modelOf({ state: 'V mV = 1 mV\nb boolean = true', update: 'integrate_odes()\nif b:\n    b = false' }),
  ],
  [
    'branches',
    modelOf({ update: 'integrate_odes()\nif n == 1:\n    n = 2\nelif n == 2:\n    n = 3\nelse:\n    n = 1' }),
  ],
  [
    'loops',
    modelOf({
      update: 'integrate_odes()\ni integer = 0\nfor i in 0 ... 5 step 2:\n    n += i\nwhile i < 3:\n    i += 1',
    }),
  ],
  [
    'predefined functions',
    modelOf({
      update:
        'integrate_odes()\nV = (exp(1) + ln(2) + log10(3) + expm1(0.1) + sin(1) + cos(1) + tan(1) + sinh(1) + cosh(1) + tanh(1) + erf(1) + erfc(1) + pow(2, 3)) * 1 mV\nV = max(min(abs(V), 1 mV), ceil(0.5) * 1 mV) + floor(1.5) * 1 mV + round(0.5) * 1 mV + clip(V, 0 mV, 1 mV)',
    }),
  ],
  [
    'functions',
    modelOf({
      update: 'integrate_odes()\nV = f(V, 2)',
      more: 'function f(v mV, k real) mV:\n    z mV = v * k\n    if z > 1 mV:\n        return z\n    else:\n        return 1 mV\n',
    }),
  ],
  [
    'a function of names of the model',
    modelOf({ equations: "V' = rate(V)", more: 'function rate(v mV) mV/ms:\n    return -v / tau\n' }),
  ],
  [
    'resolution and steps',
    modelOf({
      internals: 'k integer = steps(2 ms)\nh ms = resolution()',
      update: 'integrate_odes()\nV = V * timestep() / (1 ms)',
    }),
  ],
  ['the time', modelOf({ update: 'integrate_odes()\nif t > 5 ms:\n    n = 1' })],
  [
    'random numbers',
    modelOf({
      update: 'integrate_odes()\nV = random_normal(0 mV, 1 mV) + random_uniform(0, 1) * 1 mV\nn = random_poisson(2)',
    }),
  ],
  ['printing', modelOf({ update: 'integrate_odes()\nprint("V is {V}")\nprintln("so")' })],
  [
    'a kernel of a function',
    modelOf({
      equations: "kernel K = t / tau * exp(1 - t / tau)\nV' = -V / tau + convolve(K, spikes) * 1 mV / (1 ms)",
    }),
  ],
  [
    'a kernel of equations',
    modelOf({
      state: "V mV = 1 mV\nK real = 0\nK' ms**-1 = 1 / (1 ms)",
      equations: "kernel K'' = -2 * K' / tau - K / tau**2\nV' = -V / tau + convolve(K, spikes) * 1 mV / (1 ms)",
    }),
  ],
  [
    'a kernel of two equations',
    modelOf({
      state: 'V mV = 1 mV\nK real = 0\nK_2 real = 1',
      equations:
        "kernel K_2' = -K_2 / tau,\n    K' = K_2 / (1 ms) - K / tau\nV' = -V / tau + convolve(K, spikes) * 1 mV / (1 ms)",
    }),
  ],
  [
    'a delta kernel',
    modelOf({ equations: "kernel K = delta(t)\nV' = -V / tau + convolve(K, spikes) * 1 mV / (1 ms)" }),
  ],
  [
    'a delta kernel in an inline expression',
    modelOf({
      equations: "kernel K = delta(t)\ninline jump mV/ms = convolve(K, spikes) * 1 mV / (1 ms)\nV' = -V / tau + jump",
    }),
  ],
  ['a port in an equation', modelOf({ equations: "V' = -V / tau + spikes * 1 mV" })],
  ['a recordable inline expression', modelOf({ equations: "recordable inline half mV = V / 2\nV' = -half / tau" })],
  ['a second order', modelOf({ state: "V mV = 1 mV\nV' mV/ms = 0 mV/ms", equations: "V'' = -V / tau**2" })],
  ['a continuous port', modelOf({ equations: "V' = -V / tau + I / (1 nF)" })],
  [
    'qualified ports',
    modelOf({
      input: 'more <- excitatory spike\nless <- inhibitory spike',
      more: 'onReceive(more):\n    V += more * 1 mV * 1 s\nonReceive(less):\n    V -= less * 1 mV * 1 s\n',
    }),
  ],
  [
    'a vector of ports',
    modelOf({
      input: 'spikes[2] <- spike',
      equations:
        "kernel K = exp(-t / tau)\nV' = -V / tau + (convolve(K, spikes[0]) + convolve(K, spikes[1])) * 1 mV / (1 ms)",
    }),
  ],
  [
    'priorities',
    modelOf({
      input: 'a <- spike\nb <- spike',
      more: 'onReceive(a, priority=1):\n    n = 1\nonReceive(b, priority=2):\n    n = 2\n',
    }),
  ],
  ['conditions', modelOf({ more: 'onCondition(V > 5 mV):\n    V = 0 mV\n    emit_spike()\n' })],
  [
    'some equations',
    modelOf({
      state: 'V mV = 1 mV\nn integer = 0\nW mV = 1 mV',
      equations: "V' = -V / tau\nW' = -W / tau",
      update: 'if n > 0:\n    integrate_odes(W)\nelse:\n    integrate_odes(V, W)',
    }),
  ],
  ['no equations', modelOf({ equations: null, update: 'n += 1' })],
  [
    'vectors',
    modelOf({ state: 'V mV = 1 mV\nx[3] real = 1', update: 'integrate_odes()\nx[1] = 2\nV = x[0] * x[1] * 1 mV' }),
  ],
  [
    'a vector of a parameter, in a loop',
    modelOf({
      parameters: 'tau ms = 10 ms\nsize integer = 3',
      state: 'V mV = 1 mV\nx[size] mV = 1 mV',
      update: 'integrate_odes()\ni integer = 0\nfor i in 0 ... size step 1:\n    x[i] = x[i] + V',
    }),
  ],
  [
    'a vector of a vector',
    modelOf({
      parameters: 'tau ms = 10 ms\nw[2] real = 2',
      state: 'V mV = 1 mV\nx[2] real = 0',
      update: 'integrate_odes()\nx = 2 * w',
    }),
  ],
  ['a truth as a real number', modelOf({ state: 'V mV = 1 mV\nx real = 1', update: 'integrate_odes()\nx = V > 1 mV' })],
  ['a real number as a truth', modelOf({ more: 'function f(x real) boolean:\n    return x\n' })],
  ['a constant kernel', modelOf({ equations: "kernel K = 3\nV' = -V / tau + convolve(K, spikes) * 1 mV / (1 ms)" })],
  ['a spike port in a local that nothing reads', modelOf({ update: 'x real = spikes * 1 s\nintegrate_odes()' })],
  ['a capital letter before a unit', modelOf({ update: 'integrate_odes()\nV += 1 Volt' })],
];
