import type { Hdf5File } from '../../translators/shared/hdf5.js';
import type { TreeRequest } from './tree-request.js';

/** Returns the tree of a file, or the reason why it cannot be read. */
export function treeOf(
  open: () => { close(): unknown },
  library: { readonly Group: unknown; readonly Dataset: unknown },
  request: TreeRequest,
  buffers?: ArrayBuffer[],
): Hdf5File;
