/** Types of cells in NESTML as lines of a script, which is one for NEST. */

import { call, dictionary, layout, prefixed, quoted } from '../../shared/python.js';
import type { NestmlModel } from '../export/nestml/models.js';
import type { Script } from './script.js';

/** Longer models are files of their own. */
const mostLines = 45;

/** Registers the models, which PyNN compiles at `setup()`. */
export function nestmlTypes(script: Script): readonly string[] {
  if (script.nestml.size === 0) return [];
  const types = [...script.nestml.values()].map((model) => {
    const { name, text } = model;
    const variable = script.names.take(name);
    script.types.set(model.standard.name, variable);
    const called = script.use('nestml_cell_type');
    if (text.split('\n').length <= mostLines)
      return `${variable} = ${called}(\n    ${quoted(name)},\n    """\n${text}""",\n)`;
    const file = script.fileName(name, 'nestml');
    script.files.push({ name: file, text });
    const path = call('str', [script.path(file)]);
    return layout(prefixed(`${variable} = `, call(called, [quoted(name), path])));
  });
  return ['# --- Types of cells', '', ...types];
}

/** Sets properties of compiled NESTML types that PyNN does not detect. */
export function setUpNestml(script: Script): readonly string[] {
  if (script.nestml.size === 0) return [];
  const models = [...script.nestml.values()];
  const isFed = models.some(takesCurrent);
  const receives = models.some(({ standard }) => Object.keys(standard.receptors).length > 0);
  if (receives) script.use('NativeCellType');
  script.definitions.push(prepare(isFed, receives));
  return [...script.nestml.values()].map((model) => {
    const variable = script.types.get(model.standard.name) ?? 'None';
    const units = Object.fromEntries(Object.entries(model.units).map(([name, unit]) => [name, quoted(unit)]));
    return layout(call('prepare', [variable, dictionary(units), ...(takesCurrent(model) ? ['injectable=True'] : [])]));
  });
}

const takesCurrent = ({ isFed }: NestmlModel): boolean => isFed;

const prepare = (isFed: boolean, receives: boolean): string =>
  [
    `def prepare(cell_type, units${isFed ? ', injectable=False' : ''}):`,
    '    """Sets properties of a type in NESTML that PyNN does not find."""',
    '    cell_type.units = {"spikes": "ms", **units}',
    ...(isFed ? ['    cell_type.injectable = injectable'] : []),
    ...(receives
      ? [
          '    cell_type.conductance_based = False  # or it changes the signs of weights',
          '    # PyNN 0.13 gives this to other native types only.',
          '    cell_type.get_receptor_type = NativeCellType.get_receptor_type',
        ]
      : []),
    '    # PyNN 0.13 would hand this on as a bool of NumPy, which NEST 3.10 refuses.',
    '    cell_type.default_parameters.pop("ignore_and_spike", None)',
  ].join('\n');
