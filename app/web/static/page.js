/** Where the page's scripts begin; without them the page shows all the same, once. */

import * as columns from "./columns.js";
import * as copy from "./copy.js";
import * as edit from "./edit.js";
import * as grid from "./grid.js";
import { follow } from "./live.js";
import * as matrix from "./matrix.js";
import * as panel from "./panel.js";
import * as probe from "./probe.js";
import * as release from "./release.js";
import * as whole from "./whole.js";

addEventListener("pageshow", (event) => event.persisted && location.reload()); // what a browser kept may be old

if (document.getElementById("main") && document.getElementById("panel")) {
  columns.start();
  grid.start();
  matrix.start();
  panel.start();
  probe.start();
  release.start();
  edit.start();
  copy.start();
  whole.start();
  document.querySelectorAll("nav li > [aria-current]").forEach(toMiddle);
  follow();
}

document.documentElement.dataset.script = "on"; // before, a form would have been sent by the browser itself

/** Brings one of a row of links into the middle of the row, where not all of them have room. */
function toMiddle(link) {
  const row = link.closest("ul");
  const [box, around] = [link.getBoundingClientRect(), row.getBoundingClientRect()];
  row.scrollLeft += box.left + box.width / 2 - around.left - around.width / 2;
}
