/** The manual page interneuron(1), from the table of commands. */

import { home } from '../diagnostics/home.js';
import { version } from '../pipeline/version.js';
import { commands } from './command-table.js';
import type { CommandDefinition, CommandFiles } from './table/options.js';
import { exitStatus } from './exit-codes.js';

/** Returns text as roff prints it. */
const roff = (text: string): string =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/gm, '\\&$1')
    .replaceAll('$0', 'interneuron');

const bold = (text: string): string => `\\fB${roff(text)}\\fR`;
const italic = (text: string): string => `\\fI${roff(text)}\\fR`;

const positional = ({ name, many, optional }: CommandFiles): string => {
  const text = `${italic(name)}${many ? '...' : ''}`;
  return optional ? `[${text}]` : text;
};

/** Returns the page as text that `man` formats. */
export function manPage(): string {
  const sections = [
    `.TH INTERNEURON 1 "" "interneuron ${roff(version)}" "User Commands"`,
    '.SH NAME',
    roff('interneuron - run, convert and verify models of spiking networks'),
    '.SH SYNOPSIS',
    `${bold('interneuron')} ${italic('command')} [${italic('options')}]`,
    '.SH COMMANDS',
    ...Object.entries(commands).flatMap(([name, definition]) => commandLines(name, definition)),
    `.SS ${bold('completion')} [${italic('bash|zsh|fish')}]`,
    roff('print a completion script for a shell'),
    '.SH EXIT STATUS',
    roff(exitStatus),
    '.SH ENVIRONMENT',
    '.TP',
    bold('INTERNEURON_TARGET, INTERNEURON_DEVICE, INTERNEURON_THREADS'),
    'Defaults of the options of these names.',
    '.SH FILES',
    '.TP',
    bold('interneuron.yaml'),
    'Defaults of options, in the current folder.',
    '.TP',
    bold('~/.config/interneuron/config.json'),
    'Defaults of the target, the device and the number of threads.',
    '.SH SEE ALSO',
    roff(['interneuron explain CODE explains a message', ...(home === '' ? [] : [home])].join('; ')),
  ];
  return `${sections.join('\n')}\n`;
}

function commandLines(name: string, { describe, files, options, examples }: CommandDefinition): readonly string[] {
  return [
    `.SS ${bold(name)}${files === null ? '' : ` ${positional(files)}`} [${italic('options')}]`,
    roff(describe),
    ...(files === null ? [] : ['.TP', positional(files), roff(files.describe)]),
    ...Object.entries(options).flatMap(([option, { alias, type, value, choices, describe: text }]) => [
      '.TP',
      `${alias === undefined ? '' : `${bold(`-${alias}`)}, `}${bold(`--${option}`)}` +
        (type === 'boolean' ? '' : ` ${italic(value ?? 'name')}`),
      roff(choices === undefined ? text : `${text} (${choices.join(', ')})`),
    ]),
    ...examples.flatMap(([example, text]) => ['.PP', `${roff(text)}:`, '.br', `    ${bold(example)}`]),
  ];
}
