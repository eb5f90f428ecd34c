/** Pictures as SVG: plots one below the other, drawn by Observable Plot. */

import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { withoutControls } from '../diagnostics/display.js';
import { letterSize, wide, type Drawing, type Layout } from './layout.js';

/** One of the plots of a picture. */
export interface Panel {
  /** Stands beside or above the plot. */
  readonly name?: string;
  readonly height: number;
  readonly options: Plot.PlotOptions;
  readonly svg?: never;
}

/** The content of a picture. */
export interface Picture {
  readonly title: string;
  /** One line below the title: what cannot be seen in the plots. */
  readonly subtitle?: string;
  readonly panels: readonly (Panel | Drawing | ((layout: Layout) => Drawing))[];
}

const fonts = 'Open Sans, system-ui, sans-serif';
const titleHeight = 26;
const subtitleHeight = 18;

/** The part of an element of SVG that is used here; types of a browser are not at hand. */
interface SvgElement {
  textContent: string | null;
  readonly outerHTML: string;
  setAttribute(name: string, value: string): void;
  removeAttribute(name: string): void;
  append(child: SvgElement): void;
  remove(): void;
  querySelectorAll(selector: string): Iterable<SvgElement>;
}

/** Returns text in lines that fit the width of a picture. */
function linesOf(text: string, { width }: Layout): readonly string[] {
  const most = Math.floor((width - 24) / (0.49 * letterSize));
  return text.match(new RegExp(`\\S.{0,${most - 1}}(?=\\s|$)|\\S+`, 'g')) ?? [];
}

/** Returns the options of a plot with its name as a further mark. */
function withName(
  { name, options }: Panel,
  { margins: { marginLeft, marginTop }, nameHeight }: Layout,
): Plot.PlotOptions {
  if (name === undefined) return options;
  const place: Plot.TextOptions =
    nameHeight === 0
      ? { frameAnchor: 'left', dx: 12 - marginLeft, lineWidth: 5.5 }
      : { frameAnchor: 'top-left', dx: 12 - marginLeft, dy: -16, lineWidth: 25 };
  // Long names at the side have a line for each word, so that the end of a name is never hidden.
  const shown = nameHeight === 0 && name.length > 9 ? name.replaceAll(' ', '\n') : name;
  const text = {
    ...place,
    textAnchor: 'start',
    fontSize: letterSize,
    fontWeight: 'bold',
    textOverflow: 'ellipsis',
  } as const;
  return { marginTop: marginTop + nameHeight, ...options, marks: [...(options.marks ?? []), Plot.text([shown], text)] };
}

/** Draws a picture. @returns a document in SVG */
export function drawPicture({ title, subtitle, panels }: Picture, layout = wide): string {
  const { document } = parseHTML('') as unknown as {
    readonly document: {
      createElement(name: string): unknown;
      createElementNS(namespace: string, name: string): SvgElement;
      append(element: unknown): void;
    };
  };
  document.append(document.createElement('html'));
  const { width, nameHeight } = layout;
  const subtitles = subtitle === undefined ? [] : linesOf(subtitle, layout);
  const top = titleHeight + subtitleHeight * subtitles.length;
  const parts = panels.map((part): Panel | Drawing => {
    if (typeof part === 'function') return part(layout);
    return part.svg === undefined && part.name !== undefined ? { ...part, height: part.height + nameHeight } : part;
  });
  const height = top + parts.reduce((sum, part) => sum + part.height, 0) + 6;
  const element = (name: string, attributes: Readonly<Record<string, string | number>>, text = ''): SvgElement => {
    const made = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
    if (text !== '') made.textContent = text;
    return made;
  };
  const picture = element('svg', {
    xmlns: 'http://www.w3.org/2000/svg',
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    'font-family': fonts,
    fill: '#000000',
  });
  picture.append(element('title', {}, title));
  picture.append(element('rect', { width, height, fill: '#ffffff' }));
  picture.append(element('text', { x: 12, y: 18, 'font-size': 14, 'font-weight': 'bold' }, title));
  for (const [k, line] of subtitles.entries()) {
    const y = titleHeight + 10 + subtitleHeight * k;
    picture.append(element('text', { x: 12, y, 'font-size': letterSize, fill: '#444444' }, line));
  }
  const drawings: string[] = [];
  let y = top;
  for (const panel of parts) {
    if (panel.svg !== undefined) {
      drawings.push(`<g transform="translate(0 ${y})" color="#000000">${panel.svg}</g>`);
      y += panel.height;
      continue;
    }
    const options: Plot.PlotOptions & { readonly document: unknown } = {
      document,
      width,
      height: panel.height,
      ...layout.margins,
      ...withName(panel, layout),
    };
    const plot = Plot.plot(options) as unknown as SvgElement;
    // Styles for pages: programs that draw SVG elsewhere do not know them.
    for (const style of plot.querySelectorAll('style')) style.remove();
    // Only elements with a role have a name.
    for (const marks of plot.querySelectorAll('g[aria-label]')) marks.setAttribute('role', 'group');
    for (const frame of plot.querySelectorAll('rect[aria-label]')) frame.removeAttribute('aria-label');
    plot.removeAttribute('font-family');
    plot.removeAttribute('class');
    plot.setAttribute('font-size', String(letterSize));
    plot.setAttribute('color', '#000000');
    plot.setAttribute('y', String(y));
    picture.append(plot);
    y += panel.height;
  }
  const plots = withTenths(picture.outerHTML);
  return `${withoutControls(plots.replace(/<\/svg>$/, () => `${drawings.join('')}</svg>`))}\n`;
}

/** Rounds places of paths to tenths of pixels: nobody sees more, and long paths become a third shorter. */
const withTenths = (svg: string): string =>
  svg.replaceAll(/ d="[^"]*"/g, (path) =>
    path.replaceAll(/\d+\.\d{2,}/g, (place) => String(Math.round(10 * Number(place)) / 10)),
  );
