/**
 * Properties that PyNN's `MultiCompartmentNeuron` fixes: compartments of sections, site of spike detection, root.
 *
 * @source PyNN 0.13, pyNN.neuron.cells.NeuronTemplate; for the number of compartments Hines & Carnevale,
 *   The Neuroscientist 7 (2001) 123
 */

/** The upward crossing that is a spike, in mV: NEURON's threshold of connections. */
export const spikeThreshold = 10;
/** Potential at the start if no other is given, in mV. */
export const usualStart = -65;
/** Resistivity if no other is given, in ohm*cm. */
export const usualResistivity = 35.4;
/** Capacitance if no other is given, in uF/cm**2. */
export const usualCapacitance = 1;

/** Frequency in Hz at which compartments are a tenth of the length constant at most. */
const frequency = 100;

type Points = readonly (readonly number[])[];

/** Calls `visit` with the length of each piece between two points, and the diameters at its ends. */
function eachPiece(points: Points, visit: (length: number, from: number, to: number) => void): void {
  for (let k = 1; k < points.length; k++) {
    const [[x = 0, y = 0, z = 0, d = 0] = [], [X = 0, Y = 0, Z = 0, D = 0] = []] = [points[k - 1], points[k]];
    visit(Math.hypot(X - x, Y - y, Z - z), d, D);
  }
}

/** Returns the length of a section along its points, in their unit. */
export function lengthOf(points: Points): number {
  let total = 0;
  eachPiece(points, (length) => (total += length));
  return total;
}

/** Returns the mean diameter along a section. */
function diameterOf(points: Points): number {
  let total = 0;
  eachPiece(points, (piece, from, to) => (total += (piece * (from + to)) / 2));
  return total / lengthOf(points);
}

/**
 * Returns into how many compartments PyNN cuts a section.
 *
 * @param points  in um
 * @param cm      in uF/cm**2
 * @param Ra      in ohm*cm
 */
export function divisionsOf(points: Points, cm: number, Ra: number): number {
  const lambda = 1e5 * Math.sqrt(diameterOf(points) / (4 * Math.PI * frequency * Ra * cm));
  return 1 + 2 * Math.floor((0.999 + lengthOf(points) / (0.1 * lambda)) / 2);
}

/** Returns the section whose middle spikes are detected at. */
export const somaOf = (sections: Readonly<Record<string, { readonly parent?: unknown }>>): string =>
  Object.hasOwn(sections, 'soma')
    ? 'soma'
    : (Object.entries(sections).find(([, { parent }]) => parent === undefined)?.[0] ?? '');
