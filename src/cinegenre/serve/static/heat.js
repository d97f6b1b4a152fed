// A heat map over the poster: a small grid of weights, drawn smoothly.

const FOR = [230, 159, 0];
const AGAINST = [0, 114, 178];
const FAINT = 0.01; // log-odds a cell; maps that stay below it are drawn pale
const STRONGEST = 0.8;

/** Draws `weights` (rows of columns) into a canvas of the picture's proportions. */
export function heat(weights, width, height) {
  const rows = weights.length;
  const columns = weights[0].length;
  const most = Math.max(FAINT, ...weights.flat().map(Math.abs));
  // Two layers, because halfway between orange and blue must be no colour, not their mixture.
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  for (const [colour, sign] of [[FOR, 1], [AGAINST, -1]]) {
    const pixels = new ImageData(columns, rows);
    weights.flat().forEach((weight, i) => {
      const strength = Math.max(0, weight * sign / most) * STRONGEST;
      pixels.data.set([...colour, Math.round(strength * 255)], i * 4);
    });
    context.drawImage(grid(pixels), 0, 0, width, height);
  }
  return canvas;
}

function grid(pixels) {
  const canvas = document.createElement("canvas");
  canvas.width = pixels.width;
  canvas.height = pixels.height;
  canvas.getContext("2d").putImageData(pixels, 0, 0);
  return canvas;
}

/** The map in words: the sums for and against the genre, and where. */
export function totals(weights) {
  const cells = weights.flat();
  const sum = (sign) => cells.filter((weight) => weight * sign > 0).reduce((a, b) => a + b, 0);
  const best = cells.indexOf(Math.max(...cells));
  const [rows, columns] = [weights.length, weights[0].length];
  const third = (place, count) => Math.min(2, Math.floor(place / count * 3));
  const down = ["upper", "middle", "lower"][third(Math.floor(best / columns), rows)];
  const across = ["left", "centre", "right"][third(best % columns, columns)];
  return { supports: sum(1), against: sum(-1), where: `${down} ${across}` };
}
