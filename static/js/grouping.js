/*
 * [data-grouping]: notes are chosen by their boxes and sent by the form's button; this adds shorter ways. By keys, with a note
 * in focus: arrows go to the next and the one before, T goes to the list of themes. By pointer: a note, and those chosen
 * with it, is dragged onto a theme by mouse or pen; Escape leaves it. The focus comes back to where it was when the board is drawn anew.
 */
const board = document.querySelector("[data-grouping]");
const FAR = 8; // pixels before a press is a drag
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

let drag = null;

const targetAt = (event) => document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-drop]");

const end = () => {
  board.querySelectorAll(".is-target").forEach((one) => one.classList.remove("is-target"));
  board.querySelectorAll(".is-dragged").forEach((one) => one.classList.remove("is-dragged"));
  drag = null;
};

board.addEventListener("pointerdown", (event) => {
  const item = event.target.closest("[data-drag]");
  if (item && event.isPrimary && event.button === 0 && event.pointerType !== "touch") {
    drag = { item, x: event.clientX, y: event.clientY, begun: false };
  }
});
document.addEventListener("pointermove", (event) => {
  if (!drag) {
    return;
  }
  if (!drag.begun && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < FAR) {
    return;
  }
  drag.begun = true;
  getSelection()?.removeAllRanges();
  drag.item.classList.add("is-dragged");
  board.querySelectorAll(".is-target").forEach((one) => one.classList.remove("is-target"));
  targetAt(event)?.classList.add("is-target");
});
document.addEventListener("pointerup", (event) => {
  const { item, begun } = drag || {};
  const target = begun && targetAt(event);
  end();
  if (!begun) {
    return;
  }
  // The press was a drag, so the click that follows chooses nothing.
  addEventListener("click", (click) => click.preventDefault(), { capture: true, once: true });
  setTimeout(() => {
    if (target && target !== item.closest("[data-drop]")) {
      item.querySelector('input[name="notes"]').checked = true;
      send(target.dataset.drop);
    }
  });
});
document.addEventListener("pointercancel", end);
document.addEventListener("keydown", (event) => event.key === "Escape" && drag && end());
count();
