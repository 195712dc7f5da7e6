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

  let last = igv.createBrowser(
    document.getElementById("igv"), Object.assign(options, session(rows[0]))
  );
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
