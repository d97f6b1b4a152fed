// Numbers and lists as a person reads them.

/** 0.984 → "98 %"; what is above 0 never reads as 0. */
export function percent(p) {
  if (p > 0 && p < 0.005) return "<1 %";
  if (p < 1 && p >= 0.995) return ">99 %";
  return `${Math.round(p * 100)} %`;
}

/** A difference of probabilities in points: "+12", "−3", "±0". */
export function points(difference) {
  const whole = Math.round(difference * 100);
  if (whole === 0) return "±0";
  return whole > 0 ? `+${whole}` : `−${-whole}`;
}

/** Log-odds with their sign, "+0.42". */
export const signed = (value) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`;

/** "a, b and c" */
export function listed(names) {
  if (names.length < 2) return names.join("");
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** "1 film", "3 films" */
export const counted = (count, noun) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;

/** A text with a capital at its start and a full stop at its end. */
export function sentence(text) {
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?…]$/.test(first) ? first : `${first}.`;
}

/** Bytes as "3.2 MB". */
export const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
