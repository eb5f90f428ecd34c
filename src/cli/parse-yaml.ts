/** The parser of YAML, in a module of its own: bundles give names of packages only to static imports. */

export { parse as parseYaml } from 'yaml';
