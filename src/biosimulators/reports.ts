/** Reports of an execution as one HDF5 file. @source biosimulators_utils 0.2, report.io */

import { hdf5File } from '#hdf5';
import type { Group } from 'h5wasm';

/** A report with its values. */
export interface ReportTable {
  /** Path of its SED-ML document in the archive. */
  readonly location: string;
  readonly id: string;
  readonly name: string;
  readonly dataSets: readonly {
    readonly id: string;
    readonly name: string;
    readonly label: string;
    readonly values: Float64Array;
  }[];
}

/** Returns the bytes of `reports.h5`: a dataset `LOCATION/REPORT` for each report, with a row for each data set. */
export const reportsFile = (reports: readonly ReportTable[]): Promise<Uint8Array> =>
  hdf5File((file) => {
    const groups = new Map<string, Group>([['', file]]);
    for (const { location, id, name, dataSets } of reports) {
      const group = groupAt(groups, location);
      const points = Math.max(0, ...dataSets.map(({ values }) => values.length));
      const data = new Float64Array(dataSets.length * points).fill(NaN);
      dataSets.forEach(({ values }, row) => data.set(values, row * points));
      const dataset = group.create_dataset({ name: id, data, shape: [dataSets.length, points], dtype: '<d' });
      const texts = {
        _type: 'SedReport',
        uri: `${location}/${id}`,
        sedmlId: id,
        sedmlName: name,
        sedmlDataSetIds: dataSets.map((dataSet) => dataSet.id),
        sedmlDataSetNames: dataSets.map((dataSet) => dataSet.name),
        sedmlDataSetLabels: dataSets.map((dataSet) => dataSet.label),
        sedmlDataSetDataTypes: dataSets.map(() => 'float64'),
        sedmlDataSetShapes: dataSets.map(({ values }) => String(values.length)),
      };
      for (const [key, value] of Object.entries(texts))
        if (typeof value === 'string') dataset.create_attribute(key, value);
        else dataset.create_attribute(key, value, [value.length], 'S');
    }
  });

/** Returns the group of a document, with those that enclose it. */
function groupAt(groups: Map<string, Group>, path: string): Group {
  const known = groups.get(path);
  if (known) return known;
  const at = path.lastIndexOf('/');
  const group = groupAt(groups, path.slice(0, Math.max(0, at))).create_group(path.slice(at + 1));
  group.create_attribute('uri', path);
  group.create_attribute('combineArchiveLocation', path);
  groups.set(path, group);
  return group;
}
