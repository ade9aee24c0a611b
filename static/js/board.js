/*
 * [data-board]: a card ([data-drag]) is dragged onto a day ([data-day]), see drag.js. The drop fills in and sends the
 * card's own form “To this day”, and what the server says of it is read aloud as for those who press its button.
 */
import { drags } from "./drag.js";

const spoken = (day) =>
new Intl.DateTimeFormat(document.documentElement.lang, { weekday: "long", day: "numeric", month: "long" }).format(
  new Date(`${day}T12:00`),
);

drags({
  item: "[data-board] [data-drag]",
  place: "[data-day]",
  label: (card) => card.dataset.drag,
  name: (day) => spoken(day.dataset.day),
  drop: (card, { dataset: { day } }) => {
    const form = card.querySelector("[data-move]");
    if (day !== form.elements.to.value) {
      form.elements.to.value = day;
      form.requestSubmit();
    }
  },
});
