/** Most numbers of a model that an importer writes out one by one: two for each take half a gigabyte. */
export const mostListed = 2 ** 25;
