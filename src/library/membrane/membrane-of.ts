/** Takes the membrane of a cell with compartments from its mechanisms. */

import { printExpression } from '../../lang/print.js';
import type { Id } from '../../model/model.js';
import { sectionsOn } from '../../model/compartment-tree.js';
import type { Compartments, Mechanism } from '../../model/typed.js';
import { NotExpressible } from '../not-expressible.js';
import { conductancesOf, withoutGuards } from './conductances.js';
import { LocalEquations } from './equations.js';
import { changingLevels, levelOf, numbersAt, type Around, type Site } from './local-values.js';
import type { Membrane, MembraneCurrent, MembraneMechanism, MembranePlace, Pool } from './membrane.js';
import { isCalciumReversal, keepsAboveZero, poolOf } from './pools.js';

/** Checks whether a mechanism sets the concentration of calcium. */
const setsCalcium = ({ writes }: Mechanism): boolean => Object.hasOwn(writes, 'ca_i');

/** Returns the channels and pools of a cell, on each section by itself. Those that set calcium come first. */
export function membraneOf(compartments: Compartments, around: Around): Membrane {
  const pools = new Map<Id, Pool | null>();
  const all = Object.entries(compartments.mechanisms);
  // Calcium, as channels read it, depends on whether a pool is there.
  const ordered = [true, false].flatMap((wanted) => all.filter(([, one]) => setsCalcium(one) === wanted));
  const read = ([name, mechanism]: readonly [Id, Mechanism]): readonly [Id, MembraneMechanism] => {
    const places: MembranePlace[] = [];
    try {
      for (const section of sectionsOn(mechanism.on, compartments)) {
        if (setsCalcium(mechanism)) pools.set(section, null);
        checkForm(mechanism);
        const currents: MembraneCurrent[] = [];
        const place = placeOf(mechanism, { section, compartments, pool: pools.get(section) }, around);
        places.push({ ...place, currents });
        if (setsCalcium(mechanism)) {
          const outside = levelOf('ca_o', { section, compartments, pool: null });
          pools.set(section, poolOf(name, place.equations, place.initial, outside));
        } else for (const current of currentsOf(place, compartments, pools.get(section))) currents.push(current);
      }
      return [name, { places }];
    } catch (error) {
      if (error instanceof NotExpressible) return [name, { places, reason: error.message }];
      throw error;
    }
  };
  return { mechanisms: new Map(ordered.map(read)), pools };
}

/** Rejects mechanisms that are neither channels nor pools by their form. @throws NotExpressible */
function checkForm(mechanism: Mechanism): void {
  if (!mechanism.density) throw new NotExpressible('a current of whole compartments, not by area');
  if (mechanism.noise.length > 0) throw new NotExpressible('noise on the membrane');
  const events = setsCalcium(mechanism) ? Object.values(mechanism.events ?? {}) : [];
  const condition = events.find((event) => !keepsAboveZero(event));
  if (condition) throw new NotExpressible(`what the mechanism does where ${printExpression(condition.when)}`);
}

/** Returns the equations of a mechanism on a section. @throws NotExpressible if they have values without a number */
export function placeOf(mechanism: Mechanism, site: Site, around: Around): Omit<MembranePlace, 'currents'> {
  // The area of a compartment is not known here.
  const ofPool = new Map([['i_ca', 0], ['area', NaN]]); // prettier-ignore
  const free = setsCalcium(mechanism) ? ofPool : changingLevels(site);
  const { numbers, initial } = numbersAt(mechanism, site, free, around);
  const ions = Object.keys(site.compartments.ions);
  const equations = new LocalEquations(mechanism, numbers, ions, around.functions, free);
  return { section: site.section, equations, initial };
}

/** Yields the currents of a mechanism on a section. @throws NotExpressible after those that are conductances */
function* currentsOf(
  { equations }: Pick<MembranePlace, 'equations'>,
  { temperature }: Compartments,
  pool: Pool | null | undefined,
): Iterable<MembraneCurrent> {
  const { type, functions, isState } = equations;
  for (const [target, code] of Object.entries(type.writes)) {
    if (target !== 'i' && !target.startsWith('i_')) throw new NotExpressible(`a mechanism that changes ${target}`);
    const whole = equations.of(code);
    const current = withoutGuards(whole);
    yield {
      ion: target === 'i' ? 'non_specific' : target.slice(2),
      isGuarded: current !== whole,
      conductances: conductancesOf(
        current,
        isState,
        functions,
        (e) => !!pool && temperature !== undefined && isCalciumReversal(e, pool, temperature, functions),
      ),
    };
  }
}
