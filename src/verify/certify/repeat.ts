/** Commands for readers of a certificate who repeat the check. */

import { shellWord } from '../../diagnostics/display.js';
import { home } from '../../diagnostics/home.js';
import { commit, version } from '../../pipeline/version.js';

/** Whether npm and PyPI have our packages. Until then, nothing may take their names from a registry. */
export const isRegistered: boolean = false;

/** Returns the commands. @param words  those of `interneuron` */
export function repeatCommands(words: readonly string[]): readonly string[] {
  const quoted = words.map(shellWord).join(' ');
  if (isRegistered) return [`npx interneuron@${version} ${quoted}`];
  // One chain: nothing is built unless the repository has this very commit.
  return [
    [
      `git clone ${home === '' ? 'https://github.com/OWNER/REPOSITORY' : home} interneuron`,
      `git -C interneuron checkout --detach ${commit ?? 'COMMIT'}`,
      '(cd interneuron && npm ci && npm run build)',
      `node interneuron/dist/cli.js ${quoted}`,
    ].join(' && '),
  ];
}
