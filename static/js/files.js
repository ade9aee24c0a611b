/*
 * [data-chosen] around input[data-files="bytes"]: shows what was chosen with sizes, leaves out what would be refused, lets
 * one add and take away (a camera gives one photo at a time), and asks of each photo what it shows. Nothing is sent early,
 * and no more than there is room for: a hundred megabytes too many would be refused only once they have arrived.
 */
const PICTURE = /\.(jpe?g|png|webp)$/i;

const size = (bytes) => {
  const small = bytes < 1024 * 1024;
  const number = small ? Math.ceil(bytes / 1024) : bytes / 1024 / 1024;
  const format = { style: "unit", unit: small ? "kilobyte" : "megabyte", maximumFractionDigits: 1 };
  return new Intl.NumberFormat(document.documentElement.lang, format).format(number);
};

const mark = (file) => `${file.size} ${file.name}`;

const element = (name, properties, ...children) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
};

const enhance = (root) => {
  const input = root.querySelector("input[data-files]");
  const list = root.querySelector("[data-chosen-list]");
  const forAll = root.querySelector("[data-alt-for-all]");
  const altForAll = forAll.querySelector("input");
  const endings = input.accept.split(",").filter((one) => one.startsWith("."));
  const rows = new Map();
  const full = element("li", {}, element("p", { className: "field-error", textContent: root.dataset.full }));

  // What is here already takes its part: kept from an earlier try, or staying with an entry that is corrected.
  const room = () => {
    const form = root.closest("form");
    const count = (selector) => form.querySelectorAll(selector).length;
    const kept = count('input[name="kept"]') - count('input[name="remove"]:checked');
    return Number(root.dataset.most) - kept - count('input[name="keep"]:checked');
  };

  const problem = (file) => {
    if (!endings.some((ending) => file.name.toLowerCase().endsWith(ending))) {
      return root.dataset.wrongType;
    }
    if (file.size > Number(input.dataset.files)) {
      return root.dataset.tooLarge;
    }
    return file.size === 0 ? root.dataset.empty : "";
  };

  const good = () => [...rows.keys()].filter((file) => !problem(file));

  const refresh = () => {
    const files = new DataTransfer();
    good().forEach((file) => files.items.add(file));
    input.files = files.files;
    list.hidden = list.childElementCount === 0;
    forAll.hidden = rows.size > 0;
    altForAll.disabled = rows.size > 0;
  };

  const alt = (file) => {
    const field = element("input", { name: altForAll.name, maxLength: 300 });
    if (!PICTURE.test(file.name)) {
      field.type = "hidden";
      return field;
    }
    const label = element("span", { className: "field-label", textContent: root.dataset.alt });
    return element("label", { className: "field" }, label, field);
  };

  const row = (file) => {
    const wrong = problem(file);
    const remove = element("button", { type: "button", className: "button button-quiet", textContent: root.dataset.remove });
    remove.setAttribute("aria-label", `${root.dataset.remove}: ${file.name}`);
    const note = element("span", { className: "soft note nowrap", textContent: size(file.size) });
    const line = element("p", { className: "cluster" }, element("strong", { textContent: file.name }), note, remove);
    const made = element("li", {}, line, wrong ? element("p", { className: "field-error", textContent: wrong }) : alt(file));
    remove.addEventListener("click", () => {
      rows.delete(file);
      made.remove();
      full.remove();
      refresh();
      input.focus();
    });
    return made;
  };

  const add = () => {
    const known = new Set([...rows.keys()].map(mark));
    const most = room();
    full.remove();
    [...input.files].filter((file) => !known.has(mark(file))).forEach((file) => {
      if (!problem(file) && good().length >= most) {
        list.append(full);
        return;
      }
      rows.set(file, row(file));
      list.append(rows.get(file));
    });
    refresh();
  };

  input.addEventListener("change", add);
  if (input.files.length > 0) {
    add();
  }
};

document.querySelectorAll("[data-chosen]").forEach(enhance);
