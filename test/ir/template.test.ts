import { readFileSync, readdirSync } from 'node:fs';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import * as ir from '../../src/ir/builder.js';
import type { Buffer, Expression, Statement } from '../../src/ir/program.js';
import { folded } from '../../src/ir/fold.js';
import { drawParameters } from '../../src/ir/library/philox.js';
import { code } from '../../src/ir/template.js';
import { TokenReader, tokenizeTemplate } from '../../src/ir/text-lexer.js';
import { type StatementScope, readIrExpression, readStatement } from '../../src/ir/text-read-body.js';
import { printIrStatements } from '../../src/ir/text-print-body.js';
import { Block } from '../../src/lower/code/block.js';

const counts: Buffer = { name: 'counts', element: 'u32', length: 10, role: 'state', comment: 'counts' };

const written = (block: Block): string => printIrStatements(block.statements, '').replace(/^ {2}/gm, '');

describe('A template', () => {
  test('declares names, reads holes, and nests', () => {
    const block = new Block();
    const at = block.write`
      let first = index * ${4}u
      var sum = 0L
      for k = first until ${ir.add(ir.u32(1), ir.u32(2))} {
        let own = ${counts}[k]
        if own > 0u {
          sum = sum + i64(own)
        } else {
          break
        }
      }
      fault ${8} when sum > ${5n}`;
    expect(written(block)).toBe(
      `first = index * 4u
sum = 0L
for k = first until 1u + 2u {
  own = counts[k]
  if own > 0u {
    sum = sum + i64(own)
  } else {
    break
  }
}
fault 8 when sum > 5L
`,
    );
    expect(at('sum')).toEqual({ kind: 'local', type: 'i64', name: 'sum' });
    expect(block.locals.declared.map(({ name, type }) => `${name}: ${type}`)).toEqual([
      'first: u32',
      'sum: i64',
      'k: u32',
      'own: u32',
    ]);
  });

  test('renames locals of templates that share a kernel', () => {
    const block = new Block();
    block.write`var sum = 1.0`;
    block.write`
      var sum = 2.0
      sum = sum + 1.0`;
    expect(written(block)).toBe('sum = 1.0\nsum_1 = 2.0\nsum_1 = sum_1 + 1.0\n');
  });

  test('counts in a local that was declared before several loops', () => {
    const block = new Block();
    block.write`
      var k: u32
      for k = 0u until 3u {
        ${counts}[k] = 0u
      }
      for k = 3u until 5u {
        ${counts}[k] = 1u
      }
      for n = 0u until 2u {
      }
      for n = 0u until k {
      }`;
    expect(written(block)).toBe(
      `for k = 0u until 3u {
  counts[k] = 0u
}
for k = 3u until 5u {
  counts[k] = 1u
}
for n = 0u until 2u {
}
for n_1 = 0u until k {
}
`,
    );
  });

  test('runs functions in holes at their place, with the names declared so far', () => {
    const block = new Block();
    block.write`
      for k = 0u until 3u {
        ${(at, inner) => {
          inner.write`${counts}[${at('k')}] = 1u`;
          return { last: code`${counts}[${at('k')} + 1u]` };
        }}
        ${counts}[k] = last + ${(at) => at('k')}
      }`;
    expect(written(block)).toBe('for k = 0u until 3u {\n  counts[k] = 1u\n  counts[k] = counts[k + 1u] + k\n}\n');
  });

  test('computes operations on constants when it is folded', () => {
    const x = ir.get({ name: 'x', type: 'f64' });
    expect(folded`${x} * (${2} - 0.5)`).toEqual(ir.mul(x, ir.f64(1.5)));
    expect(folded`select(1u < 2u, -${x}, ${x})`).toEqual(ir.neg(x));
    // An operation in a hole stays as it is.
    expect(folded`${ir.add(ir.f64(1), ir.f64(2))} + ${x}`).toEqual(ir.add(ir.add(ir.f64(1), ir.f64(2)), x));
  });

  test('is refused when a name is unknown, outlives its block, or may not change', () => {
    const refused = (write: (block: Block) => void): (() => void) => {
      return () => write(new Block());
    };
    expect(refused((block) => block.write`${counts}[0u] = missing`)).toThrow('a local, not missing');
    expect(
      refused(
        (block) => block.write`
          if true {
            let inside = index + 1u
          }
          ${counts}[0u] = inside`,
      ),
    ).toThrow('line 5: expected a local, not inside');
    expect(
      refused(
        (block) => block.write`
          let fixed = index + 1u
          fixed = 2u`,
      ),
    ).toThrow('a local that can be assigned, not fixed');
    expect(refused((block) => block.write`${counts}[0u] = ${[ir.leave]}`)).toThrow('expected an expression');
    expect(() => code`1u + 2u 3u`).toThrow('expected the end of the expression');
  });
});

