/** Effects of events on a point process. */

import type { Expression, Span } from '../../src/lang/ast.js';
import { integer, name as nameOf } from '../../src/lang/build.js';
import { allowed, type Definitions, type Program } from './definitions.js';
import { Execution } from './execute.js';
import type { FileNames } from './file-names.js';
import { statementsOf, type Receipt } from './mechanism.js';
import { EventCode, type Kept, type Sent } from './receive.js';
import { eventsOf } from './self-events.js';
import type { NmodlFile } from './syntax.js';
import { powersOf, pure, type Powers } from './units.js';
import { inUnits, type Value } from './values.js';

const zero: Value = { expression: integer(0), unit: undefined };

/**
 * Returns the effects of events. The arguments of the block are variables of the connection.
 *
 * @param around  surroundings of the execution
 * @param sent  events that INITIAL sends to the point process
 */
export function receiptOf(
  file: NmodlFile,
  own: FileNames,
  around: {
    readonly program: Program;
    readonly definitions: Definitions;
    /** Variables that keep their values between events. */
    readonly hidden: ReadonlyMap<string, { readonly unit: Powers }>;
    readonly solve: ConstructorParameters<typeof Execution>[2];
    /** Changes what is executed. */
    readonly enter: (pass: 'initial' | 'event' | 'step') => void;
    readonly isConstant: (e: Expression) => boolean;
    readonly refuse: (part: string, reason: string, span: Span) => never;
  },
  constants: ReadonlyMap<string, Value>,
  sent: readonly Sent[],
): Receipt {
  const { receive } = file;
  const parameters = receive?.parameters ?? [];
  around.enter('event');
  const stored = new Map<string, { readonly name: string; readonly unit: Powers }>();
  for (const name of own.states.keys())
    stored.set(name, { name: own.renamed.get(name) ?? name, unit: own.stateUnit(name) });
  for (const [name, { unit }] of around.hidden) stored.set(name, { name: own.renamed.get(name) ?? name, unit });
  const values = new Map(constants);
  for (const declaration of parameters) {
    const unit = (declaration.unit === undefined ? undefined : powersOf(declaration.unit, file.units)) ?? pure;
    const name = own.names.take(allowed(declaration.name));
    stored.set(declaration.name, { name, unit });
    values.set(declaration.name, { expression: nameOf(name), unit });
  }
  let isFirst = false;
  const kept: Kept[] = [];
  const run: Parameters<typeof eventsOf>[0] = (flag, decide, onSend) => {
    const given = new Map([...values, ['flag', { expression: flag, unit: undefined }]]);
    const execution = new Execution(around.program, around.definitions, around.solve, given, true);
    const code = new EventCode(
      around.program,
      execution,
      parameters.map(({ name }) => name),
      stored,
      own.names,
      decide,
      onSend,
    );
    code.run(isFirst ? starts.flatMap(({ body }) => body) : (receive?.body ?? []));
    kept.push(...code.kept);
    return code;
  };
  const starts = (receive?.body ?? []).filter((statement) => statement.kind === 'initial');
  around.enter('initial');
  isFirst = true;
  const begin = run(integer(0));
  around.enter('event');
  isFirst = false;
  const { times, ...events } = eventsOf(
    run,
    sent,
    (wanted) => own.names.take(wanted),
    around.isConstant,
    around.refuse,
  );
  around.enter('step');
  const first = new Map(begin.statements.map(({ target, value }) => [target, value]));
  const variables = new Map<string, { readonly unit: Powers; readonly initial: Expression }>();
  const connection = parameters.map(({ name }) => stored.get(name) ?? { name, unit: pure });
  const [weight, ...others] = connection;
  const start = (unit: Powers): Expression => inUnits(zero, unit);
  for (const { name, unit } of others) variables.set(name, { unit, initial: first.get(name) ?? start(unit) });
  const assigned = new Set(statementsOf(events).map(({ target }) => target));
  for (const { name, unit } of kept) if (assigned.has(name)) variables.set(name, { unit, initial: start(unit) });
  for (const { name, initial } of times) variables.set(name, { unit: { ms: 1 }, initial });
  return { weight, variables, ...events };
}
