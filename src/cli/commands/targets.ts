/** `interneuron targets`: the engines and other simulators, and whether they run here. */

import { nameOn } from '../../library/simulators/names.js';
import { probeTargets } from '../../pipeline/choose-target.js';
import { simulatorsHere } from '../../simulators/environments.js';
import type { CommandContext } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { printJson } from '../failure.js';
import { formatTable } from '../table.js';

/** Lists the availability of every engine and simulator on this machine. */
export async function targets(context: CommandContext): Promise<number> {
  const found = await probeTargets();
  const simulators = simulatorsHere().map(({ simulator, environment, hint }) => ({
    on: nameOn(simulator),
    available: environment !== undefined,
    ...(environment === undefined ? {} : { version: environment.name, python: environment.python }),
    ...(hint === undefined ? {} : { hint }),
  }));
  if (context.json) printJson(context.terminal, { targets: found, simulators });
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
  const others = simulators.map(({ on, available, version = '', hint = '' }) => [
    on,
    available ? 'yes' : 'no',
    `${version}${hint}`,
  ]);
  const headings = [{ heading: 'run --on', align: 'left' }, ...columns.slice(1)] as const;
  context.say(`\n${formatTable(headings, others).join('\n')}`);
  return exitCodes.done;
}

/** Returns the devices; several devices each get the number that `--device` takes. */
const deviceList = (devices: readonly string[]): string =>
  devices.length === 1 ? devices.join('') : devices.map((title, ordinal) => `${ordinal}: ${title}`).join(', ');
