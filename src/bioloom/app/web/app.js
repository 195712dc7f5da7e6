// Small things that forms cannot do by themselves: copy, choose a file.
(() => {
  "use strict";

  const named = (name) => document.querySelector(`[name="${CSS.escape(name)}"]`);

  // Buttons that need scripts are hidden until there are any.
  function show(part) {
    for (const one of part.querySelectorAll("[data-needs-script]")) one.hidden = false;
  }

  async function copy(button) {
    const text = button.closest(".command").querySelector("code").textContent;
    await navigator.clipboard.writeText(text);
    const label = button.textContent;
    button.textContent = document.body.dataset.copied;
    setTimeout(() => { button.textContent = label; }, 1500);
  }

  function list(box, path) {
    const chooser = document.querySelector(`[data-path-of="${CSS.escape(box.dataset.field)}"]`);
    const asked = { ...JSON.parse(chooser.getAttribute("hx-vals")), path };
    htmx.ajax("GET", `/files/pick?${new URLSearchParams(asked)}`, {
      target: box.parentElement, source: box.parentElement,
    });
  }

  function take(box, value) {
    const field = named(box.dataset.field);
    const lines = field.value.split("\n").filter((line) => line.trim() !== "");
    field.value = field.tagName === "TEXTAREA" ? [...lines, value].join("\n") : value;
    field.dispatchEvent(new Event("change", { bubbles: true }));
    close(box);
    field.focus();
  }

  function close(box) { box.remove(); }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const box = button.closest(".pick-box");
    if ("copy" in button.dataset) copy(button);
    else if (box && "go" in button.dataset) list(box, button.dataset.go);
    else if (box && "take" in button.dataset) take(box, button.dataset.take);
    else if (box && "close" in button.dataset) close(box);
  });

  // The file browser begins in the folder of what stands in the field.
  document.addEventListener("htmx:configRequest", (event) => {
    const name = event.detail.elt.dataset && event.detail.elt.dataset.pathOf;
    if (!name) return;
    const value = named(name).value.split("\n").pop();
    event.detail.parameters.delete(name);
    event.detail.parameters.set("path", value);
  });
  document.addEventListener("htmx:load", (event) => show(event.detail.elt));
  document.addEventListener("htmx:afterSettle", (event) => {
    const box = event.target.querySelector && event.target.querySelector(".pick-box button");
    if (box) box.focus();
  });
  show(document);
})();
