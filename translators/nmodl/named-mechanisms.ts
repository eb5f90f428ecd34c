/**
 * Mechanisms that a canonical document names by their files: `nmodl: na.mod` in a mechanism of a cell, or in a synapse.
 * Numbers among their values are in the units of the file.
 */

import { platform } from '#platform';
import type { Diagnostics, Finding, Place } from '../../src/diagnostics/diagnostic.js';
import { entriesOf, isObject, memberOf } from '../../src/diagnostics/member.js';
import type { Positions } from '../../src/diagnostics/positions.js';
import { isRefused } from '../../src/diagnostics/system-error.js';
import { printExpression } from '../../src/lang/print.js';
import { isList, without } from '../../src/model/collections.js';
import { child } from '../../src/model/pointer.js';
import { settle } from '../shared/located.js';
import { usualTemperature } from '../shared/neuron.js';
import { delaysAfter, ionOf, membraneOf, synapseTypeOf, unitText } from './document.js';
import { readMechanism, type ReadIncluded, type ReadMechanism } from './import.js';
import { IonUses, joined, levelsAround, levelsOf, portUse } from './ion-uses.js';
import { quantityOf, type GivenValues, type Mechanism, type Receipt } from './mechanism.js';
import * as messages from './messages.js';
import { separateParts } from './separate-parts.js';
import { isSum } from './sum-of-connections.js';
import { pure, type Powers } from './units.js';

const { dirname, isAbsolute, join } = platform.paths;

type Members = Readonly<Record<string, unknown>>;

/** Name of the port through which a named point process sends its current. */
const port = 'current';

/**
 * Returns a document with the equations of the mechanisms that it names.
 *
 * @param path  of the document
 * @diagnostic nmodl/*
 */
export function withNamedMechanisms(
  document: unknown,
  positions: Positions,
  diagnostics: Diagnostics,
  path: string,
  readFile: ReadIncluded,
): { readonly document: unknown; readonly positions: Positions } {
  return new Naming(positions, diagnostics, path, readFile).document(document);
}

const fileOf = (entry: unknown): string | undefined => {
  const file = memberOf(entry, 'nmodl');
  return typeof file === 'string' ? file : undefined;
};

/** Returns the variables of a synapse's file that hold the potential of the presynaptic end. */
const presynapticOf = (type: unknown): readonly string[] => [memberOf(type, 'presynaptic') ?? []].flat().map(String);

/** Whether a cell takes the steps of NEURON. */
const isStepped = (cell: unknown): boolean => memberOf(cell, 'method') === 'cable-then-gates';

/** A point process that a document names. */
interface PointProcess {
  readonly mechanism: Mechanism;
  readonly receipt: Receipt;
  readonly units: ReadonlyMap<string, Powers>;
}

/** A point process on sections of cells of a type, with the names of values that a projection gives it. */
interface PlacedSynapse {
  readonly synapse: string;
  readonly type: string;
  readonly sections: readonly string[];
  readonly read: ReadMechanism;
  readonly given: readonly string[];
}

/** Effects of a point process without NET_RECEIVE. */
const none: Receipt = { weight: undefined, variables: new Map(), statements: [], pathways: [], timed: [] };

class Naming {
  readonly #files = new Map<string, ReadMechanism | null>();
  /** Places of nodes that came from files, and of others that moved, by the beginning of their pointers. */
  readonly #places = new Map<string, Positions['place']>();
  /** Names of variables of mechanisms that became several, such as `hh.m`, in their parts. */
  readonly #inParts = new Map<string, readonly string[]>();
  /** Units of variables of mechanisms, such as `hh.gnabar`. */
  readonly #units = new Map<string, Powers>();

  constructor(
    private readonly positions: Positions,
    private readonly diagnostics: Diagnostics,
    private readonly path: string,
    private readonly readFile: ReadIncluded,
  ) {}

