/** Keeps the page in step with the service: shows each new reading of the profiles, and says what changed. */

import { ask, BASE, Ended, isLeaving, Lost, part } from "./ask.js";
import { changes, learn, sentences } from "./changes.js";
import { addressOfView, open } from "./panel.js";
import { showEnded, showLive, showLost, tell } from "./status.js";
import { events } from "./stream.js";
import { mark, swap } from "./swap.js";

const FIRST_WAIT = 500;
const LONGEST_WAIT = 8_000;
const SILENCE = 40_000; // the service says something every 15 seconds

/** What the page shows: the number of the reading, and the environments' fingerprints where they are known. */
let shown = { reading: 0, fingerprints: null };
let heardAt = new Date();

/** Listens to the service for as long as the page is looked at; tries again and again where it goes away. */
export async function follow() {
  shown.reading = Number(document.documentElement.dataset.reading);
  let wait = FIRST_WAIT;
  for (;;) {
    await looked();
    try {
      await listen(() => (wait = FIRST_WAIT));
    } catch (error) {
      if (error instanceof Ended || isLeaving()) {
        return;
      }
    }
    if (!document.hidden) {
      showLost(heardAt);
      await pause(wait);
      wait = Math.min(wait * 2, LONGEST_WAIT);
    }
  }
}

/** Waits until somebody looks: browsers have few connections, and a page behind others needs none. */
function looked() {
  return new Promise((done) => {
    const see = () => document.hidden || done(document.removeEventListener("visibilitychange", see));
    document.addEventListener("visibilitychange", see);
    see();
  });
}

function pause(milliseconds) {
  return new Promise((done) => {
    setTimeout(done, milliseconds);
    addEventListener("online", done, { once: true });
  });
}

/** Listens until the service goes silent, or nobody looks any more. */
async function listen(connected) {
  const control = new AbortController();
  const leave = () => document.hidden && control.abort();
  let silence;
  const alive = () => {
    heardAt = new Date();
    clearTimeout(silence);
    silence = setTimeout(() => control.abort(), SILENCE);
  };
  document.addEventListener("visibilitychange", leave);
  addEventListener("pagehide", () => control.abort(), { signal: control.signal });
  try {
    alive();
    const accepted = { Accept: "text/event-stream" };
    const response = await ask(`${BASE}/events?also=recorded`, { headers: accepted, signal: control.signal });
    await refuse(response);
    for await (const event of events(response, alive)) {
      if (event.name === "report") {
        await take(JSON.parse(event.data));
      } else if (event.name === "recorded" && document.querySelector("#timeline, .cards")) {
        swap(await part(addressOfView(), "main"));
      }
      connected();
      showLive();
    }
  } finally {
    clearTimeout(silence);
    document.removeEventListener("visibilitychange", leave);
    control.abort();
  }
}

async function refuse(response) {
  if (response.status === 403) {
    showEnded();
    throw new Ended();
  }
  if (!response.ok) {
    throw new Lost(`The service answered with ${response.status}.`);
  }
}

/** Takes in what the service reports; where the page shows that already, learns what it may change from. */
async function take(report) {
  const same = shown.fingerprints === null || isEqual(shown.fingerprints, report.fingerprints);
  if (report.reading === shown.reading && same) {
    await learn();
  } else {
    await refresh();
  }
  shown = report;
}

function isEqual(left, right) {
  const names = Object.keys(left);
  return names.length === Object.keys(right).length && names.every((name) => left[name] === right[name]);
}

async function refresh() {
  const [main, found] = await Promise.all([part(addressOfView(), "main"), changes()]);
  swap(main);
  if (new URL(location).searchParams.has("key")) {
    await open(location.href);
  }
  mark(found.values);
  tell(sentences(found));
}
