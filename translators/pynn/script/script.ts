/** State that all parts of a script share: names, imports, declarations, and files next to it. */

import { standardCells } from '../../../src/library/pynn/index.js';
import type { ConversionReport } from '../../../src/model/conversion-report.js';
import { call, quoted, spaced, type Source } from '../../shared/python.js';
import { Names } from '../names.js';
import { populationsOf } from '../selections.js';
import type { Population, PynnSpecification, Values } from '../specification.generated.js';
import type { NestmlModel } from '../../nestml/export/models.js';
import { recordedKey } from '../export/protocol.js';
import { withoutZeroRates } from './backends.js';
import { imports, type ImportedName, type ScriptNames } from './python-text.js';

/** A file next to a script, which it reads. */
export interface ScriptFile {
  readonly name: string;
  readonly text: string;
}

/** Words of Python, and names that scripts themselves use outside of their functions. */
const taken: readonly string[] = [
  ...(
    'False None True and as assert async await break class continue def del elif else except finally for from ' +
    'global if import in is'
  ).split(' '),
  ...(
    'lambda nonlocal not or pass raise return try while with yield ' +
    'any enumerate float int isinstance len list open print range round slice sorted str'
  ).split(' '),
  ...(
    'each here first_value json mkdtemp np options recordings sim file Path SynapseRecorder ' +
    'any_of morphology_of of_position spikes_from weights_to_neuron'
  ).split(' '),
  ...Object.keys(imports),
];

/** Rows of connections and spikes of a population that scripts hold themselves; more go to files of their own. */
export const mostRows = 100;

/** Kinds of labels: populations, views and assemblies are all `cells`. */
type Labelled = 'cells' | 'projection' | 'source';

/** A variable that scripts do not record. */
export interface Unrecorded {
  readonly pointer: string;
  readonly target: string;
  readonly variable: string;
}

/** A script while it is written. */
export class Script implements ScriptNames {
  readonly document: PynnSpecification;
  /** Name of its file without the ending. */
  readonly stem: string;
  readonly report: ConversionReport;
  readonly names = new Names();
  /** Variables of the script by kind and label: cells, projections and current sources may have the same labels. */
  readonly variables = new Map<string, string>();
  /** Variables of random generators, by their labels. */
  readonly rngs = new Map<string, string>();
  /** The variable of the generator that makes all draws without a named one. */
  ownRng: string | undefined;
  readonly used = new Set<ImportedName>();
  /** Variables of native types, by kind and name. */
  readonly types = new Map<string, string>();
  readonly definitions: string[] = [];
  readonly files: ScriptFile[] = [];
  /** Variables of projections with synapses that interneuron's backend records, and their labels. */
  readonly recordedSynapses = new Map<string, string>();
  /** Variables of recordings by interneuron's backend. */
  readonly nativeRecordings: string[] = [];
  /** Current sources that are recorded. */
  readonly recordedSources: string[] = [];
  /** Variables of the script that read synapses while it runs; their values are in `values`, by time. */
  readonly recorders: string[] = [];

  /** Variables of recordings that are left out, with the places of the recordings. */
  readonly unrecordedVariables: Unrecorded[] = [];

  /** Models of NESTML, by the names of types that are them. */
  readonly nestml: ReadonlyMap<string, NestmlModel>;

  constructor(
    document: PynnSpecification,
    stem: string,
    report: ConversionReport,
    nestml: readonly NestmlModel[] = [],
    private readonly recorded: ReadonlyMap<string, string> = new Map(),
  ) {
    this.document = document;
    this.nestml = new Map(nestml.map((model) => [model.standard.name, model]));
    this.stem = stem;
    this.report = report;
    for (const name of taken) this.names.take(name);
  }

  /** Checks whether any part of it needs interneuron's backend. */
  get isNative(): boolean {
    const { native, populations = [], projections = [], phases = [] } = this.document;
    return (
      native !== undefined || [...populations, ...projections, ...phases].some((part) => part.native !== undefined)
    );
  }

  /** Returns the variable of a generator; without a label, the generator of draws that name none. */
  readonly rng = (label?: string): string => (label === undefined ? this.ownRng : this.rngs.get(label)) ?? 'None';

  readonly use = (name: ImportedName): string => {
    this.used.add(name);
    return name;
  };

  readonly expression = (python: string): string => {
    const name = this.names.take(`Expression${this.definitions.length + 1}`);
    this.definitions.push(
      `class ${name}(${this.use('IndexBasedExpression')}):\n` +
        `    def __call__(self, i, j):\n        return ${spaced(python)}`,
    );
    return name;
  };

