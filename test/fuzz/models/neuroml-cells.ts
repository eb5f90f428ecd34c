/** Random cells of NeuroML: every abstract cell, points and compartments with channels, and PyNN's cells. */

import { between } from './draw.js';
import { component, element, quantity, type Draft } from './markup.js';
import { channels, type ChannelUse } from './neuroml-channels.js';
import type { Cell } from './neuroml-parts.js';
import { ownCell } from './neuroml-types.js';

type CellKind = (draft: Draft) => Cell;

const point = (
  id: string,
  current: number,
  step: number,
  recordables: readonly string[],
  others: Partial<Cell> = {},
): Cell => ({ id, accepts: 'current', step, current, hasPotential: true, spikes: true, recordables, ...others });

const closed = { accepts: 'nothing', hasPotential: false } as const;

const iafTau: CellKind = (draft) => {
  const { random } = draft;
  const refract = random.once(2) ? quantity(random, 0.3, 3, 'ms') : undefined;
  const id = component(draft, refract === undefined ? 'iafTauCell' : 'iafTauRefCell', {
    leakReversal: quantity(random, -55, -45, 'mV'),
    thresh: quantity(random, -60, -52, 'mV'),
    reset: quantity(random, -75, -62, 'mV'),
    tau: quantity(random, 2, 12, 'ms'),
    refract,
  });
  return point(id, 0, 0.1, ['v'], closed);
};

const iaf: CellKind = (draft) => {
  const { random } = draft;
  const refract = random.once(2) ? quantity(random, 0.3, 3, 'ms') : undefined;
  const id = component(draft, refract === undefined ? 'iafCell' : 'iafRefCell', {
    leakReversal: quantity(random, -70, random.once(3) ? -45 : -60, 'mV'),
    thresh: quantity(random, -55, -48, 'mV'),
    reset: quantity(random, -72, -60, 'mV'),
    C: quantity(random, 20, 100, 'pF'),
    leakConductance: quantity(random, 2, 10, 'nS'),
    refract,
  });
  return point(id, 0.4, 0.1, ['v', 'iSyn', 'iMemb']);
};

const izhikevich: CellKind = (draft) => {
  const { random } = draft;
  const id = component(draft, 'izhikevichCell', {
    v0: quantity(random, -70, -55, 'mV'),
    thresh: quantity(random, 25, 35, 'mV'),
    a: between(random, 0.02, 0.1),
    b: between(random, 0.18, 0.26),
    c: between(random, -66, -50),
    d: between(random, 1, 8),
  });
  return point(id, 20, 0.05, ['v', 'U'], { accepts: 'dimensionless' });
};

const izhikevich2007: CellKind = (draft) => {
  const { random } = draft;
  const id = component(draft, 'izhikevich2007Cell', {
    v0: quantity(random, -62, -50, 'mV'),
    k: quantity(random, 0.6, 1.5, 'nS_per_mV'),
    vr: quantity(random, -62, -58, 'mV'),
    vt: quantity(random, -45, -38, 'mV'),
    vpeak: quantity(random, 25, 40, 'mV'),
    a: quantity(random, 0.02, 0.1, 'per_ms'),
    b: quantity(random, -3, 5, 'nS'),
    c: quantity(random, -56, -45, 'mV'),
    d: quantity(random, 20, 150, 'pA'),
    C: quantity(random, 30, 100, 'pF'),
  });
  return point(id, 0.5, 0.05, ['v', 'u', 'iSyn', 'iMemb']);
};

const adEx: CellKind = (draft) => {
  const { random } = draft;
  const id = component(draft, 'adExIaFCell', {
    C: quantity(random, 50, 280, 'pF'),
    gL: quantity(random, 10, 30, 'nS'),
    EL: quantity(random, -72, -62, 'mV'),
    reset: quantity(random, -64, -52, 'mV'),
    VT: quantity(random, -52, -48, 'mV'),
    thresh: quantity(random, -42, -30, 'mV'),
    refract: random.once(3) ? '0ms' : quantity(random, 0.2, 3, 'ms'),
    delT: quantity(random, 1, 3, 'mV'),
    tauw: quantity(random, 20, 150, 'ms'),
    a: quantity(random, 0, 5, 'nS'),
    b: quantity(random, 0, 0.1, 'nA'),
  });
  return point(id, 2, 0.05, ['v', 'w', 'iSyn', 'iMemb']);
};

const fitzHughNagumo: CellKind = (draft) => {
  const { random } = draft;
  if (random.once(2))
    return point(component(draft, 'fitzHughNagumoCell', { I: between(random, 0, 1) }), 0, 0.1, ['V', 'W'], {
      ...closed,
      spikes: false,
    });
  const id = component(draft, 'fitzHughNagumo1969Cell', {
    a: between(random, 0.6, 0.8),
    b: between(random, 0.7, 0.9),
    I: between(random, 0, 1.5),
    phi: between(random, 0.05, 0.1),
    V0: between(random, -1, 1),
    W0: between(random, -1, 1),
  });
  return point(id, 0, 0.1, ['V', 'W', 'F'], { ...closed, spikes: false });
};

