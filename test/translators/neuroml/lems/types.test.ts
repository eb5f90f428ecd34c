import { describe, expect, it } from 'vitest';
import { lems, reading } from '../support/reading.js';

describe('the inherited part of a type', () => {
  const { model, findings } = reading(
    lems(`
<ComponentType name="leaf" extends="middle"><Parameter name="shift" dimension="voltage"/><Fixed parameter="a" value="3mV"/></ComponentType>
<ComponentType name="middle" extends="base">
  <Text name="note"/><Property name="weight" defaultValue="1"/><Attachments name="synapses" type="base"/>
  <Dynamics><StateVariable name="w" dimension="none"/></Dynamics>
</ComponentType>
<ComponentType name="base">
  <Parameter name="a" dimension="voltage"/><Constant name="shift" dimension="voltage" value="0mV"/><EventPort name="out" direction="out"/>
  <Dynamics><StateVariable name="v" dimension="voltage"/></Dynamics>
  <Structure><With instance="this" as="x"/></Structure>
</ComponentType>
<ComponentType name="more" extends="base"><Dynamics><Super/><StateVariable name="u" dimension="none"/></Dynamics></ComponentType>`),
  );
  const types = model!.types;

  it('is resolved whatever the order of declaration', () => {
    expect(findings).toEqual([]);
    expect(types.get('leaf')).toMatchObject({ lineage: ['leaf', 'middle', 'base'], extends: 'middle' });
    expect([...types.get('leaf')!.parameters.keys()]).toEqual(['a', 'shift']);
    for (const kind of ['texts', 'properties', 'attachments', 'ports'] as const)
      expect(types.get('leaf')![kind].size).toBe(1);
  });

  it('gives way to new declarations, of another kind too', () => {
    expect(types.get('middle')!.constants.has('shift')).toBe(true);
    expect(types.get('leaf')!.constants.has('shift')).toBe(false);
    expect(types.get('leaf')!.parameters.get('a')).toMatchObject({ fixed: 0.003 });
    expect(types.get('base')!.parameters.get('a')).not.toHaveProperty('fixed');
  });

  it('is all of the dynamics or none, but for Super; structure comes along', () => {
    const states = (name: string): string[] =>
      types.get(name)!.dynamics!.stateVariables.map((variable) => variable.name);
    expect(states('leaf')).toEqual(['w']);
    expect(states('more')).toEqual(['v', 'u']);
    expect(types.get('leaf')!.structure).toHaveLength(1);
  });
});

