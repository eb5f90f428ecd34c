/** Durations, sizes and counts as people write them. */

/** `1.234 s`, `12.3 ms`: a duration in seconds to three digits, in the unit that suits it. */
export function formatDuration(seconds: number): string {
  if (seconds >= 120) return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
  for (const [scale, unit] of [
    [1, 's'],
    [1e-3, 'ms'],
    [1e-6, 'us'],
  ] as const) {
    if (seconds >= scale) return `${Number((seconds / scale).toPrecision(3))} ${unit}`;
  }
  return seconds === 0 ? '0 s' : `${seconds.toPrecision(3)} s`;
}

/** `12.3 MB`: bytes in powers of 1000. */
export function formatBytes(bytes: number): string {
  for (const [scale, unit] of [
    [1e9, 'GB'],
    [1e6, 'MB'],
    [1e3, 'kB'],
  ] as const) {
    if (bytes >= scale) return `${Number((bytes / scale).toPrecision(3))} ${unit}`;
  }
  return `${bytes} B`;
}

/** `4,000`: groups of three digits. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}
