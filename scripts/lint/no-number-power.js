/** Refuses `**` on numbers, whose last bits differ between machines; on bigints it is exact. */

import ts from 'typescript';

/** Whether an operand is a bigint: by its type where types are known, else by how it is written. */
function isBigint(node, services) {
  if (services?.program) return (services.getTypeAtLocation(node).flags & ts.TypeFlags.BigIntLike) !== 0;
  return (
    (node.type === 'Literal' && typeof node.value === 'bigint') ||
    (node.type === 'CallExpression' && node.callee.name === 'BigInt')
  );
}

/** An ESLint rule without options. */
export const noNumberPower = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { power: 'Powers of numbers differ between machines; ** is for bigints.' },
  },
  create(context) {
    const services = context.sourceCode.parserServices;
    const check = (node) => {
      if (!isBigint(node.left, services) && !isBigint(node.right, services))
        context.report({ node, messageId: 'power' });
    };
    return { 'BinaryExpression[operator="**"]': check, 'AssignmentExpression[operator="**="]': check };
  },
};
