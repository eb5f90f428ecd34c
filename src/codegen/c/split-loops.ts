/**
 * Splits loops whose rounds depend on each other only in a few statements, such as a product over random numbers: the
 * statements of independent rounds become a loop of their own, which runs on vector lanes.
 *
 * Rounds are taken in parts of a fixed number. Locals that pass from one loop of a part to the next are kept in arrays.
 * Every value is computed as before, so no bit changes.
 */

import * as ir from '../../ir/builder.js';
import { isLaneSafe } from '../../ir/library/index.js';
import type { Expression, For, IrFunction, Local, ScalarType, Statement } from '../../ir/program.js';
import {
  accessesOf,
  calleesOf,
  childrenOf,
  expressionsOf,
  isLocal,
  someExpression,
  visitExpression,
  visitStatements,
  withExpressions,
  withParts,
} from '../../ir/walk.js';

/** Rounds of a part: the arrays stay in the first cache. */
const partLength = 64;
/** Rounds of a vector. Loops that may do more rounds than asked do whole vectors: single rounds take as long as one. */
const vectorLength = 8;

/** A local of each round of a part. */
export interface RoundArray {
  /** Name that loads and stores have for it in place of a buffer's. */
  readonly name: string;
  readonly element: Exclude<ScalarType, 'bool'>;
  readonly length: number;
}

/** A body with split loops. */
export interface SplitBody {
  readonly body: readonly Statement[];
  readonly locals: readonly Local[];
  readonly arrays: readonly RoundArray[];
}

/** Consecutive statements of a round. */
interface Stretch {
  readonly statements: readonly Statement[];
  /** Whether its rounds are independent of each other. */
  readonly free: boolean;
}

/** Splits the loops of a kernel that have function calls on independent rounds. */
export function splitLoops(
  body: readonly Statement[],
  locals: readonly Local[],
  functions: ReadonlyMap<string, IrFunction>,
): SplitBody {
  const types = new Map(locals.map(({ name, type }) => [name, type]));
  const added: Local[] = [];
  const arrays: RoundArray[] = [];
  const fresh = (name: string, type: ScalarType): Local => {
    const local = { name: `${name}.${added.length}`, type };
    added.push(local);
    return local;
  };
  const inside = (statements: readonly Statement[], outside: ReadonlyMap<string, number>): readonly Statement[] =>
    statements.flatMap((s): readonly Statement[] => {
      if (s.kind === 'for') {
        const stretches = stretchesOf(s, types, functions);
        if (stretches && onlyInside(s, outside)) return inParts(s, stretches);
      }
      if (s.kind === 'if') return [{ ...s, then: inside(s.then, outside), else: inside(s.else, outside) }];
      return s.kind === 'for' || s.kind === 'while' ? [{ ...s, body: inside(s.body, outside) }] : [s];
    });

  /** The loop over parts, with a loop for each stretch. */
  const inParts = (loop: For, stretches: readonly Stretch[]): readonly Statement[] => {
    const [begin, end, stop] = ['part', 'end', 'stop'].map((name) => fresh(name, 'u32')) as [Local, Local, Local];
    const passed = new Map<string, RoundArray>();
    const loops = stretches.map(({ statements, free }, k): Statement => {
      const own = namesOf(statements);
      const later = new Set(stretches.slice(k + 1).flatMap((next) => [...namesOf(next.statements).reads]));
      const counter = fresh(loop.local, 'u32');
      const round = ir.sub(ir.get(counter), ir.get(begin));
      const known = new Map<string, Local>([[loop.local, counter]]);
      const first = [...passed].flatMap(([name, array]): Statement[] => {
        if (!own.reads.has(name) || own.sets.has(name)) return [];
        const local = fresh(name, array.element);
        known.set(name, local);
        return [ir.set(local, { kind: 'load', type: array.element, buffer: array.name, index: round })];
      });
      const last = [...own.sets].flatMap((name): Statement[] => {
        const type = types.get(name);
        if (!later.has(name) || type === undefined || type === 'bool') return [];
        const array = { name: `${name}.rounds.${arrays.length}`, element: type, length: partLength };
        arrays.push(array);
        passed.set(name, array);
        return [{ kind: 'store', buffer: array.name, index: round, value: ir.get({ name, type }) }];
      });
      const all = [...first, ...statements.map((s) => renamed(s, known)), ...last];
      if (!free) return ir.loop(counter, ir.get(begin), ir.get(stop), all);
      const isFillingArrays = first.length === 0 && onlyComputes(statements, loop.local);
      return ir.lanesLoop(counter, ir.get(begin), isFillingArrays ? inVectors(begin, stop) : ir.get(stop), all);
    });
    const left = ir.sub(ir.get(end), ir.get(begin));
    const length = ir.u32(partLength);
    return [
      ir.set(begin, loop.from),
      ir.set(end, loop.to),
      ir.whilst(ir.lt(ir.get(begin), ir.get(end)), [
        ir.set(stop, ir.add(ir.get(begin), ir.select(ir.lt(left, length), left, length))),
        ...loops,
        ir.set(begin, ir.get(stop)),
      ]),
    ];
  };
  const result = inside(body, mentions(body));
  return added.length === 0 ? { body, locals, arrays } : { body: result, locals: [...locals, ...added], arrays };
}

