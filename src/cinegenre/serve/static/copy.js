// Copies a result as JSON or as the genre tags of a .nfo file.

/** Puts text on the clipboard; a page without TLS on another host can only use the older way. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    area.setAttribute("aria-label", "Text to copy");
    document.body.append(area);
    const before = document.activeElement;
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    before?.focus();
    return done;
  }
}

export const asJson = (result) => `${JSON.stringify(result, null, 2)}\n`;

/** One <genre> element per line, as Kodi and Jellyfin read them. */
export function asNfo(result) {
  return result.genres.map((genre) => `<genre>${escaped(genre)}</genre>\n`).join("");
}

function escaped(text) {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

/** Lets the person save a text as a file. */
export function save(name, text, type) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
