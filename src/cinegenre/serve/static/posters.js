// The posters of a batch: files chosen or packed in a zip, found by name or by a film's id.

import { unzip } from "./zip.js";

const PICTURE = /\.(jpe?g|png|webp|gif|bmp|tiff?|avif)$/i;
const ENDS = ["jpg", "jpeg", "png", "webp", "avif", "gif", "bmp", "tif", "tiff"];

/** {count, find(cell, id)}: find gives async () => Blob, or null. Raises ApiError for a broken zip. */
export async function posters(files) {
  const found = new Map(); // a name's last part, in small letters → how to get it
  const add = (name, blob) => {
    if (PICTURE.test(name)) found.set(last(name), blob);
  };
  for (const file of files) {
    if (!/\.zip$/i.test(file.name)) add(file.name, async () => file);
    else for (const [name, entry] of await unzip(file)) add(name, entry.blob);
  }
  return {
    count: found.size,
    find(cell, id) {
      const names = cell ? [last(cell), ...ENDS.map((end) => `${last(cell)}.${end}`)] : id ? ENDS.map((end) => `${last(id)}.${end}`) : [];
      const name = names.find((wanted) => found.has(wanted));
      return name === undefined ? null : found.get(name);
    },
  };
}

const last = (name) => name.trim().split(/[/\\]/).at(-1).toLowerCase();