  document(document: unknown): { readonly document: unknown; readonly positions: Positions } {
    const neurons = entriesOf(memberOf(document, 'neurons'));
    const synapses = entriesOf(memberOf(document, 'synapses'));
    const isNamed = (entries: readonly [string, unknown][]): boolean => entries.some(([, one]) => fileOf(one));
    const mechanismsOf = (cell: unknown): [string, unknown][] =>
      entriesOf(memberOf(memberOf(cell, 'compartments'), 'mechanisms'));
    if (!isNamed(synapses) && !neurons.some(([, cell]) => isNamed(mechanismsOf(cell))))
      return { document, positions: this.positions };
    const placed = this.#placedSynapses(document);
    const cells = neurons.map(([name, cell]): [string, unknown] => {
      const own = placed.filter(({ type }) => type === name);
      if (!isNamed(mechanismsOf(cell)) && own.every(({ read }) => read.mechanism.ions.size === 0)) return [name, cell];
      return [name, this.#cell(cell as Members, `/neurons/${name}`, own)];
    });
    const byName = new Map(neurons);
    const temperature = neurons
      .map(([, cell]) => /^[\d.]+/.exec(String(memberOf(memberOf(cell, 'compartments'), 'temperature')))?.[0])
      .find((text) => text !== undefined);
    const points = new Map<string, PointProcess>();
    const types = synapses.map(([name, type]): [string, unknown] => {
      const file = fileOf(type);
      if (file === undefined) return [name, type];
      const own = placed.filter((one) => one.synapse === name);
      const given = new Set(own.flatMap((one) => one.given));
      const kelvins = Number(temperature ?? usualTemperature);
      const targets =
        own.length > 0 ? { given, isStepped: own.every((one) => isStepped(byName.get(one.type))) } : undefined;
      return [name, this.#synapse(type as Members, file, name, kelvins, targets, points)];
    });
    const projections = entriesOf(memberOf(document, 'projections')).map(([name, one]): [string, unknown] => {
      const point = points.get(String(memberOf(one, 'synapse')));
      const values = memberOf(one, 'values') ?? {};
      if (!point || !isObject(values)) return [name, one];
      const at = child('/projections', name);
      return [
        name,
        {
          ...this.#withDelays(one as Members, point, values, at),
          ...(Object.keys(values).length === 0 ? {} : { values: this.#values(values, point.units, `${at}/values`) }),
        },
      ];
    });
    const record = memberOf(document, 'record');
    const recorded = isList<unknown, unknown>(record)
      ? record.map((one: unknown) => {
          const variables = memberOf(one, 'variables');
          if (!isList<unknown, unknown>(variables)) return one;
          const named = variables.map((name) => this.#inParts.get(String(name))?.[0] ?? name);
          return { ...(one as Members), variables: named };
        })
      : record;
    const experiment = memberOf(document, 'experiment');
    const protocol = memberOf(experiment, 'protocol');
    const phases = isList<unknown, unknown>(protocol) && protocol.map((phase) => this.#phase(phase, document, points));
    return {
      document: {
        ...(document as Members),
        ...(phases ? { experiment: { ...(experiment as Members), protocol: phases } } : {}),
        ...(recorded === undefined ? {} : { record: recorded }),
        ...(cells.length === 0 ? {} : { neurons: Object.fromEntries(cells) }),
        ...(types.length === 0 ? {} : { synapses: Object.fromEntries(types) }),
        ...(projections.length === 0 ? {} : { projections: Object.fromEntries(projections) }),
      },
      positions: {
        place: (pointer, span) => this.#placeOf(pointer)?.(span) ?? this.positions.place(pointer, span),
        keyPlace: (pointer) =>
          this.#placeOf(pointer)?.(undefined) ?? this.positions.keyPlace?.(pointer) ?? this.positions.place(pointer),
      },
    };
  }

  /** Returns a phase whose values have the units of the files. */
  #phase(phase: unknown, document: unknown, points: ReadonlyMap<string, PointProcess>): unknown {
    const given = memberOf(phase, 'set');
    if (!isObject(given)) return phase;
    const set = entriesOf(given).flatMap(([key, value]): readonly (readonly [string, unknown])[] => {
      const [, owner = '', elements = '', variable = ''] = /^(\w+)(\[[^\]]*\])?\.(.+)$/.exec(key) ?? [];
      const synapse = memberOf(memberOf(memberOf(document, 'projections'), owner), 'synapse');
      const isOfSynapse = typeof synapse === 'string';
      const unit = isOfSynapse ? points.get(synapse)?.units.get(variable) : this.#units.get(variable);
      const names = isOfSynapse ? [variable] : (this.#inParts.get(variable) ?? [variable]);
      return names.map((name) => [`${owner}${elements}.${name}`, unit ? inUnit(value, unit) : value]);
    });
    return { ...(phase as Members), set: Object.fromEntries(set) };
  }

  /** Returns the point processes on cells with compartments that projections place, by their files. */
  #placedSynapses(document: unknown): readonly PlacedSynapse[] {
    return entriesOf(memberOf(document, 'projections')).flatMap(([, projection]) => {
      const [synapse, to] = [String(memberOf(projection, 'synapse')), memberOf(projection, 'to')];
      const file = fileOf(memberOf(memberOf(document, 'synapses'), synapse));
      const population = String(memberOf(to, 'of') ?? to).replace(/\[.*/s, '');
      const type = String(memberOf(memberOf(memberOf(document, 'populations'), population), 'type'));
      const cell = memberOf(memberOf(memberOf(document, 'neurons'), type), 'compartments');
      const read =
        file !== undefined &&
        isObject(cell) &&
        this.#read(file, child('/synapses', synapse), presynapticOf(memberOf(memberOf(document, 'synapses'), synapse)));
      if (!read) return [];
      const places = memberOf(to, 'places');
      const sections = [memberOf(places, 'sections') ?? memberOf(places, 'section') ?? []].flat().map(String);
      const given = entriesOf(memberOf(projection, 'values')).map(([value]) => value);
      return [{ synapse, type, sections, read, given }];
    });
  }

  #placeOf(pointer: string): ((span: Parameters<Positions['place']>[1]) => ReturnType<Positions['place']>) | undefined {
    for (let at = pointer; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
      const place = this.#places.get(at);
      if (place) return (span) => place(pointer.slice(at.length), span);
    }
    return undefined;
  }

  #report(finding: Finding, pointer: string): void {
    this.diagnostics.add(finding, this.positions.place(pointer));
  }

  /** Reads a file once for its presynaptic variables and the values of its tables. Returns null after an error. */
  #read(
    file: string,
    pointer: string,
    presynaptic: readonly string[] = [],
    tabulated?: GivenValues | false,
  ): ReadMechanism | null {
    const key = JSON.stringify([
      file,
      presynaptic,
      tabulated && [...tabulated].map(([name, value]) => [name, value ?? 'several']),
    ]);
    let read = this.#files.get(key);
    if (read === undefined) {
      const found = this.readFile(file);
      if (isRefused(found)) this.#report(messages.notRead(file, found.refused), `${pointer}/nmodl`);
      else
        read = readMechanism(
          isAbsolute(file) ? file : join(dirname(this.path), file),
          found.text,
          this.diagnostics,
          (included) => this.readFile(isAbsolute(included) ? included : join(dirname(file), included)),
          presynaptic,
          tabulated,
        );
      this.#files.set(key, read ?? null);
    }
    return read ?? null;
  }

  /**
   * Reads a file of one kind. Returns null after an error.
   *
   * @param isPlace  whether a mechanism is on sections of one compartment, where a point process may be
   */
  #readKind(
    file: string,
    isSynapse: boolean,
    pointer: string,
    isPlace = false,
    presynaptic: readonly string[] = [],
    tabulated?: GivenValues | false,
  ): ReadMechanism | null {
    const read = this.#read(file, pointer, presynaptic, tabulated);
    if (!read || (read.mechanism.kind !== 'density') === isSynapse) return read;
    if (isPlace && !read.mechanism.receipt) return read;
    this.#report(messages.otherKind(read.mechanism.name, isSynapse), `${pointer}/nmodl`);
    return null;
  }

  /** Adds a part of the document from a file. */
  #settled(part: Members, positions: Positions, pointer: string): Members {
    const settled = settle(part, positions);
    this.#places.set(pointer, settled.positions.place);
    return settled.document as Members;
  }

