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
    ['current', 'g * e * e', 'warning lems/dimension-mismatch «g * e * e»'],
    ['voltage', 'v + g', 'warning lems/dimension-mismatch «g»'],
    ['voltage', 'v + 1', 'warning lems/dimension-mismatch «1»'],
    ['none', 'exp(v)', 'warning lems/dimension-mismatch «v»'],
    ['none', '2 ^ tau', 'warning lems/dimension-mismatch «tau»'],
    ['none', 'v ^ n', 'warning lems/dimension-mismatch «v»'],
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
    [
      'a number where a condition should be',
      '<Dynamics><OnCondition test="t"/></Dynamics>',
      'error lems/not-a-condition «t»',
    ],
    [
      'a derivative is per time',
      '<Dynamics><StateVariable name="v" dimension="voltage"/><TimeDerivative variable="v" value="v"/></Dynamics>',
      'error lems/dimension-mismatch «v»',
    ],
    [
      'a derivative that begins with a minus, which is a difference from any zero: a warning',
      '<Dynamics><StateVariable name="v" dimension="voltage"/><TimeDerivative variable="v" value="-v / 2"/></Dynamics>',
      'warning lems/dimension-mismatch «-v / 2»',
    ],
    [
      'a derivative whose minus comes later',
      '<Dynamics><StateVariable name="v" dimension="voltage"/><TimeDerivative variable="v" value="v - v / ' +
        '2"/></Dynamics>',
      'error lems/dimension-mismatch «v - v / 2»',
    ],
    [
      'a sum that starts from a variable that is zero',
      '<Dynamics><StateVariable name="v" dimension="voltage"/><DerivedVariable name="z" ' +
        'value="0"/><TimeDerivative variable="v" value="z - v / 2"/></Dynamics>',
      'warning lems/dimension-mismatch «z - v / 2»',
    ],
    [
      'a choice of another dimension',
      '<Dynamics><ConditionalDerivedVariable name="y" dimension="voltage"><Case ' +
        'value="t"/></ConditionalDerivedVariable></Dynamics>',
      'warning lems/dimension-mismatch «t»',
    ],
    [
      'an assignment to a derived variable changes nothing',
      '<Dynamics><DerivedVariable name="y" dimension="time" value="t"/><OnStart><StateAssignment variable="y" ' +
        'value="t"/></OnStart></Dynamics>',
      'warning lems/assigns-derived «<StateAssignment»',
    ],
    [
      'derived variables in a circle',
      '<Dynamics><DerivedVariable name="a" dimension="none" value="b + 1"/><DerivedVariable name="b" ' +
        'dimension="none" value="c"/><DerivedVariable name="c" dimension="none" value="2 * a"/></Dynamics>',
      'error lems/derived-circle «b + 1»',
    ],
    [
      'a derived variable that reads itself',
      '<Dynamics><DerivedVariable name="a" dimension="none" value="a + 1"/></Dynamics>',
      'error lems/derived-circle «a + 1»',
    ],
    [
      // jLEMS 0.14.0 gives c = 0.
      'a derived parameter that uses a later one',
      '<DerivedParameter name="c" dimension="none" value="3 * b"/><DerivedParameter name="b" dimension="none" value="2"/>' +
        '<DerivedParameter name="d" dimension="none" value="b + 1"/>',
      'warning lems/later-parameter «3 * b»',
    ],
    [
      'a state variable that is derived too',
      '<Dynamics><StateVariable name="y" dimension="time"/><DerivedVariable name="y" dimension="time" ' +
        'value="t"/></Dynamics>',
      'warning lems/two-kinds «<StateVariable»',
    ],
    [
      'a variable that is declared twice',
      '<Dynamics><DerivedVariable name="y" dimension="time" value="t"/><DerivedVariable name="y" ' +
        'dimension="time" value="2 * t"/></Dynamics>',
      'warning lems/repeated-variable «<DerivedVariable»',
    ],
    [
      'a definition among actions',
      '<Dynamics><OnCondition test="t .gt. 0"><DerivedVariable name="y" dimension="time" ' +
        'value="t"/></OnCondition></Dynamics>',
      'warning lems/misplaced-element «<DerivedVariable»',
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
      '<Dynamics><StateVariable name="v" dimension="voltage"/><OnStart><StateAssignment variable="v" ' +
        'value="t"/></OnStart></Dynamics>',
      'error lems/dimension-mismatch «t»',
    ],
    [
      'an event through no port',
      '<Dynamics><OnCondition test="t .gt. 0"><EventOut port="spike"/></OnCondition></Dynamics>',
      'error lems/unknown-member «<EventOut»',
    ],
    [
      'an event out of a port in',
      '<EventPort name="in" direction="in"/><Dynamics><OnCondition test="t .gt. 0"><EventOut ' +
        'port="in"/></OnCondition></Dynamics>',
      'error lems/unknown-member «<EventOut»',
    ],
    ['an event from no port', '<Dynamics><OnEvent port="in"/></Dynamics>', 'error lems/unknown-member «<OnEvent»'],
    [
      'an exposure that is not declared',
      '<Dynamics><StateVariable name="v" exposure="v"/></Dynamics>',
      'error lems/unknown-member «<StateVariable»',
    ],
    [
      'an instance of no reference',
      '<Structure><ChildInstance component="c"/></Structure>',
      'error lems/unknown-member «<ChildInstance»',
    ],
    [
      'a derived parameter of another dimension',
      '<DerivedParameter name="p" dimension="voltage" value="2"/>',
      'warning lems/dimension-mismatch «2»',
    ],
    [
      'a scheme over no list',
      '<Children name="a" type="x"/><Dynamics><KineticScheme name="k" nodes="a" edges="b" stateVariable="p" ' +
        'edgeSource="from" edgeTarget="to" forwardRate="r" reverseRate="r"/></Dynamics>',
      'error lems/unknown-member «<KineticScheme»',
    ],
  ])('%s', (_, content, mark) => {
    expect(reading(used(content)).marks).toEqual([mark]);
  });

  it('a time that is called t reads the time of the simulation', () => {
    expect(
      reading(used('<Dynamics><DerivedVariable name="t" dimension="time" value="t + t"/></Dynamics>')).findings,
    ).toEqual([]);
  });

  it('long chains of derived variables are no circle', () => {
    const chain = Array.from(
      { length: 3000 },
      (_, k) => `<DerivedVariable name="y${k}" dimension="none" value="y${k + 1}"/>`,
    );
    const content = `<Dynamics>${chain.join('')}<DerivedVariable name="y3000" dimension="none" value="1"/></Dynamics>`;
    expect(reading(used(content)).findings).toEqual([]);
  });

  it('a mistake in an unused type is a warning', () => {
    const content =
      '<ComponentType name="x"><Dynamics><DerivedVariable name="y" dimension="voltage" ' +
      'value="1"/></Dynamics></ComponentType>';
    expect(reading(lems(content)).diagnostics.map(({ severity, code }) => `${severity} ${code}`)).toEqual([
      'warning lems/dimension-mismatch',
    ]);
  });

  it('an expression that heirs share is reported once', () => {
    const { marks } = reading(
      lems(`<ComponentType name="base"><Dynamics><DerivedVariable name="y" dimension="voltage" value="1"/></Dynamics></ComponentType>
<ComponentType name="a" extends="base"/><ComponentType name="b" extends="base"/><a id="a1"/><b id="b1"/><base id="c1"/>`),
    );
    expect(marks).toEqual(['warning lems/dimension-mismatch «1»']);
  });
});

