/*
 * A person ([data-drag]) is dragged to a table ([data-place]), see drag.js: the drop chooses the table in the person's own
 * form and sends it.
 */
import { drags } from "./drag.js";

drags({
  item: "[data-drag]",
  place: "[data-place]",
  label: (person) => person.dataset.drag,
  name: (table) => table.querySelector("h2").textContent,
  drop: (person, table) => {
    const form = person.querySelector("form");
    form.elements.table.value = table.dataset.place;
    form.requestSubmit();
  },
});
