/* [data-agenda-point]: with Alt and an arrow, a point moves as its buttons move it; the page comes back to it. */
document.querySelectorAll("[data-agenda-point]").forEach((point) => {
  point.addEventListener("keydown", (event) => {
    const where = { ArrowUp: "up", ArrowDown: "down" }[event.key];
    const form = event.altKey && where ? point.querySelector(`[data-agenda-${where}]`) : null;
    if (form) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
});

const target = document.getElementById(location.hash.slice(1)); // of no hash: nothing
if (target?.matches("[data-agenda-point]")) {
  target.focus();
}
