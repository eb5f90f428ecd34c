/** Pictures as SVG: plots one below the other, drawn by Observable Plot. */

import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { withoutControls } from '../diagnostics/display.js';

/** Width of a picture in pixels. */
export const pictureWidth = 840;

/** Space for names and numbers at the sides of a plot, in pixels. */
export const margins = { marginLeft: 128, marginRight: 30, marginTop: 10, marginBottom: 14 } as const;

/** One of the plots of a picture. */
export interface Panel {
  readonly height: number;
  readonly options: Plot.PlotOptions;
  readonly svg?: never;
}

/** A part of a picture that is drawn without a plot, as elements of SVG. */
export interface Drawing {
  readonly height: number;
  readonly svg: string;
}

/** The content of a picture. */
export interface Picture {
  readonly title: string;
  /** One line below the title: what cannot be seen in the plots. */
  readonly subtitle?: string;
  readonly panels: readonly (Panel | Drawing)[];
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

/** Draws a picture. @returns a document in SVG */
export function drawPicture({ title, subtitle, panels }: Picture): string {
  const { document } = parseHTML('') as unknown as {
    readonly document: {
      createElement(name: string): unknown;
      createElementNS(namespace: string, name: string): SvgElement;
      append(element: unknown): void;
    };
  };
  document.append(document.createElement('html'));
  const top = titleHeight + (subtitle === undefined ? 0 : subtitleHeight);
  const height = top + panels.reduce((sum, panel) => sum + panel.height, 0) + 6;
  const element = (name: string, attributes: Readonly<Record<string, string | number>>, text = ''): SvgElement => {
    const made = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
    if (text !== '') made.textContent = text;
    return made;
  };
  const picture = element('svg', {
    xmlns: 'http://www.w3.org/2000/svg',
    viewBox: `0 0 ${pictureWidth} ${height}`,
    width: pictureWidth,
    height,
    'font-family': fonts,
    fill: '#000000',
  });
  picture.append(element('title', {}, title));
  picture.append(element('rect', { width: pictureWidth, height, fill: '#ffffff' }));
  picture.append(element('text', { x: 12, y: 18, 'font-size': 14, 'font-weight': 'bold' }, title));
  if (subtitle !== undefined)
    picture.append(element('text', { x: 12, y: titleHeight + 10, 'font-size': 11, fill: '#444444' }, subtitle));
  const drawings: string[] = [];
  let y = top;
  for (const panel of panels) {
    if (panel.svg !== undefined) {
      drawings.push(`<g transform="translate(0 ${y})" color="#000000">${panel.svg}</g>`);
      y += panel.height;
      continue;
    }
    const options: Plot.PlotOptions & { readonly document: unknown } = {
      document,
      width: pictureWidth,
      height: panel.height,
      ...margins,
      ...panel.options,
    };
    const plot = Plot.plot(options) as unknown as SvgElement;
    // Styles for pages: programs that draw SVG elsewhere do not know them.
    for (const style of plot.querySelectorAll('style')) style.remove();
    // Only elements with a role have a name.
    for (const marks of plot.querySelectorAll('g[aria-label]')) marks.setAttribute('role', 'group');
    for (const frame of plot.querySelectorAll('rect[aria-label]')) frame.removeAttribute('aria-label');
    plot.removeAttribute('font-family');
    plot.removeAttribute('class');
    plot.setAttribute('color', '#000000');
    plot.setAttribute('y', String(y));
    picture.append(plot);
    y += panel.height;
  }
  return `${withoutControls(picture.outerHTML.replace(/<\/svg>$/, () => `${drawings.join('')}</svg>`))}\n`;
}
