/** A small valid model in each notation, and mistakes in it. */

/** A mistake: a replacement in the model, and the required parts of its message. */
export interface Probe {
  readonly change: readonly [before: string, after: string];
  /** A text in the line of the mistake. */
  readonly at: string;
  /** The wrong part, as the document writes it. */
  readonly wrong: RegExp;
  /** The valid value, in the hint or as the expected value. */
  readonly right: RegExp;
}

/** A valid model with mistakes. */
export interface ProbedModel {
  readonly text: string;
  readonly probes: Readonly<Record<string, Probe>>;
}

const probe = (before: string, after: string, wrong: RegExp, right: RegExp, at = after): Probe => ({
  change: [before, after],
  at: at.split('\n')[0] ?? at,
  wrong,
  right,
});

const canonical: ProbedModel = {
  text: `interneuron: 1
neurons:
  lif:
    parameters: { tau: 10 ms, E: -65 mV, th: -50 mV }
    state: { v: { unit: mV, initial: E } }
    derivatives: { v: (E - v)/tau }
    events: { spike: { when: v > th, do: v = E } }
synapses:
  kick:
    parameters: { w: 1 mV, d: 1 ms }
    pathways: { pre: { delay: d, do: post.v += w } }
populations:
  exc: { type: lif, size: 10 }
projections:
  ee: { from: exc, to: exc, synapse: kick, connect: { rule: all }, values: { d: 2 ms } }
record: [{ of: exc, events: spike }]
experiment: { dt: 0.1 ms, duration: 10 ms }
`,
  probes: {
    'unknown key': probe('derivatives:', 'derivatves:', /derivatves/, /derivatives/),
    'bad sizes': probe('size: 10', 'size: -10', /-10/, /\d|whole/),
    'misspelt type': probe('type: lif,', 'type: lfi,', /lfi/, /lif/),
    'wrong dimension': probe('tau: 10 ms', 'tau: 10 mV', /rate of v/, /tau/, 'derivatives: { v: (E - v)/tau }'),
    'misspelt unit': probe('E: -65 mV', 'E: -65 mVV', /mVV/, /mV/),
    syntax: probe('(E - v)/tau', '(E - v/tau', /\(|end/, /\)/),
    'unknown component': probe('synapse: kick', 'synapse: kik', /kik/, /kick/),
    'undeclared name': probe('(E - v)/tau', '(E - v)/taw', /taw/, /tau/),
    delay: probe('values: { d: 2 ms }', 'values: { d: -2 ms }', /-2/, /0/),
    sign: probe('rule: all', 'rule: probability, p: -0.1', /-0\.1/, /0/),
    duplicate: probe(
      '  exc: { type: lif, size: 10 }',
      '  exc: { type: lif, size: 10 }\n  exc: { type: lif, size: 11 }',
      /exc/,
      /./,
      'size: 11',
    ),
  },
};

const brian: ProbedModel = {
  text: `format: interneuron/brian
dt: 0.1 ms
namespace: { tau: 10 ms, E: -65 mV }
neuron_groups:
  exc:
    N: 10
    model: |
      dv/dt = (E - v)/tau : volt
    threshold: v > -50*mV
    reset: v = E
synapses:
  ee:
    source: exc
    model: "w : volt"
    on_pre: v_post += w
    delay: 1 ms
    connect: { p: 0.5 }
spike_monitors:
  spikes: { source: exc }
run: 10 ms
`,
  probes: {
    'unknown key': probe('threshold:', 'treshold:', /treshold/, /threshold/),
    'bad sizes': probe('N: 10', 'N: -10', /-10/, /\d|whole/),
    'misspelt type': probe('neuron_groups:', 'neuron_group:', /neuron_group\b/, /neuron_groups/),
    'wrong dimension': probe('tau: 10 ms', 'tau: 10 mV', /rate of v/, /tau/, 'dv/dt'),
    'misspelt unit': probe('E: -65 mV', 'E: -65 mVV', /mVV/, /mV/),
    syntax: probe('(E - v)/tau', '(E - v/tau', /\(|end/, /\)/),
    'unknown component': probe('source: exc\n    model', 'source: exx\n    model', /exx/, /exc/, 'source: exx'),
    'undeclared name': probe('(E - v)/tau', '(E - v)/taw', /taw/, /tau/),
    delay: probe('delay: 1 ms', 'delay: -1 ms', /-1|-0\.001/, /0/),
    sign: probe('p: 0.5', 'p: -0.5', /-0\.5/, /0/),
    duplicate: probe('    N: 10', '    N: 10\n    N: 11', /\bN\b/, /./, 'N: 11'),
  },
};

