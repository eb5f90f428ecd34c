/** The clock that HDF5 takes the times of datasets from. */

/**
 * HDF5 stores the time of changes in each dataset, from `Date.now`; it has no other switch. The clock is restored
 * before any other code can run.
 */
export function withClock<T>(time: number, action: () => T): T {
  const { now } = Date;
  Date.now = () => time;
  try {
    return action();
  } finally {
    Date.now = now;
  }
}
