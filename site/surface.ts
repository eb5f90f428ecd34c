/** Canvases at the resolution of the screen, with axes. */

/** A canvas that is ready to be drawn on, in CSS pixels. */
export interface Surface {
  readonly context: CanvasRenderingContext2D;
  readonly width: number;
  readonly height: number;
  readonly ink: string;
  readonly muted: string;
  readonly line: string;
}

/** Empties a canvas, and gives it the width of its place. @param height  in CSS pixels */
export function surfaceOf(canvas: HTMLCanvasElement, height: number): Surface {
  const context = canvas.getContext('2d');
  if (!context) throw new Error('this browser draws nothing');
  const width = Math.max(200, canvas.parentElement?.clientWidth ?? 600);
  const scale = window.devicePixelRatio;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.style.height = `${height}px`;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  const style = getComputedStyle(canvas);
  context.font = `12px ${style.fontFamily}`;
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  return { context, width, height, ink: colour('--ink'), muted: colour('--muted'), line: colour('--line') };
}

/** Colours of populations on light and on dark backgrounds. @source Okabe and Ito (2008), with enough contrast */
const colours = {
  light: ['#0072b2', '#c2410c', '#047857', '#9d4280', '#6b5b00', '#4b5563', '#4f46c8', '#8a1c1c'],
  dark: ['#56b4e9', '#f4a261', '#2dd4a7', '#e599c5', '#e6c84b', '#b6bec9', '#a9a2ff', '#ff8f8f'],
} as const;

const prefersDark = window.matchMedia('(prefers-color-scheme: dark)');

/** The colour of one of several parts. */
export function partColour(ordinal: number): string {
  const list = prefersDark.matches ? colours.dark : colours.light;
  return list[ordinal % list.length] ?? '#888888';
}

/** Calls back when the colours change. */
export const onColoursChanged = (action: () => void): void => prefersDark.addEventListener('change', action);

/** Returns a text that fits a width, with an ellipsis in the middle: many names differ at their ends. */
export function fitted(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (context.measureText(text).width <= width) return text;
  const cut = (length: number): string => {
    const head = Math.ceil(length / 3);
    return `${text.slice(0, head)}…${text.slice(text.length - (length - head))}`;
  };
  let length = text.length - 1;
  while (length > 1 && context.measureText(cut(length)).width > width) length -= 1;
  return cut(length);
}

/** The unit of time on axes of a duration in s, and what seconds are multiplied by. */
export const timeUnit = (duration: number): { readonly unit: 'ms' | 's'; readonly scale: number } =>
  duration > 10 ? { unit: 's', scale: 1 } : { unit: 'ms', scale: 1000 };
