(function () {
  "use strict";
  function byId(id) { return document.getElementById(id); }
  function each(list, act) { Array.prototype.forEach.call(list, act); }
  function folded(text) {
    text = text.toLowerCase();
    return text.normalize ? text.normalize("NFD").replace(/[\u0300-\u036f]/g, "") : text;
  }

  // Finding: every word must stand in the file's name, its folder or who it came from.
  var box = byId("zoek");
  if (box) {
    var rows = [];
    each(document.querySelectorAll(".group"), function (group) {
      var head = folded(group.querySelector(".about").textContent);
      each(group.querySelectorAll("li"), function (row) {
        rows.push({ row: row, group: group, text: head + " " + folded(row.textContent) });
      });
    });
    var show = function () {
      var words = folded(box.value).split(/\s+/), found = 0;
      each(document.querySelectorAll(".group"), function (group) { group.hidden = true; });
      rows.forEach(function (one) {
        var fits = words.every(function (word) { return one.text.indexOf(word) !== -1; });
        one.row.hidden = !fits;
        if (fits) { found += 1; one.group.hidden = false; }
      });
      each(document.querySelectorAll(".found"), function (told) { told.textContent = String(found); });
    };
    box.addEventListener("input", show);
    byId("zoeken").hidden = false;
    show();
  }

  // The card: what is filled in becomes KAART.txt, on this computer alone.
  var form = byId("kaart-form"), card = byId("kaart-tekst");
  var fields = [["Titel", "titel"], ["Wie", "wie"], ["Waar geleerd", "waar"], ["Wat", "wat"], ["Trefwoorden", "woorden"], ["Contact", "contact"]];
  function line(value) { return value.replace(/\s+/g, " ").trim(); }
  function write() {
    var lines = fields.map(function (field) { return field[0] + ": " + line(byId("kaart-" + field[1]).value); });
    lines.push("Mag iedereen dit zien? " + (byId("kaart-ja").checked ? "ja" : "nee"));
    lines.push("Licentie: " + byId("kaart-licentie").value);
    card.value = lines.join("\n") + "\n";
  }
  form.addEventListener("input", write);
  form.addEventListener("change", write);
  form.addEventListener("submit", function (event) {
    event.preventDefault();
    write();
    var blob = new Blob([card.value.replace(/\n/g, "\r\n")], { type: "text/plain;charset=utf-8" });
    if (window.navigator.msSaveBlob) { window.navigator.msSaveBlob(blob, "KAART.txt"); return; }
    var anchor = document.createElement("a");
    anchor.href = URL.createObjectURL(blob);
    anchor.download = "KAART.txt";
    document.body.appendChild(anchor);
    anchor.click();
    document.body.removeChild(anchor);
    setTimeout(function () { URL.revokeObjectURL(anchor.href); }, 60000);
  });
  form.hidden = false;
  byId("zonder-formulier").hidden = true;
  write();
}());
