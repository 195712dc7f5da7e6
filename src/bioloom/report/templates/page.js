(function () {
  "use strict";
  var words = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

  function keyOf(row, column, isNumber) {
    var cell = row.cells[column];
    var text = cell.dataset.key === undefined ? cell.textContent.trim() : cell.dataset.key;
    if (text === "") { return null; }
    return isNumber ? Number(text) : text;
  }

  // Rows without a value stay last in either direction.
  function compare(a, b, sign, isNumber) {
    if (a.key === null || b.key === null) {
      return (a.key === null) - (b.key === null) || a.place - b.place;
    }
    var order = isNumber ? a.key - b.key : words.compare(a.key, b.key);
    return sign * order || a.place - b.place;
  }

  function sortBy(table, heading, column) {
    var isNumber = heading.classList.contains("number");
    var isRising = heading.getAttribute("aria-sort") !== "ascending";
    var body = table.tBodies[0];
    var keyed = Array.from(body.rows, function (row, place) {
      return { row: row, place: place, key: keyOf(row, column, isNumber) };
    });
    keyed.sort(function (a, b) { return compare(a, b, isRising ? 1 : -1, isNumber); });
    var sorted = document.createDocumentFragment();
    keyed.forEach(function (one) { sorted.appendChild(one.row); });
    body.appendChild(sorted);
    Array.from(table.tHead.rows[0].cells).forEach(function (other) {
      other.setAttribute("aria-sort", "none");
    });
    heading.setAttribute("aria-sort", isRising ? "ascending" : "descending");
  }

  function makeSortable(table) {
    Array.from(table.tHead.rows[0].cells).forEach(function (heading, column) {
      var button = document.createElement("button");
      button.type = "button";
      button.append.apply(button, Array.from(heading.childNodes));
      heading.append(button);
      heading.setAttribute("aria-sort", "none");
      button.addEventListener("click", function () { sortBy(table, heading, column); });
    });
  }

  function makeSearchable(box) {
    var rows = Array.from(document.getElementById(box.dataset.for).tBodies[0].rows);
    var texts = rows.map(function (row) {
      return Array.from(row.cells, function (cell) { return cell.textContent; })
        .join(" ").toLowerCase();
    });
    var parts = new Map();
    document.querySelectorAll("details[data-row]").forEach(function (part) {
      parts.set(part.dataset.row, part);
    });
    var input = box.querySelector("input");
    var output = box.querySelector("output");
    function search() {
      var wanted = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      var found = 0;
      rows.forEach(function (row, index) {
        var fits = wanted.every(function (word) { return texts[index].includes(word); });
        var part = parts.get(row.id);
        row.hidden = !fits;
        if (part) { part.hidden = !fits; }
        found += fits ? 1 : 0;
      });
      output.textContent = (wanted.length ? output.dataset.hits : output.dataset.rows)
        .replace("{found}", found).replace("{n}", rows.length);
    }
    input.addEventListener("input", search);
    box.hidden = false;
    search();
  }

  // A link to a folded part opens it.
  function openTarget() {
    var name = location.hash.slice(1);
    var target = name && document.getElementById(name);
    if (target && target.tagName === "DETAILS") {
      target.hidden = false;
      target.open = true;
      target.scrollIntoView();
      target.querySelector("summary").focus({ preventScroll: true });
    }
  }

  document.querySelectorAll("table[data-sortable]").forEach(makeSortable);
  document.querySelectorAll(".search").forEach(makeSearchable);
  document.addEventListener("click", function (event) {
    var link = event.target.closest("a[href^='#']");
    if (link && link.getAttribute("href") === location.hash) { openTarget(); }
  });
  window.addEventListener("hashchange", openTarget);
  openTarget();
})();
