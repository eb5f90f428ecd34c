/** Recognises models among other files of a folder by their beginnings. */

/** Texts near the beginning of models in NeuroML and LEMS, in our JSON and YAML, and of SONATA configs. */
const marks = [
  /<(?:\w+:)?(?:neuroml|Lems)\b/,
  /\binterneuron["']?\s*:\s*\d/,
  /["'\s:]interneuron\/(?:model|brian|pynn)\b/,
  /"(?:nodes|edges)_file"\s*:|"(?:network|simulation)"\s*:\s*"[^"\n]*\.json"/,
];

/** The beginning of the record of a run, which holds the hash of its model and not the model. */
const runRecord = /^\s*\{\s*"format"\s*:\s*"interneuron\/run"/;

/**
 * Checks whether a file begins like a model: folders also hold other JSON and XML files.
 *
 * @param start  its beginning as text
 */
export const beginsLikeModel = (path: string, start: string): boolean =>
  /\.(?:nml\.h5|nir|mod|swc|omex)$/i.test(path) || (!runRecord.test(start) && marks.some((mark) => mark.test(start)));
