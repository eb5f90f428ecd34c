/** Attributes that hold expressions. */

import type { Diagnostics } from '../../../src/diagnostics/diagnostic.js';
import { LangError } from '../../../src/lang/lang-error.js';
import type { XmlElement } from '../../../src/xml/element.js';
import { required } from './attributes.js';
import type { LemsExpression } from './definitions.js';
import { parseLemsExpression } from './parse-expression.js';

/** Where a type's expressions were written, so later findings can mark a part of one. */
const origins = new WeakMap<LemsExpression, { readonly element: XmlElement; readonly attribute: string }>();

/** Returns the element and attribute that an expression was read from. */
export function originOf(
  expression: LemsExpression,
): { readonly element: XmlElement; readonly attribute: string } | undefined {
  return origins.get(expression);
}

/**
 * Reads the expression in an attribute; null after a finding. @diagnostic lems/missing-attribute, lems/syntax,
 * lems/unknown-function, lems/order-of-operators
 */
export function readExpression(
  element: XmlElement,
  attribute: string,
  diagnostics: Diagnostics,
): LemsExpression | null {
  if (required(element, attribute, diagnostics) === null) return null;
  const text = element.attributes[attribute] ?? '';
  try {
    const expression: LemsExpression = {
      text: text.trim(),
      tree: parseLemsExpression(text, (finding) => diagnostics.add(finding, element.valuePlace(attribute))),
      place: element.valuePlace(attribute),
    };
    origins.set(expression, { element, attribute });
    return expression;
  } catch (error) {
    if (!(error instanceof LangError)) throw error;
    // The reference interpreter opens a parenthesis that is only closed at the beginning.
    const fix = { kind: 'insert', text: '(', at: element.valuePlace(attribute, { start: 0, end: 1 }) } as const;
    const isUnopened = error.finding.code === 'lang/unopened-parenthesis';
    diagnostics.add({ ...error.finding, ...(isUnopened && { fix }) }, element.valuePlace(attribute, error.span));
    return null;
  }
}
