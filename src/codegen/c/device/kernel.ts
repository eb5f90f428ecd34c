/** What the printers of all kernel shapes share on devices. */

import type { Kernel } from '../../../ir/program.js';
import type { Geometry, Launch } from '../../schedule/launches.js';
import type { Scope } from '../scope.js';
import { comment, indent } from '../text.js';
import type { DeviceContext } from './context.js';
import type { GroupSize } from './dialect.js';

/** A kernel's text, and how it is launched. */
export interface DeviceKernel {
  readonly lines: readonly string[];
  readonly launch: Launch;
}

interface Parts {
  readonly size: GroupSize;
  readonly geometry: Geometry;
  /** Tables ahead of the function. */
  readonly tables?: readonly string[];
  /** Arrays of the work-group; they stand at the head of the function, as OpenCL wants. */
  readonly arrays?: readonly string[];
  readonly lines: readonly string[];
}

/** A kernel's function; the pointers that the lines use are declared at its head, or are parameters where buffers have memory of their own. */
export function deviceKernel(context: DeviceContext, kernel: Kernel, scope: Scope, parts: Parts): DeviceKernel {
  const { device } = context;
  const entry = context.kernelNames.id(kernel.name);
  const own = scope.touched().filter(({ buffer }) => context.layout.places.get(buffer.name)?.kind === 'own');
  const pointers = own.map(
    ({ buffer, readOnly }) =>
      `${device.bufferPointer(buffer.element, readOnly).replace(/const$/, '')}${context.bufferNames.id(buffer.name)}`,
  );
  const parameters = [`${device.global}${device.elementTypes.u8} *arena`, `const ${device.types.i32} step`, ...pointers];
  const stop = context.isStoppable(kernel) ? ['if (is_stopped(arena, step)) return;'] : [];
  return {
    launch: { kernel: kernel.name, entry, geometry: parts.geometry, own: own.map(({ buffer }) => buffer.name) },
    lines: [
      ...(parts.tables ?? []),
      comment(kernel.comment),
      `${device.deviceKernel(parts.size)} void ${entry}(${parameters.join(', ')})`,
      '{',
      ...indent([...(parts.arrays ?? []), ...stop, ...scope.prologue(), ...parts.lines]),
      '}',
    ],
  };
}
