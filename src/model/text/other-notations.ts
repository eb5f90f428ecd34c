/** Notations of other programs, which are named rather than read. */

import { fileWord } from '../../diagnostics/display.js';

interface OtherNotation {
  readonly name: string;
  /** Checks whether a document is in it, by the suffix of its name or its first lines. */
  readonly suffix: RegExp;
  readonly content: RegExp;
  /** What its users do instead. */
  readonly hint: string;
}

const never = /^(?!)/;

const others: readonly OtherNotation[] = [
  {
    name: 'NESTML',
    suffix: never,
    content: /^(?:model|neuron|synapse)\s+\w+:\s*$/m,
    hint: 'give the file the suffix .nestml, by which models in NESTML are known',
  },
  {
    name: 'NeuroMLlite',
    suffix: never,
    content: /"version"\s*:\s*"NeuroMLlite\b/,
    hint: 'NeuroMLlite writes NeuroML itself: run its Python script or JSON with -nml, and name the .net.nml file',
  },
  {
    name: 'Neurolucida ASC',
    suffix: /\.asc$/i,
    content: /^;\s*V3 text file\b/,
    hint: 'convert the morphology to SWC, with MorphIO for example: Morphology("cell.asc").as_mutable().write("cell.swc")',
  },
  {
    name: 'hoc of NEURON',
    suffix: /\.hoc$/i,
    content: /^(?:load_file|xopen)\s*\(/m,
    hint: 'NEURON executes it: python -I -m interneuron neuron FILE -o model.yaml (package neuron-interneuron) reads its network',
  },
  {
    name: 'NMODL of NEURON',
    suffix: never,
    content: /^\s*NEURON\s*\{/m,
    hint: 'give the file the suffix .mod, by which files of NMODL are known',
  },
];

/** How much of a text is looked at. */
const looked = 4000;

/** Returns the notation of another program that a document is in; undefined for any other text. */
export function otherNotationOf(text: string, document: string): Pick<OtherNotation, 'name' | 'hint'> | undefined {
  const start = text.slice(0, looked);
  const other = others.find(({ suffix, content }) => suffix.test(document) || content.test(start));
  return other && { ...other, hint: other.hint.replace('FILE', fileWord(document)) };
}
