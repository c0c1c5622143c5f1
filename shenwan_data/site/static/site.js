"use strict";
// Everything here adds to pages that work without it: sorting and searching of tables, copying,
// and the panel of the evidence page. Nothing is fetched and nothing is stored.
(function () {
  function all(selector, within) {
    return Array.prototype.slice.call((within || document).querySelectorAll(selector));
  }

  // The menu of a narrow screen shows the page that is open.
  var here = document.querySelector(".top [aria-current]");
  if (here) { here.closest("ul").scrollLeft = here.offsetLeft - 20; }

  // Copying -------------------------------------------------------------------------------------
  all("button.copy").forEach(function (button) {
    var source = document.getElementById(button.dataset.copy);
    var label = button.textContent;
    function say(text) {
      button.textContent = text;
      window.setTimeout(function () { button.textContent = label; }, 2500);
    }
    function select() {
      var range = document.createRange();
      range.selectNodeContents(source);
      var selection = window.getSelection();
      selection.removeAllRanges();
      selection.addRange(range);
      say(button.dataset.failed);
    }
    button.hidden = false;
    button.addEventListener("click", function () {
      if (!navigator.clipboard) { select(); return; }
      navigator.clipboard.writeText(source.textContent.trim()).then(
        function () { say(button.dataset.done); }, select);
    });
  });

  // Tables and lists: search and filter --------------------------------------------------------
  all(".finder").forEach(function (finder) {
    var list = document.getElementById(finder.dataset["for"]);
    var rows = all("tbody tr, ol > li", list);
    var selects = all("select", finder);
    var input = finder.querySelector("input");
    var output = finder.querySelector("output");
    finder.hidden = false;
    function show() {
      var words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      var shown = 0;
      rows.forEach(function (row) {
        var text = row.textContent.toLowerCase();
        var fits = words.every(function (word) { return text.indexOf(word) >= 0; }) &&
          selects.every(function (one) { return !one.value || row.dataset[one.name] === one.value; });
        row.hidden = !fits;
        if (fits) { shown += 1; }
      });
      all("[data-group]", list).forEach(function (group) {
        group.hidden = !group.querySelector("li:not([hidden])");
      });
      output.textContent = finder.dataset.shown.replace("{shown}", shown).replace("{all}", rows.length);
    }
    input.addEventListener("input", show);
    selects.forEach(function (one) { one.addEventListener("change", show); });
    show();
  });

  // Tables: sort --------------------------------------------------------------------------------
  all("table.sortable").forEach(function (table) {
    var body = table.tBodies[0];
    var heads = all("thead th", table);
    function key(row, column) {
      var cell = row.cells[column];
      return cell.dataset.v === undefined ? cell.textContent.trim() : cell.dataset.v;
    }
    heads.forEach(function (head, column) {
      var button = document.createElement("button");
      button.type = "button";
      button.title = table.dataset.sort;
      while (head.firstChild) { button.appendChild(head.firstChild); }
      head.appendChild(button);
      button.addEventListener("click", function () {
        var down = head.getAttribute("aria-sort") === "ascending";
        heads.forEach(function (other) { other.removeAttribute("aria-sort"); });
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        var keyed = Array.prototype.map.call(body.rows, function (row, place) {
          return { row: row, key: key(row, column), place: place };
        });
        keyed.sort(function (one, other) {
          // What has no value stays at the end, whichever way the rest goes.
          if (!one.key || !other.key) { return (one.key ? 0 : 1) - (other.key ? 0 : 1); }
          var a = Number(one.key.replace(/,/g, "")), b = Number(other.key.replace(/,/g, ""));
          var order = isNaN(a) || isNaN(b)
            ? one.key.localeCompare(other.key, document.documentElement.lang)
            : a - b;
          return (down ? -order : order) || one.place - other.place;
        });
        keyed.forEach(function (entry) { body.appendChild(entry.row); });
      });
    });
  });

  // Evidence ------------------------------------------------------------------------------------
  var panel = document.getElementById("panel");
  if (!panel) { return; }
  var figures = all("article.text a.f");
  var body = panel.querySelector(".panel-body");
  var title = document.getElementById("panel-title");
  var at = -1;

  // Notes in the margin, each level with its figure, or below the one before it.
  var article = document.querySelector("article.text");
  var notes = all(".finding", article);
  function place() {
    var beside = window.matchMedia("(min-width: 64.01rem)").matches;
    article.classList.toggle("placed", beside);
    article.style.minHeight = "";
    var top = article.getBoundingClientRect().top, free = 0;
    notes.forEach(function (note) {
      var figure = document.getElementById(note.dataset.figures.split(" ")[0]);
      if (!beside || !figure) { note.style.top = ""; return; }
      free = Math.max(free, figure.getClientRects()[0].top - top);
      note.style.top = free + "px";
      free += note.offsetHeight + 12;
    });
    if (beside) { article.style.minHeight = free + "px"; }
  }
  if (notes.length) {
    place();
    window.addEventListener("resize", place);
    if (document.fonts) { document.fonts.ready.then(place); }
  }

  // One figure at a time is a stop of the Tab key; the arrow keys go from one to the next.
  function stop(index) {
    figures.forEach(function (figure, place) { figure.tabIndex = place === index ? 0 : -1; });
  }
  function lit(figure) {
    return getComputedStyle(figure).getPropertyValue("--off").trim() !== "1";
  }
  function near(from, step) {
    for (var index = from + step; index >= 0 && index < figures.length; index += step) {
      if (lit(figures[index])) { return index; }
    }
    return from;
  }
  function mark(index) {
    figures.forEach(function (figure, place) {
      if (place === index) { figure.setAttribute("aria-current", "true"); }
      else { figure.removeAttribute("aria-current"); }
    });
    notes.forEach(function (note) {
      var own = index >= 0 && note.dataset.figures.split(" ").indexOf(figures[index].id) >= 0;
      note.classList.toggle("now", own);
    });
  }
  function open(index, focus) {
    var figure = figures[index];
    var detail = document.getElementById("d-" + figure.id.slice(2));
    if (!detail) { return; }
    at = index;
    title.textContent = figure.textContent;
    title.lang = "zh-Hans";
    body.textContent = "";
    body.appendChild(detail.querySelector("dl").cloneNode(true));
    panel.className = "panel " + figure.className;
    panel.hidden = false;
    mark(index);
    stop(index);
    history.replaceState(null, "", "#" + figure.id);
    if (focus) { panel.focus({ preventScroll: true }); }
    figure.scrollIntoView({ block: "nearest" });
    clear(figure);
  }
  // On a narrow screen the panel is a sheet at the bottom: the figure stays above it.
  function clear(figure) {
    if (getComputedStyle(panel).position !== "fixed") { return; }
    var under = figure.getBoundingClientRect().bottom + 16 - panel.getBoundingClientRect().top;
    if (under > 0) { window.scrollBy(0, under); }
  }
  function close() {
    panel.hidden = true;
    mark(-1);
    if (at >= 0) { figures[at].focus(); }
  }
  figures.forEach(function (figure, index) {
    figure.setAttribute("role", "button");
    figure.setAttribute("aria-haspopup", "dialog");
    figure.addEventListener("click", function (event) { event.preventDefault(); open(index, true); });
    figure.addEventListener("keydown", function (event) {
      var step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (event.key === " ") { event.preventDefault(); open(index, true); }
      if (!step) { return; }
      event.preventDefault();
      var next = near(index, step);
      stop(next);
      figures[next].focus();
    });
  });
  panel.addEventListener("keydown", function (event) {
    var step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (event.key === "Escape") { close(); }
    if (step) { event.preventDefault(); open(near(at, step), true); }
  });
  panel.addEventListener("click", function (event) {
    var button = event.target.closest("button");
    if (!button) { return; }
    if (button.dataset["do"] === "close") { close(); }
    else { open(near(at, button.dataset["do"] === "next" ? 1 : -1), false); button.focus(); }
  });
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape" && !panel.hidden) { close(); }
  });

  function arrive() {
    var target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    var index = figures.indexOf(target);
    if (index >= 0) {
      stop(index);
      open(index, false);
      target.scrollIntoView({ block: "center" });
      clear(target);
    }
  }
  if (figures.length) { stop(0); }
  window.addEventListener("hashchange", arrive);
  arrive();
})();
