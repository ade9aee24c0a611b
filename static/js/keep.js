/*
 * A text that keeps itself. [data-keep] on a form: what is typed is kept on this device at once, under [data-keep-as], and
 * sent to [data-keep] a moment later; what could not be sent is put back when the page is opened again, and forgotten
 * once the server has it, never before. Where somebody else has saved meanwhile nothing is overwritten: the button leads
 * to both texts. [data-keep-here]: the page shows what is not stored yet (both texts, or what has to be mended); that
 * waits for the button.
 */
import { forget, post, sendsByButton, storage } from "./kept.js";

const SOON = 1500;
const APART = 20000; // each saving is an edition in the history
const RETRY = 15000;
const MOST_UNANSWERED = 5;

const same = (one, other) => one.heading.trim() === other.heading.trim() && one.text.trim() === other.text.trim();

const follow = (form) => {
  const { keep: address, keepAs: key } = form.dataset;
  const { text, heading, edition } = form.elements;
  const status = form.querySelector("[data-keep-status]");
  const isHere = "keepHere" in form.dataset;
  let stored = { heading: heading.defaultValue, text: text.defaultValue }; // a browser may have put other words back
  let unanswered = []; // what was sent without our learning the outcome: if it stands there, it is ours
  let timer = 0;
  let savedAt = 0;
  let sending = null;
  let isOver = isHere; // nothing is sent by itself any more
  let mayGo = false;

  const say = (words) => {
    if (status.textContent !== words) {
      status.textContent = words;
    }
  };
  const fields = () => ({ heading: heading.value, text: text.value });
  const keep = () => storage.write(key, { edition: edition.value, fields: fields(), unanswered });
  const later = (delay) => {
    clearTimeout(timer);
    timer = setTimeout(send, delay);
  };
  const soon = () => later(Math.max(SOON, savedAt + APART - Date.now()));

  const outcomes = {
    saved(answer, sent) {
      edition.value = answer.edition;
      stored = sent;
      unanswered = [];
      savedAt = Date.now();
      say(form.dataset.kept.replace("{hour}", answer.hour));
      if (same(fields(), sent)) {
        forget(key, sent);
      } else {
        keep();
        soon();
      }
    },
    elsewhere(answer) {
      if (unanswered.some((one) => same(one, answer))) {
        edition.value = answer.edition;
        unanswered = [];
        keep();
        later(0);
      } else {
        outcomes.over(answer);
      }
    },
    wrong: ({ sentence }) => say(sentence),
    over({ sentence }) {
      isOver = true;
      say(sentence);
    },
    signedOut: () => outcomes.over({ sentence: form.dataset.signedOut }),
    refused: () => outcomes.over({ sentence: form.dataset.refused }),
    later() {
      say(form.dataset.waiting);
      later(RETRY);
    },
    unknown(_answer, sent) {
      unanswered = [...unanswered.filter((one) => !same(one, sent)), sent].slice(-MOST_UNANSWERED);
      keep();
      outcomes.later();
    },
  };

  const send = async () => {
    if (sending || isOver || same(fields(), stored)) {
      return;
    }
    const sent = fields();
    sending = post(address, new FormData(form));
    const [outcome, answer] = await sending;
    sending = null;
    outcomes[outcome](answer, sent);
  };

  /* What is on its way may raise the edition: a button that was quicker would quarrel with its own person. */
  const settle = async () => {
    say(form.dataset.saving);
    await sending;
    if (unanswered.length) {
      await send();
    }
    mayGo = true;
    form.requestSubmit();
  };

  form.addEventListener("input", () => {
    keep();
    soon();
  });
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (!mayGo && !isOver && (sending || unanswered.length)) {
      event.preventDefault();
      settle();
      return;
    }
    isOver = true;
    keep();
    sendsByButton(key, fields());
  });
  window.addEventListener("online", () => later(0));
  document.addEventListener("visibilitychange", () => later(0));
  window.addEventListener("pageshow", (event) => event.persisted && location.reload()); // Back: it may be saved, or not

  const left = storage.read(key);
  if (isHere || !left?.fields) {
    return;
  }
  if (same(left.fields, stored)) {
    storage.drop(key);
    return;
  }
  // On an older edition too: the server then joins it with what was written since, and shows both.
  text.value = left.fields.text;
  heading.value = left.fields.heading;
  edition.value = left.edition;
  unanswered = left.unanswered;
  say(form.dataset.back);
  later(SOON);
};

document.querySelectorAll("form[data-keep]").forEach(follow);
