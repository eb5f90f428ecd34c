import { describe, expect, it } from 'vitest';
import type { Component } from '../../../../translators/neuroml/lems/definitions.js';
import { lems, reading } from '../support/reading.js';

const types = `
<ComponentType name="cell"><Parameter name="C" dimension="none"/><Child name="shape" type="shape"/><Children name="gates" type="gate"/><Children name="others" type="Component"/></ComponentType>
<ComponentType name="shape"><Children name="points" type="point"/></ComponentType><ComponentType name="round" extends="shape"/><ComponentType name="point"/>
<ComponentType name="gate"><Fixed parameter="n" value="1"/><Parameter name="n" dimension="none"/></ComponentType><ComponentType name="fast" extends="gate"/>
<ComponentType name="net"><Children name="populations" type="population"/><Children name="projections" type="projection"/></ComponentType>
<ComponentType name="population"><ComponentReference name="component" type="cell"/><Parameter name="size" dimension="none"/></ComponentType>
<ComponentType name="projection"><ComponentReference name="pre" type="population" local="true"/><Link name="post" type="population"/><Children name="connections" type="connection"/></ComponentType>
<ComponentType name="connection"><Path name="from"/><Parameter name="weight" dimension="none"/></ComponentType>
<ComponentType name="typed"><Text name="type"/></ComponentType>
<ComponentType name="run"><ComponentReference name="target" type="Component"/><Parameter name="dt" dimension="time"/><Simulation><Run component="target" variable="t" increment="dt" total="dt"/></Simulation></ComponentType>`.replace(
  /\n/g,
  '',
);
const read = (content: string) => reading(lems(`${types}\n${content}`));

/** A component as text: role:type id(children). */
function outline({ role, type, id, children }: Component): string {
  const inner = children.map(outline).join(' ');
  return `${role === '' ? '' : `${role}:`}${type.name}${id === '' ? '' : ` ${id}`}${inner === '' ? '' : `(${inner})`}`;
}

describe('the type and place of a component', () => {
  it.each([
    ['the element name', '<cell id="a" C="1"/>', 'cell a'],
    ['the attribute type', '<Component id="a" type="cell" C="1"/>', 'cell a'],
    ['a child of its name, with the declared type', '<cell id="a" C="1"><shape/></cell>', 'cell a(shape:shape)'],
    ['a child of its name, of an heir', '<cell id="a" C="1"><shape type="round"/></cell>', 'cell a(shape:round)'],
    [
      'a child of an heir by its own name',
      '<cell id="a" C="1"><shape><point/></shape></cell>',
      'cell a(shape:shape(points:point))',
    ],
    ['a list of its type', '<cell id="a" C="1"><gate id="m"/></cell>', 'cell a(gates:gate m)'],
    [
      'the list of its nearest ancestor, not the one of all',
      '<cell id="a" C="1"><fast id="m"/><point/></cell>',
      'cell a(gates:fast m others:point)',
    ],
    ['a list by its name', '<cell id="a" C="1"><gates id="m" type="fast"/></cell>', 'cell a(gates:fast m)'],
    ['a type with a member called type', '<typed id="a" type="whatever"/>', 'typed a'],
  ])('%s', (_, content, expected) => {
    const { model, findings } = read(content);
    expect(findings).toEqual([]);
    expect(model!.components.map(outline)).toEqual([expected]);
  });

  it('keeps notes and annotation, wherever they stand', () => {
    const { model, findings } = read(
      '<cell id="a" C="1"><notes>Some &lt;text&gt;</notes><annotation><rdf:RDF xmlns:rdf="r"><rdf:li ' +
        'x="1"/></rdf:RDF></annotation></cell>',
    );
    expect(findings).toEqual([]);
    expect(model!.components[0]!.kept).toMatchObject([
      { name: 'notes', text: 'Some <text>' },
      { name: 'annotation', children: [{ name: 'RDF' }] },
    ]);
  });
});

describe('prototypes', () => {
  it('give attributes and children that are not given again', () => {
    const { model, findings } = read(
      '<cell id="a" C="1"><shape/><gate id="m"/><gate id="h"/></cell><cell id="b" extends="a"><gate id="m" ' +
        'n="3"/></cell><Component id="c" extends="b" C="5"/>',
    );
    expect(findings).toEqual([]);
    expect(model!.components.map(outline)).toEqual([
      'cell a(shape:shape gates:gate m gates:gate h)',
      'cell b(gates:gate m shape:shape gates:gate h)',
      'cell c(gates:gate m shape:shape gates:gate h)',
    ]);
    const [, b, c] = model!.components;
    expect([b!.attributes['C'], c!.attributes['C']]).toEqual(['1', '5']);
    const given = b!.children.map(({ attributes, type }) => attributes['n'] ?? type.parameters.get('n')?.fixed);
    expect(given).toEqual(['3', undefined, 1]);
    expect(b!.children.every(({ parent }) => parent === b)).toBe(true);
  });

  it('may not be one another, or missing', () => {
    expect(read('<cell id="a" extends="b" C="1"/><cell id="b" extends="a" C="1"/>').errors).toContain(
      'lems/prototype-cycle',
    );
    expect(read('<cell id="a" extends="z" C="1"/>').errors).toEqual(['lems/dangling-reference']);
  });
});

describe('parts that are written elsewhere', () => {
  it('are moved in if an attribute has the name of a child', () => {
    const { model, findings } = read('<cell id="a" C="1" shape="s"/><round id="s"><point id="p"/></round>');
    expect(findings).toEqual([]);
    expect(outline(model!.byId.get('a')!)).toBe('cell a(shape:round s(points:point p))');
  });

  it('must be there', () => {
    expect(read('<cell id="a" C="1" shape="rond"/><shape id="round"/>').diagnostics).toMatchObject([
      { code: 'lems/dangling-reference', place: { line: 2, column: 27 }, hint: 'did you mean round?' },
    ]);
  });
});

