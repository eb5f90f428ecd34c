/**
 * Types whose parts LEMS advances one after another, with all of a type advanced at once: what a part reads of the step
 * before is kept in a variable, and what it reads of an earlier part is computed ahead.
 */

import type { Expression } from '../../lang/ast.js';
import { binary, name as named } from '../../lang/build.js';
import { drawsIn } from '../../lang/functions.js';
import { parseExpression, parseStatements } from '../../lang/parse.js';
import { printExpression, printStatement } from '../../lang/print.js';
import { mapStatement, namesIn, substitute, writtenBy } from '../../lang/walk.js';
import { mapped } from '../../model/collections.js';
import { freeName } from '../../model/free-name.js';
import { ownNames } from '../../model/declared-names.js';
import type { Model, NeuronType, SynapseType } from '../../model/model.js';
import { populationsOf } from '../../model/selected.js';
import { readsOf } from './texts.js';

type Type = NeuronType | SynapseType;
type Part = NonNullable<NeuronType['sequence']>[number];

/** Stands for the value that a name was last computed with, until it is known which variable keeps it. */
const kept = (name: string): string => `${name}@`;

/** Stands for a variable that an earlier part has advanced, until it is known whether that is more than its next value. */
const advancedOf = (name: string): string => `${name}'`;

const isNeuron = (type: Type): type is NeuronType => Object.hasOwn(type, 'regimes');

/** What events at the ends of a synapse do; cells have none. */
const pathwaysOf = (type: Type): SynapseType['pathways'] => (isNeuron(type) ? {} : type.pathways);

/**
 * A type that does the same where all of it is advanced at once.
 *
 * @param writtenByOthers  its variables that code of other types writes
 * @returns the type itself where its parts do not differ; undefined where that cannot be said: with regimes, kinetic
 *   schemes, draws, or variables that change behind the back of their readers
 */
export function advancedAtOnce<T extends Type>(
  type: T,
  writtenByOthers: ReadonlySet<string>,
): { readonly type: T; readonly kept: number } | undefined {
  const isTimed = Object.values(type.derived).some(({ held }) => held);
  const regimes = isNeuron(type) ? Object.keys(type.regimes) : [];
  const isListed = type.sequence === undefined || coversAll(type, type.sequence);
  if (isTimed || regimes.length > 0 || !isListed || changesUnseen(type, writtenByOthers)) return undefined;
  return new AtOnce(type, writtenByOthers).made();
}

/** The one part of a type without a sequence. */
const wholeOf = (type: Type): Part => ({
  derived: Object.keys(type.derived),
  state: Object.keys(type.derivatives).filter((name) => type.derivatives[name]?.eventDriven !== true),
  events: Object.keys(type.events ?? {}),
});

/** Whether a sequence has all of a type, and no kinetic scheme. */
function coversAll(type: Type, sequence: readonly Part[]): boolean {
  const listed = (key: 'derived' | 'state' | 'events'): ReadonlySet<string> =>
    new Set(sequence.flatMap((part) => part[key] ?? []));
  const [derived, state, events] = [listed('derived'), listed('state'), listed('events')];
  return (
    sequence.every(({ propagate = [], regimes }) => propagate.length === 0 && regimes === undefined) &&
    Object.keys(type.derived).every((name) => derived.has(name)) &&
    Object.keys(type.derivatives).every((name) => state.has(name)) &&
    Object.keys(type.events ?? {}).every((name) => events.has(name))
  );
}

/** Whether a part reads a variable that changes otherwise than before the step and in what its own part advances. */
function changesUnseen(type: Type, writtenByOthers: ReadonlySet<string>): boolean {
  const sequence = type.sequence ?? [];
  const written = sequence.map(
    ({ events = [] }) =>
      new Set(
        events.flatMap((name) => [
          ...writtenBy((type.events?.[name]?.do ?? []).flatMap((text) => parseStatements(text))),
        ]),
      ),
  );
  const homeOf = (name: string): number => {
    const advanced = sequence.findIndex(({ state = [] }) => state.includes(name));
    return advanced >= 0 ? advanced : written.map((names) => names.has(name)).lastIndexOf(true);
  };
  return sequence.some((part, k) =>
    readsIn(type, part).some((name) => {
      const home = homeOf(name);
      if (writtenByOthers.has(name) && home !== k) return true;
      return written.some((names, p) => names.has(name) && home !== p && (home !== k || p < k));
    }),
  );
}

