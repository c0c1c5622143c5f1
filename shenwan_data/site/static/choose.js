"use strict";
// The start page of the language that the visitor reads. Only this page does it, and it leaves no
// entry in the history, so that neither a link back nor the back button runs in a circle.
(function () {
  var wanted = (navigator.languages || [navigator.language || ""]).join(",").toLowerCase();
  var zh = wanted.indexOf("zh"), en = wanted.indexOf("en");
  var first = zh >= 0 && (en < 0 || zh < en) ? "zh" : "en";
  window.location.replace(first + "/index.html");
})();
