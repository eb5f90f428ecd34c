/** Pictures of recordings, of networks, of gates of ion channels, and of cells with structure. */
export const pictureKinds = [
  'raster',
  'rates',
  'traces',
  'weights',
  'connectivity',
  'network',
  'gates',
  'morphology',
] as const;
export type PictureKind = (typeof pictureKinds)[number];
