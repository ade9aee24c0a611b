/*
 * [data-note-news="address"] around the board of themes: asks the address of the session's wall whether there are notes that
 * the board does not show, and says so on a link that draws the board anew. Nothing moves under somebody's hands before;
 * what is chosen and half typed stays. A wall that stands still hides what arrives, but counts it.
 */
const EVERY = 4000;
const root = document.querySelector("[data-note-news]");
const said = root.dataset;
let etag = "";
let wall = null; // what it showed last
let kept = null;

const board = () => root.querySelector("[data-notes-shown]").dataset;
const link = () => root.querySelector("[data-note-news-link]");

const count = () => {
  const newest = Number(board().newest);
  const fresh = [...wall.querySelectorAll("[data-note]")].filter(({ dataset }) => Number(dataset.note) > newest).length;
  const all = Number(wall.querySelector("[data-notes-counted]").dataset.notesCounted);
  return Math.max(fresh, all - Number(board().notesShown));
};

const show = () => {
  const more = wall ? count() : 0;
  const sentence = more === 1 ? said.one : said.many.replace("{count}", more);
  if (more > 0 && link().textContent !== sentence) {
    link().textContent = sentence;
  }
  link().hidden = more <= 0;
};

const ask = async () => {
  try {
    if (!document.hidden) {
      const headers = etag ? { "If-None-Match": etag } : {};
      const signal = AbortSignal.timeout?.(10000);
      const response = await fetch(said.noteNews, { headers, cache: "no-store", credentials: "omit", signal });
      if (response.status === 404) {
        return; // the address was changed; the page as it is opened next has the new one
      }
      if (response.status === 200) {
        etag = response.headers.get("ETag") || "";
        wall = new DOMParser().parseFromString(await response.text(), "text/html");
        show();
      }
    }
  } catch {
    // no line for now
  }
  setTimeout(ask, EVERY);
};

const boxes = () => [...root.querySelectorAll('input[name="notes"]')];
const fields = () => [...root.querySelectorAll("#grouping-to, #grouping-title")];
const pk = ({ value }) => value.split("-")[0];

root.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const isNews = detail.requestConfig.elt === link();
  kept = isNews && { chosen: boxes().filter((box) => box.checked).map(pk), typed: fields().map(({ value }) => value) };
});
document.addEventListener("htmx:afterSwap", () => {
  if (kept) {
    boxes().forEach((box) => (box.checked = kept.chosen.includes(pk(box))));
    fields().forEach((field, number) => {
      field.value = kept.typed[number];
      if (!field.value && field.options) {
        field.selectedIndex = 0; // the theme has another name by now
      }
      field.dispatchEvent(new Event("change", { bubbles: true }));
    });
    kept = null;
  }
  show();
});
setTimeout(ask, 1000);
