/**
 * Names with another meaning in SymPy that variables may have. Brian's exact integration cannot have variables with
 * these names.
 *
 * @source SymPy 1.13, names that `sympify` does not read as a symbol
 */
export const sympyNames: ReadonlySet<string> = new Set(
  (
    'Abs Add And CC Chi Ci E E1 EX Ei Eq FF GF Ge Gt ITE Id Idx LC LM LT Le Li Lt Max Min Mod Mul N Ne Nor Not O Or ' +
    'Pow Q QQ RR Ray Rel Rem S Set Shi Si Sum Xor Ynm ZZ Znm abundance acos acosh acot acoth acsc acsch adjoint ' +
    'airyai airybi andre apart appellf1 arg arity asec asech asin asinh ask assuming atan atan2 atanh banded bell ' +
    'bernoulli besseli besselj besselk bessely beta betainc binomial blockcut cacheit cancel capture cartes catalan ' +
    'cbrt ccode ceiling centroid checksol cofactors collect combsimp comp compose composite conjugate content cos ' +
    'cosh cot coth csc csch cse cxxcode decompose deg degree denom det diag diff digamma div divisors doctest ' +
    'dotprint dsolve epath erf erf2 erf2inv erfc erfcinv erfi erfinv euler evaluate exp expand expint exquo eye ' +
    'factor factorial factorint factorrat false fcode ff fft fibonacci field flatten floor fps frac fraction ' +
    'fresnelc fresnels fu fwht gamma gammasimp gcd gcdex genocchi gff grevlex grlex groebner group gruntz hankel1 ' +
    'hankel2 harmonic hermite hessian hn1 hn2 horner hyper hypersimp idiff ifft ifwht igcd igrevlex igrlex ilcm ' +
    'ilex im imageset integrate intervals intt invert isolate isprime jacobi jn jscode laguerre lambdify latex lcm ' +
    'legendre lerchphi lex li limit linsolve ln log loggamma lucas marcumq mathieuc mathieus mathml maximum meijerg ' +
    'minimum minpoly mobius monic motzkin nan nextprime nfloat nroots nsimplify nsolve ntt numer ones oo ord0 ' +
    'ordered partition pdiv pdsolve per pexquo pi plot polarify poly polygamma polylog posify postfixes powdenest ' +
    'powsimp pprint pquo prefixes prem pretty preview prevprime prime primenu primepi primitive primorial prod ' +
    'product public pycode python quo rad radsimp randprime ratsimp rcode rcollect re reduced refine rem reshape ' +
    'residue resultant rf ring root rootof roots rotations rsolve sec sech sequence series seterr sfield shape sift ' +
    'sign signsimp simplify sin sinc sinh solve solveset sqf sqrt srepr sring sstr sstrrepr stieltjes sturm subsets ' +
    'summation symarray symbols sympify take tan tanh test textplot threaded timed together totient trace trailing ' +
    'transpose trigamma trigsimp true trunc unflatten use var vectorize vfield viete vring wronskian xfield xring ' +
    'xthreaded yn zeros zeta zoo'
  ).split(' '),
);

/**
 * Names with another meaning in Python. Brian evaluates parts of expressions, such as `1/input`, in Python, which does
 * not find a variable or constant with such a name.
 *
 * @source Python 3.11, functions and types of `builtins`; Brian 2.9, `codegen/optimisation.py`
 */
export const pythonBuiltins: ReadonlySet<string> = new Set(
  (
    'abs aiter all anext any ascii bin bool breakpoint bytearray bytes callable chr classmethod compile complex ' +
    'copyright credits delattr dict dir divmod enumerate eval exec exit filter float format frozenset getattr globals ' +
    'hasattr hash help hex id input int isinstance issubclass iter len license list locals map max memoryview min next ' +
    'object oct open ord pow print property quit range repr reversed round set setattr slice sorted staticmethod str ' +
    'sum super tuple type vars zip'
  ).split(' '),
);
