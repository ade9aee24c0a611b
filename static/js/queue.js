/*
 * What people do on this device waits here until the server has it: kept in IndexedDB before anything is sent, so that a
 * closed browser loses nothing; sent in the order in which it was done, in batches, and again until there is an answer.
 * Sending twice does no harm: each entry has a `client_id` that the server takes once.
 *
 * An entry: {seq, user, url, body, state, sentence}. `state` is "waiting", "refused" (the server said why), "clash"
 * (somebody changed the same thing), or "sent": then it stays until a page that opens without network shows it, too.
 * Entries of other people on this device are never read, shown or sent.
 */
import { storage } from "./kept.js";

const AT_ONCE = 50;
const RETRY = 5000;
const ANSWER_WITHIN = 20000; // bad Wi-Fi may hold a request for minutes
const LOCK = "ogpgroup-queue";

const promised = (request) =>
new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

let opened = null;
const database = () => {
  opened ||= new Promise((resolve, reject) => {
    const request = indexedDB.open("ogpgroup", 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("waiting", { keyPath: "seq", autoIncrement: true }).createIndex("user", "user");
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  }).then((found) => {
    // Safari closes a database of a page that slept, without being asked: open it again next time.
    found.onclose = () => (opened = null);
    return found;
  });
  opened.catch(() => (opened = null));
  return opened;
};

/* One step in a transaction of its own: IndexedDB ends a transaction at the first await that is not its own. */
const step = async (mode, does) => {
  const transaction = (await database()).transaction("waiting", mode, { durability: "strict" });
  const result = promised(does(transaction.objectStore("waiting")));
  await new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error);
  });
  return result;
};

/* Writes what `does` makes of an entry as it stands, null to delete it; in one transaction, so that nothing comes between. */
const rewrite = (seq, does) =>
step("readwrite", (store) => {
  const found = store.get(seq);
  found.addEventListener("success", () => {
    const made = does(found.result);
    made === null ? store.delete(seq) : made && store.put(made);
  });
  return found;
});

/* Whether these are the words that stand on the server, which keeps one form of each letter. */
const WORDS = ["kind", "text", "said_by", "city"];
const plain = (value) => (typeof value === "string" ? value.normalize("NFC").trim() : (value ?? null));
const isSaid = (body, there) => WORDS.every((name) => plain(body[name]) === plain(there[name]));

/* Safari before 15.4 and pages without https have no randomUUID. */
export const newId = () =>
crypto.randomUUID?.() ??
"10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) =>
  (digit ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (digit / 4)))).toString(16),
);

/*
 * How long something has waited, which is all that the server asks: the clock of a device may be wrong, and may be set
 * while a thing waits. `moment` is kept with what is done: by the clock, by the stopwatch of this page, and how far the
 * server's clock was ahead of ours when we last heard of it. Where that has not changed, the clock went on undisturbed and
 * counts. Else the stopwatch does, while the page lives; it is not the first choice because it may stand still while a phone
 * sleeps. After a restart the clock counts as it went before it was set. What cannot be is put right by the server.
 */
const AHEAD = "clock-ahead";
const SAME = 5000; // a slow answer makes the server's clock look a little behind
const PAGE = newId();
export const moment = () => ({ done: { at: Date.now(), ticks: performance.now(), page: PAGE, ahead: storage.read(AHEAD) } });

const waited = ({ done, at }, ahead) => {
  const byClock = Date.now() - (done?.at ?? at ?? Date.now()); // `at`: kept by this page as it was before
  if (!done || Math.abs(ahead - (done.ahead ?? NaN)) < SAME) {
    return byClock;
  }
  if (done.page === PAGE) {
    return performance.now() - done.ticks;
  }
  return done.ahead === null ? byClock : byClock + ahead - done.ahead;
};

export class Queue extends EventTarget {
  /* `line` is what the last try has shown: "", "offline" or "sign-in". */
  line = "";

  constructor({ user, ticket, sentences }) {
    super();
    Object.assign(this, { user: Number(user), ticket, sentences });
    addEventListener("online", () => this.send());
    document.addEventListener("visibilitychange", () => document.hidden || this.send());
    setInterval(() => this.send(), RETRY);
    this.ask(ticket)
      .then((answer) => answer.json())
      .then(({ now }) => storage.write(AHEAD, now - Date.now()))
      .catch(() => {}); // no line, or nobody signed in
  }

  async entries(url) {
    const mine = await step("readonly", (store) => store.index("user").getAll(this.user));
    return mine.filter((entry) => !url || entry.url === url);
  }

  async add(url, body) {
    await step("readwrite", (store) => store.add({ user: this.user, url, body, state: "waiting", sentence: "", edits: 0 }));
    this.changed();
    this.send();
  }

