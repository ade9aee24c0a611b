/* [data-dots="3"] on a ballot: buttons for one vote more and one less, and how many are left. The fields alone do the same. */
const enhance = (form) => {
  const each = Number(form.dataset.dots);
  const left = form.querySelector("[data-dots-left]");
  const fields = [...form.querySelectorAll("[data-dots-field] input")];
  const value = (field) => Number(field.value) || 0;
  const given = () => fields.reduce((sum, field) => sum + value(field), 0);
  const buttons = [];

  const show = () => {
    const rest = each - given();
    left.textContent = rest === 1 ? form.dataset.oneLeft : form.dataset.left.replace("{count}", rest);
    for (const { button, field, step } of buttons) {
      button.setAttribute("aria-disabled", String(step > 0 ? rest <= 0 : value(field) <= 0));
    }
  };

  const add = (field, step, text) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button-secondary";
    button.textContent = step > 0 ? "+" : "−";
    button.setAttribute("aria-label", text.replace("{theme}", field.closest("[data-dots-field]").dataset.dotsField));
    button.addEventListener("click", () => {
      if (button.getAttribute("aria-disabled") !== "true") {
        field.value = value(field) + step;
        show();
      }
    });
    buttons.push({ button, field, step });
    return button;
  };

  for (const field of fields) {
    field.before(add(field, -1, form.dataset.less));
    field.after(add(field, 1, form.dataset.more));
    field.addEventListener("input", show);
  }
  show();
};

document.querySelectorAll("[data-dots]").forEach(enhance);
