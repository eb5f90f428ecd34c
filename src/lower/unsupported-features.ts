/**
 * Pass: rejects features of a valid model that its timing profile does not support, by name, and notes features that it
 * ignores.
 */

import { oncePerObject } from '../diagnostics/memoise.js';
import type { Model } from '../model/typed.js';
import type { LoweringDiagnostics } from './context/context.js';
import type { Use } from './features/read.js';
import type { Feature, Support } from './features/table.js';
import { features, placePhrases, selectionPhrases, selections } from './features/table.js';
import { usesOf } from './features/uses.js';
import * as messages from './context/messages.js';

/** How a profile treats one use of a feature. */
interface Verdict {
  readonly use: Use;
  /** Equal for uses of the same feature. */
  readonly key: string;
  readonly phrase: string;
  readonly support: Feature['support'];
}

function verdictOn(use: Use): Verdict {
  switch (use.kind) {
    case 'unknown': {
      const support = { brian: 'refused', grid: 'refused', 'lems-euler': 'refused' } as const;
      return { use, key: use.property, phrase: `the property ${use.property} (${use.name})`, support };
    }
    case 'selection': {
      const phrase = `${placePhrases[use.place](selectionPhrases[use.selection])} (${use.name})`;
      const support = selections[use.place][use.selection];
      return { use, key: `${use.place} ${use.selection}`, phrase, support };
    }
    case 'feature': {
      const { phrase, support }: Feature = features[use.feature];
      return { use, key: use.feature, phrase: phrase(use.name), support };
    }
  }
}

const verdictsOn = oncePerObject((model: Model): readonly Verdict[] => usesOf(model).map(verdictOn));

/** The features that a model uses, of one kind together, which a profile treats in a way. */
function usedWith(model: Model, support: Support): readonly (readonly Verdict[])[] {
  const kinds = new Map<string, Verdict[]>();
  const verdicts = verdictsOn(model).filter((verdict) => verdict.support[model.timing] === support);
  for (const verdict of verdicts) {
    const known = kinds.get(verdict.key);
    if (!known) kinds.set(verdict.key, [verdict]);
    else if (known.every(({ use }) => use.pointer !== verdict.use.pointer)) known.push(verdict);
  }
  return [...kinds.values()];
}

/** @diagnostic lower/unsupported-feature  for each kind of feature that the model uses, at its first use */
export function refuseFeatures(model: Model, diagnostics: LoweringDiagnostics): void {
  // A network has as many locations on its cells as connections, so one report of each kind suffices.
  for (const [first, ...others] of usedWith(model, 'refused')) {
    if (!first) continue;
    const { use, phrase, support } = first;
    const elsewhere = Object.values(support).some((other) => other === 'runs');
    const sentence = elsewhere ? `${phrase} under the timing profile ${model.timing}` : phrase;
    const hint = elsewhere ? messages.otherTiming : undefined;
    diagnostics.within(use.pointer, () => diagnostics.add(messages.unsupportedFeature(sentence, hint, others.length)));
  }
}

/** Returns notes on features of a model that its profile ignores. */
export const ignoredFeatures = (model: Model): readonly string[] =>
  usedWith(model, 'unread').map((verdicts) => {
    const [first] = verdicts;
    const more = verdicts.length > 1 ? ` and ${verdicts.length - 1} more like it` : '';
    return `${model.timing} does not read ${first?.phrase ?? ''}${more}`;
  });
