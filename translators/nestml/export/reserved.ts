/** Variables of NESTML models under names that are free in NESTML, C++, Python and NEST. */

import { withNames } from '../../../src/library/readable/renamed.js';
import type { ConversionEntry } from '../../../src/model/conversion-report.js';
import { ownNames } from '../../../src/model/declared-names.js';
import { freeName } from '../../../src/model/free-name.js';
import type { NeuronType, ValidModel } from '../../../src/model/typed.js';
import { child } from '../../../src/model/pointer.js';

/**
 * Names reserved by NESTML, its generated C++ code or the classes of NEST, those that its solver of equations takes for
 * SymPy's (E is Euler's number), and Python's keywords, since PyNN passes values by name.
 */
export const reserved: ReadonlySet<string> = new Set(
  (
    'model state equations parameters internals update input output inline recordable kernel function return spike continuous ' +
    'excitatory inhibitory if elif else for while in step and or not true false inf end void integer real boolean string t e ' +
    'onReceive onCondition integrate_odes emit_spike resolution timestep steps random_normal random_uniform random_poisson ' +
    'auto bool break case catch char class const continue default delete do double enum explicit export extern float friend ' +
    'goto int long mutable namespace new operator private protected public register short signed sizeof static struct switch ' +
    'template this throw try typedef typename union unsigned using virtual volatile ' +
    'Ca beta_Ca tau_Ca tau_minus tau_minus_triplet post_trace archiver_length t_spike element_type global_id frozen gsl_abs_error_tol ' +
    'gsl_rel_error_tol ' +
    'E power DiracDelta Heaviside Symbol Integer Float Function Add Mul Pow oo zoo nan NaN ' +
    'as assert async await def del except finally from global import is lambda nonlocal pass raise with yield None True False'
  ).split(' '),
);

/**
 * Renames reserved names in types that become NESTML models. Returns the model and report entries about the new names.
 *
 * @param isNestml  whether a type becomes a model of NESTML
 */
export function withoutReserved(
  { model, data }: ValidModel,
  isNestml: (id: string, type: NeuronType) => boolean,
): { readonly valid: ValidModel; readonly entries: readonly ConversionEntry[] } {
  const renamed = Object.entries(model.neurons).flatMap(([id, type]) => {
    const taken = ownNames(type);
    const own = [...taken].filter((name) => reserved.has(name));
    if (own.length === 0 || !isNestml(id, type)) return [];
    const names = own.map((name) => [name, freeName(`${name}_`, (one) => taken.has(one))] as const);
    return [[id, new Map(names)] as const];
  });
  return {
    valid: { model: withNames(model, new Map(renamed)), data },
    entries: renamed.flatMap(([id, names]) =>
      [...names].map(([from, to]): ConversionEntry => ({
        verdict: 'convention',
        code: 'pynn/renamed',
        pointer: child('/neurons', id),
        message: `${from} is called ${to}: NESTML, NEST or Python has ${from} itself`,
      })),
    ),
  };
}
