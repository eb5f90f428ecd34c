/** The schemas of documents in JSON and YAML, by name. */

import brian from '../schemas/brian.schema.json' with { type: 'json' };
import model from '../schemas/model.schema.json' with { type: 'json' };
import pynn from '../schemas/pynn.schema.json' with { type: 'json' };

export const schemas: Readonly<Record<string, object>> = { brian, model, pynn };
