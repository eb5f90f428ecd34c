/**
 * The interface to the machine on which the program runs. `node.ts` implements it for Node, and `site/platform.ts` for
 * browsers; a build takes the one that `#platform` in `package.json` names. Code of both builds imports nothing of
 * Node.
 */

/** A SHA-256 digest of data that comes in pieces. */
export interface Sha256 {
  /** Adds bytes, or text in UTF-8. */
  update(data: string | Uint8Array): Sha256;
  /** Returns a digest that continues separately. */
  copy(): Sha256;
  /** Ends the digest. @returns 64 hexadecimal digits */
  hex(): string;
  /** Ends the digest. @returns 32 bytes */
  bytes(): Uint8Array;
}

/** Conversions between bytes and text. */
export interface Bytes {
  toBase64(bytes: Uint8Array): string;
  fromBase64(text: string): Uint8Array;
  /** Returns one character for each byte. */
  latin1(bytes: Uint8Array): string;
  /** Decodes UTF-8; a byte order mark stays. */
  utf8(bytes: Uint8Array): string;
  isAscii(bytes: Uint8Array): boolean;
  isUtf8(bytes: Uint8Array): boolean;
  /** Compresses text in UTF-8, in the format of zlib. */
  deflate(text: string): Uint8Array;
  /**
   * Inflates bytes in the format of zlib or gzip; undefined if the result is longer than `longest`.
   *
   * @throws if damaged
   */
  inflate(bytes: Uint8Array, longest: number): Uint8Array | undefined;
}

/** Names of files. */
export interface Paths {
  readonly sep: string;
  basename(path: string, suffix?: string): string;
  dirname(path: string): string;
  extname(path: string): string;
  isAbsolute(path: string): boolean;
  join(...parts: string[]): string;
  /** Returns the last part of a path, with and without its suffix. */
  parse(path: string): { readonly base: string; readonly name: string; readonly ext: string };
  resolve(...parts: string[]): string;
}

/** Facts about a file or a folder. */
export interface FileStatus {
  readonly kind: 'file' | 'folder' | 'other';
  /** Bytes of a file. */
  readonly size: number;
}

/** Files of the user, to read. All methods throw errors with a `code`, such as `ENOENT`. */
export interface Files {
  status(path: string): FileStatus;
  /** Returns the absolute path with links resolved. */
  real(path: string): string;
  read(path: string): Uint8Array;
  /** Returns the content in pieces of at most `most` bytes, waiting for pipes; 0 is standard input. */
  pieces(path: string | 0, most: number): Iterable<Uint8Array>;
  /** Returns the bytes that a folder has room for; NaN if that is not known. */
  room(folder: string): number;
  /** Returns names in a folder. */
  list(folder: string): readonly string[];
  /** Folders that hold files of several purposes, such as the home folder, and folders that hold home folders. */
  shared(): { readonly folders: readonly string[]; readonly homes: readonly string[] };
  /** Returns a path for files that others receive: without home folders and names of users. */
  shareable(path: string): string;
  /** Calls `read` with a new folder that holds files, by their paths in it. The folder is removed. */
  inFolder<T>(contents: ReadonlyMap<string, string | Uint8Array>, read: (folder: string) => T | Promise<T>): Promise<T>;
}

/** A file without a name, which is gone when the process ends. Its methods throw errors of the system. */
export interface ScratchFile {
  /** Adds bytes at the end. */
  append(bytes: Uint8Array): void;
  /** Fills `into` with the bytes from `at` on. */
  read(into: Uint8Array, at: number): void;
  close(): void;
}

/** Room on the disk for data that does not fit in memory. */
export interface Scratch {
  /** Returns a name that no other file has. @param folder  absent: the system's folder for temporary files */
  path(folder: string | undefined, name: string): string;
  open(path: string): ScratchFile;
}

/** A thread that answers requests, one at a time. */
export interface Thread {
  /** Resolves to the answer. Rejects if the thread fails or ends. */
  ask(request: unknown): Promise<unknown>;
  /** Ends the thread in any state. */
  end(): Promise<void>;
}

/** The machine. */
export interface Machine {
  /** Bytes that this process may have. */
  memory(): number;
  /** Threads that run at once. */
  parallelism(): number;
  /** Returns the name of the system and the architecture. */
  system(): string;
  processor(): string;
  /** Versions of what runs the program, by name. */
  versions(): Readonly<Record<string, string>>;
  /** Returns a variable of the environment. */
  variable(name: string): string | undefined;
}

/** The machine that the program runs on. */
export interface Platform {
  sha256(): Sha256;
  readonly bytes: Bytes;
  readonly paths: Paths;
  /** With `/` on all machines. */
  readonly posix: Paths;
  readonly files: Files;
  readonly machine: Machine;
  /** Null where there is no disk. */
  readonly scratch: Scratch | null;
  /** Returns the text of a file that comes with the program, by its path in the repository. */
  asset(path: string): string;
  /** Returns names of such files in a folder. */
  assets(folder: string): readonly string[];
  /**
   * Starts a thread; null without threads.
   *
   * @param source  text of a function that takes `data` and returns a function from request to answer
   */
  readonly startThread: ((source: string, data: unknown) => Thread) | null;
  /** Lets timers, signals and messages be handled. */
  pause(): Promise<void>;
}
