/** Notations that are trees of JSON or YAML. */
export type TreeNotation = 'canonical' | 'brian' | 'pynn' | 'sonata';

/** Notations that are read. */
export type Notation = TreeNotation | 'neuroml' | 'nir' | 'nmodl' | 'swc';
