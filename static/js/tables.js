/*
 * The page of a work table, for who writes: [data-capture] is the form. Enter sends; a letter and a space at the start
 * choose the kind (none of these letters is a word of Spanish or English, so no note is mistaken for an order). What is
 * typed goes into the queue and from there to the server; what others write comes in every few seconds.
 */
import { keepPage, moment, newId, Queue } from "./queue.js";
import { Sketches } from "./sketches.js";

const NEWS_EVERY = 4000;
const AT_MOST = 150; // notes in the page: a phone scrolls through no more; the others are a link away
const EMPTY_BUT_FOR_A_LETTER = /^(\p{L})\s$/u;

const form = document.querySelector("[data-capture]");
const { text: field, said_by: speaker, city, from_paper: fromPaper } = form.elements;
const said = form.dataset;
const list = document.querySelector("[data-notes]");
const waiting = document.querySelector("[data-waiting]");
const status = document.querySelector("[data-line]");
const problem = form.querySelector("[data-problem]");
const sketches = new Sketches(`note-sketch-${said.user}-${location.pathname}`);
const queue = new Queue({ user: said.user, ticket: said.ticket, sentences: { gone: said.gone, refused: said.refused } });
let subject = null; // the note or the entry that is being corrected
let was = null; // the words that the field opened with
let isOffline = false;

/* --- Writing --- */

const radios = [...form.querySelectorAll("[name=kind]")];
const kindNow = () => radios.find((radio) => radio.checked)?.value ?? radios[0].value;
const choose = (kind) => {
  radios.forEach((radio) => (radio.checked = radio.value === kind));
};
const byLetter = (letter) => radios.find((radio) => radio.dataset.letter === letter.toUpperCase());
const grow = () => {
  // A script may set sizes where the policy forbids style attributes in the page.
  field.style.blockSize = "auto";
  field.style.blockSize = `${Math.min(field.scrollHeight + 2, innerHeight / 3)}px`;
};
const tell = (sentence) => {
  problem.textContent = sentence;
  problem.hidden = !sentence;
  field.toggleAttribute("aria-invalid", Boolean(sentence));
};
const typed = () => ({
  kind: kindNow(),
  text: field.value,
  said_by: speaker.value,
  city: city.value,
  from_paper: fromPaper.checked,
});
const nothing = () => ({ ...typed(), text: "", said_by: "", city: "" });
const same = (one, other) => Object.keys(one).every((name) => one[name] === other[name]);

const store = () => {
  const words = typed();
  const begun = subject ? was : nothing(); // a kind alone is no note
  if (same(words, begun)) {
    sketches.drop(subject);
  } else {
    sketches.keep({ subject, words, was });
  }
};

const open = (what, words, from = words) => {
  subject = what;
  was = from;
  choose(words.kind);
  field.value = words.text;
  speaker.value = words.said_by;
  city.value = words.city;
  fromPaper.checked = words.from_paper;
  form.querySelector("[data-correcting]").hidden = !subject;
  form.querySelector("details").open = Boolean(words.said_by || words.city || words.from_paper);
  tell("");
  grow();
};

/* After a correction comes back what was half typed before it. */
const leave = () => {
  const done = subject;
  const next = done ? (sketches.of(null)?.words ?? nothing()) : nothing();
  open(null, next);
  sketches.drop(done);
};

const queued = async (of, body) => {
  if (of?.seq) {
    await queue.amend(of, body);
  } else if (of) {
    await queue.add(said.url, { client_id: newId(), note: of.id, edition: of.edition, ...body });
  } else {
    await queue.add(said.url, { client_id: newId(), ...moment(), ...body });
  }
};

const submit = async () => {
  const words = typed();
  const body = { ...words, text: words.text.trim(), said_by: words.said_by.trim(), city: Number(words.city) || null };
  if (!body.text) {
    return;
  }
  if ([...body.text].length > Number(said.longest)) {
    tell(said.tooLong.replace("{count}", [...body.text].length));
    return;
  }
  const [of, from] = [subject, was];
  leave();
  field.focus();
  try {
    await queued(of, body);
  } catch {
    // Nothing can be kept on this device (a private window, a full disk): the note stays in the field.
    store(); // what was begun meanwhile
    open(of, { ...words, text: of ? words.text : [words.text, field.value].filter(Boolean).join("\n") }, from);
    store();
    tell(said.notKept);
    return;
  }
  await refresh();
  toEnd();
};

