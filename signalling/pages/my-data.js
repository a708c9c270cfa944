/**
 * The my-data form: sends an e-mail address, a kind and words, and says by when there is an answer.
 *
 * It keeps nothing, and puts nothing that was typed into an address.
 */

const DAY_MS = 86_400_000;

/** @param {HTMLFormElement} form */
function body(form) {
  const told = new FormData(form);
  const text = String(told.get("text") ?? "").trim();
  const asked = { email: String(told.get("email")).trim(), kind: told.get("kind") };
  return JSON.stringify(text ? { ...asked, text } : asked);
}

/** @param {HTMLFormElement} form */
async function send(form) {
  const button = /** @type {HTMLButtonElement} */ (form.querySelector("button"));
  const status = /** @type {HTMLElement} */ (form.querySelector("[role=status]"));
  button.disabled = true;
  status.textContent = "";
  try {
    const headers = { "Content-Type": "application/json" };
    const answer = await fetch("/v1/my-data", { method: "POST", headers, body: body(form) });
    if (!answer.ok) throw new Error("refused");
    const { due_day: due } = await answer.json();
    status.textContent = `${form.dataset.taken}${new Date(due * DAY_MS).toISOString().slice(0, 10)}.`;
    form.reset();
  } catch {
    status.textContent = form.dataset.later ?? "";
  } finally {
    button.disabled = false;
  }
}

for (const form of document.forms) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void send(form);
  });
}
