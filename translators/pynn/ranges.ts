/**
 * Valid ranges of PyNN's parameters by name. Outside of them, equations can be computed but mean little: membranes and
 * traces decay in time, rates and durations are not negative. They are errors in documents as in scripts.
 */

type Range = keyof typeof rangeWords;

/** Text of each range. */
export const rangeWords = { positive: 'more than 0', notNegative: '0 or more', fraction: 'from 0 to 1' } as const;

const named = (range: Range, names: string): Record<string, Range> =>
  Object.fromEntries(names.split(' ').map((name) => [name, range]));

/** Ranges by the name of the parameter. */
export const ranges: Readonly<Record<string, Range>> = {
  ...named(
    'positive',
    'cm tau_m tau_syn tau_syn_E tau_syn_I tau_decay tau_rise tau_w tau_sfa tau_rr tau_eta tau_gamma',
  ),
  ...named('positive', 'delta_v tau_rec tau_plus tau_minus tau'),
  ...named('notNegative', 'tau_refrac rate duration g_leak gbar_Na gbar_K tau_facil delay'),
  ...named('fraction', 'U p'),
};

/** Checks whether a number is in a range. */
export const isWithin = (range: Range, value: number): boolean =>
  range === 'positive' ? value > 0 : value >= 0 && (range !== 'fraction' || value <= 1);
