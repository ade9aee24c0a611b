/* [data-copy] on a read-only input or textarea: adds a button that copies its text. */
const enhance = (input) => {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button-secondary";
  button.textContent = input.dataset.copyLabel;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(input.value);
    button.textContent = input.dataset.copied;
    button.setAttribute("aria-live", "polite");
  });
  input.after(button);
};

if (navigator.clipboard) {
  document.querySelectorAll("[data-copy]").forEach(enhance);
}
