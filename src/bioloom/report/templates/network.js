(function () {
  "use strict";
  var SVG_NAMES = "http:" + "//www.w3.org/2000/svg"; // a name, not an address
  var MOST_HITS = 12, FEW_CLASSES = 12, MANY = 1000, MANY_EDGES = 20000;
  var SPLITS = ["none", "train", "val", "test"], TEST = 3;
  var data = JSON.parse(document.getElementById("data").textContent);
  var n = data.ids.length, words = data.words;
  var onDark = window.matchMedia("(prefers-color-scheme: dark)");
  var colours = data.colours[onDark.matches ? "dark" : "light"];
  var now = {
    model: data.models[0], colouring: data.colouring, palette: data.palette,
    shown: null, selected: null, near: new Set(), onlyClass: null, onlyJudged: ""
  };

  function part(name) { return document.getElementById(name); }

  function filled(text, values) {
    return text.replace(/\{(\w+)\}/g, function (gap, name) { return values[name]; });
  }

  function element(tag, text, kind) {
    var made = document.createElement(tag);
    if (text !== undefined) { made.textContent = text; }
    if (kind) { made.className = kind; }
    return made;
  }

  function neighboursOf(edges) {
    var lists = Array.from({ length: n }, function () { return []; });
    for (var k = 0; k < edges.length; k += 2) {
      lists[edges[k]].push(edges[k + 1]);
      lists[edges[k + 1]].push(edges[k]);
    }
    return lists;
  }

  // What a node is, and its colour

  function nameOf(node) { return data.names.length ? data.names[node] : data.ids[node]; }

  function isShown(node) {
    if (now.onlyClass !== null && data.label[node] !== now.onlyClass) { return false; }
    if (!now.onlyJudged) { return true; }
    return isTest(node) && isRight(node) === (now.onlyJudged === "right");
  }

  function isTest(node) { return now.model.split[node] === TEST; }
  function isRight(node) { return now.model.predicted[node] === data.label[node]; }
  function className(number) { return number < 0 ? words.no_label : data.classes[number]; }

  function classColour(number) {
    return number < 0 ? colours.outside : colours.classes[now.palette][number];
  }

  function confidenceColour(value) {
    var steps = colours.confidence;
    var share = (value - data.least) / (1 - data.least || 1);
    return steps[Math.max(0, Math.min(steps.length - 1, Math.round(share * (steps.length - 1))))];
  }

  var COLOUR_OF = {
    "correct": function (node) {
      if (!isTest(node)) { return colours.outside; }
      return colours.judged[now.palette][isRight(node) ? 0 : 1];
    },
    "class": function (node) { return classColour(data.label[node]); },
    "prediction": function (node) { return classColour(now.model.predicted[node]); },
    "confidence": function (node) { return confidenceColour(now.model.confidence[node]); }
  };

  function legendRows() {
    var judged = colours.judged[now.palette];
    if (now.colouring === "correct") {
      return [[words.not_test, colours.outside],
        [words.test_right, judged[0]], [words.test_wrong, judged[1]]];
    }
    if (now.colouring === "confidence") {
      return [0, 0.25, 0.5, 0.75, 1].map(function (share) {
        var value = data.least + share * (1 - data.least);
        return [(100 * value).toFixed(0) + " %", confidenceColour(value)];
      });
    }
    var drawn = now.colouring === "class" ? data.label : now.model.predicted;
    return Array.from(new Set(drawn)).sort(function (a, b) { return a - b; })
      .map(function (number) { return [className(number), classColour(number)]; });
  }

  function showLegend() {
    part("legend").replaceChildren.apply(part("legend"), legendRows().map(function (row) {
      var line = element("li"), swatch = element("span", undefined, "swatch");
      swatch.style.background = row[1];
      line.append(swatch, row[0]);
      return line;
    }));
  }

  // The node that is pointed at, kept or searched for

  function facts(node) {
    var rows = data.names.length ? [[words.id, data.ids[node]]] : [];
    rows.push([words.label, className(data.label[node])]);
    rows.push([words.split, words[SPLITS[now.model.split[node]]]]);
    if (data.has_models) {
      rows.push([filled(words.says, { model: now.model.name }), className(now.model.predicted[node])]);
      if (now.model.confidence[node] !== null) {
        rows.push([words.confidence, (100 * now.model.confidence[node]).toFixed(1) + " %"]);
      }
      if (isTest(node)) { rows.push([words.so_it_is, isRight(node) ? words.right : words.wrong]); }
    }
    rows.push([words.neighbours, filled(words.drawn, { n: near[node].length, all: data.degree[node] })]);
    var list = element("dl");
    rows.forEach(function (row) { list.append(element("dt", row[0]), element("dd", row[1])); });
    return list;
  }

  function count(nodes, classes) {
    var counts = new Map();
    nodes.forEach(function (node) {
      counts.set(classes[node], (counts.get(classes[node]) || 0) + 1);
    });
    return counts;
  }

  function votes(node) {
    var labelled = count(near[node], data.label);
    var said = data.has_models ? count(near[node], now.model.predicted) : new Map();
    var table = element("table"), head = element("tr"), body = element("tbody");
    var caption = element("caption", words.votes);
    var heads = data.has_models ? [words.class, words.labelled, words.called] : [words.class, words.labelled];
    heads.forEach(function (word, place) {
      var cell = element("th", word, place ? "number" : "");
      cell.scope = "col";
      head.append(cell);
    });
    var numbers = Array.from(new Set(Array.from(labelled.keys()).concat(Array.from(said.keys()))));
    numbers.sort(function (a, b) {
      return (said.get(b) || 0) - (said.get(a) || 0) ||
        (labelled.get(b) || 0) - (labelled.get(a) || 0) || a - b;
    });
    numbers.forEach(function (number) {
      var row = element("tr"), name = element("th"), swatch = element("span", undefined, "swatch");
      swatch.style.background = classColour(number);
      name.scope = "row";
      name.append(swatch, className(number));
      row.append(name, element("td", String(labelled.get(number) || 0), "number"));
      if (data.has_models) { row.append(element("td", String(said.get(number) || 0), "number")); }
      body.append(row);
    });
    var top = element("thead");
    top.append(head);
    table.append(caption, top, body);
    return table;
  }

  function quoted(word) {
    return /^[\w.\/:-]+$/.test(word) ? word : "'" + word.replace(/'/g, "'\\''") + "'";
  }

  function command(node) {
    return "bioloom graph explain --run " + quoted(data.run) + " --model " +
      quoted(now.model.name) + " --node " + quoted(data.ids[node]);
  }

  function show(node) {
    now.shown = node;
    now.near = new Set(node === null ? [] : near[node]);
    if (node === null) {
      part("node").replaceChildren(element("p", words.point, "quiet"));
    } else {
      part("node").replaceChildren(element("h3", nameOf(node)), facts(node));
      if (near[node].length) { part("node").append(votes(node)); }
      if (data.run) { part("node").append(element("p", words.what_led, "quiet"), element("code", command(node))); }
    }
    renderer.refresh({ skipIndexation: true });
  }

  function keep(node) {
    now.selected = node;
    show(node);
  }

  function goTo(node) {
    var place = renderer.getNodeDisplayData(String(node));
    var still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    keep(node);
    renderer.getCamera().animate({ x: place.x, y: place.y, ratio: n > 100 ? 0.2 : 0.6 },
      { duration: still ? 0 : 400 });
  }

  // Search: names that are it, then that begin so, then that hold it

  function matches(wanted) {
    if (!wanted) { return []; }
    var ranked = [[], [], []];
    searched.forEach(function (words, node) {
      var rank = Math.min.apply(null, words.map(function (word) {
        var place = word.indexOf(wanted);
        return place < 0 ? 3 : word === wanted ? 0 : place === 0 ? 1 : 2;
      }));
      if (rank < 3) { ranked[rank].push(node); }
    });
    return ranked[0].concat(ranked[1], ranked[2]);
  }

  function search() {
    var wanted = part("wanted").value.trim().toLowerCase(), hits = matches(wanted);
    part("found").textContent = wanted ? filled(words.of_nodes, { n: hits.length, all: n }) : "";
    var shown = hits.slice(0, MOST_HITS).map(function (node) {
      var line = element("li"), button = element("button", nameOf(node));
      button.type = "button";
      button.addEventListener("click", function () { goTo(node); });
      line.append(button);
      return line;
    });
    part("hits").replaceChildren.apply(part("hits"), shown);
    return hits;
  }

  // The picture

  function sizeOf(node) {
    var size = n > MANY ? 2 : 5;
    return isTest(node) ? 1.7 * size : size;
  }

  function drawnNode(key, attributes) {
    var node = Number(key), drawn = Object.assign({}, attributes);
    drawn.size = sizeOf(node);
    drawn.color = COLOUR_OF[now.colouring](node);
    if (!isShown(node)) { drawn.hidden = true; }
    if (now.shown === node) {
      drawn.highlighted = true;
      drawn.size *= 1.6;
      drawn.zIndex = 2;
    } else if (now.shown !== null) {
      if (now.near.has(node)) { drawn.zIndex = 1; }
      else { drawn.color = colours.faded; drawn.label = ""; drawn.zIndex = 0; }
    }
    return drawn;
  }

  function drawnEdge(key, attributes) {
    if (now.shown === null) { return attributes; }
    var ends = network.extremities(key);
    var own = String(now.shown);
    if (ends[0] !== own && ends[1] !== own) { return Object.assign({}, attributes, { hidden: true }); }
    return Object.assign({}, attributes, { color: colours.own_edge, size: 1.5, zIndex: 1 });
  }

  function built() {
    var made = new graphology.UndirectedGraph();
    for (var node = 0; node < n; node += 1) {
      made.addNode(String(node), { x: data.x[node], y: data.y[node], label: nameOf(node) });
    }
    for (var k = 0; k < data.edges.length; k += 2) {
      made.addEdge(String(data.edges[k]), String(data.edges[k + 1]));
    }
    return made;
  }

  // The label of the node that is pointed at, over the others
  function drawPointedAt(pen, node, settings) {
    var size = settings.labelSize, edge = 4;
    pen.font = settings.labelWeight + " " + size + "px " + settings.labelFont;
    var label = node.label || "", wide = label ? pen.measureText(label).width + 2 * edge : 0;
    pen.fillStyle = colours.ground;
    pen.strokeStyle = colours.own_edge;
    pen.beginPath();
    pen.rect(node.x, node.y - size / 2 - edge, node.size + wide + edge, size + 2 * edge);
    pen.arc(node.x, node.y, node.size + 2, 0, 2 * Math.PI);
    pen.fill();
    pen.fillStyle = colours.label;
    pen.fillText(label, node.x + node.size + edge, node.y + size / 3);
  }

  function hasWebGL() {
    var canvas = document.createElement("canvas");
    return Boolean(canvas.getContext("webgl2") || canvas.getContext("webgl"));
  }

  // Pictures of what is shown, all of it, in its colours

  function extent() {
    var side = 0;
    for (var k = 0; k < n; k += 1) { side = Math.max(side, data.x[k], data.y[k]); }
    return side || 1;
  }

  // Files are white, whatever the page is
  function inLight(make) {
    var shown = colours;
    colours = data.colours.light;
    try { return make(); } finally { colours = shown; }
  }

  function drawing(side) {
    var most = extent(), edge = 30, scale = (side - 2 * edge) / most;
    function place(node) { return [edge + scale * data.x[node], side - edge - scale * data.y[node]]; }
    var lines = [], dots = [];
    for (var k = 0; k < data.edges.length; k += 2) {
      if (isShown(data.edges[k]) && isShown(data.edges[k + 1])) {
        lines.push(place(data.edges[k]).concat(place(data.edges[k + 1])));
      }
    }
    for (var node = 0; node < n; node += 1) {
      if (isShown(node)) { dots.push(place(node).concat([sizeOf(node) * side / 1400, COLOUR_OF[now.colouring](node)])); }
    }
    return { lines: lines, dots: dots };
  }

  function svgText() {
    var side = 1400, drawn = inLight(function () { return drawing(side); });
    function short(value) { return value.toFixed(1); }
    var path = drawn.lines.map(function (l) { return "M" + short(l[0]) + " " + short(l[1]) + "L" + short(l[2]) + " " + short(l[3]); }).join("");
    var dots = drawn.dots.map(function (d) {
      return '<circle cx="' + short(d[0]) + '" cy="' + short(d[1]) + '" r="' + short(d[2]) + '" fill="' + d[3] + '"/>';
    }).join("");
    return '<svg xmlns="' + SVG_NAMES + '" viewBox="0 0 ' + side + " " + side + '"><rect width="100%" height="100%" fill="#fff"/><path d="' +
      path + '" fill="none" stroke="#d4d4d4" stroke-width="0.7"/>' + dots + "</svg>";
  }

  function canvasOf() {
    var side = 2800, drawn = inLight(function () { return drawing(side); }), canvas = document.createElement("canvas");
    canvas.width = canvas.height = side;
    var pen = canvas.getContext("2d");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, side, side);
    pen.strokeStyle = "#d4d4d4";
    pen.lineWidth = 1.4;
    pen.beginPath();
    drawn.lines.forEach(function (l) { pen.moveTo(l[0], l[1]); pen.lineTo(l[2], l[3]); });
    pen.stroke();
    drawn.dots.forEach(function (d) {
      pen.fillStyle = d[3];
      pen.beginPath();
      pen.arc(d[0], d[1], d[2], 0, 2 * Math.PI);
      pen.fill();
    });
    return canvas;
  }

  function download(blob, ending) {
    var link = element("a"), url = URL.createObjectURL(blob);
    link.href = url;
    link.download = document.title.replace(/[^\w.-]+/g, "_") + ending;
    link.click();
    URL.revokeObjectURL(url);
  }

  function showFiltered() {
    var count = 0;
    for (var node = 0; node < n; node += 1) { if (isShown(node)) { count += 1; } }
    part("shown").textContent = count < n ? filled(words.of_nodes, { n: count, all: n }) : "";
    if (now.selected !== null && !isShown(now.selected)) { keep(null); }
    renderer.refresh({ skipIndexation: true });
  }

  function repaint() {
    showLegend();
    showFiltered();
    show(now.shown);
  }

  if (!hasWebGL()) { return; }
  part("viewer").hidden = false;
  var near = neighboursOf(data.edges);
  var searched = data.ids.map(function (id, node) {
    return data.names.length ? [id.toLowerCase(), data.names[node].toLowerCase()] : [id.toLowerCase()];
  });
  var network = built();
  var renderer = new Sigma(network, part("stage"), {
    nodeReducer: drawnNode, edgeReducer: drawnEdge, zIndex: true, minCameraRatio: 0.005,
    defaultEdgeColor: colours.edge, labelColor: { color: colours.label }, labelSize: 13,
    defaultDrawNodeHover: drawPointedAt,
    labelRenderedSizeThreshold: n > MANY ? 9 : 7, hideEdgesOnMove: data.edges.length > 2 * MANY_EDGES,
    labelFont: "system-ui, sans-serif"
  });
  part("no-viewer").hidden = true;
  renderer.on("enterNode", function (event) { if (now.selected === null) { show(Number(event.node)); } });
  renderer.on("leaveNode", function () { if (now.selected === null) { show(null); } });
  renderer.on("clickNode", function (event) { keep(Number(event.node)); });
  renderer.on("clickStage", function () { keep(null); });
  document.addEventListener("keydown", function (event) { if (event.key === "Escape") { keep(null); } });
  part("wanted").addEventListener("input", search);
  part("controls").addEventListener("submit", function (event) {
    event.preventDefault();
    var hits = search();
    if (hits.length) { goTo(hits[0]); }
  });
  part("shown-class").addEventListener("change", function (event) {
    now.onlyClass = event.target.value === "" ? null : Number(event.target.value);
    showFiltered();
  });
  if (part("shown-judged")) {
    part("shown-judged").addEventListener("change", function (event) {
      now.onlyJudged = event.target.value;
      showFiltered();
    });
  }
  part("save-png").addEventListener("click", function () {
    canvasOf().toBlob(function (blob) { download(blob, ".png"); });
  });
  part("save-svg").addEventListener("click", function () {
    download(new Blob([svgText()], { type: "image/svg+xml" }), ".svg");
  });
  onDark.addEventListener("change", function () {
    colours = data.colours[onDark.matches ? "dark" : "light"];
    renderer.setSetting("defaultEdgeColor", colours.edge);
    renderer.setSetting("labelColor", { color: colours.label });
    repaint();
  });
  part("reset").addEventListener("click", function () {
    keep(null);
    renderer.getCamera().animatedReset();
  });
  if (data.has_models) {
    part("model").addEventListener("change", function (event) {
      now.model = data.models[Number(event.target.value)];
      repaint();
    });
    part("colouring").addEventListener("change", function (event) {
      now.colouring = event.target.value;
      repaint();
    });
  }
  part("palette").addEventListener("change", function (event) {
    now.palette = event.target.value;
    repaint();
  });
  if (data.classes.length > FEW_CLASSES) { part("legend-fold").open = false; }
  showLegend();
  if (data.centre !== null) { keep(data.centre); }
})();