  /** Only cells have positions: names for other objects give the owner by `at`. */
  readonly ofPosition = (): Source => 'None';

  /** Returns names for values of cells with positions (um, [axis][cell]) that a Python expression gives. */
  at(positions: string): ScriptNames {
    const ofPosition = (python: string): Source => {
      if (!this.definitions.includes(placed)) this.definitions.push(placed);
      return call('of_position', [positions, `lambda x, y, z: ${spaced(python)}`]);
    };
    return { rng: this.rng, use: this.use, expression: this.expression, ofPosition };
  }

  /** Takes a variable for a labelled object. */
  declare(label: string, kind: Labelled = 'cells'): string {
    // `cells[0, 1]` is `cells_0_1`, and `a→b` is `a_to_b`, as the projection is called when it is read.
    const name = this.names.take(label.replace(/(?<=\w)\W+$/, '').replaceAll('→', '_to_'));
    this.variables.set(`${kind} ${label}`, name);
    return name;
  }

  /** Returns the variable of a labelled object. */
  readonly of = (label: string, kind: Labelled = 'cells'): string => this.variables.get(`${kind} ${label}`) ?? 'None';

  /** Checks whether a label stands for a population, a view or an assembly. */
  hasCells(label: string): boolean {
    return this.variables.has(`cells ${label}`);
  }

  /** Returns the number of cells of a label. */
  cellsOf(label: string): number {
    const { populations = [], views = [], assemblies = [] } = this.document;
    const population = populations.find((one) => one.label === label);
    if (population) return [population.size].flat().reduce((product, along) => product * along, 1);
    const view = views.find((one) => one.label === label);
    if (view === undefined) {
      const { of = [] } = assemblies.find((assembly) => assembly.label === label) ?? {};
      return of.reduce((sum, part) => sum + this.cellsOf(part), 0);
    }
    const { slice, indices, mask, sample } = view.select;
    const whole = this.cellsOf(view.of);
    const [begin, end, step] = slice ?? [];
    const inSlice = Math.ceil((Math.min(end ?? whole, whole) - (begin ?? 0)) / (step ?? 1));
    return sample ?? indices?.length ?? mask?.filter(Boolean).length ?? inSlice;
  }

  /** Returns the populations that a label stands for. */
  populationsOf(label: string): readonly Population[] {
    return populationsOf(this.document, label);
  }

  /** Checks whether synapses onto cells step the potential, with weights in mV. */
  stepsPotential(label: string): boolean {
    return this.populationsOf(label).some(
      ({ cell }) => standardCells.get(cell.type)?.receptors['excitatory']?.kind === 'voltage',
    );
  }

  /** Returns values of cells as PyNN's simulators take them. */
  takenBy(cells: readonly Population[], values: Values): Values {
    const rates = cells.some(({ cell }) => cell.type === 'SpikeSourcePoisson') ? withoutZeroRates(values) : undefined;
    if (rates !== undefined)
      this.report.convention('pynn/zero-rate', '', 'rates of 0 are 1e-9 Hz, since NEURON fails with 0');
    return rates ?? values;
  }

  /** Reports parts that scripts cannot express. */
  missing(message: string): readonly [] {
    this.report.missing('', message);
    return [];
  }

  /** Reports a variable of a recording that scripts do not record, at the recording. */
  unrecorded(target: string, variable: string, reason: string): readonly [] {
    const pointer = this.recorded.get(recordedKey(target, variable)) ?? '/recordings';
    this.unrecordedVariables.push({ pointer, target, variable });
    this.report.missing(pointer, `recording ${variable} of ${target}; the JSON form has it, ${reason}`);
    return [];
  }

  /** Reports parts that scripts express in another way. */
  different(code: string, message: string): void {
    this.report.different(code, '', message);
  }

  /** Reports objects that scripts draw or label in another way. */
  convention(code: string, message: string): void {
    this.report.convention(code, '', message);
  }

  /** Returns the name of a file next to the script. */
  fileName(label: string, ending: string): string {
    return `${this.stem}-${label.replace(/[^A-Za-z0-9_]+/g, '-')}.${ending}`;
  }

  /** Returns the Python expression for the path of a file next to the script. */
  readonly path = (name: string): Source => call('Path(__file__).with_name', [quoted(name)]);
}

const placed = `def of_position(positions, formula):
    """A value for each cell, by a function of its place in um."""
    return formula(*positions) * np.ones(positions.shape[1])`;
