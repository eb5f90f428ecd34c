/**
 * What a notation has no words for, kept as an annotation of a converted document and put back on the way to where it
 * came from. It returns only where converting it again gives the document's own content, which wins where it was
 * changed.
 */

import { mapped } from '../../model/collections.js';
import type { ConversionEntry } from '../../model/conversion-report.js';
import type {
  Model,
  NeuronType,
  Phase,
  Population,
  Projection,
  Recording,
  Stimulus,
  SynapseType,
  ValidModel,
} from '../../model/model.js';
import { child } from '../../model/pointer.js';

const sections = ['populations', 'projections', 'stimuli'] as const;

/** Parts of a model in the words of the notation that it came from. */
export interface KeptWords {
  /** Names of populations, in their order. */
  readonly order?: readonly string[];
  /** Members of populations that are put back; `null` stands for one that is not there. */
  readonly populations?: Readonly<Record<string, Kept<Population>>>;
  readonly projections?: Readonly<Record<string, Kept<Projection>>>;
  readonly stimuli?: Readonly<Record<string, Kept<Stimulus>>>;
  readonly neurons?: Readonly<Record<string, NeuronType>>;
  readonly synapses?: Readonly<Record<string, SynapseType>>;
  /** Functions of the time that equations read. */
  readonly tables?: Model['tables'];
  readonly recordings?: readonly Recording[];
  readonly protocol?: readonly Phase[];
}

