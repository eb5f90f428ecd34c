/**
 * Text to trees: the Brian- and Python-like syntax of expressions, of statements and of equation blocks.
 * Spans are offsets in the text given.
 */
export { parseExpression } from './parse-expression.js';
export { parseStatements } from './parse-statements.js';
export { parseEquations, readEquationLines, type EquationLine } from './parse-equations.js';