describe('definitions', () => {
  it('read every member of dynamics, in order', () => {
    const { model, findings } = reading(
      lems(`
<ComponentType name="cell">
  <Parameter name="thresh" dimension="voltage"/><Exposure name="v" dimension="voltage"/><Constant name="MV" dimension="voltage" value="1mV"/>
  <EventPort name="spike" direction="out"/><EventPort name="in" direction="in"/><Children name="parts" type="part"/>
  <Dynamics>
    <StateVariable name="v" dimension="voltage" exposure="v"/><StateVariable name="last" dimension="time"/>
    <DerivedVariable name="i" dimension="current" select="parts[*]/i" reduce="add" required="false"/>
    <ConditionalDerivedVariable name="c" dimension="none"><Case condition="v .gt. 0" value="1"/><Case value="v / MV"/></ConditionalDerivedVariable>
    <OnStart><StateAssignment variable="v" value="thresh"/></OnStart>
    <OnCondition test="v .gt. thresh"><StateAssignment variable="v" value="0"/><EventOut port="spike"/><Transition regime="off"/></OnCondition>
    <OnEvent port="in"><StateAssignment variable="v" value="v + MV"/></OnEvent>
    <Regime name="on" initial="true"><TimeDerivative variable="v" value="MV / last"/></Regime>
    <Regime name="off"><OnEntry><StateAssignment variable="last" value="t"/></OnEntry>
      <OnCondition test="t .gt. last"><Transition regime="on"/></OnCondition></Regime>
  </Dynamics>
</ComponentType>
<ComponentType name="part"><Exposure name="i" dimension="current"/></ComponentType>`),
    );
    expect(findings).toEqual([]);
    const dynamics = model!.types.get('cell')!.dynamics!;
    expect(dynamics.stateVariables).toMatchObject([{ name: 'v', exposure: 'v' }, { name: 'last' }]);
    expect(dynamics.derivedVariables).toMatchObject([
      { name: 'i', select: 'parts[*]/i', reduce: 'add', required: false },
      {
        name: 'c',
        cases: [
          { condition: { text: 'v .gt. 0' }, value: { text: '1' } },
          { condition: null, value: { text: 'v / MV' } },
        ],
      },
    ]);
    expect(dynamics.onConditions[0]!.actions.map(({ kind }) => kind)).toEqual(['assign', 'emit', 'transition']);
    expect(dynamics.onEvents).toMatchObject([{ port: 'in', actions: [{ kind: 'assign', variable: 'v' }] }]);
    expect(dynamics.regimes).toMatchObject([
      { name: 'on', initial: true, timeDerivatives: [{ variable: 'v' }] },
      {
        name: 'off',
        initial: false,
        onEntry: [{ variable: 'last' }],
        onConditions: [{ actions: [{ kind: 'transition', regime: 'on' }] }],
      },
    ]);
  });

  it('read structure, simulation and kinetic schemes', () => {
    const { model, findings } = reading(
      lems(`
<ComponentType name="net">
  <ComponentReference name="of" type="Component"/><ComponentReference name="local" type="net" local="true" required="false"/>
  <Parameter name="size" dimension="none"/><Path name="to"/><Text name="port"/><Children name="states" type="net"/><Children name="moves" type="net"/>
  <Parameter name="dt" dimension="time"/><Text name="file"/>
  <Dynamics><KineticScheme name="ks" nodes="states" edges="moves" stateVariable="p" edgeSource="from" edgeTarget="to" forwardRate="rf" reverseRate="rr"/></Dynamics>
  <Structure>
    <MultiInstantiate number="size" component="of"><Assign property="p" value="index * size"/></MultiInstantiate>
    <ChildInstance component="../of"/>
    <With instance="to" as="a"/><With list="states" index="i" as="b"/>
    <ForEach instances="../x" as="c"><EventConnection from="a" to="c" delay="dt" receiver="of" receiverContainer="port"/></ForEach>
    <Tunnel name="peer" endA="a" endB="b" componentA="of" componentB="of"><Assign property="w" value="size"/></Tunnel>
  </Structure>
  <Simulation>
    <Run component="of" variable="t" increment="dt" total="dt"/><Record quantity="to" scale="size"/><EventRecord quantity="to" eventPort="port"/>
    <DataWriter fileName="file" path="port"/><EventWriter fileName="file" format="port"/><DataDisplay title="file" dataRegion="xmin,xmax"/>
  </Simulation>
</ComponentType>`),
    );
    expect(findings).toEqual([]);
    const type = model!.types.get('net')!;
    expect(type.structure.map(({ kind }) => kind)).toEqual([
      'multiInstantiate',
      'childInstance',
      'with',
      'with',
      'forEach',
      'tunnel',
    ]);
    expect(type.structure[4]).toMatchObject({
      body: [{ kind: 'eventConnection', from: 'a', to: 'c', delay: 'dt', receiverContainer: 'port' }],
    });
    expect(type.dynamics!.kineticSchemes).toMatchObject([{ nodes: 'states', edges: 'moves', forwardRate: 'rf' }]);
    expect(type.simulation).toMatchObject({
      runs: [{ component: 'of', variable: 't', increment: 'dt', total: 'dt' }],
      records: [{ quantity: 'to', scale: 'size' }],
      eventRecords: [{ quantity: 'to', eventPort: 'port' }],
      dataDisplays: [{ title: 'file' }],
      dataWriters: [{ fileName: 'file', path: 'port' }],
      eventWriters: [{ fileName: 'file', format: 'port' }],
    });
    expect(type.references.get('local')).toMatchObject({ local: true, required: false });
  });

  it('read constants of the file, also as expressions of earlier ones', () => {
    const { model, findings } = reading(
      lems(
        '<Constant symbol="F" value="96485.3"/><Constant symbol="halfF" value="F / 2"/><Constant symbol="v" ' +
          'dimension="voltage" value="2mV"/>',
      ),
    );
    expect(findings).toEqual([]);
    expect([...model!.constants].map(([name, { value }]) => [name, value])).toEqual([
      ['F', 96485.3],
      ['halfF', 48242.65],
      ['v', 0.002],
    ]);
  });

  it('work out the dimensions of derived variables that do not state theirs', () => {
    const { model, findings } = reading(
      lems(`
<ComponentType name="x"><Parameter name="g" dimension="conductance"/><Parameter name="e" dimension="voltage"/><Exposure name="i" dimension="current"/>
  <Requirement name="v" dimension="voltage"/><Child name="peer" type="x"/>
  <Dynamics>
    <DerivedVariable name="a" value="b * g"/><DerivedVariable name="b" value="e - v"/><DerivedVariable name="i" exposure="i" select="peer/i"/>
    <DerivedVariable name="unknown" select="peer/v"/><DerivedVariable name="also" value="unknown * g"/>
    <ConditionalDerivedVariable name="c"><Case condition="v .gt. e" value="0"/><Case value="a"/></ConditionalDerivedVariable>
  </Dynamics></ComponentType>`),
    );
    expect(findings).toEqual([]);
    const current = [0, 0, 0, 1, 0, 0, 0];
    const found = Object.fromEntries(
      model!.types.get('x')!.dynamics!.derivedVariables.map(({ name, dimension }) => [name, dimension]),
    );
    expect(found).toEqual({
      a: current,
      b: [2, 1, -3, -1, 0, 0, 0],
      i: current,
      c: current,
      unknown: null,
      also: null,
    });
  });
});

