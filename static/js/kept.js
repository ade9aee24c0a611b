/*
 * What was typed and is not saved yet is kept on this device, under a key of its person and its text: {edition, fields:
 * {name: value}}. Here is how it is kept, sent, and forgotten; draft.js and keep.js say when. Entries of other people on
 * this device are never read.
 */
const SENT = "kept-sent";
const SAVED = /^#(?:(.+)-)?saved$/;
const ANSWER_WITHIN = 20000; // bad Wi-Fi may hold a request for minutes

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
  /* What follows the prefix in the keys that begin with it. */
  endings(prefix) {
    try {
      return Object.keys(area())
        .filter((key) => key.startsWith(prefix))
        .map((key) => key.slice(prefix.length));
    } catch {
      return [];
    }
  },
});
export const storage = storing(() => localStorage);
const ofThisWindow = storing(() => sessionStorage);

/* These fields are saved: they are forgotten, unless another window has written something else meanwhile. */
export const forget = (key, saved) => {
  const left = storage.read(key);
  if (left && Object.entries(left.fields).every(([name, value]) => saved[name] === value)) {
    storage.drop(key);
  }
};

/* A button sends these fields. Whether they arrive is not known before the next page, see below. */
export const sendsByButton = (key, fields) => ofThisWindow.write(SENT, { key, fields });

/*
 * Where the server has saved what a button sent, the address it leads to ends in "saved". A higher edition alone would
 * not do as a proof: it may be another window's or another person's, while this text was lost on its way.
 */
const forgetSent = () => {
  const saved = location.hash.match(SAVED);
  if (!saved) {
    return;
  }
  history.replaceState(history.state, "", location.pathname + location.search + (saved[1] ? `#${saved[1]}` : ""));
  const sent = ofThisWindow.read(SENT);
  if (sent) {
    forget(sent.key, sent.fields);
  }
  ofThisWindow.drop(SENT);
};

/*
 * Sends what was typed, and tells what became of it as [outcome, answer]: "saved", "elsewhere" (somebody else changed the
 * same), "wrong" (to be mended by who typed it), "over", "signedOut", "refused", "later", or "unknown": it may have
 * arrived.
 */
export const post = async (address, body) => {
  try {
    const response = await fetch(address, {
      method: "POST",
      body,
      headers: { Accept: "application/json" },
      redirect: "manual", // to the sign-in page
      credentials: "same-origin",
      signal: AbortSignal.timeout?.(ANSWER_WITHIN),
    });
    const told = { 200: "saved", 409: "elsewhere", 410: "over", 422: "wrong" }[response.status];
    if (told) {
      return [told, await response.json()];
    }
    if (response.type === "opaqueredirect") {
      return ["signedOut"];
    }
    return [response.status >= 500 || response.status === 429 ? "later" : "refused"];
  } catch {
    return ["unknown"];
  }
};

forgetSent();
