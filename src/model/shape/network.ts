import { connectionRules } from './connections.js';
import { clock, operation, stimuli, table } from './drives.js';
import { link, population } from './populations.js';
import { end, projection } from './projections.js';
import { selectionObject } from './selections.js';
import { spikeSources, structure } from './values.js';
import {
  need,
  text,
  number,
  scalar,
  oneOf,
  list,
  to,
  object,
  record,
  union,
  when,
  items,
  has,
  choice,
  type Slots,
} from './form.js';

/** Populations, projections and what acts on them. */
export const network: Slots = {
  positions: choice(
    'Places of the elements, in metres unless with a unit.',
    items(to('numbers')),
    has('structure', structure),
    has('$data', to('dataReference')),
    to('arrayWithUnit'),
  ),
  spikes: choice(
    'Spikes to replay: element and time of each, or a file that holds them.',
    has('file', spikeSources.file),
    spikeSources.train,
  ),
  link,
  population,
  selectionObject,
  selection: choice(
    'A set of elements: `exc`, `exc[0:10]`, `exc[1, 5]`, `exc + inh`, or a map.',
    ['string'],
    to('selectionObject'),
  ),
  end: choice(
    'One end of a projection: a selection, or a map with the event and the place on the cell.',
    ['string'],
    has('of', end),
    to('selectionObject'),
  ),
  projection,
  connectionObject: union('A rule for connecting pairs.', 'rule', connectionRules),
  tableColumnName: scalar(
    ['string', 'integer'],
    'The name of a column, or its number from 0 in a table without names.',
  ),
  tableEnd: choice(
    'A column of indices or identifiers, or {column, group} for the cells of a group.',
    ['string', 'integer'],
    record({
      column: need(to('tableColumnName', 'The column.')),
      group: text('Only rows of cells of this group, which are numbered within it.'),
    }),
  ),
  tableValue: object('Values of a variable, or delays: {column, unit, factor, sign}.', {
    column: need(to('tableColumnName', 'The column of numbers.')),
    unit: text('The unit of the numbers; absent: none.'),
    factor: number('A factor of the numbers; absent: 1.'),
    sign: to('tableColumnName', 'A column that the numbers are multiplied with.'),
  }),
  tableCells: object('A table of cells: {from, id, group}; its rows are the cells, in order.', {
    from: need(text('A file in the folder of the document.')),
    id: need(to('tableColumnName', 'The column of identifiers.')),
    group: to('tableColumnName', 'The column of groups.'),
  }),
  connection: choice(
    'A rule, or its name if it has no arguments.',
    when(['string'], oneOf(['all', 'oneToOne'])),
    to('connectionObject'),
  ),
  connections: choice(
    'The rules, applied in order; synapses are created in this order.',
    when(['string'], oneOf(['all', 'oneToOne'])),
    items(list(to('connection'))),
    to('connectionObject'),
  ),
  stimulus: union('An external input to a selection.', 'kind', stimuli),
  operation: object(
    'Statements that run regularly on each element of a selection; of cells with compartments, on each compartment, whose potential is `v`.',
    operation,
  ),
  table,
  clock: choice('A clock: its time step, or a map.', ['string', 'number'], clock),
};