describe('a mistake in a component', () => {
  it.each([
    ['an unknown type', '<cel id="a"/>', 'error lems/unknown-type «<cel»'],
    ['an unknown type in an attribute', '<Component id="a" type="cel"/>', 'error lems/unknown-type «cel»'],
    ['no type', '<Component id="a"/>', 'error lems/missing-attribute «<Component»'],
    ['an unknown child', '<cell id="a" C="1"><gat id="m"/></cell>', 'error lems/unknown-element «<gat»'],
    ['a child that is not allowed', '<shape id="a"><cell C="1"/></shape>', 'error lems/child-not-allowed «<cell»'],
    ['a second of a single child', '<cell id="a" C="1"><shape/><shape/></cell>', 'error lems/second-child «<shape»'],
    ['a missing parameter', '<cell id="a"/>', 'error lems/missing-parameter «<cell»'],
    ['an unknown attribute: a warning', '<cell id="a" C="1" c="2"/>', 'warning lems/unknown-attribute «c»'],
    ['a value that is not a quantity', '<cell id="a" C="one"/>', 'error lems/bad-quantity «one»'],
    ['a unit where there is none', '<cell id="a" C="1 mV"/>', 'error lems/wrong-dimension «1 mV»'],
    ['an unknown unit', '<cell id="a" C="1 x"/>', 'error lems/unknown-unit «x»'],
    ['no unit where there is one', '<run id="a" target="a" dt="0"/>', 'error lems/wrong-dimension «0»'],
    ['an id that is used twice', '<cell id="a" C="1"/><cell id="a" C="2"/>', 'error lems/duplicate-id «a»'],
    ['no id', '<cell C="1"/>', 'error lems/missing-id «<cell»'],
    ['text', '<cell id="a" C="1">text</cell>', 'warning lems/stray-text «<cell»'],
    [
      'a dangling reference',
      '<net id="n"><population id="p" component="x" size="1"/></net>',
      'error lems/dangling-reference «x»',
    ],
    [
      'a missing reference',
      '<net id="n"><population id="p" size="1"/></net>',
      'error lems/missing-reference «<population»',
    ],
    [
      'a reference to another type: a warning',
      '<gate id="g"/><net id="n"><population id="p" component="g" size="1"/></net>',
      'warning lems/wrong-reference-type «g»',
    ],
    ['an unknown target', '<Target component="x"/>', 'error lems/unknown-target «x»'],
  ])('%s', (_, content, mark) => {
    expect(read(content).marks).toEqual([mark]);
  });

  it('the content of an element of a misspelt type is checked as well', () => {
    const { marks } = read('<net id="n" type="nett"><population id="p" component="x" size="1"/></net>');
    expect(marks).toEqual(['error lems/unknown-type «nett»', 'error lems/dangling-reference «x»']);
  });

  it('is told of the first few alike, and the rest counted', () => {
    const connections = Array.from(
      { length: 1000 },
      (_, index) => `<connection id="${index}" from="x" weight="1 mV" wait="2"/>`,
    ).join('\n');
    const { diagnostics } = read(
      '<cell id="c" C="1"/><net id="n"><population id="p" component="c" size="1"/><projection id="j" pre="p" ' +
        `post="p">${connections}</projection></net>`,
    );
    const count = (code: string, severity: string): number =>
      diagnostics.filter((found) => found.code === code && found.severity === severity).length;
    expect(count('lems/wrong-dimension', 'error')).toBe(5);
    expect(count('lems/unknown-attribute', 'warning')).toBe(5);
    expect(diagnostics.filter(({ severity }) => severity === 'note').map(({ message }) => message)).toEqual([
      'the same problem occurs 995 more times',
      'the same problem occurs 995 more times',
    ]);
  });
});

describe('references', () => {
  const network = (pre: string): string =>
    '<cell id="c" C="1"/><net id="n"><population id="excitatory" component="c" size="1"/><projection id="j" ' +
    `pre="${pre}" post="excitatory"/></net>`;
  it('find their local siblings', () => {
    expect(read(network('excitatory')).findings).toEqual([]);
    expect(read(network('exitatory')).diagnostics).toMatchObject([
      { code: 'lems/dangling-reference', hint: 'did you mean excitatory?' },
    ]);
  });

  it('that lead nowhere are errors in running parts, warnings elsewhere', () => {
    const unused = '<net id="unused"><population id="p" component="missing" size="1"/></net>';
    const run = (target: string): string =>
      `<Target component="r"/><run id="r" target="${target}" dt="1ms"/>${network('excitatory')}${unused}`;
    expect(read(run('n')).findings.map((finding) => finding.split(' ')[0])).toEqual(['warning']);
    expect(read(run('unused')).errors).toEqual(['lems/dangling-reference']);
  });
});

describe('the target', () => {
  const run = (id: string): string => `<run id="${id}" target="c" dt="1ms"/>`;
  it('is the one that is named, the first if there are two', () => {
    const { model, marks } = read(
      `<Target component="b"/><Target component="a"/><cell id="c" C="1"/>${run('a')}${run('b')}`,
    );
    expect(model!.target!.id).toBe('b');
    expect(marks).toEqual(['warning lems/second-target «<Target»']);
  });
  it('is the last that can run if no one is named, and absent if no component can', () => {
    expect(read(`<cell id="c" C="1"/>${run('a')}${run('b')}`).model!.target!.id).toBe('b');
    expect(read('<cell id="c" C="1"/>').model!.target).toBeNull();
  });
});