form.addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
field.addEventListener("keydown", (event) => {
  // Enter also ends a word that an input method is still composing (keyCode 229 in Safari).
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) {
    event.preventDefault();
    submit();
  } else if (event.key === "Escape" && subject) {
    leave();
  }
});
field.addEventListener("input", () => {
  const radio = byLetter(field.value.match(EMPTY_BUT_FOR_A_LETTER)?.[1] ?? "");
  if (radio) {
    choose(radio.value);
    field.value = "";
    form.querySelector("[data-kind-said]").textContent = radio.dataset.label;
  }
  tell("");
  grow();
});
form.addEventListener("input", store); // after the listener above, which may have changed the field
form.querySelector("[data-kinds]").addEventListener("keydown", (event) => {
  const radio = event.key.length === 1 && byLetter(event.key);
  if (radio) {
    event.preventDefault();
    choose(radio.value);
    store();
    field.focus();
  }
});
// After a tap the keyboard of a phone stays open; arrow keys walk on among the kinds.
form.querySelector("[data-kinds]").addEventListener("pointerup", () => setTimeout(() => field.focus()));

/* --- Correcting --- */

const correct = (what, { kind, text, said_by: by, city: where, from_paper: isFromPaper = false }) => {
  const left = sketches.of(what);
  if (!subject) {
    sketches.keep({ subject, words: typed(), was }); // with its kind, also where nothing else is typed
  }
  const words = { kind, text, said_by: by || "", city: String(where || ""), from_paper: isFromPaper };
  open(left?.subject ?? what, left?.words ?? words, left?.was ?? words);
  field.focus();
};
form.querySelector("[data-cancel]").addEventListener("click", () => {
  leave();
  field.focus();
});
list.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-correct], [data-mark]");
  if (!button) {
    return;
  }
  event.preventDefault();
  const { id, kind, saidBy, city: where, edition } = button.closest("[data-id]").dataset;
  const text = button.closest("[data-id]").querySelector("[data-text]").textContent;
  if ("correct" in button.dataset) {
    // A correction that still waits is corrected itself: two of one edition would clash with each other.
    const entries = await queue.entries(said.url);
    const pending = entries.find(({ body, state }) => state !== "sent" && body.note === Number(id) && !body.mark);
    const note = { id: Number(id), edition: Number(edition) };
    correct(pending ?? note, pending?.body ?? { kind, text, said_by: saidBy, city: where });
  } else {
    queue.add(said.url, { client_id: newId(), note: Number(id), edition: Number(edition), mark: button.value, text });
  }
});

/* --- What waits --- */

const show = (entry) => {
  const item = document.querySelector("#waiting-note").content.cloneNode(true).firstElementChild;
  const part = (name) => item.querySelector(`[data-${name}]`);
  const { body, state } = entry;
  part("kind").textContent = radios.find((radio) => radio.value === body.kind)?.dataset.label ?? "";
  part("text").textContent = body.text;
  part("mark").textContent = said[`mark${body.mark ?? ""}`] ?? (body.note ? said.correction : "");
  const isDone = state === "sent";
  part("state").textContent = { waiting: said.waits, sent: said.sent }[state] ?? entry.sentence;
  part("state").className = isDone || state === "waiting" ? "pill" : "field-error";
  part("theirs").hidden = state !== "clash";
  part("theirs-text").textContent = entry.theirs?.text ?? "";
  part("edit").hidden = Boolean(body.mark) || isDone || state === "clash";
  part("again").hidden = state !== "refused";
  part("mine").hidden = part("take").hidden = state !== "clash";
  part("drop").hidden = isDone || state === "clash";
  const again = (more) => queue.amend(entry, more);
  part("edit").addEventListener("click", () => correct(entry, body));
  part("again").addEventListener("click", () => again({}));
  part("mine").addEventListener("click", () => again({ edition: entry.theirs.edition }));
  part("take").addEventListener("click", () => queue.drop(entry));
  part("drop").addEventListener("click", () => confirm(said.sure) && queue.drop(entry));
  return item;
};

/* What was sent is told apart until the list shows it in this edition: a kept page may be older than the last minutes. */
const isShown = ({ theirs }) => {
  const edition = Number(document.getElementById(`note-${theirs.id}`)?.dataset.edition ?? 0);
  return edition >= theirs.edition || Number(list.firstElementChild?.dataset.id ?? 0) > theirs.id;
};

