/** Pictures of recordings, of networks, and of gates of ion channels. */
export const pictureKinds = ['raster', 'rates', 'traces', 'weights', 'connectivity', 'network', 'gates'] as const;
export type PictureKind = (typeof pictureKinds)[number];
