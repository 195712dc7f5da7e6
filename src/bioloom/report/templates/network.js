(function () {
  "use strict";
  var MOST_HITS = 12, FADED = "#e4e4e4", MANY = 1000, MANY_EDGES = 20000;
  var SPLITS = ["none", "training", "validation", "test"], TEST = 3;
  var data = JSON.parse(document.getElementById("data").textContent);
  var n = data.ids.length;
  var now = {
    model: data.models[0], colouring: data.colouring, palette: data.palette,
    shown: null, kept: null, near: new Set()
  };

  function part(name) { return document.getElementById(name); }

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

  function isTest(node) { return now.model.split[node] === TEST; }
  function isRight(node) { return now.model.predicted[node] === data.label[node]; }
  function className(number) { return number < 0 ? "no label" : data.classes[number]; }

  function classColour(number) {
    var colours = data.colours.classes[now.palette];
    return number < 0 ? data.colours.outside : colours[number % colours.length];
  }

  function confidenceColour(value) {
    var steps = data.colours.confidence;
    var share = (value - data.least) / (1 - data.least || 1);
    return steps[Math.max(0, Math.min(steps.length - 1, Math.round(share * (steps.length - 1))))];
  }

  var COLOUR_OF = {
    "correct": function (node) {
      if (!isTest(node)) { return data.colours.outside; }
      return data.colours.judged[now.palette][isRight(node) ? 0 : 1];
    },
    "class": function (node) { return classColour(data.label[node]); },
    "prediction": function (node) { return classColour(now.model.predicted[node]); },
    "confidence": function (node) { return confidenceColour(now.model.confidence[node]); }
  };

  function legendRows() {
    var judged = data.colours.judged[now.palette];
    if (now.colouring === "correct") {
      return [["not in the test set", data.colours.outside],
        ["test node, right", judged[0]], ["test node, wrong", judged[1]]];
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
    var rows = [["label", className(data.label[node])], ["split", SPLITS[now.model.split[node]]]];
    if (data.has_models) {
      rows.push([now.model.name + " says", className(now.model.predicted[node])]);
      rows.push(["confidence", (100 * now.model.confidence[node]).toFixed(1) + " %"]);
      if (isTest(node)) { rows.push(["so it is", isRight(node) ? "right" : "wrong"]); }
    }
    rows.push(["neighbours", near[node].length + " drawn of " + data.degree[node]]);
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
    var caption = element("caption", "Its neighbours' votes");
    var heads = data.has_models ? ["Class", "labelled", "called"] : ["Class", "labelled"];
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

  function show(node) {
    now.shown = node;
    now.near = new Set(node === null ? [] : near[node]);
    if (node === null) {
      part("node").replaceChildren(element("p", "Point at a node; a click keeps it, Escape lets it go.", "quiet"));
    } else {
      part("node").replaceChildren(element("h3", data.ids[node]), facts(node));
      if (near[node].length) { part("node").append(votes(node)); }
    }
    renderer.refresh({ skipIndexation: true });
  }

  function keep(node) {
    now.kept = node;
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
    names.forEach(function (name, node) {
      var place = name.indexOf(wanted);
      if (place >= 0) { ranked[name === wanted ? 0 : place === 0 ? 1 : 2].push(node); }
    });
    return ranked[0].concat(ranked[1], ranked[2]);
  }

  function search() {
    var wanted = part("wanted").value.trim().toLowerCase(), hits = matches(wanted);
    part("found").textContent = wanted ? hits.length + " of " + n + " nodes" : "";
    var shown = hits.slice(0, MOST_HITS).map(function (node) {
      var line = element("li"), button = element("button", data.ids[node]);
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
    if (now.shown === node) {
      drawn.highlighted = true;
      drawn.size *= 1.6;
      drawn.zIndex = 2;
    } else if (now.shown !== null) {
      if (now.near.has(node)) { drawn.zIndex = 1; }
      else { drawn.color = FADED; drawn.label = ""; drawn.zIndex = 0; }
    }
    return drawn;
  }

  function drawnEdge(key, attributes) {
    if (now.shown === null) { return attributes; }
    var ends = network.extremities(key);
    var own = String(now.shown);
    if (ends[0] !== own && ends[1] !== own) { return Object.assign({}, attributes, { hidden: true }); }
    return Object.assign({}, attributes, { color: "#555555", size: 1.5, zIndex: 1 });
  }

  function built() {
    var made = new graphology.UndirectedGraph();
    for (var node = 0; node < n; node += 1) {
      made.addNode(String(node), { x: data.x[node], y: data.y[node], label: data.ids[node] });
    }
    for (var k = 0; k < data.edges.length; k += 2) {
      made.addEdge(String(data.edges[k]), String(data.edges[k + 1]));
    }
    return made;
  }

  function hasWebGL() {
    var canvas = document.createElement("canvas");
    return Boolean(canvas.getContext("webgl2") || canvas.getContext("webgl"));
  }

  function repaint() {
    showLegend();
    show(now.shown);
  }

  if (!hasWebGL()) { return; }
  part("viewer").hidden = false;
  var near = neighboursOf(data.edges);
  var names = data.ids.map(function (name) { return name.toLowerCase(); });
  var network = built();
  var renderer = new Sigma(network, part("stage"), {
    nodeReducer: drawnNode, edgeReducer: drawnEdge, zIndex: true, minCameraRatio: 0.005,
    defaultEdgeColor: "#d4d4d4", labelColor: { color: "#222222" }, labelSize: 13,
    labelRenderedSizeThreshold: n > MANY ? 9 : 7, hideEdgesOnMove: data.edges.length > 2 * MANY_EDGES,
    labelFont: "system-ui, sans-serif"
  });
  part("no-viewer").hidden = true;
  renderer.on("enterNode", function (event) { if (now.kept === null) { show(Number(event.node)); } });
  renderer.on("leaveNode", function () { if (now.kept === null) { show(null); } });
  renderer.on("clickNode", function (event) { keep(Number(event.node)); });
  renderer.on("clickStage", function () { keep(null); });
  document.addEventListener("keydown", function (event) { if (event.key === "Escape") { keep(null); } });
  part("wanted").addEventListener("input", search);
  part("controls").addEventListener("submit", function (event) {
    event.preventDefault();
    var hits = search();
    if (hits.length) { goTo(hits[0]); }
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
  showLegend();
  if (data.centre !== null) { keep(data.centre); }
})();
