// Sending many films in parts: as many at once as the service takes, waiting where it is busy.

import { ApiError, call } from "./api.js";
import { base64, prepared } from "./image.js";

const AT_ONCE = 32; // smaller parts than the service allows show progress and stop sooner
const ROOM = 0.9; // of the service's body limit
const TRIES = 4;

/**
 * Sends those of `films` that have neither answer nor error. `told({waiting})` hears of progress.
 * Raises the ApiError that stops everything (no network, no token, a broken service); what is
 * answered by then stays, and calling again goes on.
 */
export async function send(films, limits, find, told, signal) {
  const waiting = films.filter((film) => !film.answer && !film.error);
  const most = Math.min(limits.films, AT_ONCE);
  let part = [];
  let bytes = 0;
  for (const film of waiting) {
    const body = await bodyOf(film, find);
    signal.throwIfAborted();
    const size = new Blob([JSON.stringify(body)]).size;
    if (size > limits.body_bytes * ROOM) {
      film.error = "Text and poster together are too large for the service. Shorten the text or shrink the poster.";
      continue;
    }
    if (part.length === most || bytes + size > limits.body_bytes * ROOM) {
      await ask(part, told, signal);
      [part, bytes] = [[], 0];
    }
    part.push([film, body]);
    bytes += size + 1;
  }
  if (part.length) await ask(part, told, signal);
  told({});
}

async function bodyOf(film, find) {
  const body = Object.fromEntries(["title", "overview", "companies", "people"].map((field) => [field, film[field]]).filter(([, value]) => value.length));
  if (film.id) body.id = film.id;
  const poster = find(film.poster, film.id);
  film.note = film.poster && !poster ? `the poster ${film.poster} is not among the files chosen` : null;
  if (!poster) return body;
  try {
    body.poster = await base64((await prepared(await poster())).blob);
  } catch (error) {
    film.note = `the poster ${film.poster} cannot be read: ${error.message}`;
  }
  return body;
}

/** One part; a part that is too large is halved, one that is refused fails film by film. */
async function ask(part, told, signal) {
  told({});
  for (let tries = 1; ; tries += 1) {
    try {
      const { results } = await call("v1/predict/batch", { films: part.map(([, body]) => body) }, signal);
      if (results?.length !== part.length) throw new ApiError({ code: "no_answer", message: "the service left films out", cure: "Try again" });
      part.forEach(([film], i) => keep(film, results[i]));
      return told({});
    } catch (error) {
      if (signal.aborted) throw error;
      const large = error.status === 413 || error.code === "too_many_films";
      if (large && part.length > 1) {
        const half = part.length >> 1;
        await ask(part.slice(0, half), told, signal);
        return ask(part.slice(half), told, signal);
      }
      if (error.status === 429) {
        tries -= 1; // a busy service is waited for as long as the person likes
        await wait(error.retryAfter ?? 2, told, signal);
      } else if (error.status >= 500 && tries < TRIES) await wait(error.retryAfter ?? tries, told, signal);
      else if (!large && error.status !== 400 && error.status !== 422) throw error;
      else if (part.length > 1) {
        for (const one of part) await ask([one], told, signal);
        return undefined;
      } else {
        part[0][0].error = error.told;
        return told({});
      }
    }
  }
}

function keep(film, result) {
  if (!result.error) film.answer = result;
  else film.error = new ApiError(result.error).told;
}

async function wait(seconds, told, signal) {
  told({ waiting: Math.max(1, Math.ceil(seconds)) });
  await new Promise((resolve, reject) => {
    const stop = () => { clearTimeout(timer); reject(signal.reason); };
    const timer = setTimeout(() => { signal.removeEventListener("abort", stop); resolve(); }, seconds * 1000);
    signal.addEventListener("abort", stop, { once: true });
  });
}
