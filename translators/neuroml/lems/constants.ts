/**
 * Constants at file level: `<Constant symbol="F" value="96485.3"/>`, plain numbers in SI, or expressions of earlier
 * constants.
 */

import type { Diagnostics } from '../../../src/diagnostics/diagnostic.js';
import { dimensionless } from '../../../src/lang/ast.js';
import { constantValue } from '../../../src/lang/constant-value.js';
import type { XmlElement } from '../../../src/xml/element.js';
import { optional, required } from './attributes.js';
import type { ConstantDefinition } from './definitions.js';
import type { UnitTable } from './dimensions.js';
import { readExpression } from './expressions.js';
import * as messages from './messages.js';
import { readQuantity, isFault } from './quantities.js';
import { reportQuantity } from './report-quantity.js';

/**
 * Returns all constants by name. @diagnostic lems/conflicting-definition, lems/bad-quantity, lems/unknown-name,
 * lems/syntax
 */
export function readConstants(
  elements: readonly XmlElement[],
  { dimensions, units }: UnitTable,
  diagnostics: Diagnostics,
): ReadonlyMap<string, ConstantDefinition> {
  const constants = new Map<string, ConstantDefinition>();
  for (const element of elements) {
    const attribute = optional(element, 'symbol') === undefined ? 'name' : 'symbol';
    const name = required(element, attribute, diagnostics);
    const text = required(element, 'value', diagnostics);
    if (name === null || text === null) continue;
    const dimensionName = optional(element, 'dimension') ?? 'none';
    const dimension = dimensions.get(dimensionName) ?? dimensionless;
    if (!dimensions.has(dimensionName))
      diagnostics.add(messages.unknownDimension(dimensionName, dimensions.keys()), element.valuePlace('dimension'));
    const quantity = readQuantity(text, units);
    const plain = isFault(quantity) && /[*/]/.test(text);
    const value = plain
      ? expressionValue(element, constants, diagnostics)
      : // A plain number is in SI, whatever the dimension.
        reportQuantity(quantity, {
          element,
          attribute: 'value',
          what: `the constant ${name}`,
          dimension: null,
          units,
          diagnostics,
        });
    if (value === null) continue;
    const known = constants.get(name);
    if (known && known.value !== value)
      diagnostics.add(messages.conflicting('the constant', name), element.valuePlace(attribute));
    else constants.set(name, { name, place: element.place, dimension, value });
  }
  return constants;
}

function expressionValue(
  element: XmlElement,
  constants: ReadonlyMap<string, ConstantDefinition>,
  diagnostics: Diagnostics,
): number | null {
  const expression = readExpression(element, 'value', diagnostics);
  if (!expression) return null;
  const value = constantValue(expression.tree, (name) => constants.get(name)?.value);
  if (value === undefined || !Number.isFinite(value)) {
    diagnostics.add(messages.badNumber('the constant', expression.text), element.valuePlace('value'));
    return null;
  }
  return value;
}
