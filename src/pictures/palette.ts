/** Colours of pictures. */

/** Colours that people with colour blindness can tell apart. @source Okabe and Ito (2008), the last of Tol (2021) */
const palette = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00', '#666666', '#882255'] as const;

/** The colour of one of several parts. */
export const colourOf = (ordinal: number): string => palette[ordinal % palette.length] ?? '#000000';

/** A shade from white (0) to dark blue (1). */
export const shade = (share: number): string => {
  const [r, g, b] = [8, 48, 107].map((dark) => Math.round(255 + (dark - 255) * share)) as [number, number, number];
  return `rgb(${r},${g},${b})`;
};