const hindmarshRose: CellKind = (draft) => {
  const { random } = draft;
  const id = component(draft, 'hindmarshRose1984Cell', {
    C: '28.57142857pF',
    a: 1,
    b: between(random, 2.8, 3.1),
    c: -3,
    d: 5,
    r: between(random, 0.001, 0.01),
    s: 4,
    x1: between(random, -1.6, -1.2),
    v_scaling: '35.71428571mV',
    x0: between(random, -1.2, 0),
    y0: between(random, -9, -2),
    z0: between(random, 0.5, 1.5),
  });
  return point(id, 0.05, 0.05, ['v', 'x', 'y', 'z', 'iSyn', 'iMemb']);
};

const pinskyRinzel: CellKind = (draft) => {
  const { random } = draft;
  const id = component(draft, 'pinskyRinzelCA3Cell', {
    iSoma: quantity(random, 0, 3, 'uA_per_cm2'),
    iDend: quantity(random, -0.5, 1, 'uA_per_cm2'),
    gc: quantity(random, 1, 3, 'mS_per_cm2'),
    qd0: between(random, 0, 0.02),
    gLs: '0.1mS_per_cm2',
    gLd: '0.1mS_per_cm2',
    gNa: quantity(random, 25, 35, 'mS_per_cm2'),
    gKdr: quantity(random, 12, 18, 'mS_per_cm2'),
    gCa: '10mS_per_cm2',
    gKahp: '0.8mS_per_cm2',
    gKC: '15mS_per_cm2',
    eNa: '60mV',
    eCa: '80mV',
    eK: '-75mV',
    eL: quantity(random, -62, -50, 'mV'),
    pp: between(random, 0.4, 0.6),
    cm: '3uF_per_cm2',
    alphac: 2,
    betac: 0.1,
    gNmda: random.once(2) ? '0mS_per_cm2' : quantity(random, 0, 0.03, 'mS_per_cm2'),
    gAmpa: random.once(2) ? '0mS_per_cm2' : quantity(random, 0, 0.01, 'mS_per_cm2'),
  });
  return point(id, 0, 0.02, ['Vs', 'Vd'], { ...closed, spikes: false });
};

/** Returns tags of uses of channels, with their attributes. */
function populationOf(use: ChannelUse, draft: Draft, tag: string, amount: string, most: number, unit: string): string {
  const share = 0.5 + draft.random.below(101) / 100;
  return element(tag, {
    id: draft.fresh('all'),
    ionChannel: use.channel,
    [amount]: `${Number((most * use.density * share).toPrecision(3))}${unit}`,
    erev: use.reversal,
    ion: use.ion,
  });
}

const pointWithChannels: CellKind = (draft) => {
  const { random } = draft;
  const uses = channels(draft);
  // A channel of 10 pS in a cell of 10 pF: of 1000 um2.
  const populations = uses.map((use) =>
    populationOf(
      { ...use, density: Math.round(use.density * 1000) },
      draft,
      'channelPopulation',
      'number',
      1,
      '',
    ).replace(/number="(\d+)\.\d+"/, 'number="$1"'),
  );
  const id = component(
    draft,
    'pointCellCondBased',
    { C: quantity(random, 8, 14, 'pF'), v0: quantity(random, -68, -60, 'mV'), thresh: quantity(random, -30, 0, 'mV') },
    populations,
  );
  const paths = populations.flatMap((text, k) =>
    uses[k]!.states.map((state) => `${/ id="(\w+)"/.exec(text)?.[1]}/${uses[k]!.channel}/${state}`),
  );
  return point(id, 0.3, 0.01, ['v', 'iChannels', 'iSyn', ...paths]);
};

/** A cell of one compartment, or of two that are a ball and a stick. */
const shaped: CellKind = (draft) => {
  const { random } = draft;
  const isBranched = random.once(2);
  const uses = channels(draft);
  const pool = uses.some(({ ion }) => ion === 'ca') ? concentration(draft) : undefined;
  const densities = uses.map((use) => densityOf(use, draft));
  const diameter = between(random, 12, 24);
  const membrane = draft.fresh('membrane');
  const segments = [
    element('segment', { id: 0, name: 'soma' }, [
      element('proximal', { x: 0, y: 0, z: 0, diameter }),
      element('distal', { x: isBranched || random.once(2) ? diameter : 0, y: 0, z: 0, diameter }),
    ]),
    ...(isBranched
      ? [
          element('segment', { id: 1, name: 'dendrite' }, [
            element('parent', { segment: 0 }),
            element('proximal', { x: diameter, y: 0, z: 0, diameter: 2 }),
            element('distal', { x: between(random, 40, 120), y: 0, z: 0, diameter: between(random, 1, 2) }),
          ]),
        ]
      : []),
  ];
  const id = component(draft, 'cell', {}, [
    element('morphology', { id: draft.fresh('shape') }, segments),
    element('biophysicalProperties', { id: membrane }, [
      element('membraneProperties', {}, [
        ...densities,
        element('spikeThresh', { value: quantity(random, -30, 0, 'mV') }),
        element('specificCapacitance', { value: quantity(random, 0.8, 1.2, 'uF_per_cm2') }),
        element('initMembPotential', { value: quantity(random, -68, -60, 'mV') }),
      ]),
      element('intracellularProperties', {}, [
        ...(pool === undefined
          ? []
          : [
              element('species', {
                id: 'ca',
                ion: 'ca',
                concentrationModel: pool,
                initialConcentration: '1e-4mM',
                initialExtConcentration: '2mM',
              }),
            ]),
        element('resistivity', { value: quantity(random, 0.05, 0.2, 'kohm_cm') }),
      ]),
    ]),
  ]);
  const paths = isBranched
    ? ['0/v', '1/v']
    : densities.flatMap((text, k) =>
        uses[k]!.states.map(
          (state) => `${membrane}/membraneProperties/${/ id="(\w+)"/.exec(text)?.[1]}/${uses[k]!.channel}/${state}`,
        ),
      );
  const own = isBranched ? [] : ['v', 'iSyn', ...(pool === undefined ? [] : ['caConc', 'iCa'])];
  return point(id, 0.4, 0.01, [...own, ...paths], { isList: isBranched || random.once(2) });
};

