// Explorable of De Bruijn sequences: the wheel, and the walk through the graph behind it.

const MOST_WORDS = 64;

function wheelExplorer(root) {
  const letters = () => [...new Set(told("letters", "01"))].slice(0, 4).join("") || "01";
  const mostOrder = () => Math.max(1, Math.floor(Math.log(MOST_WORDS) / Math.log(Math.max(letters().length, 2)) + 1e-9));
  const order = () => Math.min(toldCount("order", 1, 6, 2), mostOrder());
  const size = () => letters().length;
  const least = () => leastSequence(letters(), order());
  const text = () => [...told("text", "")].filter((one) => letters().includes(one)).slice(0, MOST_WORDS).join("") || least();
  const direction = () => (told("dir", "") === "clockwise" ? "clockwise" : "counterclockwise");
  const turns = () => toldCount("turn", 0, 9999);
  const walked = () => {
    const path = told("walk", "").split(" ").filter((word) => word.length === order() && [...word].every((one) => letters().includes(one)));
    const isWalk = path.every((word, k) => (k === 0 || path[k - 1].slice(1) === word.slice(0, -1)) && path.indexOf(word) === k);
    return isWalk ? path : [];
  };
  const afresh = { text: null, turn: null, walk: null };

  const alphabet = el("input", { type: "text", size: "6", maxlength: "4", autocomplete: "off", change: () => tell({ ...afresh, letters: alphabet.value || null }) });
  const orders = el("input", { type: "number", min: "1", max: "6", change: () => tell({ ...afresh, order: orders.value }) });
  const own = el("input", { type: "text", size: "20", autocomplete: "off", autocapitalize: "off", spellcheck: "false", change: () => tell({ text: own.value, turn: null }) });
  const svg = el("svg", { viewBox: "0 0 320 330", class: "graph", role: "img", "data-wl": "wheel_picture" });
  const wheel = el("g", { class: "turning" });
  const frame = el("g", { class: "lit" });
  svg.append(wheel, frame);
  const shows = el("p", { class: "working", role: "status" });
  const all = el("p");
  const judged = el("p", { class: "working" });
  const cycles = el("p", { class: "quiet" });
  root.append(
    el("div", { class: "controls" }, labelled("alphabet", alphabet), labelled("order", orders), labelled("text_on_wheel", own),
      labelled("direction", choice("dir", [["counterclockwise", "counterclockwise"], ["clockwise", "clockwise"]], "counterclockwise", () => ({ turn: null })))),
    el("div", { class: "controls" },
      button("turn_once", () => tell({ turn: turns() + 1 })), button("turn_back", () => tell({ turn: Math.max(turns() - 1, 0) })),
      button("least", () => tell({ text: null, turn: null })), button("notes_other", () => tell({ ...afresh, letters: null, order: null, text: "0110" }))),
    el("div", { class: "card wheel" }, svg), shows, all, judged, cycles, el("p", { class: "quiet", "data-w": "direction_note" }));

  drawn.push(() => {
    const cycle = text();
    const words = windows(cycle, order(), direction());
    alphabet.value = letters();
    orders.value = order();
    own.value = cycle;
    drawWheel(wheel, frame, cycle, order(), direction() === "clockwise" ? -turns() : turns());
    shows.textContent = say("window_shows", { turn: turns(), word: words[turns() % cycle.length] });
    all.textContent = say("windows_of", { words: words.join(" ") });
    judged.textContent = verdictOn(cycle, least(), size() ** order(), order());
    cycles.textContent = say("wheel_cycles", { n: countText(size(), order()) });
  });
  walkExplorer(root, { letters, order, walked });
}

// Numbers with more than 15 digits by their length.
function countText(size, order) {
  const digits = String(countSequences(size, order));
  return digits.length <= 15 ? digits : `≈ ${digits[0]}.${digits.slice(1, 3)} · 10^${digits.length - 1}`;
}

