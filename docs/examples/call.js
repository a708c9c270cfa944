/** Calls a Komp from a page of your own: docs/howto/javascript.md goes through it. `sdk/` is a copy of signalling/pages/sdk beside this file. */

import { Endpoint } from "./sdk/endpoint.js";
import { keepSelf } from "./sdk/keeping.js";
import { linkFrom } from "./sdk/link.js";
import { LinkBook } from "./sdk/linkbook.js";

const origin = /** @type {HTMLMetaElement} */ (document.querySelector("meta[name=coordinator]")).content;
const state = /** @type {HTMLElement} */ (document.getElementById("state"));
const button = /** @type {HTMLButtonElement} */ (document.getElementById("call"));
const remote = /** @type {HTMLVideoElement} */ (document.getElementById("remote"));

const link = await linkFrom(location.hash); // null where the address brings none; LinkRefused where it is damaged
history.replaceState(null, "", location.pathname); // whoever has the link is this person: it leaves the address at once
if (link) await keepSelf({ ...link, contacts: [] });
const book = await LinkBook.kept();
const komp = book?.links.find(({ kind }) => kind === "komp");
if (book && komp) begin(book, komp);
else state.textContent = "Open your private link here, once.";

/** @type {(book: LinkBook, komp: import("./sdk/links.js").LinkRecord) => void} */
function begin(book, komp) {
  /** @type {import("./sdk/call.js").OutgoingCall | null} */
  let call = null;
  const endpoint = new Endpoint(book, { origin, isWatched: ({ kind }) => kind === "komp", changed: show });
  button.onclick = () => {
    if (call && !call.isOver) call.hangUp();
    else call = endpoint.call(komp, navigator.mediaDevices.getUserMedia({ audio: true, video: true }));
  };
  addEventListener("pagehide", () => endpoint.stop());
  endpoint.start();
  function show() {
    const media = call?.remote ?? null; // null until the other end has accepted
    if (remote.srcObject !== media) remote.srcObject = media;
    const presence = endpoint.presence.get(komp.endpoint)?.state ?? endpoint.state;
    state.textContent = `${komp.name}: ${call?.reason ?? call?.phase ?? presence}`;
    button.textContent = call && !call.isOver ? "Hang up" : "Call";
    button.disabled = !endpoint.isOnline && call?.isOver !== false;
  }
}
