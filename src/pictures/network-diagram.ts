/** The diagram of a network: populations as boxes, projections as arrows. */

import { markupText } from '../diagnostics/display.js';
import { formatCount } from '../diagnostics/quantities.js';
import { colourOf } from './palette.js';

/** The elements of an SVG of a size in pixels. */
export interface Diagram {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
}

/** A population of a diagram. */
export interface DiagramPopulation {
  readonly name: string;
  /** Number of cells. */
  readonly size: number;
}

/** A projection of a diagram. */
export interface DiagramProjection {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  /** Number of synapses; absent if it is not known for this pair of populations. */
  readonly count?: number;
}

/** A place in pixels. */
interface Point {
  readonly x: number;
  readonly y: number;
}

interface Node extends DiagramPopulation, Point {
  readonly colour: string;
}

/** Projections of one arrow. */
interface Edge {
  readonly from: Node;
  readonly to: Node;
  readonly count: number;
  readonly label: string;
}

/** Populations with names in their boxes; more are drawn as dots. */
const mostBoxes = 24;
/** Boxes for which an ellipse has space. */
const mostOnEllipse = 4;
/** Arrows with labels. */
const mostLabels = 16;
/** Arrows from one population to itself that are drawn one by one. */
const mostLoops = 4;

/**
 * Draws populations and projections, as high as they are. Texts and lines without a colour of their own have
 * `currentColor`, and labels the class `label`, so that a page can draw the diagram on any background.
 *
 * @param width  width of the diagram in pixels
 */
export function networkDiagram(
  populations: readonly DiagramPopulation[],
  projections: readonly DiagramProjection[],
  width: number,
): Diagram {
  const isDotted = populations.length > mostBoxes;
  const isLong = populations.some(({ name }) => name.length > usualName);
  const box = isDotted
    ? { width: 10, height: 10 }
    : { width: isLong ? 130 : 104, height: populations.length > mostOnEllipse ? 38 : 46 };
  // Projections from a population to itself are drawn above and below, and labels of short arrows beside them.
  const isCounted = projections.some(({ count }) => count !== undefined);
  const margin = projections.some(({ from, to }) => from === to) ? 66 : isCounted ? 30 : 16;
  const rows = rowsHeightOf(populations.length) + 2 * margin;
  const nodes = placed(populations, { width, height: rows }, box, margin);
  const edges = joined(projections, nodes);
  const isLabelled = !isDotted && edges.length <= mostLabels;
  const loops = edges.filter(({ from, to }) => from === to);
  const arrows = edges.filter(({ from, to }) => from !== to);
  const centre = { x: width / 2, y: rows / 2 };
  const svg = [
    ...arrows.map((edge) => arrowElements(edge, bendOf(edge, isDotted ? [] : nodes, box, width), box, isLabelled)),
    ...loops.map((edge) => {
      const own = loops.filter(({ from }) => from === edge.from);
      return loopElements(edge, outward(edge.from, centre, own.indexOf(edge), own.length), box, isLabelled);
    }),
    ...nodes.map((node) => nodeElements(node, box, isDotted)),
  ].join('\n');
  const lowest = nodes.reduce((most, { y }) => Math.max(most, y), 0);
  return { svg, width, height: Math.ceil(lowest + box.height / 2 + margin) };
}

type Size = Readonly<Record<'width' | 'height', number>>;

/** Farthest from the middle, in pixels: longer arrows are harder to follow. */
const farthest = 200;

/** Returns the height in pixels that so many populations need. */
function rowsHeightOf(populations: number): number {
  if (areInColumns(populations)) return (Math.ceil(populations / 2) + 1) * 46;
  return populations <= 2 ? 46 : populations <= 4 ? 248 : 338;
}

const areInColumns = (populations: number): boolean => populations > mostOnEllipse && populations <= mostBoxes;

