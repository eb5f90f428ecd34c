/** Commands for readers of a certificate who repeat the check. */

import { shellWord } from '../../diagnostics/display.js';
import { commit, version } from '../../pipeline/version.js';

/** Whether npm and PyPI have our packages. Until then, nothing may take their names from a registry. */
export const isRegistered: boolean = false;

/** Returns the commands. @param words  those of `interneuron` */
export function repeatCommands(words: readonly string[]): readonly string[] {
  const quoted = words.map(shellWord).join(' ');
  if (isRegistered) return [`npx interneuron@${version} ${quoted}`];
  const wanted = commit === null ? '' : ` && git -C interneuron checkout ${commit}`;
  return [
    `git clone https://github.com/interneuron/interneuron${wanted}`,
    '(cd interneuron && npm ci && npm run build)',
    `node interneuron/dist/cli.js ${quoted}`,
  ];
}
