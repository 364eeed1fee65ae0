/** Which files of a folder are sent: what the server takes, each with its sidecar. The others are named, not sent. */
import type { Found } from './item';

/** Extensions with their dot, in lower case. */
export interface MediaTypes {
  image: readonly string[];
  video: readonly string[];
  sidecar: readonly string[];
}

export interface Sorted {
  send: (Found & { sidecar: File | null })[];
  leftOut: string[];
}

/** What systems put into folders for themselves: nobody misses it. */
const LITTER = /^(\.|Thumbs\.db$|desktop\.ini$)/i;

export function extensionOf(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(dot).toLowerCase() : '';
}

/** @param types null while the server could not be asked: then it judges each file itself. */
export function sortOut(folder: readonly Found[], types: MediaTypes | null): Sorted {
  const sidecarTypes = new Set(types?.sidecar ?? ['.xmp']);
  const mediaTypes = types && new Set([...types.image, ...types.video]);
  const isSidecar = ({ file }: Found) => sidecarTypes.has(extensionOf(file.name));
  const isMedia = ({ file }: Found) => !mediaTypes || mediaTypes.has(extensionOf(file.name));

  const visible = folder.filter(({ file }) => !LITTER.test(file.name));
  const sidecars = new Map(visible.filter(isSidecar).map((found) => [sidecarKey(found.file.name), found]));
  const used = new Set<Found>();
  const send: Sorted['send'] = [];
  for (const found of visible) {
    if (isSidecar(found) || !isMedia(found)) continue;
    // "IMG_1.jpg.xmp" belongs to one file; "IMG_1.xmp" to all of that name, as cameras write it beside RAW and JPEG.
    const name = found.file.name.toLowerCase();
    const sidecar = sidecars.get(name) ?? sidecars.get(name.slice(0, name.length - extensionOf(name).length));
    if (sidecar) used.add(sidecar);
    send.push({ ...found, sidecar: sidecar?.file ?? null });
  }
  const leftOut = visible.filter((found) => (isSidecar(found) ? !used.has(found) : !isMedia(found)));
  return { send, leftOut: leftOut.map(({ path }) => path) };
}

/** A sidecar's name without its own extension. */
const sidecarKey = (name: string) => name.slice(0, name.lastIndexOf('.')).toLowerCase();
