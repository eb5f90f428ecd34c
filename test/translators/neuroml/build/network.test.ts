/** Networks of types with names of their own: populations, projections and inputs follow only from structures. */

import { describe, expect, it } from 'vitest';
import { cellTypes, documentOf, importing, networkTypes, neuron, synapse } from '../support/importing.js';
import { lems } from '../support/reading.js';

const components =
  `<Leaky id="cell" tau="10ms" rest="-60mV" top="-50mV" perSiemens="1000per_F"/><Leaky id="other" tau="20ms" rest="-60mV" top="-50mV" perSiemens="1000per_F"/>
  <Conductance id="syn" peak="1nS" towards="0mV" decay="5ms"/><Conductance id="slow" peak="1nS" towards="0mV" decay="50ms"/>
  <Pulse id="pulse" from="10ms" until="20ms" height="1nA"/><Clock id="clock" every="5ms"/>`.replace(/\n\s*/g, '');

/** A document with a network of the given components. */
const network = (content: string): string =>
  lems(`${networkTypes}${cellTypes}${components}<Net id="net">${content}</Net><Target component="net"/>`);

const groups =
  '<Group id="p" of="cell" count="3"/><Group id="q" of="other" count="2"/><Group id="c" of="clock" count="1"/>';
const link = (from: string, to: string, w: string, d: string): string =>
  `<Link a="../${from}" b="../${to}" w="${w}" d="${d}"/>`;

describe('populations', () => {
  const document = documentOf(network(groups));

  it('are cells of one component in one container, named after it, in the order of the document', () => {
    expect(document.populations).toMatchObject({
      p: { type: 'Leaky', size: 3 },
      q: { type: 'Leaky', size: 2, values: { tau: 0.02 }, order: 1 },
      c: { type: 'Clock', size: 1, order: 2 },
    });
  });

  it('of components that are no cells are refused before they are made, if they exceed the memory', () => {
    const { diagnostics } = importing(network('<Group id="p" of="net" count="2147483647"/>'));
    expect(diagnostics.map(({ code }) => code)).toContain('lems/too-many-parts');
  });

  it('share a type if only values differ', () => {
    expect(Object.keys(document.neurons ?? {})).toEqual(['Leaky', 'Clock']);
    expect(neuron(document, 'Leaky').inputs).toEqual({ inward_amount: { unit: 'A', reduce: 'sum' } });
  });

  it('may be made of instances that each hold one cell', () => {
    const { populations, projections } = documentOf(
      lems(`${networkTypes}<ComponentType name="Places"><Children name="all" type="Place"/><ComponentReference name="of" type="Component"/></ComponentType>
      <ComponentType name="Place"><Structure><ChildInstance component="../of"/></Structure></ComponentType>
      <ComponentType name="Wide" extends="Net"><Children name="spots" type="Places"/></ComponentType>${cellTypes}${components}
      <Wide id="net"><Places id="l" of="cell"><Place id="7"/><Place id="3"/></Places><Group id="c" of="clock" count="1"/>
      <Bundle id="b" by="syn">${link('c/0/clock', 'l/3/cell', '1', '1ms')}${link('c[0]', 'l/7', '1', '1ms')}</Bundle></Wide><Target component="net"/>`),
    );
    expect(populations?.['l']).toMatchObject({ size: 2 });
    // The id decides, not the position: instance 3 is the second.
    expect(projections?.['b']).toMatchObject({ connect: { sources: [0, 0], targets: [1, 0] } });
  });

  it('give their cells the properties that are assigned when they are made', () => {
    const { populations } = documentOf(
      lems(`<ComponentType name="Net"><Children name="groups" type="Group"/></ComponentType>
      <ComponentType name="Group"><ComponentReference name="of" type="Component"/><Parameter name="count" dimension="none"/><Parameter name="base" dimension="none"/>
      <Structure><MultiInstantiate number="count" component="of"><Assign property="gain" value="base + 2*index"/></MultiInstantiate></Structure></ComponentType>
      <ComponentType name="C"><Property name="gain" dimension="none" defaultValue="1"/><Dynamics><StateVariable name="x" dimension="none"/><OnStart><StateAssignment variable="x" value="gain"/></OnStart></Dynamics></ComponentType>
      <C id="c"/><Net id="n"><Group id="p" of="c" count="3" base="10"/><Group id="q" of="c" count="1" base="1"/></Net><Target component="n"/>`),
    );
    expect(populations).toMatchObject({ p: { values: { gain: [10, 12, 14] } }, q: { size: 1 } });
    // The assigned value equals the default.
    expect(populations?.['q']).not.toHaveProperty('values');
  });
});

