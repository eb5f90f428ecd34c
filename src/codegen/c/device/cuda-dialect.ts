/** CUDA C++, for NVRTC and nvcc: no header is needed. */

import { frameNames, groupSizeName } from './dialect.js';
import type { DeviceDialect } from './dialect.js';

const types = {
  bool: 'bool',
  i32: 'int',
  u32: 'unsigned',
  i64: 'long long',
  u64: 'unsigned long long',
  f32: 'float',
  f64: 'double',
} as const;
const elements = {
  u8: 'unsigned char',
  i8: 'signed char',
  u16: 'unsigned short',
  i16: 'short',
  u32: 'unsigned',
  i32: 'int',
  i64: 'long long',
  f32: 'float',
  f64: 'double',
} as const;

const bothWidths = (name: string): Readonly<Record<'f64' | 'f32', string>> => ({ f64: name, f32: `${name}f` });

/** Returns the intrinsic of an operation that is rounded once and never contracted, for any compiler options. */
const rounded = (operation: string): Readonly<Record<'f64' | 'f32', string>> => ({
  f64: `__d${operation}_rn`,
  f32: `__f${operation}_rn`,
});

/** The functions of CUDA that the text calls. */
const cudaNames: readonly string[] = (
  'floor floorf ceil ceilf trunc truncf rint rintf fabs fabsf atomicAdd atomicOr atomicMin memcpy __shfl_up_sync ' +
  'threadIdx blockIdx blockDim gridDim warpSize'
).split(' ');

/** CUDA C++. Arithmetic uses intrinsics, as a second safeguard besides the compiler's options. */
export const cudaDialect: DeviceDialect = {
  name: 'CUDA C++',
  types,
  elementTypes: elements,
  longSuffix: 'LL',
  notNumbers: {
    f64: { infinity: '__longlong_as_double(0x7ff0000000000000LL)', nan: '__longlong_as_double(0x7ff8000000000000LL)' },
    f32: { infinity: '__int_as_float(0x7f800000)', nan: '__int_as_float(0x7fc00000)' },
  },
  inlineFunction: 'static __device__ __forceinline__',
  flatFunction: '',
  kernelFunction: '',
  independentLoop: () => '',
  // No two buffers overlap, and read-only buffers may use the read-only cache.
  bufferPointer: (element, readOnly, shared = false) =>
    `${readOnly ? 'const ' : ''}${elements[element]} *${shared ? '' : '__restrict__ '}const`,
  math: {
    sqrt: rounded('sqrt'),
    floor: bothWidths('floor'),
    ceil: bothWidths('ceil'),
    trunc: bothWidths('trunc'),
    nearest: bothWidths('rint'),
    abs: bothWidths('fabs'),
  },
  bitCounts: {
    popcount: { u32: '__popc', u64: '__popcll' },
    ctz: { u32: 'ctz_u32', u64: 'ctz_u64' },
    clz: { u32: '__clz', u64: '__clzll' },
  },
  copyBits: (to, from) => `memcpy(&${to}, &${from}, sizeof ${to});`,
  floatFunctions: { add: rounded('add'), sub: rounded('sub'), mul: rounded('mul'), div: rounded('div') },
  atomicAdd: (element) =>
    element === 'i64'
      ? '  atomicAdd((unsigned long long *)address, (unsigned long long)value);'
      : '  atomicAdd(address, value);',
  shared: '',
  reserved: [...frameNames, ...cudaNames],
  deviceKernel: (size) => `extern "C" __global__ __launch_bounds__(${groupSizeName[size]})`,
  global: '',
  constant: 'static __constant__ const ',
  longConstant: 'static __device__ const ',
  groupArray: (element, id, size) => `__shared__ ${elements[element]} ${id}[${groupSizeName[size]}];`,
  gathersFlags: false,
  // Arguments of 4096 bytes.
  mostPointers: 500,
  countsAhead: true,
  guardsLogs: true,
};
