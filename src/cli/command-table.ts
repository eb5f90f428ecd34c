/** The commands and their options, as a table for help, completion and the parser. */

import { checkCommands } from './table/check-commands.js';
import type { CommandDefinition } from './table/options.js';
import { modelCommands } from './table/model-commands.js';
import { readerCommands } from './table/reader-commands.js';

const { same } = checkCommands;

/** All commands, in the order of the help text. */
export const commands = {
  ...modelCommands,
  ...checkCommands,
  ...readerCommands,
  compare: { ...same, olderNameOf: 'same' },
  diff: { ...same, olderNameOf: 'same' },
} as const satisfies Record<string, CommandDefinition>;

/** A command, as typed. */
export type CommandName = keyof typeof commands;

/** Commands that help lists: without older names. */
export const listedCommands: readonly string[] = Object.entries<CommandDefinition>(commands).flatMap(
  ([name, { olderNameOf }]) => (olderNameOf === undefined ? [name] : []),
);