  /*
   * Other words for an entry, or the same once more. One that the server has taken meanwhile goes on as a correction of
   * what stands there; one that may have arrived remembers what it said before.
   */
  async amend(entry, more) {
    await rewrite(entry.seq, (found) => {
      const now = found ?? entry;
      const { edits, before = [] } = now;
      const anew = { ...now, sentence: "", state: "waiting" };
      if (now.state === "sent") {
        const { id: note, edition } = now.theirs;
        return { ...anew, body: { ...now.body, ...more, client_id: newId(), note, edition }, edits: 0, before: [] };
      }
      return { ...anew, body: { ...now.body, ...more }, edits: edits + 1, before: [...before, now.body] };
    });
    this.changed();
    this.send();
  }

  async drop(entry) {
    await step("readwrite", (store) => store.delete(entry.seq));
    this.changed();
  }

  changed(detail = {}) {
    this.dispatchEvent(new CustomEvent("change", { detail }));
  }

  /* One sender for all windows of this device; without the lock (no https) two could only send the same twice. */
  async send() {
    this.again = true;
    const go = async (lock) => {
      while (lock !== null && this.again) {
        this.again = false; // set anew by what is added meanwhile
        await this.sendAll();
      }
    };
    await (navigator.locks ? navigator.locks.request(LOCK, { ifAvailable: true }, go) : go()).catch(() => {});
  }

  async sendAll() {
    for (;;) {
      const waiting = (await this.entries()).filter((entry) => entry.state === "waiting");
      if (!waiting.length) {
        this.line = this.line === "sign-in" ? this.line : "";
        return;
      }
      const { url } = waiting[0];
      const other = waiting.findIndex((entry) => entry.url !== url);
      const batch = waiting.slice(0, Math.min(AT_ONCE, other < 0 ? AT_ONCE : other));
      const line = await this.sendBatch(url, batch);
      if (line !== this.line) {
        this.line = line;
        this.changed();
      }
      if (line) {
        return;
      }
    }
  }

  async ask(url, options = {}) {
    const signal = AbortSignal.timeout?.(ANSWER_WITHIN);
    return fetch(url, { redirect: "manual", credentials: "same-origin", cache: "no-store", signal, ...options });
  }

  async sendBatch(url, batch) {
    try {
      const ticket = await this.ask(this.ticket);
      // A redirect leads to the sign-in page; where to is hidden from scripts.
      if (ticket.type === "opaqueredirect") {
        return "sign-in";
      }
      const { user, token, now } = await ticket.json();
      const ahead = now - Date.now();
      storage.write(AHEAD, ahead);
      if (user !== this.user) {
        return "sign-in";
      }
      const response = await this.ask(url, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": token },
        body: JSON.stringify({ user, entries: batch.map(({ body }) => ({ ...body, age: Math.round(waited(body, ahead)) })) }),
      });
      return await this.answered(response, batch);
    } catch {
      return "offline";
    }
  }

  async answered(response, batch) {
    if (response.ok) {
      const { outcomes } = await response.json();
      const byId = new Map(outcomes.map((outcome) => [outcome.client_id, outcome]));
      for (const entry of batch) {
        await this.settle(entry, byId.get(entry.body.client_id));
      }
      this.changed({ outcomes });
      return "";
    }
    if (response.status >= 500 || response.status === 429) {
      return "offline";
    }
    if (response.type === "opaqueredirect" || response.status === 403) {
      return "sign-in";
    }
    const sentence = response.status === 404 ? this.sentences.gone : this.sentences.refused;
    for (const entry of batch) {
      await this.settle(entry, { status: "refused", sentence });
    }
    this.changed();
    return "";
  }

  /* What became of an entry as it was sent; what was changed here while it was on its way goes on by itself. */
  async settle(entry, outcome) {
    await rewrite(entry.seq, (now) => {
      if (!outcome || !now || now.body.client_id !== entry.body.client_id) {
        return undefined; // no answer to it, taken back, or something else stands in its place
      }
      return settled(now, { outcome, isAsSent: now.edits === entry.edits });
    });
  }
}

const settled = (now, { outcome, isAsSent }) => {
  const { status, sentence, id, edition } = outcome;
  if (status === "clash" && now.before?.some((body) => isSaid(body, outcome))) {
    return { ...now, body: { ...now.body, edition }, before: [] }; // with our own words, sent before without an answer
  }
  if (status === "refused" || status === "clash") {
    return { ...now, state: isAsSent ? status : "waiting", sentence, theirs: outcome };
  }
  if (!id) {
    return null;
  }
  if (!now.body.mark && (!isAsSent || (status === "known" && now.edits))) {
    return { ...now, body: { ...now.body, client_id: newId(), note: id, edition }, edits: 0, before: [] };
  }
  return { ...now, state: "sent", theirs: outcome };
};

/* The page is kept for a time without network; `onReady` is called when it will open then. */
export const keepPage = async (urls, onReady = () => {}) => {
  if (!navigator.serviceWorker) {
    return; // a page without https
  }
  await navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" });
  await navigator.serviceWorker.ready;
  if (!navigator.serviceWorker.controller) {
    await new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true }));
  }
  await Promise.all(urls.map((url) => fetch(url, { headers: { "X-Keep": "1" } })));
  navigator.storage?.persist?.(); // asks the browser not to clear what waits here when the disk is full
  onReady();
};
