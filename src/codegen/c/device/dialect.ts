/** The differences between device languages, which have work-groups, group memory and atomics; and OpenCL C. */

import type { ElementType } from '../../../ir/program.js';
import type { Dialect } from '../dialect.js';

/** Number of work-items of a kernel in a group. */
export type GroupSize =
  /** As many as suit independent items; a multiple of 32. */
  | 'items'
  /** Size of a team: 1 on devices that run work-items one after another. */
  | 'team'
  /** As many as look through the bits of a mask together. */
  | 'scan'
  /** One. */
  | 'one';

/** A language for devices. The frames define the names that all of them share: see `frameNames`. */
export interface DeviceDialect extends Dialect {
  /** Before the name of a kernel. */
  readonly deviceKernel: (size: GroupSize) => string;
  /** Prefix of the type that a pointer to device memory refers to. */
  readonly global: string;
  /** Prefix of a table of constants outside functions, or of one of many if constant memory is short. */
  readonly constant: string;
  /** As `constant`, for tables that may exceed constant memory. */
  readonly longConstant: string;
  /** An array that the work-items of a group share. */
  readonly groupArray: (element: ElementType, id: string, size: GroupSize) => string;
  /**
   * Whether `store_flags` collects flags in a group array, so that its work-items synchronise; languages with ballots
   * need no array. They synchronise on the only path through their kernel, not inside a branch or after a return. PoCL
   * 3.1 takes the path of a group's first work-item after a barrier that other work-items do not pass.
   */
  readonly gathersFlags: boolean;
  /** Largest number of buffers outside the arena among one kernel's arguments. */
  readonly mostPointers: number;
  /**
   * Whether a kernel's argument counts from the step that the arena holds (`first_step`), so recorded launches
   * serve any steps.
   */
  readonly countsAhead: boolean;
  /**
   * Whether kernels that list spikes stop before steps that might overflow a log, so that the host need not check. Old
   * OpenCL compilers fail on this code.
   */
  readonly guardsLogs: boolean;
}

/** The macro for the size of a group, which the host passes to the compiler. */
export const groupSizeName = {
  items: 'GROUP_SIZE',
  team: 'TEAM_SIZE',
  scan: 'SCAN_SIZE',
  one: '1',
} as const satisfies Record<GroupSize, string>;

/**
 * The names that the frames of all languages define, and the names that kernel printers introduce: no name of a model
 * may hide one of them.
 */
export const frameNames: readonly string[] = (
  'item_id items local_id group_id groups share_of store_flags sum_before most_of_team raise_fault stop_after ' +
  'is_stopped ctz_u32 ctz_u64 u64_bits trust trust_i32 ' +
  'part work_group work_groups item all_items member member_of local_items sync_team share_stores in_team most here pair pairs ' +
  'begin_pair its_pair dealt chunk shares turn owner t all starts ' +
  'no_item rows arena ahead first_step sums own_sum own_most worker workers first at share_low last other ' +
  'distance marks middle this_group all_groups sync_grid steps goal arrive arrived arrivals'
).split(' ');

/** The functions of OpenCL that the text calls. */
const openclNames: readonly string[] = (
  'sqrt floor ceil trunc rint fabs popcount clz barrier f32_div f32_sqrt as_double as_float as_int as_uint ' +
  'as_long as_ulong ' +
  'atomic_add atomic_or atomic_min atom_add get_global_id get_local_id get_group_id get_global_size get_num_groups'
).split(' ');

const openclTypes = {
  bool: 'bool',
  i32: 'int',
  u32: 'uint',
  i64: 'long',
  u64: 'ulong',
  f32: 'float',
  f64: 'double',
} as const;
const openclElements = {
  u8: 'uchar',
  i8: 'char',
  u16: 'ushort',
  i16: 'short',
  u32: 'uint',
  i32: 'int',
  i64: 'long',
  f32: 'float',
  f64: 'double',
} as const;

const overloaded = (name: string): Readonly<Record<'f64' | 'f32', string>> => ({ f64: name, f32: name });

/**
 * A 64-bit sum; without atomics of 64 bits by its halves: additions commute, so the sum is right when all have
 * been made.
 */
const addLong = [
  '#ifdef INT64_ATOMICS',
  '  atom_add(address, value);',
  '#else',
  '  volatile __global uint *halves = (volatile __global uint *)address;',
  '  const uint low = (uint)value, old = atomic_add(halves, low);',
  '  const uint high = (uint)((ulong)value >> 32) + (old + low < old ? 1u : 0u);',
  '  if (high != 0u) atomic_add(halves + 1, high);',
  '#endif',
].join('\n');

/** OpenCL C 1.2. Its text is the same for all devices; macros adapt it to missing features. */
export const openclDialect: DeviceDialect = {
  name: 'OpenCL C',
  types: openclTypes,
  elementTypes: openclElements,
  longSuffix: 'L',
  notNumbers: {
    f64: { infinity: 'as_double(0x7ff0000000000000L)', nan: 'as_double(0x7ff8000000000000L)' },
    f32: { infinity: 'as_float(0x7f800000)', nan: 'as_float(0x7fc00000)' },
  },
  inlineFunction: 'static inline',
  flatFunction: '',
  kernelFunction: '',
  independentLoop: () => '',
  bufferPointer: (element, readOnly) => `__global ${readOnly ? 'const ' : ''}${openclElements[element]} *const`,
  math: {
    sqrt: { f64: 'sqrt', f32: 'f32_sqrt' },
    floor: overloaded('floor'),
    ceil: overloaded('ceil'),
    trunc: overloaded('trunc'),
    nearest: overloaded('rint'),
    abs: overloaded('fabs'),
  },
  bitCounts: {
    popcount: { u32: 'popcount', u64: 'popcount' },
    ctz: { u32: 'ctz_u32', u64: 'ctz_u64' },
    clz: { u32: 'clz', u64: 'clz' },
  },
  copyBits: (to, from, type) => `${to} = as_${type}(${from});`,
  floatFunctions: { div: { f64: undefined, f32: 'f32_div' } },
  atomicAdd: (element) => (element === 'i64' ? addLong : '  atomic_add(address, value);'),
  shared: 'volatile __global ',
  reserved: [...frameNames, ...openclNames],
  deviceKernel: (size) => `__kernel __attribute__((reqd_work_group_size(${groupSizeName[size]}, 1, 1)))`,
  global: '__global ',
  constant: '__constant ',
  longConstant: '__constant ',
  groupArray: (element, id, size) => `__local ${openclElements[element]} ${id}[${groupSizeName[size]}];`,
  gathersFlags: true,
  // Every device takes arguments of 1024 bytes.
  mostPointers: 120,
  countsAhead: false,
  guardsLogs: false,
};
