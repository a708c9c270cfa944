/** What is said of comparing digits in a call, in English. The other catalogues have the same keys. */

export const EN = Object.freeze({
  "compare.open": "Compare digits",
  "compare.label": "Compare six digits with the other end",
  "compare.waiting": "Making six digits…",
  "compare.ask": "Read them to each other. Do both of you see the same six digits?",
  "compare.callee": "Only the one who called can begin. Ask them to press “Compare digits”.",
  "compare.same": "The same",
  "compare.different": "Not the same",
  "compare.done": "Keys checked. From now on every call with {name} is checked against them.",
  "compare.danger": "Somebody is between you and hears what you say. Hang up. Meet, and read each other’s square, before you trust this link again.",
  "compare.close": "Close",
  "compare.stopped.order": "It got out of step. Close this, and begin again.",
  "compare.stopped.commitment": "The other end changed its mind midway: somebody may be between you. Say nothing private, and meet to check.",
  "compare.stopped.attempts": "Three times a day is enough, so that nobody can try until it fits. Try again tomorrow, or meet.",
  "compare.stopped.other": "It can’t be done now.",
});
