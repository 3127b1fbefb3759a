/** Testing a connection: each stage as it happens, and what is wrong beside the field that it is about. */

import { ask, BASE, csrf, Ended } from "./ask.js";
import { events } from "./stream.js";

const NUMBERS = new Set(["port", "timeout_ms"]);
const STANDS_FOR = { tls: "tls.mode" };
const MAIN_FIELD = { environment: "environment", parts: "host", url: "url" };
const PASSWORD_IN_URL = /(:\/\/[^/?#@]*?):[^/?#]*@|(\bpassword=)[^&\s]*/gi;

/** The test that runs; nothing while none does. */
let running = null;

/** Tests from now on; without the form in this view there is nothing to do. */
export function start() {
  if (!form()) {
    return;
  }
  offer();
  document.addEventListener("change", ({ target }) => target.form === form() && offer());
  document.addEventListener("input", (event) => event.target.form === form() && unmark(event.target));
  document.addEventListener("submit", (event) => {
    if (event.target === form()) {
      event.preventDefault();
      running ?? test();
    }
  });
  document.addEventListener("click", (event) => event.target === cancel() && running?.abort());
  addEventListener("pagehide", forget);
}

const form = () => document.querySelector("form#probe");
const cancel = () => document.getElementById("cancel");
const way = () => form().elements.way.value;

/** Shows the fields of what is to be tested, and no others. */
function offer() {
  for (const block of form().querySelectorAll("[data-way]")) {
    block.hidden = !block.dataset.way.split(" ").includes(way());
  }
  for (const target of form().querySelectorAll(".target")) {
    target.hidden = target.dataset.of !== form().elements.environment.value;
  }
}

async function test() {
  const body = JSON.stringify(fields());
  forget();
  reset();
  running = new AbortController();
  cancel().hidden = false;
  try {
    await listen(body, running.signal);
  } catch (error) {
    conclude("", givenUp(error));
  } finally {
    running = null;
    cancel().hidden = true;
    stages().forEach((stage) => stage.dataset.status === "running" && show(stage, "waiting"));
  }
}

async function listen(body, signal) {
  const headers = { Accept: "text/event-stream", "Content-Type": "application/json", ...csrf() };
  const response = await ask(`${BASE}/config/database/test`, { method: "POST", headers, body, signal });
  if (!response.ok) {
    refused(await response.json());
    return;
  }
  for await (const { name, data } of events(response)) {
    name === "probe" ? ended(JSON.parse(data)) : passed(JSON.parse(data));
  }
}

function givenUp(error) {
  if (error.name === "AbortError") {
    return "Cancelled.";
  }
  return error instanceof Ended ? "The session has ended." : "The service does not answer.";
}

/** The fields that are shown and filled in, as the request's body has them. */
function fields() {
  const found = {};
  for (const { name, value } of shownFields().filter((field) => field.value !== "")) {
    const [outer, inner] = name.split(".");
    if (inner) {
      found[outer] = { ...found[outer], [inner]: value };
    } else {
      found[outer] = NUMBERS.has(name) && /^\d+$/.test(value) ? Number(value) : value;
    }
  }
  return found;
}

function shownFields() {
  const fields = form().querySelectorAll("input, select");
  return [...fields].filter((field) => field.closest("[data-way]:not([hidden])"));
}

/** Empties what must not be kept. */
function forget() {
  const { password, url } = form().elements;
  password.value = "";
  url.value = url.value.replace(PASSWORD_IN_URL, (_, before, name) => (name ? name : `${before}@`));
}

const stages = () => [...document.querySelectorAll("#stages li")];

function reset() {
  [...form().elements].forEach(unmark);
  stages().forEach((stage) => write({ name: stage.dataset.stage, status: "waiting", ms: 0, message: "" }));
  document.getElementById("stages").hidden = false;
  show(stages()[0], "running");
  conclude("", "Testing…");
}

/** A stage has ended; the next one begins. */
function passed(stage) {
  const place = write(stage);
  const next = place?.nextElementSibling;
  if (next && stage.status !== "failed") {
    show(next, "running");
  }
}

function show(place, status) {
  place.dataset.status = status;
  place.querySelector(".status").textContent = status === "waiting" ? "" : status;
}

function write({ name, status, ms, message }) {
  const place = stages().find((stage) => stage.dataset.stage === name);
  if (place) {
    const took = status === "waiting" || status === "skipped" ? "" : `${ms} ms`;
    show(place, status);
    place.querySelector(".ms").textContent = took;
    place.querySelector(".message").textContent = message ?? "";
  }
  return place;
}

function ended(probe) {
  probe.stages.forEach(write);
  if (probe.failure) {
    mark(probe.failure.fields, probe.failure.message);
    conclude("failed", probe.failure.message, probe.failure.advice);
  } else {
    const { version, read_only: readOnly } = probe.server;
    const allows = readOnly ? "read-only" : "read-write";
    conclude("ok", `It answers: PostgreSQL ${version}, ${allows}, in ${probe.elapsed_ms} ms.`);
  }
}

/** The service has not tried: it says why, and of which fields. */
function refused(problem) {
  (problem.errors ?? []).forEach(({ key, message }) => mark([key], `${key} ${message}`));
  conclude("failed", problem.detail);
}

function conclude(state, ...sentences) {
  const place = document.getElementById("verdict");
  place.dataset.state = state;
  place.textContent = sentences.filter(Boolean).join("\n");
}

/** Marks the guilty fields; what is not typed in here is said of the field that stands for it. */
function mark(names, message) {
  const shown = shownFields();
  const found = names.map((name) => shown.find((field) => field.name === (STANDS_FOR[name] ?? name)));
  const guilty = new Set(found.map((field) => field ?? form().elements[MAIN_FIELD[way()]]));
  const last = [...guilty].at(-1);
  if (!last) {
    return;
  }
  const told = document.createElement("p");
  told.className = "problem";
  told.id = `problem-${last.name}`;
  told.textContent = message;
  last.after(told);
  for (const field of guilty) {
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", told.id);
    field.closest("details")?.setAttribute("open", "");
  }
}

function unmark(field) {
  const id = field.getAttribute("aria-describedby");
  field.removeAttribute("aria-invalid");
  field.removeAttribute("aria-describedby");
  if (id && !form().querySelector(`[aria-describedby="${CSS.escape(id)}"]`)) {
    document.getElementById(id)?.remove();
  }
}
