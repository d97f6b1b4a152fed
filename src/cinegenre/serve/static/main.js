// The page: its tabs, its colours, what it knows of the model.

import { whenRefused } from "./api.js";
import { batchTab } from "./batchtab.js";
import { byId } from "./dom.js";
import { filmTab } from "./filmtab.js";
import { foot, model, modelDialog } from "./model.js";
import { tabs } from "./tabs.js";
import { theme } from "./theme.js";
import { askForToken } from "./token.js";

whenRefused(askForToken);
theme(byId("theme"));
const film = filmTab();
batchTab();
const peek = byId("peek");
tabs(document.querySelector('[role="tablist"]'), (tab) => peek.classList.toggle("away", tab !== "tab-film"));
modelDialog();
try {
  const said = await model();
  film.ready(said);
  foot(said);
} catch {
  // Predicting and the dialog ask again and say what is wrong.
}