function verdictOn(cycle, least, nWords, order) {
  if (cycle.length !== nWords) return say("wheel_length", { n: nWords, m: cycle.length });
  const repeat = firstRepeat(cycle, order);
  if (repeat !== null) return say("wheel_repeat", { word: windows(cycle, order, "counterclockwise")[repeat] });
  const turned = turnedBy(least, cycle);
  const right = say("wheel_right", { n: nWords });
  if (turned === 0) return right;
  return `${right} ${turned === null ? say("wheel_other", { least }) : say("wheel_same", { least, n: turned })}`;
}

// Letters clockwise from the top; the wheel is turned by places against the clock.
function drawWheel(wheel, frame, cycle, order, places) {
  const n = cycle.length;
  const angle = 360 / n;
  const at = (k, radius) => {
    const turn = ((k * angle - 90) * Math.PI) / 180;
    return [160 + radius * Math.cos(turn), 170 + radius * Math.sin(turn)];
  };
  const parts = [el("circle", { cx: 160, cy: 170, r: 140 })];
  for (let k = 0; k < n; k += 1) {
    const [x1, y1] = at(k - 0.5, 60);
    const [x2, y2] = at(k - 0.5, 140);
    const [x, y] = at(k, 108);
    const letter = el("text", { x, y: y + 5 }, cycle[k]);
    letter.style.fontSize = `${Math.max(9, Math.min(30, 400 / n))}px`;
    letter.setAttribute("transform", `rotate(${k * angle} ${x} ${y})`);
    parts.push(el("line", { x1, y1, x2, y2 }), letter);
  }
  wheel.replaceChildren(...parts);
  wheel.style.transformOrigin = "160px 170px";
  wheel.style.transform = `rotate(${-places * angle}deg)`;
  const shown = Math.min(order, n);
  const [ax, ay] = at(-0.5, 150);
  const [bx, by] = at(shown - 0.5, 150);
  const isLarge = shown * angle > 180 ? 1 : 0;
  const [cx, cy] = at(-0.5, 66);
  const [dx, dy] = at(shown - 0.5, 66);
  const path = shown * angle >= 360 ? "" : `M${cx} ${cy}L${ax} ${ay}A150 150 0 ${isLarge} 1 ${bx} ${by}L${dx} ${dy}`;
  frame.replaceChildren(el("path", { d: path, class: "lit" }));
}

function walkExplorer(root, { letters, order, walked }) {
  const svg = el("svg", { viewBox: "0 0 360 330", class: "graph", role: "img", "data-wl": "walk_picture" });
  const here = el("p", { class: "working", role: "status" });
  const steps = el("div", { class: "controls" });
  const undo = button("undo", () => tell({ walk: walked().slice(0, -1).join(" ") || null }));
  const again = button("reset", () => tell({ walk: null }));
  root.append(el("h3", { "data-w": "walk" }), el("p", { "data-w": "walk_lead" }), el("div", { class: "card wheel" }, svg), here, steps, el("div", { class: "controls" }, undo, again));
  const named = (node) => node || say("empty_node");
  const walkBy = (word) => tell({ walk: [...walked(), word].join(" ") });
  drawn.push(() => {
    const path = walked();
    const all = [...new Set(windows(leastSequence(letters(), order()), order(), "counterclockwise"))];
    const node = path.length ? path[path.length - 1].slice(1) : letters()[0].repeat(order() - 1);
    const open = all.filter((word) => word.slice(0, -1) === node && !path.includes(word));
    const hadFocus = steps.contains(document.activeElement);
    steps.replaceChildren(...open.map((word) => el("button", { type: "button", click: () => walkBy(word) }, say("walk_by", { word }))));
    if (hadFocus) (steps.firstChild || undo).focus();
    const values = { node: named(node), n: path.length, all: all.length };
    if (path.length === all.length) here.textContent = say("walk_done", { text: path.map((word) => word[0]).join("") });
    else if (open.length === 0) here.textContent = say("walk_stuck", { node: named(node), n: all.length - path.length });
    else here.textContent = say("walk_here", values);
    undo.disabled = path.length === 0;
    drawWalk(svg, all, path, node, open, walkBy);
  });
}

