/** Reads facts about a model from the docstring of its script. */

import { aboutIn } from '../../../translators/shared/documentation.js';
import type { ValidModel } from '../../model/model.js';
import type { Source } from './read-source.js';

/** Adds title, description and facts from the docstring of a script to a model that lacks its own. */
export function withDocumentation(valid: ValidModel, { script }: Source): ValidModel {
  const text = script === undefined ? undefined : docstringOf(script.text);
  if (text === undefined) return valid;
  const { source, ...about } = aboutIn(text);
  const { model } = valid;
  const annotations = source === undefined ? model.annotations : { source, ...model.annotations };
  return { ...valid, model: { ...model, metadata: { ...about, ...model.metadata }, annotations } };
}

/** Returns the text that a script begins with, before any statement; undefined if it has no such text. */
function docstringOf(text: string): string | undefined {
  const found = /^(?:\uFEFF)?(?:[ \t]*(?:#.*)?(?:\r\n|[\r\n]))*[rRuU]?("""|'''|"|')([\s\S]*?)\1/.exec(text);
  const [, quotes = '', inner = ''] = found ?? [];
  if (found === null || (quotes.length === 1 && /[\r\n]/.test(inner))) return undefined;
  return inner.replaceAll('\\\\', '\\');
}
