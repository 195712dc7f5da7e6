(() => {
  "use strict";

  // A link to a folded part opens it.
  function openTarget() {
    const name = location.hash.slice(1);
    const target = name && document.getElementById(name);
    if (target && target.tagName === "DETAILS") {
      target.hidden = false;
      target.open = true;
      target.scrollIntoView();
      target.querySelector("summary").focus({ preventScroll: true });
    }
  }

  // What is wider than its place is scrolled by keys too.
  function markScrolled(part) {
    // all are measured before any is changed: what is folded is not laid out for it
    [...part.querySelectorAll("pre, .formula")]
      .filter((one) => !one.closest("details:not([open])"))
      .filter((one) => one.scrollWidth > one.clientWidth)
      .forEach((one) => { one.tabIndex = 0; });
  }
  const main = document.getElementById("main");
  markScrolled(main);
  addEventListener("resize", () => markScrolled(main));
  document.addEventListener("toggle", (event) => markScrolled(event.target), true);

  // Paper cannot be unfolded: what is folded is opened for it, and folded again.
  const opened = [];
  addEventListener("beforeprint", () => {
    document.querySelectorAll("main details:not([open])").forEach((part) => {
      part.open = true;
      opened.push(part);
    });
  });
  addEventListener("afterprint", () => {
    opened.splice(0).forEach((part) => { part.open = false; });
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (link && link.getAttribute("href") === location.hash) { openTarget(); }
  });
  addEventListener("hashchange", openTarget);
  openTarget();
})();
