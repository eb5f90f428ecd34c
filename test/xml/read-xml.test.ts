import { describe, expect, it } from 'vitest';
import { DiagnosticError, Diagnostics } from '../../src/diagnostics/diagnostic.js';
import { ListedElement, type XmlElement } from '../../src/xml/element.js';
import { readXml } from '../../src/xml/read-xml.js';
import { endOfElement } from '../../src/xml/tags.js';

function read(text: string): { root: XmlElement | null; findings: string[] } {
  const diagnostics = new Diagnostics();
  let root: XmlElement | null = null;
  try {
    root = readXml(text, 'doc.xml', diagnostics);
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
  }
  return { root, findings: diagnostics.list.map(({ code, place }) => `${code} ${place?.line}:${place?.column}`) };
}

/** A tree as text: names, attributes, text. */
function outline({ name, attributes, text, children }: XmlElement): string {
  const said = Object.entries(attributes).map(([key, value]) => ` ${key}=${value}`);
  const inner = [...(text.trim() === '' ? [] : [JSON.stringify(text.trim())]), ...children.map(outline)];
  return `${name}${said.join('')}${inner.length > 0 ? `(${inner.join(' ')})` : ''}`;
}

describe('a tree of elements', () => {
  it.each([
    ['elements in order', '<a><b/><c><d/></c><b/></a>', 'a(b c(d) b)'],
    ['attributes in either quotes', `<a x="1" y='two "2"'/>`, 'a x=1 y=two "2"'],
    [
      'the five entities and numbers',
      '<a x="&lt;&gt;&amp;&quot;&apos;&#181;&#x3bc;">&lt;b&gt;</a>',
      `a x=<>&"'µμ("<b>")`,
    ],
    ['no second decoding', '<a x="&amp;lt;"/>', 'a x=&lt;'],
    ['a byte order mark and CRLF', '\ufeff<?xml version="1.0"?>\r\n<a>\r\n  <b x="1"/>\r\n</a>\r\n', 'a(b x=1)'],
    ['comments, also of three dashes', '<!-- x --><a><!---  y --  --><b/><!-- <c> & --></a>', 'a(b)'],
    ['CDATA as text', '<a><![CDATA[<x> & ]]></a>', 'a("<x> &")'],
    ['processing instructions', '<?xml-stylesheet href="x"?><a><?go now?><b/></a>', 'a(b)'],
    ['line breaks in attributes as spaces', '<a x="1\n2\t3\r\n4"/>', 'a x=1 2 3 4'],
    [
      'local names, without declarations',
      '<n:a xmlns:n="u" xmlns="v" xsi:schemaLocation="w" n:x="1"><n:b/></n:a>',
      'a x=1(b)',
    ],
    [
      'names that JavaScript knows',
      '<a constructor="1" toString="2"><toString/><hasOwnProperty/><__proto__/></a>',
      'a constructor=1 toString=2(toString hasOwnProperty __proto__)',
    ],
    ['space around the equals sign', '<a  x = "1"\n y= "2" />', 'a x=1 y=2'],
  ])('%s', (_, text, expected) => {
    const { root, findings } = read(text);
    expect(findings).toEqual([]);
    expect(root && outline(root)).toBe(expected);
  });

  it('locates elements and attributes, entities and CRLF counted as written', () => {
    const { root } = read('<a>\r\n  <b first="1" value="x &lt; 10mV"/>\r\n</a>');
    const b = root!.children[0]!;
    expect(b.place).toEqual({ document: 'doc.xml', pointer: '/a/b', line: 2, column: 3, length: 2 });
    expect(b.attributePlace('value')).toMatchObject({ line: 2, column: 16, length: 5 });
    // `10mV` in the decoded value `x < 10mV`.
    expect(b.valuePlace('value', { start: 4, end: 8 })).toMatchObject({ line: 2, column: 30, length: 4 });
  });

  it('names an element by its path with ids', () => {
    const { root } = read('<neuroml id="n"><cell id="c"><morphology/></cell></neuroml>');
    expect(root!.children[0]!.children[0]!.path).toBe('/neuroml[n]/cell[c]/morphology');
  });
});

