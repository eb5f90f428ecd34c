/** Parts of a type that LEMS advances one after another, where that differs from advancing all of them at once. */

import type { Expression } from '../../lang/ast.js';
import { name as named } from '../../lang/build.js';
import { parseExpression, parseStatements } from '../../lang/parse.js';
import { namesIn, writtenBy } from '../../lang/walk.js';
import type { ConversionReport } from '../../model/conversion-report.js';
import type { NeuronType, SynapseType } from '../../model/model.js';
import { changedByRegimes } from './shown-late.js';
import { derivedOf, namesOf, readsOf } from './texts.js';

/** What one part gets of another one otherwise than by the values at the beginning of the step. */
type PartsDiffer =
  /** An earlier part reads what a later one computes: it is that of the step before. */
  | { readonly kind: 'late'; readonly reads: string }
  /** A later part reads a variable that an earlier one has advanced. */
  | { readonly kind: 'new'; readonly reads: string }
  /** What happens at an event reads what was computed from the state before the step. */
  | { readonly kind: 'acts'; readonly reads: string }
  /** A condition outside of the regimes is tested, and acts, before these advance what it reads or read what it assigns. */
  | { readonly kind: 'before'; readonly reads: string }
  /** A kinetic scheme is solved over the step, with fixed rates. */
  | { readonly kind: 'solved'; readonly reads: string };

/** A type of cells or synapses. */
type Parted = Pick<NeuronType, 'sequence' | 'derived' | 'derivatives' | 'parameters' | 'state'> &
  Partial<Pick<NeuronType, 'events' | 'regimes'>> &
  Partial<Pick<SynapseType, 'pathways'>>;

/**
 * How the parts of a type follow one another where that matters; undefined where all of them see the values at the
 * beginning of the step.
 *
 * @param linked  parameters that stand for variables of other cells
 */
function partsDiffer(type: Parted, linked: ReadonlySet<string>): PartsDiffer | undefined {
  const parts = type.sequence ?? [];
  const [propagated] = parts.flatMap(({ propagate = [] }) => propagate);
  if (propagated !== undefined) return { kind: 'solved', reads: propagated };
  const whole = derivedOf(type);
  const advanced = new Set<string>();
  for (const [k, part] of parts.entries()) {
    const { derived = [], state = [], events = [] } = part;
    const texts = [
      ...derived.map((name) => namesOf(type.derived[name]?.value ?? '0')),
      ...state.map((name) => namesOf(type.derivatives[name]?.rate ?? '0')),
    ];
    const tests = events.flatMap((name) => {
      const event = type.events?.[name];
      return event === undefined ? [] : [namesOf(event.when), ...event.do.map(readsOf)];
    });
    const later = parts.slice(k + 1);
    const computed = new Set(
      later.flatMap((one) => one.derived ?? []).filter((name) => varies(type, whole?.get(name), linked)),
    );
    const moved = new Set(later.flatMap((one) => one.state ?? []));
    for (const name of [...texts, ...tests].flatMap((names) => [...names]))
      if (computed.has(name)) return { kind: 'late', reads: original(type, name) };
    for (const name of tests.flatMap((names) => [...names]))
      if (moved.has(name)) return { kind: 'late', reads: original(type, name) };
    for (const name of texts.flatMap((names) => [...names]))
      if (advanced.has(name)) return { kind: 'new', reads: name };
    for (const name of state) advanced.add(name);
  }
  const before = testedBeforeRegimes(type, whole);
  if (before !== undefined) return { kind: 'before', reads: before };
  const regimes = Object.values(type.regimes ?? {});
  const conditions = [...Object.values(type.events ?? {}), ...regimes.flatMap(({ transitions }) => transitions)];
  const acting = [
    ...conditions.flatMap(({ when, do: code }) => [namesOf(when), ...code.map(readsOf)]),
    ...regimes.flatMap(({ onEntry }) => onEntry.map(readsOf)),
    ...Object.values(type.pathways ?? {}).flatMap(({ do: code }) => code.map(readsOf)),
  ];
  const moving = (name: string): boolean => {
    const e = whole?.get(name);
    return e !== undefined && [...namesIn(e)].some((one) => Object.hasOwn(type.state, one) || one.includes('.'));
  };
  for (const name of acting.flatMap((names) => [...names]))
    if (Object.hasOwn(type.derived, name) && moving(name)) return { kind: 'acts', reads: name };
  return undefined;
}

/**
 * What an event beside regimes reads that they change, or assigns that their rates read: LEMS tests it before they
 * advance.
 *
 * @param derived  what derived variables are, as far as that is known
 */
function testedBeforeRegimes(
  { events = {}, regimes = {} }: Parted,
  derived: ReadonlyMap<string, Expression> | undefined,
): string | undefined {
  const changed = changedByRegimes({ regimes });
  const rates = Object.values(regimes).flatMap(({ derivatives }) => Object.values(derivatives));
  const read = new Set(rates.flatMap(({ rate }) => [...namesOf(rate)]));
  for (const { when, do: code } of Object.values(events)) {
    const names = [...namesOf(when), ...code.flatMap((text) => [...readsOf(text)])];
    const whole = names.flatMap((name) => [...namesIn(derived?.get(name) ?? named(name))]);
    const written = [...writtenBy(code.flatMap((text) => parseStatements(text)))];
    const found =
      whole.find((name) => changed.has(name)) ?? written.find((name) => changed.has(name) || read.has(name));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether an expression of nothing derived reads more than parameters; one that is not known may do so. */
const varies = ({ parameters }: Parted, e: Expression | undefined, linked: ReadonlySet<string>): boolean =>
  e === undefined || [...namesIn(e)].some((name) => linked.has(name) || !Object.hasOwn(parameters, name));

/** The name that a derived variable is a copy of, such as a potential that a cell hands down to its gates. */
function original({ derived }: Parted, name: string): string {
  const seen = new Set<string>();
  let found = name;
  while (!seen.has(found)) {
    seen.add(found);
    const e = parseExpression(derived[found]?.value ?? found);
    if (e.kind === 'name') found = e.name;
  }
  return found;
}

/**
 * Reports how the parts of a type follow one another in LEMS, where that matters.
 *
 * @param linked  its parameters that stand for variables of other cells
 */
export function reportParts(
  type: Parted,
  pointer: string,
  report: ConversionReport,
  linked: ReadonlySet<string> = new Set(),
): void {
  const found = partsDiffer(type, linked);
  if (found === undefined) return;
  const { kind, reads } = found;
  switch (kind) {
    case 'late':
      report.approximated(
        'brian/parts',
        pointer,
        `LEMS advances its parts one after another: inner ones read ${reads} of the step before; Brian advances all at once`,
      );
      return;
    case 'new':
      report.approximated(
        'brian/parts',
        pointer,
        `LEMS advances ${reads} before other parts, which read its new value; Brian advances all at once`,
      );
      return;
    case 'acts':
      report.approximated(
        'brian/parts',
        pointer,
        `LEMS acts on ${reads} as it was before the step, Brian as it is after it`,
      );
      return;
    case 'before':
      report.approximated(
        'brian/parts',
        pointer,
        `LEMS tests conditions outside of its regimes before these change ${reads}; Brian tests them after all have advanced`,
      );
      return;
    case 'solved':
      report.approximated(
        'brian/parts',
        pointer,
        `LEMS solves the kinetic scheme of ${reads} over each step with fixed rates; Brian takes Euler steps`,
      );
      return;
    default:
      kind satisfies never;
  }
}