/** Least space between the boxes at the sides of an ellipse, in pixels: two arrows with labels run through it. */
const leastGap = 150;
/** Places of four populations without this space, in half widths and heights. */
const corners = [
  [-1, -1],
  [1, -1],
  [1, 1],
  [-1, 1],
] as const;

/**
 * Places two populations side by side, three and four on an ellipse, or in the corners of a narrow diagram, and more in
 * two bent columns.
 */
function placed(
  populations: readonly DiagramPopulation[],
  { width, height }: Size,
  box: Size,
  margin: number,
): readonly Node[] {
  const count = populations.length;
  const colours = populationColours(populations);
  const radius = {
    x: count === 1 ? 0 : Math.min(farthest, width / 2 - box.width / 2 - 12),
    y: count <= 2 ? 0 : height / 2 - box.height / 2 - margin,
  };
  if (areInColumns(count)) {
    const rows = Math.ceil(count / 2);
    return populations.map((population, k) => {
      const isRight = k < rows;
      const row = isRight ? k : count - 1 - k;
      const down = (2 * row) / (rows - 1) - 1;
      const out = Math.max(box.width / 2 + 12, radius.x * (0.45 + 0.55 * Math.sqrt(1 - down * down)));
      return {
        ...population,
        x: width / 2 + (isRight ? out : -out),
        y: height / 2 + radius.y * down,
        colour: colours.get(population.name) ?? '',
      };
    });
  }
  return populations.map((population, k) => {
    const angle = (count === 2 ? Math.PI : -Math.PI / 2) + (2 * Math.PI * k) / count;
    const [right, down] = (count === 4 && 2 * radius.x - box.width < leastGap && corners[k]) || [
      Math.cos(angle),
      Math.sin(angle),
    ];
    return {
      ...population,
      x: width / 2 + (count === 2 ? Math.min(radius.x, box.width / 2 + 40) : radius.x) * right,
      y: height / 2 + radius.y * down,
      colour: colours.get(population.name) ?? '',
    };
  });
}

/** Returns the colours of populations. They follow the order of names, as results do, so that rasters have the same. */
const populationColours = (populations: readonly DiagramPopulation[]): ReadonlyMap<string, string> =>
  new Map(
    populations
      .map(({ name }) => name)
      .sort((a, b) => (a < b ? -1 : 1))
      .map((name, k) => [name, colourOf(k)]),
  );

/** Joins projections that share an arrow. */
function joined(projections: readonly DiagramProjection[], nodes: readonly Node[]): readonly Edge[] {
  const nodeOf = new Map(nodes.map((node) => [node.name, node]));
  const groups = new Map<string, DiagramProjection[]>();
  const isAlone = nodes.length === 1 && projections.length <= mostLoops;
  for (const projection of projections) {
    const key = JSON.stringify([projection.from, projection.to, ...(isAlone ? [projection.name] : [])]);
    const group = groups.get(key);
    if (group) group.push(projection);
    else groups.set(key, [projection]);
  }
  return [...groups.values()].flatMap((group) => {
    const [from, to] = [nodeOf.get(group[0]?.from ?? ''), nodeOf.get(group[0]?.to ?? '')];
    if (!from || !to) return [];
    const counts = group.flatMap(({ count }) => (count === undefined ? [] : [formatCount(count)]));
    const label = isAlone ? [group[0]?.name, ...counts].join(': ') : counts.slice(0, 3).join(' + ');
    return [
      {
        from,
        to,
        count: group.reduce((sum, { count = 0 }) => sum + count, 0),
        label: counts.length > 3 ? `${label} + …` : label,
      },
    ];
  });
}

const strokeWidth = (count: number): number => 1.25 + Math.min(3.5, Math.log10(Math.max(1, count)) / 2);

const number = (value: number): string => String(Math.round(value * 10) / 10);
const at = ({ x, y }: Point): string => `${number(x)} ${number(y)}`;

