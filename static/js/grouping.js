/*
 * [data-grouping]: notes are chosen by their boxes and sent by the form's button; this adds shorter ways. By keys, with a note
 * in focus: arrows go to the next and the one before, T goes to the list of themes. By pointer: a note, and those chosen
 * with it, is dragged onto a theme, see drag.js. The focus comes back to where it was when the board is drawn anew.
 */
import { drags } from "./drag.js";

const board = document.querySelector("[data-grouping]");
let lastIndex = -1;

const boxes = () => [...board.querySelectorAll('input[name="notes"]')];
const form = () => board.querySelector("[data-grouping-form]");
const chooser = () => board.querySelector("[data-grouping-to]");

const count = () => {
  const chosen = boxes().filter((box) => box.checked).length;
  board.querySelector("[data-grouping-count]").textContent = chosen ? `(${chosen})` : "";
};

const send = (value) => {
  chooser().value = value;
  chooser().dispatchEvent(new Event("change", { bubbles: true }));
  form().requestSubmit();
};

// --- Keys ------------------------------------------------------------------------------------------------------------

board.addEventListener("change", count);
board.addEventListener("focusin", (event) => {
  if (event.target.name === "notes") {
    lastIndex = boxes().indexOf(event.target);
  }
});
board.addEventListener("keydown", (event) => {
  if (event.target.name !== "notes" || event.ctrlKey || event.altKey || event.metaKey) {
    return;
  }
  const all = boxes().filter((box) => box.checkVisibility());
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    all[all.indexOf(event.target) + step]?.focus();
  } else if (event.key === "t" || event.key === "T") {
    event.preventDefault();
    chooser().focus();
  }
});
document.addEventListener("htmx:afterSwap", () => {
  count();
  const next = boxes()[Math.max(0, Math.min(lastIndex, boxes().length - 1))];
  if (next && lastIndex >= 0 && (document.activeElement === document.body || !document.activeElement)) {
    next.focus({ preventScroll: true });
  }
});

// --- Pointer ---------------------------------------------------------------------------------------------------------

const chosen = (item) => boxes().filter((box) => box.checked || item.contains(box));

drags({
  item: "[data-grouping] [data-drag]",
  place: "[data-place]",
  label: (item) => {
    const others = chosen(item).length - 1;
    return item.querySelector(".grouping-text").textContent.slice(0, 60) + (others ? ` + ${others}` : "");
  },
  name: (place) => place.querySelector("h2").textContent,
  drop: (item, place) => {
    item.querySelector('input[name="notes"]').checked = true;
    send(place.dataset.place);
  },
});
count();
