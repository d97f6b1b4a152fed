// Films to try. Titles, overviews and posters are made up for this page.

import { drawn } from "./image.js";
import { el } from "./dom.js";

export const EXAMPLES = [
  {
    name: "orbit", title: "The Quiet Orbit", companies: ["Northlight Pictures"],
    overview: "The last crew of a mining ship drifts past Saturn when a signal wakes something in the cargo hold. One by one the astronauts vanish, and the young engineer must choose between the alien creature and the failing reactor.",
  },
  {
    name: "porto", title: "Two Tickets to Porto", companies: ["Casa Azul Filmes"],
    overview: "A shy pastry chef wins a holiday for two and has nobody to take along. Her ex-boyfriend’s wedding, a lost suitcase and a charming street musician turn one week by the sea into the happiest mistake of her life.",
  },
  {
    name: "burrow", title: "Pip and the Moon Burrow", companies: ["Paper Lantern Animation"],
    overview: "A little rabbit and his grumpy badger friend set out on a magical journey under the forest to bring back the moon before the longest night. A story about courage and friendship for the whole family.",
  },
  {
    name: "ridge", title: "Dust Over Ridge County", companies: [],
    overview: "In 1879 a retired sheriff takes up his rifle once more when cattle barons drive the farmers from their land. A gunslinger with a debt to pay rides beside him to a last stand at the canyon.",
  },
  {
    name: "witness", title: "The Seventh Witness", companies: ["Greyline Films"],
    overview: "A detective who trusts no one is given one night to find the killer of a judge. Every witness lies, the police want the case closed, and the murder weapon lies in her own apartment.",
  },
  {
    name: "house", title: "بيت على البحر", companies: ["استوديو النخلة"],
    overview: "بعد عشرين عامًا تعود ليلى إلى بيت أبيها على شاطئ البحر. هناك تجد رسائل قديمة تكشف لها سر العائلة، وتلتقي بصديق طفولتها الذي لم ينسها يومًا.",
  },
];

const address = (example) => `static/example-${example.name}.svg`;

/** Buttons with the posters; `choose(film)` gets the film with its poster as a file. */
export function shelf(place, choose) {
  place.replaceChildren(...EXAMPLES.map((example) =>
    el("button", { type: "button", "data-example": example.name, onclick: async () => choose({ ...example, poster: await poster(example) }) },
      el("img", { src: address(example), alt: "", width: "36", height: "54" }), el("span", { dir: "auto" }, example.title))));
}

/** The drawing as a picture file, because the model reads pixels. */
async function poster(example) {
  const image = new Image(400, 600);
  image.src = address(example);
  await image.decode();
  return new File([drawn(image, 400, 600)], `${example.name}.jpg`, { type: "image/jpeg" });
}
