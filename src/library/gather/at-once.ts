/**
 * Types whose parts LEMS advances one after another, with all of a type advanced at once: what a part reads of the step
 * before is kept in a variable, and what it reads of an earlier part is computed ahead.
 */

import type { Expression } from '../../lang/ast.js';
import { binary, name as named } from '../../lang/build.js';
import { drawsIn } from '../../lang/functions.js';
import { parseExpression, parseStatements } from '../../lang/parse.js';
import { second } from '../../lang/dimension.js';
import { inSI, printExpression, printStatement } from '../../lang/print.js';
import { mapStatement, namesIn, substitute, writtenBy } from '../../lang/walk.js';
import { mapped } from '../../model/collections.js';
import { freeName } from '../../model/free-name.js';
import { ownNames } from '../../model/declared-names.js';
import type { Model, NeuronType, SynapseType } from '../../model/model.js';
import { populationsOf } from '../../model/selected.js';
import { asPropagated } from './kinetic-schemes.js';
import { changedByRegimes } from './shown-late.js';
import { readsOf } from './texts.js';

type Type = NeuronType | SynapseType;
type Part = NonNullable<NeuronType['sequence']>[number];

/**
 * The name of what keeps a variable of another cell, as `post.v_before` keeps `post.v`; undefined where nothing does.
 */
export type KeptByOthers = (reference: string) => string | undefined;

/** What is known of a type from the rest of the model. */
interface Surroundings {
  /** Time step, in s. */
  readonly dt?: number;
  /** For what a type reads of other cells. */
  readonly keptByOthers?: KeptByOthers;
  /** Parameters that stand for variables of other cells. */
  readonly linked?: ReadonlySet<string>;
}

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
 * @returns the type itself where its parts do not differ; undefined where that cannot be said: with draws, or variables
 *   that change behind the back of their readers. Rates of kinetic schemes are marked (`kinetic-schemes.ts`)
 */
export function advancedAtOnce<T extends Type>(
  type: T,
  writtenByOthers: ReadonlySet<string>,
  { dt = NaN, keptByOthers = () => undefined, linked = new Set() }: Surroundings = {},
): { readonly type: T; readonly kept: number } | undefined {
  const isTimed = Object.values(type.derived).some(({ held }) => held);
  const isListed = type.sequence === undefined || coversAll(type, type.sequence);
  if (isTimed || !areRegimesLast(type) || !isListed || changesUnseen(type, writtenByOthers)) return undefined;
  // By a number: Brian's NumPy code for `/dt` takes a variable that refractoriness holds as it is after the step.
  const step = `(${inSI(dt, second, (name) => ownNames(type).has(name))})`;
  return new AtOnce(type, writtenByOthers, keptByOthers, linked, step).made();
}

/** Whether regimes, if there are some, are those of the last part, and a kinetic scheme is a cell's. */
function areRegimesLast(type: Type): boolean {
  const { sequence = [] } = type;
  if (!isNeuron(type)) return sequence.every(({ propagate = [] }) => propagate.length === 0);
  const last = sequence[sequence.length - 1];
  return Object.keys(type.regimes).length === 0 || last?.regimes === true;
}

/** The one part of a type without a sequence. */
const wholeOf = (type: Type): Part => ({
  derived: Object.keys(type.derived),
  state: Object.keys(type.derivatives).filter((name) => type.derivatives[name]?.eventDriven !== true),
  events: Object.keys(type.events ?? {}),
});

/** Whether a sequence has all of a type, and no part that sees what others did before it. */
function coversAll(type: Type, sequence: readonly Part[]): boolean {
  const listed = (key: 'derived' | 'state' | 'events'): ReadonlySet<string> =>
    new Set(sequence.flatMap((part) => part[key] ?? []));
  const [derived, state, events] = [listed('derived'), listed('state'), listed('events')];
  const propagated = new Set(sequence.flatMap(({ propagate = [] }) => propagate));
  return (
    sequence.every(({ current }) => current === undefined) &&
    Object.keys(type.derived).every((name) => derived.has(name)) &&
    Object.keys(type.derivatives).every((name) => state.has(name) || propagated.has(name)) &&
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
    const advanced = sequence.findIndex(({ state = [], propagate = [] }) => [...state, ...propagate].includes(name));
    return advanced >= 0 ? advanced : written.map((names) => names.has(name)).lastIndexOf(true);
  };
  return sequence.some((part, k) => {
    const { computed, acting } = readsIn(type, part);
    const isUnseen = (name: string, isAction: boolean): boolean => {
      const home = homeOf(name);
      if (writtenByOthers.has(name) && home !== k) return true;
      // What a part has advanced is what events behind it read and change, one after another.
      if (isAction && home < k) return false;
      return written.some((names, p) => names.has(name) && home !== p && (home !== k || p < k));
    };
    return computed.some((name) => isUnseen(name, false)) || acting.some((name) => isUnseen(name, true));
  });
}

