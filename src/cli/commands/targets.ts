/** `interneuron targets`: the engines, and whether they run here. */

import { probeTargets } from '../../pipeline/choose-target.js';
import type { CommandContext } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { printJson } from '../failure.js';
import { formatTable } from '../table.js';

/** Lists the availability of every engine on this machine. */
export async function targets(context: CommandContext): Promise<number> {
  const found = await probeTargets();
  if (context.json) printJson(context.terminal, { targets: found });
  const rows = found.map(({ target, available, devices, reason, hint }) => [
    target,
    available ? 'yes' : 'no',
    [available ? deviceList(devices) : '', reason, hint].filter((text) => text !== undefined && text !== '').join('; '),
  ]);
  const columns = [
    { heading: 'target', align: 'left' },
    { heading: 'available', align: 'left' },
    { heading: 'runs on', align: 'left' },
  ] as const;
  context.say(formatTable(columns, rows).join('\n'));
  return exitCodes.done;
}

/** Returns the devices; several devices each get the number that `--device` takes. */
const deviceList = (devices: readonly string[]): string =>
  devices.length === 1 ? devices.join('') : devices.map((title, ordinal) => `${ordinal}: ${title}`).join(', ');
