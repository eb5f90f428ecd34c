/**
 * The names of generated code. Every name of a model or of the program becomes letters, digits and underscores, in a
 * form that is not reserved in any language of the family.
 *
 * | name of | form |
 * |---|---|
 * | kernels | `kernel_<name>` |
 * | functions of the program | `fn_<name>` |
 * | helpers of the printer | `<type>_<operation>` |
 * | buffers, and the pointers to them | `<name>`, dots as underscores |
 * | locals of the program, and locals defined by a kernel shape | `<name>` |
 */

/**
 * Words that no name may be: of C, C++, OpenCL C and CUDA C++, their types, and macros of small letters of their
 * headers.
 */
const words = new Set(
  (
    'alignas alignof and and_eq asm atomic auto bitand bitor bool break case catch char char8_t char16_t ' +
    'char32_t class compl complex concept ' +
    'const consteval constexpr constinit const_cast continue co_await co_return co_yield decltype default delete ' +
    'do double dynamic_cast else ' +
    'enum explicit export extern false final float for friend goto if imaginary import inline int long module ' +
    'mutable namespace new noexcept ' +
    'noreturn not not_eq nullptr operator or or_eq override private protected public register reinterpret_cast ' +
    'requires restrict return short ' +
    'signed sizeof static static_assert static_cast struct switch template this thread_local throw true try ' +
    'typedef typeid typename typeof ' +
    'union unsigned using virtual void volatile wchar_t while xor xor_eq ' +
    'global local constant generic kernel pipe half uchar ushort uint ulong image1d_t image2d_t image3d_t ' +
    'sampler_t event_t read_only ' +
    'write_only read_write half2 half4 uniform threadIdx blockIdx blockDim gridDim warpSize dim3 ' +
    'size_t ptrdiff_t intptr_t uintptr_t int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t ' +
    'assert errno stdin stdout stderr unix linux i386 mips sparc sun vector pixel near far offsetof memcpy ' +
    'memset min max abs setjmp signal'
  ).split(' '),
);

/**
 * Returns an identifier of letters, digits and underscores that begins with a letter. It is not a keyword, and not a
 * macro: macros of the headers are in capitals. Double underscores are reserved for compilers, and keywords get an
 * underscore at the end. The caller keeps several names distinct.
 */
export function identifierOf(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9]+/g, '_').replace(/(?<=.)_$/, '');
  const begun = /^[A-Za-z]/.test(plain) ? plain : `x${plain}`;
  // Macros of OpenCL's extensions are in lower case.
  const isMacro = (/^[A-Z0-9_]+$/.test(begun) && (begun.length > 1 || begun === 'I')) || begun.startsWith('cl_');
  return words.has(begun) || isMacro ? `${begun}_` : begun;
}

/**
 * Assigns every name of one name space a unique identifier. The same names in the same order give the same identifiers.
 */
export class Names {
  readonly #prefix: string;
  readonly #byName = new Map<string, string>();
  readonly #taken: Set<string>;

  /** @param taken  identifiers that are in use already */
  constructor(prefix: string, taken: Iterable<string> = []) {
    this.#prefix = prefix;
    this.#taken = new Set(taken);
  }

  /** The identifier of a name. */
  id(name: string): string {
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const id = this.freshOf(name);
    this.#byName.set(name, id);
    return id;
  }

  /** An identifier for something that shares its name with others. */
  freshOf(name: string): string {
    return this.fresh(this.#prefix === '' ? identifierOf(name) : this.#prefix + identifierOf(name));
  }

  /** Returns an unused identifier close to the preferred one. */
  fresh(wished: string): string {
    let id = wished;
    for (let k = 2; this.#taken.has(id); k += 1) id = `${wished}${wished.endsWith('_') ? '' : '_'}${k}`;
    this.#taken.add(id);
    return id;
  }
}
