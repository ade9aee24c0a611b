/*
 * A draft that keeps itself. [data-draft] on a form: what is changed is sent a moment later; what cannot be sent is kept on
 * this device under the person's and the round's key and sent when the line is back. Two windows: the server says which
 * answers were changed elsewhere, and the person chooses; nothing is overwritten in silence. Without this module the
 * button "Save draft" does the same.
 *
 * Kept is one entry a page: {edition, fields: {name: value}}. Entries of other people on this device are never read.
 */
const WAIT = 1200;
const RETRY = 15000;
const SENT = "draft-sent";
const SAVED = "#saved";

// What is full or forbidden keeps nothing: the form itself still holds it.
const storing = (area) => ({
  read(key) {
    try {
      return JSON.parse(area().getItem(key));
    } catch {
      return null;
    }
  },
  write(key, value) {
    try {
      area().setItem(key, JSON.stringify(value));
    } catch {
      // as above
    }
  },
  drop(key) {
    try {
      area().removeItem(key);
    } catch {
      // as above
    }
  },
  pages(prefix) {
    try {
      return Object.keys(area())
        .filter((key) => key.startsWith(prefix))
        .map((key) => key.slice(prefix.length));
    } catch {
      return [];
    }
  },
});
const storage = storing(() => localStorage);
const ofThisWindow = storing(() => sessionStorage);

const follow = (form) => {
  const { draft: prefix, draftPage: page } = form.dataset;
  const key = prefix + page;
  const status = form.querySelector("[data-draft-status]");
  const choice = form.querySelector("[data-draft-choice]");
  const edition = form.elements.edition;
  const changed = new Set(); // names of criteria, and "organization"
  let timer = 0;
  let isSending = false;
  let sendAgain = false; // the line came back while a try was failing
  let mayGo = true;
  let theirs = null;
  let unanswered = []; // what was sent without our learning the outcome: it may stand there, and is ours

  const say = (text) => {
    if (status.textContent !== text) {
      status.textContent = text;
    }
  };
  const namesOf = (what) => (what === "organization" ? [what] : [`level-${what}`, `evidence-${what}`]);
  const fieldsOf = (all) => Object.fromEntries([...all].flatMap(namesOf).map((name) => [name, form.elements[name].value]));
  const keep = () => storage.write(key, { edition: edition.value, fields: fieldsOf(changed) });
  const set = (name, value) => {
    if (form.elements[name]) {
      form.elements[name].value = value; // of a group of radio buttons too
      if (value === "") {
        form.querySelectorAll(`input[name="${name}"]`).forEach((radio) => (radio.checked = false));
      }
    }
  };
  const criterionOf = (name) => (name === "organization" ? name : name.replace(/^(level|evidence)-/, ""));

  const later = (delay) => {
    clearTimeout(timer);
    timer = setTimeout(send, delay);
  };

  const choose = (answer) => {
    theirs = answer;
    choice.querySelector("[data-draft-sentence]").textContent = answer.sentence;
    choice.querySelector("[data-draft-theirs]").replaceChildren(
      ...answer.theirs.map(({ criterion, level, evidence }) => {
        const radio = level && form.querySelector(`#level-${criterion}-${level}`);
        const item = document.createElement("li");
        const name = form.querySelector(`[data-criterion="${criterion}"]`).dataset.name;
        item.textContent = [name, radio && radio.closest("label").querySelector("strong").textContent, evidence].filter(Boolean).join(" · ");
        return item;
      }),
    );
    choice.hidden = false;
    choice.focus();
    say("");
  };

  const isOurs = ({ criterion, level, evidence }) =>
  unanswered.some((sent) => sent[`level-${criterion}`] === level && sent[`evidence-${criterion}`] === evidence);

  const saved = (answer, sent) => {
    edition.value = answer.edition;
    unanswered = [];
    const now = fieldsOf(changed);
    [...changed].filter((what) => namesOf(what).every((name) => sent[name] === now[name])).forEach((what) => changed.delete(what));
    if (changed.size) {
      keep();
      later(WAIT);
    } else {
      storage.drop(key);
    }
    say(form.dataset.saved.replace("{hour}", answer.hour));
    document.querySelectorAll("[data-draft-progress]").forEach((place) => (place.textContent = answer.progress));
    document.querySelectorAll("[data-draft-here]").forEach((place) => (place.textContent = answer.page));
  };

  const stop = (text) => {
    mayGo = false;
    say(text);
  };

  const send = async () => {
    if (isSending || theirs || !mayGo || !changed.size) {
      return;
    }
    isSending = true;
    const sent = fieldsOf(changed);
    const body = new URLSearchParams(sent);
    for (const name of ["csrfmiddlewaretoken", "edition", "person", "commitment"]) {
      if (form.elements[name]) {
        body.set(name, form.elements[name].value);
      }
    }
    say(form.dataset.saving);
    try {
      const response = await fetch(form.action, {
        method: "POST",
        body,
        headers: { Accept: "application/json" },
        redirect: "manual",
        credentials: "same-origin",
      });
      if (response.ok) {
        saved(await response.json(), sent);
      } else if (response.status === 409) {
        const answer = await response.json();
        if (answer.theirs.every(isOurs)) {
          edition.value = answer.edition;
          later(0);
        } else {
          choose(answer);
        }
      } else if (response.status === 422) {
        say((await response.json()).sentence);
      } else if (response.status === 410) {
        stop((await response.json()).sentence);
      } else if (response.type === "opaqueredirect") {
        stop(form.dataset.signedOut);
      } else if (response.status >= 500 || response.status === 429) {
        say(form.dataset.waiting);
        later(RETRY);
      } else {
        stop(form.dataset.refused);
      }
    } catch {
      unanswered.push(sent);
      say(form.dataset.waiting);
      later(RETRY);
    } finally {
      isSending = false;
      if (sendAgain) {
        sendAgain = false;
        later(0);
      }
    }
  };
  const sendNow = () => {
    sendAgain = isSending;
    later(0);
  };

  form.addEventListener("input", (event) => {
    const name = event.target.name;
    if (!/^(level-|evidence-|organization$)/.test(name)) {
      return;
    }
    changed.add(criterionOf(name));
    keep();
    later(event.target.type === "radio" ? 100 : WAIT);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    const all = [...form.querySelectorAll("[data-criterion]")].map((place) => place.dataset.criterion);
    ofThisWindow.write(SENT, { key, fields: fieldsOf(form.elements.organization ? ["organization", ...all] : all) });
  });
  form.querySelector("[data-draft-keep]").addEventListener("click", () => {
    edition.value = theirs.edition;
    theirs = null;
    choice.hidden = true;
    keep();
    send();
  });
  form.querySelector("[data-draft-take]").addEventListener("click", () => {
    for (const { criterion, level, evidence } of theirs.theirs) {
      set(`level-${criterion}`, level);
      set(`evidence-${criterion}`, evidence);
      changed.delete(String(criterion));
    }
    edition.value = theirs.edition;
    theirs = null;
    choice.hidden = true;
    if (changed.size) {
      keep();
      send();
    } else {
      storage.drop(key);
    }
  });
  window.addEventListener("online", sendNow);
  document.addEventListener("visibilitychange", sendNow);

  const left = storage.read(key);
  if (left) {
    for (const [name, value] of Object.entries(left.fields)) {
      if (form.elements[name] && form.elements[name].value !== value) {
        set(name, value);
        changed.add(criterionOf(name));
      }
    }
    if (changed.size) {
      edition.value = left.edition; // the server sees whether somebody was quicker
      say(form.dataset.restored);
      later(WAIT);
    } else {
      storage.drop(key);
    }
  }
  remind(form, prefix, page);
};