/** Names that functions in the holes of a template may return, by the keys of their object literals. */
function returnedNames(template: ts.TemplateLiteral): Set<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isShorthandPropertyAssignment(node) || ts.isPropertyAssignment(node)) names.add(node.name.getText());
    ts.forEachChild(node, visit);
  };
  if (ts.isTemplateExpression(template)) for (const span of template.templateSpans) visit(span.expression);
  return names;
}

/** Parameters of the functions that a file of the library defines, which its templates know: keys of its objects. */
function parametersIn(source: ts.SourceFile): Set<string> {
  const names = new Set(Object.keys(drawParameters));
  const visit = (node: ts.Node): void => {
    if (ts.isObjectLiteralExpression(node)) for (const { name } of node.properties) if (name) names.add(name.getText());
    ts.forEachChild(node, visit);
  };
  visit(source);
  return names;
}

/** Reads a template with placeholders in its holes. @throws UsageError for text that is not in the form */
function readWithPlaceholders(
  template: ts.TemplateLiteral,
  statements: boolean,
  parameters: ReadonlySet<string>,
): void {
  const parts = ts.isTemplateExpression(template)
    ? [template.head.text, ...template.templateSpans.map(({ literal }) => literal.text)]
    : [template.text];
  const reader = new TokenReader(tokenizeTemplate(parts));
  const returned = returnedNames(template);
  const value = (name: string): Expression => ({ kind: 'local', type: 'f64', name });
  const scope = (known: Set<string>): StatementScope => ({
    value: (name) => (known.has(name) || returned.has(name) || parameters.has(name) ? value(name) : undefined),
    assigned: (name) => (known.has(name) ? name : undefined),
    counter: (name) => (known.add(name), name),
    result: (name) => (known.add(name), name),
    emit: () => undefined,
    nested: (write) => {
      const inner: Statement[] = [];
      write(scope(new Set(known)));
      return inner;
    },
    ...(statements && { declare: (_word, name) => void known.add(name) }),
    hole: (hole) => {
      const after = parts[hole + 1]?.trimStart() ?? '';
      if (after.startsWith('[')) return { role: 'buffer', buffer: counts };
      if (after.startsWith('('))
        return { role: 'callee', callee: { name: 'callee', results: [{ name: 'result', type: 'f64' }] } };
      return { role: 'value', value: after.startsWith('= ') ? value(`hole_${hole}`) : ir.u32(0) };
    },
  });
  const outermost = scope(new Set(['index']));
  if (statements) while (reader.peek().kind !== 'end') readStatement(reader)(outermost);
  else readIrExpression(reader)(outermost);
  expect(reader.peek().kind).toBe('end');
}

test('every template of a kernel is in the text form and reads only names that it declares', () => {
  let templates = 0;
  const paths = ['src/lower', 'src/ir'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`),
  );
  for (const path of paths.filter((name) => name.endsWith('.ts'))) {
    const text = readFileSync(path, 'utf8');
    if (!/(?:\bcode|\bfolded|\.write)`/.test(text)) continue;
    const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
    const parameters = path.startsWith('src/ir/library/') ? parametersIn(source) : new Set<string>();
    const visit = (node: ts.Node): void => {
      if (ts.isTaggedTemplateExpression(node)) {
        const tag = ts.isPropertyAccessExpression(node.tag) ? node.tag.name.text : node.tag.getText();
        if (tag === 'write' || tag === 'code' || tag === 'folded') {
          templates++;
          const { line } = source.getLineAndCharacterOfPosition(node.getStart());
          expect(
            () => readWithPlaceholders(node.template, tag === 'write', parameters),
            `${path}:${line + 1}`,
          ).not.toThrow();
        }
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  expect(templates).toBeGreaterThan(20);
});
