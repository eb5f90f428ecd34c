/** Lines of a capability at most, and where its files are. */
interface Capability {
  readonly files: readonly string[];
  readonly ceiling: number;
  /** Why the ceiling was raised, or why the capability is new. */
  readonly reason?: string;
}

/** Capabilities by name, their lines, and files that none has. */
export function sizes(): {
  readonly capabilities: Readonly<Record<string, Capability>>;
  readonly lines: ReadonlyMap<string, number>;
  readonly unassigned: readonly string[];
};
