/** Texts of a document that are not texts: halves of characters, which no file can hold and no hash is defined for. */

import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import type { Positions } from '../../diagnostics/positions.js';
import { messages } from '../messages.js';
import { child } from '../pointer.js';

const halves = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** Checks whether a text can be written to a file and hashed. */
export const isWellFormed = (text: string): boolean => !halves.test(text);

/**
 * Reports the malformed texts and keys of a tree.
 *
 * @param text  source of the tree: only an escape can make half a character
 */
export function halfCharacters(text: string, value: unknown, positions: Positions): readonly Diagnostic[] {
  if (!/\\(?:u|U0000)[dD][89a-fA-F]/.test(text)) return [];
  const found: Diagnostic[] = [];
  const look = (node: unknown, pointer: string): void => {
    if (typeof node === 'string' && halves.test(node))
      found.push({ severity: 'error', ...messages.halfCharacter(), place: positions.place(pointer) });
    if (node === null || typeof node !== 'object') return;
    for (const [key, inner] of Object.entries(node)) {
      if (halves.test(key))
        found.push({ severity: 'error', ...messages.halfCharacter(), place: positions.place(pointer) });
      look(inner, child(pointer, Array.isArray(node) ? Number(key) : key));
    }
  };
  look(value, '');
  return found;
}