describe('text that is not well-formed', () => {
  it.each([
    ['an empty text', '', 'xml/empty 1:1'],
    ['space alone', '  \n ', 'xml/empty 1:1'],
    ['a text that is cut off between tags', '<a>\n <b>\n', 'xml/unclosed-element 2:2'],
    ['a text that is cut off in a tag', '<a>\n <b x="1"', 'xml/unfinished 2:2'],
    ['a text that is cut off in a value', '<a>\n <b x="1', 'xml/unfinished 2:2'],
    ['a text that is cut off in a name', '<a>\n <b x="1" y', 'xml/unfinished 2:2'],
    ['a text that is cut off in a comment', '<a/>\n<!-- b', 'xml/unfinished 2:1'],
    ['a text that is cut off in CDATA', '<a><![CDATA[ b', 'xml/unfinished 1:4'],
    ['an inner element that is not closed', '<a>\n <b>\n</a>', 'xml/unclosed-element 2:2'],
    ['tags that do not match', '<a>\n <b></c>\n</a>', 'xml/mismatched-tag 2:5'],
    ['a tag that closes nothing', '<a/>\n</a>', 'xml/unopened-tag 2:1'],
    ['two roots', '<a/>\n <b/>', 'xml/second-root 2:2'],
    ['text outside', '<a/>\n x', 'xml/text-outside 2:2'],
    ['text before', 'x<a/>', 'xml/text-outside 1:1'],
    ['a quote that is not closed', '<a>\n<b x="1/>\n<c y="2"/></a>', 'xml/unquoted-value 2:4'],
    ['an attribute without quotes', '<a>\n<b x=1/></a>', 'xml/unquoted-value 2:4'],
    ['an attribute without value', '<a><b x/></a>', 'xml/attribute-without-value 1:7'],
    ['an attribute twice', '<a><b x="1" x="2"/></a>', 'xml/duplicate-attribute 1:13'],
    ['a bare ampersand', '<a>\n R & D</a>', 'xml/unknown-entity 2:4'],
    ['an entity that XML does not know', '<a x="&nbsp;"/>', 'xml/unknown-entity 1:7'],
    ['a character that cannot be', '<a>&#0;</a>', 'xml/unknown-entity 1:4'],
    ['a less-than sign', '<a> 1 < 2 </a>', 'xml/stray-less-than 1:7'],
    ['a document type', '<!DOCTYPE a>\n<a/>', 'xml/document-type 1:1'],
    ['declared entities', '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', 'xml/document-type 1:1'],
    [
      'an entity bomb',
      '<!DOCTYPE a [<!ENTITY a "aa"><!ENTITY b "&a;&a;"><!ENTITY c "&b;&b;">]><a>&c;</a>',
      'xml/document-type 1:1',
    ],
    ['an external entity', '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', 'xml/document-type 1:1'],
    ['a declaration in the middle', '<a/>\n<?xml version="1.0"?>', 'xml/late-declaration 2:1'],
    ['names of attributes that begin with a digit', '<a 1x="2"/>', 'xml/stray-character 1:4'],
    ['binary data', '<a>\u0000</a>', 'xml/binary 1:4'],
  ])('%s', (_, text, finding) => {
    const { root, findings } = read(text);
    expect(root).toBeNull();
    expect(findings).toEqual([finding]);
  });

  it('has the same finding after a scan of another document', () => {
    const longer = `<a>${'<b></b>'.repeat(20)}</a>`;
    expect(endOfElement(longer, longer.indexOf('<b>', 60))).toBeGreaterThan(60);
    expect(read('<a>\n <b>\n').findings).toEqual(['xml/unclosed-element 2:2']);
  });

  it('names the tag that was opened when another is closed', () => {
    const diagnostics = new Diagnostics();
    readXml('<a>\n <b>\n </c></a>', 'doc.xml', diagnostics);
    expect(diagnostics.list[0]).toMatchObject({
      expected: '</b>',
      found: '</c>',
      related: [{ place: { line: 2, column: 2 } }],
    });
  });

  // Each slip of the keyboard on a line of its own, by the text that it replaces.
  const lines = [
    '<neuroml id="n">',
    '  <notes>R and D</notes>',
    '  <cell id="c">',
    '    <part id="p">',
    '      <point x="1" y="2"/>',
    '    </part>',
    '  </cell>',
    '  <network id="net">',
    '    <population id="q" size="3"/>',
    '    <input id="i" target="q"></input>',
    '  </network>',
    '</neuroml>',
  ];
  const slips: readonly (readonly [line: number, right: string, wrong: string, finding: string])[] = [
    [2, 'and', '&', 'xml/unknown-entity 2:12'],
    [2, 'and', '<', 'xml/stray-less-than 2:12'],
    [3, 'id="c"', 'id="c" id="d"', 'xml/duplicate-attribute 3:16'],
    [4, 'id="p"', 'id=p', 'xml/unquoted-value 4:11'],
    [4, 'id="p"', 'id="p', 'xml/unquoted-value 4:11'],
    [5, '/>', '>', 'xml/unclosed-element 5:7'],
    [5, '"1" ', '"1"', 'xml/space-missing 5:19'],
    [5, 'x="1"', 'x', 'xml/attribute-without-value 5:14'],
    [6, '</part>', '</prat>', 'xml/mismatched-tag 6:5'],
    [7, '</cell>', '', 'xml/unclosed-element 3:3'],
    [7, '</cell>', '</cell></part>', 'xml/unopened-tag 7:10'],
    [8, '<network', '<netwrok', 'xml/mismatched-tag 11:3'],
    [9, '/>', '', 'xml/unfinished 9:5'],
    [9, '/>', '/', 'xml/unfinished 9:5'],
    [10, '</input>', '</input', 'xml/unfinished 10:30'],
    [10, 'id="i"', 'id=\'i"', 'xml/unquoted-value 10:12'],
  ];
  const written = (chosen: typeof slips): string =>
    chosen
      .reduce(
        (text, [line, right, wrong]) => text.map((one, at) => (at === line - 1 ? one.replace(right, wrong) : one)),
        lines,
      )
      .join('\n');

  it('is one of several slips, without findings that only follow from them', () => {
    expect(read(lines.join('\n')).findings).toEqual([]);
    for (const one of slips) {
      expect(read(written([one])).findings).toEqual([one[3]]);
      for (const other of slips) {
        if (other[0] <= one[0]) continue;
        const { findings } = read(written([one, other]));
        expect(findings).toHaveLength(1);
        expect([one[3], other[3]]).toContain(findings[0]);
      }
    }
  });

  it('has the expected and the found text, a hint, and the first of two attributes', () => {
    for (const slip of slips) {
      const diagnostics = new Diagnostics();
      readXml(written([slip]), 'doc.xml', diagnostics);
      for (const finding of diagnostics.list)
        expect(finding).toMatchObject({
          expected: expect.any(String),
          found: expect.any(String),
          hint: expect.any(String),
        });
    }
    const diagnostics = new Diagnostics();
    readXml('<a>\n <b x="1"\n    x="2"/></a>', 'doc.xml', diagnostics);
    expect(diagnostics.list).toMatchObject([
      { place: { line: 3, column: 5 }, related: [{ place: { line: 2, column: 5 } }] },
    ]);
  });

  it('is found in time proportional to the text, and at most a hundred times', () => {
    for (const slip of [
      '<a',
      '</a',
      '<a x="1>',
      "<a x='",
      '<a x=1/>',
      '</b>',
      '<a x="1" x="2"/>',
      '<a></b>',
      '&',
      '<',
      '<!',
      '<?',
    ]) {
      // Milliseconds; a search through the rest of the text for each slip would take minutes.
      for (const separator of ['\n', '']) {
        const { root, findings } = read(`<r>${`${slip}${separator}`.repeat(100_000)}</r>`);
        expect(root).toBeNull();
        expect(findings.length).toBeGreaterThan(0);
        expect(findings.length).toBeLessThanOrEqual(101);
      }
    }
  });

  it('reads a hundred levels, and no more', () => {
    const nested = (depth: number): string => `${'<a>'.repeat(depth)}${'</a>'.repeat(depth)}`;
    expect(read(nested(100)).findings).toEqual([]);
    expect(read(nested(101)).findings).toEqual(['xml/too-deep 1:301']);
    expect(read(nested(100_000)).findings).toEqual(['xml/too-deep 1:301']);
  });

  it('reads 500 attributes of an element, and no more', () => {
    const attributes = (count: number): string => Array.from({ length: count }, (_, k) => ` a${k}="1"`).join('');
    const lists = (count: number): string => `<a>${`<b${attributes(count)}/>`.repeat(20)}</a>`;
    expect(read(`<a${attributes(500)}/>`).findings).toEqual([]);
    expect(read(lists(500)).findings).toEqual([]);
    expect(read(`<a${attributes(501)}/>`).findings).toEqual(['xml/too-many-attributes 1:4394']);
    expect(read(lists(501)).findings[0]).toBe('xml/too-many-attributes 1:4397');
    expect(read(`<a${attributes(20_000)}/>`).findings).toEqual(['xml/too-many-attributes 1:4394']);
  });
});

