/** Code at regular times, and values that are set once, as conditions of cells and of synapses. */

import { dimensionless, type Expression, type Statement } from '../../../src/lang/ast.js';
import { binary, conditional, name as nameOf, number, quantity } from '../../../src/lang/build.js';
import { second } from '../../../src/lang/dimension.js';
import type { Operation } from '../../../src/model/typed.js';
import type { Change } from './context.js';
import { operatorOf, type TypeBuilder } from './type-builder.js';
import { element, type Element } from './text/xml-text.js';

const test = (builder: TypeBuilder, all: readonly Expression[]): string =>
  builder.condition(
    all.reduce((before, e) => binary('and', before, e)),
    'statement',
  );

/** Returns a condition for elements with the flag of a name; no condition without a name. */
const chosenBy = (flag: string | null): readonly Expression[] =>
  flag === null ? [] : [binary('>', nameOf(flag), number(0.5))];

/** Returns a statement that keeps its variable unless a condition holds; null means that it always holds. */
function under(condition: Expression | null, statement: Statement, builder: TypeBuilder): Element {
  if (condition === null || statement.kind !== 'assignment' || !builder.has(statement.target))
    return builder.assignment(statement);
  const { target, operator, value } = statement;
  const before = nameOf(target);
  const after = operator === '=' ? value : binary(operatorOf(operator), before, value);
  return builder.assignment({ ...statement, operator: '=', value: conditional(condition, after, before) });
}

/** Code at regular times, for a type. */
interface RegularCode {
  readonly name: string;
  /** The parameter that is one for elements that it is for; null for all. */
  readonly flag: string | null;
  readonly operation: Operation;
  /** Under which condition it may change a variable; null: always. */
  readonly free?: (variable: string) => Expression | null;
}

/** Returns code at regular times, from the first step on. */
export function regularCode(
  { name, flag, operation: { do: actions, every }, free = () => null }: RegularCode,
  builder: TypeBuilder,
): Element {
  const ticks: Element[] = [];
  const due = [...chosenBy(flag)];
  if (every !== undefined) {
    const next = `next ${name}`;
    builder.state(next, second, false);
    due.push(binary('>=', nameOf('t'), nameOf(next)));
    ticks.push(
      builder.assign(
        builder.nameOf(next),
        builder.text(binary('+', nameOf(next), quantity(every, second)), 'statement'),
      ),
    );
  }
  const statements = builder
    .statements(actions)
    .map((statement) => under(statement.kind === 'assignment' ? free(statement.target) : null, statement, builder));
  const always = binary('>', number(1), number(0));
  return element('OnCondition', { test: test(builder, due.length > 0 ? due : [always]) }, [...ticks, ...statements]);
}

/**
 * Returns code that runs between two steps, at the end of the first of them.
 *
 * @param flag the parameter that is one for the elements concerned; null for all
 */
export function codeOnce(
  name: string,
  flag: string | null,
  { at, where }: Change,
  actions: readonly Statement[],
  builder: TypeBuilder,
): readonly Element[] {
  const done = builder.state(`${name} done`, dimensionless, false);
  const due = [binary('<', nameOf(`${name} done`), number(0.5)), binary('>=', nameOf('t'), quantity(at, second))];
  const chosen = [...chosenBy(flag), ...(where === undefined ? [] : [builder.folded(where)])];
  const statements = builder.statements(actions).map((statement) => {
    if (statement.kind !== 'assignment' || statement.value.kind !== 'number') return builder.assignment(statement);
    // Assigned numbers are in SI.
    const value = quantity(statement.value.value, builder.dimensionOf(statement.target));
    return builder.assignment({ ...statement, value });
  });
  const finished = builder.assign(done, '1');
  return chosen.length === 0
    ? [element('OnCondition', { test: test(builder, due) }, [...statements, finished])]
    : [
        element('OnCondition', { test: test(builder, [...due, ...chosen]) }, statements),
        element('OnCondition', { test: test(builder, due) }, [finished]),
      ];
}
