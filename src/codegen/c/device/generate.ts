/** From a program to one source for a device, in OpenCL C or CUDA C++, and to what a host must know to launch its kernels. */

import type { Kernel, Program } from '../../../ir/program.js';
import { renderTemplate } from '../../templates/render.js';
import type { Launch } from '../../schedule/launches.js';
import { bodyOfLocals, functionText, statementsText } from '../body.js';
import { helpersText } from '../helpers.js';
import { Scope } from '../scope.js';
import { commentText, indent, render } from '../text.js';
import { deviceTrustLines } from '../trust.js';
import type { TrustWords } from '../trust.js';
import { deviceCompactKernel } from './compact.js';
import { DeviceContext } from './context.js';
import type { TargetStrategy } from './context.js';
import { cudaDialect } from './cuda-dialect.js';
import { openclDialect } from './dialect.js';
import type { DeviceDialect } from './dialect.js';
import { deviceKernel } from './kernel.js';
import type { DeviceKernel } from './kernel.js';
import type { DeviceLayout } from './layout.js';
import { deviceMapKernel } from './map.js';
import { devicePropagateKernel } from './propagate.js';

/** A program for a device. */
export interface GeneratedDevice {
  readonly source: string;
  readonly layout: DeviceLayout;
  /** By name of the kernel in the program. */
  readonly launches: ReadonlyMap<string, Launch>;
}

function kernelText(context: DeviceContext, kernel: Kernel): DeviceKernel {
  switch (kernel.shape) {
    case 'map':
      return deviceMapKernel(context, kernel);
    case 'compact':
      return deviceCompactKernel(context, kernel);
    case 'propagate':
      return devicePropagateKernel(context, kernel);
    case 'sequential': {
      const scope = new Scope(context, { atomic: false, gathered: false });
      const lines = statementsText(bodyOfLocals(scope, kernel.locals, kernel.body, ['step']), kernel.body);
      return deviceKernel(context, kernel, scope, { size: 'one', geometry: { kind: 'one' }, lines });
    }
  }
}

/** All kernels of a program, in its order. */
export const deviceKernels = (context: DeviceContext): readonly DeviceKernel[] =>
  context.program.kernels.map((kernel) => kernelText(context, kernel));

/** A language with its frame, and the words of its trust kernel. */
interface Frame {
  readonly dialect: DeviceDialect;
  readonly template: string;
  readonly words: TrustWords;
  /** Type of the pointer to the operands of checks. */
  readonly operands: string;
}

const openclFrame: Frame = {
  dialect: openclDialect,
  template: 'opencl-program',
  words: {
    bits: 'u64_bits',
    sqrt: openclDialect.math.sqrt,
    nearest: openclDialect.math.nearest.f64,
    toInteger: 'trust_i32',
    unsigned: { 32: 'uint', 64: 'ulong' },
    divideFloats: 'f32_div',
  },
  operands: '__global const double *',
};

const cudaFrame: Frame = {
  dialect: cudaDialect,
  template: 'cuda-program',
  words: {
    bits: 'u64_bits',
    sqrt: cudaDialect.math.sqrt,
    nearest: cudaDialect.math.nearest.f64,
    toInteger: 'trust_i32',
    unsigned: { 32: 'unsigned', 64: 'unsigned long long' },
  },
  operands: 'const double *',
};

function generate(program: Program, targets: TargetStrategy, { dialect, template, words, operands }: Frame): GeneratedDevice {
  const context = new DeviceContext(program, dialect, targets);
  const functions = program.functions.flatMap((callee) => [...functionText(context, callee), '']);
  const kernels = deviceKernels(context);
  const source = renderTemplate(template, {
    title: commentText(program.name),
    helpers: render(helpersText(context.used, dialect)),
    functions: render(functions),
    kernels: render(kernels.flatMap(({ lines }) => [...lines, ''])),
    trust: render(indent(deviceTrustLines(words, operands))),
  });
  return { source, layout: context.layout, launches: new Map(kernels.map(({ launch }) => [launch.kernel, launch])) };
}

/**
 * The OpenCL C source of a program. It depends on no device, and on nothing that a seed or data sets.
 *
 * @param targets  how spikes are spread over work-items where their targets allow it; changes no bit
 * @returns text that is the same for equal programs
 */
export const generateOpencl = (program: Program, targets: TargetStrategy): GeneratedDevice => generate(program, targets, openclFrame);

/** The CUDA C++ source of a program, likewise. */
export const generateCuda = (program: Program, targets: TargetStrategy): GeneratedDevice => generate(program, targets, cudaFrame);