const pynn: ProbedModel = {
  text: `{
  "format": "interneuron/pynn",
  "setup": { "timestep": 0.1 },
  "populations": [
    { "label": "exc", "size": 10, "cell": { "type": "IF_cond_exp", "params": { "tau_m": 20 } } }
  ],
  "projections": [
    {
      "label": "ee",
      "pre": "exc",
      "post": "exc",
      "receptor_type": "excitatory",
      "connector": { "type": "FixedProbabilityConnector", "params": { "p_connect": 0.1 } },
      "synapse": { "type": "StaticSynapse", "params": { "weight": 0.01, "delay": 1 } }
    }
  ],
  "recordings": [{ "target": "exc", "variables": ["spikes"] }],
  "phases": [{ "run": 10 }]
}
`,
  probes: {
    'unknown key': probe('"recordings"', '"recordngs"', /recordngs/, /recordings/),
    'no params': probe(
      '"FixedProbabilityConnector", "params": { "p_connect": 0.1 }',
      '"FixedProbabilityConnector", "p_connect": 0.1',
      /p_connect/,
      /params/,
    ),
    'bad sizes': probe('"size": 10', '"size": -10', /-10/, /\d|whole/),
    'misspelt type': probe('"IF_cond_exp"', '"IF_cond_epx"', /IF_cond_epx/, /IF_cond_exp/),
    'wrong dimension': probe('"tau_m": 20', '"tau_m": "20 mV"', /20 mV/, /ms/),
    'misspelt unit': probe('"tau_m": 20', '"tau_m": "20 msec"', /20 msec/, /ms/),
    syntax: probe('"size": 10,', '"size": 10', /./, /,/),
    'unknown component': probe('"pre": "exc"', '"pre": "exx"', /exx/, /exc/),
    'undeclared name': probe('"tau_m": 20', '"tau_mm": 20', /tau_mm/, /tau_m\b/),
    delay: probe('"delay": 1', '"delay": 0.01', /0\.01/, /0\.1/),
    sign: probe('"weight": 0.01', '"weight": -0.01', /-0\.01/, /0|positive/),
    duplicate: probe(
      '"tau_m": 20 } } }',
      '"tau_m": 20 } } },\n    { "label": "exc", "size": 11, "cell": { "type": "IF_cond_exp" } }',
      /exc/,
      /./,
      '"size": 11',
    ),
  },
};

const neuroml: ProbedModel = {
  text: `<neuroml xmlns="http://www.neuroml.org/schema/neuroml2" id="probes">
  <expOneSynapse id="syn" gbase="5nS" erev="0mV" tauDecay="3ms"/>
  <iafCell id="lif" leakReversal="-65mV" thresh="-50mV" reset="-65mV" C="1nF" leakConductance="10nS"/>
  <pulseGenerator id="drive" delay="1ms" duration="50ms" amplitude="0.3nA"/>
  <network id="net">
    <population id="exc" component="lif" size="10"/>
    <projection id="ee" presynapticPopulation="exc" postsynapticPopulation="exc" synapse="syn">
      <connectionWD id="0" preCellId="../exc/0/lif" postCellId="../exc/1/lif" weight="1" delay="2ms"/>
    </projection>
    <inputList id="in" population="exc" component="drive">
      <input id="0" target="../exc/0/lif" destination="synapses"/>
    </inputList>
  </network>
</neuroml>
`,
  probes: {
    'unknown key': probe('thresh=', 'tresh=', /tresh/, /thresh/),
    'bad sizes': probe('size="10"', 'size="-10"', /-10/, /\d|whole/),
    'misspelt type': probe('<iafCell', '<iafCel', /iafCel/, /iafCell/),
    'wrong dimension': probe('C="1nF"', 'C="1mV"', /mV|voltage/, /capacitance|nF|pF/),
    'misspelt unit': probe('C="1nF"', 'C="1nf"', /nf/, /nF/),
    syntax: probe('  </network>', '  </netwrk>', /netwrk/, /network/),
    'unknown component': probe('component="lif"', 'component="lfi"', /lfi/, /lif/),
    'undeclared name': probe('synapse="syn"', 'synapse="sin"', /sin/, /syn/),
    delay: probe('delay="2ms"', 'delay="-2ms"', /-2/, /zero/),
    // NeuroML has no rule on signs except on the signs of sizes.
    duplicate: probe(
      'component="lif" size="10"/>',
      'component="lif" size="10"/>\n    <population id="exc" component="lif" size="11"/>',
      /exc/,
      /./,
      'size="11"',
    ),
  },
};

const lems: ProbedModel = {
  text: `<Lems>
  <Target component="sim"/>
  <Include file="NeuroML2CoreTypes.xml"/>
  <ComponentType name="decay" extends="baseCellMembPot">
    <Parameter name="tau" dimension="time"/>
    <Parameter name="E" dimension="voltage"/>
    <Dynamics>
      <StateVariable name="v" dimension="voltage" exposure="v"/>
      <TimeDerivative variable="v" value="(E - v)/tau"/>
      <OnStart>
        <StateAssignment variable="v" value="0.5*E"/>
      </OnStart>
    </Dynamics>
  </ComponentType>
  <decay id="cell" tau="10ms" E="-65mV"/>
  <network id="net">
    <population id="exc" component="cell" size="10"/>
  </network>
  <Simulation id="sim" length="10ms" step="0.1ms" target="net"/>
</Lems>
`,
  probes: {
    'unknown key': probe('variable="v" value="(', 'varable="v" value="(', /varable/, /variable/),
    'bad sizes': probe('size="10"', 'size="-10"', /-10/, /\d|whole/),
    'misspelt type': probe('<decay id', '<deccay id', /deccay/, /decay/),
    'wrong dimension': probe('tau="10ms"', 'tau="10mV"', /mV|voltage/, /time|ms/),
    'misspelt unit': probe('tau="10ms"', 'tau="10mss"', /mss/, /ms/),
    syntax: probe('(E - v)/tau', '(E - v/tau', /\(|end/, /\)/),
    'unknown component': probe('component="cell"', 'component="cel"', /cel/, /cell/),
    'undeclared name': probe('(E - v)/tau', '(E - v)/taw', /taw/, /tau/),
    delay: probe('step="0.1ms"', 'step="-0.1ms"', /-0\.1/, /0/),
    sign: probe('length="10ms"', 'length="-10ms"', /-10/, /0/),
    duplicate: probe(
      '<Parameter name="tau" dimension="time"/>',
      '<Parameter name="tau" dimension="time"/>\n    <Parameter name="tau" dimension="time" description="again"/>',
      /tau/,
      /./,
      'description="again"',
    ),
  },
};

/** Models by their notations. */
export const probedModels: Readonly<Record<string, ProbedModel>> = { canonical, brian, pynn, neuroml, lems };
