/** Networks of NeuroML's core types, put together at random: whatever may be connected to whatever, itself included. */

import '../../translators/neuroml/road.js';

/** Numbers that look random, the same each time for a seed. */
function generator(seed: number): <T>(choices: readonly T[]) => T {
  let state = seed;
  return (choices) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return choices[Math.floor((state / 2 ** 32) * choices.length)]!;
  };
}

const below = (count: number): readonly number[] => Array.from({ length: count }, (_, k) => k);

const components = `
<iafCell id="integrate" leakReversal="-50mV" thresh="-52mV" reset="-70mV" C="100pF" leakConductance="5nS"/>
<iafRefCell id="rest" leakReversal="-50mV" thresh="-53mV" reset="-70mV" C="100pF" leakConductance="6nS" refract="2ms"/>
<izhikevich2007Cell id="bursts" v0="-60mV" C="100pF" k="0.7nS_per_mV" vr="-60mV" vt="-40mV" vpeak="35mV" a="0.03per_ms" b="-2nS" c="-50mV" d="100pA"/>
<adExIaFCell id="adapts" C="281pF" gL="30nS" EL="-70.6mV" reset="-48.5mV" VT="-50.4mV" thresh="-40.4mV" refract="0ms" delT="2mV" tauw="40ms" a="4nS" b="0.08nA"/>
<ionChannelHH id="na" conductance="10pS" species="na">
  <gateHHrates id="m" instances="3"><forwardRate type="HHExpLinearRate" rate="1per_ms" midpoint="-40mV" scale="10mV"/><reverseRate type="HHExpRate" rate="4per_ms" midpoint="-65mV" scale="-18mV"/></gateHHrates>
  <gateHHrates id="h" instances="1"><forwardRate type="HHExpRate" rate="0.07per_ms" midpoint="-65mV" scale="-20mV"/><reverseRate type="HHSigmoidRate" rate="1per_ms" midpoint="-35mV" scale="10mV"/></gateHHrates>
</ionChannelHH>
<ionChannelHH id="k" conductance="10pS" species="k">
  <gateHHrates id="n" instances="4"><q10Settings type="q10ExpTemp" q10Factor="3" experimentalTemp="32degC"/><forwardRate type="HHExpLinearRate" rate="0.1per_ms" midpoint="-55mV" scale="10mV"/><reverseRate type="HHExpRate" rate="0.125per_ms" midpoint="-65mV" scale="-80mV"/></gateHHrates>
</ionChannelHH>
<ionChannelHH id="leak" conductance="10pS"/>
<ionChannelHH id="ca" conductance="10pS" species="ca">
  <gateHHtauInf id="m" instances="2"><timeCourse type="fixedTimeCourse" tau="1.5ms"/><steadyState type="HHSigmoidVariable" rate="1" midpoint="-30mV" scale="6mV"/></gateHHtauInf>
</ionChannelHH>
<decayingPoolConcentrationModel id="pool" restingConc="1e-4mM" decayConstant="20ms" shellThickness="0.2um" ion="ca"/>
<cell id="channels">
  <morphology id="shape"><segment id="0" name="soma"><proximal x="0" y="0" z="0" diameter="18"/><distal x="0" y="18" z="0" diameter="18"/></segment></morphology>
  <biophysicalProperties id="physics">
    <membraneProperties>
      <channelDensity id="nas" ionChannel="na" condDensity="120mS_per_cm2" erev="50mV" ion="na"/>
      <channelDensity id="ks" ionChannel="k" condDensity="36mS_per_cm2" erev="-77mV" ion="k"/>
      <channelDensity id="leaks" ionChannel="leak" condDensity="0.3mS_per_cm2" erev="-54.3mV" ion="non_specific"/>
      <channelDensityNernst id="cas" ionChannel="ca" condDensity="0.2mS_per_cm2" ion="ca"/>
      <spikeThresh value="-20mV"/><specificCapacitance value="1uF_per_cm2"/><initMembPotential value="-65mV"/>
    </membraneProperties>
    <intracellularProperties>
      <species id="ca" ion="ca" concentrationModel="pool" initialConcentration="1e-4mM" initialExtConcentration="2mM"/><resistivity value="0.1kohm_cm"/>
    </intracellularProperties>
  </biophysicalProperties>
</cell>
<spikeGenerator id="regular" period="7ms"/>
<spikeArray id="times"><spike id="0" time="3ms"/><spike id="1" time="3.1ms"/><spike id="2" time="17.37ms"/></spikeArray>
<gapJunction id="gap" conductance="1nS"/>
<silentSynapse id="silent"/>
<linearGradedSynapse id="linear" conductance="0.5nS"/>
<gradedSynapse id="graded" conductance="50pS" delta="5mV" Vth="-55mV" k="0.025per_ms" erev="0mV"/>
<expOneSynapse id="one" gbase="1.5nS" erev="0mV" tauDecay="3ms"/>
<expTwoSynapse id="two" gbase="1.5nS" erev="-80mV" tauRise="1ms" tauDecay="5ms"/>
<expThreeSynapse id="three" gbase1="1.5nS" gbase2="0.5nS" erev="0mV" tauRise="0.1ms" tauDecay1="0.7ms" tauDecay2="2.5ms"/>
<alphaCurrentSynapse id="alpha" tau="4ms" ibase="5pA"/>
<doubleSynapse id="double" synapse1="one" synapse1Path="./one" synapse2="two" synapse2Path="./two"/>
<blockingPlasticSynapse id="depressing" gbase="0.8nS" erev="0mV" tauRise="1ms" tauDecay="8ms">
  <plasticityMechanism type="tsodyksMarkramDepMechanism" initReleaseProb="0.5" tauRec="120ms"/>
</blockingPlasticSynapse>
<pulseGenerator id="pulse" delay="1ms" duration="30ms" amplitude="200pA"/>
<sineGenerator id="sine" delay="3ms" duration="40ms" amplitude="200pA" period="10ms" phase="0.3"/>
<rampGenerator id="ramp" delay="2ms" duration="40ms" startAmplitude="1pA" finishAmplitude="200pA" baselineAmplitude="0pA"/>
<compoundInput id="both">
  <pulseGenerator id="first" delay="5ms" duration="30ms" amplitude="200pA"/><sineGenerator id="second" delay="1ms" duration="45ms" amplitude="200pA" period="7ms" phase="0"/>
</compoundInput>`;

