/**
 * Post-synaptic responses of PyNN's standard cells.
 * exp:   s' = -s/tau; an arrival adds w to s.
 * alpha: s' = (e*y - s)/tau, y' = -y/tau; an arrival adds w to y, so s(t) = w*(t/tau)*exp(1 - t/tau), with the peak
 *        w at tau.
 * beta:  the difference of two exponentials, with time constants tau_rise and tau_decay, scaled to a peak of w.
 *
 * @source PyNN 0.13, pyNN.standardmodels.receptors; Rotter & Diesmann, Biological Cybernetics 81 (1999) 381 for the
 *   linear form of alpha
 */

import type { DerivativeDocument, ParameterDocument, StateVariableDocument } from '../../model/document.generated.js';
import { weightUnits, type Receptor, type WeightKind } from '../standard-type.js';

/** A single exponential, an alpha function, or a difference of two exponentials. */
export type ResponseShape = 'exp' | 'alpha' | 'beta';

/** One receptor of a cell, as parts of its type. */
export interface ResponseParts {
  /** The target and the kind of weights. */
  readonly receptor: Receptor;
  readonly parameters: Readonly<Record<string, ParameterDocument>>;
  readonly state: Readonly<Record<string, StateVariableDocument>>;
  readonly derivatives: Readonly<Record<string, DerivativeDocument>>;
  /** The current that it adds to the membrane. */
  readonly current: string;
}

/** Description of a receptor. */
interface ResponseDescription {
  readonly shape: ResponseShape;
  readonly kind: Exclude<WeightKind, 'voltage'>;
  /** Name of the conductance or current, such as `gsyn_exc`. */
  readonly variable: string;
  /** Names of parameters, and their values in ms and mV. */
  readonly timeConstant: readonly [name: string, value: number];
  /** Rise time of a beta response. */
  readonly riseTime?: readonly [name: string, value: number];
  /** Name and value of the reversal potential, or an expression if it is not a parameter. */
  readonly reversal?: readonly [name: string, value: number] | string;
}

const parameter = ([name, value]: readonly [string, number], unit: string): Record<string, ParameterDocument> => ({
  [name]: { unit, value },
});

/** Returns the parts of a cell type that make up one receptor. */
export function response({
  shape,
  kind,
  variable,
  timeConstant,
  riseTime,
  reversal,
}: ResponseDescription): ResponseParts {
  const unit = weightUnits[kind];
  const [tau] = timeConstant;
  const common = {
    parameters: {
      ...parameter(timeConstant, 'ms'),
      ...(riseTime === undefined ? {} : parameter(riseTime, 'ms')),
      ...(reversal === undefined || typeof reversal === 'string' ? {} : parameter(reversal, 'mV')),
    },
    current:
      reversal === undefined ? variable : `${variable}*(${typeof reversal === 'string' ? reversal : reversal[0]} - v)`,
  };
  const rising = `${variable}_rise`;
  const receptor = (target: string): Receptor => ({ variable: target, kind, timeConstant: tau });
  switch (shape) {
    case 'exp':
      return {
        ...common,
        receptor: receptor(variable),
        state: { [variable]: { unit } },
        derivatives: { [variable]: `-${variable}/${tau}` },
      };
    case 'alpha':
      return {
        ...common,
        receptor: receptor(rising),
        state: { [variable]: { unit }, [rising]: { unit } },
        derivatives: { [variable]: `(e*${rising} - ${variable})/${tau}`, [rising]: `-${rising}/${tau}` },
      };
    case 'beta': {
      // g' = (k*y - g)/tau_decay, y' = -y/tau_rise gives k*tau_rise/(tau_decay - tau_rise)*(exp(-t/tau_decay) -
      // exp(-t/tau_rise)); with r = tau_rise/tau_decay its peak is k*r*r**(r/(1 - r)), so k = r**(-1/(1 - r))
      // makes the peak 1.
      const rise = riseTime?.[0] ?? 'tau_rise';
      const scale = `exp(-log(${rise}/${tau})/(1 - ${rise}/${tau}))`;
      return {
        ...common,
        receptor: receptor(rising),
        state: { [variable]: { unit }, [rising]: { unit } },
        derivatives: { [variable]: `(${scale}*${rising} - ${variable})/${tau}`, [rising]: `-${rising}/${rise}` },
      };
    }
    default:
      return shape satisfies never;
  }
}
