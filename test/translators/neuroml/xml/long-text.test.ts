/** Documents too long for one string: their lists are kept apart, and every element is read as from one string. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Diagnostics } from '../../../../src/diagnostics/diagnostic.js';
import { readLongDocument } from '../../../../src/run/read/long-document.js';
import { importModel, readSource } from '../../../../src/run/pipeline.js';
import type { XmlElement } from '../../../../translators/neuroml/xml/element.js';
import { textOf, withoutLists } from '../../../../translators/neuroml/xml/long-text.js';
import { readXml } from '../../../../translators/neuroml/xml/read-xml.js';

const connections = (count: number, from = 0): string =>
  Array.from(
    { length: count },
    (_, k) => `    <connection id="${from + k}" preCellId="../a[${k % 5}]" postCellId="../b[0]"/>\n`,
  ).join('');

const inputs = Array.from({ length: 120 }, (_, k) => `    <input id="${k}" target="../a[0]"/>\n`).join('');

/** Lists with attributes in two orders, an element that is no list, a short list, lines between. */
const document = [
  '<?xml version="1.0" encoding="UTF-8"?>\n<neuroml id="long">\n<!-- é -->\n  <network id="net">\n',
  '  <projection id="one">\n',
  connections(250),
  '    <connection preCellId="../a[0]" postCellId="../b[0]" id="250"/>\n',
  connections(150, 251),
  '  </projection>\n  <projection id="two">\n',
  connections(30),
  '    <notes>in between</notes>\n',
  connections(130, 30),
  '\n',
  connections(20, 160),
  '  </projection>\n  <inputList id="three">\n',
  inputs,
  '  </inputList>\n  </network><network id="other"/>\n</neuroml>\n',
];

/** Names, attributes and lines of all elements, one after another. */
function outline(element: XmlElement): readonly string[] {
  const { line, column, length } = element.place;
  const own = `${element.name} ${JSON.stringify({ ...element.attributes })} ${line}:${column}+${length} ${element.text}`;
  return [own, ...element.children.flatMap(outline)];
}

function read(given: Parameters<typeof readXml>[0]): readonly string[] {
  const diagnostics = new Diagnostics();
  const root = readXml(given, 'long.nml', diagnostics);
  expect(diagnostics.list).toEqual([]);
  return root ? outline(root) : [];
}

describe('a document whose lists are kept apart', () => {
  const whole = document.join('');

  it.each([
    ['in pieces as it was made', document],
    ['in one piece', [whole]],
    ['line by line', whole.split(/(?<=\n)/)],
    ['with other ends of lines', document.map((piece) => piece.replaceAll('\n', '\r\n'))],
  ])('has the same elements in the same places: %s', (_, pieces) => {
    const cut = withoutLists(pieces, 10_000);
    if (typeof cut !== 'object') throw new Error('it is one string');
    expect(cut.lists.length).toBeGreaterThan(0);
    expect(cut.text.length).toBeLessThan(whole.length / 3);
    expect(read(cut)).toEqual(read(pieces.join('')));
  });

  it('that is short is one string', () => {
    expect(withoutLists(document)).toBe(whole);
  });

  it('is refused where the rest is too long, too', () => {
    expect(withoutLists(document, 300)).toBeUndefined();
  });

  it('has mistakes in its lists, which are found where they are', () => {
    const wrong = [...document.slice(0, 5), connections(200), '    <connection id="200">\n', ...document.slice(6)];
    const of = (given: Parameters<typeof readXml>[0]): readonly unknown[] => {
      const diagnostics = new Diagnostics();
      expect(readXml(given, 'long.nml', diagnostics)).toBeNull();
      return diagnostics.list.map(({ code, place }) => [code, place?.line, place?.column]);
    };
    const cut = withoutLists(wrong, 20_000);
    expect(typeof cut).toBe('object');
    expect(of(cut ?? '')).toEqual(of(wrong.join('')));
  });
});

describe('a file that is longer than a string', () => {
  function withFile<T>(content: string | Uint8Array, use: (path: string) => T): T {
    const folder = mkdtempSync(join(tmpdir(), 'interneuron-long-'));
    try {
      const path = join(folder, 'long.nml');
      writeFileSync(path, content);
      return use(path);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  it.each([64, 1000, 1 << 20])('is read in blocks of %i bytes as it is in one', (atOnce) => {
    const whole = document.join('');
    withFile(whole, (path) => {
      const cut = readLongDocument(path, 20_000, atOnce);
      expect(textOf(cut ?? '')).toContain('é');
      expect(read(cut ?? '')).toEqual(read(whole));
    });
  });

  it.each([
    ['no XML', '{ "format": "interneuron/brian" }\n'.repeat(100)],
    ['one line', document.join('').replaceAll('\n', ' ')],
    ['in another encoding', Buffer.from(document.join(''), 'utf16le')],
    ['not UTF-8', Buffer.from(document.join(''), 'latin1')],
  ])('is refused by its length: %s', (_, content) => {
    withFile(content, (path) => {
      expect(() => readSource(path, 2000)).toThrow('which is too large to read');
    });
  });

  it('is the same model', () => {
    const cell =
      '<iafCell id="c" leakReversal="-50mV" thresh="-55mV" reset="-70mV" C="0.2nF" leakConductance="0.01uS"/>';
    const synapse = '<expOneSynapse id="s" gbase="5nS" erev="0mV" tauDecay="3ms"/>';
    const network =
      '<network id="net">\n<population id="a" component="c" size="50"/>\n<population id="b" component="c" size="7"/>\n' +
      '<projection id="p" presynapticPopulation="a" postsynapticPopulation="b" synapse="s">\n' +
      Array.from(
        { length: 300 },
        (_, k) =>
          `<connectionWD id="${k}" preCellId="../a[${k % 50}]" postCellId="../b[${k % 7}]" weight="${1 + k / 8}" delay="${k % 4}ms"/>\n`,
      ).join('') +
      '</projection>\n</network>\n';
    withFile(`<neuroml id="n">\n${synapse}\n${cell}\n${network}</neuroml>\n`, (path) => {
      const [long, short] = [importModel(readSource(path, 5000)), importModel(readSource(path))];
      expect(readSource(path, 5000).lists?.length).toBeGreaterThan(0);
      expect(long.hashes).toEqual(short.hashes);
    });
  });
});