interface Population {
  readonly id: string;
  readonly component: string;
  readonly size: number;
  /** Whether its cells are listed as instances, which have paths of another form. */
  readonly listed: boolean;
}

const pathOf = ({ id, component, listed }: Population, index: number): string =>
  listed ? `../${id}/${index}/${component}` : `../${id}[${index}]`;

function populationText({ id, component, size, listed }: Population): string {
  if (!listed) return `<population id="${id}" component="${component}" size="${size}"/>`;
  const instances = below(size).map((k) => `<instance id="${k}"><location x="${k}" y="0" z="0"/></instance>`);
  return (
    `<population id="${id}" component="${component}" size="${size}" ` +
    `type="populationList">${instances.join('')}</population>`
  );
}

/**
 * A LEMS document of some populations, 4 to 9 projections and an input to each population of cells; it writes
 * `results/v.dat`.
 */
export function randomNetwork(seed: number): string {
  const choose = generator(seed);
  const population = (k: number, sorts: readonly string[]): Population => {
    const component = choose(sorts);
    const source = component === 'regular' || component === 'times';
    return { id: `p${k}`, component, size: choose([1, 1, 2, 3]), listed: !source && choose([true, false, false]) };
  };
  const sorts = ['integrate', 'rest', 'bursts', 'adapts', 'channels'];
  const cells = below(choose([2, 3, 4])).map((k) => population(k, sorts));
  const sources = below(choose([0, 1, 2])).map((k) => population(cells.length + k, ['regular', 'times']));

  const between = (k: number): string => {
    const post = choose(cells);
    const kind = choose(['events', 'events', 'weighted', 'gap', 'graded']);
    // Attributes that number cells are for populations without instances, and the others for populations with
    // instances.
    const like = cells.filter(({ listed }) => listed === post.listed);
    const pre = kind === 'gap' || kind === 'graded' ? choose(like) : choose([...cells, ...cells, ...sources, post]);
    const projection = `id="j${k}" presynapticPopulation="${pre.id}" postsynapticPopulation="${post.id}"`;
    const pairs = below(choose([1, 2, 3])).map((id) => ({
      id,
      i: choose(below(pre.size)),
      j: choose(below(post.size)),
    }));
    const weight = `weight="${choose(['1', '0.5', '2.25'])}"`;
    const ends = (i: number, j: number): string =>
      post.listed
        ? `preCell="${pathOf(pre, i)}" postCell="${pathOf(post, j)}" ${weight}`
        : `preCell="${i}" postCell="${j}"`;
    const form = post.listed ? 'InstanceW' : '';
    if (kind === 'gap') {
      const connections = pairs.map(
        ({ id, i, j }) => `<electricalConnection${form} id="${id}" ${ends(i, j)} synapse="gap"/>`,
      );
      return `<electricalProjection ${projection}>${connections.join('')}</electricalProjection>`;
    }
    if (kind === 'graded') {
      const [first, second] = choose([
        ['silent', 'graded'],
        ['silent', 'linear'],
        ['linear', 'graded'],
        ['graded', 'graded'],
        ['linear', 'silent'],
      ]);
      const components = `preComponent="${first}" postComponent="${second}"`;
      const connections = pairs.map(
        ({ id, i, j }) => `<continuousConnection${form} id="${id}" ${ends(i, j)} ${components}/>`,
      );
      return `<continuousProjection ${projection}>${connections.join('')}</continuousProjection>`;
    }
    const synapse = choose(['one', 'two', 'three', 'alpha', 'double', 'depressing']);
    const values = kind === 'weighted' ? ` ${weight} delay="${choose(['0ms', '0.05ms', '1ms', '2.52ms'])}"` : '';
    const connections = pairs.map(
      ({ id, i, j }) =>
        `<connection${kind === 'weighted' ? 'WD' : ''} id="${id}" preCellId="${pathOf(pre, i)}" ` +
        `postCellId="${pathOf(post, j)}"${values}/>`,
    );
    return `<projection ${projection} synapse="${synapse}">${connections.join('')}</projection>`;
  };

  const projections = below(choose([4, 5, 6, 7, 8, 9])).map(between);
  const inputs = cells.map((cell, k) => {
    const each = below(cell.size).map((i) => `<input id="${i}" target="${pathOf(cell, i)}" destination="synapses"/>`);
    return (
      `<inputList id="i${k}" component="${choose(['pulse', 'sine', 'ramp', 'both'])}" ` +
      `population="${cell.id}">${each.join('')}</inputList>`
    );
  });
  const columns = cells.flatMap((cell) =>
    below(cell.size).map((i) => `<OutputColumn id="${cell.id}_${i}" quantity="${pathOf(cell, i).slice(3)}/v"/>`),
  );
  // The schema wants projections of one sort to stand together.
  const ordered = projections.toSorted((a, b) => sortOf(a) - sortOf(b));
  return `<Lems>
<Target component="run"/>
${['Cells', 'Networks', 'Simulation'].map((file) => `<Include file="${file}.xml"/>`).join('\n')}
${components}
<network id="net" type="networkWithTemperature" temperature="29degC">
${[...[...cells, ...sources].map(populationText), ...ordered, ...inputs].join('\n')}
</network>
<Simulation id="run" length="50ms" step="0.01ms" target="net"><OutputFile id="v" fileName="results/v.dat">${columns.join('')}</OutputFile></Simulation>
</Lems>
`;
}

const sortOf = (projection: string): number =>
  ['<projection', '<electricalProjection', '<continuousProjection'].findIndex((begin) => projection.startsWith(begin));