/** Everything that a part reads. */
function readsIn(type: Type, part: Part): readonly string[] {
  const texts = [
    ...(part.derived ?? []).map((name) => type.derived[name]?.value ?? '0'),
    ...(part.state ?? []).map((name) => type.derivatives[name]?.rate ?? '0'),
    ...(part.events ?? []).map((name) => type.events?.[name]?.when ?? 'true'),
  ];
  const code = (part.events ?? []).flatMap((name) => type.events?.[name]?.do ?? []);
  return [
    ...texts.flatMap((text) => [...namesIn(parseExpression(text))]),
    ...code.flatMap((text) => [...readsOf(text)]),
  ];
}

class AtOnce<T extends Type> {
  readonly #type: T;
  /** Derived variables, in terms of what is there when a step begins. */
  readonly #derived = new Map<string, Expression>();
  readonly #rates = new Map<string, Expression>();
  /** Values after the step, for parts that read them. */
  readonly #after = new Map<string, string>();
  /** The variable that keeps the last value of another one. */
  readonly #memories = new Map<string, string>();
  readonly #taken: Set<string>;
  readonly #events = new Map<string, (e: Expression) => Expression>();
  /** Whether a part reads what events of an earlier one have changed in the same step. */
  #isUnclear = false;

  constructor(
    type: T,
    private readonly writtenByOthers: ReadonlySet<string>,
  ) {
    this.#type = type;
    this.#taken = new Set(ownNames(type));
    for (const name of Object.keys((type as Partial<SynapseType>).ports ?? {})) this.#taken.add(name);
    const computed = new Set<string>();
    const advanced = new Set<string>();
    const { sequence } = type;
    for (const part of sequence ?? [wholeOf(type)]) {
      const resolve = (e: Expression): Expression =>
        substitute(
          e,
          new Map(
            [...namesIn(e)].flatMap((name): [string, Expression][] => {
              if (advanced.has(name)) return [[name, named(advancedOf(name))]];
              const isLate = Object.hasOwn(type.derived, name) && !computed.has(name);
              return isLate && sequence !== undefined ? [[name, named(kept(name))]] : [];
            }),
          ),
        );
      for (const name of part.derived ?? []) {
        this.#derived.set(name, resolve(parseExpression(type.derived[name]?.value ?? '0')));
        computed.add(name);
      }
      const rates = (part.state ?? []).map(
        (name) => [name, parseExpression(type.derivatives[name]?.rate ?? '0')] as const,
      );
      for (const [name, rate] of rates) this.#rates.set(name, resolve(rate));
      for (const [name] of rates) advanced.add(name);
      const [known, moved] = [new Set(computed), new Set(advanced)];
      for (const name of part.events ?? [])
        this.#events.set(name, (e) =>
          this.#acting(
            e,
            (one) => known.has(one),
            (one) => moved.has(one),
          ),
        );
    }
  }

  /** An expression that is evaluated after the step, by what was computed in it. */
  #acting(e: Expression, isKnown: (name: string) => boolean, isAdvanced: (name: string) => boolean): Expression {
    const read = [...namesIn(e)].flatMap((name): [string, Expression][] => {
      if (Object.hasOwn(this.#type.derived, name))
        return [[name, named(isKnown(name) ? kept(name) : kept(kept(name)))]];
      const isState = Object.hasOwn(this.#type.derivatives, name);
      return isState && !isAdvanced(name) ? [[name, named(kept(name))]] : [];
    });
    return substitute(e, new Map(read));
  }

  /** The name of a variable's value after the step. */
  #later(name: string): string {
    const code = Object.values(this.#type.events ?? {}).flatMap(({ do: one }) => one);
    if (writtenBy(code.flatMap((text) => parseStatements(text))).has(name)) this.#isUnclear = true;
    const found = this.#after.get(name) ?? this.#take(`${name}_after`);
    this.#after.set(name, found);
    return found;
  }

  #take(wanted: string): string {
    const name = freeName(wanted, (one) => this.#taken.has(one));
    this.#taken.add(name);
    return name;
  }

  /** The variable that a name is another one for. */
  #origin(name: string): string {
    if (name.endsWith('@')) return this.#keeping(name.slice(0, -1));
    const e = this.#derived.get(name);
    return e?.kind === 'name' ? this.#origin(e.name) : name;
  }

  /** The variable that keeps the last value of a name: itself, where it is always the same. */
  #keeping(name: string): string {
    const origin = this.#origin(name);
    // What was copied after its own part is there when the next step begins.
    if (origin.endsWith("'")) return origin.slice(0, -1);
    if (this.#isFixed(origin)) return origin;
    const stem = origin.replace(/^(?:pre|post)\./, '').replace(/_before(?:_\d+)?$/, '');
    const found = this.#memories.get(origin) ?? this.#take(`${stem}_before`);
    this.#memories.set(origin, found);
    return found;
  }

  /** Whether a variable of state changes. */
  #isMoving(name: string): boolean {
    const { derivatives, events = {} } = this.#type;
    const pathways = pathwaysOf(this.#type);
    const code = [...Object.values(events), ...Object.values(pathways)].flatMap((one) => one.do);
    return (
      Object.hasOwn(derivatives, name) ||
      this.writtenByOthers.has(name) ||
      writtenBy(code.flatMap((text) => parseStatements(text))).has(name)
    );
  }

  /** Whether a variable follows from parameters. */
  #isFixed(name: string, seen: ReadonlySet<string> = new Set()): boolean {
    const { parameters, state } = this.#type;
    if (Object.hasOwn(parameters, name)) return true;
    if (Object.hasOwn(state, name) && !this.#isMoving(name)) return true;
    const e = this.#derived.get(name);
    if (e === undefined) return !(Object.hasOwn(state, name) || this.#taken.has(name) || /[.@']|^t$/.test(name));
    if (seen.has(name)) return false;
    return [...namesIn(e)].every((one) => this.#isFixed(one.replace(/[@']+$/, ''), new Set([...seen, name])));
  }

  /** An expression with the variables that keep values. */
  #settled(e: Expression): Expression {
    const settled = (name: string): string => {
      const origin = this.#origin(name);
      if (origin.endsWith("'")) return this.#later(origin.slice(0, -1));
      return name.endsWith('@') ? origin : name;
    };
    return substitute(e, new Map([...namesIn(e)].map((name) => [name, named(settled(name))])));
  }

  /** The type; undefined where a value that is kept cannot be known at the start. */
  made(): { readonly type: T; readonly kept: number } | undefined {
    const type = this.#type;
    const options = { taken: (name: string) => this.#taken.has(name) };
    const text = (e: Expression): string => printExpression(this.#settled(e), options);
    const changed = (before: string, e: Expression): string => {
      const names = (one: Expression): string => [...namesIn(one)].join();
      return names(this.#settled(e)) === names(parseExpression(before)) ? before : text(e);
    };
    const statement =
      (change: (e: Expression) => Expression) =>
      (code: string): string =>
        parseStatements(code)
          .map((one) => {
            const done = mapStatement(one, (e) => this.#settled(change(e)));
            return JSON.stringify(done) === JSON.stringify(one) ? code : printStatement(done, options);
          })
          .join('; ');
    const derived = mapped(type.derived, (one, name) => {
      const origin = this.#origin(name);
      const value = this.#derived.get(name) ?? parseExpression(one.value);
      return { ...one, value: origin.endsWith("'") ? origin.slice(0, -1) : changed(one.value, value) };
    });
    const derivatives = mapped(type.derivatives, (one, name) => {
      const rate = this.#rates.get(name);
      return rate === undefined ? one : { ...one, rate: changed(one.rate, rate) };
    });
    const same = (e: Expression): Expression => e;
    const events = mapped(type.events ?? {}, (one, name) => {
      const change = this.#events.get(name) ?? same;
      return { ...one, when: changed(one.when, change(parseExpression(one.when))), do: one.do.map(statement(change)) };
    });
    const always = (): boolean => true;
    const pathways = mapped(pathwaysOf(type), (one) => ({
      ...one,
      do: one.do.map(statement((e) => this.#acting(e, always, always))),
    }));
    for (const [name, later] of this.#after) {
      const rate = this.#rates.get(name);
      const unit = type.state[name]?.unit ?? '1';
      if (rate === undefined) return undefined;
      Object.assign(derived, {
        [later]: {
          unit,
          type: 'real',
          shared: false,
          held: false,
          value: text(binary('+', named(name), binary('*', named('dt'), rate))),
        },
      });
    }
    const state: Record<string, Type['state'][string]> = { ...type.state };
    // Keeping one may ask for another.
    for (const [origin, name] of this.#memories) {
      // Sums of the first step are not known before it; other cells advance before or after a synapse.
      if (Object.hasOwn(isNeuron(type) ? type.inputs : {}, origin) || this.#readsOthers(origin)) return undefined;
      state[name] = { unit: this.#unitOf(origin), type: 'real', initial: origin, shared: false };
      Object.assign(derivatives, { [name]: { rate: `(${origin} - ${name})/dt`, eventDriven: false } });
    }
    if (this.#isUnclear) return undefined;
    const texts = { derived, derivatives, events, pathways };
    const before = { events: {}, pathways: {}, ...type };
    const isSame = (['derived', 'derivatives', 'events', 'pathways'] as const).every(
      (key) => JSON.stringify(texts[key]) === JSON.stringify(before[key]),
    );
    if (isSame) return { type, kept: 0 };
    const { sequence: _, ...rest } = type;
    const all = {
      ...rest,
      derived,
      derivatives,
      state,
      ...(type.events ? { events } : {}),
      ...(isNeuron(type) ? {} : { pathways }),
    };
    const draws = Object.values(derived).some(({ value }) => drawsIn(parseExpression(value)));
    return draws ? undefined : { type: all as unknown as T, kept: this.#memories.size + this.#after.size };
  }

  /** Whether a variable follows from those of the cells at the ends of a synapse. */
  #readsOthers(name: string): boolean {
    if (/^(?:pre|post)\./.test(name)) return true;
    const e = this.#derived.get(name);
    return e !== undefined && [...namesIn(e)].some((one) => this.#readsOthers(one.replace(/[@']+$/, '')));
  }

  /** The unit of a variable, of another cell where a derived variable is another name for it. */
  #unitOf(origin: string): string {
    const { state, derived } = this.#type;
    const own = state[origin]?.unit ?? derived[origin]?.unit;
    if (own !== undefined) return own;
    const [source] = [...this.#memories].find(([, name]) => name === origin) ?? [];
    if (source !== undefined) return this.#unitOf(source);
    const [alias] = [...this.#derived].find(([, e]) => e.kind === 'name' && e.name === origin) ?? [];
    return derived[alias ?? '']?.unit ?? '1';
  }
}

/** Variables of a type of neurons that code of synapses writes. */
export function writtenBySynapses({ projections, synapses, populations }: Model, type: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { synapse, from, to, receptors } of Object.values(projections)) {
    const ofEnd = (rule: typeof to.of): boolean => populationsOf(rule).some((one) => populations[one]?.type === type);
    const written = Object.values(synapses[synapse]?.pathways ?? {}).flatMap(({ do: code }) => [
      ...writtenBy(code.flatMap((text) => parseStatements(text))),
    ]);
    for (const name of written) {
      const target = receptors[name] ?? name;
      if (target.startsWith('post.') && ofEnd(to.of)) found.add(target.slice('post.'.length));
      if (target.startsWith('pre.') && ofEnd(from.of)) found.add(target.slice('pre.'.length));
    }
  }
  return found;
}
