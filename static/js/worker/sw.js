/*
 * The service worker: pages that people need in a hall without network, and the files these pages are made of. The
 * server puts RELEASE before this text: version, files, the page that stands in, the address of signing out.
 *
 * Kept are static files and pages whose answer says for whom ("X-Kept-For: 17"): each person's in a cache of their own,
 * one page per path, the newest, and for a week at most: they name people. As soon as a page tells of somebody else, or
 * somebody signs out, the others' are deleted. What is sent (POST), the news of a table and all other pages pass by here untouched.
 */
const FILES = `files-${RELEASE.version}`;
const KEPT = "kept-";
const KEPT_AT = "X-Kept-At";
const WEEK = 7 * 24 * 3600 * 1000;
const PATIENCE = 6000; // then a page that is kept is better than one that may come
const HASHED = /\.[0-9a-f]{12}\.\w+$/;

self.addEventListener("install", (event) => {
  event.waitUntil(
    (async () => {
      const cache = await caches.open(FILES);
      // One by one: a file that fails is fetched when it is needed; addAll would give up the whole release.
      await Promise.allSettled(RELEASE.files.map((file) => cache.add(file)));
      // Without the cookie: this page is nobody's.
      await cache.put(RELEASE.offline, await fetch(RELEASE.offline, { credentials: "omit" }));
      await self.skipWaiting();
    })(),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      // The files of the release before stay: pages kept then name them.
      const files = (await caches.keys()).filter((name) => name.startsWith("files-") && name !== FILES);
      await Promise.all(files.slice(0, -1).map((name) => caches.delete(name)));
      await self.clients.claim();
    })(),
  );
});

const forget = async (exceptFor = "") => {
  const others = (await caches.keys()).filter((name) => name.startsWith(KEPT) && name !== KEPT + exceptFor);
  await Promise.all(others.map((name) => caches.delete(name)));
};

/* When the page was kept, by this device's own clock; a page that does not say so is old. */
const isOld = (response) => !(Math.abs(Date.now() - Date.parse(response.headers.get(KEPT_AT))) < WEEK);

const forgetOld = async () => {
  for (const name of (await caches.keys()).filter((one) => one.startsWith(KEPT))) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const found = await cache.match(request);
      if (found && isOld(found)) {
        await cache.delete(request);
      }
    }
  }
};

/* Each page that somebody signed in opens says so: see reader.js. */
self.addEventListener("message", (event) => {
  if (event.data.reader) {
    event.waitUntil(forget(event.data.reader).then(forgetOld));
  }
});

const pathOf = (request) => new URL(request.url).pathname;

const kept = async (request) => {
  for (const name of (await caches.keys()).filter((one) => one.startsWith(KEPT))) {
    const found = await (await caches.open(name)).match(pathOf(request));
    if (found && !isOld(found)) {
      return found;
    }
  }
  return null;
};

const keep = async (request, response) => {
  const reader = response.headers.get("X-Kept-For");
  if (reader && response.ok && !response.redirected) {
    await forget(reader);
    const headers = new Headers(response.headers);
    headers.set(KEPT_AT, new Date().toUTCString());
    const { status, statusText } = response;
    await (await caches.open(KEPT + reader)).put(pathOf(request), new Response(response.body, { status, statusText, headers }));
  }
};

const fromLine = async (event) => {
  const response = await fetch(event.request);
  event.waitUntil(keep(event.request, response.clone()));
  return response;
};

const page = async (event) => {
  const known = await kept(event.request);
  const online = fromLine(event).then((response) => (response.status >= 502 && known ? known : response));
  if (!known) {
    return online.catch(() => caches.match(RELEASE.offline));
  }
  const late = new Promise((resolve) => setTimeout(() => resolve(known), PATIENCE));
  return Promise.race([online.catch(() => known), late]);
};

const file = async (request) => {
  const known = await caches.match(request);
  if (known && HASHED.test(pathOf(request))) {
    return known;
  }
  // A name without a hash (development) may hold other things tomorrow.
  return fetch(request).catch(() => known || Response.error());
};

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (new URL(request.url).origin !== self.location.origin) {
    return;
  }
  if (request.method === "POST" && pathOf(request) === RELEASE.signOut) {
    event.waitUntil(forget());
  } else if (request.method === "GET" && pathOf(request).startsWith("/static/")) {
    event.respondWith(file(request));
  } else if (request.method === "GET" && (request.mode === "navigate" || request.headers.get("X-Keep"))) {
    event.respondWith(page(event));
  }
});
