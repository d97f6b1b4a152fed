// Pictures: read by the browser and reduced in size before they are sent.

const PIXELS = 1_000_000;
const BYTES = 1_500_000;
const SENT_AS_IT_IS = new Set(["image/jpeg", "image/png", "image/webp", "image/gif"]);

/**
 * A picture as it is sent: {blob, readable, shrunk}. One of more than a megapixel is drawn smaller
 * (the model looks at far fewer pixels). What the browser cannot read goes as it is: the service
 * may know the format, and else says what is wrong.
 */
export async function prepared(file) {
  let bitmap;
  try {
    bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return { blob: file, readable: false, shrunk: false };
  }
  try {
    const pixels = bitmap.width * bitmap.height;
    if (pixels <= PIXELS && file.size <= BYTES && SENT_AS_IT_IS.has(file.type)) {
      return { blob: file, readable: true, shrunk: false };
    }
    const scale = Math.min(1, Math.sqrt(PIXELS / pixels));
    const blob = drawn(bitmap, bitmap.width * scale, bitmap.height * scale);
    return { blob, readable: true, shrunk: scale < 1 };
  } finally {
    bitmap.close();
  }
}

/** A picture drawn over white at a size, as JPEG. */
export function drawn(source, width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width));
  canvas.height = Math.max(1, Math.round(height));
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "high";
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  // Not toBlob(): Chromium encodes there when it has nothing else to do, up to seven seconds later.
  // A megapixel takes some hundredths of a second.
  const [head, data] = canvas.toDataURL("image/jpeg", 0.9).split(",");
  if (!head.startsWith("data:image/jpeg")) throw new Error("no picture");
  return new Blob([Uint8Array.from(atob(data), (byte) => byte.charCodeAt(0))], { type: "image/jpeg" });
}

/** A blob in base64, without the head of a data address. */
export function base64(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}