describe('projections', () => {
  const document = documentOf(
    network(
      `${groups}<Bundle id="one" by="syn">${link('c[0]', 'p[0]', '1', '0ms')}${link('c[0]', 'p[2]', '1', '0ms')}</Bundle>
      <Bundle id="two" by="slow">${link('p[1]', 'q[0]', '2', '1ms')}${link('p[2]', 'q[1]', '3', '2ms')}</Bundle>`,
    ),
  );

  it('are the connections of one container between two populations, in order', () => {
    expect(document.projections).toEqual({
      one: {
        from: { of: 'c', event: 'tick' },
        to: 'p',
        synapse: 'Conductance',
        connect: { rule: 'list', sources: [0, 0], targets: [0, 2] },
      },
      two: {
        from: { of: 'p', event: 'out' },
        to: 'q',
        synapse: 'Conductance',
        connect: { rule: 'list', sources: [1, 2], targets: [0, 1] },
        values: { decay: 0.05, weight: [2, 3] },
        delay: [0.001, 0.002],
        order: 1,
      },
    });
  });

  it('have one number if all of them are equal', () => {
    const many = Array.from({ length: 20_000 }, (_, k) => link(`p[${k % 3}]`, `q[${k % 2}]`, '2', '1ms')).join('');
    const { projections } = documentOf(network(`${groups}<Bundle id="b" by="syn">${many}</Bundle>`));
    const { connect, values, delay } = projections?.['b'] as unknown as {
      connect: { sources: number[] };
      values: unknown;
      delay: unknown;
    };
    expect(connect.sources).toHaveLength(20_000);
    expect({ values, delay }).toEqual({ values: { weight: 2 }, delay: 0.001 });
  });

  it('have a type that reads the cell it is on, adds to the sum of the cell, and acts at events', () => {
    expect(synapse(document, 'Conductance')).toMatchObject({
      derived: { amount: { value: 'g*(towards - post.u)' } },
      derivatives: { g: '-g/decay' },
      pathways: { pre: { do: ['g = g + weight*peak'] } },
      contributes: { 'post.inward_amount': 'amount' },
      sequence: [{ derived: ['amount'], state: ['g'] }],
    });
  });

  it('to cells without an instance of their own act on the cells', () => {
    const { synapses, projections } = documentOf(
      lems(`<ComponentType name="Net"><Children name="groups" type="Group"/><Children name="all" type="All"/></ComponentType>
      <ComponentType name="Group"><ComponentReference name="of" type="Component"/><Parameter name="count" dimension="none"/><Structure><MultiInstantiate number="count" component="of"/></Structure></ComponentType>
      <ComponentType name="All"><Link name="source" type="Group"/><Link name="sink" type="Group"/><Child name="how" type="Pattern"/></ComponentType><ComponentType name="Pattern"/>
      <ComponentType name="Every" extends="Pattern"><Structure><ForEach instances="../source" as="a"><ForEach instances="../sink" as="b"><EventConnection from="a" to="b"/></ForEach></ForEach></Structure></ComponentType>
      <ComponentType name="Hit"><Parameter name="jump" dimension="none"/><EventPort name="in-here" direction="in"/><Dynamics><StateVariable name="x" dimension="none"/><OnEvent port="in-here"><StateAssignment variable="x" value="x + jump"/></OnEvent></Dynamics></ComponentType>
      ${cellTypes}${components}<Hit id="hit" jump="2"/><Net id="n"><Group id="c" of="clock" count="2"/><Group id="h" of="hit" count="3"/><All id="e" source="c" sink="h"><how type="Every"/></All></Net><Target component="n"/>`),
    );
    const [[, type] = []] = Object.entries(synapses ?? {});
    expect(type).toMatchObject({ pathways: { pre: { do: ['post.x = post.x + post.jump'] } } });
    const [[, all] = []] = Object.entries(projections ?? {});
    expect(all).toMatchObject({ connect: { sources: [0, 0, 0, 1, 1, 1], targets: [0, 1, 2, 0, 1, 2] } });
  });
});