/** A part of a model as far as it is kept. */
export type Kept<T> = { readonly [K in keyof T]?: T[K] | null } & {
  /** Parts of the document that stand for this one, where they are called otherwise. */
  readonly instead?: readonly string[];
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isNames = (value: unknown): boolean =>
  value === undefined || (Array.isArray(value) && value.every((one) => typeof one === 'string'));

/** What the annotation of a notation keeps, where it has the form of that: annotations are everybody's to write. */
export function keptIn({ annotations }: Model, notation: 'pynn' | 'brian'): KeptWords | undefined {
  const { [notation]: all } = annotations;
  const kept = isRecord(all) ? all['kept'] : undefined;
  if (!isRecord(kept) || !isNames(kept['order'])) return undefined;
  const areMaps = [...sections, 'neurons', 'synapses', 'tables'].every((key) => {
    const map = kept[key];
    if (map === undefined) return true;
    return isRecord(map) && Object.values(map).every((one) => isRecord(one) && isNames(one['instead']));
  });
  const areLists = ['recordings', 'protocol'].every((key) => kept[key] === undefined || Array.isArray(kept[key]));
  return areMaps && areLists ? kept : undefined;
}

/** A model with what was kept. */
interface Returned {
  /** Absent where nothing that is kept can be used. */
  readonly valid?: ValidModel;
  readonly entries: readonly ConversionEntry[];
}

/** How models are converted and checked. */
export interface Ways {
  /** The notation that it goes back to. */
  readonly to: 'pynn' | 'brian';
  /** A model as the document says it, after it has been converted there. */
  readonly forth: (valid: ValidModel) => Promise<ValidModel>;
  /** A model that is valid, with its defaults; throws for others. */
  readonly checked: (valid: ValidModel) => ValidModel;
}

/**
 * The model with what was kept of it, as far as that gives the document's content.
 *
 * @param plain     the document's content in the words of the notation that it goes to
 * @param document  the document's content
 */
export async function returned(
  plain: ValidModel,
  document: ValidModel,
  kept: KeptWords,
  ways: Ways,
): Promise<Returned> {
  let left = kept;
  const entries: ConversionEntry[] = [];
  while (!isEmpty(left)) {
    const made = await attempt(plain, document, left, ways);
    if (made.valid !== undefined) return { valid: made.valid, entries };
    const dropped = made.differing.filter(([section, name]) => left[section]?.[name] !== undefined);
    // Where it is not known what differs, nothing can be told from the rest.
    const all = sections.flatMap((section) => Object.keys(left[section] ?? {}).map((name) => [section, name] as const));
    const gone = dropped.length > 0 ? dropped : all;
    for (const [section, name] of gone)
      entries.push({
        verdict: 'equivalent',
        code: ways.to === 'pynn' ? 'pynn/kept-changed' : 'brian/kept-changed',
        pointer: child(`/${section}`, name),
        message: 'what the annotation keeps of it is not used: it gives other content than the document has',
      });
    // Without kept stimuli the model is another one.
    left = gone === all || gone.some(([section]) => section === 'stimuli') ? {} : without(left, gone);
  }
  return { entries };
}

type Part = readonly [section: (typeof sections)[number], name: string];

/** The kept parts put back, if that gives the document's content; else the kept parts that differ, as far as known. */
async function attempt(
  plain: ValidModel,
  document: ValidModel,
  kept: KeptWords,
  { forth, checked }: Ways,
): Promise<{ readonly valid?: ValidModel; readonly differing: readonly Part[] }> {
  try {
    const valid = checked({ ...plain, model: merged(plain.model, kept) });
    const again = await forth(valid);
    const differing = differences(document.model, again.model);
    return differing.length === 0
      ? { valid, differing: [] }
      : { differing: differing.flatMap((one) => ownersOf(one, kept)) };
  } catch {
    // What no model can be made of is of no use.
    return { differing: [] };
  }
}

/** Parts that two models have differently. */
export function differences(a: Model, b: Model): readonly (readonly [section: string, name: string])[] {
  const maps = ['populations', 'projections', 'stimuli', 'neurons', 'synapses', 'tables', 'operations'] as const;
  const found = maps.flatMap((section) =>
    [...new Set([...Object.keys(a[section]), ...Object.keys(b[section])])].flatMap((name) =>
      textOf(a[section][name]) === textOf(b[section][name]) ? [] : [[section, name] as const],
    ),
  );
  const rest = ({ recordings, experiment }: Model): string =>
    textOf([recordings.map(({ name: _, ...recording }) => recording), experiment]);
  return [...found, ...(rest(a) === rest(b) ? [] : [['', ''] as const])];
}

/**
 * A part as text, without the digits that other units leave in numbers, and without methods, which depend on steps. The
 * order of members tells nothing, as in the hash of a model.
 */
const textOf = (part: unknown): string =>
  JSON.stringify(part, (key, value: unknown) => {
    if (key === 'method') return undefined;
    if (isRecord(value)) return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
    return typeof value === 'number' && Number.isFinite(value) ? Number(value.toPrecision(13)) : value;
  });

/** Parts of the document by the kept parts that they stand for. */
const standingFor = (
  parts: Readonly<Record<string, { readonly instead?: readonly string[] }>> = {},
): Readonly<Record<string, readonly string[]>> => mapped(parts, ({ instead = [] }) => instead);

/** The kept parts that a part of the document belongs to. */
function ownersOf([section, name]: readonly [string, string], kept: KeptWords): readonly Part[] {
  const named = sections.flatMap((one) =>
    Object.entries(standingFor(kept[one])).flatMap(([key, instead]): readonly Part[] =>
      key === name || instead.includes(name) ? [[one, key]] : [],
    ),
  );
  const same = named.filter(([one]) => one === section);
  return same.length > 0 ? same : named;
}

const isEmpty = ({
  populations = {},
  projections = {},
  stimuli = {},
  order,
  recordings,
  protocol,
}: KeptWords): boolean =>
  Object.keys({ ...populations, ...projections, ...stimuli }).length === 0 &&
  order === undefined &&
  recordings === undefined &&
  protocol === undefined;

const without = (kept: KeptWords, gone: readonly Part[]): KeptWords => ({
  ...kept,
  ...Object.fromEntries(
    sections.map((section) => [
      section,
      Object.fromEntries(
        Object.entries(kept[section] ?? {}).filter(
          ([name]) => !gone.some(([other, one]) => other === section && one === name),
        ),
      ),
    ]),
  ),
});

/** A model in which kept parts are as they were. */
function merged(model: Model, kept: KeptWords): Model {
  const neurons = { ...model.neurons, ...kept.neurons };
  const synapses = { ...model.synapses, ...kept.synapses };
  const stood = new Set(sections.flatMap((section) => Object.values(standingFor(kept[section])).flat()));
  const put = <T extends object>(own: Readonly<Record<string, T>>, parts: Readonly<Record<string, Kept<T>>> = {}) =>
    Object.fromEntries(
      [...new Set([...Object.keys(own).filter((name) => !stood.has(name)), ...Object.keys(parts)])].map((name) => [
        name,
        patched(own[name] ?? own[parts[name]?.instead?.[0] ?? ''] ?? ({} as T), parts[name]),
      ]),
    );
  const populations = put<Population>(model.populations, kept.populations);
  const projections = put<Projection>(model.projections, kept.projections);
  const inOrder = (map: Readonly<Record<string, Population>>): Record<string, Population> =>
    Object.fromEntries(
      [...new Set([...(kept.order ?? []), ...Object.keys(map)])].flatMap((name) =>
        map[name] === undefined ? [] : [[name, map[name]] as const],
      ),
    );
  const used = (types: readonly (string | undefined)[]): ReadonlySet<string> =>
    new Set(types.filter((type) => type !== undefined));
  const only = <T>(map: Readonly<Record<string, T>>, names: ReadonlySet<string>): Record<string, T> =>
    Object.fromEntries(Object.entries(map).filter(([name]) => names.has(name)));
  return {
    ...model,
    neurons: only(neurons, used(Object.values(populations).map(({ type }) => type))),
    synapses: only(synapses, used(Object.values(projections).map(({ synapse }) => synapse))),
    populations: inOrder(populations),
    projections,
    stimuli: put<Stimulus>(model.stimuli, kept.stimuli),
    tables: { ...model.tables, ...kept.tables },
    recordings: kept.recordings ?? model.recordings,
    experiment: { ...model.experiment, protocol: kept.protocol ?? model.experiment.protocol },
  };
}

/** A part with the members that were kept; values and delays that are kept are put among the others. */
function patched<T extends object>(own: T, kept: Kept<T> | undefined): T {
  if (kept === undefined) return own;
  const { instead: _, ...members } = kept as Record<string, unknown> & { readonly instead?: unknown };
  const result: Record<string, unknown> = { ...(own as Readonly<Record<string, unknown>>) };
  // With another type come other names of values.
  const isWhole = members['type'] !== undefined || members['synapse'] !== undefined;
  for (const [key, value] of Object.entries(members)) {
    const before = result[key];
    const isMap = (key === 'values' || key === 'delays') && !isWhole;
    if (value === null) Reflect.deleteProperty(result, key);
    else result[key] = isMap ? { ...(before as object | undefined), ...(value as object) } : value;
  }
  return result as T;
}
