/** Small types, and the equations that they have by LEMS's definition. */

import { describe, expect, it } from 'vitest';
import { derivedOf, documentOf, importing, neuron } from '../support/importing.js';
import { lems } from '../support/reading.js';

/** A document of one component, which runs. */
const one = (content: string): string => lems(`${content}<Target component="c"/>`);

describe('one instance', () => {
  const document = documentOf(
    one(`<ComponentType name="T"><Parameter name="tau" dimension="time"/><Parameter name="V" dimension="voltage"/><Constant name="one" dimension="voltage" value="1mV"/>
      <DerivedParameter name="half" dimension="time" value="tau/2"/><EventPort name="out" direction="out"/><Exposure name="i" dimension="voltage"/>
      <Dynamics><StateVariable name="i" dimension="voltage" exposure="i"/><StateVariable name="n" dimension="none"/>
      <ConditionalDerivedVariable name="rate" dimension="voltage"><Case condition="i .gt. 0" value="i"/><Case condition="n .geq. 1 .and. i .lt. one" value="0"/></ConditionalDerivedVariable>
      <DerivedVariable name="twice" dimension="voltage" value="2*rate"/>
      <TimeDerivative variable="i" value="(V - twice)/half"/><OnStart><StateAssignment variable="i" value="V"/></OnStart>
      <OnCondition test="i .gt. V"><StateAssignment variable="i" value="0"/><StateAssignment variable="n" value="n + 1"/><EventOut port="out"/></OnCondition>
      <OnCondition test="n .gt. 3"><StateAssignment variable="n" value="0"/></OnCondition></Dynamics></ComponentType><T id="c" tau="10ms" V="-5mV"/>`),
  );
  const type = neuron(document, 'T');

  it.each([
    [
      'parameters in SI, units of that name spelt out',
      type.parameters,
      { V: { unit: 'V', value: -0.005 }, tau: { unit: 's', value: 0.01 }, half: { unit: 's', value: 'tau/2' } },
    ],
    ['names that the canonical model keeps for itself get an underscore', Object.keys(type.state ?? {}), ['i_', 'n']],
    ['first values of OnStart, others zero', type.state?.['i_'], { unit: 'V', initial: 'V' }],
    [
      'cases are choices, zero where none holds',
      derivedOf(type)['rate'],
      'i_ if i_ > 0*volt else 0*volt if n >= 1 and i_ < 0.001*volt else 0*volt',
    ],
    ['derivatives', type.derivatives, { i_: '(V - twice)/half' }],
    [
      'conditions in order, those without an event emit nothing',
      type.events,
      {
        out: { when: 'i_ > V', do: ['i_ = 0*volt', 'n = n + 1'] },
        condition: { when: 'n > 3', do: ['n = 0'], emits: null, order: 1 },
      },
    ],
    [
      'one part, derived variables after those that they read',
      type.sequence,
      [{ derived: ['rate', 'twice'], state: ['i_'], events: ['out', 'condition'] }],
    ],
    ['one population of one', document.populations, { c: { type: 'T', size: 1 } }],
  ])('%s', (_, found, expected) => expect(sorted(found)).toEqual(sorted(expected)));
});

/** Maps of a document have no order, lists have. */
const sorted = (value: unknown): unknown =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? { ...value } : value;