// jNeuroML 0.14.0 runs the documents of the first list and refuses the documents of the second.
describe('dimensions are errors only if the reference interpreter stops at them', () => {
  const parts = {
    members: '',
    body: '',
    rate: '<TimeDerivative variable="v" value="(e - v) / tau"/>',
    start: 'e',
    test: 'v .gt. e',
    reset: 'e',
  };
  const severities = (changed: Partial<typeof parts>): readonly string[] => {
    const { members, body, rate, start, test, reset } = { ...parts, ...changed };
    const text = lems(`<ComponentType name="x">
<Parameter name="e" dimension="voltage"/><Parameter name="tau" dimension="time"/><Parameter name="n" dimension="none"/>${members}
<Dynamics><StateVariable name="v" dimension="voltage"/>${body}${rate}
<OnStart><StateAssignment variable="v" value="${start}"/></OnStart>
<OnCondition test="${test}"><StateAssignment variable="v" value="${reset}"/></OnCondition></Dynamics>
</ComponentType><x id="a" e="1mV" tau="1ms" n="2"/>`);
    return reading(text).diagnostics.map(({ severity, code }) => `${severity} ${code}`);
  };
  const parameter = (value: string): Partial<typeof parts> => ({
    members: `<DerivedParameter name="q" dimension="none" value="${value}"/>`,
  });
  const choice = (condition: string, value: string): Partial<typeof parts> => ({
    body:
      '<ConditionalDerivedVariable name="q" dimension="none">' +
      `<Case condition="${condition}" value="${value}"/><Case value="1"/></ConditionalDerivedVariable>`,
  });
  const regime = (content: string): Partial<typeof parts> => ({
    rate: `<Regime name="r" initial="true">${content}</Regime>`,
  });

  it.each<[string, Partial<typeof parts>]>([
    ['the value of a derived parameter', parameter('tau * n')],
    ['a sum in a derived parameter', parameter('tau + e')],
    ['a function in a derived parameter', parameter('exp(tau)')],
    ['a power in a derived parameter', parameter('tau ^ n')],
    ['the value of a choice', choice('v .gt. e', 'tau')],
    ['the condition of a choice', choice('v + tau .gt. e', '1')],
    ['a function in the condition of a choice', choice('exp(v) .gt. 1', '1')],
    ['an exponent', { rate: '<TimeDerivative variable="v" value="(e - v) / tau * n ^ tau"/>' }],
    ['a rate in a regime', regime('<TimeDerivative variable="v" value="e - v"/>')],
    ['an assignment in a regime', regime('<OnEntry><StateAssignment variable="v" value="tau"/></OnEntry>')],
    ['a test in a regime', regime('<OnCondition test="exp(v) .gt. 1"/>')],
  ])('%s: a warning', (_, changed) => {
    expect(severities(changed)).toEqual(['warning lems/dimension-mismatch']);
  });

  it.each<[string, Partial<typeof parts>]>([
    ['a rate', { rate: '<TimeDerivative variable="v" value="e - v"/>' }],
    ['a function in a rate', { rate: '<TimeDerivative variable="v" value="(e - v) / tau * exp(v)"/>' }],
    ['a value at the start', { start: 'tau' }],
    ['a value at a condition', { reset: 'tau' }],
    ['a sum in a test', { test: 'v + tau .gt. e' }],
  ])('%s: an error', (_, changed) => {
    expect(severities(changed)).toEqual(['error lems/dimension-mismatch']);
  });
});

