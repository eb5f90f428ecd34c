/** Every attribute of the language is read, describes, or is told of: none is passed over. */

import { describe, expect, it } from 'vitest';
import { lems, reading } from '../support/reading.js';

const type = (content: string): string => lems(`<ComponentType name="T">${content}</ComponentType>`);
const dynamics = (content: string, attributes = ''): string => type(`<Dynamics ${attributes}>${content}</Dynamics>`);
const structure = (content: string): string =>
  type(`<ComponentReference name="c" type="T"/><Path name="p"/><Structure>${content}</Structure>`);

describe('attributes of elements that define', () => {
  it.each([
    ['a name and a description', type('<Parameter name="a" description="what it is"/>'), []],
    // A rule of one method of the reference interpreter, which flattens such types and takes their rates at once; its
    // usual one leaves it out.
    ['rates that are all taken at once', dynamics('<StateVariable name="v"/>', 'simultaneous="true"'), []],
    ['rates that are taken maybe', dynamics('', 'simultaneous="maybe"'), ['error lems/bad-value «maybe»']],
    [
      'a rate with a misspelt value beside it',
      dynamics('<TimeDerivative variable="v" valeu="1" value="0"/><StateVariable name="v"/>'),
      ['warning lems/unknown-attribute «valeu»'],
    ],
    [
      'a variable with a misspelt exposure',
      dynamics('<StateVariable name="v" exposed="v"/>'),
      ['warning lems/unknown-attribute «exposed»'],
    ],
    ['an initial regime that is neither', dynamics('<Regime name="r" initial="yes"/>'), ['error lems/bad-value «yes»']],
    [
      'instances of a type',
      structure('<MultiInstantiate componentType="Q" number="1"/>'),
      ['warning lems/unknown-type «<MultiInstantiate»'],
    ],
    [
      'instances with an index of another name',
      structure('<MultiInstantiate component="c" number="1" indexVariable="k"/>'),
      ['error lems/unsupported-attribute «indexVariable»'],
    ],
    [
      'values of a part',
      structure('<ChildInstance component="c"><Assign property="a" value="1"/></ChildInstance>'),
      ['error lems/unsupported-element «<Assign»'],
    ],
    [
      'a tunnel that shows a variable',
      structure(
        '<With instance="p" as="a"/><With instance="p" as="b"/><Tunnel name="t" endA="a" endB="b" componentA="c" ' +
          'componentB="c" expose="v" as="w"/>',
      ),
      ['error lems/unsupported-attribute «expose»', 'error lems/unsupported-attribute «as»'],
    ],
    [
      'a dimension with an unknown base',
      '<Lems><Dimension name="x" q="1"/></Lems>',
      ['warning lems/unknown-attribute «q»'],
    ],
    ['a bound that is no number', type('<Children name="c" type="T" max="many"/>'), ['error lems/bad-value «many»']],
  ])('%s', (_, text, marks) => {
    expect(reading(text).marks).toEqual(marks);
  });

  it('names the nearest attribute that there is', () => {
    const [finding] = reading(dynamics('<StateVariable name="v" exposre="v"/>')).diagnostics;
    expect(finding).toMatchObject({ code: 'lems/unknown-attribute', hint: expect.stringContaining('exposure') });
  });
});

describe('lists with bounds', () => {
  const holder = (count: number): string =>
    lems(`<ComponentType name="T"/><ComponentType name="Pair"><Children name="both" type="T" min="2" max="2"/></ComponentType>
<Pair id="p">${'<T/>'.repeat(count)}</Pair>`);
  it.each([
    [1, ['warning lems/child-count «<Pair»']],
    [2, []],
    [3, ['warning lems/child-count «<Pair»']],
  ])('%i children of two', (count, marks) => {
    expect(reading(holder(count)).marks).toEqual(marks);
  });
});

describe("a document's requests to the reference interpreter", () => {
  const simulation = (meta: string, target = ''): string =>
    lems(`<ComponentType name="Cell"><Dynamics><StateVariable name="v"/></Dynamics></ComponentType><ComponentType name="Meta"/>
<ComponentType name="Sim"><ComponentReference name="target" type="Component"/><Children name="metas" type="Meta"/><Parameter name="length" dimension="time"/><Parameter name="step" dimension="time"/>
<Simulation><Run component="target" variable="t" increment="step" total="length"/></Simulation></ComponentType>
<Cell id="c"/><Sim id="s" target="c" length="1ms" step="1ms">${meta}</Sim><Target component="s" ${target}/>`);
  const findings = (text: string): readonly string[] =>
    reading(text).marks.filter((mark) => !mark.includes('unknown-attribute'));
  it.each([
    ['its usual method', simulation('<Meta for="jlems" method="eulertree"/>'), []],
    ['another method', simulation('<Meta for="jlems" method="rk4"/>'), ['warning lems/other-method «rk4»']],
    ['a method of another simulator', simulation('<Meta for="neuron" method="cvode"/>'), []],
    ['a report', simulation('', 'reportFile="report.txt"'), ['note lems/not-written «reportFile»']],
  ])('%s', (_, text, marks) => {
    expect(findings(text)).toEqual(marks);
  });
});
