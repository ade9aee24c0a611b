/*
 * A text that keeps itself. [data-keeps] on a form: what is typed is sent to [data-keep] a moment later; what cannot be
 * sent is kept on this device under the person's and the text's key, and put back when the page is opened again. Where
 * somebody else has saved meanwhile nothing is overwritten: the button leads to both texts.
 */
const WAIT = 1500;
const RETRY = 15000;

const storage = {
  read(key) {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  },
  write(key, value) {
    try {
      localStorage.setItem(key, JSON.stringify(value));
    } catch {
      // What is full or forbidden keeps nothing: the form itself still holds it.
    }
  },
  drop(key) {
    try {
      localStorage.removeItem(key);
    } catch {
      // as above
    }
  },
};

const follow = (form) => {
  const { keep: address, keepAs: key } = form.dataset;
  const { text, heading, edition } = form.elements;
  const status = form.querySelector("[data-keep-status]");
  let timer = 0;
  let isSending = false;
  let isOver = false; // somebody else saved, or the form is on its way

  const say = (words) => {
    if (status.textContent !== words) {
      status.textContent = words;
    }
  };
  const later = (delay) => {
    clearTimeout(timer);
    timer = setTimeout(send, delay);
  };

  const send = async () => {
    if (isSending || isOver) {
      return;
    }
    isSending = true;
    const sent = text.value;
    try {
      const response = await fetch(address, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
      const answer = await response.json();
      if (!response.ok) {
        isOver = response.status === 409;
        say(answer.sentence);
        return;
      }
      edition.value = answer.edition;
      say(form.dataset.kept.replace("{hour}", answer.hour));
      if (text.value === sent) {
        storage.drop(key);
      } else {
        later(WAIT);
      }
    } catch {
      say(form.dataset.waiting);
      later(RETRY);
    } finally {
      isSending = false;
    }
  };

  const remember = (more) => storage.write(key, { edition: edition.value, heading: heading.value, text: text.value, ...more });

  const kept = storage.read(key);
  if (kept && kept.text !== text.value && (kept.edition === edition.value || !kept.submitted)) {
    // On an older edition too: the server then joins it with what was written since, and shows both.
    text.value = kept.text;
    heading.value = kept.heading;
    edition.value = kept.edition;
    say(form.dataset.back);
    later(WAIT);
  } else {
    storage.drop(key);
  }

  form.addEventListener("input", () => {
    remember();
    later(WAIT);
  });
  form.addEventListener("submit", () => {
    isOver = true;
    remember({ submitted: true });
  });
  window.addEventListener("online", () => later(0));
};

document.querySelectorAll("form[data-keeps]").forEach(follow);