const label = (text: string, { x, y }: Point): string =>
  `<text class="label" x="${number(x)}" y="${number(y + 4)}" font-size="12" text-anchor="middle" fill="currentColor" ` +
  `stroke="#ffffff" stroke-width="4" stroke-linejoin="round" paint-order="stroke">${markupText(text)}</text>`;

/** The point of a box's border, with a margin, in a direction from its middle. */
function borderOf(node: Point, towards: Point, box: Size): Point {
  const [dx, dy] = [towards.x - node.x, towards.y - node.y];
  const scale = Math.min(
    (box.width / 2 + 5) / Math.max(1e-9, Math.abs(dx)),
    (box.height / 2 + 5) / Math.max(1e-9, Math.abs(dy)),
  );
  return { x: node.x + dx * scale, y: node.y + dy * scale };
}

/** The point where the line of an arrow ends, inside its head. */
function neckOf(end: Point, from: Point, size: number): Point {
  const share = (size * 0.8) / (Math.hypot(end.x - from.x, end.y - from.y) || 1);
  return { x: end.x - (end.x - from.x) * share, y: end.y - (end.y - from.y) * share };
}

/** A triangle that ends at a point. */
function head(end: Point, from: Point, size: number, colour: string): string {
  const angle = Math.atan2(end.y - from.y, end.x - from.x);
  const corner = (turn: number): Point => ({
    x: end.x - size * Math.cos(angle + turn),
    y: end.y - size * Math.sin(angle + turn),
  });
  return `<path d="M${at(end)}L${at(corner(0.42))}L${at(corner(-0.42))}Z" fill="${colour}"/>`;
}

/** Bends of arrows in shares of their length. Arrows in both directions bend to different sides. */
const bends = [0.2, 0.45, 0.7, -0.45, 1, -0.7, -1, 1.5, -1.5, 2, -2];

/** Returns the control point of an arrow: of the first bend with which it passes behind no box of a diagram. */
function bendOf({ from, to }: Edge, nodes: readonly Node[], box: Size, width: number): Point {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const points = bends.map((share) => ({ x: (from.x + to.x) / 2 - share * dy, y: (from.y + to.y) / 2 + share * dx }));
  const others = nodes.filter((node) => node !== from && node !== to);
  const bottom = Math.max(...nodes.map(({ y }) => y + box.height));
  const isFree = (bend: Point): boolean =>
    Array.from({ length: 24 }, (_, k) => k / 24).every((t) => {
      const [x, y] = (['x', 'y'] as const).map(
        (axis) => (1 - t) ** 2 * from[axis] + 2 * t * (1 - t) * bend[axis] + t ** 2 * to[axis],
      ) as [number, number];
      const isBehind = (node: Node): boolean =>
        Math.abs(x - node.x) < box.width / 2 + 3 && Math.abs(y - node.y) < box.height / 2 + 3;
      return x > 0 && x < width && y > 0 && y < bottom && !others.some(isBehind);
    });
  return points.find(isFree) ?? points[0]!;
}

function arrowElements({ from, to, count, label: text }: Edge, bend: Point, box: Size, isLabelled: boolean): string {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const [start, end] = [borderOf(from, bend, box), borderOf(to, bend, box)];
  const size = 7 + strokeWidth(count);
  const neck = neckOf(end, bend, size);
  const middle = { x: (start.x + 2 * bend.x + end.x) / 4, y: (start.y + 2 * bend.y + end.y) / 4 };
  // A label on a short arrow would hide it.
  const halfWidth = 3.3 * text.length;
  const isShort = Math.hypot(end.x - start.x, end.y - start.y) < 2 * halfWidth + 50;
  const length = Math.hypot(dx, dy) || 1;
  const aside = isShort ? { x: (-dy / length) * (halfWidth + 8), y: (dx / length) * 14 } : { x: 0, y: 0 };
  return [
    `<path d="M${at(start)}Q${at(bend)} ${at(neck)}" fill="none" stroke="${from.colour}" ` +
      `stroke-width="${number(strokeWidth(count))}" stroke-opacity="${isLabelled ? 0.9 : 0.45}"/>`,
    head(end, bend, size, from.colour),
    ...(isLabelled ? [label(text, { x: middle.x + aside.x, y: middle.y + aside.y })] : []),
  ].join('');
}