  /** @param synapses  on the cell */
  #cell(cell: Members, pointer: string, synapses: readonly PlacedSynapse[]): Members {
    const at = `${pointer}/compartments`;
    const compartments = memberOf(cell, 'compartments') as Members;
    const ions = new Map(entriesOf(compartments['ions']));
    const places = Object.keys((compartments['sections'] as Members | undefined) ?? {});
    const uses = new IonUses(places, compartments['groups']);
    const ionPlaces = new Map<string, Place>();
    const use = ({ mechanism, positions }: ReadMechanism, on: readonly string[]): void => {
      for (const [ion, own] of mechanism.ions) {
        uses.add(ion, on, own);
        ionPlaces.set(ion, positions.place('', own.span));
        const known = ions.get(ion);
        const usual = this.#settled(ionOf(ion, own) as Members, positions, child(`${at}/ions`, ion));
        ions.set(ion, { ...usual, ...(isObject(known) ? known : {}) });
      }
    };
    const others: [mechanism: Members, on: readonly string[]][] = [];
    const mechanisms = entriesOf(compartments['mechanisms']).flatMap(([name, one]) => {
      const file = fileOf(one);
      const { on } = one as { on?: string | readonly string[] };
      const placesOfOne = on === undefined ? places : [on].flat();
      if (file === undefined) {
        others.push([one as Members, placesOfOne]);
        return [[name, one] as const];
      }
      const own = child(`${at}/mechanisms`, name);
      const sections = uses.sectionsOf(placesOfOne).map((section) => memberOf(compartments['sections'], section));
      const isPlace = sections.every((section) => Number(memberOf(section, 'divisions') ?? 1) === 1);
      const tables = memberOf(one, 'tables');
      const given = tables === true ? uses.commonValues(memberOf(one, 'values'), placesOfOne) : undefined;
      const tabulated = tables === false ? tables : given;
      const read = this.#readKind(file, false, own, isPlace, [], tabulated);
      if (!read) return [];
      const { mechanism, positions } = read;
      use(read, placesOfOne);
      const members = new Map<string, Powers>();
      const parts = separateParts(mechanism).map((part) => {
        const units = unitsOf(part);
        for (const [variable, unit] of units) {
          members.set(variable, unit);
          this.#units.set(`${name}.${variable}`, unit);
        }
        const key = part === mechanism ? name : `${name}${part.name.slice(mechanism.name.length)}`;
        const where = child(`${at}/mechanisms`, key);
        for (const variable of [...units.keys(), ...part.derived.map((definition) => definition.name)]) {
          const before = this.#inParts.get(`${name}.${variable}`) ?? [];
          if (part !== mechanism) this.#inParts.set(`${name}.${variable}`, [`${key}.${variable}`, ...before]);
        }
        const membrane = this.#settled(membraneOf(part, placesOfOne, isStepped(cell)), positions, where);
        const values = entriesOf(memberOf(one, 'values')).flatMap(([place, given]) => {
          const kept = entriesOf(given).filter(([variable]) => units.has(variable));
          if (kept.length === 0) return [];
          const from = child(`${own}/values`, place);
          return [[place, this.#values(Object.fromEntries(kept), units, from, false)] as const];
        });
        for (const moved of ['values', 'on'])
          this.#places.set(`${where}/${moved}`, (rest, span) => this.positions.place(`${own}/${moved}${rest}`, span));
        const starts = new Map([...part.starts].filter(([parameter]) => units.has(parameter)));
        const all = joined([...entriesOf(membrane['values']), ...levelsAround(starts, ions), ...values]);
        const first = Object.entries(levelsOf(starts, (ion) => ions.get(ion))).map(
          ([parameter, value]) => [parameter, { unit: 'mM', value }] as const,
        );
        return [
          key,
          {
            ...without(one as Members, new Set(['nmodl', 'tables', 'values'])),
            ...membrane,
            parameters: { ...(membrane['parameters'] as Members), ...Object.fromEntries(first) },
            ...(Object.keys(all).length === 0 ? {} : { values: all }),
          },
        ] as const;
      });
      for (const [place, given] of entriesOf(memberOf(one, 'values')))
        for (const [variable] of entriesOf(given))
          if (!members.has(variable))
            this.#report(
              messages.unknownValue(variable, [...members.keys()]),
              child(child(`${own}/values`, place), variable),
            );
      return parts;
    });
    for (const { read, sections } of synapses) use(read, sections);
    for (const [mechanism, on] of others) for (const ion of ions.keys()) uses.add(ion, on, portUse(ion, mechanism));
    for (const [ion, entry] of ions) {
      const place = ionPlaces.get(ion);
      if (place && memberOf(entry, 'valence') === undefined) this.diagnostics.add(messages.noValence(ion), place);
      ions.set(ion, uses.withPotentials(ion, entry));
    }
    return {
      ...cell,
      compartments: {
        ...compartments,
        ...(ions.size === 0 ? {} : { ions: Object.fromEntries(ions) }),
        mechanisms: Object.fromEntries(mechanisms),
      },
    };
  }

