import { dimensionless } from '../../lang/ast.js';
import { metre } from '../../lang/dimension.js';
import {
  amount,
  anything,
  array,
  chance,
  condition,
  expression,
  flag,
  form,
  id,
  integer,
  known,
  list,
  measured,
  need,
  number,
  object,
  oneOf,
  orNull,
  otherwise,
  real,
  record,
  scalar,
  text,
  to,
  usually,
  whole,
} from './form.js';

const self = usually(true, flag('Whether an element can connect to itself.'));
const copies = usually(1, amount('the number of synapses of a pair', 'Synapses per pair.'));
const connections = 'the number of connections';
const holds = 'the condition of the connection';
const textOrNull = (says?: string) => scalar(['string', 'boolean', 'null'], says);

/** The probability of a pair in draws of a named generator. */
export const drawnProbability = chance('the probability', 'Probability of a pair, of the first two connectors.');

/** Members of each rule for connecting pairs. */
export const connectionRules = {
  all: object('Every pair.', { self }),
  oneToOne: object('Element k to element k.', {}),
  probability: object('Each pair independently with probability p.', {
    condition: condition(holds, expression('Only pairs for which this condition holds.')),
    p: need(otherwise(1, chance('the probability'))),
    copies,
    self,
  }),
  pairs: object('Each pair independently, if a condition holds and with probability p.', {
    condition: condition(holds, textOrNull('Condition of i, j and values of both ends; null for none.')),
    p: otherwise(1, chance('the probability')),
    copies,
    self,
  }),
  generator: object(
    'For each element of one side, the elements of the other side given by an expression of a counter.',
    {
      outer: otherwise('pre', oneOf(['pre', 'post'])),
      variable: otherwise('k', id('Name of the counter.')),
      index: need(integer('the index', 'Index on the other side.')),
      condition: condition(holds, textOrNull()),
      copies,
      skipInvalid: usually(false, flag('Ignore indices that do not exist instead of reporting an error.')),
      range: need(
        object('Range of the counter.', {
          from: otherwise('0', integer('the start of the range')),
          to: need(integer('the end of the range')),
          step: otherwise('1', integer('the step of the range')),
          sample: record({ p: real('the probability'), size: integer('the size of the sample') }),
        }),
      ),
    },
  ),
  list: object('Given pairs.', {
    sources: array(),
    targets: array(),
    pairs: list(list(whole()), '[source, target] of each synapse, instead of the two arrays.'),
  }),
  fixedInDegree: object('Each target gets n sources.', {
    n: need(amount(connections)),
    replace: otherwise(false, flag()),
    self,
  }),
  fixedOutDegree: object('Each source gets n targets.', {
    n: need(amount(connections)),
    replace: otherwise(false, flag()),
    self,
  }),
  fixedTotal: object('n pairs in all.', { n: need(known(connections)), replace: otherwise(true, flag()), self }),
  smallWorld: object(
    'Each source to the targets within a distance, with random rewiring of each edge (Watts and Strogatz).',
    {
      degree: need(measured('the degree', metre, 'Targets at a smaller distance are connected.')),
      rewiring: need(
        measured('the probability of rewiring', dimensionless, 'Rewiring probability of an edge.', { most: 1 }),
      ),
      n: orNull(known(connections, 'Maximum number of near targets, chosen at random; default: all.')),
      self,
    },
  ),
  clone: object('The same pairs as another projection between the same ends.', { of: need(id()) }),
  hostDrawn: object('Drawn while the model is built, by a named generator in the order that a notation prescribes.', {
    arguments: need(
      record({
        connector: need(
          oneOf(
            ['fixedProbability', 'probability', 'fixedNumberPre', 'fixedNumberPost', 'fixedTotal', 'smallWorld'],
            'The connector: pairwise probability, a fixed number per target, per source or in total, or a small world.',
          ),
        ),
        p: drawnProbability,
        n: form(
          { type: ['integer', 'object'], minimum: 0, if: { type: 'object' }, then: { $ref: '#/$defs/hostDraw' } },
          'Number of connections (for small worlds the maximum), or its distribution.',
        ),
        replace: flag('Whether a pair may be connected more than once.'),
        self,
        mutual: flag('Whether both directions of a pair can be connected; default: true.'),
        degree: number('Small worlds: targets at a smaller distance, in m, are connected.', { minimum: 0 }),
        rewiring: number('Small worlds: rewiring probability of an edge.', { minimum: 0, maximum: 1 }),
        generator: object('The random number generator.', {
          name: oneOf(['numpy-mt19937'], "numpy-mt19937: NumPy's legacy RandomState."),
          seed: need(
            form(
              { type: ['string', 'integer'], minimum: 0, pattern: '^(?:model|[0-9]{1,10})$' },
              'Seed of the generator; or `model` to use the seed of the model and the stream.',
            ),
          ),
          skip: whole('32-bit words of the generator that were drawn before; default: 0.', { minimum: 0 }),
          stream: text('Distinguishes generators with the same seed.'),
        }),
        order: whole('Draws that share a generator happen in this order.'),
      }),
    ),
  }),
  csa: object('A connection set.', {
    arguments: anything(),
  }),
  table: object(
    'Rows of a table, which also gives values of variables of the synapses by name.',
    {
      from: need(text('A file in the folder of the document: CSV, TSV, npy, npz or Parquet.')),
      source: need(to('tableEnd', 'The sources.')),
      target: need(to('tableEnd', 'The targets.')),
      cells: to('tableCells', 'The cells that identifiers name.'),
    },
    { others: to('tableValue') },
  ),
};
