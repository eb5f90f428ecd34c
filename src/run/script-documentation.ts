/** What the docstring of a script says of the model. */

import { aboutIn } from '../../translators/shared/documentation.js';
import type { ValidModel } from '../model/model.js';
import type { Source } from './read-source.js';

/** A model with title, description and facts from the docstring of its script, where it has none of its own. */
export function withDocumentation(valid: ValidModel, { script }: Source): ValidModel {
  const text = script === undefined ? undefined : docstringOf(script.text);
  if (text === undefined) return valid;
  const { source, ...about } = aboutIn(text);
  const { model } = valid;
  const annotations = source === undefined ? model.annotations : { source, ...model.annotations };
  return { ...valid, model: { ...model, metadata: { ...about, ...model.metadata }, annotations } };
}

/** The text that a script begins with, before any statement; undefined where it has none. */
function docstringOf(text: string): string | undefined {
  const found = /^(?:\uFEFF)?(?:[ \t]*(?:#.*)?(?:\r\n|[\r\n]))*[rRuU]?("""|'''|"|')([\s\S]*?)\1/.exec(text);
  const [, quotes = '', inner = ''] = found ?? [];
  if (found === null || (quotes.length === 1 && /[\r\n]/.test(inner))) return undefined;
  return inner.replaceAll('\\\\', '\\');
}