describe('long lists of elements without content', () => {
  const items = (count: number, make = (index: number): string => `<c id="${index}" w='${index / 2}'/>`): string =>
    Array.from({ length: count }, (_, index) => make(index)).join('\n');

  it('are in their place among others, whatever their length', () => {
    for (const count of [1, 99, 100, 101, 1000]) {
      const { root, findings } = read(
        `<a><first/>${items(count)}<middle><x/>${items(count)}</middle>${items(count)}<last/></a>`,
      );
      expect(findings).toEqual([]);
      const names = root!.children.map(({ name }) => name);
      expect(names).toEqual([
        'first',
        ...Array<string>(count).fill('c'),
        'middle',
        ...Array<string>(count).fill('c'),
        'last',
      ]);
      expect(root!.children[count + 1]!.children).toHaveLength(count + 1);
      expect(root!.children[1]).toBeInstanceOf(count < 100 ? Object : ListedElement);
    }
  });

  it('have the attributes and places that the library would give', () => {
    const { root } = read(`<a>\n${items(200)}\n</a>`);
    for (const [index, element] of root!.children.entries()) {
      expect({ ...element.attributes }).toEqual({ id: String(index), w: String(index / 2) });
      expect(element.valuePlace('w')).toMatchObject({
        line: index + 2,
        column: `<c id="${index}" w='`.length + 1,
        length: String(index / 2).length,
      });
    }
  });

  it('may change the order of attributes, and their number', () => {
    const { root, findings } = read(
      `<a>${items(300, (index) => (index % 3 === 0 ? `<c b="1" a="${index}" />` : `<c a='${index}'/>`))}</a>`,
    );
    expect(findings).toEqual([]);
    expect(root!.children.map(({ attributes }) => attributes['a'])).toEqual(
      Array.from({ length: 300 }, (_, index) => String(index)),
    );
  });

  it('end at an element with content, a reference, or an attribute twice', () => {
    const odd = '<c a="&lt;"/><c><d/></c>';
    const { root, findings } = read(`<a>${items(150)}${odd}${items(150)}</a>`);
    expect(findings).toEqual([]);
    expect(root!.children).toHaveLength(302);
    expect(root!.children[150]!.attributes['a']).toBe('<');
    expect(read(`<a>${items(150)}<c x="1" x="1"/>${items(150)}</a>`).findings).toEqual([
      'xml/duplicate-attribute 150:32',
    ]);
  });

  it('are no root, and not read in comments and CDATA', () => {
    expect(read(items(200)).findings).toEqual(['xml/second-root 1:1']);
    expect(outline(read(`<a><!-- ${items(200)} --><b/></a>`).root!)).toBe('a(b)');
    expect(read(`<a><![CDATA[${items(200)}]]></a>`).root!.text).toBe(items(200));
  });

  it('do not hide mistakes after them', () => {
    expect(read(`<a>\n${items(500)}\n<b x=1/></a>`).findings).toEqual(['xml/unquoted-value 502:4']);
  });
});
