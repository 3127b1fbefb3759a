/** The whole value of a cell that shows only the beginning of it, on focus and under the pointer. WCAG, 1.4.13. */

import { valueAt } from "./changes.js";
import { plain } from "./text.js";

const LONGEST = 2_000;

/** @type {HTMLElement | null} the cell whose value is shown */
let shown = null;

/** Shows whole values from now on. */
export function start() {
  document.addEventListener("focusin", (event) => show(event.target.closest("section.keys td")));
  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "mouse" && !event.target.closest("#whole")) {
      show(event.target.closest("section.keys td"));
    }
  });
  document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
  document.addEventListener("scroll", scrolled, { capture: true, passive: true });
}

async function show(cell) {
  if (cell === shown) {
    return;
  }
  hide();
  if (!cell || !(cell.scrollWidth > cell.clientWidth || cell.textContent.endsWith("…"))) {
    return;
  }
  shown = cell;
  const text = await whole(cell);
  if (shown === cell && cell.isConnected) {
    place(cell, text);
  }
}

/** The value as the service knows it; what is cut short in the cell is not in the page. */
async function whole(cell) {
  const short = cell.textContent;
  const head = cell.closest("table").tHead.rows[0].cells[cell.cellIndex];
  const value = short.endsWith("…") ? await valueAt(cell.parentElement.dataset.k, head.dataset.env) : null;
  return plain((value ?? short).slice(0, LONGEST));
}

function place(cell, text) {
  const box = document.getElementById("whole") ?? document.body.appendChild(document.createElement("div"));
  box.id = "whole";
  box.role = "tooltip";
  box.textContent = text;
  box.hidden = false;
  move(box, cell);
  cell.setAttribute("aria-describedby", "whole");
}

function move(box, cell) {
  const at = cell.getBoundingClientRect();
  box.style.left = `${Math.max(4, Math.min(at.left, innerWidth - box.offsetWidth - 4))}px`;
  const below = at.bottom + box.offsetHeight < innerHeight;
  box.style.top = `${below ? at.bottom : Math.max(4, at.top - box.offsetHeight)}px`;
}

/** What has the focus is followed, since focus itself scrolls; what is only pointed at has moved away. */
function scrolled(event) {
  const box = document.getElementById("whole");
  if (shown && shown === document.activeElement) {
    box && event.target !== box && move(box, shown);
  } else {
    hide();
  }
}

function hide() {
  shown?.removeAttribute("aria-describedby");
  document.getElementById("whole")?.setAttribute("hidden", "");
  shown = null;
}
