import { describe, expect, it } from 'vitest';
import { Diagnostics } from '../../../../src/diagnostics/diagnostic.js';
import { coreFile, coreFileNames, coreOutlines, coreRoot } from '../../../../translators/neuroml/core-types.js';
import type { XmlElement } from '../../../../translators/neuroml/xml/element.js';
import { fromOutline, outlineOf } from '../../../../translators/neuroml/xml/outline.js';
import { readXml } from '../../../../translators/neuroml/xml/read-xml.js';
import { XmlSource } from '../../../../translators/neuroml/xml/source.js';

const shown = (element: XmlElement): unknown => ({
  name: element.name,
  attributes: element.attributes,
  text: element.text,
  place: element.place,
  children: element.children.map(shown),
});

const read = (text: string): XmlElement => readXml(text, 'a.xml', new Diagnostics())!;

describe('an outline', () => {
  it.each(coreFileNames())('of %s gives the elements that the parser gives', (name) => {
    const text = coreFile(name)!;
    const outline = JSON.parse(JSON.stringify(coreOutlines()[name])) as ReturnType<typeof outlineOf>;
    expect(shown(fromOutline(outline, new XmlSource(name, text)))).toEqual(shown(coreRoot(name)!));
  });

  it('keeps prefixes, entities, texts and lists of equal elements', () => {
    const text = `<n:a xmlns:n="u"><b c="1 &lt; 2">x &amp; y<d/></b>${'<e f="1"/>'.repeat(100)}<![CDATA[<z>]]></n:a>`;
    const parsed = read(text);
    expect(parsed.children).toHaveLength(101);
    expect(shown(fromOutline(outlineOf(parsed), new XmlSource('a.xml', text)))).toEqual(shown(parsed));
  });
});
