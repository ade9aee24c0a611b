/* [data-unsaved] on a form: the browser asks before leaving with changes that were not saved. */
const changed = new Set();

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form && "unsaved" in form.dataset) {
    changed.add(form);
  }
});

document.addEventListener("submit", (event) => changed.delete(event.target));

window.addEventListener("beforeunload", (event) => {
  if (changed.size > 0) {
    event.preventDefault();
  }
});
