(function () {
  "use strict";
  var MOST_HITS = 12;
  var data = JSON.parse(document.getElementById("data").textContent);
  var names = data.nodes.map(function (name) { return name.toLowerCase(); });
  var input = document.getElementById("wanted");

  function element(tag, text, kind) {
    var made = document.createElement(tag);
    if (text !== undefined) { made.textContent = text; }
    if (kind) { made.className = kind; }
    return made;
  }

  function filled(words, values) {
    return words.replace(/\{(\w+)\}/g, function (gap, name) { return values[name]; });
  }

  function row(tag, texts) {
    var line = element("tr");
    texts.forEach(function (text, place) {
      var cell = element(tag, text, place === 1 || place === 2 ? "" : "number");
      if (tag === "th") { cell.scope = "col"; }
      line.append(cell);
    });
    return line;
  }

  function show(node) {
    var table = element("table"), head = element("thead"), body = element("tbody");
    table.append(element("caption", filled(data.words.caption, {
      node: data.nodes[node], type: data.types[data.type[node]], n: data.links[node]
    })));
    head.append(row("th", data.words.head.concat(data.heuristics)));
    (data.lists[node] || []).forEach(function (one) {
      var partner = one[1];
      body.append(row("td", [one[0], data.nodes[partner], data.types[data.type[partner]],
        one[2], one[3], data.links[partner]].concat(one.slice(4)).map(String)));
    });
    table.append(head, body);
    var scroll = element("div", undefined, "scroll");
    scroll.tabIndex = 0;
    scroll.append(table);
    document.getElementById("list").replaceChildren(scroll);
  }

  function search() {
    var wanted = input.value.trim().toLowerCase(), found = [];
    if (wanted) {
      names.forEach(function (name, node) {
        if (name.includes(wanted) && data.lists[node]) { found.push(node); }
      });
      found.sort(function (a, b) {
        return names[a].length - names[b].length || data.links[b] - data.links[a];
      });
    }
    document.getElementById("found").textContent = wanted ? filled(data.words.found, { n: found.length }) : "";
    document.getElementById("hits").replaceChildren.apply(document.getElementById("hits"),
      found.slice(0, MOST_HITS).map(function (node) {
        var line = element("li"), button = element("button", data.nodes[node]);
        button.type = "button";
        button.addEventListener("click", function () { show(node); });
        line.append(button);
        return line;
      }));
    var exact = names.indexOf(wanted);
    if (exact >= 0 && data.lists[exact]) { show(exact); } else if (found.length === 1) { show(found[0]); }
  }

  document.querySelector("#finder form").addEventListener("submit", function (event) { event.preventDefault(); });
  input.addEventListener("input", search);
  document.getElementById("finder").hidden = false;
  if (data.first !== null) { input.value = data.nodes[data.first]; search(); }
})();
