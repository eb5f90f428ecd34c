import { describe, expect, it } from 'vitest';
import { lems, reading } from '../support/reading.js';

/** A type with the given derived variable, used by a component. */
const withValue = (dimension: string, value: string): string =>
  lems(`<ComponentType name="x">
<Parameter name="g" dimension="conductance"/><Parameter name="e" dimension="voltage"/><Parameter name="tau" dimension="time"/>
<Parameter name="n" dimension="none"/><Requirement name="v" dimension="voltage"/>
<Dynamics>
<DerivedVariable name="y" dimension="${dimension}" value="${value}"/>
</Dynamics>
</ComponentType><x id="a" g="1nS" e="1mV" tau="1ms" n="1"/>`);

describe('dimensions of values', () => {
  it.each([
    ['current', 'g * (e - v)'],
    ['voltage', '-v + 0'],
    ['voltage', '0'],
    ['none', 'exp(v / e) ^ n'],
    ['none', '(v / e)^2 + 1'],
    ['per_time', '1 / tau'],
    ['time', 't + tau * n'],
    ['time', 'tau * H(t / tau - 1) * random(1)'],
    ['voltage', 'sqrt(v * v) + abs(e)'],
  ])('%s = %s', (dimension, value) => {
    expect(reading(withValue(dimension, value)).findings).toEqual([]);
  });

  it.each([
    ['current', 'g * e * e', 'error lems/dimension-mismatch «g * e * e»'],
    ['voltage', 'v + g', 'error lems/dimension-mismatch «g»'],
    ['voltage', 'v + 1', 'error lems/dimension-mismatch «1»'],
    ['none', 'exp(v)', 'error lems/dimension-mismatch «(v)»'],
    ['none', '2 ^ tau', 'error lems/dimension-mismatch «tau»'],
    ['none', 'v ^ n', 'error lems/dimension-mismatch «v»'],
    ['none', 'v .gt. e', 'error lems/not-a-number «v .gt. e»'],
    ['none', 'n * (n .gt. 1)', 'error lems/not-a-number «(n .gt. 1)»'],
    ['none', 'nn', 'error lems/unknown-name «nn»'],
  ])('not %s = %s', (dimension, value, mark) => {
    expect(reading(withValue(dimension, value)).marks).toEqual([mark]);
  });
});

describe('other rules of types', () => {
  const used = (content: string): string => lems(`<ComponentType name="x">\n${content}\n</ComponentType><x id="a"/>`);
  it.each([
    [
      'the sides of a condition differ: a warning',
      '<Dynamics><StateVariable name="v" dimension="voltage"/><OnCondition test="v .gt. t"/></Dynamics>',
      'warning lems/dimension-mismatch «t»',
    ],
    ['a number where a condition should be', '<Dynamics><OnCondition test="t"/></Dynamics>', 'error lems/not-a-condition «t»'],
    [
      'a derivative is per time',
      '<Dynamics><StateVariable name="v" dimension="voltage"/><TimeDerivative variable="v" value="v"/></Dynamics>',
      'error lems/dimension-mismatch «v»',
    ],
    [
      'a derivative of no variable',
      '<Dynamics><TimeDerivative variable="w" value="1"/></Dynamics>',
      'error lems/unknown-member «<TimeDerivative»',
    ],
    [
      'an assignment to no variable',
      '<Dynamics><OnStart><StateAssignment variable="w" value="1"/></OnStart></Dynamics>',
      'error lems/unknown-member «<StateAssignment»',
    ],
    [
      'an assignment of another dimension',
      '<Dynamics><StateVariable name="v" dimension="voltage"/><OnStart><StateAssignment variable="v" value="t"/></OnStart></Dynamics>',
      'error lems/dimension-mismatch «t»',
    ],
    [
      'an event through no port',
      '<Dynamics><OnCondition test="t .gt. 0"><EventOut port="spike"/></OnCondition></Dynamics>',
      'error lems/unknown-member «<EventOut»',
    ],
    [
      'an event out of a port in',
      '<EventPort name="in" direction="in"/><Dynamics><OnCondition test="t .gt. 0"><EventOut port="in"/></OnCondition></Dynamics>',
      'error lems/unknown-member «<EventOut»',
    ],
    ['an event from no port', '<Dynamics><OnEvent port="in"/></Dynamics>', 'error lems/unknown-member «<OnEvent»'],
    [
      'an exposure that is not declared',
      '<Dynamics><StateVariable name="v" exposure="v"/></Dynamics>',
      'error lems/unknown-member «<StateVariable»',
    ],
    ['an instance of no reference', '<Structure><ChildInstance component="c"/></Structure>', 'error lems/unknown-member «<ChildInstance»'],
    [
      'a derived parameter of another dimension',
      '<DerivedParameter name="p" dimension="voltage" value="2"/>',
      'error lems/dimension-mismatch «2»',
    ],
    [
      'a scheme over no list',
      '<Children name="a" type="x"/><Dynamics><KineticScheme name="k" nodes="a" edges="b" stateVariable="p" edgeSource="from" edgeTarget="to" forwardRate="r" reverseRate="r"/></Dynamics>',
      'error lems/unknown-member «<KineticScheme»',
    ],
  ])('%s', (_, content, mark) => {
    expect(reading(used(content)).marks).toEqual([mark]);
  });

  it('what is wrong with a type that nothing uses is a warning', () => {
    const content =
      '<ComponentType name="x"><Dynamics><DerivedVariable name="y" dimension="voltage" value="1"/></Dynamics></ComponentType>';
    expect(reading(lems(content)).diagnostics.map(({ severity, code }) => `${severity} ${code}`)).toEqual([
      'warning lems/dimension-mismatch',
    ]);
  });

  it('an expression that heirs share is reported once', () => {
    const { errors } = reading(
      lems(`<ComponentType name="base"><Dynamics><DerivedVariable name="y" dimension="voltage" value="1"/></Dynamics></ComponentType>
<ComponentType name="a" extends="base"/><ComponentType name="b" extends="base"/><a id="a1"/><b id="b1"/><base id="c1"/>`),
    );
    expect(errors).toEqual(['lems/dimension-mismatch']);
  });
});
