/** Options that several commands have, and the form of a command's definition. */

import { strategyNames } from '../../codegen/schedule/strategies.js';
import { timingProfiles } from '../../pipeline/option-values.js';
import { targetNotations, targetOf } from '../../convert/target-notations.js';
import { nameOn, simulatorNames } from '../../library/simulators/names.js';
import { factsOf, notationNames, notationsByName } from '../../pipeline/read/notation.js';

export interface OptionDefinition {
  readonly type: 'string' | 'boolean';
  readonly describe: string;
  readonly alias?: string;
  readonly repeated?: true;
  readonly choices?: readonly string[];
  /** Name of the value in the help text. */
  readonly value?: string;
}

/** The positional arguments of a command. */
export interface CommandFiles {
  readonly name: string;
  readonly many: boolean;
  readonly describe: string;
  readonly optional?: true;
  /** Completions, if the arguments are not files. */
  readonly words?: () => readonly string[];
}

/** A command: its arguments and its help text. */
export interface CommandDefinition {
  readonly describe: string;
  /** The command that help lists in place of this one. */
  readonly olderNameOf?: string;
  /** The files it takes. */
  readonly files: CommandFiles | null;
  readonly options: Readonly<Record<string, OptionDefinition>>;
  readonly required?: readonly string[];
  readonly examples: readonly (readonly [string, string])[];
}

export const common = {
  json: { type: 'boolean', describe: 'print one JSON object instead of text' },
  quiet: { type: 'boolean', alias: 'q', describe: 'print nothing but errors' },
} as const satisfies Record<string, OptionDefinition>;

/** Scripts are executed only if the user says so: `execute-script.ts`. */
export const execute = {
  type: 'boolean',
  describe: 'execute a script of Brian 2 or PyNN, which must be your own, with Python',
} as const satisfies OptionDefinition;

/** Options for reading a model. */
export const read = {
  from: {
    type: 'string',
    choices: [...notationsByName.keys()],
    describe: 'notation of the model [what it states]',
  },
  set: {
    type: 'string',
    repeated: true,
    value: 'name=value',
    describe: "set a parameter of the model ('g=4 nS'); may be repeated",
  },
  'allow-path': {
    type: 'string',
    repeated: true,
    value: 'dir',
    describe: 'another folder from which a NeuroML model may include files; may be repeated',
  },
  with: { type: 'string', value: 'file', describe: 'YAML file with mechanisms for the groups of a cell in SWC' },
  'captured-from': {
    type: 'string',
    value: 'script',
    describe: 'the script whose network the file holds: findings show its lines',
  },
  'no-origin': {
    type: 'boolean',
    describe: 'read what a converted document says, not the model that it carries',
  },
} as const satisfies Record<string, OptionDefinition>;

export const input = {
  type: 'string',
  repeated: true,
  value: 'pop=file',
  describe: 'spikes for a population that replays them, or a signal for an Input of NIR; may be repeated',
} as const satisfies OptionDefinition;

export const oneModel = {
  name: 'model',
  many: false,
  describe: 'a model in any supported notation, or a result or bundle that holds one; - is the standard input',
} as const;

export const noEnvironment = {
  type: 'boolean',
  describe: 'leave the path of the model, the command and the machine out of the results',
} as const;

/** Options of runs in another simulator. */
export const elsewhere = {
  on: {
    type: 'string',
    choices: simulatorNames.map(nameOn),
    describe: 'another simulator that runs the model: it is converted, run, and its result written as ours',
  },
  env: {
    type: 'string',
    value: 'dir',
    describe: 'for --on: Python environment of the simulator [the Python on the PATH]',
  },
  partial: { type: 'boolean', describe: 'for --on: run the model even if parts must be left out' },
  freeze: {
    type: 'boolean',
    describe: 'for --on: list every random draw, so that spikes are those of our engines',
  },
} as const satisfies Record<string, OptionDefinition>;

export const force = {
  type: 'boolean',
  describe: 'replace files that interneuron did not write',
} as const satisfies OptionDefinition;

/** Engines by name; `auto` takes the fastest that is at hand. */
export const targetNames = ['auto', 'wasm', 'c', 'mpi', 'opencl', 'cuda', 'reference', 'null'] as const;

