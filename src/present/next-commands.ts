/** Commands that make sense for a file, ready to copy: each works as it is printed. */

import { shownFor, usualSuffix, type TargetNotation } from '../convert/target-notations.js';
import { fileWord } from '../diagnostics/display.js';
import type { ValidModel } from '../model/model.js';
import type { Notation } from '../pipeline/read/notation.js';
import type { What } from '../pipeline/read/what-is.js';

/** A command with its purpose in a few words. */
export type NextCommand = readonly [purpose: string, command: string];

/** What the commands of a model depend on besides its notation. */
interface ModelFacts {
  /** Whether the file is an archive with a result of interneuron. */
  readonly hasResult?: boolean;
  /** Whether it is a document of channels, whose gates are drawn. */
  readonly hasGates?: boolean;
  /** Whether the model states no duration; absent: it cannot be run. */
  readonly needsDuration?: boolean;
  /** A notation that expresses the whole model; null: none was found. */
  readonly to?: TargetNotation | null;
}

/** Checks whether a model states no duration of a run. */
export const needsDuration = ({ model }: ValidModel): boolean => model.experiment.protocol.length === 0;

/** Duration of a run of a model that states none. */
export const usualDuration = '100 ms';

/** Returns commands for a valid model. */
export function modelCommands(path: string, notation: Notation, facts: ModelFacts = {}): readonly NextCommand[] {
  const { hasResult = false, hasGates = false, needsDuration: lacksDuration, to = shownFor(notation) } = facts;
  const [file, stem] = [fileWord(path), stemOf(path)];
  const duration = lacksDuration === true ? ` --duration '${usualDuration}'` : '';
  return [
    ...(lacksDuration === undefined
      ? []
      : [['run', `interneuron run ${file}${duration} -o ${fileWord(`${stem}.nwb`)}`] as const]),
    ...(hasGates ? gateCommands(path) : []),
    ...(to === null
      ? []
      : [['convert', `interneuron convert ${file} --to ${to} -o ${fileWord(`${stem}${usualSuffix(to)}`)}`] as const]),
    hasResult
      ? ['run again and compare', `interneuron same ${file}`]
      : ['compare with another model', `interneuron same ${file} OTHER`],
  ];
}

/** Returns commands for a document of channels. */
export const gateCommands = (path: string): readonly NextCommand[] => [
  ['draw the gates', `interneuron plot ${fileWord(path)} -o ${fileWord(`${stemOf(path)}.svg`)}`],
  ['write a page', `interneuron page ${fileWord(path)} -o ${fileWord(`${stemOf(path)}.html`)}`],
];

/** Returns commands for a model with mistakes. @param code  of the first mistake; absent if it has none */
export const repairCommands = (path: string, code?: string): readonly NextCommand[] => [
  ['check again', `interneuron validate ${fileWord(path)}`],
  ...(code === undefined ? [] : [['explain the first', `interneuron explain ${code}`] as const]),
];

/** Returns commands for a file that is neither a model nor a result. */
export function fileCommands(path: string, { kind, simulator, isRefused }: What): readonly NextCommand[] {
  const [file, stem] = [fileWord(path), stemOf(path)];
  switch (kind) {
    case 'script':
      return simulator === undefined ? [] : scriptCommands(file, stem, simulator === 'NEURON');
    case 'notebook':
      if (isRefused) return [];
      return [
        ['save its cells as a script', `jupyter nbconvert --to script ${file}`],
        ['look at the script', `interneuron ${fileWord(path.replace(/\.ipynb$/i, '.py'))}`],
      ];
    case 'archive':
      return [
        ['unpack', `unzip -q ${file} -d ${fileWord(stem)}`],
        ['look at the files', `interneuron ${fileWord(stem)}`],
      ];
    case 'tarball': {
      const folder = fileWord(stem.replace(/\.tar$/i, ''));
      return [
        ['unpack', `mkdir -p ${folder} && tar xf ${file} -C ${folder}`],
        ['look at the files', `interneuron ${folder}`],
      ];
    }
    case 'result':
    case 'recording':
      return [
        ['draw', `interneuron plot ${file} -o ${fileWord(`${stem}.svg`)}`],
        kind === 'result'
          ? ['run again and compare', `interneuron same ${file}`]
          : ['compare with a model', `interneuron same ${file} MODEL`],
        ['compare with another result', `interneuron same ${file} OTHER`],
      ];
    case 'sweep':
      return [
        ['draw the curve', `interneuron plot ${file} -o ${fileWord(`${stem}.svg`)}`],
        ['write a page', `interneuron report ${file} -o ${fileWord(`${stem}.html`)}`],
      ];
    case 'expectations':
      return [['test', `interneuron test ${file}`]];
    case 'connections':
      return [['start a model', `interneuron new brian -o ${fileWord(`${stem}-model.yaml`)}`]];
    default:
      return [];
  }
}

const scriptCommands = (file: string, stem: string, isOfNeuron: boolean): readonly NextCommand[] =>
  isOfNeuron
    ? [
        ['read its network', `python -I -m interneuron neuron ${file} -o ${fileWord(`${stem}.yaml`)}`],
        ['convert', `python -I -m interneuron neuron ${file} --to neuroml -o ${fileWord(`${stem}.nml`)}`],
      ]
    : [
        ['run', `interneuron run ${file} --execute`],
        ['describe', `interneuron describe ${file} --execute`],
        ['convert', `interneuron convert ${file} --execute --to neuroml -o ${fileWord(`${stem}.nml`)}`],
      ];

/** Returns the name for files made from a file: its own without folder and suffix, or the folder's for a config. */
export function stemOf(path: string): string {
  if (path === '-') return 'model';
  const [file = '', folder = ''] = path.split(/[\\/]/).reverse();
  const name = file.replace(/(?<=.)\.gz$/i, '').replace(/(?<=.)\.[^.]*$/, '');
  return /^(?:simulation_)?config$/.test(name) ? folder || 'circuit' : name.replace(/\.(?:nml|net)$/, '');
}
