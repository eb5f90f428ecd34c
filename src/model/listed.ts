/** Most numbers of a model that an importer writes out one by one: two for each take half a gigabyte. */
export const mostListed = 33_554_432;