/*
 * A button sent a whole page. Where the server has saved it, the address it leads to says so, and what was kept of that
 * page is forgotten, unless another window has written something else meanwhile. A higher edition alone would not do: it
 * may be another window's, while this one's page was lost on its way.
 */
const forgetSent = () => {
  if (location.hash !== SAVED) {
    return;
  }
  history.replaceState(history.state, "", location.pathname + location.search);
  const sent = ofThisWindow.read(SENT);
  const left = sent && storage.read(sent.key);
  if (left && Object.entries(left.fields).every(([name, value]) => sent.fields[name] === value)) {
    storage.drop(sent.key);
  }
  ofThisWindow.drop(SENT);
};

/* Pages of the same evaluation that hold changes which were never saved. */
const remind = (place, prefix, besides) => {
  const pages = storage.pages(prefix).filter((page) => page !== besides);
  if (!pages.length) {
    return;
  }
  const note = place.matches("form") ? document.createElement("p") : place;
  note.className = "notice notice-warm";
  note.append(`${place.dataset.elsewhere} `);
  pages.forEach((page, number) => {
    const link = document.createElement("a");
    link.href = (place.dataset.href || location.pathname) + (page === "0" ? "" : `?commitment=${encodeURIComponent(page)}`);
    link.textContent = place.dataset.unsavedPage.replace("{number}", page);
    note.append(number ? ", " : "", link);
  });
  note.hidden = false;
  if (note !== place) {
    place.prepend(note);
  }
};

forgetSent();
document.querySelectorAll("form[data-draft]").forEach(follow);
document.querySelectorAll("[data-draft-flush]").forEach((place) => remind(place, place.dataset.draftFlush, null));
document.querySelectorAll("[data-draft-forget]").forEach((place) => {
  const prefix = place.dataset.draftForget;
  storage.pages(prefix).forEach((page) => storage.drop(prefix + page));
});
