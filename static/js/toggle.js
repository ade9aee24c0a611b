/*
 * [data-shown-when="audience=organizations people"]: the element shows while the form's field `audience` has one of these
 * values. Fields inside a hidden element still travel with the form; the server decides what counts.
 */
const valueOf = (form, name) => {
  const control = form.elements[name];
  if (!control) {
    return "";
  }
  return control.type === "checkbox" ? String(control.checked) : control.value;
};

const refresh = (form) => {
  form.querySelectorAll("[data-shown-when]").forEach((part) => {
    const [name, values] = part.dataset.shownWhen.split("=");
    part.hidden = !values.split(" ").includes(valueOf(form, name));
  });
};

const follow = (root) => {
  root.querySelectorAll("form:has([data-shown-when])").forEach(refresh);
};

document.addEventListener("change", (event) => {
  if (event.target.form) {
    refresh(event.target.form);
  }
});
document.addEventListener("htmx:afterSwap", () => follow(document));
follow(document);