/** The end of a part in whole vectors, or of its rounds if that would be beyond the largest number. */
function inVectors(begin: Local, stop: Local): Expression {
  const rounds = ir.sub(ir.get(stop), ir.get(begin));
  const whole = ir.and(ir.add(rounds, ir.u32(vectorLength - 1)), ir.u32(-vectorLength >>> 0));
  const end = ir.add(ir.get(begin), whole);
  return ir.select(ir.lt(end, ir.get(stop)), ir.get(stop), end);
}

/** Whether statements only set locals, without a load that depends on the counter of their loop. */
function onlyComputes(statements: readonly Statement[], counter: string): boolean {
  const varying = new Set([counter, ...namesOf(statements).sets]);
  return statements.every(
    (s) =>
      s.kind !== 'store' &&
      expressionsOf(s).every(
        (e) =>
          !someExpression(
            e,
            (part) =>
              part.kind === 'load' &&
              someExpression(part.index, (inner) => inner.kind === 'local' && varying.has(inner.name)),
          ),
      ),
  );
}

/** How often names are read or set in statements. */
function mentions(statements: readonly Statement[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const count = (name: string): void => void counts.set(name, (counts.get(name) ?? 0) + 1);
  visitStatements(statements, (s) => {
    for (const name of setBy(s)) count(name);
    for (const e of expressionsOf(s)) visitExpression(e, (part) => part.kind === 'local' && count(part.name));
  });
  return counts;
}

/** Whether a kernel uses the locals that a loop sets only inside that loop. */
function onlyInside(loop: For, all: ReadonlyMap<string, number>): boolean {
  const own = mentions([loop]);
  return [...namesOf([loop]).sets].every((name) => own.get(name) === all.get(name) || isCarried(loop.body, name));
}

const setBy = (s: Statement): readonly string[] =>
  s.kind === 'set' || s.kind === 'for' ? [s.local] : s.kind === 'call' ? s.results : [];

/** Locals that statements read and set, also in nested ones. */
function namesOf(statements: readonly Statement[]): Readonly<Record<'reads' | 'sets', ReadonlySet<string>>> {
  const [reads, sets] = [new Set<string>(), new Set<string>()];
  visitStatements(statements, (s) => {
    for (const name of setBy(s)) sets.add(name);
    for (const e of expressionsOf(s)) visitExpression(e, (part) => part.kind === 'local' && reads.add(part.name));
  });
  return { reads, sets };
}

/** Whether a round may read a value of a local that an earlier round set. */
function isCarried(body: readonly Statement[], name: string): boolean {
  for (const s of body) {
    const { reads, sets } = namesOf([s]);
    if (reads.has(name)) return true;
    if (sets.has(name)) return childrenOf(s).length > 0;
  }
  return false;
}

/**
 * Divides the statements of a round into stretches; undefined if none is worth a loop of its own, or if rounds can end
 * the loop.
 */
function stretchesOf(
  loop: For,
  types: ReadonlyMap<string, ScalarType>,
  functions: ReadonlyMap<string, IrFunction>,
): readonly Stretch[] | undefined {
  const { body } = loop;
  if (leaves(body)) return undefined;
  const carried = new Set([...namesOf(body).sets].filter((name) => isCarried(body, name)));
  const straight = (s: Statement): boolean =>
    (s.kind === 'set' || s.kind === 'call' || s.kind === 'comment' || isOwnStore(s, loop.local)) &&
    !setBy(s).some((name) => carried.has(name)) &&
    [...calleesOf([s])].every((name) => isSafe(name, functions));
  const free = body.map(straight);
  // Statements of one round that depend on those of the last one stay together, and so do all between them.
  const together = (isOne: (s: Statement) => boolean): void => {
    const [from, to] = [body.findIndex(isOne), body.findLastIndex(isOne)];
    if (from >= 0) free.fill(false, from, to + 1);
  };
  for (const name of namesOf(body).sets) {
    const sets = (s: Statement): boolean => namesOf([s]).sets.has(name);
    const last = body.findLastIndex(sets);
    const before = (s: Statement): boolean => namesOf([s]).reads.has(name) && body.indexOf(s) <= last;
    if (carried.has(name) || body.findIndex(sets) < last) together((s) => sets(s) || before(s));
  }
  for (const buffer of accessesOf(body).writes)
    if (!body.every((s) => onlyAt(s, buffer, loop.local)))
      together((s) => accessesOf([s]).reads.has(buffer) || accessesOf([s]).writes.has(buffer));
  const stretches: { statements: Statement[]; free: boolean }[] = [];
  body.forEach((s, k) => {
    const previous = stretches.at(-1);
    if (previous && previous.free === free[k]) previous.statements.push(s);
    else stretches.push({ statements: [s], free: free[k] === true });
  });
  const joined: { statements: Statement[]; free: boolean }[] = [];
  for (const stretch of stretches) {
    const worth = stretch.free && calleesOf(stretch.statements).size > 0;
    const previous = joined.at(-1);
    if (previous && !previous.free && !worth) previous.statements.push(...stretch.statements);
    else joined.push({ statements: [...stretch.statements], free: worth });
  }
  if (!joined.some((stretch) => stretch.free)) return undefined;
  // Arrays hold numbers, not flags.
  const passesFlags = joined.some(({ statements }, k) => {
    const later = new Set(joined.slice(k + 1).flatMap((other) => [...namesOf(other.statements).reads]));
    return [...namesOf(statements).sets].some((name) => types.get(name) === 'bool' && later.has(name));
  });
  return passesFlags ? undefined : joined;
}

/** Whether statements end the loop that they stand in. */
const leaves = (statements: readonly Statement[]): boolean =>
  statements.some((s) => s.kind === 'break' || (s.kind === 'if' && leaves([...s.then, ...s.else])));

const isOwnStore = (s: Statement, counter: string): boolean => s.kind === 'store' && isLocal(s.index, counter);

/** Whether a statement accesses a buffer only at the counter of its loop. */
function onlyAt(s: Statement, buffer: string, counter: string): boolean {
  let only = true;
  visitStatements([s], (inner) => {
    if ((inner.kind === 'store' || inner.kind === 'accumulate') && inner.buffer === buffer)
      only &&= isLocal(inner.index, counter);
    for (const e of expressionsOf(inner))
      visitExpression(e, (part) => {
        if (part.kind === 'load' && part.buffer === buffer) only &&= isLocal(part.index, counter);
      });
  });
  return only;
}

function isSafe(name: string, functions: ReadonlyMap<string, IrFunction>): boolean {
  const callee = functions.get(name);
  return callee !== undefined && isLaneSafe(callee);
}

/** A statement that reads other locals in place of some; it does not set those. */
function renamed(s: Statement, names: ReadonlyMap<string, Local>): Statement {
  const replace = (e: Expression): Expression =>
    withParts(e, (part) => {
      const local = part.kind === 'local' ? names.get(part.name) : undefined;
      return local && ir.get(local);
    });
  const all = (list: readonly Statement[]): readonly Statement[] => list.map((inner) => renamed(inner, names));
  const own = withExpressions(s, replace);
  if (own.kind === 'if') return { ...own, then: all(own.then), else: all(own.else) };
  return own.kind === 'for' || own.kind === 'while' ? { ...own, body: all(own.body) } : own;
}
