import { describe, expect, it } from 'vitest';
import { Diagnostics, DiagnosticError, type Diagnostic } from '../../src/diagnostics/diagnostic.js';
import { displayWidth, printable } from '../../src/diagnostics/display.js';
import { countFindings, diagnosticsToJson, placeText, renderDiagnostics } from '../../src/diagnostics/render.js';

const balanced = `name: balanced
projections:
  ee: { from: exc, to: exd, synapse: plastic }
record: []
`;

const unknown: Diagnostic = {
  code: 'model/unknown-population',
  severity: 'error',
  message: 'the target of projection "ee" is not a population',
  place: { document: 'balanced.yaml', pointer: '/projections/ee/to', line: 3, column: 24, length: 3 },
  expected: 'one of exc, inh, noise',
  found: 'exd',
  hint: 'did you mean exc?',
  rule: 'schemas/model.schema.json#/$defs/projection/properties/to',
};

const rowLength = { code: 'sonata/row-length', message: 'the row has 5 cells, and the table 6 columns' };

function render(diagnostics: readonly Diagnostic[], text: string): string {
  return renderDiagnostics(diagnostics, { source: (document) => (document === 'balanced.yaml' ? text : undefined) });
}

/** The marked line and the carets below it. */
function mark(text: string, column: number, length: number): string[] {
  const diagnostic = { ...unknown, place: { document: 'balanced.yaml', line: 1, column, length } };
  return render([diagnostic], text).split('\n').slice(2, 4);
}