describe('mistakes in definitions', () => {
  const type = (content: string): string => `<ComponentType name="x">\n${content}\n</ComponentType>`;
  it.each([
    ['an unknown element', type('<Paramter name="a"/>'), 'error lems/unknown-element «<Paramter»'],
    [
      'an unknown element in Dynamics',
      type('<Dynamics><TimeDerivate variable="v" value="1"/></Dynamics>'),
      'error lems/unknown-element «<TimeDerivate»',
    ],
    [
      'an element that is not supported',
      type('<Structure><Gather/></Structure>'),
      'error lems/unsupported-element «<Gather»',
    ],
    ['a member without a name', type('<Parameter dimension="voltage"/>'), 'error lems/missing-attribute «<Parameter»'],
    ['an unknown dimension', type('<Parameter name="a" dimension="voltge"/>'), 'error lems/unknown-dimension «voltge»'],
    ['a member twice', type('<Text name="a"/><Text name="a"/>'), 'error lems/duplicate «a»'],
    ['a direction that there is not', type('<EventPort name="a" direction="up"/>'), 'error lems/bad-value «up»'],
    [
      'a constant without unit',
      type('<Constant name="a" dimension="voltage" value="1"/>'),
      'error lems/wrong-dimension «1»',
    ],
    [
      'a constant in an unknown unit',
      type('<Constant name="a" dimension="voltage" value="1 mv"/>'),
      'error lems/unknown-unit «mv»',
    ],
    ['a fixed parameter that there is not', type('<Fixed parameter="a" value="1"/>'), 'error lems/unknown-member «a»'],
    ['an unknown base', '<ComponentType name="x" extends="y"/>', 'error lems/unknown-type «y»'],
    [
      'a reduction that there is not',
      type('<Dynamics><DerivedVariable name="a" select="b" reduce="sum"/></Dynamics>'),
      'error lems/bad-value «sum»',
    ],
    [
      'a variable to run over',
      type('<Simulation><Run component="a" variable="x" increment="b" total="c"/></Simulation>'),
      'error lems/bad-value «x»',
    ],
    [
      'a regime that there is not',
      type('<Dynamics><Regime name="a"><OnEntry><Transition regime="b"/></OnEntry></Regime></Dynamics>'),
      'error lems/unknown-member «<Transition»',
    ],
    [
      'two initial regimes',
      type('<Dynamics><Regime name="a" initial="true"/><Regime name="b" initial="true"/></Dynamics>'),
      'error lems/duplicate «<Regime»',
    ],
    [
      'a derivative twice',
      type(
        '<Dynamics><StateVariable name="v"/><TimeDerivative variable="v" value="0"/><TimeDerivative variable="v" ' +
          'value="0"/></Dynamics>',
      ),
      'error lems/duplicate «v»',
    ],
    [
      'syntax, in its place',
      type('<Dynamics><DerivedVariable name="a" value="1 + (2 &lt; 3)"/></Dynamics>'),
      'error lems/syntax «&lt;»',
    ],
  ])('%s', (_, content, mark) => {
    expect(reading(lems(content)).marks).toEqual([mark]);
  });

  it('types that extend one another in a circle', () => {
    const { errors, model } = reading(
      lems(
        '<ComponentType name="a" extends="b"/><ComponentType name="b" extends="c"/><ComponentType name="c" ' +
          'extends="a"/>',
      ),
    );
    expect(errors).toEqual(['lems/type-cycle']);
    expect([...model!.types.keys()]).toEqual(['a', 'b', 'c']);
  });

  it('a type twice, with the place of the first', () => {
    const { diagnostics } = reading(lems('<ComponentType name="a"/>\n<ComponentType name="a"/>'));
    expect(diagnostics).toMatchObject([
      { code: 'lems/duplicate', place: { line: 2 }, related: [{ place: { line: 1 } }] },
    ]);
  });

  it('a dimension or a unit twice, unless they are the same', () => {
    expect(
      reading(lems('<Dimension name="time" t="1"/><Unit symbol="ms" dimension="time" power="-3"/>')).findings,
    ).toEqual([]);
    expect(
      reading(lems('<Dimension name="time" t="2"/><Unit symbol="ms" dimension="time" power="3"/>')).errors,
    ).toEqual(['lems/conflicting-definition', 'lems/conflicting-definition']);
    expect(
      reading(lems('<Dimension name="x" m="1.5"/><Unit symbol="y" dimension="none" power="big"/>')).errors,
    ).toEqual(['lems/bad-number', 'lems/bad-number']);
  });
});