describe('instances within', () => {
  const types = `<ComponentType name="Cell"><Parameter name="C" dimension="none"/><Children name="parts" type="Part"/><Exposure name="v" dimension="none"/>
    <Dynamics><StateVariable name="v" dimension="none" exposure="v"/><DerivedVariable name="all" dimension="none" select="parts[*]/x" reduce="add"/>
    <DerivedVariable name="some" dimension="none" select="parts[kind='b']/x" reduce="multiply"/><TimeDerivative variable="v" value="all*some/C/s"/></Dynamics>
    <Constant name="s" dimension="time" value="1s"/></ComponentType>
    <ComponentType name="Part"><Text name="kind"/><Parameter name="k" dimension="none"/><Requirement name="v" dimension="none"/><Exposure name="x" dimension="none"/>
    <Child name="inner" type="Inner"/>
    <Dynamics><DerivedVariable name="x" exposure="x" dimension="none" value="k*y"/><DerivedVariable name="y" dimension="none" select="inner/z"/></Dynamics></ComponentType>
    <ComponentType name="Inner"><Requirement name="v" dimension="none"/><Exposure name="z" dimension="none"/>
    <Dynamics><DerivedVariable name="z" exposure="z" dimension="none" value="v + 1"/></Dynamics></ComponentType>`;
  const cell = (parts: string): string => one(`${types}<Cell id="c" C="2">${parts}</Cell>`);
  const two = documentOf(
    cell(
      '<Part id="p" kind="a" k="3"><inner type="Inner"/></Part><Part id="q" kind="b" k="4"><inner ' +
        'type="Inner"/></Part>',
    ),
  );
  const type = neuron(two, 'c');

  it('are named after the instances around them, and advanced before them', () => {
    expect(type.sequence?.map((part) => part.derived)).toEqual([
      ['p_inner_z'],
      ['p_v', 'p_y', 'p_x'],
      ['q_inner_z'],
      ['q_v', 'q_y', 'q_x'],
      ['all', 'some'],
    ]);
    expect(type.sequence?.at(-1)?.state).toEqual(['v']);
  });

  it('are selected, by an attribute if a path has a predicate', () => {
    expect(derivedOf(type)).toMatchObject({ all: 'p_x + q_x', some: 'q_x', p_x: 'p_k*p_y', p_y: 'p_inner_z' });
  });

  it('have copies of their requirements if instances within require them too', () => {
    // A requirement is copied from the parent when an instance is advanced: its own parts, advanced before, have the
    // copy of the step before.
    expect(derivedOf(type)).toMatchObject({ p_v: 'v', p_inner_z: 'p_v + 1' });
  });

  it.each([
    ['no part', '', { all: '0.0', some: '1.0' }],
    ['one part', '<Part id="p" kind="a" k="3"><inner type="Inner"/></Part>', { all: 'p_x', some: '1.0' }],
  ])('reduce to the neutral element if there is %s', (_, parts, expected) => {
    const found = derivedOf(neuron(documentOf(cell(parts)), parts === '' ? 'Cell' : 'c'));
    expect(Object.fromEntries(Object.keys(expected).map((name) => [name, String(found[name])]))).toEqual(expected);
  });

  it('name an unmet requirement with the chain to it', () => {
    const { findings } = importing(
      one(`${types}<ComponentType name="Box"><Child name="inner" type="Inner"/><Exposure name="w" dimension="none"/>
      <Dynamics><DerivedVariable name="w" exposure="w" dimension="none" select="inner/z"/></Dynamics></ComponentType><Box id="c"><inner type="Inner"/></Box>`),
    );
    expect(findings).toEqual([expect.stringContaining('lems/unmet-requirement')]);
    expect(findings[0]).toMatch(/no enclosing component provides v/);
  });
});

describe('events within', () => {
  it('run the handlers that they are wired to at once, and leave by the port of the whole', () => {
    const type = neuron(
      documentOf(
        one(`<ComponentType name="Train"><Children name="shots" type="Shot"/><EventPort name="in" direction="in"/><EventPort name="spike" direction="out"/>
        <Dynamics><StateVariable name="count" dimension="none"/><OnEvent port="in"><StateAssignment variable="count" value="count + 1"/><EventOut port="spike"/></OnEvent></Dynamics></ComponentType>
        <ComponentType name="Shot"><Parameter name="at" dimension="time"/><EventPort name="shot" direction="out"/>
        <Dynamics><StateVariable name="done" dimension="none"/><OnCondition test="t .geq. at .and. done .eq. 0"><StateAssignment variable="done" value="1"/><EventOut port="shot"/></OnCondition></Dynamics>
        <Structure><With instance="this" as="a"/><With instance="parent" as="b"/><EventConnection from="a" to="b"/></Structure></ComponentType>
        <Train id="c"><Shot id="1" at="1ms"/><Shot id="2" at="2ms"/></Train>`),
      ),
      'c',
    );
    // The action of a shot that is due contains the train's action on its event; both events leave under the port of
    // the train.
    expect(type.events).toEqual({
      spike: { when: 't >= _1_at and _1_done == 0', do: ['_1_done = 1', 'count = count + 1'] },
      spike_2: {
        when: 't >= _2_at and _2_done == 0',
        do: ['_2_done = 1', 'count = count + 1'],
        emits: 'spike',
        order: 1,
      },
    });
  });

  it('may not go round in a circle', () => {
    const { findings } = importing(
      one(
        `<ComponentType name="A"><Child name="b" type="B"/><EventPort name="in" direction="in"/><EventPort name="out" direction="out"/>
      <Dynamics><StateVariable name="n" dimension="none"/><OnCondition test="t .gt. 1"><EventOut port="out"/></OnCondition><OnEvent port="in"><EventOut port="out"/></OnEvent></Dynamics>
      <Structure><With instance="this" as="x"/><EventConnection from="x" to="b"/></Structure></ComponentType>
      <ComponentType name="B"><EventPort name="in" direction="in"/><EventPort name="out" direction="out"/><Dynamics><StateVariable name="m" dimension="none"/><OnEvent port="in"><EventOut port="out"/></OnEvent></Dynamics>
      <Structure><With instance="this" as="x"/><With instance="parent" as="y"/><EventConnection from="x" to="y"/></Structure></ComponentType><A id="c"><b type="B"/></A>`.replaceAll(
          't .gt. 1',
          'n .gt. 1',
        ),
      ),
    );
    expect(findings).toEqual([expect.stringContaining('lems/event-circle')]);
  });
});

