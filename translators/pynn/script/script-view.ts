/** A PyNN-style document as the sections of a script. */

import { isFormula, isRandom } from '../value-kinds.js';
import { printableLines } from '../../../src/diagnostics/display.js';
import type { ConversionReport } from '../../../src/model/conversion-report.js';
import { Names } from '../names.js';
import { hasEquation, type NativeType } from '../native/equations.js';
import { nativeName } from '../native/types.js';
import { byUse } from '../selections.js';
import type {
  Assembly,
  Connector,
  CurrentSource,
  Location,
  Locations,
  Phase,
  Population,
  Projection,
  PynnSpecification,
  Recording,
  Space,
  Values,
  View,
} from '../specification.js';
import {
  documentationOf,
  call,
  dictionary,
  flatText,
  followed,
  layout,
  list,
  prefixed,
  quoted,
  type Source,
} from '../../shared/python.js';
import {
  cellSource,
  distanceText,
  generatorSource,
  imports,
  keywords,
  readsPlaces,
  structureSource,
  synapseSource,
  valueSource,
  type ImportedName,
  type ScriptNames,
} from './python-text.js';
import { keywordLiterals, literal, typeSource } from './native-source.js';

/** What the template needs. */
export interface ScriptView {
  /** Docstring of the script. */
  readonly documentation: string;
  /** How it is run, as its help says. */
  readonly usage: string;
  /** The line that makes `sim` of the simulator, where it is chosen by an argument; empty otherwise. */
  readonly simulator: string;
  /** Number of the argument that names a file for results. */
  readonly argument: number;
  /** Lines that import names. */
  readonly imported: readonly string[];
  /** Classes and functions that the script declares. */
  readonly definitions: readonly string[];
  /** Parts with their headings, in order. */
  readonly sections: readonly { readonly title: string; readonly lines: readonly string[] }[];
  /** Python list of the populations that record, and dictionary of what was read of synapses. */
  readonly recorded: string;
  /** Dictionary of what was read of synapses. */
  readonly synapses: string;
}

interface File {
  readonly name: string;
  readonly text: string;
}

/** Words of Python, and names that scripts themselves use. */
const taken: readonly string[] = [
  ...(
    'False None True and as assert async await break class continue def del elif else except finally for from ' +
    'global if import in is'
  ).split(' '),
  ...(
    'lambda nonlocal not or pass raise return try while with yield ' + 'float int len list open print range slice str'
  ).split(' '),
  ...(
    'here first_value import_module index json np os population results segment segments_of signal sim sys train ' +
    'file i j d SynapseRecorder of_position cells'
  ).split(' '),
  ...Object.keys(imports),
];

/** Rows of connections and spikes of a population that scripts hold themselves; more go to files of their own. */
const mostRows = 2000;

/** The sections of a script, and the files that it reads; what scripts cannot say is added to the report. */
export function scriptView(
  document: PynnSpecification,
  stem: string,
  report: ConversionReport,
): { readonly view: ScriptView; readonly files: readonly File[] } {
  return new ScriptWriter(document, stem, report).write();
}

class ScriptWriter implements ScriptNames {
  readonly #document: PynnSpecification;
  readonly #stem: string;
  readonly #report: ConversionReport;
  readonly #names = new Names();
  readonly #variables = new Map<string, string>();
  readonly #rngs = new Map<string, string>();
  readonly #used = new Set<ImportedName>();
  /** Variables of native types, by kind and name. */
  readonly #types = new Map<string, string>();
  readonly #definitions: string[] = [];
  readonly #files: File[] = [];
  /** Recorders of synapses: their variable, and what they read. */
  readonly #synapses: { readonly label: string; readonly reads: string; readonly values: string }[] = [];
  /** Variables of the script that read synapses while it runs. */
  readonly #recorders: string[] = [];

  constructor(document: PynnSpecification, stem: string, report: ConversionReport) {
    this.#document = document;
    this.#stem = stem;
    this.#report = report;
    for (const name of taken) this.#names.take(name);
  }