describe('a component attached without a source of events', () => {
  const document = documentOf(
    network(`${groups}<Drive on="p[1]" by="pulse"/><Drive on="p[1]" by="pulse"/><Drive on="q[0]" by="pulse"/>`),
  );

  it('is a population of its own for each that it is attached to, before that one', () => {
    const {
      pulse_p: onP,
      pulse_q: onQ,
      p,
      q,
    } = document.populations as Record<string, { size: number; order?: number }>;
    expect([onP?.size, onQ?.size]).toEqual([2, 1]);
    expect([onP?.order ?? 0, p?.order, onQ?.order, q?.order]).toEqual([0, 1, 2, 3]);
  });

  it('adds to the sum of its cell', () => {
    expect(document.projections?.['pulse_p_to_p']).toMatchObject({
      from: 'pulse_p',
      to: 'p',
      connect: { sources: [0, 1], targets: [1, 1] },
    });
    expect(synapse(document, 'attached_inward').contributes).toEqual({ 'post.inward_amount': 'pre.amount' });
  });

  it('is linked to the requirements that its cell provides', () => {
    const clamp = `<ComponentType name="Clamp" extends="Current"><Parameter name="goal" dimension="voltage"/><Parameter name="by" dimension="conductance"/><Requirement name="u" dimension="voltage"/><EventPort name="in" direction="in"/>
      <Dynamics><StateVariable name="amount" exposure="amount" dimension="current"/><OnCondition test="t .geq. 0"><StateAssignment variable="amount" value="by*(goal - u)"/></OnCondition></Dynamics></ComponentType><Clamp id="clamp" goal="0mV" by="1nS"/>`;
    const { populations } = documentOf(
      network(`${groups}<Drive on="p[2]" by="clamp"/><Drive on="p[0]" by="clamp"/>`).replace(
        '<Net id',
        `${clamp}<Net id`,
      ),
    );
    expect(populations?.['clamp']).toMatchObject({
      size: 2,
      linked: { u: { population: 'p', variable: 'u', index: [2, 0] } },
    });
  });
});

describe('tunnels', () => {
  const joined = (bridge: string): string =>
    lems(`${networkTypes}${cellTypes}${components}<ComponentType name="Gap" extends="Current"><Property name="weight" dimension="none" defaultValue="1"/><Parameter name="G" dimension="conductance"/>
    <Requirement name="u" dimension="voltage"/><InstanceRequirement name="twin" type="Gap"/><Dynamics><DerivedVariable name="there" dimension="voltage" select="twin/u"/><DerivedVariable name="amount" exposure="amount" dimension="current" value="weight*G*(there - u)"/></Dynamics></ComponentType>
    <ComponentType name="Bridges"><Children name="each" type="Bridge"/></ComponentType>
    <ComponentType name="Bridge"><Path name="a"/><Path name="b"/><Parameter name="w" dimension="none"/><ComponentReference name="by" type="Gap"/>
    <Structure><With instance="a" as="x"/><With instance="b" as="y"/><Tunnel name="twin" endA="x" endB="y" componentA="by" componentB="by"><Assign property="weight" value="w"/></Tunnel></Structure></ComponentType>
    <ComponentType name="Joined" extends="Net"><Children name="bridges" type="Bridges"/></ComponentType><Gap id="gap" G="1nS"/>
    <Joined id="net"><Group id="p" of="cell" count="3"/><Group id="q" of="other" count="2"/><Bridges id="j">${bridge}</Bridges></Joined><Target component="net"/>`);
  const document = documentOf(joined('<Bridge a="../p[0]" b="../q[1]" w="2" by="gap"/>'));

  it('are an instance at each end that sees the other', () => {
    const ends = Object.values(document.projections ?? {}) as {
      from: string;
      to: string;
      connect: object;
      values: object;
    }[];
    expect(ends.map(({ from, to, connect, values }) => ({ from, to, connect, values }))).toEqual([
      { from: 'q', to: 'p', connect: { rule: 'list', sources: [1], targets: [0] }, values: { weight: 2 } },
      { from: 'p', to: 'q', connect: { rule: 'list', sources: [0], targets: [1] }, values: { weight: 2 } },
    ]);
    const [[, type] = []] = Object.entries(document.synapses ?? {});
    expect(type).toMatchObject({
      derived: { there: { value: 'pre.u_before' }, amount: { value: 'weight*G*(there - post.u)' } },
    });
  });

  it("read the other end's value at the time when it was advanced", () => {
    expect(neuron(document, 'Leaky').sequence?.[0]).toEqual({ derived: ['u_before'] });
  });

  it('of a cell with itself: the second instance is advanced after the first, and reads its new value', () => {
    const { projections, synapses } = documentOf(joined('<Bridge a="../p[1]" b="../p[1]" w="2" by="gap"/>'));
    const ends = Object.values(projections ?? {}) as { from: string; to: string; connect: object; synapse: string }[];
    expect(ends.map(({ from, to, connect }) => ({ from, to, connect }))).toEqual(
      Array.from({ length: 2 }, () => ({ from: 'p', to: 'p', connect: { rule: 'list', sources: [1], targets: [1] } })),
    );
    expect(ends.map(({ synapse }) => synapses?.[synapse]?.derived?.['there'])).toMatchObject([
      { value: 'pre.u_before' },
      { value: 'pre.u' },
    ]);
  });
});

