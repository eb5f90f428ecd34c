/** Habits of published models that the reference interpreter lets pass: its results, against loops written by hand. */

import { describe, expect, it } from 'vitest';
import { simulate, trace } from '../../support/simulate.js';
import { networkTypes } from './support/importing.js';
import { lems } from './support/reading.js';
import '../../../translators/neuroml/road.js';

/** Two steps of a network with the columns of a file. */
const network = (types: string, content: string, columns: readonly string[], length = '2ms', step = '0.1ms'): string =>
  lems(`${networkTypes}${types}<Net id="net">${content}</Net><Run id="r" length="${length}" step="${step}" target="net">
    <File id="f" name="x">${columns.map((path, k) => `<Column id="c${k}" q="${path}"/>`).join('')}</File></Run><Target component="r"/>`);

describe('units that see one another through tunnels', () => {
  // The end at the first unit only marks it: it has no rate, and does not even require one. A read of its rate goes to
  // its unit.
  const types = `
    <ComponentType name="Pool"><Parameter name="tau" dimension="time"/><Parameter name="start" dimension="none"/><Attachments name="inward" type="Input"/>
      <Exposure name="rate" dimension="none"/><Dynamics><StateVariable name="rate" dimension="none" exposure="rate"/>
      <DerivedVariable name="drive" dimension="none" select="inward[*]/amount" reduce="add"/><TimeDerivative variable="rate" value="(drive - rate)/tau"/>
      <OnStart><StateAssignment variable="rate" value="start"/></OnStart></Dynamics></ComponentType>
    <ComponentType name="Input"><Exposure name="amount" dimension="none"/></ComponentType>
    <ComponentType name="Mark" extends="Input"><Property name="weight" dimension="none" defaultValue="1"/>
      <Dynamics><DerivedVariable name="amount" exposure="amount" dimension="none" value="0"/></Dynamics></ComponentType>
    <ComponentType name="Seen" extends="Input"><Property name="weight" dimension="none" defaultValue="1"/><InstanceRequirement name="other" type="Input"/>
      <Dynamics><DerivedVariable name="far" dimension="none" select="other/rate"/>
      <DerivedVariable name="amount" exposure="amount" dimension="none" value="weight * far"/></Dynamics></ComponentType>
    <ComponentType name="Contact"><Path name="a"/><Path name="b"/><Parameter name="w" dimension="none"/><ComponentReference name="mark" type="Mark"/>
      <ComponentReference name="seen" type="Seen"/><Structure><With instance="a" as="pre"/><With instance="b" as="post"/>
      <Tunnel name="other" endA="pre" endB="post" componentA="mark" componentB="seen"><Assign property="weight" value="w"/></Tunnel></Structure></ComponentType>
    <ComponentType name="Contacts"><Children name="each" type="Contact"/></ComponentType>
    <ComponentType name="Wired" extends="Net"><Children name="contacts" type="Contacts"/></ComponentType>
    <Pool id="one" tau="2ms" start="1"/><Pool id="two" tau="3ms" start="0.25"/><Mark id="m"/><Seen id="s"/>`;
  const units = '<Group id="x" of="one" count="1"/><Group id="y" of="two" count="1"/>';
  const contacts = `<Contacts id="k"><Contact id="k0" a="x[0]" b="y[0]" w="0.5" mark="m" seen="s"/>
    <Contact id="k1" a="y[0]" b="x[0]" w="-0.75" mark="m" seen="s"/></Contacts>`;

  it('read the present value of a unit: earlier ones are a step ahead', async () => {
    const document = network(types, units + contacts.replaceAll('a="', 'a="../').replaceAll('b="', 'b="../'), [
      'x[0]/rate',
      'y[0]/rate',
    ]);
    const run = await simulate(document.replace('<Net id="net">', '<Wired id="net">').replace('</Net>', '</Wired>'));
    let [x, y] = [1, 0.25];
    const expected = [[x, y]];
    for (let step = 0; step < 20; step += 1) {
      x += (1e-4 * (-0.75 * y - x)) / 2e-3;
      y += (1e-4 * (0.5 * x - y)) / 3e-3;
      expected.push([x, y]);
    }
    const [xs, ys] = [trace(run, 'x.rate'), trace(run, 'y.rate')];
    expect(xs).toHaveLength(21);
    expected.forEach(([atX, atY], row) => {
      expect(xs[row], `row ${row}`).toBeCloseTo(atX!, 12);
      expect(ys[row], `row ${row}`).toBeCloseTo(atY!, 12);
    });
  });
});

