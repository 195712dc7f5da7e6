// Tables marked data-sortable are shown by Tabulator; the plain one stays in the page,
// hidden: it holds the content, is printed, and is all there is without scripts.
(() => {
  "use strict";
  const VIRTUAL_FROM = 250; // rows; shorter tables are whole in the page
  const WIDEST = 380; // px, before a reader asks for more
  const { words, lang } = JSON.parse(document.getElementById("main").dataset.tables);
  const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  const shownTables = [];

  const filled = (text, values) =>
    text.replace(/\{(\w+)\}/g, (gap, name) => values[name]);

  function element(tag, properties, ...children) {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  }

  const copyOf = (node) => [...node.cloneNode(true).childNodes];

  function keyOf(cell, isNumber) {
    const text = cell.textContent.trim();
    const key = cell.dataset.key === undefined ? text : cell.dataset.key;
    if (key === "") { return null; }
    return isNumber ? Number(key) : key;
  }

  // Rows without a value stay last in either direction; equal rows keep their order.
  function sorter(isNumber) {
    return (a, b, rowA, rowB, column, direction) => {
      const sign = direction === "asc" ? 1 : -1;
      if (a === null || b === null) {
        const order = (a === null) - (b === null);
        if (order) { return sign * order; }
      } else {
        const order = isNumber ? a - b : collator.compare(a, b);
        if (order) { return order; }
      }
      return sign * (rowA.getData().place - rowB.getData().place);
    };
  }

  const BOUND = /^(>=|<=|>|<|=|≥|≤)(-?[\d.]+(?:e[-+]?\d+)?)$/i;
  const RANGE = /^(-?[\d.]+(?:e[-+]?\d+)?)\.\.(-?[\d.]+(?:e[-+]?\d+)?)$/i;
  const COMPARE = {
    ">=": (a, b) => a >= b, "≥": (a, b) => a >= b, ">": (a, b) => a > b,
    "<=": (a, b) => a <= b, "≤": (a, b) => a <= b, "<": (a, b) => a < b,
    "=": (a, b) => a === b,
  };

  // What is typed over a column as a test of a row: ">=0.5 <2", "1..20" or a word.
  function fits(typed, key, text) {
    return bare(typed).replace(/([<>=≥≤])\s+/g, "$1").trim().split(/\s+/).every((word) => {
      const bound = BOUND.exec(word), range = RANGE.exec(word);
      if (bound) { return key !== null && COMPARE[bound[1]](key, Number(bound[2])); }
      if (range) { return key !== null && key >= Number(range[1]) && key <= Number(range[2]); }
      if (/^[<>=≥≤]+$/.test(word)) { return true; } // not yet typed to its end
      const wanted = word.toLowerCase();
      return [text, bare(text)].some((shown) => shown.toLowerCase().includes(wanted));
    });
  }

  // Without the commas of thousands, which one may type or not
  function bare(text) { return text.replace(/(\d),(?=\d{3})/g, "$1"); }

  function columnFilter(label, isNumber) {
    return (cell, onRendered, success) => {
      const input = element("input", {
        type: "search", autocomplete: "off", spellcheck: false,
        placeholder: isNumber ? ">=0.5" : words.contains,
        ariaLabel: filled(words.filter, { column: label }),
      });
      input.addEventListener("input", () => success(input.value));
      input.addEventListener("click", (event) => event.stopPropagation());
      return input;
    };
  }

  function columnOf(heading, place, rows) {
    const isNumber = heading.classList.contains("number");
    const label = heading.textContent.trim();
    const isWide = rows.some((row) => row.cells[place].classList.contains("wide"));
    const textOf = (data) => data.source.cells[place].textContent.trim();
    const kept = (value, data) => isNumber ? value : textOf(data);
    return {
      field: `c${place}`, title: label, maxInitialWidth: WIDEST,
      cssClass: [isNumber ? "number" : "", isWide ? "wide" : ""].join(" ").trim(),
      frozen: place === 0 && matchMedia("(min-width: 45rem)").matches,
      titleFormatter: () => element(
        "button", { type: "button", title: heading.title }, ...copyOf(heading)),
      formatter: (cell) => {
        const source = cell.getData().source.cells[place], shown = cell.getElement();
        shown.setAttribute("role", place ? "cell" : "rowheader");
        source.classList.forEach((name) => shown.classList.add(name));
        return element("span", {}, ...copyOf(source));
      },
      sorter: sorter(isNumber),
      headerFilter: columnFilter(label, isNumber),
      headerFilterFunc: (typed, key, data) => fits(typed, key, textOf(data)),
      headerFilterLiveFilter: false,
      accessorDownload: kept, accessorClipboard: kept,
    };
  }

  function dataOf(source, place, headings) {
    const data = { place, source };
    headings.forEach((heading, at) => {
      data[`c${at}`] = keyOf(source.cells[at], heading.classList.contains("number"));
    });
    return data;
  }

  // Tabulator calls it a grid, whose cells would be walked through by arrow keys.
  function setRoles(native, host) {
    const set = (name, role) => host.querySelector(name).setAttribute("role", role);
    host.removeAttribute("aria-owns");
    host.setAttribute("role", "table");
    host.setAttribute("aria-labelledby", native.caption.id);
    host.setAttribute("aria-colcount", native.tHead.rows[0].cells.length);
    set(".tabulator-tableholder", "rowgroup");
    set(".tabulator-tableholder > .tabulator-table", "presentation");
    host.querySelectorAll(".tabulator-headers > .tabulator-col").forEach((one, place) => {
      one.setAttribute("aria-colindex", place + 1);
    });
  }

  function numberRows(host, table) {
    host.setAttribute("aria-rowcount", table.getDataCount("active") + 1);
    table.getRows("visible").forEach((row) => {
      row.getElement().setAttribute("aria-rowindex", row.getPosition() + 1);
    });
  }

  function searchable(native, table) {
    const box = document.querySelector(`.search[data-for="${native.id}"]`);
    if (!box) { return null; }
    const input = box.querySelector("input");
    const texts = new Map();
    const textOf = (row) => {
      if (!texts.has(row)) {
        texts.set(row, [...row.cells].map((cell) => cell.textContent).join(" ").toLowerCase());
      }
      return texts.get(row);
    };
    input.addEventListener("input", () => {
      const wanted = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      if (!wanted.length) { table.clearFilter(); return; }
      table.setFilter((data) => wanted.every((word) => textOf(data.source).includes(word)));
    });
    box.hidden = false;
    return box;
  }

  function pressed(label, act) {
    const button = element("button", { type: "button" }, label);
    button.addEventListener("click", () => act(button));
    return button;
  }

  function columnMenu(table) {
    const list = element("ul");
    table.getColumns().forEach((column) => {
      const box = element("input", { type: "checkbox", checked: true });
      box.addEventListener("change", () => {
        column[box.checked ? "show" : "hide"]();
        table.redraw(true);
      });
      list.append(element("li", {}, element("label", {}, box, column.getDefinition().title)));
    });
    const menu = element("details", { className: "columns" },
      element("summary", {}, words.columns), list);
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") { return; }
      menu.open = false;
      menu.querySelector("summary").focus();
    });
    return menu;
  }

  function addTools(box, native, host, table) {
    const filters = pressed(words.filters, (button) => {
      const isOn = host.classList.toggle("filtered");
      button.ariaPressed = isOn;
      if (!isOn) { table.clearHeaderFilter(); }
      table.redraw(true);
      if (isOn) { host.querySelector(".tabulator-header-filter input").focus(); }
    });
    filters.ariaPressed = false;
    box.append(
      filters, columnMenu(table),
      pressed(words.copy, (button) => {
        table.copyToClipboard("active");
        button.textContent = words.copied;
        setTimeout(() => { button.textContent = words.copy; }, 1500);
      }),
      // spreadsheets take a file without a mark for Latin letters
      pressed(words.csv, () => table.download("csv", `${native.id}.csv`, { bom: lang !== "en" })),
    );
  }

  // Folds of rows that are filtered away go with them.
  function followed(native, box, rows) {
    const left = new Set(rows.map((row) => row.getData().source.id));
    document.querySelectorAll("details[data-row]").forEach((part) => {
      const row = document.getElementById(part.dataset.row);
      if (native.contains(row)) { part.hidden = !left.has(part.dataset.row); }
    });
    if (!box) { return; }
    const output = box.querySelector("output"), n = native.tBodies[0].rows.length;
    const text = rows.length < n ? output.dataset.hits : output.dataset.rows;
    output.textContent = filled(text, { found: rows.length, n });
  }

  function show(native) {
    const headings = [...native.tHead.rows[0].cells];
    const rows = [...native.tBodies[0].rows];
    const scroll = native.closest(".scroll");
    const host = element("div", { className: "live" });
    const caption = element("p", { className: "caption" }, ...copyOf(native.caption));
    scroll.after(caption, host);
    scroll.hidden = true;
    const table = new Tabulator(host, {
      data: rows.map((row, place) => dataOf(row, place, headings)),
      columns: headings.map((heading, place) => columnOf(heading, place, rows)),
      index: "place", layout: "fitDataTable", maxHeight: "75vh",
      renderVertical: rows.length < VIRTUAL_FROM ? "basic" : "virtual",
      placeholder: element("span", {}, words.nothing),
      clipboard: "copy", clipboardCopyRowRange: "active", clipboardCopyStyled: false,
      headerSortElement: "<span></span>",
    });
    const shown = { native, host, table };
    shownTables.push(shown);
    table.on("tableBuilt", () => {
      setRoles(native, host);
      const box = searchable(native, table);
      if (box) { addTools(box, native, host, table); }
      table.on("dataFiltered", (filters, left) => followed(native, box, left));
      ["renderComplete", "scrollVertical"].forEach((event) => {
        table.on(event, () => numberRows(host, table));
      });
      // heights of wrapped cells were measured before the columns had their widths
      if (host.querySelector(".wide")) { table.redraw(true); }
      numberRows(host, table);
      followed(native, box, table.getRows());
    });
  }

  // A link to a row shows it, wherever in the table it is.
  function showRow() {
    const row = location.hash && document.getElementById(location.hash.slice(1));
    const shown = row && shownTables.find((one) => one.native.contains(row));
    if (!shown || row.tagName !== "TR") { return; }
    const { host, table } = shown;
    const found = table.getRows().find((one) => one.getData().source === row);
    if (!found) { return; }
    host.scrollIntoView({ block: "nearest" });
    table.scrollToRow(found, "center", true).then(() => {
      host.querySelectorAll(".target").forEach((one) => one.classList.remove("target"));
      const line = found.getElement();
      line.classList.add("target");
      line.tabIndex = -1;
      line.focus({ preventScroll: true });
    }).catch(() => undefined);
  }

  // Paper gets the plain table, with the rows and columns that are shown, in their order.
  function settle({ native, table }) {
    const body = native.tBodies[0];
    const active = table.getRows("active").map((row) => row.getData().source);
    const left = new Set(active);
    [...body.rows].forEach((row) => { row.hidden = !left.has(row); });
    body.append(...active);
    table.getColumns().forEach((column, place) => {
      [native.tHead.rows[0], ...active].forEach((row) => {
        row.cells[place].hidden = !column.isVisible();
      });
    });
  }

  document.querySelectorAll("table[data-sortable]").forEach((native) => show(native));
  addEventListener("beforeprint", () => shownTables.forEach(settle));
  addEventListener("hashchange", showRow);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (link && link.getAttribute("href") === location.hash) { showRow(); }
  });
  setTimeout(showRow);
})();