  /** @param targets  cells with compartments, onto which projections go, with the values that projections give */
  #synapse(
    type: Members,
    file: string,
    name: string,
    temperature: number,
    targets: { readonly given: ReadonlySet<string>; readonly isStepped: boolean } | undefined,
    points: Map<string, PointProcess>,
  ): unknown {
    const pointer = child('/synapses', name);
    const presynaptic = presynapticOf(type);
    const read = this.#readKind(file, true, pointer, false, presynaptic);
    const others = without(type, new Set(['nmodl', 'shared', 'presynaptic']));
    if (!read) return others;
    const { mechanism, positions } = read;
    const receipt = mechanism.receipt ?? none;
    if (type['shared'] === true && !isSum(mechanism, receipt))
      this.#report(messages.sharedState(mechanism.name), `${pointer}/nmodl`);
    if ([...mechanism.writes.keys()].some((written) => !/^i$|^i_(?:na|k)$/.test(written)))
      this.#report(messages.writesConcentration(mechanism.name), `${pointer}/nmodl`);
    const { weight, variables } = receipt;
    // A cell has the ions of its mechanisms, and a projection may give its own potential.
    const ofCells = new Set(
      mechanism.reads.filter((read) => /^e_|_[io]$/.test(read) && targets && !targets.given.has(read)),
    );
    points.set(name, {
      mechanism,
      receipt,
      units: new Map([
        ...unitsOf(mechanism),
        ...(weight
          ? ([
              ['weight', weight.unit],
              [weight.name, weight.unit],
            ] as const)
          : []),
        ...[...variables].map(([variable, { unit }]) => [variable, unit] as const),
        ...mechanism.reads
          .filter((level) => !ofCells.has(level))
          .map((level) => [level, level.startsWith('e_') ? { mV: 1 } : { mM: 1 }] as const),
      ]),
    });
    const { current, ...equations } = synapseTypeOf(mechanism, receipt, temperature, ofCells, targets?.isStepped);
    const settled = this.#settled(
      {
        ...equations,
        ...(presynaptic.length > 0 && !mechanism.receipt ? { pathways: {} } : {}),
        ...(current ? { ports: { [port]: 'A' }, contributes: { [port]: current } } : {}),
      },
      positions,
      pointer,
    );
    return { ...others, ...settled };
  }

  /** Returns a projection with a delay for each pathway, if its point process sends events to itself. */
  #withDelays(one: Members, { mechanism, receipt }: PointProcess, values: Members, pointer: string): Members {
    if (receipt.pathways.length === 0) return one;
    const { delay, ...others } = one;
    const pre = delay ?? memberOf(others['delays'], 'pre') ?? 0;
    const delays = delaysAfter(mechanism, receipt, pre, values);
    if (!delays)
      this.#report(messages.openDelay(mechanism.name), `${pointer}/${delay === undefined ? 'delays' : 'delay'}`);
    return { ...others, delays: { pre, ...delays } };
  }

  /** Returns values with the units of a mechanism's variables. */
  #values(given: Members, units: ReadonlyMap<string, Powers>, pointer: string, checks = true): Members {
    return Object.fromEntries(
      Object.entries(given).map(([variable, value]) => {
        const unit = units.get(variable);
        if (!unit && checks) this.#report(messages.unknownValue(variable, [...units.keys()]), child(pointer, variable));
        return [variable, unit ? inUnit(value, unit) : value];
      }),
    );
  }
}

/** Returns the units of a mechanism's parameters and states. */
const unitsOf = ({ parameters, states }: Mechanism): ReadonlyMap<string, Powers> =>
  new Map([...parameters, ...states].map(([name, { unit }]) => [name, unit]));

/** Returns a number or a list of numbers with a unit; other values stay. */
function inUnit(value: unknown, unit: Powers): unknown {
  if (typeof value === 'number') return printExpression(quantityOf(value, unit));
  if (isList<unknown, unknown>(value) && value.every((one) => typeof one === 'number') && unit !== pure)
    return { array: value, unit: unitText(unit) };
  return value;
}
