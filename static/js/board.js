/*
 * [data-board]: a card ([data-drag]) is dragged onto a day ([data-day]) by mouse or pen, or by its handle with a finger.
 *
 * An addition: the drop fills in and sends the card's own form “To this day”, which keyboard and buttons do as well, and
 * what the server says of it is read aloud as for them. Escape, and a drop beside the days, leave the card where it was.
 */
const FAR = 6; // pixels before a press becomes a drag
const EDGE = 48; // pixels from an edge, within which what lies beyond scrolls in
const SPEED = 14;
let drag = null;

const spoken = (day) =>
new Intl.DateTimeFormat(document.documentElement.lang, { weekday: "long", day: "numeric", month: "long" }).format(
  new Date(`${day}T12:00`),
);

const show = () => {
  document.querySelectorAll("[data-handle]").forEach((handle) => {
    handle.hidden = false;
  });
};

const target = (day) => {
  if (drag.day === day) {
    return;
  }
  drag.day?.classList.remove("is-target");
  day?.classList.add("is-target");
  drag.day = day;
  drag.where.textContent = day ? spoken(day.dataset.day) : "";
};

const follow = () => {
  drag.ghost.style.translate = `${drag.x + 12}px ${drag.y + 12}px`;
  target(document.elementFromPoint(drag.x, drag.y)?.closest("[data-day]") ?? null);
};

const towards = (place, first, last) => (place < first + EDGE ? -SPEED : place > last - EDGE ? SPEED : 0);

const scroll = () => {
  if (!drag) {
    return;
  }
  const box = drag.board.getBoundingClientRect();
  drag.board.scrollLeft += towards(drag.x, Math.max(box.left, 0), Math.min(box.right, window.innerWidth));
  window.scrollBy(0, towards(drag.y, 0, window.innerHeight));
  follow();
  drag.frame = requestAnimationFrame(scroll);
};

const begin = () => {
  const ghost = document.createElement("div");
  const title = document.createElement("strong");
  const where = document.createElement("span");
  title.textContent = drag.card.dataset.drag;
  ghost.className = "board-ghost";
  ghost.append(title, where);
  document.body.append(ghost);
  document.body.classList.add("is-dragging");
  Object.assign(drag, { ghost, where });
  drag.card.setPointerCapture(drag.pointer);
  drag.frame = requestAnimationFrame(scroll);
};

const end = () => {
  const { ghost, day, frame } = drag;
  cancelAnimationFrame(frame);
  day?.classList.remove("is-target");
  ghost?.remove();
  document.body.classList.remove("is-dragging");
  drag = null;
};

const drop = () => {
  const form = drag.card.querySelector("[data-drop]");
  const to = drag.day?.dataset.day;
  end();
  if (to && to !== form.elements.to.value) {
    form.elements.to.value = to;
    form.requestSubmit();
  }
};

document.addEventListener("pointerdown", (event) => {
  const card = event.target.closest("[data-drag]");
  const grip = event.pointerType === "mouse" ? !event.target.closest("a, button, input, summary, form") : false;
  if (!card || drag || event.button !== 0 || !(grip || event.target.closest("[data-handle]"))) {
    return;
  }
  event.preventDefault(); // no text is marked
  drag = { card, board: card.closest("[data-board]"), pointer: event.pointerId, day: null };
  Object.assign(drag, { x: event.clientX, y: event.clientY, fromX: event.clientX, fromY: event.clientY });
});

document.addEventListener("pointermove", (event) => {
  if (!drag || event.pointerId !== drag.pointer) {
    return;
  }
  Object.assign(drag, { x: event.clientX, y: event.clientY });
  if (!drag.ghost && Math.hypot(drag.x - drag.fromX, drag.y - drag.fromY) > FAR) {
    begin();
  }
});

document.addEventListener("pointerup", (event) => {
  if (drag && event.pointerId === drag.pointer) {
    Object.assign(drag, { x: event.clientX, y: event.clientY });
    if (drag.ghost) {
      follow();
    }
    drop();
  }
});

document.addEventListener("pointercancel", () => drag && end());
document.addEventListener("keydown", (event) => event.key === "Escape" && drag && end());
document.addEventListener("htmx:afterSwap", show);
show();
