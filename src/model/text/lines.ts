/** Lines and columns of offsets in a text, computed when first asked for. */
export interface Lines {
  /** Line and column, both from 1, of the character at `offset`. */
  at(offset: number): { readonly line: number; readonly column: number };
  /** Offset just after the last character of the line that `offset` is on. */
  endOfLine(offset: number): number;
}

/** @param text  any text; `\n`, `\r\n` and `\r` end a line */
export function linesOf(text: string): Lines {
  let starts: number[] | undefined;
  const lineStarts = (): number[] => (starts ??= findStarts(text));
  const at: Lines['at'] = (offset) => {
    const all = lineStarts();
    let low = 0;
    let high = all.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((all[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (all[low] ?? 0) + 1 };
  };
  const endOfLine: Lines['endOfLine'] = (offset) => {
    const next = lineStarts()[at(offset).line];
    if (next === undefined) return Math.max(offset, text.length);
    const isWindows = text[next - 1] === '\n' && text[next - 2] === '\r';
    return Math.max(offset, next - (isWindows ? 2 : 1));
  };
  return { at, endOfLine };
}

function findStarts(text: string): number[] {
  const starts = [0];
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 10) starts.push(index + 1);
    else if (code === 13 && text.charCodeAt(index + 1) !== 10) starts.push(index + 1);
  }
  return starts;
}