describe('renderDiagnostics', () => {
  it('shows code, place, lines, caret and the valid values', () => {
    expect(render([unknown], balanced)).toBe(`\
error[model/unknown-population]  the target of projection "ee" is not a population
  --> balanced.yaml:3:24   /projections/ee/to
      2 | projections:
      3 |   ee: { from: exc, to: exd, synapse: plastic }
        |                        ^^^
      4 | record: []
  expected  one of exc, inh, noise
  found     exd
  hint      did you mean exc?
  rule      schemas/model.schema.json#/$defs/projection/properties/to
`);
  });

  describe('with a limit on findings alike', () => {
    const alike = (count: number, severity: Diagnostic['severity']): Diagnostic[] =>
      Array.from({ length: count }, (_, k) => ({
        code: 'model/odd',
        severity,
        message: `odd ${k}`,
        place: { document: 'balanced.yaml', line: k + 1, column: 1 },
      }));
    const shown = (diagnostics: readonly Diagnostic[]): string[] =>
      renderDiagnostics(diagnostics, { mostAlike: 3 }).match(/odd \d+$|^and .*$/gm) ?? [];

    it('shows the first of a code and counts the others', () => {
      expect(shown([...alike(7, 'warning'), { ...unknown, severity: 'note' }])).toEqual([
        'odd 0',
        'odd 1',
        'odd 2',
        'and 4 more warnings of model/odd; `interneuron validate` shows them all',
      ]);
    });

    it('shows every error, and one more finding rather than a line that counts it', () => {
      expect(shown(alike(7, 'error'))).toHaveLength(7);
      expect(shown(alike(4, 'warning'))).toEqual(['odd 0', 'odd 1', 'odd 2', 'odd 3']);
    });
  });

  it('shows related places as notes', () => {
    const diagnostic: Diagnostic = {
      code: 'model/name-twice',
      severity: 'error',
      message: 'two populations have the name exc',
      place: { document: 'balanced.yaml', line: 4, column: 1, length: 6 },
      related: [{ message: 'first defined here', place: { document: 'balanced.yaml', line: 1, column: 7, length: 8 } }],
    };
    expect(render([diagnostic], balanced)).toBe(`\
error[model/name-twice]  two populations have the name exc
  --> balanced.yaml:4:1
      3 |   ee: { from: exc, to: exd, synapse: plastic }
      4 | record: []
        | ^^^^^^
  rule      interneuron explain model/name-twice
  note      first defined here
  --> balanced.yaml:1:7
      1 | name: balanced
        |       ^^^^^^^^
      2 | projections:
`);
  });

  it('shows only the place without a text, and no line for a place that the text lacks', () => {
    const elsewhere = { ...unknown, place: { document: 'other.yaml', line: 3, column: 2 } };
    const beyond = { ...unknown, place: { document: 'balanced.yaml', line: 99, column: 2 } };
    const { place, ...nowhere } = unknown;
    expect(place).toBeDefined();
    expect(render([elsewhere], balanced).split('\n')[1]).toBe('  --> other.yaml:3:2');
    expect(render([beyond], balanced).split('\n').slice(1, 3)).toEqual([
      '  --> balanced.yaml:99:2',
      '  expected  one of exc, inh, noise',
    ]);
    expect(render([nowhere], balanced).split('\n')[1]).toBe('  expected  one of exc, inh, noise');
  });

  it('sorts by place; of each severity the first hundred are kept and the rest is counted', () => {
    const at = (line: number): Diagnostic => ({
      ...unknown,
      message: `line ${line}`,
      place: { document: 'balanced.yaml', line },
    });
    expect(renderDiagnostics([at(3), at(1), at(2)]).match(/line \d/g)).toEqual(['line 1', 'line 2', 'line 3']);
    const found = new Diagnostics();
    let asked = 0;
    for (let line = 150; line > 0; line--)
      found.add(at(line), () => ((asked += 1), { document: 'balanced.yaml', line }));
    found.add({ code: 'model/odd', message: 'odd', severity: 'warning' });
    const list = found.list;
    expect([list.length, asked, list.at(-1)?.count]).toEqual([102, 100, 50]);
    expect(countFindings(list)).toBe('150 errors, 1 warning');
    expect(renderDiagnostics(list)).toMatch(/error\[diagnostics\/more\] {2}50 more errors not shown\n[^[]*$/);
    const again = new Diagnostics();
    again.addAll(list);
    expect(again.list).toEqual(list);
  });

  it('a document with 200 errors is not read further', () => {
    const found = new Diagnostics();
    let added = 0;
    const read = (): void => {
      for (; ; added++) found.add({ ...unknown, found: `e${added}` }, { document: 'balanced.yaml', line: added });
    };
    expect(read).toThrow(DiagnosticError);
    expect(added).toBe(199);
    expect(renderDiagnostics(found.list)).toMatch(/error\[diagnostics\/more\] {2}at least 100 more errors not shown\n/);
  });

  it('equal findings of many rows are one with a count, up to the last one that is read', () => {
    const found = new Diagnostics();
    const read = (): void => {
      for (let line = 2; ; line++) found.add(rowLength, { document: 'types.csv', line });
    };
    expect(read).toThrow(DiagnosticError);
    expect(renderDiagnostics(found.list)).toBe(`\
error[sonata/row-length]  the row has 5 cells, and the table 6 columns
  --> types.csv:2
  also in   lines 3, 4, 5, 6, 7 and 194 more places
  rule      interneuron explain sonata/row-length

error[diagnostics/more]  the document is not read further after 200 errors
  expected  at most 100 errors
  found     200 errors
  hint      fix those shown first: one error often causes others
  rule      interneuron explain diagnostics/more
`);
    expect(countFindings(found.list)).toBe('200 errors');
  });

  it('equal findings are joined in lists and numbered elements, once, and in no other parts', () => {
    const found = new Diagnostics();
    const pointers = [
      '/a/0',
      '/a/7',
      '/a/0',
      '/b/0',
      '/a/0/code',
      '/a/1/code',
      '/x/segment[1]/@parent',
      '/x/segment[2]/@parent',
    ];
    for (const pointer of pointers) found.add(rowLength, { document: 'm', pointer });
    found.add({ ...rowLength, found: 'other' }, { document: 'm', pointer: '/a/1' });
    found.add(rowLength, { document: 'n', pointer: '/a/1' });
    const counts = found.list.map(({ place, count = 1 }) => `${place?.document} ${place?.pointer} ${count}`);
    expect(counts).toEqual([
      'm /a/0 2',
      'm /b/0 1',
      'm /a/0/code 1',
      'm /a/1/code 1',
      'm /x/segment[1]/@parent 2',
      'm /a/1 1',
      'n /a/1 1',
    ]);
    const again = new Diagnostics();
    again.addAll(found.list);
    expect(again.list).toEqual(found.list);
  });

  it.each([
    ['an element of XML that was refused', { document: 'm', pointer: '/sedML/listOfSimulations/steadyState[s]' }, 's'],
    ['a part of the model that was refused', { document: 'm', pointer: '/populations/s/size' }, 's'],
    ['a table that has a mistake', { document: 's', line: 3 }, 's'],
  ])('a finding that misses %s is silent', (_, place, name) => {
    for (const isFirst of [true, false]) {
      const found = new Diagnostics();
      if (isFirst) found.add(rowLength, place);
      found.add({ code: 'sedml/unknown-reference', message: `no ${name}`, found: name }, { document: 'm', line: 9 });
      found.add({ code: 'sedml/unknown-reference', message: 'no r', found: 'r' }, { document: 'm', line: 9 });
      if (!isFirst) found.add(rowLength, place);
      expect(found.list.map(({ message }) => message).sort()).toEqual(['no r', rowLength.message].sort());
    }
  });

  it('a finding that misses a part that was refused by name is silent', () => {
    const found = new Diagnostics();
    found.add({ code: 'sonata/odd', message: 'first', needs: ['populations'] });
    found.add({ code: 'sonata/odd', message: 'second', needs: ['tables'] });
    found.refuse('populations');
    expect(found.list.map(({ message }) => message)).toEqual(['second']);
  });

  it('gives colours only when asked', () => {
    expect(render([unknown], balanced)).not.toContain('\u001b');
    expect(renderDiagnostics([unknown], { colour: true })).toContain(
      '\u001b[31;1merror[model/unknown-population]\u001b[0m',
    );
    expect(renderDiagnostics([])).toBe('');
  });
});

describe('the caret', () => {
  it('stands below text after tabs', () => {
    expect(mark('\tsize: -4', 8, 2)).toEqual(['      1 |   size: -4', '        |         ^^']);
  });

  it('stands below text after wide and combining characters', () => {
    expect(mark('神経: x', 5, 1)).toEqual(['      1 | 神経: x', '        |       ^']);
    expect(mark('e\u0301: x', 5, 1)).toEqual(['      1 | e\u0301: x', '        |    ^']);
  });

  it('shows a window of a minified line', () => {
    const [line, caret] = mark(`${'a'.repeat(5000)}HERE${'b'.repeat(5000)}`, 5001, 4);
    expect(line).toBe(`      1 | …${'a'.repeat(40)}HERE${'b'.repeat(66)}…`);
    expect(caret).toBe(`        | ${' '.repeat(41)}^^^^`);
  });

  it('never passes the end of its line', () => {
    expect(mark('short', 4, 500)).toEqual(['      1 | short', '        |    ^^']);
    expect(mark('short', 600, 5)).toEqual(['      1 | short', '        |      ^']);
    expect(mark('', 1, 1)).toEqual(['      1 |', '        | ^']);
  });
});

describe('hostile text', () => {
  it('cannot steer the terminal', () => {
    const diagnostic = { ...unknown, message: 'unknown \u001b[2Jname\r\n', found: '\u0007\ud800' };
    const output = render([diagnostic], 'a\nb\n\u001b]0;title\u0007');
    expect(output).not.toMatch(/[\u0000-\u0009\u000b-\u001f\ud800-\udfff]/);
    expect(output).toContain('unknown \ufffd[2Jname\ufffd\ufffd');
  });

  it('is measured as it is shown', () => {
    expect(displayWidth(printable('\t\u001b神e\u0301'))).toBe(2 + 1 + 2 + 1);
  });
});

describe('other forms', () => {
  it('counts', () => {
    const warning: Diagnostic = { ...unknown, severity: 'warning' };
    expect(countFindings([unknown, unknown, warning])).toBe('2 errors, 1 warning');
    expect(countFindings([])).toBe('');
  });

  it('is plain JSON', () => {
    expect(JSON.parse(JSON.stringify(diagnosticsToJson([unknown])))).toEqual([unknown]);
  });

  it('writes places', () => {
    expect(placeText({ document: 'a.yaml' })).toBe('a.yaml');
    expect(placeText({ document: 'a.yaml', line: 2 })).toBe('a.yaml:2');
    expect(placeText({ document: 'a.yaml', line: 2, column: 3 })).toBe('a.yaml:2:3');
  });
});
