/*
 * [data-wall="address"]: asks every two seconds what is new and shows it. What the screen had not is marked for a while, the
 * time is counted by the server's clock, and what a listener should know of it is said politely. When the line is down the
 * wall keeps what it has, and says so. Without this module the page reloads itself.
 */
const EVERY = 2000;
const MARKED_FOR = 20000;

const follow = (page) => {
  const place = page.querySelector("[data-wall-now]");
  const lost = page.querySelector("[data-wall-lost]");
  const said = page.querySelector("[data-wall-said]");
  const arrived = new Map(); // note -> when it was first seen here
  let etag = "";
  let ahead = 0; // of the server's clock before this one, in milliseconds
  let told = "";

  const notes = () => [...place.querySelectorAll("[data-note]")];
  const now = () => Date.now() + ahead;

  const mark = (first) => {
    for (const note of notes()) {
      const key = note.dataset.note;
      if (!arrived.has(key)) {
        arrived.set(key, first ? -Infinity : Date.now());
      }
      const isNew = Date.now() - arrived.get(key) < MARKED_FOR;
      note.classList.toggle("is-new", isNew);
      if (isNew && !note.querySelector("[data-mark]")) {
        const word = document.createElement("strong");
        word.className = "wall-mark";
        word.dataset.mark = "";
        word.textContent = page.dataset.new;
        note.querySelector(".wall-kind").append(word);
      }
    }
  };

  const say = (key, text) => {
    if (told !== key) {
      told = key;
      said.textContent = text;
    }
  };

  const tick = () => {
    const timer = place.querySelector("[data-timer][data-ends]");
    if (!timer) {
      return;
    }
    const left = Math.max(0, Math.round((Date.parse(timer.dataset.ends) - now()) / 1000));
    timer.querySelector("[data-clock]").textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    timer.classList.toggle("is-short", left <= 60);
    const key = timer.dataset.ends;
    if (left === 0) {
      say(`${key} over`, page.dataset.over);
    } else if (left <= 60) {
      say(`${key} 1`, page.dataset.minute);
    } else if (left <= 300) {
      say(`${key} 5`, page.dataset.minutes.replace("{minutes}", Math.ceil(left / 60)));
    } else {
      say(`${key} on`, page.dataset.minutes.replace("{minutes}", Math.ceil(left / 60)));
    }
  };

  const ask = async () => {
    try {
      const response = await fetch(page.dataset.wall, {
        headers: etag ? { "If-None-Match": etag } : {},
        cache: "no-store",
        credentials: "omit",
        signal: AbortSignal.timeout(10000),
      });
      const clock = Number(response.headers.get("X-Clock"));
      if (clock) {
        ahead = clock - Date.now();
      }
      if (response.ok) {
        etag = response.headers.get("ETag") || "";
        place.innerHTML = await response.text(); // our own page, in which every text is escaped
        mark(false);
        tick();
      } else if (response.status === 404) {
        location.reload(); // the address was changed, or the wall closed
        return;
      } else if (response.status !== 304) {
        throw new Error(String(response.status));
      }
      lost.textContent = "";
      mark(false);
    } catch {
      if (lost.textContent !== page.dataset.lost) {
        lost.textContent = page.dataset.lost;
      }
    }
    setTimeout(ask, EVERY);
  };

  mark(true);
  setInterval(tick, 250);
  setTimeout(ask, 200);
};

document.querySelectorAll("[data-wall]").forEach(follow);
