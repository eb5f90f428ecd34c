/**
 * PyNN's ion channels as mechanisms on the membrane of cells with compartments: Hodgkin and Huxley's squid axon at 6.3
 * degrees Celsius, and leaks.
 *
 * @source PyNN 0.13, pyNN.standardmodels.ion_channels; Hodgkin & Huxley, Journal of Physiology 117 (1952) 500
 */

/** An ion channel by name. Its parameters are `conductance_density` in S/cm**2 and `e_rev` in mV. */
export interface IonChannel {
  /** Of PyNN's parameter. */
  readonly conductanceDensity: number;
  /** Reversal potential if neither the channel nor its ion gives one. */
  readonly reversal: number;
  /** The ion that passes the channel and gives its reversal potential. */
  readonly ion?: string;
  /** Gates, and the share of open channels. */
  readonly equations: {
    readonly state?: Readonly<Record<string, string>>;
    readonly derived?: Readonly<Record<string, { readonly unit: string; readonly value: string }>>;
    readonly derivatives?: Readonly<Record<string, string>>;
    readonly open: string;
  };
}

/** Returns a gate that opens and closes at rates of its own. */
function gates(rates: Readonly<Record<string, readonly [opening: string, closing: string]>>, open: string) {
  const each = <T>(make: (gate: string, rates: readonly [string, string]) => readonly (readonly [string, T])[]) =>
    Object.fromEntries(Object.entries(rates).flatMap(([gate, own]) => make(gate, own)));
  return {
    state: each((gate) => [[gate, `alpha_${gate}/(alpha_${gate} + beta_${gate})`]]),
    derived: each((gate, [opening, closing]) => [
      [`alpha_${gate}`, { unit: '1/ms', value: opening }],
      [`beta_${gate}`, { unit: '1/ms', value: closing }],
    ]),
    derivatives: each((gate) => [[gate, `alpha_${gate}*(1 - ${gate}) - beta_${gate}*${gate}`]]),
    open,
  };
}

const leak = { open: '' };

/** Channels by class name. */
export const ionChannels: Readonly<Record<string, IonChannel>> = {
  NaChannel: {
    conductanceDensity: 0.12,
    reversal: 50,
    ion: 'na',
    equations: gates(
      {
        m: ['1/exprel(-(v + 40*mV)/(10*mV))/ms', '4*exp(-(v + 65*mV)/(18*mV))/ms'],
        h: ['0.07*exp(-(v + 65*mV)/(20*mV))/ms', '1/(exp(-(v + 35*mV)/(10*mV)) + 1)/ms'],
      },
      'm**3*h',
    ),
  },
  KdrChannel: {
    conductanceDensity: 0.036,
    reversal: -77,
    ion: 'k',
    equations: gates({ n: ['0.1/exprel(-(v + 55*mV)/(10*mV))/ms', '0.125*exp(-(v + 65*mV)/(80*mV))/ms'] }, 'n**4'),
  },
  PassiveLeak: { conductanceDensity: 0.0003, reversal: -65, equations: leak },
  PassiveLeakHH: { conductanceDensity: 0.0003, reversal: -54.3, equations: leak },
};
