/*
 * The list of who came, at a door without network: [data-attendance] holds the words. While the line is there every tick
 * goes to the server at once, by HTMX; when one fails, it and all that follow wait in the queue, in their order. The
 * form for somebody else waits there too. What waits is shown at its line, and can be taken back.
 */
import { keepPage, moment, newId, Queue } from "./queue.js";

const WITHIN = 4000; // somebody stands at the door
const plain = (text) => text.normalize("NFD").replace(/\p{Diacritic}/gu, "").toLowerCase();

const root = document.querySelector("[data-attendance]");
const said = root.dataset;
const queue = new Queue({ user: said.user, ticket: said.ticket, sentences: { gone: said.gone, refused: said.refused } });
const people = document.querySelector("#people");
let pending = [];

const tick = async (line, { mark, client_id: id }) => {
  const { row, seen, name } = line.dataset;
  const before = pending.find(({ body }) => body.row === Number(row));
  const body = { client_id: id, row: Number(row), seen, name, mark, ...moment() };
  if (!before) {
    await queue.add(said.url, body);
  } else if (mark === "undo") {
    await queue.drop(before); // it never left the device
  } else {
    await queue.amend(before, body);
  }
};

const ticked = ({ target, detail }) => [target.closest("[data-row]"), detail.requestConfig.parameters];
/* What is sent at once may have been taken although no answer came: the queue sends it again under the same id. */
people?.addEventListener("htmx:configRequest", ({ target, detail }) => {
  if (target.closest("[data-row]")) {
    detail.parameters.client_id = newId();
  }
});
/* HTMX tells of no line, of no answer in time, and of a proxy without a server behind it, each by its own event. */
const onFailure = (place, does) => {
  place?.addEventListener("htmx:sendError", does);
  place?.addEventListener("htmx:timeout", does);
  place?.addEventListener("htmx:responseError", (event) => event.detail.xhr.status >= 502 && does(event));
};

people?.addEventListener("htmx:beforeRequest", (event) => {
  const [line, sent] = ticked(event);
  if (line && (pending.length || !navigator.onLine)) {
    event.preventDefault();
    tick(line, sent);
  }
});
onFailure(people, (event) => {
  const [line, sent] = ticked(event);
  if (line) {
    queue.line = "offline";
    tick(line, sent);
  }
});

/* Without network the search looks through the lines that are here. */
const search = document.querySelector("form[role=search]");
const narrow = () => {
  const wanted = plain(search.elements.q.value.trim());
  people.querySelectorAll("[data-row]").forEach((line) => (line.hidden = !plain(line.dataset.name).includes(wanted)));
};
onFailure(search, narrow);

const form = document.querySelector("[data-walk-in]");
form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const typed = Object.fromEntries(new FormData(form));
  try {
    await queue.ask(said.ticket, { signal: AbortSignal.timeout?.(WITHIN) });
    form.submit(); // the line is there: the server asks whether it is somebody we know
  } catch {
    const { name, institution, mode, may_be_named: may, form_id: id } = typed;
    await queue.add(said.url, { client_id: id, name, institution, mode, may_be_named: may ? "on" : "", ...moment() });
    location.assign(said.list);
  }
});

const element = (name, properties, ...children) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
};

/* What has no line of its own, or was refused, stands above the list. */
const apart = (entry) => {
  const drop = element("button", { type: "button", className: "button button-quiet button-small", textContent: said.discard });
  drop.addEventListener("click", () => queue.drop(entry));
  const words = entry.state === "waiting" ? said.waits : entry.sentence;
  const what = element("strong", { textContent: entry.body.name });
  const why = element("span", { className: entry.state === "waiting" ? "pill" : "field-error", textContent: words });
  return element("li", { className: "cluster" }, what, why, drop);
};

const refresh = async () => {
  pending = (await queue.entries()).filter((entry) => entry.url === said.url);
  document.querySelectorAll("[data-pending]").forEach((pill) => pill.remove());
  const lines = new Map([...document.querySelectorAll("[data-row]")].map((line) => [Number(line.dataset.row), line]));
  const others = pending.filter((entry) => {
    const line = entry.state === "waiting" && lines.get(entry.body.row);
    const words = `${said[`mark${entry.body.mark}`]}: ${said.waits}`;
    line && line.querySelector(".attendee-who").append(element("span", { className: "pill", textContent: words }));
    line && line.querySelector(".attendee-who").lastElementChild.setAttribute("data-pending", "");
    return !line;
  });
  root.querySelector("[data-waiting]").replaceChildren(...others.map(apart));
  const count = pending.filter((entry) => entry.state === "waiting").length;
  root.querySelector("[data-line]").textContent = [
    count && (count === 1 ? said.toSendOne : said.toSend.replace("{count}", count)),
    pending.length - count && said.notTaken.replace("{count}", pending.length - count),
    (queue.line === "offline" || !navigator.onLine) && said.offline,
  ]
    .filter(Boolean)
    .join(" ");
  root.querySelector("[data-sign-in]").hidden = queue.line !== "sign-in";
};

queue.addEventListener("change", async (event) => {
  await refresh();
  // All is sent: the list as everybody sees it, unless somebody is just typing.
  if (event.detail.outcomes && people && !pending.length && !search.elements.q.value) {
    location.reload();
  }
});
people?.addEventListener("htmx:afterSettle", refresh);
["online", "offline"].forEach((name) => addEventListener(name, refresh));

refresh();
queue.send();
const ready = () => (root.querySelector("[data-kept]").hidden = !people);
keepPage([`${said.list}?everybody=1`, said.door], ready).catch(() => {});
