/** The model's texts as trees: parsed, with units and literals folded into numbers in SI. */

import type { Expression, Statement } from '../lang/ast.js';
import { foldConstants } from '../lang/fold.js';
import { parseExpression, parseStatements } from '../lang/parse.js';
import { mapStatement } from '../lang/walk.js';
import type { DeclaredNames } from '../model/typed.js';

/** The tree of an expression that has passed validation. */
export const expressionOf = (text: string, declared: DeclaredNames): Expression =>
  foldConstants(parseExpression(text), undefined, (name) => declared.has(name));

/** The trees of statements that have passed validation. */
export const statementsOf = (texts: readonly string[], declared: DeclaredNames): Statement[] =>
  texts.flatMap((text) =>
    parseStatements(text).map((statement) =>
      mapStatement(statement, (e) => foldConstants(e, undefined, (name) => declared.has(name))),
    ),
  );
