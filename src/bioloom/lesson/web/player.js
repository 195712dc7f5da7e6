// The player: steps of a working one at a time; what comes out is hidden until asked for.

function player(root, place) {
  const list = root.querySelector(".steps");
  const steps = [...list.children];
  const scene = root.querySelector(".scene");
  const named = (name) => `${name}${place}`;
  const at = () => toldCount(named("step"), 1, steps.length);
  const seen = () => toldCount(named("seen"), 0, 1);
  const go = (step) => tell({ [named("step")]: step, [named("seen")]: null });

  const where = el("p", { class: "where", role: "status" });
  const back = button("back", () => go(at() - 1));
  const next = button("next", () => go(at() + 1));
  const look = button("look", () => reveal());
  const guess = el("input", { type: "text", inputmode: "decimal", size: "10", "data-wl": "your_guess", autocomplete: "off" });
  const asked = labelled("predict_value", guess);
  const prompt = el("p", { class: "quiet", "data-w": "predict" });
  const verdict = el("p", { class: "judged", role: "status" });
  const jumps = el("ol", { class: "jumps", "data-wl": "all_steps" });
  steps.forEach((_, k) => {
    const jump = el("button", { type: "button", click: () => go(k + 1) }, String(k + 1));
    jumps.append(el("li", {}, jump));
  });
  const ask = el("form", { class: "ask", submit: (event) => { event.preventDefault(); reveal(); } }, prompt, asked, " ", look);
  list.before(el("div", { class: "controls" }, back, next, where), jumps);
  list.after(ask, verdict);

  function reveal() {
    const value = steps[at() - 1].dataset.value;
    const typed = guess.value.trim().replace(",", ".").replace("−", "-");
    tell({ [named("seen")]: 1 });
    verdict.textContent = "";
    if (value === undefined || typed === "") return;
    const difference = Number(typed) - Number(value);
    if (!Number.isFinite(difference)) verdict.textContent = say("not_a_number");
    else if (Math.abs(difference) <= Number(steps[at() - 1].dataset.close)) verdict.textContent = say("guess_right");
    else verdict.textContent = say("guess_off", { difference: short(difference) });
    guess.value = "";
  }

  root.addEventListener("keydown", (event) => {
    if (event.target.closest("input, select, textarea, svg [tabindex]")) return;
    const turn = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!turn || event.altKey || event.ctrlKey || event.metaKey) return;
    const step = at() + turn;
    if (step >= 1 && step <= steps.length) go(step);
    event.preventDefault();
  });

  let shown = 0;
  drawn.push(() => {
    const step = at();
    const current = steps[step - 1];
    const isHidden = "answer" in current.dataset && !seen();
    if (shown !== step) {
      verdict.textContent = "";
      guess.value = "";
    }
    shown = step;
    steps.forEach((one, k) => {
      one.classList.toggle("current", k + 1 === step);
      one.classList.toggle("closed", k + 1 === step && isHidden);
      const jump = jumps.children[k].firstChild;
      if (k + 1 === step) jump.setAttribute("aria-current", "step");
      else jump.removeAttribute("aria-current");
      jump.setAttribute("aria-label", say("step_of", { step: k + 1, n: steps.length }));
    });
    where.textContent = say("step_of", { step, n: steps.length });
    back.disabled = step === 1;
    next.disabled = step === steps.length;
    ask.hidden = !isHidden;
    asked.hidden = current.dataset.value === undefined;
    light(scene, (current.dataset.lit || "").split(" "));
  });
}

// The parts of the picture that a step is about.
function light(scene, names) {
  if (!scene) return;
  for (const part of scene.querySelectorAll("[data-part]")) {
    part.classList.toggle("lit", part.dataset.part.split(" ").some((name) => names.includes(name)));
  }
}

document.querySelectorAll(".play").forEach((root, k) => player(root, k + 1));