describe('one mistake has one finding', () => {
  it('in an expression that others read', () => {
    const text = lems(`<ComponentType name="T"><Parameter name="a" dimension="none"/><Dynamics>
<DerivedVariable name="x" dimension="none" value="a ^ 3 ^ 2"/><DerivedVariable name="y" dimension="none" value="x + 1"/>
<OnCondition test="y .gt. ("/></Dynamics></ComponentType><T id="t" a="1"/>`);
    expect(reading(text).errors).toEqual(['lems/syntax', 'lang/unclosed-parenthesis']);
  });

  it('in the name of the extended type, whatever components give or contain', () => {
    const text =
      lems(`<ComponentType name="Base"><Parameter name="a" dimension="none"/><Exposure name="x" dimension="none"/><Children name="parts" type="Part"/></ComponentType>
<ComponentType name="Part"/><ComponentType name="Holder"><ComponentReference name="of" type="Base"/></ComponentType>
<ComponentType name="Heir" extends="Bse"><Dynamics><StateVariable name="x" dimension="none" exposure="x"/><DerivedVariable name="y" dimension="none" value="a"/></Dynamics></ComponentType>
<ComponentType name="Grandchild" extends="Heir"/><Grandchild id="g" a="2"><Part id="p"/></Grandchild><Holder id="h" of="g"/>`);
    expect(reading(text).findings.map((finding) => finding.split(' ')[1])).toEqual(['lems/unknown-type']);
  });
});
