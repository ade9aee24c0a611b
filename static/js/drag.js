/*
 * Things are dragged onto places: by mouse anywhere on them, by finger or pen at their handle ([data-handle]), so that
 * everywhere else a finger scrolls. An addition: what is dropped sends a form that buttons and keys send as well.
 * Escape, and a drop beside the places, leave it where it was.
 *
 *   drags({ item: "[data-drag]", place: "[data-day]", label: (item) => "", name: (place) => "", drop: (item, place) => {} })
 *
 * `label` and `name` are what is shown at the pointer: what is dragged, and where it would go.
 */
const FAR = 6; // pixels before a press becomes a drag
const EDGE = 48; // pixels from an edge, within which what lies beyond scrolls in
const SPEED = 14;
const OWN = "a, button, input, select, textarea, summary, form"; // has a use of its own for a press

const towards = (place, first, last) => (place < first + EDGE ? -SPEED : place > last - EDGE ? SPEED : 0);

const showHandles = () => {
  document.querySelectorAll("[data-handle]").forEach((handle) => {
    handle.hidden = false;
  });
};

export const drags = ({ item, place, label, name, drop }) => {
  let drag = null;

  const aim = () => {
    const found = document.elementFromPoint(drag.x, drag.y)?.closest(place) ?? null;
    const over = found?.contains(drag.item) ? null : found; // it is there already
    if (over !== drag.over) {
      drag.over?.classList.remove("is-target");
      over?.classList.add("is-target");
      drag.over = over;
      drag.where.textContent = over ? name(over) : "";
    }
    drag.ghost.style.translate = `${drag.x + 12}px ${drag.y + 12}px`;
  };

  const follow = () => {
    if (drag) {
      const { aside } = drag;
      if (aside) {
        const box = aside.getBoundingClientRect();
        aside.scrollLeft += towards(drag.x, Math.max(box.left, 0), Math.min(box.right, innerWidth));
      }
      scrollBy({ top: towards(drag.y, 0, innerHeight), behavior: "instant" });
      aim();
      drag.frame = requestAnimationFrame(follow);
    }
  };

  const begin = () => {
    const ghost = document.createElement("div");
    const title = document.createElement("strong");
    const where = document.createElement("span");
    title.textContent = label(drag.item);
    ghost.className = "drag-ghost";
    ghost.append(title, where);
    document.body.append(ghost);
    document.body.classList.add("is-dragging");
    drag.item.classList.add("is-dragged");
    drag.item.setPointerCapture(drag.pointer); // also beyond the window
    Object.assign(drag, { ghost, where, frame: requestAnimationFrame(follow) });
  };

  const end = () => {
    cancelAnimationFrame(drag.frame);
    drag.over?.classList.remove("is-target");
    drag.item.classList.remove("is-dragged");
    drag.ghost?.remove();
    document.body.classList.remove("is-dragging");
    drag = null;
  };

  document.addEventListener("pointerdown", (event) => {
    const pressed = event.target.closest(item);
    const byMouse = event.pointerType === "mouse" && !event.target.closest(OWN);
    if (pressed && !drag && event.button === 0 && (byMouse || event.target.closest("[data-handle]"))) {
      const at = { x: event.clientX, y: event.clientY };
      drag = { ...at, from: at, item: pressed, aside: pressed.closest("[data-scrolls-aside]"), pointer: event.pointerId };
    }
  });
  document.addEventListener("selectstart", (event) => drag && event.preventDefault());
  document.addEventListener("pointermove", (event) => {
    if (drag?.pointer === event.pointerId) {
      Object.assign(drag, { x: event.clientX, y: event.clientY });
      if (!drag.ghost && Math.hypot(drag.x - drag.from.x, drag.y - drag.from.y) > FAR) {
        begin();
      }
    }
  });
  document.addEventListener("pointerup", (event) => {
    if (drag?.pointer !== event.pointerId) {
      return;
    }
    const { ghost } = drag;
    if (ghost) {
      Object.assign(drag, { x: event.clientX, y: event.clientY });
      aim();
    }
    const { item: dragged, over } = drag;
    end();
    if (ghost) {
      // The press was a drag: the click that follows it, if one does, chooses and opens nothing.
      const swallow = (click) => click.preventDefault();
      addEventListener("click", swallow, { capture: true });
      setTimeout(() => {
        removeEventListener("click", swallow, { capture: true });
        if (over && dragged.isConnected) {
          drop(dragged, over);
        }
      });
    }
  });
  document.addEventListener("pointercancel", (event) => drag?.pointer === event.pointerId && end());
  document.addEventListener("keydown", (event) => event.key === "Escape" && drag && end());
  document.addEventListener("htmx:afterSwap", showHandles);
  showHandles();
};
