/*
 * [data-find="Find a person"] around a list of checkboxes: adds a box that shows only the lines with these letters, and
 * those that are chosen. A part of the page that is drawn anew gets a new, empty one.
 */
const plain = (text) => text.normalize("NFD").replace(/\p{Diacritic}/gu, "").toLowerCase();

const enhance = (root) => {
  const list = root.querySelector(".choices-many, .grouping-notes");
  if (!list || list.previousElementSibling?.type === "search") {
    return;
  }
  const box = document.createElement("input");
  box.type = "search";
  box.placeholder = root.dataset.find;
  box.setAttribute("aria-label", root.dataset.find);
  const lines = [...list.querySelectorAll("label")].map((line) => [line, plain(line.textContent)]);
  box.addEventListener("input", (event) => {
    event.stopPropagation();
    const wanted = plain(box.value.trim());
    lines.forEach(([line, text]) => {
      line.parentElement.hidden = !text.includes(wanted) && !line.querySelector("input").checked;
    });
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      event.preventDefault();
    }
  });
  list.before(box);
};

const enhanceAll = () => document.querySelectorAll("[data-find]").forEach(enhance);

enhanceAll();
document.addEventListener("htmx:afterSwap", enhanceAll);