describe('a component around a network', () => {
  it('gives it values, and variables if it runs itself', () => {
    const document = documentOf(
      lems(
        `${networkTypes}<ComponentType name="Warm" extends="Net"><Parameter name="heat" dimension="temperature"/></ComponentType>
      <ComponentType name="Bath"><Child name="net" type="Net"/><Exposure name="flow" dimension="none"/><Dynamics><StateVariable name="flow" dimension="none" exposure="flow"/><OnCondition test="t .gt. 1"><StateAssignment variable="flow" value="3"/></OnCondition></Dynamics></ComponentType>
      <ComponentType name="C"><Requirement name="heat" dimension="temperature"/><Requirement name="flow" dimension="none"/><Constant name="K" dimension="temperature" value="1K"/>
      <Dynamics><StateVariable name="x" dimension="none"/><DerivedVariable name="y" dimension="none" value="flow*heat/K"/></Dynamics></ComponentType><C id="c"/>
      <Bath id="bath"><Warm id="net" heat="10 degC"><Group id="p" of="c" count="2"/></Warm></Bath><Target component="bath"/>`.replace(
          't .gt. 1"',
          'flow .lt. 1"',
        ),
      ),
    );
    expect(neuron(document, 'C').parameters).toMatchObject({ heat: { value: 283.15 }, flow: { unit: '1' } });
    expect(document.populations).toMatchObject({
      p: { linked: { flow: { population: 'bath', variable: 'flow', index: 0 } } },
      bath: { size: 1, order: 1 },
    });
  });
});

describe('mistakes in a network are reported at their place', () => {
  it.each([
    [
      'a path to a population that is not there',
      `${groups}<Bundle id="b" by="syn">${link('r[0]', 'p[0]', '1', '0ms')}</Bundle>`,
      'lems/unknown-path',
      'there is no r',
    ],
    [
      'an instance beyond the last',
      `${groups}<Bundle id="b" by="syn">${link('p[3]', 'p[0]', '1', '0ms')}</Bundle>`,
      'lems/index-out-of-range',
      'asks for instance 3',
    ],
    [
      'a number of instances that is none',
      '<Group id="p" of="cell" count="2.5"/>',
      'lems/bad-count',
      'is not a valid number of instances',
    ],
    [
      'a source without a port',
      `${groups}<Bundle id="b" by="syn">${link('p[0]', 'p[0]', '1', '0ms')}</Bundle><Group id="w" of="pulse" ` +
        `count="1"/><Bundle id="d" by="syn">${link('w[0]', 'p[0]', '1', '0ms')}</Bundle>`,
      'lems/no-port',
      'no port on which events leave',
    ],
    [
      'an attachment to what takes none',
      `${groups}<Drive on="c[0]" by="pulse"/>`,
      'lems/no-attachments',
      'cannot be attached',
    ],
  ])('%s', (_, content, code, message) => {
    const { findings } = importing(network(content));
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatch(new RegExp(`^${code} \\d+:\\d+: .*${message}`));
  });

  it('simulations inside a target that is no simulation are not taken for a model', () => {
    const set =
      '<ComponentType name="Set"><Children name="runs" type="Run"/></ComponentType>' +
      '<Set id="all"><Run id="r" length="10ms" step="0.1ms" target="net"/></Set>';
    const { findings } = importing(
      network(groups).replace('<Target component="net"/>', `${set}<Target component="all"/>`),
    );
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatch(
      /^lems\/simulations-inside \d+:\d+: .*the target all is not a simulation, but contains 1/,
    );
  });

  it('a source that never emits is a warning, and its connections have no effect', () => {
    const mute =
      '<ComponentType name="Mute"><EventPort name="out" direction="out"/><Dynamics><StateVariable name="x" ' +
      'dimension="none"/></Dynamics></ComponentType><Mute id="mute"/>';
    const { valid, diagnostics, document } = importing(
      network(
        `${groups}<Group id="m" of="mute" count="1"/><Bundle id="b" ` +
          `by="syn">${link('m[0]', 'p[0]', '1', '0ms')}</Bundle>`,
      ).replace('<Net id', `${mute}<Net id`),
    );
    expect(valid).toBe(true);
    expect(diagnostics.map(({ code, severity }) => `${severity} ${code}`)).toEqual(['warning lems/never-emits']);
    expect(document?.neurons?.['Mute']?.events).toEqual({ out: { when: 'False', order: 0 } });
  });
});
