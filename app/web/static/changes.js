/** What changed between two readings of the profiles: values, and how many errors an environment has. */

import { ask, BASE } from "./ask.js";
import { plain } from "./text.js";

const NAMED = 3;
const LONGEST = 60;

/** @type {Promise<Known | null>} what the page knew at the last reading */
let known = Promise.resolve(null);

/**
 * @typedef {{cells: Map<string, Map<string, Cell>>, errors: Map<string, number>, reasons: Map<string, string>}} Known
 *   cells by key and environment, and why an environment is not judged
 * @typedef {{text: string, place: string, secret: boolean}} Cell
 * @typedef {{key: string, environment: string, before: string, after: string, place: string}} Change
 */

/** Remembers what there is now, to compare with later; of what cannot be judged, what was known before. */
export function learn() {
  const before = known;
  known = read().then(async (now) => lasting(await before, now)).catch(() => null);
  return known;
}

/** The value of a key in an environment, as JSON has it; nothing where that is not known, or a secret. */
export async function valueAt(key, environment) {
  const cell = (await known)?.cells.get(key)?.get(environment);
  return cell && !cell.secret ? cell.text : null;
}

/** What is known now; of an environment that is not judged the values are as they were, for all that anybody knows. */
function lasting(before, now) {
  for (const name of before ? now.reasons.keys() : []) {
    for (const key of new Set([...before.cells.keys(), ...now.cells.keys()])) {
      const old = before.cells.get(key)?.get(name);
      const cells = now.cells.get(key) ?? new Map();
      old ? cells.set(name, old) : cells.delete(name);
      now.cells.set(key, cells);
    }
    now.errors.set(name, before.errors.get(name) ?? 0);
  }
  return now;
}

/**
 * What is different from what was known before.
 *
 * @returns {Promise<{values: Change[], errors: string[], verdicts: string[], compared: boolean}>}
 */
export async function changes() {
  const before = await known;
  const after = await learn();
  if (!before || !after) {
    return { values: [], errors: [], verdicts: [], compared: false };
  }
  return {
    values: different(before.cells, after.cells),
    errors: judged(before.errors, after.errors),
    verdicts: unjudged(before.reasons, after.reasons),
    compared: true,
  };
}

/** The changes in words, a line each; the first few are named, the rest is counted. */
export function sentences({ values, errors, verdicts, compared }) {
  if (!compared) {
    return "The profiles have changed.";
  }
  const found = [...verdicts, ...folded(values), ...errors];
  const rest = found.length - NAMED;
  const more = rest > 0 ? [`and ${rest} more ${rest === 1 ? "change" : "changes"}`] : [];
  return [...found.slice(0, NAMED), ...more].join("\n") || "The profiles were read again; no shown value changed.";
}

async function read() {
  const paths = ["/config/matrix", "/config/environments"];
  const [matrix, listing] = await Promise.all(paths.map((path) => json(`${BASE}${path}`)));
  return {
    cells: new Map(matrix.rows.map((row) => [row.key, cellsOf(row)])),
    errors: new Map(listing.environments.map((one) => [one.name, one.counts.error])),
    reasons: new Map(listing.environments.filter((one) => !one.judged).map((one) => [one.name, one.reason])),
  };
}

async function json(url) {
  const response = await ask(url, { cache: "default" });
  if (!response.ok) {
    throw new Error(`${url} answered with ${response.status}`);
  }
  return response.json();
}

function cellsOf(row) {
  const { secret } = row;
  const told = ([name, cell]) => [name, { text: shown(cell, secret), place: place(cell.origin), secret }];
  return new Map(Object.entries(row.cells).map(told));
}

function shown(cell, secret) {
  if (cell.state === "missing") {
    return "—";
  }
  return secret ? "a secret" : JSON.stringify(cell.value);
}

function short(text) {
  const letters = Array.from(plain(text.slice(0, 2 * LONGEST)));
  return letters.length > LONGEST ? `${letters.slice(0, LONGEST).join("")}…` : letters.join("");
}

function place(origin) {
  return plain(origin?.file ?? origin?.name ?? (origin ? "the default" : ""));
}

function different(before, after) {
  const keys = new Set([...before.keys(), ...after.keys()]);
  return [...keys].flatMap((key) => ofKey(key, before.get(key) ?? new Map(), after.get(key) ?? new Map()));
}

function ofKey(key, before, after) {
  const nothing = { text: "—", place: "" };
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].flatMap((environment) => {
    const [old, now] = [before.get(environment) ?? nothing, after.get(environment) ?? nothing];
    const change = { key, environment, before: old.text, after: now.text, place: now.place || old.place };
    return old.text === now.text ? [] : [change];
  });
}

/** One sentence for what changed alike in several environments. */
function folded(values) {
  const alike = Map.groupBy(values, ({ key, before, after, place }) => JSON.stringify([key, before, after, place]));
  return [...alike.values()].map((group) => {
    const { key, before, after, place } = group[0];
    const names = group.map((change) => short(change.environment)).join(", ");
    return `${short(key)} in ${names}: ${short(before)} → ${short(after)}${place && ` (${place})`}`;
  });
}

/** What is not judged any more, a sentence a reason, and what is judged again. */
function unjudged(before, after) {
  const changed = [...after].filter(([name, reason]) => before.get(name) !== reason);
  const fallen = Map.groupBy(changed, ([, reason]) => reason);
  const names = (found) => found.map((name) => short(name)).join(", ");
  const told = [...fallen].map(([reason, found]) => {
    return `Not judged: ${names(found.map(([name]) => name))}: ${short(reason)}`;
  });
  const back = [...before.keys()].filter((name) => !after.has(name));
  return back.length ? [...told, `Judged again: ${names(back)}`] : told;
}

function judged(before, after) {
  return [...after].flatMap(([name, count]) => {
    const old = before.get(name) ?? 0;
    return old === count ? [] : [`${short(name)}: ${count} ${count === 1 ? "error" : "errors"}, before ${old}`];
  });
}