/** Targets that source code can be generated for. */
export const codegenTargets = ['c', 'mpi', 'opencl', 'cuda', 'wasm', 'ir'] as const;

export const device = {
  type: 'string',
  value: 'n|name',
  describe: 'device to use: its number in `interneuron targets`, or part of its name',
} as const satisfies OptionDefinition;

export const strategy = {
  type: 'string',
  choices: ['auto', ...strategyNames],
  describe: 'how devices distribute spikes over work-items; the result does not depend on it [auto]',
} as const satisfies OptionDefinition;

export const duration = {
  type: 'string',
  value: 'time',
  describe: "duration of the run ('1 s'); replaces the protocol of the model",
} as const satisfies OptionDefinition;

export const dt = {
  type: 'string',
  value: 'time',
  describe: "time step ('0.1 ms')",
} as const satisfies OptionDefinition;

export const precision = {
  type: 'string',
  choices: ['float64', 'float32'],
  describe: 'floating-point type of the state [float64]',
} as const satisfies OptionDefinition;

export const timing = {
  type: 'string',
  choices: timingProfiles,
  describe: 'order of operations within a step [that of the notation]',
} as const satisfies OptionDefinition;

export const limit = {
  type: 'string',
  value: 'time',
  describe: "time for deciding whether two models are the same ('30 s'), on a usual processor [10 s]",
} as const satisfies OptionDefinition;

/** Options for the duration and the steps of a run. */
export const timed = { duration, dt, timing } as const;

export const seed = {
  type: 'string',
  value: 'n',
  describe: 'seed for all random numbers',
} as const satisfies OptionDefinition;

export const threads = {
  type: 'string',
  value: 'n',
  describe: 'number of worker threads; the result does not depend on it',
} as const satisfies OptionDefinition;

/** Formats of the tables of `describe`. */
export const descriptionFormats = [
  'text',
  'markdown',
  'latex',
  'html',
  ...targetNotations.filter((to) => targetOf(to).describes),
] as const;

/** Notations with a model to start from. */
export const starterNames = notationNames.filter((notation) => factsOf(notation).starter !== undefined);

/** Notations and reports with a JSON Schema. */
export const schemaNames = [
  ...notationNames.filter((notation) => factsOf(notation).schema !== undefined),
  'comparison',
  'expectations',
] as const;

/** Grades of agreement that `compare` can require, from the closest on. */
export const gradeNames = ['identical', 'same-spikes', 'within', 'statistics', 'not-shown-to-differ'] as const;

/** Options for comparing results. */
export const compared = {
  within: { type: 'string', value: 'time', describe: 'spikes no further apart are the same [0.1 ms]' },
  'at-least': {
    type: 'string',
    choices: gradeNames,
    describe: 'agreement that is needed for exit code 0 [statistics]',
  },
  margin: {
    type: 'string',
    repeated: true,
    value: 'name=size',
    describe: 'largest difference that counts as the same (rate=10%, cv=0.1, trace=1%); may be repeated',
  },
  cells: {
    type: 'string',
    value: 'id|order|file',
    describe: 'match cells by identifier (id+1: shifted), in order, or by a list of pairs [id]',
  },
  times: { type: 'string', value: 'unit', describe: 'unit of times in files that state none' },
  from: { type: 'string', value: 'time', describe: 'leave out what is before this time' },
  to: { type: 'string', value: 'time', describe: 'leave out what is after this time' },
  only: {
    type: 'string',
    repeated: true,
    value: 'name',
    describe: 'compare only this population or variable, spikes or samples; may be repeated',
  },
  ignore: { type: 'string', repeated: true, value: 'name', describe: 'leave this out, named as in --only' },
  unpaired: { type: 'boolean', describe: 'cells with one identifier are other cells, drawn anew' },
  why: { type: 'boolean', describe: 'run the model again under conventions of other simulators, to find the cause' },
  details: { type: 'boolean', describe: 'also list files and all quantities' },
} as const satisfies Record<string, OptionDefinition>;

export const everywhere = {
  type: 'boolean',
  describe: 'run the model of a result on each engine of this machine: one thread and all, each C compiler',
} as const satisfies OptionDefinition;
