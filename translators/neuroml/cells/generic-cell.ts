/**
 * Prepares cells for the flattening that serves all components: points are completed; of cells with compartments only
 * the names are kept.
 */

import { itemAt } from '../../../src/diagnostics/entry.js';
import type { Diagnostics } from '../../../src/diagnostics/diagnostic.js';
import type { Component, LemsModel } from '../lems/definitions.js';
import * as messages from './messages.js';
import { childOf, childrenOf, type Morphology } from './segments.js';
import { hasMorphology, isPoint, shapeOf } from './shape.js';

/**
 * Returns the component with which a cell takes the generic way. Points that segments leave out are filled in. Of a
 * cell with compartments only the root segment is kept, because only the names of the cell are needed, not its
 * dynamics. Other components are returned unchanged.
 */
export function genericCell(component: Component, lems: LemsModel, diagnostics: Diagnostics): Component {
  if (!hasMorphology(component)) return component;
  const shape = shapeOf(component, diagnostics);
  const proximal = lems.types.get('proximal');
  if (!shape || !proximal) return component;
  const { morphology } = shape;
  const kept = isPoint(shape) ? morphology.order : [morphology.root];
  if (kept.length > 1 && kept.some((position) => isTapered(morphology, position))) {
    diagnostics.add({ severity: 'warning', ...messages.taperedPoint(component.id) }, shape.component.place);
  }
  const written = childrenOf(shape.component, 'segment');
  const segments = new Map(
    kept.map((position) => {
      const { x, y, z, diameter } = itemAt(morphology.segments, position).proximal;
      const segment = itemAt(written, position);
      if (childOf(segment, 'proximal')) return [segment, segment];
      const attributes = { x: String(x), y: String(y), z: String(z), diameter: String(diameter) };
      const added: Component = {
        id: '',
        type: proximal,
        role: 'proximal',
        parent: segment,
        attributes,
        children: [],
        place: segment.place,
      };
      return [segment, withChildren(segment, [...segment.children, added])];
    }),
  );
  const whole = shape.component;
  const isSegment = new Set(written);
  const reduced = withChildren(
    whole,
    whole.children.flatMap((inner) => (isSegment.has(inner) ? (segments.get(inner) ?? []) : inner)),
  );
  const isWholeCell = isPoint(shape);
  return withChildren(
    component,
    component.children.map((inner) => {
      if (inner === whole) return reduced;
      return isWholeCell || !inner.role.startsWith('biophysicalProperties') ? inner : withOneOfEach(inner, lems);
    }),
  );
}

/** Defaults for missing parts of the membrane. The equations of a cell with compartments read none. */
const leftOut: Readonly<Record<string, string>> = {
  spikeThresh: '0 mV',
  specificCapacitance: '1 uF_per_cm2',
  initMembPotential: '0 mV',
};

/**
 * Returns biophysical properties with one threshold, one capacitance and one initial potential, if groups of segments
 * have their own or none.
 */
function withOneOfEach(biophysics: Component, lems: LemsModel): Component {
  return withChildren(
    biophysics,
    biophysics.children.map((membrane) => {
      if (!membrane.role.startsWith('membraneProperties')) return membrane;
      const others = membrane.children.filter(({ role }) => !(role in leftOut));
      const ones = Object.entries(leftOut).flatMap(([role, value]): readonly Component[] => {
        const first = membrane.children.find((inner) => inner.role === role);
        const type = lems.types.get(role);
        if (first || !type) return first ? [first] : [];
        return [{ id: '', type, role, parent: membrane, attributes: { value }, children: [], place: membrane.place }];
      });
      return withChildren(membrane, [...others, ...ones]);
    }),
  );
}

function isTapered({ segments }: Morphology, position: number): boolean {
  const { proximal, distal } = itemAt(segments, position);
  return proximal.diameter !== distal.diameter;
}

function withChildren(
  { id, type, role, parent, attributes, place }: Component,
  children: readonly Component[],
): Component {
  return { id, type, role, parent, attributes, children, place };
}
