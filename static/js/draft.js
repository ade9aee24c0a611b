/*
 * A draft that keeps itself. [data-draft] on a form: what is changed is sent a moment later; what cannot be sent is kept on
 * this device under the person's and the round's key and sent when the line is back. Two windows: the server says which
 * answers were changed elsewhere, and the person chooses; nothing is overwritten in silence. Without this module the
 * button "Save draft" does the same.
 */
import { post, sendsByButton, storage } from "./kept.js";

const WAIT = 1200;
const RETRY = 15000;

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

  const outcomes = {
    saved,
    elsewhere(answer) {
      if (answer.theirs.every(isOurs)) {
        edition.value = answer.edition;
        later(0);
      } else {
        choose(answer);
      }
    },
    wrong: ({ sentence }) => say(sentence),
    over: ({ sentence }) => stop(sentence),
    signedOut: () => stop(form.dataset.signedOut),
    refused: () => stop(form.dataset.refused),
    later() {
      say(form.dataset.waiting);
      later(RETRY);
    },
    unknown(_answer, sent) {
      unanswered.push(sent);
      outcomes.later();
    },
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
    const [outcome, answer] = await post(form.action, body);
    isSending = false;
    outcomes[outcome](answer, sent);
    if (sendAgain) {
      sendAgain = false;
      later(0);
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
    sendsByButton(key, fieldsOf(form.elements.organization ? ["organization", ...all] : all));
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

/* Pages of the same evaluation that hold changes which were never saved. */
const remind = (place, prefix, besides) => {
  const pages = storage.endings(prefix).filter((page) => page !== besides);
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

document.querySelectorAll("form[data-draft]").forEach(follow);
document.querySelectorAll("[data-draft-flush]").forEach((place) => remind(place, place.dataset.draftFlush, null));
document.querySelectorAll("[data-draft-forget]").forEach((place) => {
  const prefix = place.dataset.draftForget;
  storage.endings(prefix).forEach((page) => storage.drop(prefix + page));
});
