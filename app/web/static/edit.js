/** Editing a value: what the edit would do is shown first, in every environment, and written then or not at all. */

import { ask, BASE, csrf, Ended, part } from "./ask.js";
import { element, listed, table } from "./build.js";
import { tell } from "./status.js";

/** What was shown last, and would be written; nothing where something else stands in the form meanwhile. */
let shown = null;

/** Edits from now on. */
export function start() {
  document.addEventListener("submit", (event) => {
    if (event.target === form()) {
      event.preventDefault();
      preview(typed());
    }
  });
  document.addEventListener("input", (event) => event.target.form === form() && touched());
  document.addEventListener("click", (event) => {
    if (event.target.id === "edit-unset") {
      preview(removed());
    } else if (event.target.id === "edit-write") {
      write();
    }
  });
}

/** Puts the form that somebody types into where a new one of the same value stands. */
export function keep(old, fresh) {
  const [mine, other] = [old.querySelector("#edit[data-touched]"), fresh.querySelector("#edit")];
  if (mine && other && mine.dataset.key === other.dataset.key && whose(mine) === whose(other)) {
    other.replaceWith(mine);
  }
}

const form = () => document.getElementById("edit");
const whose = (one) => one.elements.environment.options[0].value;
const effect = () => document.getElementById("effect");

function touched() {
  form().dataset.touched = "";
  shown = null;
  effect().replaceChildren();
}

function typed() {
  return { ...target(), typed: { [form().dataset.key]: form().elements.value.value } };
}

function removed() {
  return { ...target(), unset: [form().dataset.key] };
}

function target() {
  const { environment, file } = form().elements;
  return { environment: environment.value, file: file.value || null };
}

async function preview(body) {
  form().dataset.touched = "";
  await busy(async () => {
    const response = await send({ ...body, dry_run: true });
    const answer = await response.json();
    shown = response.ok && !answer.refusal ? body : null;
    response.ok ? tellEffect(answer) : tellProblem(answer);
  });
}

async function write() {
  const [body, at] = [shown, form()];
  const tag = body?.environment === at.dataset.base ? at.dataset.baseTag : at.dataset.tag;
  await busy(async () => {
    const response = await send(body, { "If-Match": tag });
    const answer = await response.json();
    shown = null;
    if (response.ok) {
      delete at.dataset.touched;
      const [{ file, section }] = answer.edits;
      effect().replaceChildren(element("p", "note", `Written to ${place(file, section)}.`));
      tell(`Written to ${place(file, section)}.`);
      at.elements.value.type === "password" && (at.elements.value.value = "");
    } else if (response.status === 412) {
      await tellConflict(at);
    } else {
      tellProblem(answer);
    }
  });
}

function send(body, more = {}) {
  const headers = { "Content-Type": "application/json", ...csrf(), ...more };
  return ask(`${BASE}/config/values`, { method: "PATCH", headers, body: JSON.stringify(body) });
}

/** Does something while the form's buttons wait. */
async function busy(work) {
  const buttons = form().querySelectorAll("button");
  if (form().ariaBusy === "true") {
    return;
  }
  form().ariaBusy = "true";
  buttons.forEach((button) => (button.disabled = true));
  try {
    await work();
    effect()?.focus();
  } catch (error) {
    shown = null;
    const ended = error instanceof Ended;
    effect().replaceChildren(problem(ended ? "The session has ended." : "The service does not answer."));
  } finally {
    form()?.removeAttribute("aria-busy");
    buttons.forEach((button) => (button.disabled = false));
  }
}

const place = (file, section) => (section ? `${file} [${section}]` : file);
const problem = (...said) => element("p", "note error", ...said);

/** What the edit would do, in every environment, and the button that does it. */
function tellEffect({ edits: [{ file, section }], changes, findings, refusal, notes }) {
  const rows = changes.map(({ environment, key, left, right }) => [environment, key, value(left), value(right)]);
  const what = rows.length ? " it changes:" : " no value changes.";
  effect().replaceChildren(
    element("p", "", "In ", element("code", "", place(file, section)), what),
    ...(rows.length ? [table("What changes", ["Environment", "Key", "Before", "After"], rows)] : []),
    ...told(findings),
    ...notes.map((note) => element("p", "quiet", note)),
    refusal ? problem("Not to be written: ", refusal) : writeButton(),
  );
}

function writeButton() {
  const button = element("button", "", "Write it");
  button.type = "button";
  button.id = "edit-write";
  return element("p", "send", button);
}

function value(side) {
  return !side ? "—" : side.secret && side.value === null ? "secret, set" : JSON.stringify(side.value);
}

/** What would be found that is not found now. */
function told(findings) {
  const said = findings.map(({ rule, severity, environment, message }) => {
    return [element("span", `severity ${severity}`, severity), ` ${rule} ${environment ?? ""}: ${message}`];
  });
  return said.length ? [element("p", "", "It would add:"), listed(said)] : [];
}

function tellProblem({ detail, errors = [], findings = [] }) {
  const said = errors.map(({ key, message }) => `${key} ${message}`);
  effect().replaceChildren(problem("Nothing was written. ", [detail, ...said].join(" ")), ...told(findings));
}

/** The profiles say something else meanwhile: nothing was written, and the newest value is told. */
async function tellConflict(at) {
  const fresh = await part(location.href, "panel");
  const now = fresh.querySelector("#edit");
  const text = fresh.querySelector(".leaf .value")?.textContent.trim();
  if (now) {
    [at.dataset.tag, at.dataset.baseTag] = [now.dataset.tag, now.dataset.baseTag];
  }
  const newest = element("bdi", "", text ?? "not set");
  effect().replaceChildren(
    problem(
      "Nothing was written: somebody has changed the profiles meanwhile. ",
      `${at.dataset.key} in ${whose(at)} is now `, element("code", "", newest),
      ". What you typed is still here: look at what it changes now, then write it.",
    ),
  );
}
