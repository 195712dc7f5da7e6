// Seeded exercises: the same seed gives the same questions, so that a class has one sheet.

const N_QUESTIONS = 5;

// mulberry32: a small generator of numbers from 0 up to 1
function randomOf(seed) {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function drawnFrom(random, options) {
  return options[Math.floor(random() * options.length)];
}

// Whether an answer is right: a word as it is, a number within its tolerance.
function isRight(task, typed) {
  const text = typed.trim();
  if (typeof task.answer === "string") return text === task.answer;
  const number = Number(text.replace(",", ".").replace("−", "-"));
  return text !== "" && Math.abs(number - task.answer) <= task.close;
}

function sheetOf(make, seed, n) {
  const random = randomOf(seed);
  return Array.from({ length: n }, (_, k) => make(random, k));
}

function exercises(root, make, n = N_QUESTIONS) {
  const seed = () => toldCount("seed", 1, 999999);
  const list = el("ol", { class: "tasks" });
  const score = el("p", { class: "score", role: "status" });
  const field = el("input", { type: "number", min: "1", max: "999999", change: () => tell({ seed: field.value }) });
  root.append(
    el("div", { class: "controls" }, labelled("sheet", field), button("new_sheet", () => tell({ seed: (seed() % 999999) + 1 }))),
    list,
    score,
  );
  let sheet = 0;
  let tasks = [];
  function lay() {
    sheet = seed();
    tasks = sheetOf(make, sheet, n).map((task) => ({ ...task, typed: "", outcome: "" }));
    list.replaceChildren(...tasks.map(entry));
  }
  function entry(task) {
    const question = el("p");
    const told_ = el("span", { role: "status" });
    const typed = el("input", { type: "text", size: "12", autocomplete: "off", autocapitalize: "off", spellcheck: "false" });
    const judge = (event) => {
      event.preventDefault();
      if (task.outcome === "shown" || typed.value.trim() === "") return;
      task.outcome = isRight(task, typed.value) ? "right" : "wrong";
      draw();
    };
    const show = () => {
      if (task.outcome !== "right") task.outcome = "shown";
      draw();
    };
    task.draw = () => {
      question.textContent = say(task.ask, { ...task.values, ...Object.fromEntries((task.words || []).map(([name, key]) => [name, say(key)])) });
      const answer = typeof task.answer === "string" ? task.answer : short(task.answer);
      told_.textContent = task.outcome === "" ? "" : say(`task_${task.outcome}`, { answer });
      typed.setAttribute("aria-label", say("your_answer"));
      if (picture) picture.svg.setAttribute("aria-label", picture.label());
    };
    const parts = task.detail ? [el("pre", { tabindex: "0" }, task.detail)] : [];
    const picture = task.picture ? task.picture() : null;
    if (picture) parts.push(el("div", { class: "card" }, picture.svg));
    return el("li", {}, question, ...parts, el("form", { submit: judge }, typed, " ", el("button", { type: "submit", "data-w": "check" }), " ", button("show_answer", show), " ", told_));
  }
  drawn.push(() => {
    if (sheet !== seed()) {
      lay();
      draw();
      return;
    }
    field.value = sheet;
    tasks.forEach((task) => task.draw());
    score.textContent = say("score", { right: tasks.filter((task) => task.outcome === "right").length, n: tasks.length });
  });
}