/** The direction of a loop from its box: away from the middle of the diagram, or all around a single box. */
function outward(node: Node, centre: Point, ordinal: number, count: number): Point {
  const [dx, dy] = [node.x - centre.x, node.y - centre.y];
  const isCentral = Math.hypot(dx, dy) < 1;
  if (isCentral && count <= 2) return { x: 0, y: ordinal === 0 ? -1 : 1 };
  const angle = isCentral ? -Math.PI / 2 + (2 * Math.PI * ordinal) / count : Math.abs(dy) < 1 ? -Math.PI / 2 : NaN;
  return Number.isNaN(angle) ? { x: 0, y: Math.sign(dy) } : { x: Math.cos(angle), y: Math.sin(angle) };
}

function loopElements({ from, count, label: text }: Edge, { x, y }: Point, box: Size, isLabelled: boolean): string {
  const reach = box.height > 20 ? 62 : 16;
  const spread = box.height > 20 ? 34 : 8;
  const onBorder = (side: number): Point => ({
    x: from.x + x * (box.width / 2 + 4) - side * y * 22,
    y: from.y + y * (box.height / 2 + 4) + side * x * 12,
  });
  const away = (side: number): Point => ({
    x: from.x + x * (box.width / 2 + reach) - side * y * spread * 1.4,
    y: from.y + y * (box.height / 2 + reach) + side * x * spread,
  });
  const [start, end] = [onBorder(-1), onBorder(1)];
  const [out, back] = [away(-1), away(1)];
  const size = 7 + strokeWidth(count);
  const neck = neckOf(end, back, size);
  const top = {
    x: (start.x + 3 * out.x + 3 * back.x + end.x) / 8 + x * 42,
    y: (start.y + 3 * out.y + 3 * back.y + end.y) / 8 + y * 13,
  };
  return [
    `<path d="M${at(start)}C${at(out)} ${at(back)} ${at(neck)}" fill="none" stroke="${from.colour}" ` +
      `stroke-width="${number(strokeWidth(count))}" stroke-opacity="0.9"/>`,
    head(end, back, size, from.colour),
    ...(isLabelled ? [label(text, top)] : []),
  ].join('');
}

/** Most characters of a name in letters of the usual size, and in smaller ones. */
const [usualName, longestName] = [13, 17];

function nodeElements({ name, size, x, y, colour }: Node, box: Size, isDotted: boolean): string {
  const title = `<title>${markupText(`${name}: ${formatCount(size)} ${size === 1 ? 'cell' : 'cells'}`)}</title>`;
  if (isDotted) return `<g>${title}<circle cx="${number(x)}" cy="${number(y)}" r="5" fill="${colour}"/></g>`;
  const shown = name.length > longestName ? `${name.slice(0, 7)}…${name.slice(8 - longestName)}` : name;
  const corner = { x: number(x - box.width / 2), y: number(y - box.height / 2) };
  const rectangle = `x="${corner.x}" y="${corner.y}" width="${box.width}" height="${box.height}" rx="10"`;
  return [
    `<g>${title}<rect class="paper" ${rectangle} fill="#ffffff"/>`,
    `<rect ${rectangle} fill="${colour}" fill-opacity="0.14" stroke="${colour}" stroke-width="1.75"/>`,
    `<text x="${number(x)}" y="${number(y - 3)}" font-size="${name.length > usualName ? 11 : box.height < 46 ? 12 : 13}" font-weight="bold" text-anchor="middle" fill="currentColor">${markupText(shown)}</text>`,
    `<text x="${number(x)}" y="${number(y + 14)}" font-size="12" text-anchor="middle" fill="currentColor">${formatCount(size)}</text></g>`,
  ].join('');
}
