import { loopText } from '../diagnostics/display.js';
import type { Finding, Place } from '../diagnostics/diagnostic.js';
import { finding } from '../diagnostics/finding.js';
import { limits } from '../diagnostics/limits.js';
import { oneOf, shorten, unlike } from '../diagnostics/suggest.js';
import type { TimingProfile } from './model.js';
import { timingProperties } from './timing-properties.js';

/** Messages for the error codes of the JSON parser. */

const inMilliseconds = (seconds: number): string => `${Number((seconds * 1e3).toPrecision(12))} ms`;

/** The catalogue of findings of reading, validating and normalising a model. Each entry yields a finding. */
export const messages = {
  emptyText: () => finding`read/empty: the document is empty
    expected: a model in YAML, JSON, NeuroML or LEMS
    found: nothing
    hint: write a model, or start from one that interneuron new writes`,
  notJsonOrYaml: (found: string) => finding`read/not-json-or-yaml: the text is ${found}, not JSON or YAML
    expected: JSON or YAML
    found: ${found}`,
  pythonScript: (line: string) => finding`read/python-script:
    this is a Python script; models are read, never executed
    expected: a model in YAML, JSON or XML
    found: ${shorten(line, 60)}
    hint: to run or convert a script of Brian 2 or PyNN: install the Python packages (docs/python.md), then python -I
      -m interneuron brian (or pynn, or convert) SCRIPT`,
  otherProgram: ({ name, hint }: { readonly name: string; readonly hint: string }) => finding`read/other-program:
    documents in ${name} are not read
    expected: a model in YAML, JSON or XML
    found: a document in ${name}
    hint: ${hint}`,
  badEncoding: (encoding: string) => finding`read/bad-encoding:
    the bytes from here on are not valid ${encoding.toUpperCase()}
    expected: UTF-8 (or UTF-16 with a byte order mark)
    hint: save the file as UTF-8`,
  halfCharacter: () => finding`read/half-character: this text contains half of a surrogate pair
    expected: both halves of a surrogate pair, such as \\ud83d\\ude00`,
  malformedJson: (message: string, expected: string, found: string, hint: string) => finding`read/malformed-json:
    ${message}
    expected: ${expected}
    found: ${shorten(found === '' ? 'the end of the text' : found, 60)}
    hint: ${hint}`,
  malformedYaml: (message: string, expected: string, found: string, hint: string) => finding`read/malformed-yaml:
    ${message.replace(/\s+/g, ' ')}
    expected: ${shorten(expected, 100)}
    found: ${shorten(found, 60)}
    hint: ${hint}`,
  quotesMissing: (value: string, line: string) => finding`read/quotes-missing:
    this value needs quotes: it contains characters with a special meaning in YAML
    expected: ${shorten(line, 120)}
    found: ${shorten(value)}
    hint: quote the value, or write equations as a block (model: | and the equations on the lines below)`,
  unknownAlias: (name: string) => finding`read/unknown-alias:
    *${shorten(name)} refers to an anchor that is not defined before it
    expected: &${shorten(name)} before a value further up
    found: *${shorten(name)}
    hint: put it in quotes if it is text: "*${shorten(name)}"`,
  cyclicAlias: (name: string) => finding`read/cyclic-alias:
    *${shorten(name)} stands within the value that it refers to
    expected: a value that ends before the alias
    found: *${shorten(name)}
    hint: put it in quotes if it is text: "*${shorten(name)}"`,
  keyNotText: (key: string) => finding`read/key-not-text: this key is a list or a map
    expected: a text as key
    found: ${shorten(key)}
    hint: put it in quotes if it is text`,
  severalDocuments: () => finding`read/several-documents: the text contains several YAML documents
    expected: one document
    hint: put each in its own file`,
  duplicateKey: (key: string, first: Place): Finding => ({
    ...finding`read/duplicate-key: the key ${shorten(key)} appears twice in one map
      found: ${shorten(key)}
      hint: remove one of the two`,
    related: [{ message: 'the first one is here', place: first }],
  }),
  tooDeep: () => finding`read/too-deep: the document is nested more than ${limits.nesting} levels deep
    expected: at most ${limits.nesting} levels`,
  yamlTooLarge: (length: number) => finding`read/yaml-too-large: the YAML text has ${length} characters
    expected: at most 20000000 characters
    found: ${String(length)}
    hint: use JSON for large documents: its size is not limited`,
  tooManyAliases: () => finding`read/too-many-aliases:
    the aliases in the YAML text expand to far more data than the text itself
    expected: at most ${limits.yamlCopies} values that are copied
    hint: replace the aliases with the values they refer to`,

  // --- Names --------------------------------------------------------------------------------------------------------
  reservedName: (name: string, reason: string) => finding`model/reserved-name:
    ${name} cannot be used as a name: ${reason}
    found: ${name}
    hint: call it ${name}_, for instance`,
  declaredTwice: (name: string): Finding => ({
    ...finding`model/declared-twice: ${name} is declared twice in this type
      expected: one declaration of ${name}
      found: ${name}
      hint: rename or remove one of the two declarations of ${name}`,
    names: [name],
  }),
  sharedName: (name: string, first: string, second: string) => finding`model/shared-name:
    ${name} is the name of both a ${first} and a ${second}
    found: ${name}
    hint: rename one of the two: recordings and the protocol refer to both by name`,
  tooManyEquations: (count: number) => finding`model/too-many-equations:
    this type has ${count} differential equations
    expected: at most ${limits.equations}
    found: ${String(count)}
    hint: use several populations, or a cell with compartments`,
  unknownVariable: (name: string, known: readonly string[], what: string): Finding => ({
    ...finding`model/unknown-variable: there is no ${what} ${shorten(name)}`,
    ...unlike(name, known),
  }),
  unknownReference: (what: string, name: string, known: readonly string[]): Finding => ({
    code: `model/unknown-${what.replace(/ /g, '-')}`,
    message: `there is no ${what} ${shorten(name)}`,
    ...unlike(name, known),
  }),

  // --- Numbers ------------------------------------------------------------------------------------------------------
  notFinite: (found: unknown) => finding`model/not-finite: this is not a finite number
    expected: a finite number
    found: ${shorten(found)}`,
  notANumber: (what: string, found: unknown) => finding`model/not-a-number: ${what} must be a number
    expected: a number
    found: ${shorten(found)}`,
  notBoolean: (what: string, found: unknown) => finding`model/not-boolean: ${what} must be true or false
    expected: true or false
    found: ${shorten(found)}`,
  notWhole: (what: string, found: string) => finding`model/not-whole: ${what} must be a whole number
    expected: a whole number
    found: ${shorten(found)}`,
  notConstant: (what: string) => finding`model/not-constant: ${what} must be known before the run
    expected: a quantity, or arithmetic of quantities and model parameters
    hint: only floor, ceil, round, int, abs, sqrt, min and max can be called here; for others, write the number`,
  negative: (what: string, found: number) => finding`model/negative: ${what} is negative
    expected: zero or more
    found: ${String(found)}`,
  notPositive: (what: string, found: number) => finding`model/not-positive: ${what} must be above zero
    expected: more than zero
    found: ${String(found)}`,
  belowLeast: (what: string, least: number, found: number) => finding`model/out-of-range: ${what} is too small
    expected: at least ${least}
    found: ${String(found)}`,
  outOfRange: (what: string, least: number, most: number, found: number) => finding`model/out-of-range:
    ${what} is out of range
    expected: from ${least} to ${most}
    found: ${String(found)}`,
  tooLarge: (what: string, found: number, most: number) => finding`model/too-large:
    ${what} is larger than any target supports
    expected: at most ${most}
    found: ${String(found)}`,

  // --- Arrays -------------------------------------------------------------------------------------------------------
  raggedRows: (first: number, found: number) => finding`model/ragged-rows: the rows differ in length
    expected: ${first} items, as in the first row
    found: ${String(found)}`,
  wrongLength: (what: string, expected: number, found: number) => finding`model/wrong-length:
    the list for ${what} needs one item for each element
    expected: ${String(expected)}
    found: ${String(found)}`,
  badShape: (found: readonly unknown[]) => finding`model/bad-shape: a shape is a list of lengths
    expected: whole numbers, zero or more
    found: ${shorten(found)}`,
  missingData: (digest: string) => finding`model/missing-data: the data with this digest is missing
    found: ${shorten(digest)}
    hint: keep the data file beside the model`,
  tableNotRead: (file: string) => finding`model/table-not-read:
    a file that a model names is read only with the file of the model
    found: ${shorten(file)}
    hint: read the model from its file`,
  wrongDataLength: (expected: number, found: number) => finding`model/wrong-length:
    the length of the data does not match its shape
    expected: ${String(expected)}
    found: ${String(found)}`,
  dataNeedsSi: (unit: string) => finding`model/data-unit:
    data that is missing or stored as 64-bit integers cannot be converted to SI
    expected: values in ${unit}`,
  badDataItem: (what: string, index: number, found: number) => finding`model/not-finite:
    item ${index} of ${what} is not a valid number here
    found: ${String(found)}`,
  notPowerOfTen: (unit: string) => finding`model/unit-scale: random numbers cannot be drawn in ${shorten(unit)}
    expected: the SI unit times a power of ten
    found: ${shorten(unit)}`,

  // --- Equations ----------------------------------------------------------------------------------------------------
  unitUnknown: (names: readonly string[]) => finding`model/unit-unknown:
    the units of ${names.join(', ')} depend on each other
    found: ${loopText(names)}
    hint: state the unit of one of them`,
  notIntegrable: (name: string, kind: string, type: string): Finding => ({
    code: 'model/not-integrable',
    message:
      kind === 'state'
        ? `${name} has type ${type} and cannot have a derivative`
        : `${name} is a ${kind}; only state variables have derivatives`,
    expected: 'a real state variable',
    found: kind === 'state' ? type : kind,
  }),
  notWritable: (name: string, what: string) => finding`model/not-writable: ${name} cannot be written: it is ${what}
    expected: a state variable
    found: ${name}
    hint: ${what === 'a parameter' ? `declare ${name} under state, without a derivative` : undefined}`,
  notAPort: (name: string) => finding`model/not-a-port: cannot send to ${name}: it is not a port
    found: ${name}`,
  sendOutside: (what: string) => finding`model/send-outside: only synaptic pathways can send; ${what} cannot`,
  portOnlyAdds: (name: string, operator: string) => finding`model/port-only-adds:
    a synapse can only add to the port ${name}
    expected: += or -=
    found: ${operator}`,
  oneOfKeys: (keys: readonly string[], found: number): Finding => ({
    code: found === 0 ? 'model/missing-key' : 'model/conflicting-keys',
    message: found === 0 ? `one of ${keys.join(', ')} is missing` : `${keys.join(' and ')} cannot be used together`,
    expected: `exactly one of ${keys.join(', ')}`,
  }),
  neededKey: (key: string, by: string) => finding`model/missing-key: ${by} needs ${key}, which is missing
    expected: ${key}`,
  bothKeys: (keys: readonly string[]) => finding`model/missing-key: ${keys.join(' and ')} must be used together
    expected: ${keys.join(' and ')}`,
  initialRegimes: (found: number, names: readonly string[]) => finding`model/initial-regime:
    ${found === 0 ? 'no regime is marked as initial' : `${found} regimes are marked as initial`}
    expected: initial: true for one of ${names.join(', ')}`,

  listedTwice: (name: string): Finding => ({
    ...finding`model/listed-twice: ${name} is listed twice
      found: ${name}
      hint: list it once, where it belongs`,
    names: [name],
  }),
  notListed: (what: string, names: readonly string[], where: string) => finding`model/not-listed:
    ${where} leaves out the ${what} ${names.map((name) => shorten(name)).join(', ')}
    expected: all of the type
    hint: list it, or omit the list`,

  // --- Selections ---------------------------------------------------------------------------------------------------
  badSelection: (found: string) => finding`model/bad-selection: this is not a selection
    expected: a name, name[start:end], name[start:end:step], name[1, 5], or several of them with +
    found: ${shorten(found)}`,
  badSlice: (found: string) => finding`model/bad-slice: this is not a slice
    expected: start, end and, optionally, a step
    found: ${shorten(found)}`,
  sliceOutOfRange: (id: string, size: number | undefined, found: string) => finding`model/index-out-of-range:
    the slice extends beyond ${id}
    expected: ${size === undefined ? 'bounds of zero or more' : `bounds from 0 to ${size}`}
    found: ${found}`,
  indexOutOfRange: (id: string, size: number | undefined, found: number): Finding => ({
    code: 'model/index-out-of-range',
    message: `${id} has no element ${found}`,
    expected: size === undefined ? 'zero or more' : size === 0 ? 'no index: it is empty' : `from 0 to ${size - 1}`,
    found: String(found),
  }),
  onlyWith: (key: string, other: string) => finding`model/conflicting-keys: ${key} can only be used with ${other}
    found: ${key}`,

  // --- Synapses -----------------------------------------------------------------------------------------------------
  pathwayWithoutEvent: (name: string) => finding`model/missing-key: the pathway ${name} has no triggering event
    expected: on: pre.spike, for instance`,
  badPathwayEvent: (found: string) => finding`model/bad-pathway-event:
    this is not an event of the source or the target
    expected: pre.spike, post.spike or another event of the source (pre) or the target (post)
    found: ${shorten(found)}`,
  badTarget: (found: string, ports: readonly string[]) => finding`model/bad-target:
    ${shorten(found)} is not a target that a synapse can act on
    expected: ${['post.x', 'pre.x', ...ports].join(', ')}
    found: ${shorten(found)}`,
  otherEnds: (projection: string) => finding`model/other-ends:
    the connections of ${projection} cannot be copied: it connects different elements
    expected: a projection with the same source and target`,
  unequalSizes: (from: number, to: number) => finding`warning model/unequal-sizes:
    the source and the target differ in size, so some elements remain unconnected
    expected: ${from} elements, as in the source
    found: ${String(to)}`,
  receptorPorts: (ports: readonly string[]): Finding => ({
    code: 'model/receptor-ports',
    message:
      ports.length === 0
        ? 'the synapse type writes to no port, so it cannot be bound to a receptor'
        : `the synapse type has several ports: ${ports.join(', ')}`,
    expected: ports.length === 0 ? 'no receptor' : 'receptors: a variable for each port',
  }),
  missingReceptor: (port: string) => finding`model/missing-receptor:
    the port ${port} is not bound to a variable of the target
    expected: receptor: a variable of the target`,
  delayRounded: (found: number, used: number, dt: number, count: number, all: number, zero: number): Finding => ({
    code: 'model/delay-rounded',
    severity: 'note',
    message:
      all === 1
        ? `this delay is not a multiple of the time step: spikes arrive ` +
          (zero > 0 ? 'without delay' : `after ${inMilliseconds(used)}`)
        : `${count} of ${all} delays are not multiples of the time step and are rounded, the first ` +
          `to ${inMilliseconds(used)}${zero > 0 ? `; ${zero} of them to 0 ms` : ''}`,
    expected: `a multiple of ${inMilliseconds(dt)}`,
    found: inMilliseconds(found),
    hint: 'change the delay, or use a time step that divides it',
  }),
  delaysComputed: (timing: TimingProfile, dt: number): Finding => ({
    code: 'model/delay-rounded',
    severity: 'note',
    message: timingProperties[timing].addsUpTime
      ? 'these delays are drawn or computed: each spike arrives at the first step after its delay'
      : 'these delays are drawn or computed: each is rounded to the nearest time step',
    expected: `multiples of ${inMilliseconds(dt)}`,
    found: 'any time',
    hint: 'use a smaller dt if the difference matters',
  }),
  timeBetween: (
    what: 'run' | 'refractory' | 'start' | 'comparison' | 'interval',
    found: number,
    used: number,
    dt: number,
  ): Finding => ({
    code: 'model/time-rounded',
    severity: 'note',
    message: {
      run: `the run ends between two time steps: it stops at ${inMilliseconds(used)}`,
      refractory: `the refractory period is not a multiple of the time step: it lasts ${inMilliseconds(used)}`,
      start: `this current starts between two time steps: it begins at ${inMilliseconds(used)}`,
      comparison: `this time falls between two time steps: the switch happens at ${inMilliseconds(used)}`,
      interval: `this interval is not a multiple of the time step: it lasts ${inMilliseconds(used)}`,
    }[what],
    expected: `a multiple of ${inMilliseconds(dt)}`,
    found: inMilliseconds(found),
    hint: `write ${inMilliseconds(used)}, or use a time step that divides the time`,
  }),
  timeInBinary: (change: 'later' | 'earlier' | 'never', time: number, dt: number): Finding => ({
    code: 'model/time-in-binary',
    severity: 'note',
    message: {
      later: `rounding makes this comparison change one step after ${inMilliseconds(time)}`,
      earlier: `rounding makes this comparison change one step too early, at ${inMilliseconds(time)}`,
      never: `t is never exactly ${inMilliseconds(time)}: in binary, the multiple of the time step differs in the last digit`,
    }[change],
    expected: 'a comparison with a time between two steps',
    found: inMilliseconds(time),
    hint:
      change === 'never'
        ? `write t > ${inMilliseconds(time - dt / 2)} and t < ${inMilliseconds(time + dt / 2)}`
        : `compare with ${inMilliseconds(time - dt / 2)}, half a step earlier`,
  }),
  spikesBetween: (found: number, used: number, dt: number, count: number, all: number): Finding => ({
    code: 'model/time-rounded',
    severity: 'note',
    message:
      all === 1
        ? `this spike falls between two time steps: it is emitted at ${inMilliseconds(used)}`
        : `${count} of ${all} spikes fall between two time steps: the first is emitted at ` + inMilliseconds(used),
    expected: `multiples of ${inMilliseconds(dt)}`,
    found: inMilliseconds(found),
    hint: 'move the spikes, or use a time step that divides their times',
  }),
  tableBetween: (found: number, dt: number): Finding => ({
    code: 'model/time-rounded',
    severity: 'note',
    message:
      found < dt
        ? 'the values of this table change faster than the time step: some are skipped'
        : 'the values of this table change between time steps: each takes effect at the first step after its time',
    expected: `a multiple of ${inMilliseconds(dt)}`,
    found: inMilliseconds(found),
    hint: 'use a time step that divides the interval of the table',
  }),

  rateBeyondStep: (rate: number, dt: number, count = 1, all = 1) => finding`warning model/rate-beyond-step:
    ${all === 1 ? 'this rate exceeds' : `${count} of ${all} rates exceed`} one spike per time step, the most that a
      source can emit
    expected: at most ${Number((1 / dt).toPrecision(6))} Hz with a time step of ${inMilliseconds(dt)}
    found: ${Number(rate.toPrecision(12))} Hz
    hint: use a smaller dt, or more sources of a lower rate`,
  badDraw: (draw: string, expected: string, found: string) => finding`warning model/bad-draw:
    these arguments do not define a distribution for ${draw}
    expected: ${expected}
    found: ${found}
    hint: correct the arguments, or the parameters that they read`,
  notProbability: (found: number) => finding`warning model/not-probability: this is not a probability
    expected: from 0 to 1
    found: ${String(found)}
    hint: correct it: below 0 no pair is connected, above 1 every pair`,
  negativeSample: (found: number) => finding`warning model/negative-sample: the size of this sample is negative
    expected: 0 or more
    found: ${String(found)}
    hint: correct it: a sample of fewer than 0 elements has none`,
  growingState: (state: string, constant: string, found: string) => finding`warning model/growing-state:
    ${state} grows without bound: its time constant ${constant} is negative
    expected: a time constant above 0
    found: ${found}
    hint: make ${constant} positive`,
  negativeConductance: (
    name: string,
    mechanism: string,
    value: number,
    unit: string,
  ) => finding`warning model/negative-conductance: the
      conductance ${name} of ${mechanism} is negative
    expected: zero or more
    found: ${value} ${unit}
    hint: make it positive: the reversal potential gives the current its direction`,
  gateNotResolved: (gate: string, dt: number, tau: number) => finding`warning model/gate-not-resolved:
    the time step is longer than half the time constant of ${gate} at any membrane potential
    expected: a step well below ${Number((tau * 1e3).toPrecision(3))} ms, its largest time constant
    found: ${Number((dt * 1e3).toPrecision(6))} ms
    hint: spikes come out wrong; cells with ion channels are usually stepped by 0.005 to 0.05 ms`,
  weightSign: (target: string, found: string) => finding`note model/weight-sign:
    each spike decreases the conductance ${target}
    expected: a positive amount added to a conductance
    found: ${found}
    hint: make the weight positive: the reversal potential makes a conductance inhibitory`,

  delayPathways: (pathways: readonly string[]): Finding => ({
    code: 'model/delay-pathways',
    message:
      pathways.length === 0
        ? 'the synapse type has no presynaptic pathway'
        : `the synapse type has several presynaptic pathways: ${pathways.join(', ')}`,
    expected: pathways.length === 0 ? 'no delay' : 'delays: one for each pathway',
  }),
  delayOutOfRange: (min: number, max: number, found: number) => finding`model/delay-out-of-range:
    a delay is outside the given range
    expected: from ${min} s to ${max} s
    found: ${found} s
    hint: choose in delayRange how to treat such delays: outOfRange: clip or redraw`,
  emptyRange: (low: number, high: number) => finding`model/empty-range: the range is empty
    expected: a lower bound below the upper one
    found: ${low} to ${high}`,

  // --- Stimuli, operations and protocol
  // -------------------------------------------------------------------------------
  projectionNotHere: (what: string) => finding`model/projection-not-here: ${what} acts on neurons, not on synapses
    expected: a population`,
  emptyTable: () => finding`model/empty-table: a table needs at least one value`,
  timePassed: (now: number, found: number) => finding`model/time-passed:
    this time is already past when the phase begins
    expected: ${now} s or later
    found: ${found} s`,
  badSetting: (found: string) => finding`model/bad-setting: this cannot be set
    expected: population.variable, population[0:10].variable or projection.variable
    found: ${shorten(found)}`,
  replaysNothing: (population: string) => finding`model/replays-nothing:
    the population ${population} has a neuron type, so it cannot replay spikes
    expected: a population with spikes
    found: ${shorten(population)}`,
  setTwice: (name: string): Finding => ({
    ...finding`model/set-twice: ${name} is set twice in one phase
      found: ${name}
      hint: remove one of the two`,
    names: [name],
  }),
  seedTooLarge: (found: number) => finding`model/seed-too-large:
    a seed above 2**53 loses digits when it is written as a number
    expected: the seed in quotes
    found: ${String(found)}`,
  parameterLoop: (names: readonly string[]) => finding`model/parameter-loop:
    the parameters ${loopText(names)} depend on each other
    found: ${loopText(names)}`,

  twoSchedules: () => finding`model/two-schedules: the operation has both an interval and listed times
    expected: every or times
    hint: keep one of the two`,

  // --- Rules on the whole -------------------------------------------------------------------------------------------
  derivedCycle: (names: readonly string[]) => finding`model/derived-cycle:
    the derived variables ${loopText(names)} are computed from each other
    found: ${loopText(names)}`,
  largeScheme: (states: number, most: number) => finding`model/large-scheme:
    a step of a cell with this scheme of ${states} states takes more than ${most} products
    expected: at most 30 states that all react with each other, or a longer chain
    hint: leave out reactions, or divide the scheme`,
  valueCycle: (names: readonly string[]) => finding`model/value-cycle:
    the values ${loopText(names)} are computed from each other
    found: ${loopText(names)}`,
  linkCycle: (names: readonly string[]) => finding`model/link-cycle:
    the linked parameters ${loopText(names)} refer to each other
    expected: a link that ends at a variable that is not linked
    found: ${loopText(names)}
    hint: link one of them to the variable that it should read`,
  endCycle: (names: readonly string[]) => finding`model/end-cycle:
    the projections ${loopText(names)} end at the synapses of each other
    expected: projections that end at populations, or at synapses between these
    found: ${loopText(names)}`,
  noiseOutsideRate: (name: string) => finding`model/noise-outside-rate:
    the noise in ${name} is allowed only in derivatives
    found: ${name}
    hint: draw a number instead: normal()`,
  eventDrivenNeuron: (name: string) => finding`model/event-driven:
    ${name} cannot be event-driven: only variables of synapses can
    found: ${name}`,
  twoDerivatives: (name: string, regime: string) => finding`model/two-derivatives:
    ${name} has a derivative both in the regime ${regime} and outside the regimes
    found: ${name}
    hint: write it in every regime to which it applies`,
  sharedReadsOwn: (name: string, read: string) => finding`model/shared-reads-own:
    ${name} has one value for all elements but reads ${read}, which differs between elements
    found: ${read}`,
  sharedWritten: (name: string, what: string) => finding`model/shared-written:
    ${name} is shared by all elements, but ${what} would write it once per element
    expected: a variable with one value per element
    found: ${name}
    hint: write it in an operation, which runs once for all elements, or do not share it`,
  sharedWrittenLate: (name: string) => finding`model/shared-written-late:
    ${name} is written before a shared variable
    expected: shared variables first
    found: ${name}
    hint: move the statements that write shared variables to the top`,
  sharedTemporary: (name: string) => finding`model/shared-temporary:
    ${name} is computed once for all elements and cannot be read by code that runs once per element
    expected: a variable of the type
    found: ${name}
    hint: compute it again under another name, or declare ${name} as a shared variable`,
  randomDerived: (name: string) => finding`model/random-derived:
    ${name} draws random numbers, so it would have a different value each time it is read
    found: ${name}
    hint: draw it once per step: held: true`,

  // --- Cells with structure -----------------------------------------------------------------------------------------
  fractionWithoutSection: () => finding`model/missing-key: a fraction needs a section
    expected: section`,
  valuesElsewhere: (place: string, on: readonly string[]) => finding`model/values-elsewhere:
    the mechanism is not on ${place}, for which it is given values
    expected: sections of ${oneOf(place, on)}
    found: ${place}
    hint: add ${place} to the sections that the mechanism is on, or leave the values out`,
  everyPlace: () => finding`model/every-place: \`all\` records the places of cells of one type that has compartments
    expected: a selection of such cells
    hint: list the places, or record each population by itself`,
  drawnPlaces: (what: string) => finding`model/drawn-places:
    ${what} is drawn at random from something other than a uniform distribution
    expected: numbers, or an expression of indices and uniform(low, high)
    hint: use uniform(), or draw the numbers beforehand and give them as a list`,
  sectionNames: () => finding`model/section-names:
    places are on sections by name, or by index where \`sections\` lists the names
    expected: the name of a section for all, or a list with one for each`,
  noSections: () => finding`model/no-sections: the cell has no sections
    expected: at least one section
    hint: give it one, or leave \`compartments\` out for a point neuron`,
  sectionRoots: (roots: readonly string[]) => finding`model/section-root:
    ${roots.length === 0 ? 'every section has a parent' : `${roots.join(', ')} have no parent`}
    expected: one section without a parent`,
  sectionLoop: (way: readonly string[]) => finding`model/section-loop: the sections ${loopText(way)} form a loop
    found: ${loopText(way)}`,
  sectionForm: (both: boolean): Finding => ({
    code: both ? 'model/conflicting-keys' : 'model/missing-key',
    message: both
      ? 'give a section either a shape or a capacitance, not both'
      : 'the section has neither a shape nor a capacitance',
    expected: 'points, or length and diameter, or capacitance and coupling',
  }),
  sectionPoints: (count: number) => finding`model/section-points: a section needs at least two distinct points
    found: ${count} ${count === 1 ? 'point' : 'points'}${count > 1 ? ' in one place' : ''}`,
  sectionGap: (section: string, parent: string, metres: number, more: number) => finding`warning model/section-gap:
    the section ${section} begins away from its parent,
      ${parent}${more === 0 ? '' : `, and ${more} more sections do`}
    expected: a first point where it is connected
    found: ${Number((metres * 1e6).toPrecision(4))} um from it
    hint: it is connected to the parent as if there were no gap`,
  pointDiameter: (found: number) => finding`model/not-positive: the diameter of a point is negative
    found: ${found} m`,
  onNothing: () => finding`model/on-nothing: the mechanism is on no section
    expected: names of sections or groups
    found: []
    hint: leave \`on\` out for a mechanism on all sections, or the mechanism itself where none has it`,
  onEmptyGroups: (groups: readonly string[]) => finding`warning model/on-nothing:
    the mechanism is on no section: ${groups.join(', ')} ${groups.length === 1 ? 'has' : 'have'} none
    expected: sections, or groups with sections
    hint: it has no effect`,
  emptyGroup: (group: string) => finding`warning model/empty-group: the group ${group} has no sections
    hint: mechanisms placed on it have no effect`,
  badParent: (compartment: number, parent: number): Finding => ({
    code: 'model/bad-parent',
    message:
      compartment === 0
        ? 'the first compartment is the root: it has no parent'
        : `compartment ${compartment} begins at ${parent === -1 ? 'nothing' : `compartment ${parent}`}`,
    expected: compartment === 0 ? '-1' : `a compartment before it, 0 to ${compartment - 1}`,
    found: String(parent),
  }),
  cableSize: (size: number, compartments: number) => finding`model/cable-size:
    the size ${size} is not a multiple of ${compartments}, the number of compartments of a cell
    expected: ${compartments} for each cell
    found: ${String(size)}`,
  hugeCell: (metres: number) => finding`warning model/huge-cell:
    the cell is ${Number(metres.toPrecision(3))} m long from end to end
    hint: lengths without a unit are in m; most tools use um`,
  thickCell: (section: string, metres: number) => finding`warning model/huge-cell:
    the section ${section} is thicker than any neuron
    expected: a diameter below 2 mm
    found: ${Number(metres.toPrecision(3))} m
    hint: lengths without a unit are in m in the canonical form and in um in NeuroML and SWC`,
  tinyCell: (metres: number) => finding`warning model/tiny-cell:
    all sections of the cell together are ${Number((metres * 1e9).toPrecision(3))} nm long
    hint: lengths without a unit are in m in the canonical form and in um in NeuroML`,
} as const;