  write(): { readonly view: ScriptView; readonly files: readonly File[] } {
    const {
      setup,
      rngs = {},
      populations = [],
      views = [],
      assemblies = [],
      projections = [],
      current_sources: sources = [],
      native,
    } = this.#document;
    const { timestep = 0.1, extra } = setup ?? {};
    const seed = native === undefined || this.#document.seed === undefined ? {} : { seed: this.#document.seed };
    const limits = { timestep, ...this.#delayLimits(timestep), ...extra, ...seed };
    const sections = [
      { title: '', lines: [layout(call('sim.setup', keywords(limits, this))), ...this.#unnamedPotential()] },
      { title: '', lines: Object.entries(rngs).map(([label, rng]) => this.#generator(label, rng)) },
      { title: 'Types of cells and synapses', lines: this.#natives() },
      { title: 'Populations', lines: populations.map((population) => this.#population(population)) },
      {
        title: 'Views and assemblies',
        lines: byUse(
          this.#document,
          populations.map(({ label }) => label),
        ).map(({ kind, index }) =>
          kind === 'view' ? this.#view(views[index] as View) : this.#assembly(assemblies[index] as Assembly),
        ),
      },
      { title: 'Projections', lines: projections.flatMap((projection) => this.#projection(projection)) },
      { title: 'Current sources', lines: sources.flatMap((source) => this.#source(source)) },
      {
        title: 'Recordings',
        lines: (this.#document.recordings ?? []).flatMap((recording) => this.#recording(recording)),
      },
      { title: 'Run', lines: (this.#document.phases ?? []).flatMap((phase) => this.#phase(phase)) },
    ].filter(({ lines }) => lines.length > 0);
    const view: ScriptView = {
      documentation: this.#documentation(),
      usage: `python ${this.#stem}.py ${native === undefined ? '[simulator] ' : ''}[results.json]`,
      simulator:
        native === undefined ? "sim = import_module('pyNN.' + (sys.argv[1] if len(sys.argv) > 1 else 'neuron'))" : '',
      argument: native === undefined ? 2 : 1,
      definitions: [...this.#definitions, ...(this.#recorders.length === 0 ? [] : [synapseRecorder])],
      sections,
      recorded: layout(list(this.#recordedPopulations()), 12),
      synapses: layout(dictionary(this.#readSynapses()), 8),
      // Last, when all that is used is known.
      imported: this.#imports(sections.flatMap(({ lines }) => lines)),
    };
    return { view, files: this.#files };
  }

  // --- Names ------------------------------------------------------------------------------------------------------

  readonly rng = (label: string): string => this.#rngs.get(label) ?? 'None';

  readonly use = (name: ImportedName): string => {
    this.#used.add(name);
    return name;
  };

  readonly expression = (python: string): string => {
    const name = this.#names.take(`Expression${this.#definitions.length + 1}`);
    this.#definitions.push(
      `class ${name}(${this.use('IndexBasedExpression')}):\n    def __call__(self, i, j):\n        return ${python}`,
    );
    return name;
  };

  /** Only cells have places: what names other things says whose, by `#at`. */
  readonly ofPosition = (): Source => 'None';

  /** Names for values of cells whose places (um, [axis][cell]) a Python expression gives. */
  #at(positions: string): ScriptNames {
    const ofPosition = (python: string): Source => {
      if (!this.#definitions.includes(placed)) this.#definitions.push(placed);
      return call('of_position', [positions, `lambda x, y, z: ${python}`]);
    };
    return { rng: this.rng, use: this.use, expression: this.expression, ofPosition };
  }

  #declare(label: string): string {
    const name = this.#names.take(label);
    this.#variables.set(label, name);
    return name;
  }

  readonly #of = (label: string): string => this.#variables.get(label) ?? 'None';

  #missing(message: string): readonly [] {
    this.#report.missing('', message);
    return [];
  }

  #approximated(code: string, message: string): void {
    this.#report.approximated(code, '', message);
  }

  #documentation(): string {
    const texts = documentationOf(this.#document, '');
    return printableLines(texts.join('\n\n')).replaceAll('\\', '\\\\').replaceAll('"""', "'''");
  }

  #imports(lines: readonly string[]): readonly string[] {
    const text = [...lines, ...this.#definitions].join('\n');
    const modules = new Map<string, string[]>();
    for (const name of [...this.#used].sort())
      modules.set(imports[name], [...(modules.get(imports[name]) ?? []), name]);
    const own = [...modules]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([module, names]) => `from ${module} import ${names.join(', ')}`);
    const backend = this.#document.native === undefined ? [] : ['import interneuron_pynn as sim'];
    const numpy = /\bnp\./.test(text) ? ['import numpy as np'] : [];
    return [
      'import json',
      ...(/\bos\.path\b/.test(text) ? ['import os'] : []),
      'import sys',
      ...(this.#document.native === undefined ? ['from importlib import import_module'] : []),
      ...(backend.length + numpy.length + own.length === 0 ? [] : ['', ...backend, ...numpy, ...own]),
    ];
  }

  /**
   * The range of delays: NEST moves spike times where it has to find the shortest delay itself, and goes no further
   * than 10 ms.
   */
  #delayLimits(timestep: number): Readonly<Record<string, number>> {
    const { min_delay: least = 'auto', max_delay: most = 'auto' } = this.#document.setup ?? {};
    const longest = Math.max(...(this.#document.projections ?? []).map(longestDelay), 0);
    return {
      min_delay: least === 'auto' ? timestep : least,
      ...(most !== 'auto' ? { max_delay: most } : longest > 10 && longest < Infinity ? { max_delay: longest } : {}),
    };
  }

  // --- Types of the document's own ----------------------------------------------------------------------------------

  /** Types by their equations, and what the model has beside them. */
  #natives(): readonly string[] {
    const { cells = {}, synapses = {}, ...rest } = this.#document.native ?? {};
    const type =
      (kind: 'cell' | 'synapse') =>
      ([name, own]: readonly [string, NativeType]): string => {
        const variable = this.#names.take(`${name}_${kind}`);
        this.#types.set(`${kind} ${name}`, variable);
        return layout(prefixed(`${variable} = `, typeSource(kind, name, own)));
      };
    const more = Object.keys(rest).length === 0 ? [] : [layout(call('sim.native.model', keywordLiterals({ ...rest })))];
    return [...more, ...Object.entries(cells).map(type('cell')), ...Object.entries(synapses).map(type('synapse'))];
  }

  /** A native type with its values and what else is said of it. */
  #nativeSource(
    kind: 'cell' | 'synapse',
    type: string,
    values: Readonly<Record<string, unknown>> | undefined,
    more: Readonly<Record<string, unknown>>,
  ): Source {
    const name = this.#types.get(`${kind} ${nativeName(type) ?? ''}`) ?? 'None';
    const made = call(name, keywordLiterals(values ?? {}));
    if (Object.keys(more).length === 0) return made;
    return call(`${flatText(made)}.beside`, keywordLiterals(more));
  }

  // --- Network ----------------------------------------------------------------------------------------------------

  #generator(label: string, rng: NonNullable<PynnSpecification['rngs']>[string]): string {
    const name = this.#names.take(label);
    this.#rngs.set(label, name);
    if (rng.type !== 'NativeRNG') {
      const made = layout(prefixed(`${name} = `, generatorSource(rng, this)));
      return rng.skip === undefined ? made : `${made}\n${name}.rng.bytes(${4 * rng.skip})`;
    }
    this.#approximated(
      'pynn/native-generator',
      `${label} draws from a NumpyRNG: a different network with the same statistics; --freeze makes it the same`,
    );
    return layout(
      prefixed(
        `${name} = `,
        generatorSource({ type: 'NumpyRNG', seed: Number(this.#document.seed ?? 0) % 2 ** 32 }, this),
      ),
    );
  }

  #population({ label, size, cell, structure, positions, initial_values: initial, native }: Population): string {
    const name = this.#declare(label);
    const times = cell.type === 'SpikeSourceArray' ? trainsIn(cell.params?.['spike_times']) : [];
    if (times.some((train) => train.some((time, k) => time === train[k - 1])))
      this.#approximated(
        'pynn/coincident-spikes',
        `several simultaneous spikes of a cell of ${label}, of which NEST sends only one`,
      );
    const spikes = this.#spikesInFile(label, times);
    // Values that follow from places need these before the population is made.
    const first = readsPlaces([cell, initial]) ? this.#names.take(`${name}_positions`) : undefined;
    const names = first === undefined ? this : this.#at(first);
    const type =
      nativeName(cell.type) !== undefined
        ? this.#nativeSource('cell', cell.type, cell.values, native ?? {})
        : spikes === undefined
          ? cellSource(cell, names)
          : call(`sim.${cell.type}`, [spikes]);
    if (nativeName(cell.type) === undefined && native !== undefined)
      this.#missing(`spikes of ${label} that repeat or are kept in a file; the JSON form has them, scripts have not`);
    const made = call('sim.Population', [
      valueSource(size, this),
      type,
      ...(structure === undefined || first !== undefined
        ? []
        : [prefixed('structure=', structureSource(structure, this))]),
      ...(initial === undefined ? [] : [prefixed('initial_values=', dictionary(this.#firstValues(initial, names)))]),
      `label=${quoted(label)}`,
    ]);
    const lines = [layout(prefixed(`${name} = `, made))];
    if (first !== undefined) {
      lines.unshift(layout(prefixed(`${first} = `, this.#positions(structure, positions, size))));
      lines.push(`${name}.positions = ${first}`);
    } else if (positions !== undefined)
      lines.push(layout(prefixed(`${name}.positions = `, this.#positions(structure, positions, size))));
    return lines.join('\n');
  }

  /** Where the cells of a population are, [axis][cell]. */
  #positions(structure: Population['structure'], positions: Population['positions'], size: Population['size']): Source {
    if (positions !== undefined) return followed(valueSource(positions, this), '.T');
    const count = typeof size === 'number' ? size : size.reduce((a, b) => a * b, 1);
    return followed(structureSource(structure ?? { type: 'Line' }, this), `.generate_positions(${count})`);
  }

  /** Many spike times are kept beside the script. */
  #spikesInFile(label: string, sequences: readonly (readonly number[])[]): Source | undefined {
    if (sequences.length < 2 || sequences.reduce((sum, { length }) => sum + length, 0) <= mostRows) return undefined;
    const name = this.#fileName(label, 'spikes.json');
    this.#files.push({ name, text: `[\n${sequences.map((one) => JSON.stringify(one)).join(',\n')}\n]\n` });
    return `spike_times=[${this.use('Sequence')}(times) for times in json.load(open(${this.#path(name)}))]`;
  }

  #fileName(label: string, ending: string): string {
    return `${this.#stem}-${label.replace(/[^A-Za-z0-9_]+/g, '-')}.${ending}`;
  }

  #path = (name: string): string => `os.path.join(os.path.dirname(os.path.abspath(__file__)), ${quoted(name)})`;

  #view({ label, of, select }: View): string {
    const parent = this.#of(of);
    const [from, to, step = 1] = select.slice ?? [];
    const inside =
      select.slice !== undefined
        ? `[${from ?? ''}:${to ?? ''}${step === 1 || step === null ? '' : `:${step}`}]`
        : select.sample !== undefined
          ? `.sample(${select.sample}${select.rng ? `, rng=${this.rng(select.rng)}` : ''})`
          : undefined;
    const name = this.#declare(label);
    if (inside !== undefined) return `${name} = ${parent}${inside}`;
    return layout(
      select.mask === undefined
        ? { open: `${name} = ${parent}[[`, items: (select.indices ?? []).map(String), close: ']]' }
        : {
            open: `${name} = ${parent}[np.array([`,
            items: select.mask.map((on) => (on ? 'True' : 'False')),
            close: '])]',
          },
    );
  }

  #assembly({ label, of }: Assembly): string {
    const parts = of.map((part) => this.#of(part));
    return layout(prefixed(`${this.#declare(label)} = `, call('sim.Assembly', [...parts, `label=${quoted(label)}`])));
  }

  #projection({
    label,
    pre,
    post,
    connector,
    synapse,
    receptor_type: receptor,
    source,
    space,
    initial_values: initial,
    native,
  }: Projection): readonly string[] {
    const text = label ?? `${pre}→${post}`;
    if (synapse !== undefined && nativeName(synapse.type) !== undefined) {
      const { connect, ...rest } = native ?? {};
      const more = { ...(synapse.delays === undefined ? {} : { delays: synapse.delays }), ...rest };
      const whole = call('sim.Projection', [
        this.#of(pre),
        this.#of(post),
        connect === undefined
          ? this.#connector(connector, text)
          : call('sim.native.Connector', (connect as readonly unknown[]).map(literal)),
        this.#nativeSource('synapse', synapse.type, synapse.values, more),
        `label=${quoted(text)}`,
      ]);
      return [layout(prefixed(`${this.#declare(text)} = `, whole))];
    }
    const made = call('sim.Projection', [
      this.#of(pre),
      this.#of(post),
      this.#connector(connector, text),
      synapseSource(synapse, this),
      ...(source ? [`source=${quoted(source)}`] : []),
      ...(receptor ? [`receptor_type=${quoted(receptor)}`] : []),
      ...(space === undefined ? [] : [prefixed('space=', this.#space(space))]),
      `label=${quoted(text)}`,
    ]);
    const name = this.#declare(text);
    const lines = [layout(prefixed(`${name} = `, made))];
    if (initial !== undefined) lines.push(layout(call(`${name}.initialize`, keywords(initial, this))));
    return lines;
  }

  #space({ axes, scale_factor: scale, offset, periodic_boundaries: periodic }: Space): Source {
    const boundaries = periodic?.map((one) => (one === null ? 'None' : `(${one.join(', ')})`));
    return call(this.use('Space'), [
      ...(axes ? [`axes=${quoted(axes)}`] : []),
      ...(scale === undefined ? [] : [`scale_factor=${scale}`]),
      ...(offset === undefined
        ? []
        : [
            prefixed(
              'offset=',
              typeof offset === 'number' ? String(offset) : call('np.array', [list(offset.map(String))]),
            ),
          ]),
      ...(boundaries === undefined ? [] : [`periodic_boundaries=(${boundaries.join(', ')})`]),
    ]);
  }

  #connector({ type, params, rng, safe }: Connector, label: string): Source {
    const common = [...(safe === false ? ['safe=False'] : []), ...(rng ? [`rng=${this.rng(rng)}`] : [])];
    const given = params ?? {};
    if (type === 'FromListConnector') return this.#listed(given, label, common);
    if (type === 'CloneConnector')
      return call('sim.CloneConnector', [
        this.#of(String(given['reference'] ?? given['reference_projection'])),
        ...common,
      ]);
    if (type === 'ArrayConnector' && Array.isArray(given['array'])) {
      const rows = (given['array'] as readonly (readonly unknown[])[]).map((row) =>
        list(row.map((on) => (on === true || on === 1 ? 'True' : 'False'))),
      );
      return call('sim.ArrayConnector', [call('np.array', [list(rows)]), ...common]);
    }
    if (type === 'CSAConnector') {
      this.#missing(`the connection set of ${label}, which has no text form; --freeze lists its connections`);
      return call('sim.CSAConnector', [...keywords(given, this), ...common]);
    }
    return call(`sim.${type}`, [...keywords(withFormulas(given), this), ...common]);
  }

  /** Listed connections; many are kept beside the script, in the form that FromFileConnector reads. */
  #listed(params: Readonly<Record<string, unknown>>, label: string, common: readonly string[]): Source {
    const rows = (params['conn_list'] ?? []) as readonly (readonly number[])[];
    const extra = Math.max(0, (rows[0]?.length ?? 2) - 2);
    const names = (params['column_names'] ?? (extra === 2 ? ['weight', 'delay'] : [])) as readonly string[];
    if (rows.length <= mostRows) {
      const items = rows.map((row) => `(${row.map(String).join(', ')})`);
      const columns = params['column_names'] === undefined ? [] : [`column_names=[${names.map(quoted).join(', ')}]`];
      return call('sim.FromListConnector', [list(items), ...columns, ...common]);
    }
    const name = this.#fileName(label, 'txt');
    const header = `# columns = [${['i', 'j', ...names].map((column) => `"${column}"`).join(', ')}]`;
    this.#files.push({ name, text: `${header}\n${rows.map((row) => row.join('\t')).join('\n')}\n` });
    return call('sim.FromFileConnector', [this.#path(name), ...common]);
  }

  #source({ label, type, params, rng, inject_into: targets, record }: CurrentSource): readonly string[] {
    const name = this.#declare(label);
    // NEURON makes a list of a value for each step until the end, which PyNN's usual 1e12 ms would not leave room for.
    const ends =
      (type === 'ACSource' || type === 'NoisyCurrentSource') && params?.['stop'] === undefined
        ? { stop: this.#duration() }
        : {};
    return [
      layout(
        prefixed(
          `${name} = `,
          call(`sim.${type}`, [...keywords({ ...params, ...ends }, this), ...(rng ? [`rng=${this.rng(rng)}`] : [])]),
        ),
      ),
      ...(targets ?? []).map((target) => `${this.#of(target)}.inject(${name})`),
      ...(record === true ? [`${name}.record()`] : []),
    ];
  }

  /** Time of the longest stretch without a reset, in ms. */
  #duration(): number {
    let [now, longest] = [0, 0];
    for (const phase of this.#document.phases ?? []) {
      now = phase.reset !== undefined ? 0 : (phase.run_until ?? now + (phase.run ?? 0));
      longest = Math.max(longest, now);
    }
    return longest;
  }

  // --- What happens -----------------------------------------------------------------------------------------------

  #recording({
    target,
    variables,
    sampling_interval: interval,
    locations,
    to_file: file,
  }: Recording): readonly string[] {
    const projection = (this.#document.projections ?? []).find(
      ({ label, pre, post }) => (label ?? `${pre}→${post}`) === target,
    );
    if (projection !== undefined) return this.#synapseRecording(target, variables, interval, projection);
    if (variables === null) return [`${this.#of(target)}.record(None)`];
    const known = (typeof variables === 'string' ? [variables] : variables).filter((variable) =>
      this.#canRecord(target, variable),
    );
    if (known.length === 0) return [];
    const texts = list(known.map(quoted));
    const more = [
      ...(interval === undefined || interval === null ? [] : [`sampling_interval=${interval}`]),
      ...(file ? [`to_file=${quoted(file)}`] : []),
      ...(locations === undefined ? [] : [prefixed('locations=', list(placesIn(locations)))]),
    ];
    return [layout(call(`${this.#of(target)}.record`, [known.length === 1 ? quoted(known[0]!) : texts, ...more]))];
  }

  /** PyNN's classes of cells with synaptic currents do not list these among what they record. */
  #canRecord(target: string, variable: string): boolean {
    const own = this.#document.native?.cells?.[this.#nativeOf(target)];
    // Cells with compartments have variables of their mechanisms.
    const atPlaces = own?.['compartments'] !== undefined && (variable === 'v' || variable.includes('.'));
    if (own !== undefined && variable !== 'spikes' && !atPlaces && !hasEquation(own, variable)) {
      this.#missing(`recording ${variable} of ${target}; the JSON form has it, scripts do not`);
      return false;
    }
    if (variable !== 'isyn_exc' && variable !== 'isyn_inh') return true;
    this.#missing(`recording ${variable} of ${target}; the JSON form has it, PyNN's simulators do not`);
    return false;
  }

  /** Name of the native type of what a label stands for; empty where it has none. */
  #nativeOf(label: string): string {
    const view = this.#document.views?.find((one) => one.label === label);
    if (view !== undefined) return this.#nativeOf(view.of);
    const population = this.#document.populations?.find((one) => one.label === label);
    return nativeName(population?.cell.type ?? '') ?? '';
  }

  /**
   * Parameters of synapses are read at regular times; PyNN has no recording of them, and no way to read their state.
   * Our backend records those of types of the script's own.
   */
  #synapseRecording(
    target: string,
    variables: Recording['variables'],
    interval: Recording['sampling_interval'],
    { synapse }: Projection,
  ): readonly string[] {
    const wanted = typeof variables === 'string' ? [variables] : (variables ?? []);
    if (nativeName(synapse?.type ?? '') !== undefined) {
      const of = this.#of(target);
      for (const variable of wanted)
        this.#synapses.push({ label: target, reads: variable, values: `${of}.recorded(${quoted(variable)}).tolist()` });
      const every = interval === undefined || interval === null ? [] : [`sampling_interval=${interval}`];
      return [layout(call(`${of}.record`, [list(wanted.map(quoted)), ...every]))];
    }
    return wanted.flatMap((variable) => {
      const parameters: readonly string[] = ['weight', 'delay', ...Object.keys(synapse?.params ?? {})];
      if (!parameters.includes(variable))
        return this.#missing(`recording ${variable} of ${target}; the JSON form has it, scripts do not`);
      const name = this.#names.take(`${this.#of(target)}_${variable}`);
      this.#recorders.push(name);
      this.#synapses.push({ label: target, reads: variable, values: `${name}.values` });
      const every = interval ?? this.#document.setup?.timestep ?? 0.1;
      return [
        layout(
          prefixed(`${name} = `, call('SynapseRecorder', [this.#of(target), quoted(variable), `interval=${every}`])),
        ),
      ];
    });
  }

  #phase(phase: Phase): readonly string[] {
    const callbacks = this.#recorders.length === 0 ? [] : [`callbacks=[${this.#recorders.join(', ')}]`];
    if (phase.run !== undefined) return [layout(call('sim.run', [String(phase.run), ...callbacks]))];
    if (phase.run_until !== undefined) return [layout(call('sim.run_until', [String(phase.run_until), ...callbacks]))];
    if (phase.set !== undefined) return this.#giveCells('set', phase.set.target, phase.set.params);
    if (phase.set_projection !== undefined) {
      const { target, params } = phase.set_projection;
      return [layout(call(`${this.#of(target)}.set`, keywords(params, this)))];
    }
    if (phase.set_source !== undefined)
      return [
        layout(call(`${this.#of(phase.set_source.target)}.set_parameters`, keywords(phase.set_source.params, this))),
      ];
    if (phase.initialize !== undefined)
      return this.#giveCells('initialize', phase.initialize.target, phase.initialize.values);
    if (phase.native !== undefined) return [layout(call('sim.native.phase', keywordLiterals(phase.native)))];
    if (phase.record !== undefined) return this.#recording(phase.record);
    if (phase.reset !== undefined) {
      const { annotations } = phase.reset;
      return [
        annotations === undefined
          ? 'sim.reset()'
          : layout(call('sim.reset', [prefixed('annotations=', valueDictionary(annotations, this))])),
      ];
    }
    return [];
  }

  /** PyNN's interface to NEST has no name for the potential of one cell: it can neither begin nor be recorded there. */
  #unnamedPotential(): readonly string[] {
    if (!(this.#document.populations ?? []).some(({ cell }) => cell.type === 'IF_curr_delta')) return [];
    return [
      "if sim.__name__ == 'pyNN.nest':  # PyNN has no names for what this cell records there",
      "    sim.IF_curr_delta.variable_map = {'v': 'V_m'}",
      "    sim.IF_curr_delta.scale_factors = {'v': 1}",
    ];
  }

  /** First values; of those that NEST takes in another unit the script takes care. */
  #firstValues(values: Values, names: ScriptNames): Record<string, Source> {
    return Object.fromEntries(
      Object.entries(values).map(([key, value]) => {
        const source = valueSource(value, names);
        if (!/(^|\.)(isyn|gsyn)(_|$)|^w$/.test(key) || value === 0) return [key, source];
        this.use('larray');
        if (!this.#definitions.includes(firstValue)) this.#definitions.push(firstValue);
        return [key, call('first_value', [source])];
      }),
    );
  }

  /** Gives values to cells. What an assembly is given, each of its parts gets, which has places of its own. */
  #giveCells(what: 'set' | 'initialize', target: string, values: Values): readonly string[] {
    const of = this.#of(target);
    if (!readsPlaces(values)) {
      const sources =
        what === 'initialize'
          ? Object.entries(this.#firstValues(values, this)).map(([key, source]) => prefixed(`${key}=`, source))
          : keywords(values, this);
      return [layout(call(`${of}.${what}`, sources))];
    }
    if (!(this.#document.assemblies ?? []).some(({ label }) => label === target))
      return [layout(call(`${of}.${what}`, keywords(values, this.#at(`${of}.positions`))))];
    return [
      `for cells in ${of}.populations:`,
      `    ${layout(call(`cells.${what}`, keywords(values, this.#at('cells.positions'))), 4)}`,
    ];
  }

  /** Variables of populations of which anything is recorded, views and assemblies included. */
  #recordedPopulations(): readonly string[] {
    const views = new Map((this.#document.views ?? []).map(({ label, of }) => [label, [of]] as const));
    const assemblies = new Map((this.#document.assemblies ?? []).map(({ label, of }) => [label, of] as const));
    const populationsOf = (label: string): readonly string[] =>
      (views.get(label) ?? assemblies.get(label))?.flatMap(populationsOf) ?? [label];
    const targets = [
      ...(this.#document.recordings ?? []),
      ...(this.#document.phases ?? []).flatMap(({ record }) => record ?? []),
    ].flatMap(({ target }) => populationsOf(target));
    const labels = (this.#document.populations ?? [])
      .map(({ label }) => label)
      .filter((label) => targets.includes(label));
    return labels.map(this.#of);
  }

  #readSynapses(): Readonly<Record<string, Source>> {
    const labels = [...new Set(this.#synapses.map(({ label }) => label))];
    return Object.fromEntries(
      labels.map((label) => [
        label,
        dictionary(
          Object.fromEntries(
            this.#synapses.filter((one) => one.label === label).map(({ reads, values }) => [reads, values]),
          ),
        ),
      ]),
    );
  }
}

/** The longest delay that a projection can have, in ms; 0 where nothing is known of it. */
function longestDelay({ connector, synapse }: Projection): number {
  const delay: unknown = synapse?.params?.['delay'];
  if (typeof delay === 'number') return delay;
  if (Array.isArray(delay)) return (delay.flat() as readonly number[]).reduce((a, b) => Math.max(a, b), 0);
  if (isRandom(delay)) return delay.params['high'] ?? 0;
  const rows = connector.params?.['conn_list'];
  const names = connector.params?.['column_names'];
  const column = Array.isArray(names) ? names.filter((name) => name !== 'i' && name !== 'j').indexOf('delay') : 1;
  if (!Array.isArray(rows) || column < 0) return 0;
  return (rows as readonly (readonly number[])[]).reduce((longest, row) => Math.max(longest, row[column + 2] ?? 0), 0);
}

/** Spike times of each cell, where each has its own. */
const trainsIn = (times: unknown): readonly (readonly number[])[] =>
  typeof times === 'object' && times !== null && 'sequences' in times
    ? (times.sequences as readonly (readonly number[])[])
    : [];

/** Arguments of connectors that are texts are formulas: of the distance, of the displacement or of indices. */
function withFormulas(params: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { d_expression: distance, disp_function: displacement, index_expression: index } = params;
  const textOf = (formula: unknown): string => (isFormula(formula) ? formula.expr : String(formula));
  return {
    ...params,
    ...(distance === undefined ? {} : { d_expression: distanceText(textOf(distance)) }),
    ...(displacement === undefined ? {} : { disp_function: { expr: textOf(displacement), of: 'displacement' } }),
    ...(index === undefined ? {} : { index_expression: { expr: textOf(index), of: 'ij' } }),
  };
}

const valueDictionary = (values: Readonly<Record<string, unknown>>, names: ScriptNames): Source =>
  dictionary(Object.fromEntries(Object.entries(values).map(([key, value]) => [key, valueSource(value, names)])));

const firstValue = `def first_value(value):
    """A first value in nA or uS, which PyNN hands to NEST as it is; NEST has pA and nS."""
    if sim.__name__ != 'pyNN.nest':
        return value
    return 1000 * larray(np.array(value) if isinstance(value, list) else value, dtype=float)`;

const placed = `def of_position(positions, formula):
    """A value for each cell, by a function of its place in um."""
    return formula(*positions) * np.ones(positions.shape[1])`;

const synapseRecorder = `class SynapseRecorder:
    """Reads a variable of a projection's synapses at regular times, as run() calls it."""

    def __init__(self, projection, variable, interval):
        self.projection = projection
        self.variable = variable
        self.interval = interval
        self.times = []
        self.values = []

    def __call__(self, t):
        rows = sorted(self.projection.get([self.variable], format='list'), key=lambda row: (row[1], row[0]))
        self.times.append(float(t))
        self.values.append([float(row[2]) for row in rows])
        return t + self.interval`;

/** Places on cells as a script has them. */
const placesIn = (locations: Locations): readonly string[] =>
  (Array.isArray(locations) ? (locations as readonly Location[]) : [locations as Location]).map((one) =>
    typeof one === 'string' ? quoted(one) : `(${quoted(one.section)}, ${one.fraction ?? 0.5})`,
  );
