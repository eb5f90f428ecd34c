/** Rules of the house, for oxlint; CONTRIBUTING.md explains them. */

import { noCodeByPatterns } from './code-by-patterns.js';

const portable = /^(?:abs|ceil|clz32|floor|fround|imul|max|min|round|sign|sqrt|trunc|E|PI)$/;

/** Whether a node is written as a bigint. */
function isBigint(node) {
  return (
    (node.type === 'Literal' && typeof node.value === 'bigint') ||
    (node.type === 'CallExpression' && node.callee.name === 'BigInt')
  );
}

/**
 * Rejects functions whose last bits differ between machines and versions of an engine, and results that depend on a
 * locale.
 */
const noUnportableArithmetic = {
  create(context) {
    const report = (node, message) => context.report({ node, message });
    const power = (node) => {
      if (!isBigint(node.left) && !isBigint(node.right))
        report(node, 'Powers of numbers differ between machines; ** is for bigints, one of them written as such.');
    };
    return {
      MemberExpression(node) {
        if (node.object.name === 'Math' && !portable.test(node.property.name))
          report(
            node,
            'The result differs between machines: use the functions of src/ir/library, or decimal arithmetic.',
          );
      },
      VariableDeclarator(node) {
        if (node.init?.name === 'Math') report(node, 'Name the functions of Math where they are used.');
      },
      CallExpression(node) {
        if (/^(?:localeCompare|toLocale\w+)$/.test(node.callee.property?.name ?? ''))
          report(node, 'The result depends on the locale.');
      },
      BinaryExpression(node) {
        if (node.operator === '**') power(node);
      },
      AssignmentExpression(node) {
        if (node.operator === '**=') power(node);
      },
    };
  },
};

/** Rejects `'member' in object`, by which a kind would be told without a check that all kinds are treated. */
const noKindByMember = {
  create(context) {
    return {
      BinaryExpression(node) {
        if (node.operator === 'in' && node.left.type === 'Literal')
          context.report({ node, message: 'Switch over `kind`, exhaustively.' });
      },
    };
  },
};

/** Columns of comments, as of code. */
const columns = 120;

/**
 * Rejects comments that are wider than code, which the formatter leaves alone. Addresses may be longer, and so may code
 * with a comment behind it.
 */
const commentWidth = {
  create(context) {
    return {
      Program() {
        const { lines } = context.sourceCode;
        for (const { loc } of context.sourceCode.getAllComments()) {
          if (lines[loc.start.line - 1].slice(0, loc.start.column).trim() !== '') continue;
          for (let line = loc.start.line; line <= loc.end.line; line += 1) {
            const text = lines[line - 1];
            if ([...text.replace(/https?:\S+/, '')].length <= columns) continue;
            const place = { start: { line, column: 0 }, end: { line, column: text.length } };
            context.report({ loc: place, message: `A comment has at most ${columns} columns.` });
          }
        }
      },
    };
  },
};

export default {
  meta: { name: 'house' },
  rules: {
    'no-unportable-arithmetic': noUnportableArithmetic,
    'no-kind-by-member': noKindByMember,
    'comment-width': commentWidth,
    'no-code-by-patterns': noCodeByPatterns,
  },
};
