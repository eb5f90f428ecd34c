import { fc } from './support/property.js';
import { describe, expect, it } from 'vitest';
import { jsonText } from '../src/convert/json-text.js';

describe('jsonText', () => {
  it('keeps short values on one line', () => {
    const model = {
      name: 'a network',
      populations: { exc: { type: 'lif', size: 3200 }, inh: { type: 'lif', size: 800 } },
      times: Array.from({ length: 50 }, (_, i) => i),
      notes: [],
    };
    expect(jsonText(model)).toBe(`{
  "name": "a network",
  "populations": { "exc": { "type": "lif", "size": 3200 }, "inh": { "type": "lif", "size": 800 } },
  "times": [${model.times.join(',')}],
  "notes": []
}
`);
  });

  it('is JSON of the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(jsonText(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
