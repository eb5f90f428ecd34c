/** Sizes of pictures, and parts that are drawn without a library. */

/** Width of a picture in pixels. */
export const pictureWidth = 760;

/** Size of letters in pixels: they are readable on a phone and on a tablet, which scale pictures to their width. */
export const letterSize = 12;

/** Space for names and numbers at the sides of a plot, in pixels. */
export const margins = { marginLeft: 128, marginRight: 30, marginTop: 10, marginBottom: 14 } as const;

/** Width of a picture and the margins of its plots, in pixels. */
export interface Layout {
  readonly width: number;
  readonly margins: Readonly<Record<keyof typeof margins, number>>;
  /** Height that the name of a plot has above it; 0: it stands in the left margin. */
  readonly nameHeight: number;
}

/** The usual layout. */
export const wide: Layout = { width: pictureWidth, margins, nameHeight: 0 };

/** A layout for phones. */
export const narrow: Layout = {
  width: 340,
  margins: { ...margins, marginLeft: 52, marginRight: 18 },
  nameHeight: 18,
};

/** A part of a picture that is drawn without a plot, as elements of SVG. */
export interface Drawing {
  readonly height: number;
  readonly svg: string;
}
