/* Tells the service worker whose page this is, so that it keeps nobody else's; at sign-out nobody's is kept. */
const { reader } = document.body.dataset;

if (reader) {
  navigator.serviceWorker?.controller?.postMessage({ reader });
}

/* The worker sees the sign-out too, but does not rule a page that was reloaded with Shift. */
document.addEventListener("submit", async (event) => {
  if ("signOut" in event.target.dataset) {
    const kept = (await caches.keys()).filter((name) => name.startsWith("kept-"));
    kept.forEach((name) => caches.delete(name));
  }
});
