import { describe, expect, it } from 'vitest';
import {
  didYouMean,
  editDistance,
  joinWords,
  nearest,
  oneOf,
  renaming,
  shorten,
  suggestion,
} from '../../src/diagnostics/suggest.js';

describe('editDistance', () => {
  it.each([
    ['', '', 0],
    ['exc', 'exc', 0],
    ['exc', 'exd', 1],
    ['tau', 'tua', 1],
    ['weight', 'wieght', 1],
    ['weight', 'eight', 1],
    ['', 'inh', 3],
    ['kitten', 'sitting', 3],
    ['saturday', 'sunday', 3],
    // The restricted distance edits no letter twice: three, compared with two for the unrestricted one.
    ['ca', 'abc', 3],
  ])('%j → %j is %i', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
    expect(editDistance(b, a)).toBe(distance);
  });

  it('stops at its limit', () => {
    expect(editDistance('aaaaaaaa', 'bbbbbbbb', 3)).toBe(4);
    expect(editDistance('short', 'much longer than that', 2)).toBe(3);
  });
});

describe('nearest', () => {
  it.each([
    ['exd', ['inh', 'exc', 'noise'], ['exc']],
    ['sipke', ['spike', 'state', 'rate'], ['spike']],
    ['TAU', ['v', 'tau', 'tan'], ['tau', 'tan']],
    ['duration', ['seed', 'threads'], []],
    ['x', ['y', 'z'], []],
    ['', ['a'], []],
    ['exc', [], []],
  ])('%j among %j gives %j', (name, candidates, expected) => {
    expect(nearest(name, candidates)).toEqual(expected);
  });

  it('takes a name of 10⁵ letters in its stride', () => {
    expect(nearest('x'.repeat(100_000), ['exc', 'y'.repeat(100_000)])).toEqual([]);
  });
});

describe('texts', () => {
  it('suggests one or two names', () => {
    expect(didYouMean('exd', ['exc', 'inh'])).toBe('did you mean exc?');
    expect(didYouMean('ge', ['gee', 'gi', 'membrane'])).toBe('did you mean gee or gi?');
    expect(suggestion('exd', ['exc'])).toEqual({ hint: 'did you mean exc?', names: ['exc'] });
    expect(didYouMean('exc', ['inhibitory', 'excitatory'])).toBe('did you mean excitatory?');
    expect(didYouMean('groups', ['neuron_groups', 'synapses', 'poisson_groups'])).toBe(
      'did you mean neuron_groups or poisson_groups?',
    );
    expect(suggestion('exd', ['membrane'])).toEqual({});
  });

  it('lists the allowed names, nearest first', () => {
    expect(oneOf('inj', ['exc', 'noise', 'inh'])).toBe('one of inh, exc, noise');
    expect(oneOf('a', ['b'])).toBe('b');
    expect(oneOf('a', [])).toBe('a defined name, but there are none');
    expect(
      oneOf(
        'n9',
        Array.from({ length: 30 }, (_, i) => `name${i}`),
        2,
      ),
    ).toMatch(/^one of \w+, \w+ and 28 more$/);
  });

  it('joins terms', () => {
    expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map((words) => joinWords(words, 'and'))).toEqual([
      '',
      'a',
      'a and b',
      'a, b and c',
    ]);
  });

  it.each([
    ['a short text', 'a short text'],
    ['two\n  lines', 'two lines'],
    [-70, '-70'],
    [Number.NaN, 'NaN'],
    [null, 'null'],
    [undefined, 'undefined'],
    [[1, 2], '[1,2]'],
    [Array.from({ length: 1000 }, () => 0), 'a list of 1000'],
    [{ size: 1, type: 'lif' }, 'a map of size, type'],
    [{}, 'an empty map'],
    ['x'.repeat(50) + 'y'.repeat(50), `${'x'.repeat(29)}…${'y'.repeat(29)}`],
  ])('shortens %j', (value, expected) => {
    expect(shorten(value)).toBe(expected);
  });
});

describe('renaming', () => {
  const keys = ['neuron_groups', 'threshold', 'initializers', 'e_rev_E', 'v_reset', 'leakConductance', 'tau'];

  it.each([
    ['neuronGroups', 'neuron_groups'],
    ['neuron_gruops', 'neuron_groups'],
    ['Threshold', 'threshold'],
    ['treshold', 'threshold'],
    ['initialisers', 'initializers'],
    ['leakConductence', 'leakConductance'],
  ])('%s is a slip of %s', (from, to) => {
    expect(renaming(from, keys)).toEqual({ fix: { kind: 'rename', from, to } });
  });

  it.each(['e_rev_I', 'v_rest', 'thresh', 'neuron_group_s1', 'tua', 'colour'])('%s is left to the user', (name) => {
    expect(renaming(name, keys)).toEqual({});
  });

  it('leaves a name that is similar to two', () => {
    expect(renaming('delays', ['delay', 'delayes'])).toEqual({});
  });
});
