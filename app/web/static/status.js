/** What the page says of itself: what has just happened, and whether the service is there. */

const TOLD_FOR = 20_000; // what is told lies over the view

let told;

/** Says something once, to the eye and to screen readers. */
export function tell(text) {
  const place = document.getElementById("told");
  clearTimeout(told);
  place.textContent = "";
  requestAnimationFrame(() => (place.textContent = text)); // the same words twice are news twice
  told = setTimeout(() => (place.textContent = ""), TOLD_FOR);
}

/** The service is there, and the page shows what it knows. */
export function showLive() {
  show("live", "Live");
}

/**
 * The service is away.
 *
 * @param {Date} since when it was last heard
 */
export function showLost(since) {
  show("lost", `The service does not answer; shown is what was known at ${clock(since)}; trying again`);
}

/** Whoever looks at the page is not signed in any more. */
export function showEnded() {
  const link = document.createElement("a");
  link.href = location.href; // the service shows the sign-in form there, and then this view again
  link.textContent = "Sign in again";
  show("ended", `The session has ended; shown is what was known at ${clock(new Date())}. `, link);
}

function show(state, ...content) {
  const place = document.getElementById("connection");
  if (place && place.dataset.state !== state) {
    place.dataset.state = state;
    place.replaceChildren(...content);
  }
}

/** The time of day, as HH:MM:SS. */
function clock(time) {
  const parts = [time.getHours(), time.getMinutes(), time.getSeconds()];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}