describe('dimensions that do not fit', () => {
  it('leave numbers in SI', async () => {
    const cell = `<ComponentType name="Cell"><Parameter name="delay" dimension="time"/><Exposure name="x" dimension="none"/><Exposure name="y" dimension="none"/>
      <Exposure name="z" dimension="none"/><Exposure name="u" dimension="voltage"/><Dynamics><StateVariable name="x" dimension="none" exposure="x"/>
      <DerivedVariable name="y" dimension="none" exposure="y" value="2 * delay"/><DerivedVariable name="z" dimension="none" exposure="z" value="exp(delay)"/>
      <DerivedVariable name="u" dimension="voltage" exposure="u" value="delay + 1"/>
      <TimeDerivative variable="x" value="-x / 0.5"/><OnStart><StateAssignment variable="x" value="1"/></OnStart></Dynamics></ComponentType>
      <Cell id="cell" delay="3ms"/>`;
    const run = await simulate(
      network(cell, '<Group id="p" of="cell" count="1"/>', ['p[0]/x', 'p[0]/y', 'p[0]/z', 'p[0]/u'], '3ms', '1ms'),
    );
    expect(trace(run, 'p.y')[1]).toBeCloseTo(0.006, 15);
    expect(trace(run, 'p.z')[1]).toBeCloseTo(1.0030045045033772, 14);
    expect(trace(run, 'p.u')[1]).toBeCloseTo(1.003, 15);
    [1, 1 - 0.002, (1 - 0.002) ** 2, (1 - 0.002) ** 3].forEach((value, row) =>
      expect(trace(run, 'p.x')[row]).toBeCloseTo(value, 14),
    );
  });

  it('of components attached to a cell are the dimensions that the cell sums', async () => {
    const types = `<ComponentType name="Cell"><Attachments name="inward" type="Any"/><Constant name="second" dimension="time" value="1s"/>
        <Constant name="farad" dimension="capacitance" value="2F"/><Exposure name="u" dimension="voltage"/>
        <Dynamics><StateVariable name="u" dimension="voltage" exposure="u"/><DerivedVariable name="i" dimension="current" select="inward[*]/amount" reduce="add"/>
        <TimeDerivative variable="u" value="i / farad"/></Dynamics></ComponentType>
      <ComponentType name="Any"><EventPort name="in" direction="in"/><Exposure name="amount" dimension="none"/></ComponentType>
      <ComponentType name="Steady" extends="Any"><Property name="weight" dimension="none" defaultValue="1"/>
        <Dynamics><DerivedVariable name="amount" exposure="amount" value="3"/></Dynamics></ComponentType>
      <Dimension name="capacitance" m="-1" l="-2" t="4" i="2"/><Unit symbol="F" dimension="capacitance"/><Cell id="cell"/><Steady id="steady"/>`;
    const run = await simulate(
      network(types, '<Group id="p" of="cell" count="1"/><Drive on="p[0]" by="steady"/>', ['p[0]/u'], '3ms', '1ms'),
    );
    [0, 0.0015, 0.003, 0.0045].forEach((value, row) => expect(trace(run, 'p.u')[row]).toBeCloseTo(value, 12));
  });
});

it('hints to simulators are kept if no other part has the name', async () => {
  const types =
    '<ComponentType name="Cell"><Exposure name="x" dimension="none"/><Dynamics><StateVariable name="x" ' +
    'dimension="none" exposure="x"/></Dynamics></ComponentType>';
  const document = network(
    `${types}<Cell id="cell"/>`,
    '<Meta for="other" method="fast"/><Group id="p" of="cell" count="1"/>',
    ['p[0]/x'],
  );
  expect(trace(await simulate(document), 'p.x')).toHaveLength(21);
});
