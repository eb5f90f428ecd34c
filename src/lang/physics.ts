import { quantity } from './build.js';
import { coulomb, divideDimensions, joule, kelvin, mole, multiplyDimensions } from './dimension.js';

/** The gas constant in J/(mol K). @source CODATA 2018 */
export const gasConstant = 8.31446261815324;
/** Faraday's constant in C/mol. @source CODATA 2018 */
export const faraday = 96485.33212331001;

/** R as a quantity of an expression. */
export const gasConstantQuantity = quantity(gasConstant, divideDimensions(joule, multiplyDimensions(mole, kelvin)));
/** F as a quantity of an expression. */
export const faradayQuantity = quantity(faraday, divideDimensions(coulomb, mole));
