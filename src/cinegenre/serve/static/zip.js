// Reading a zip: its list of entries, and one entry at a time, stored or deflated, of bounded size.

import { ApiError } from "./api.js";

const LARGEST = 40_000_000; // bytes of an unpacked entry
const MOST = 200_000; // entries
const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;

/** Entries of a zip as Map name → {size, blob()}; blob() unpacks. Raises ApiError for no zip. */
export async function unzip(file) {
  const tail = await view(file, Math.max(0, file.size - 65_557), file.size);
  let at = tail.byteLength - 22;
  while (at >= 0 && tail.getUint32(at, true) !== END) at -= 1;
  if (at < 0) throw fault(`“${file.name}” is not a complete zip file`, "Choose the posters themselves, or zip them again");
  const count = tail.getUint16(at + 10, true);
  const size = tail.getUint32(at + 12, true);
  const start = tail.getUint32(at + 16, true);
  if (count === 0xffff || start === 0xffffffff) throw fault(`“${file.name}” is a zip64 file, which this page cannot read`, "Split it, or choose the posters themselves");
  if (count > MOST || start + size > file.size) throw fault(`“${file.name}” is not a complete zip file`, "Zip it again");
  return listed(file, await view(file, start, start + size), count);
}

function listed(file, list, count) {
  const entries = new Map();
  let at = 0;
  for (let i = 0; i < count; i += 1) {
    if (at + 46 > list.byteLength || list.getUint32(at, true) !== CENTRAL) throw fault(`the list of “${file.name}” is broken`, "Pack it anew");
    const flags = list.getUint16(at + 8, true);
    const [nameLength, extra, comment] = [28, 30, 32].map((place) => list.getUint16(at + place, true));
    const bytes = new Uint8Array(list.buffer, list.byteOffset + at + 46, Math.min(nameLength, list.byteLength - at - 46));
    const entry = {
      method: list.getUint16(at + 10, true), locked: (flags & 1) === 1,
      packed: list.getUint32(at + 20, true), size: list.getUint32(at + 24, true), offset: list.getUint32(at + 42, true),
    };
    const name = new TextDecoder().decode(bytes);
    if (!name.endsWith("/") && !name.startsWith("__MACOSX/")) {
      entries.set(name, { size: entry.size, blob: () => unpacked(file, name, entry) });
    }
    at += 46 + nameLength + extra + comment;
  }
  return entries;
}

async function unpacked(file, name, entry) {
  if (entry.locked) throw fault(`“${name}” in the zip is locked with a password`, "Pack it without one");
  if (entry.size > LARGEST) throw fault(`“${name}” in the zip is too large`, `At most ${LARGEST / 1e6} MB`);
  const head = await view(file, entry.offset, entry.offset + 30);
  if (head.byteLength < 30 || head.getUint32(0, true) !== LOCAL) throw fault(`“${name}” in the zip is broken`, "Pack it anew");
  const start = entry.offset + 30 + head.getUint16(26, true) + head.getUint16(28, true);
  const raw = file.slice(start, start + entry.packed);
  if (entry.method === 0) return raw;
  if (entry.method !== 8) throw fault(`“${name}” is packed in a way that is not read (method ${entry.method})`, "Pack with deflate");
  return inflated(name, raw);
}

/** Stops once more comes out than is allowed, whatever the zip says of its size. */
async function inflated(name, raw) {
  const parts = [];
  let size = 0;
  const reader = raw.stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return new Blob(parts);
      size += value.length;
      if (size > LARGEST) throw fault(`“${name}” in the zip is too large`, `At most ${LARGEST / 1e6} MB`);
      parts.push(value);
    }
  } catch (error) {
    if (error instanceof ApiError) {
      reader.cancel().catch(() => {});
      throw error;
    }
    throw fault(`“${name}” in the zip is broken`, "Pack it anew");
  }
}

async function view(file, start, end) {
  return new DataView(await file.slice(start, end).arrayBuffer());
}

function fault(message, cure) {
  return new ApiError({ code: "zip", message, cure });
}
