/** Files of a drop: those of folders have their paths from the folder on. */

/** Most files that are taken: a home folder may be dropped by mistake. */
export const mostFiles = 5000;

/** Returns the files and folders of a drop. Their list is empty once the event is over. */
export const droppedEntries = ({ items }: DataTransfer): readonly FileSystemEntry[] =>
  [...items].flatMap((item) => item.webkitGetAsEntry() ?? []);

/** Returns the files that were dropped, with those of folders. @throws Error for more files than a model has */
export async function droppedFiles(
  entries: readonly FileSystemEntry[],
): Promise<readonly (readonly [path: string, file: File])[]> {
  const files: (readonly [path: string, file: File])[] = [];
  const folders: FileSystemDirectoryEntry[] = [];
  const take = async (entry: FileSystemEntry): Promise<void> => {
    if (entry.name.startsWith('.')) return;
    if (isFolder(entry)) folders.push(entry);
    else if (isFile(entry)) files.push([entry.fullPath.replace(/^\//, ''), await fileOf(entry)]);
    if (files.length > mostFiles)
      throw new Error(`there are more than ${mostFiles} files: drop the folder of one model`);
  };
  for (const entry of entries) await take(entry);
  for (const folder of folders) for (const entry of await entriesOf(folder)) await take(entry);
  return files;
}

const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;
const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;

const fileOf = (entry: FileSystemFileEntry): Promise<File> =>
  new Promise((resolve, reject) => entry.file(resolve, reject));

/** Lists a folder, which browsers do in parts. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<readonly FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (part.length === 0) return all;
    all.push(...part);
  }
}
