// Serves the courier's pages in a dead spot: the network first, then what was remembered today. Served under /desk/m/.
const CACHE = "rounds";
const PATIENCE = 4000; // milliseconds a page may take before the remembered one is shown
const KEPT = 18 * 3600 * 1000; // a day's work; older addresses are shown to nobody

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

const remembered = async (request) => {
  const answer = await (await caches.open(CACHE)).match(request, { ignoreSearch: true, ignoreVary: true });
  if (!answer) return undefined;
  const age = Date.now() - Date.parse(answer.headers.get("date") || 0);
  return request.mode === "navigate" && age > KEPT ? undefined : answer;
};

const page = async (request) => {
  const asked = fetch(request).then(async (answer) => {
    const cache = await caches.open(CACHE);
    const path = new URL(request.url).pathname;
    if (answer.type === "opaqueredirect" || answer.redirected) await cache.delete(path); // the login has ended
    else if (answer.ok) await cache.put(path, answer.clone());
    return answer;
  });
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE)).then(() => remembered(request));
  const first = await Promise.race([asked.catch(() => remembered(request)), late]);
  return first || asked;
};

const part = async (request) => (await remembered(request)) || fetch(request);

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (/^\/(static\/|favicon)/.test(url.pathname)) event.respondWith(part(request));
});
