/** What is dropped or pasted: is it files, and ours to take? */

/** Call it in the drop event itself: the browser forgets what was dropped afterwards. */
export function entriesOf(transfer: DataTransfer): FileSystemEntry[] {
  return [...transfer.items].flatMap((item) => (item.kind === 'file' ? (item.webkitGetAsEntry() ?? []) : []));
}

export const carriesFiles = (transfer: DataTransfer | null): boolean => transfer?.types.includes('Files') ?? false;

/** Pasted pictures are all called image.png: the moment tells them apart. */
export function pastedName(file: File, now = new Date()): File {
  if (file.name !== 'image.png') return file;
  const moment = now.toISOString().slice(0, 19).replace('T', ' ').replaceAll(':', '.');
  return new File([file], `Pasted ${moment}.png`, { type: file.type, lastModified: file.lastModified });
}
