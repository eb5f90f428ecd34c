/** Pictures of recordings, and of networks. */
export const pictureKinds = ['raster', 'rates', 'traces', 'weights', 'connectivity', 'network'] as const;
export type PictureKind = (typeof pictureKinds)[number];
