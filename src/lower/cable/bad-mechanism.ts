/** What is wrong with a mechanism where it is. */

import type { Finding } from '../../diagnostics/diagnostic.js';
import { notGiven, unsupportedFeature } from '../messages.js';

/** What is wrong with a mechanism at a place: something that it reads and that nothing gives, or that cannot be run. */
export class BadMechanism extends Error {
  constructor(
    readonly mechanism: string,
    readonly finding: Finding,
  ) {
    super(finding.message);
  }
}

/** A part of a mechanism that cannot be run. */
export const notRun = (mechanism: string, feature: string): BadMechanism =>
  new BadMechanism(mechanism, unsupportedFeature(feature));
/** Something that a mechanism reads and that nothing gives. */
export const missing = (mechanism: string, what: string, hint: string): BadMechanism =>
  new BadMechanism(mechanism, notGiven(what, hint));

/** What to do where the temperature is missing. */
export const giveTemperature = 'give the compartments of the cell a temperature';