// Nodes on a circle; an edge bends so that there and back stay apart.
function drawWalk(svg, all, path, here, open, walkBy) {
  const nodes = [...new Set(all.map((word) => word.slice(0, -1)))].sort();
  const at = nodes.map((_, k) => {
    const turn = (2 * Math.PI * k) / nodes.length - Math.PI / 2;
    const radius = nodes.length === 1 ? 0 : 105;
    return [180 + radius * Math.cos(turn), 165 + radius * Math.sin(turn), turn];
  });
  const parts = all.map((word) => {
    const [x1, y1, turn] = at[nodes.indexOf(word.slice(0, -1))];
    const [x2, y2] = at[nodes.indexOf(word.slice(1))];
    const isLoop = word.slice(0, -1) === word.slice(1);
    const [mx, my] = isLoop
      ? [x1 + 62 * Math.cos(turn), y1 + 62 * Math.sin(turn)]
      : [(x1 + x2) / 2 + 0.22 * (y1 - y2), (y1 + y2) / 2 + 0.22 * (x2 - x1)];
    const side = [20 * Math.sin(turn), -20 * Math.cos(turn)];
    const d = isLoop
      ? `M${x1} ${y1}C${mx + 1.6 * side[0]} ${my + 1.6 * side[1]} ${mx - 1.6 * side[0]} ${my - 1.6 * side[1]} ${x1} ${y1}`
      : `M${x1} ${y1}Q${mx} ${my} ${x2} ${y2}`;
    const [tx, ty] = isLoop ? [x1 + 50 * Math.cos(turn), y1 + 50 * Math.sin(turn)] : [(x1 + x2) / 4 + mx / 2, (y1 + y2) / 4 + my / 2];
    const isOpen = open.includes(word);
    const number = path.indexOf(word) + 1;
    const group = el("g", { class: number ? "lit edge" : "edge" }, el("path", { d, class: number ? "lit" : "" }));
    if (nodes.length <= 16) group.append(el("text", { x: tx, y: ty + 4, class: "small on" }, number ? `${number}: ${word}` : word));
    if (isOpen) {
      group.classList.add("open");
      group.addEventListener("click", () => walkBy(word));
    }
    return group;
  });
  const radius = nodes.length > 16 ? 9 : 18;
  nodes.forEach((node, k) => parts.push(el("g", { class: node === here ? "chosen" : "" }, el("circle", { cx: at[k][0], cy: at[k][1], r: radius }), ...(nodes.length <= 16 ? [el("text", { x: at[k][0], y: at[k][1] + 5, class: nodes.length > 8 ? "small" : "" }, node)] : []))));
  svg.replaceChildren(...parts);
}

function rotatedBy(text, n) {
  return text.slice(n) + text.slice(0, n);
}

function wheelTask(random, k) {
  const order = drawnFrom(random, [2, 3, 4]);
  const turned = (text) => rotatedBy(text, Math.floor(random() * text.length));
  if (k === 0) {
    const size = drawnFrom(random, [2, 3, 4, 5]);
    return { ask: "ask_sectors", values: { order, size }, answer: size ** order, close: 0 };
  }
  if (k === 1 || k === 2) {
    const text = turned(leastSequence("01", order));
    const direction = k === 1 ? "counterclockwise" : "clockwise";
    const turns = 1 + Math.floor(4 * random());
    const words = windows(text, order, direction);
    return { ask: "ask_window", values: { text, order, now: words[0], turns }, words: [["direction", direction]], answer: words[turns % words.length] };
  }
  if (k === 3) {
    const text = turned(leastSequence("01", 3));
    const n = 1 + Math.floor(7 * random());
    return { ask: "ask_rotation", values: { text, other: rotatedBy(text, n) }, answer: n, close: 0 };
  }
  // without one letter of its longest run, a solution lacks exactly that word
  const run = drawnFrom(random, ["0", "1"]).repeat(order);
  const whole = leastSequence("01", order);
  const text = turned(whole.replace(run, run.slice(1)));
  return { ask: "ask_missing", values: { text, order }, answer: run };
}

wheelExplorer(document.getElementById("explore"));
readsExplorer(document.getElementById("explore"));
exercises(document.getElementById("exercises"), (random, k) => (k < N_QUESTIONS ? wheelTask(random, k) : readsTask(random, k - N_QUESTIONS)), 9);