/** Everything that a part reads: where it computes and tests, and in what it does at events. */
function readsIn(type: Type, part: Part): { readonly computed: readonly string[]; readonly acting: readonly string[] } {
  const texts = [
    ...(part.derived ?? []).map((name) => type.derived[name]?.value ?? '0'),
    ...[...(part.state ?? []), ...(part.propagate ?? [])].map((name) => type.derivatives[name]?.rate ?? '0'),
    ...(part.events ?? []).map((name) => type.events?.[name]?.when ?? 'true'),
  ];
  const code = (part.events ?? []).flatMap((name) => type.events?.[name]?.do ?? []);
  return {
    computed: texts.flatMap((text) => [...namesIn(parseExpression(text))]),
    acting: code.flatMap((text) => [...readsOf(text)]),
  };
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
  /** Variables of cells that keep values. */
  readonly #cells = new Set<string>();
  readonly #taken: Set<string>;
  readonly #events = new Map<string, (e: Expression) => Expression>();
  /** Rates of regimes, in terms of what is there when a step begins; absent: there are none. */
  #inRegimes: ((e: Expression) => Expression) | undefined;
  /** What regimes change: inner parts see it as it was before the regimes of the step before. */
  readonly #byRegimes: ReadonlySet<string>;
  /** Whether a part reads what events of an earlier one have changed in the same step. */
  #isUnclear = false;

  constructor(
    type: T,
    private readonly writtenByOthers: ReadonlySet<string>,
    private readonly keptByOthers: KeptByOthers,
    private readonly linked: ReadonlySet<string>,
    /** Text of the time step as a number. */
    private readonly step: string,
  ) {
    this.#type = type;
    this.#byRegimes = isNeuron(type) && type.sequence !== undefined ? changedByRegimes(type) : new Set();
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
              if (this.#byRegimes.has(name) && part.regimes !== true) return [[name, named(kept(name))]];
              const isLate = Object.hasOwn(type.derived, name) && !computed.has(name);
              return isLate && sequence !== undefined ? [[name, named(kept(name))]] : [];
            }),
          ),
        );
      for (const name of part.derived ?? []) {
        this.#derived.set(name, resolve(parseExpression(type.derived[name]?.value ?? '0')));
        computed.add(name);
      }
      for (const names of [part.propagate ?? [], part.state ?? []]) {
        const rates = names.map((name) => [name, parseExpression(type.derivatives[name]?.rate ?? '0')] as const);
        for (const [name, rate] of rates) this.#rates.set(name, resolve(rate));
        for (const [name] of rates) advanced.add(name);
      }
      if (part.regimes === true) this.#inRegimes = resolve;
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
    const ofCell = this.#isOther(origin) ? this.keptByOthers(origin) : undefined;
    if (ofCell !== undefined) {
      this.#cells.add(ofCell);
      return ofCell;
    }
    const stem = origin.replace(/^(?:pre|post)\./, '').replace(/_before(?:_\d+)?$/, '');
    const found = this.#memories.get(origin) ?? this.#take(`${stem}_before`);
    this.#memories.set(origin, found);
    return found;
  }

  /** Whether a variable of state changes. */
  #isMoving(name: string): boolean {
    if (this.#byRegimes.has(name)) return true;
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
    if (this.#isOther(name)) return false;
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
    const propagated = new Set(type.sequence?.flatMap(({ propagate = [] }) => propagate));
    const derivatives = mapped(type.derivatives, (one, name) => {
      const rate = this.#rates.get(name);
      const made = rate === undefined ? one.rate : changed(one.rate, rate);
      return { ...one, rate: propagated.has(name) ? asPropagated(made) : made };
    });
    const same = (e: Expression): Expression => e;
    const events = mapped(type.events ?? {}, (one, name) => {
      const change = this.#events.get(name) ?? same;
      return { ...one, when: changed(one.when, change(parseExpression(one.when))), do: one.do.map(statement(change)) };
    });
    const always = (): boolean => true;
    const acting = (e: Expression): Expression => this.#acting(e, always, always);
    const pathways = mapped(pathwaysOf(type), (one) => ({ ...one, do: one.do.map(statement(acting)) }));
    const rated = this.#inRegimes;
    const regimes = mapped(rated !== undefined && isNeuron(type) ? type.regimes : {}, (regime) => ({
      ...regime,
      derivatives: mapped(regime.derivatives, (one) => ({
        ...one,
        rate: changed(one.rate, rated?.(parseExpression(one.rate)) ?? parseExpression(one.rate)),
      })),
      onEntry: regime.onEntry.map(statement(acting)),
      transitions: regime.transitions.map((one) => ({
        ...one,
        when: changed(one.when, acting(parseExpression(one.when))),
        do: one.do.map(statement(acting)),
      })),
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
      const step = this.#followsRegimes(origin) ? this.step : 'dt';
      Object.assign(derivatives, { [name]: { rate: `(${origin} - ${name})/${step}`, eventDriven: false } });
    }
    if (this.#isUnclear) return undefined;
    const texts = { derived, derivatives, events, pathways, regimes };
    const before = { events: {}, pathways: {}, regimes: {}, ...type };
    const isSame = (['derived', 'derivatives', 'events', 'pathways', 'regimes'] as const).every(
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
      ...(isNeuron(type) ? { regimes } : { pathways }),
    };
    const draws = Object.values(derived).some(({ value }) => drawsIn(parseExpression(value)));
    return draws
      ? undefined
      : { type: all as unknown as T, kept: this.#memories.size + this.#after.size + this.#cells.size };
  }

  /** Whether regimes change a variable, or what it follows from. */
  #followsRegimes(name: string): boolean {
    const e = this.#derived.get(name);
    return this.#byRegimes.has(name) || (e !== undefined && [...namesIn(e)].some((one) => this.#followsRegimes(one)));
  }

  /** Whether a name is a variable of another cell. */
  #isOther(name: string): boolean {
    return /^(?:pre|post)\./.test(name) || this.linked.has(name) || this.#cells.has(name);
  }

  /** Whether a variable follows from those of other cells. */
  #readsOthers(name: string): boolean {
    if (this.#isOther(name)) return true;
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