const refresh = async () => {
  const all = await queue.entries(said.url);
  const entries = all.filter((entry) => entry.state !== "sent");
  waiting.replaceChildren(...all.filter((entry) => entry.state === "sent" && !isShown(entry)).map(show));
  waiting.append(...entries.map(show));
  const count = entries.filter((entry) => entry.state === "waiting").length;
  const elsewhere = (await queue.entries()).filter(({ state, url }) => state !== "sent" && url !== said.url).length;
  const sentences = [
    count && (count === 1 ? said.toSendOne : said.toSend.replace("{count}", count)),
    entries.length - count && said.notTaken.replace("{count}", entries.length - count),
    elsewhere && said.elsewhere.replace("{count}", elsewhere),
    (isOffline || queue.line === "offline") && said.offline,
  ].filter(Boolean);
  if (status.textContent !== sentences.join(" ")) {
    status.textContent = sentences.join(" ");
  }
  status.classList.toggle("warm", sentences.length > 0);
  document.querySelector("[data-sign-in]").hidden = queue.line !== "sign-in";
};

/* --- What others write --- */

/* The form sticks to the lower edge: where somebody reads is told by the newest line, not by the form. */
const newest = () => waiting.lastElementChild ?? list.lastElementChild;
const isAtEnd = () => (newest()?.getBoundingClientRect().top ?? 0) < innerHeight;
const toEnd = () => newest()?.scrollIntoView({ block: "nearest" });
let state = Number(list.dataset.state);

const news = async () => {
  if (document.hidden || !("last" in list.dataset)) {
    return;
  }
  try {
    const response = await queue.ask(`${said.url}?after=${state}`, { headers: { "If-None-Match": `"${state}"` } });
    isOffline = response.status >= 500;
    if (response.type === "opaqueredirect") {
      queue.line = "sign-in"; // also where nothing waits: nobody's notes come in any more
    } else if (queue.line === "sign-in") {
      queue.line = "";
      queue.send();
    }
    if (response.status !== 200) {
      return;
    }
    if (response.headers.get("X-Read-Anew")) {
      location.reload();
      return;
    }
    const part = new DOMParser().parseFromString(await response.text(), "text/html");
    const follow = isAtEnd();
    part.querySelectorAll("[data-id]").forEach(place);
    state = Number(response.headers.get("ETag").match(/\d+/)[0]);
    [...list.children].slice(0, -AT_MOST).forEach((item) => item.remove());
    document.querySelectorAll("[data-none]").forEach((none) => (none.hidden = list.childElementCount > 0));
    if (follow) {
      toEnd();
    }
    keepLater();
  } catch {
    isOffline = true;
  } finally {
    refresh();
  }
};

const place = (item) => {
  const old = document.getElementById(item.id);
  if (old) {
    const hadFocus = old.contains(document.activeElement);
    old.replaceWith(item);
    if (hadFocus) {
      item.querySelector("a, button")?.focus();
    }
    return;
  }
  const later = [...list.children].find((other) => Number(other.dataset.id) > Number(item.dataset.id));
  const isOlder = !list.children.length || Number(list.children[0].dataset.id) < Number(item.dataset.id);
  if (isOlder || "first" in list.dataset) {
    list.insertBefore(item, later ?? null);
  }
};

/* The page that opens without network is to hold what was sent meanwhile. */
let keeping = 0;
const keepLater = () => {
  clearTimeout(keeping);
  keeping = setTimeout(() => fetch(location.pathname, { headers: { "X-Keep": "1" } }).catch(() => {}), 2000);
};

/* Sent as soon as an entry is stored; the news then bring it as everybody sees it. */
queue.addEventListener("change", (event) => (event.detail.outcomes ? news() : refresh()));
addEventListener("offline", () => {
  isOffline = true;
  refresh();
});
setInterval(news, NEWS_EVERY);

const left = sketches.newest();
if (left && !field.value) {
  open(left.subject, left.words, left.was);
}
field.rows = 1; // it grows with what is typed; without scripts two lines are better
grow();
// What this very page shows as it was opened needs no proof any more.
queue.entries(said.url).then((all) => all.filter((one) => one.state === "sent" && isShown(one)).forEach((one) => queue.drop(one)));
refresh().then(() => location.hash || toEnd());
news();
queue.send();
keepPage([location.pathname], () => (document.querySelector("[data-kept]").hidden = false)).catch(() => {});
if (matchMedia("(pointer: fine)").matches) {
  field.focus(); // on a phone the keyboard would cover half the notes unasked
}