describe('kinetic schemes', () => {
  const type = neuron(
    documentOf(
      one(`<ComponentType name="Gate"><Children name="states" type="State"/><Children name="ways" type="Way"/><Exposure name="open" dimension="none"/>
      <Dynamics><KineticScheme name="k" nodes="states" stateVariable="p" edges="ways" edgeSource="from" edgeTarget="to" forwardRate="f" reverseRate="r"/>
      <DerivedVariable name="open" exposure="open" dimension="none" select="states[*]/q" reduce="add"/></Dynamics></ComponentType>
      <ComponentType name="State"><Parameter name="weight" dimension="none"/><Exposure name="q" dimension="none"/><Exposure name="p" dimension="none"/>
      <Dynamics><StateVariable name="p" exposure="p" dimension="none"/><DerivedVariable name="q" exposure="q" dimension="none" value="weight*p"/></Dynamics></ComponentType>
      <ComponentType name="Way"><Link name="from" type="State"/><Link name="to" type="State"/><Parameter name="a" dimension="per_time"/><Parameter name="b" dimension="per_time"/>
      <Exposure name="f" dimension="per_time"/><Exposure name="r" dimension="per_time"/>
      <Dynamics><DerivedVariable name="f" exposure="f" dimension="per_time" value="a"/><DerivedVariable name="r" exposure="r" dimension="per_time" value="b"/></Dynamics></ComponentType>
      <Unit symbol="per_s" dimension="per_time"/>
      <Gate id="c"><State id="x" weight="0"/><State id="y" weight="0"/><State id="z" weight="1"/><Way id="u" from="x" to="y" a="1per_s" b="2per_s"/><Way id="v" from="y" to="z" a="3per_s" b="4per_s"/></Gate>`),
    ),
    'c',
  );

  it('are linear equations of the occupancies, with flows that leave one and enter another', () => {
    expect(type.derivatives).toEqual({
      x_p: '-(u_f*x_p - u_r*y_p)',
      y_p: 'u_f*x_p - u_r*y_p - (v_f*y_p - v_r*z_p)',
      z_p: 'v_f*y_p - v_r*z_p',
    });
  });

  it('start in the first state, and are advanced between the parts and the whole', () => {
    expect(
      Object.entries(type.state ?? {}).map(([name, state]) => [name, (state as { initial?: unknown }).initial]),
    ).toEqual([
      ['x_p', '1'],
      ['y_p', '0'],
      ['z_p', '0'],
    ]);
    expect(type.sequence?.map((part) => Object.keys(part).join())).toEqual([
      'derived',
      'derived',
      'derived',
      'derived',
      'derived',
      'propagate',
      'derived',
    ]);
  });
});

describe('regimes', () => {
  const regimes = (handler: string): string =>
    one(`<ComponentType name="T"><EventPort name="spike" direction="out"/><EventPort name="in" direction="in"/><Constant name="s" dimension="time" value="1s"/>
    <Dynamics><StateVariable name="v" dimension="none"/><StateVariable name="last" dimension="time"/>
    <Regime name="up" initial="true"><TimeDerivative variable="v" value="1/s"/><OnCondition test="v .gt. 1"><EventOut port="spike"/><Transition regime="down"/></OnCondition>${handler}</Regime>
    <Regime name="down"><OnEntry><StateAssignment variable="last" value="t"/><StateAssignment variable="v" value="0"/></OnEntry><OnCondition test="t .gt. last + s"><Transition regime="up"/></OnCondition></Regime>
    </Dynamics></ComponentType><T id="c"/>`);

  it('of a whole are regimes', () => {
    const type = neuron(documentOf(regimes('')), 'T');
    expect(type.regimes).toEqual({
      up: { initial: true, derivatives: { v: '1/(1*s)' }, transitions: [{ when: 'v > 1', to: 'down', emit: 'spike' }] },
      down: { onEntry: ['last = t', 'v = 0'], transitions: [{ when: 't > last + 1*s', to: 'up' }] },
    });
    expect(type.sequence).toEqual([{ regimes: true }]);
  });

  it('that events change are kept in a variable', () => {
    const type = neuron(documentOf(regimes('<OnEvent port="in"><Transition regime="down"/></OnEvent>')), 'T');
    expect(type.regimes).toBeUndefined();
    expect(type.derivatives).toEqual({ v: '1/(1*s) if regime_held == 0 else 0*Hz' });
    expect(type.events).toEqual({
      spike: { when: 'regime_held == 0 and v > 1', do: ['last = t', 'v = 0', 'regime = 1'] },
      condition: { when: 'regime_held == 1 and t > last + 1*s', do: ['regime = 0'], emits: null, order: 1 },
    });
  });
});

describe('the check of a type', () => {
  it('reports at its place a path that cannot be resolved', () => {
    const text =
      one(`<ComponentType name="T"><Exposure name="n" dimension="none"/><Dynamics><StateVariable name="n" exposure="n" dimension="none"/>
<DerivedVariable name="x" dimension="none" select="nobody/y"/></Dynamics></ComponentType><T id="c"/>`);
    expect(importing(text).findings).toEqual([
      'lems/unknown-path 2:1: the path nobody/y cannot be resolved: there is no nobody',
    ]);
  });
});
