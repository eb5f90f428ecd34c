/** Events of a class of compartments: those of the cell that are detected there, and conditions of its mechanisms. */

import type { Expression, Statement } from '../../lang/ast.js';
import { assignment, name as nameOf } from '../../lang/build.js';
import { mapStatement } from '../../lang/walk.js';
import type { EventDefinition, LocalEvent, Refractory } from '../../model/typed.js';

/** Expressions as the class has them. */
type Rename = (e: Expression) => Expression;

/** An event of the cell at its place, which has become the place of the class. */
export function eventAt({ section: _, fraction: __, ...event }: EventDefinition, code: Rename): EventDefinition {
  const { when, do: actions, refractory, multiplicity } = event;
  return {
    ...event,
    when: code(when),
    do: actions.map((statement) => mapStatement(statement, code)),
    ...(refractory ? { refractory: refractoryAt(refractory, code) } : {}),
    ...(multiplicity === undefined ? {} : { multiplicity: code(multiplicity) }),
  };
}

function refractoryAt(refractory: Refractory, code: Rename): Refractory {
  const { for: duration, while: condition } = refractory;
  return {
    ...refractory,
    ...(duration === undefined ? {} : { for: code(duration) }),
    ...(condition === undefined ? {} : { while: code(condition) }),
  };
}

/**
 * A condition of a mechanism as an event that nobody else sees.
 *
 * @param code  an expression of the mechanism in the names of the class, where temporaries have others
 * @param ownName  what the class calls a variable of the mechanism; undefined for others
 * @param temporary  a name that nothing in the class has
 */
export function localEventAt(
  { when, edge, do: actions, order }: LocalEvent,
  code: (e: Expression, temporaries: ReadonlyMap<string, Expression>) => Expression,
  ownName: (name: string) => string | undefined,
  temporary: (wanted: string) => string,
): EventDefinition {
  const temporaries = new Map<string, Expression>();
  const statements = actions.map((statement): Statement => {
    if (statement.kind === 'send') return statement;
    const value = code(statement.value, temporaries);
    const known = ownName(statement.target) ?? spelt(temporaries.get(statement.target));
    const target = known ?? temporary(statement.target);
    if (known === undefined) temporaries.set(statement.target, nameOf(target));
    return assignment(target, statement.operator, value, statement.span, statement.targetSpan);
  });
  return { when: code(when, temporaries), edge, do: statements, order, emits: null };
}

const spelt = (e: Expression | undefined): string | undefined => (e?.kind === 'name' ? e.name : undefined);
