/** Texts of a language with some of its words, signs or lines changed. */

import type { Random } from './random.js';

const tokens = /\s+|[A-Za-z_]\w*|\d+(?:\.\d*)?(?:[eE][-+]?\d+)?|./gs;

/** Pieces that other files rarely have at a place. */
const rare = ['{', '}', '(', ')', '0', '1e300', '-1', '1e-300', '^', '~', '<->', '<<', "'", '"', ':', '[2]', '[1e9]'];

/** Returns a text with one or two pieces left out, doubled, exchanged, or taken from another text. */
export function mutateCode(text: string, others: readonly string[], random: Random): string {
  const pieces = random.once(3) ? text.split(/(?<=\n)/) : (text.match(tokens) ?? []);
  const foreign = random.once(2) ? text : random.pick(others);
  const donor = random.once(3) ? foreign.split(/(?<=\n)/) : (foreign.match(tokens) ?? []);
  for (let changes = 1 + random.below(2); changes > 0; changes--) {
    const at = random.below(pieces.length + 1);
    const count = random.once(3) ? 1 + random.below(8) : 1;
    switch (random.below(5)) {
      case 0:
        pieces.splice(at, count);
        break;
      case 1:
        pieces.splice(at, 0, ...pieces.slice(at, at + count));
        break;
      case 2:
        pieces.splice(at, 1, ...donor.slice(random.below(donor.length + 1)).slice(0, count));
        break;
      case 3:
        pieces.splice(at, 1, random.pick(rare));
        break;
      default:
        pieces.splice(at, 1, pieces[random.below(pieces.length + 1)] ?? '');
    }
  }
  return pieces.join('');
}
