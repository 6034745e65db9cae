(function () {
  "use strict";
  const one = (name, within) => (within || document).querySelector(name);
  const meta = (name) => one(`meta[name=linksync-${name}]`).content;
  const place = meta("place"), key = meta("key");
  history.replaceState(null, "", place);

  const WORDS = JSON.parse(meta("words"));
  const STEP = { seen: 0, mounted: 0, recognised: 0, waiting: 0, verified: 1, staged: 1, screened: 2, sealed: 3, written: 4, "read-back": 5, queued: 5, safe: 6, synced: 7 };
  const GRAVITY = ["calm", "good", "busy", "ask", "attention", "bad"];
  const TINT = { busy: "#0c3b40", good: "#17663a", ask: "#f6b91a", attention: "#a3450a", bad: "#94191f", calm: "#8aa3a3" };
  const OUT = ["safe", "synced", "yanked"];
  const SHORT = 8;

  let language = document.documentElement.lang === "en" ? "en" : "nl";
  try { language = localStorage.getItem("linksync-language") || language; } catch (_) { /* not kept */ }
  let words = WORDS[language] || WORDS.nl, board = null;
  const cards = new Map(), opened = new Set();

  // What comes from a stick is text, on one line, with nothing in it hidden.
  const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;
  function plain(text) { return String(text).replace(HIDDEN, (c) => "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0")); }
  function short(text, most) {
    const signs = Array.from(plain(text));
    return signs.length <= most ? signs.join("") : signs.slice(0, most - 31).join("") + " … " + signs.slice(-28).join("");
  }
  function said(told) {
    return plain((told && told[language]) || "").replace(/(\d) (bytes?|[kMGT]B)\b/g, "$1\u00a0$2")
      .replace(new RegExp(`(\\d) (${words.files.join("|")})\\b`, "g"), "$1\u00a0$2")
      .replace(/(overdracht|hand-off) (?=\d)/gi, "$1\u00a0");
  }
  function filled(word, fields) { return word.replace(/\{(\w+)\}/g, (_, name) => fields[name]); }
  function counted(word, count) { return filled(word[count === 1 ? 0 : 1], { n: number(count) }); }
  function number(value) { return value.toLocaleString(language === "nl" ? "nl-NL" : "en-GB"); }
  function size(count) {
    if (count < 1000) { return `${count}\u00a0${counted(words.bytes, count)}`; }
    let value = count, unit = -1;
    do { value /= 1000; unit += 1; } while (value >= 999.5 && unit < 3);
    const digits = value < 9.95 ? 1 : 0;
    return value.toLocaleString(language === "nl" ? "nl-NL" : "en-GB", { minimumFractionDigits: digits, maximumFractionDigits: digits })
      + "\u00a0" + ["kB", "MB", "GB", "TB"][unit];
  }
  function files(count) { return `${number(count)} ${counted(words.files, count)}`; }
  function left(seconds) {
    if (seconds < 10) { return counted(words.seconds, Math.max(1, seconds)); }
    if (seconds < 90) { return counted(words.seconds, Math.ceil(seconds / 5) * 5); }
    if (seconds < 5400) { return counted(words.minutes, Math.round(seconds / 60)); }
    return counted(words.hours, Math.round(seconds / 3600));
  }

  // The page is patched: only what changed is touched, so that nobody loses the focus or is read the same twice.
  function text(element, value) { if (element.textContent !== value) { element.textContent = value; } }
  function attribute(element, name, value) { if (element.getAttribute(name) !== value) { element.setAttribute(name, value); } }
  function shown(element, yes) { if (element.hidden === yes) { element.hidden = !yes; } }
  function rows(list, items, fill) {
    while (list.children.length > items.length) { list.lastElementChild.remove(); }
    items.forEach((item, at) => {
      let row = list.children[at];
      if (!row) { row = list.appendChild(document.createElement("li")); }
      const mark = language + JSON.stringify(item);
      if (row.mark !== mark) { row.mark = mark; row.replaceChildren(...fill(item)); }
    });
  }
  function part(name, kind, value) {
    const element = document.createElement(name);
    if (kind) { element.className = kind; }
    element.textContent = value;
    return element;
  }
  function folded(list, more, id, items, beside, fill) {
    const whole = opened.has(id) || items.length <= SHORT + 1;
    rows(list, whole ? items : items.slice(0, SHORT), fill);
    shown(more, items.length > SHORT + 1);
    if (items.length > SHORT + 1) {
      text(more, whole ? words.less : filled(words.all, { n: number(items.length) }) + (beside ? " " + filled(words.beside, { n: number(beside) }) : ""));
      attribute(more, "aria-expanded", String(whole));
      more.onclick = () => { opened.has(id) ? opened.delete(id) : opened.add(id); draw(); };
    }
  }

  function file(entry) {
    const parts = String(entry.path).split("/"), name = parts.pop();
    if (parts[0] === "data") { parts.shift(); }
    const head = part("bdi", "file", short(name, 140));
    head.title = plain(entry.path);
    const told = [head];
    if (entry.bytes !== undefined) { told.push(part("span", "size", size(entry.bytes))); }
    if (parts.length) {
      const folder = part("span", "folder", "");
      folder.append(part("bdi", "", short(filled(words.in, { folder: parts.join("/") }), 140)));
      told.push(folder);
    }
    const why = said(entry.why || entry.reason);
    if (entry.class === "hold" || entry.class === "refuse" || why) {
      const reason = part("span", "reason", "");
      if (entry.class === "hold" || entry.class === "refuse") { reason.append(part("span", "tag", words.classes[entry.class])); }
      reason.append(part("bdi", "", short(why, 300)));
      told.push(reason);
    }
    return told;
  }
  function note(found) {
    const told = [part("bdi", "", short(said(found), 400))], todo = short(found["todo_" + language] || "", 400);
    if (todo) { told.push(part("span", "todo", todo)); }
    if (found.code) { told.push(part("span", "code", found.code)); }
    return told;
  }

  function section(article, id, kind, items, beside, tally, fill) {
    const box = one("." + kind, article);
    shown(box, items.length > 0);
    if (!items.length) { return; }
    text(one("h3 small", box), tally);
    folded(one("ul", box), one(".more", box), id + kind, items, beside, fill);
  }

  function chain(hero, card) {
    const steps = one(".steps", hero), all = board.archive === "none" ? 6 : 7;
    const folder = /^daemon-folder-(done|new|ask)$/.test(card.sentence.slug), at = folder ? 6 : STEP[card.state];
    const idle = at >= 6 && card.handoff === "";  // nothing was handed over: nothing goes on
    const on = at !== undefined && !idle && board.policy !== "verify-only" && card.link !== "";
    shown(steps, on);
    if (!on) { return; }
    const box = one(".chain", steps);
    if (box.dataset.all !== String(all)) {
      box.replaceChildren(one("#chain-" + all).content.cloneNode(true));
      box.dataset.all = String(all);
    }
    const done = card.synced ? all : Math.min(at, all), moving = card.light === "busy" || card.light === "ask" || at < 6;
    box.querySelectorAll("path").forEach((path) => {
      const gap = path.classList.contains("gap"), link = Number(/link-(\d)/.exec(path.getAttribute("class"))[1]);
      const how = link < done ? "done" : link === done && moving ? "here" : "ahead";
      attribute(path, "class", `${gap ? "gap " : ""}link-${link} ${how}`);
    });
    text(one(".step", steps), done >= all ? words.stepsDone : filled(words.step, { at: done + 1, all, name: words.steps[done] }));
  }

  function progress(hero, told) {
    const box = one(".progress", hero), on = told !== null && told.total > 0;
    shown(box, on);
    if (!on) { return; }
    const part = Math.min(1, told.done / told.total), percent = Math.floor(part * 100), track = one(".track", box);
    const amount = filled(words.of, { done: size(told.done), total: size(told.total) });
    const rest = told.seconds_left === null ? "" : left(told.seconds_left);
    one(".fill", box).style.width = `${part * 100}%`;
    attribute(track, "aria-label", words.progress);
    attribute(track, "aria-valuenow", String(percent));
    attribute(track, "aria-valuetext", rest ? `${amount}, ${rest}` : amount);
    text(one(".done", box), amount);
    text(one(".left", box), rest);
  }

  function press(card, button, trouble) {
    if (button.getAttribute("aria-disabled") === "true") { return; }
    button.setAttribute("aria-disabled", "true");
    button.pressedAt = JSON.stringify([card.sentence.slug, card.button, card.since]);
    text(button, words.pressed);
    text(trouble, "");
    const body = JSON.stringify({ card: card.id, action: card.button });
    fetch(place + "do", { method: "POST", headers: { "Content-Type": "application/json", "X-Linksync-Token": key }, body })
      .then((answer) => { if (!answer.ok) { throw new Error(answer.status === 409 ? "refused" : "unheard"); } })
      .catch((error) => {
        button.pressedAt = "";
        text(trouble, error.message === "refused" ? words.refused : words.unheard);
        draw();
      });
  }
  function action(hero, card) {
    const box = one(".do", hero), button = one("button", box), trouble = one(".trouble", box), on = card.button !== "";
    const told = words.buttons[card.button], focused = document.activeElement === button;
    if (!on || !told) {
      shown(box, false);
      button.pressedAt = "";
      text(trouble, "");
      if (focused) { one("h2", hero).focus({ preventScroll: true }); }
      return;
    }
    const waiting = button.pressedAt === JSON.stringify([card.sentence.slug, card.button, card.since]);
    attribute(button, "aria-disabled", String(waiting || document.body.classList.contains("stale")));
    text(button, waiting ? words.pressed : told);
    button.onclick = () => press(card, button, trouble);
    shown(box, true);
  }

  function sentence(hero, card) {
    const whole = short(said(card.sentence), 500), cut = /^(.+?[.:!?])\s+(?=[\p{Lu}\p{N}])/u.exec(whole), next = one(".next", hero), todo = short(said(card.next), 500);
    text(one("h2", hero), cut ? cut[1] : whole);
    text(one(".rest", hero), cut ? whole.slice(cut[0].length) : "");
    text(one(".todo-now", next), todo);
    shown(next, todo !== "");
  }

  function drawCard(card) {
    let article = cards.get(card.id);
    if (!article) {
      article = one("#card").content.cloneNode(true).firstElementChild;
      cards.set(card.id, article);
    }
    const hero = one(".hero", article), light = WORDS.nl.lights[card.light] ? card.light : "calm";
    attribute(hero, "data-light", light);
    attribute(article, "data-state", card.state);
    attribute(one("use", hero), "href", "#light-" + light);
    // Green all over is for a stick that can come out, or is out; one that is well but still in has a pale panel.
    const out = card.safe || OUT.includes(card.state) || card.sentence.slug === "daemon-folder-done";
    attribute(hero, "data-out", String(out));
    text(one(".word", hero), words.lights[light === "good" && out ? "done" : light]);
    text(one(".name", hero), short(card.name, 80));
    const about = [card.number ? filled(words.handoff, { n: number(card.number) }) : "", card.synced ? filled(words.synced, { who: plain(card.receipt) }) : ""];
    text(one(".number", hero), about.filter(Boolean).join(" · "));
    sentence(hero, card);
    progress(hero, card.progress);
    action(hero, card);
    chain(hero, card);
    const good = card.added.filter((entry) => entry.class === "pass"), held = card.added.filter((entry) => entry.class !== "pass");
    section(article, card.id, "added", good, card.added_more, `${files(card.added_count)}, ${size(card.added_bytes)}`, file);
    section(article, card.id, "held", held, 0, files(held.length), file);
    section(article, card.id, "waits", card.waiting, 0, files(card.waiting.length), file);
    section(article, card.id, "found", card.findings, 0, number(card.findings.length), note);
    return article;
  }

  function time(told) {
    const when = new Date(told);
    if (Number.isNaN(when.getTime())) { return ""; }
    const clock = when.toLocaleTimeString(language === "nl" ? "nl-NL" : "en-GB", { hour: "2-digit", minute: "2-digit" });
    return when.toDateString() === new Date().toDateString() ? clock
      : when.toLocaleDateString(language === "nl" ? "nl-NL" : "en-GB", { day: "numeric", month: "short" }) + " " + clock;
  }
  function line() {
    return (entry) => {
      const stamp = part("time", "", time(entry.time)), told = part("span", "", short(said(entry), 400));
      stamp.dateTime = entry.time;
      if (entry.whose) { told.append(" ", part("span", "whose", `(${entry.whose})`)); }
      return [stamp, told];
    };
  }

  function face() {
    const gravest = board.cards.reduce((most, card) => (GRAVITY.indexOf(card.light) > GRAVITY.indexOf(most) ? card.light : most), "calm");
    const shapes = { good: '<circle cx="16" cy="16" r="14"/>', attention: '<path d="M16 3l14 26H2z"/>', bad: '<path d="M10 2h12l8 8v12l-8 8H10l-8-8V10z"/>' };
    const drawn = shapes[gravest] || '<rect x="1" y="7" width="30" height="18" rx="9"/>';
    attribute(one("link[rel=icon]"), "href", "data:image/svg+xml," + encodeURIComponent(
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" fill="${TINT[gravest]}">${drawn}</svg>`));
    const title = board.cards.length ? `${words.lights[gravest]} – ${words.title}` : words.title;
    if (document.title !== title) { document.title = title; }
  }

  function draw() {
    attribute(document.documentElement, "lang", language);
    document.querySelectorAll("[data-language]").forEach((button) => {
      attribute(button, "aria-pressed", String(button.dataset.language === language));
    });
    if (!board) { return; }
    text(one("#host"), short(board.host_name || board.holder, 80));
    const box = one("#sticks"), articles = board.cards.map(drawCard);
    for (const [id, article] of cards) {
      if (!articles.includes(article)) { article.remove(); cards.delete(id); }
    }
    articles.forEach((article, at) => { if (box.children[at] !== article) { box.insertBefore(article, box.children[at] || null); } });
    shown(one("#empty"), !articles.length);
    const names = new Map(board.cards.map((card) => [card.id, short(card.name, 40)]));
    shown(one("#log"), board.log.length > 0);
    folded(one("#lines"), one("#lines-more"), "log", board.log.map((entry) => ({ ...entry, whose: names.size > 1 ? names.get(entry.card) : "" })).reverse(), 0, line());
    text(one("#about"), [words.policy[board.policy], words.archive[board.archive]].filter(Boolean).join(" "));
    shown(one("#udev"), !board.udev);
    face();
    window.linksyncVersion = board.version;
  }

  function gone(yes) {
    const box = one("#gone");
    document.body.classList.toggle("stale", yes);
    if (yes && !box.children.length) { box.append(one("#gone-words").content.cloneNode(true)); }
    if (!yes) { box.replaceChildren(); }
    draw();
  }
  let stream = null, waited = 0, lost = 0;
  function listen() {
    stream = new EventSource(place + "events");
    stream.addEventListener("board", (event) => {
      board = JSON.parse(event.data);
      waited = 0;
      clearTimeout(lost);
      lost = 0;
      if (document.body.classList.contains("stale")) { gone(false); }
      draw();
    });
    stream.onerror = () => {
      stream.close();
      if (!lost) { lost = setTimeout(() => gone(true), 2500); }
      waited = Math.min(waited + 1, 5);
      setTimeout(listen, waited * 700);
    };
  }

  document.querySelectorAll("[data-language]").forEach((button) => {
    button.addEventListener("click", () => {
      language = button.dataset.language;
      words = WORDS[language];
      try { localStorage.setItem("linksync-language", language); } catch (_) { /* not kept */ }
      draw();
    });
  });
  draw();
  listen();
}());
