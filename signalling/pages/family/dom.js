/** The page's own elements, by id and by type. */

/**
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} type
 * @returns {T}
 */
export function element(id, type) {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new TypeError(`The page has no ${type.name} of that id.`);
  return found;
}

/**
 * Set a text if it is another one: screen readers and selections are left in peace.
 * @param {Element} target
 * @param {string} text
 */
export function say(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/**
 * An element with what stands in it.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} className
 * @param {...(Node | string)} inside
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function built(tag, className, ...inside) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...inside);
  return made;
}

/**
 * A button that does one thing.
 * @param {string} className
 * @param {string} label
 * @param {() => unknown} act
 */
export function buttonOf(className, label, act) {
  const button = built("button", `button ${className}`, label);
  button.type = "button";
  button.addEventListener("click", () => void act());
  return button;
}

/** @type {WeakMap<Element, string>} what each list was last made from */
const made = new WeakMap();

/**
 * Make a list's items anew if what they tell is different, in this language or another: a button never vanishes under a finger.
 * @param {Element} list
 * @param {unknown} told
 * @param {() => Node[]} items
 */
export function fill(list, told, items) {
  const said = JSON.stringify([told, document.documentElement.lang]);
  if (made.get(list) === said) return;
  made.set(list, said);
  list.replaceChildren(...items());
}