function densityOf(use: ChannelUse, draft: Draft): string {
  const { random } = draft;
  const most = 1 / 10;
  if (use.ion !== 'ca') return populationOf(use, draft, 'channelDensity', 'condDensity', most, 'mS_per_cm2');
  if (random.once(3)) {
    const permeability = `${between(random, 5, 20)}e-7cm_per_s`;
    return element('channelDensityGHK', { id: draft.fresh('all'), ionChannel: use.channel, permeability, ion: 'ca' });
  }
  const tag = random.pick(['channelDensityNernst', 'channelDensityGHK2']);
  return populationOf({ ...use, reversal: undefined }, draft, tag, 'condDensity', most, 'mS_per_cm2');
}

function concentration(draft: Draft): string {
  const { random } = draft;
  const common = { ion: 'ca', restingConc: '1e-4mM', decayConstant: quantity(random, 5, 30, 'ms') };
  if (random.once(2))
    return component(draft, 'decayingPoolConcentrationModel', {
      ...common,
      shellThickness: quantity(random, 0.05, 0.3, 'um'),
    });
  return component(draft, 'fixedFactorConcentrationModel', {
    ...common,
    rho: quantity(random, 5, 30, 'mol_per_m_per_A_per_s'),
  });
}

/** Cells of PyNN: numbers in its units. */
const pynn: CellKind = (draft) => {
  const { random } = draft;
  const type = random.pick([
    'IF_curr_alpha',
    'IF_curr_exp',
    'IF_cond_alpha',
    'IF_cond_exp',
    'EIF_cond_exp_isfa_ista',
    'EIF_cond_alpha_isfa_ista',
    'HH_cond_exp',
  ]);
  const reversals = type.includes('cond') ? { e_rev_E: 0, e_rev_I: between(random, -85, -68) } : {};
  const base = {
    cm: between(random, 0.1, 0.4),
    i_offset: random.once(3) ? 0 : between(random, 0.2, 0.8),
    tau_syn_E: between(random, 0.5, 5),
    tau_syn_I: between(random, 0.5, 5),
    v_init: between(random, -70, -60),
    ...reversals,
  };
  if (type === 'HH_cond_exp') {
    const id = component(draft, type, {
      ...base,
      e_rev_K: -90,
      e_rev_Na: 50,
      e_rev_leak: -65,
      g_leak: 0.01,
      gbar_K: between(random, 5, 8),
      gbar_Na: between(random, 18, 24),
      v_offset: between(random, -65, -60),
    });
    return point(id, 0.5, 0.01, ['v', 'm', 'h', 'n', 'iSyn'], { spikes: false });
  }
  const fires = {
    ...base,
    tau_m: between(random, 5, 20),
    tau_refrac: between(random, 0.2, 4),
    v_rest: between(random, -70, -62),
    v_reset: between(random, -72, -62),
    v_thresh: between(random, -56, -50),
  };
  if (!type.startsWith('EIF')) return point(component(draft, type, fires), 1, 0.1, ['v', 'iSyn']);
  const id = component(draft, type, {
    ...fires,
    a: random.once(2) ? 0 : between(random, 0, 0.004),
    b: between(random, 0, 0.1),
    delta_T: random.once(4) ? 0 : between(random, 1, 3),
    tau_w: between(random, 20, 150),
    v_spike: between(random, -45, -35),
  });
  return point(id, 1, 0.05, ['v', 'w', 'iSyn']);
};

/** A cell of any kind; points more often than slow kinds. */
export const cell: CellKind = (draft) =>
  draft.random.pick([
    ...[iafTau, iaf, iaf, iaf, izhikevich, izhikevich2007, adEx, adEx, fitzHughNagumo, hindmarshRose, pinskyRinzel],
    ...[pointWithChannels, shaped, shaped, pynn, pynn, pynn, ownCell, ownCell, ownCell],
  ])(draft);
