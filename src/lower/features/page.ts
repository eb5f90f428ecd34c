/** The table of features by timing profile as a page of the documentation. */

import type { TimingProfile } from '../../model/typed.js';
import type { Feature, Support } from './table.js';
import { features, placePhrases, selectionPhrases, selections } from './table.js';

const profiles = ['brian', 'grid', 'lems-euler'] as const satisfies readonly TimingProfile[];

const words: Readonly<Record<Support, string>> = { runs: 'runs', refused: 'refused', unread: 'not read' };

const row = (feature: string, support: Feature['support']): string =>
  `| ${feature} | ${profiles.map((profile) => words[support[profile]]).join(' | ')} |`;

const head = (what: string): string[] => [`| ${what} | ${profiles.join(' | ')} |`, '|---|---|---|---|'];

/** Returns the phrase of a feature without its owner's name. */
const withoutName = (phrase: Feature['phrase']): string =>
  phrase('')
    .replace(/ \([^)]*\)/, '')
    .trim();

/** The text of `docs/timing-profiles.md`, in Markdown. */
export function timingProfilesPage(): string {
  const lines = [
    '# Timing profiles',
    '',
    'How each timing profile treats each feature of a model. *runs*: as the model defines it, within the error of the',
    "profile's integration; *refused*: the run does not start, and the message names the feature and its place;",
    '*not read*: the profile itself defines this part of a step, and a note in the result says so.',
    '',
    'Written by `npx tsx scripts/timing-profiles.ts` from `src/lower/features/table.ts`, which lowering uses as well.',
    '`test/lower/features` runs every line under every profile.',
    '',
    '## Time',
    '',
    '- Spikes and samples are labelled with the start of their step under `brian`, with its end under `grid` and',
    '  `lems-euler`. `lastspike` is the label of the last spike.',
    '- `t` in code is the time at the start of the step under `brian` and `grid`, and at its end under `lems-euler`. Under',
    '  `grid`, conditions and actions of models that come from LEMS read it at the end, too.',
    '- In cells with compartments that are solved by `cable` (second order, the default under `grid`), potentials and all else',
    '  take turns: recorded gates and concentrations are those of half a step before their label.',
    '- Recorded variables that are derived from `t` have the value that belongs to the label.',
    '',
    '## Features',
    '',
    ...head('feature'),
    ...Object.values(features).map(({ phrase, support }) => row(withoutName(phrase), support)),
    '',
    '## Selections',
    '',
    ...head('selection'),
    ...Object.entries(selections).flatMap(([place, kinds]) =>
      Object.entries(kinds).map(([kind, support]) =>
        row(
          placePhrases[place as keyof typeof selections](selectionPhrases[kind as keyof typeof selectionPhrases]),
          support,
        ),
      ),
    ),
    '',
  ];
  return lines.join('\n');
}
