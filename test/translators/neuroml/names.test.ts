/**
 * Names of a component type that are symbols of units: LEMS writes no units in expressions, a name is always a name.
 */

import { expect, test } from 'vitest';
import { unitInText } from '../../../src/lang/units.js';
import { importModel } from '../../../src/pipeline/pipeline.js';
import '../../../translators/neuroml/road.js';

const declarations = {
  'a parameter': (name: string) => `<Parameter name="${name}" dimension="time"/>`,
  'a constant': (name: string) => `<Constant name="${name}" dimension="time" value="0.5ms"/>`,
} satisfies Record<string, (name: string) => string>;

/** The numbers that a model's normal form holds, in order: a name that is taken for a unit is one of them. */
function numbers(kind: keyof typeof declarations, name: string): string {
  const text = `<Lems><Target component="sim"/>
<Include file="Cells.xml"/><Include file="Networks.xml"/><Include file="Simulation.xml"/>
<ComponentType name="T" extends="baseCell">
  <Parameter name="half" dimension="time"/>${declarations[kind](name)}<Exposure name="q" dimension="time"/>
  <Dynamics>
    <StateVariable name="q" dimension="time" exposure="q"/>
    <DerivedVariable name="four" dimension="time" value="4*${name}"/>
    <TimeDerivative variable="q" value="(4*${name} + four)/half"/>
    <OnStart><StateAssignment variable="q" value="${name}*4"/></OnStart>
  </Dynamics>
</ComponentType>
<T id="c" half="0.5ms"${kind === 'a parameter' ? ` ${name}="0.5ms"` : ''}/>
<network id="net" type="network"><population id="p" component="c" size="1"/></network>
<Simulation id="sim" length="5ms" step="0.1ms" target="net"/></Lems>`;
  const { annotations: _, ...model } = importModel({ name: 'm.xml', text }).valid.model;
  return [...JSON.stringify(model).matchAll(/(?<![\w.])\d+(?:\.\d+)?(?:e-?\d+)?/g)]
    .map(([number]) => number)
    .sort()
    .join(' ');
}

test.each(Object.keys(declarations) as (keyof typeof declarations)[])('%s', (kind) => {
  const expected = numbers(kind, 'given');
  for (const name of ['h', 'm', 'S', 'A', 'C', 'F', 'g', 's', 'H', 'J', 'K', 'mV', 'ms', 'Hz', 'nA', 'pi', 'e']) {
    expect(unitInText(name) !== undefined || ['pi', 'e'].includes(name), name).toBe(true);
    expect(numbers(kind, name), name).toBe(expected);
  }
});
