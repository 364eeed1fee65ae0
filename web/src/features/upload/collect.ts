/**
 * What was dropped, as files: folders are walked to their end, in the order people see them (names with numbers by
 * their numbers, a folder's own files before its subfolders).
 */
import type { Found } from './item';

/** Beyond these, the rest is left out and said so: a dropped "C:\" is an accident. */
export interface WalkLimits {
  depth: number;
  files: number;
}
const LIMITS: WalkLimits = { depth: 24, files: 100_000 };
/** Ten thousand answers in one task would hold up the page for seconds. */
const AT_ONCE = 100;

export interface Walk {
  /** One list for each folder: a sidecar lies beside its photo. */
  folders: AsyncIterable<Found[]>;
  /** After the walk: folders and files that could not be read, and whether a limit ended it. */
  unreadable: string[];
  truncated: boolean;
}

export function walk(entries: readonly FileSystemEntry[], limits: WalkLimits = LIMITS): Walk {
  const result: Walk = { folders: undefined as never, unreadable: [], truncated: false };
  result.folders = visit(entries, limits.depth, { left: limits.files }, result);
  return result;
}

async function* visit(
  entries: readonly FileSystemEntry[],
  depth: number,
  budget: { left: number },
  result: Walk,
): AsyncGenerator<Found[]> {
  const sorted = [...entries].sort((a, b) => byName.compare(a.name, b.name));
  const files = sorted.filter((entry): entry is FileSystemFileEntry => entry.isFile);
  if (files.length > budget.left) result.truncated = true;
  const taken = files.slice(0, budget.left);
  budget.left -= taken.length;

  const found: Found[] = [];
  for (let at = 0; at < taken.length; at += AT_ONCE) {
    const some = await Promise.all(taken.slice(at, at + AT_ONCE).map((entry) => readFile(entry, result)));
    found.push(...some.flatMap((file) => file ?? []));
  }
  if (taken.length > 0) yield found;

  for (const entry of sorted) {
    if (!entry.isDirectory) continue;
    if (depth === 0 || budget.left === 0) {
      result.truncated = true;
      return;
    }
    yield* visit(await readFolder(entry as FileSystemDirectoryEntry, result), depth - 1, budget, result);
  }
}

const byName = new Intl.Collator(undefined, { numeric: true });

/** The browser gives a leading slash, and backslashes nowhere. */
const pathOf = (entry: FileSystemEntry) => entry.fullPath.replace(/^\//, '');

async function readFile(entry: FileSystemFileEntry, result: Walk): Promise<Found | null> {
  try {
    return { file: await new Promise<File>((resolve, reject) => entry.file(resolve, reject)), path: pathOf(entry) };
  } catch {
    result.unreadable.push(pathOf(entry));
    return null;
  }
}

/** readEntries gives at most 100 at a time, and nothing at the end. */
async function readFolder(entry: FileSystemDirectoryEntry, result: Walk): Promise<FileSystemEntry[]> {
  const reader = entry.createReader();
  const entries: FileSystemEntry[] = [];
  try {
    for (;;) {
      const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
      if (some.length === 0) return entries;
      entries.push(...some);
    }
  } catch {
    result.unreadable.push(pathOf(entry));
    return entries;
  }
}

/** Chosen or pasted files, by folder like a walk. */
export function byFolder(files: Iterable<File>): Found[][] {
  const folders = new Map<string, Found[]>();
  for (const file of files) {
    const path = file.webkitRelativePath || file.name;
    const folder = path.slice(0, path.lastIndexOf('/') + 1);
    const list = folders.get(folder) ?? [];
    list.push({ file, path });
    folders.set(folder, list);
  }
  return [...folders.values()];
}
