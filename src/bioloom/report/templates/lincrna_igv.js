// Shows the candidate of the row that is chosen; everything it needs is in the page.
(function () {
  const sessions = JSON.parse(document.getElementById("sessions").textContent);
  const rows = Array.from(document.querySelectorAll("#loci tbody tr"));
  const options = {
    loadDefaultGenomes: false,
    queryParametersSupported: false,
    search: false,
    showChromosomeWidget: false,
  };

  function tell(error) {
    const problem = document.getElementById("problem");
    problem.textContent = String(error);
    problem.hidden = false;
  }

  function mark(chosen) {
    rows.forEach(function (row) {
      if (row === chosen) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    });
  }

  // igv.js changes what it is given, so each time it gets a copy
  function session(row) {
    return structuredClone(sessions[Number(row.dataset.session)]);
  }

  const view = document.getElementById("igv");

  // the slider has no name of its own
  function nameZoom(browser) {
    view.shadowRoot.querySelectorAll("input[type=range]").forEach(function (slider) {
      slider.setAttribute("aria-label", view.dataset.zoom);
    });
    return browser;
  }

  let last = igv.createBrowser(view, Object.assign(options, session(rows[0])))
    .then(nameZoom);
  mark(rows[0]);
  last.catch(tell);

  function choose(row) {
    mark(row);
    last = last.then(function (browser) {
      return browser.loadSession(session(row)).then(function () {
        document.body.dataset.shown = row.dataset.session;
        return browser;
      });
    });
    last.catch(tell);
  }

  document.querySelector("#loci tbody").addEventListener("click", function (event) {
    const row = event.target.closest("tr");
    if (row) choose(row);
  });
})();
