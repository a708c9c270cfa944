/**
 * Takes an address off a list: one press, one request.
 *
 * The token comes in the fragment, which no server sees, and leaves the address at once. Opening the page changes
 * nothing: mail scanners open links, and must not withdraw anybody.
 */

const SHAPE = /^[A-Za-z0-9_-]{65}$/;
const OUTCOMES = ["done", "unknown", "failed"];

/** @param {string} id */
const element = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
const button = /** @type {HTMLButtonElement} */ (element("withdraw"));

/** @param {string} outcome */
function show(outcome) {
  for (const one of OUTCOMES) element(one).hidden = one !== outcome;
}

/** @param {string} token */
async function withdraw(token) {
  button.disabled = true;
  const answer = await fetch("/v1/lists/withdraw", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ token }),
  }).catch(() => null);
  if (answer?.ok) return show("done");
  show(answer?.status === 404 ? "unknown" : "failed");
  button.disabled = answer?.status === 404;
}

function begin() {
  const token = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
  button.disabled = !SHAPE.test(token);
  if (button.disabled) return show("unknown");
  show("");
  button.onclick = () => withdraw(token);
}

addEventListener("hashchange", () => location.hash && begin());
begin();
