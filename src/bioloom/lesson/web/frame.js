// Words, language, the state in the address, and elements.

const DATA = JSON.parse(document.getElementById("data").textContent);
const TAGS = { en: "en", zh: "zh-Hans" };
const drawn = []; // functions that draw a part of the page from the state
let state = new URLSearchParams(location.hash.slice(1));

function language() {
  const asked = state.get("lang");
  if (Object.hasOwn(TAGS, asked)) return asked;
  return (navigator.language || "").startsWith("zh") ? "zh" : "en";
}

function say(key, values = {}) {
  const words = DATA.words[language()][key];
  return words.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

// What the address says under a name, or else what the page begins with.
function told(name, otherwise) {
  return state.has(name) ? state.get(name) : otherwise;
}

// A whole number of the address between two ends; a broken link begins at the first.
function toldCount(name, low, high, otherwise = low) {
  const number = Number.parseInt(told(name, otherwise), 10);
  return Number.isFinite(number) ? Math.min(Math.max(number, low), high) : otherwise;
}

function tell(changes) {
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) state.delete(name);
    else state.set(name, value);
  }
  writeAddress();
  draw();
}

// Browsers refuse addresses that change too often, as a slider's would.
const PAUSE_MS = 300;
let written = -PAUSE_MS;
let waiting = 0;
function writeAddress() {
  clearTimeout(waiting);
  const wait = written + PAUSE_MS - performance.now();
  if (wait > 0) {
    waiting = setTimeout(writeAddress, wait);
    return;
  }
  written = performance.now();
  history.replaceState(null, "", `#${state}`);
}

function draw() {
  document.documentElement.lang = TAGS[language()];
  document.title = say("page_title");
  for (const one of document.querySelectorAll("[data-w]")) {
    one.textContent = say(one.dataset.w);
  }
  for (const one of document.querySelectorAll("[data-wl]")) {
    one.setAttribute("aria-label", say(one.dataset.wl));
  }
  for (const button of document.querySelectorAll("[data-lang]")) {
    button.setAttribute("aria-pressed", String(button.dataset.lang === language()));
  }
  drawn.forEach((part) => part());
}

const SVG_TAGS = new Set(["svg", "g", "line", "path", "circle", "text", "polyline", "rect", "title"]);

// An element; attributes that are functions listen.
function el(tag, attributes = {}, ...children) {
  const made = SVG_TAGS.has(tag)
    ? document.createElementNS("http://www.w3.org/2000/svg", tag)
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value !== null) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

// A select, or any field, under its label.
function labelled(key, field) {
  return el("label", {}, el("span", { "data-w": key }), " ", field);
}

function button(key, listen, attributes = {}) {
  return el("button", { type: "button", "data-w": key, click: listen, ...attributes });
}

// A choice that stands in the address.
function choice(name, options, otherwise, before = () => ({})) {
  const select = el("select", {
    change: () => tell({ ...before(), [name]: select.value }),
  });
  for (const [value, key] of options) {
    const option = el("option", { value, "data-w": key });
    if (!key) {
      option.removeAttribute("data-w");
      option.textContent = value;
    }
    select.append(option);
  }
  drawn.push(() => {
    const asked = told(name, otherwise);
    select.value = options.some(([value]) => value === asked) ? asked : otherwise;
  });
  return select;
}

// Up to six digits, as Python's .6g for the sizes that lessons show.
function short(value) {
  return String(Number(value.toPrecision(6)));
}

addEventListener("hashchange", () => {
  state = new URLSearchParams(location.hash.slice(1));
  draw();
});
for (const one of document.querySelectorAll("[data-lang]")) {
  one.addEventListener("click", () => tell({ lang: one.dataset.lang }));
}
