/** Names that NESTML, the C++ code that it generates, or the classes of NEST need themselves. */
export const reserved: ReadonlySet<string> = new Set(
  (
    'model state equations parameters internals update input output inline recordable kernel function return spike continuous ' +
    'excitatory inhibitory if elif else for while in step and or not true false inf end void integer real boolean string t e ' +
    'onReceive onCondition integrate_odes emit_spike resolution timestep steps random_normal random_uniform random_poisson ' +
    'auto bool break case catch char class const continue default delete do double enum explicit export extern float friend ' +
    'goto int long mutable namespace new operator private protected public register short signed sizeof static struct switch ' +
    'template this throw try typedef typename union unsigned using virtual volatile ' +
    'Ca beta_Ca tau_Ca tau_minus tau_minus_triplet post_trace archiver_length t_spike element_type global_id frozen gsl_abs_error_tol ' +
    'gsl_rel_error_tol'
  ).split(' '),
);
