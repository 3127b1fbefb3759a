/** The matrix' tables: each as high as its rows even where it is not drawn, and those in sight are drawn first. */

const LOWEST_ROW = 20; // pixels; no screen shows more rows than are drawn first

/** @type {Map<HTMLElement, HTMLElement>} the table of each row */
let tables = new Map();
/** @type {Map<HTMLElement, number>} how many rows each table shows */
let shown = new Map();
/** @type {Set<HTMLElement>} the tables whose rows have changed since the last frame */
let changed = new Set();
let waiting;

/** Begins anew with rows as they stand. */
export function begin(rows) {
  tables = new Map(rows.map((row) => [row, row.closest(".chunk")]));
  shown = counted((row) => !row.hidden);
  changed = new Set(shown.keys());
  settle();
}

/** Shows these rows and no others; whoever has scrolled keeps in sight what stays. */
export function show(fitting) {
  const counts = counted((row) => fitting.has(row));
  const [first, stay] = seen(fitting); // before anything changes, which would have to be laid out for it
  resize(counts, nearest(counts, first));
  for (const row of tables.keys()) {
    if (row.hidden === fitting.has(row)) {
      row.hidden = !row.hidden;
    }
  }
  for (const section of document.querySelectorAll("section.keys")) {
    section.hidden = !section.querySelector(".chunk:not([hidden])");
  }
  stay();
}

/** Draws at once what else would be drawn a frame later; until then it takes no focus. */
export function settle() {
  cancelAnimationFrame(waiting);
  for (const table of changed) {
    table.style.containIntrinsicHeight = `auto ${height(table)}`;
    table.style.contentVisibility = "";
  }
  changed.clear();
}

function counted(fits) {
  const counts = new Map();
  for (const [row, table] of tables) {
    counts.set(table, (counts.get(table) ?? 0) + fits(row));
  }
  return counts;
}

function resize(counts, drawn) {
  changed = new Set([...counts.keys()].filter((table) => changed.has(table) || counts.get(table) !== shown.get(table)));
  shown = counts;
  for (const table of changed) {
    table.hidden = shown.get(table) === 0;
    table.style.containIntrinsicHeight = height(table); // without "auto": what it was with other rows is forgotten
    table.style.contentVisibility = drawn.has(table) ? "" : "hidden";
  }
  cancelAnimationFrame(waiting);
  waiting = requestAnimationFrame(() => (waiting = requestAnimationFrame(settle)));
}

const height = (table) => `calc(${shown.get(table)} * var(--row))`;

/** The tables that fill a screen from one of them on; where they are too few, those before it too. */
function nearest(counts, first) {
  const some = [...counts.keys()].filter((table) => counts.get(table) && table.closest("details").open);
  const at = Math.max(0, some.indexOf(first));
  const found = new Set();
  let room = innerHeight / LOWEST_ROW;
  for (const table of [...some.slice(at), ...some.slice(0, at).reverse()]) {
    if (room > 0) {
      found.add(table);
      room -= counts.get(table);
    }
  }
  return found;
}

/** The table of the first row in sight that is among some, and what puts that row back to where it is now. */
function seen(fitting) {
  const grid = document.querySelector(".grid");
  if (!grid.scrollTop) {
    return [null, () => {}];
  }
  const [above, below] = [grid.querySelector(".ruler"), grid].map((box) => box.getBoundingClientRect().bottom);
  const inSight = new Set([...shown.keys()].filter((table) => {
    const { top, bottom } = table.getBoundingClientRect();
    return shown.get(table) && bottom > above && top < below;
  }));
  const topOf = (row) => row.getBoundingClientRect().top; // of rows in sight only: others would have to be laid out
  const stays = (row) => inSight.has(tables.get(row)) && fitting.has(row) && !row.hidden && topOf(row) >= above;
  const row = [...tables.keys()].find(stays);
  const at = row && topOf(row);
  return [tables.get(row), () => row && grid.scrollBy({ top: topOf(row) - at, behavior: "instant" })];
}
