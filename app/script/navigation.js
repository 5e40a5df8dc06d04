// Swaps pages instead of loading documents: in the Shopify admin each document would cost a round trip for a session
// token, which App Bridge adds to `fetch` by itself. Links, GET forms and POST forms to our own pages take this way.

/** The form that holds changes. */
let unsaved = null;
/** The page that is shown, without the part after "#". */
let shown = location.pathname + location.search;
const SWAPPED = ["header.bar", "aside.sample", "main", "[data-toasts]", "nav.bottom", "footer"];
let current = 0;

/** Whether an address is one of our pages rather than a file, the API or another site. */
const isPage = (url) =>
  url.origin === location.origin && /^\/(brand|creator|sign-in|proof)(\/|$)|^\/$/.test(url.pathname) && !url.searchParams.has("format");

/** Fetches a page. One that only reads is tried twice: connections break, on the way through a tunnel or with a restart. */
async function load(address, options) {
  try {
    return await fetch(address, options);
  } catch (error) {
    if (options.method !== "GET") throw error;
    await new Promise((again) => setTimeout(again, 500));
    return fetch(address, options);
  }
}

/** Loads a page and shows it. `history`: "push", "replace" or "keep". */
export async function visit(address, { method = "GET", body, history: way = "push", keepScroll = false } = {}) {
  const mine = ++current;
  const root = document.documentElement;
  root.dataset.loading = "";
  try {
    const response = await load(address, { method, body, headers: { accept: "text/html" }, credentials: "same-origin" });
    const type = response.headers.get("content-type") ?? "";
    const file = response.ok && fileName(response);
    if (file) {
      save(await response.blob(), file);
      return;
    }
    if (mine !== current) return;
    const url = new URL(response.url);
    if (!type.startsWith("text/html") || !isPage(url)) {
      location.assign(response.redirected || method === "GET" ? url.href : location.href);
      return;
    }
    const html = await response.text();
    if (mine !== current) return;
    show(html, url, { way, keepScroll, isRefused: response.status === 422 });
  } catch {
    if (mine === current) offline(method);
  } finally {
    if (mine === current) delete root.dataset.loading;
  }
}

/** The name of the file that an answer is to be saved as, if it is one. */
function fileName(response) {
  const disposition = response.headers.get("content-disposition") ?? "";
  return disposition.startsWith("attachment") && (/filename="?([^";]+)/.exec(disposition)?.[1] ?? "download");
}

function save(blob, name) {
  const href = URL.createObjectURL(blob);
  const link = Object.assign(document.createElement("a"), { href, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}

function show(html, url, { way, keepScroll, isRefused }) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const from = location.pathname;
  const at = [scrollX, scrollY];
  const used = mark(document.activeElement);
  document.title = page.title;
  for (const selector of SWAPPED) {
    const next = page.querySelector(selector);
    const old = document.querySelector(selector);
    // A live region announces only what comes into it.
    if (old && next && selector === "[data-toasts]") old.replaceChildren(...next.childNodes);
    else if (old && next) old.replaceWith(document.adoptNode(next));
    else if (old) old.remove();
    else if (next) {
      const main = document.querySelector("main");
      selector === "header.bar" || selector === "aside.sample" ? main?.before(next) : document.body.append(next);
    }
  }
  // "What just happened" is said once: not again after a reload.
  const clean = new URL(url);
  for (const name of ["done", "id_token", "made", "undo"]) clean.searchParams.delete(name);
  if (way === "push" && clean.href !== location.href) history.pushState({}, "", clean);
  else if (way !== "keep") history.replaceState({}, "", clean);
  shown = location.pathname + location.search;
  // What was refused is still to be saved.
  unsaved = (isRefused && document.querySelector("main form[data-save-bar]:has([aria-invalid=true])")) || null;
  const fault = isRefused && document.querySelector("main [aria-invalid=true], main [role=alert]");
  if (fault) {
    fault.focus();
  } else if (from === clean.pathname && (keepScroll || way === "keep" || page.querySelector("[data-toasts] > *"))) {
    scrollTo(...at);
    // Whoever sorts or filters by keyboard goes on from there.
    const focus = (used && document.querySelector(used)) ?? document.querySelector("main h1");
    focus?.focus({ preventScroll: true });
    // It may be inside a menu that is closed now.
    if (document.activeElement !== focus) document.querySelector("main h1")?.focus({ preventScroll: true });
  } else {
    const target = clean.hash && document.getElementById(clean.hash.slice(1));
    if (target) target.scrollIntoView();
    else scrollTo(0, 0);
    const focus = document.querySelector("main [autofocus]") ?? document.querySelector("main h1");
    focus?.focus({ preventScroll: true });
  }
  document.dispatchEvent(new CustomEvent("page:shown"));
}

/** A selector of the element that had the focus, to find it in the next page. */
function mark(element) {
  if (!element?.closest?.("main")) return null;
  for (const name of ["id", "href", "name", "aria-label"]) {
    const value = element.getAttribute(name);
    if (value) return `main ${element.localName}[${name}="${CSS.escape(value)}"]`;
  }
  return element.localName === "summary" ? "main summary" : null;
}

/** Whether the page may be left: at once, or because the person says so, if a form holds changes. */
async function mayLeave() {
  if (!unsaved?.isConnected) return true;
  if (window.shopify?.saveBar?.leaveConfirmation) {
    await window.shopify.saveBar.leaveConfirmation();
    return true;
  }
  return confirm(document.body.dataset.unsaved);
}

function offline(method) {
  const toasts = document.querySelector("[data-toasts]") ?? document.querySelector("main");
  const { offline: unloaded, offlineUnsaved: unsaved } = document.body.dataset;
  const text = method === "GET" ? unloaded : unsaved;
  const toast = Object.assign(document.createElement("div"), { className: "toast bad", textContent: text });
  toast.setAttribute("role", "alert");
  toasts.append(toast);
  setTimeout(() => toast.remove(), 8000);
}

function onClick(event) {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target.closest?.("a[href]");
  if (!link || link.target || link.hasAttribute("data-native")) return;
  const url = new URL(link.href);
  if (link.hasAttribute("download")) {
    // In the admin the browser's own request has no session token. Elsewhere it downloads without holding the file in memory.
    if (url.protocol === "blob:" || url.origin !== location.origin || !("embedded" in document.documentElement.dataset)) return;
    event.preventDefault();
    visit(url);
    return;
  }
  if (!isPage(url)) return;
  if (url.hash && url.pathname === location.pathname && url.search === location.search) {
    // A page that is still on its way would take this one's place.
    current++;
    delete document.documentElement.dataset.loading;
    return;
  }
  event.preventDefault();
  mayLeave().then((may) => may && visit(url, { keepScroll: link.hasAttribute("data-keep-scroll") }));
}

function onSubmit(event) {
  const form = event.target;
  if (event.defaultPrevented || form.hasAttribute("data-native")) return;
  const url = new URL(form.getAttribute("action") || location.href, location.href);
  if (!isPage(url)) return;
  event.preventDefault();
  const isOther = unsaved && form !== unsaved;
  // The admin's save bar submits without a button.
  const button = event.submitter ?? form.querySelector("button[name=do]");
  const fields = new FormData(form, button);
  // Not `form.method`: a field of that name takes its place, and what was to be posted would stand in the address.
  const isPost = form.getAttribute("method")?.toLowerCase() === "post";
  // A file cannot stand in an address or a plain form.
  const data = isPost && form.getAttribute("enctype") === "multipart/form-data" ? fields : new URLSearchParams(fields);
  const send = () => {
    if (isPost) {
      for (const button of form.querySelectorAll("button")) button.disabled = true;
      visit(url, { method: "POST", body: data }).finally(() => {
        for (const button of form.querySelectorAll("button")) button.disabled = false;
      });
      return;
    }
    for (const [name, value] of [...data]) if (!value) data.delete(name);
    url.search = data;
    visit(url, { keepScroll: true });
  };
  if (isOther) mayLeave().then((may) => may && send());
  else send();
}

/** Filters apply as soon as one is chosen. */
function onChange(event) {
  const form = event.target.closest?.("form[data-auto]");
  // A year that is being typed is 0002 at first.
  const isHalfTyped = event.target.type === "date" && event.target.value && event.target.value < "2000";
  if (form && !isHalfTyped && event.target.matches("select, input[type=date], input[type=checkbox]")) form.requestSubmit();
}

/** A menu or question closes when something else is used, or by Escape. */
function closePopovers(event) {
  if (event.type === "keydown" && event.key !== "Escape") return;
  for (const open of document.querySelectorAll("details.more[open], details.confirm[open], details.account[open], details.choose[open]")) {
    if (event.type === "keydown" || !open.contains(event.target)) {
      open.open = false;
      if (event.type === "keydown") open.querySelector("summary").focus();
    }
  }
}

export function start() {
  document.addEventListener("click", onClick);
  document.addEventListener("submit", onSubmit);
  document.addEventListener("change", onChange);
  document.addEventListener("click", closePopovers);
  document.addEventListener("keydown", closePopovers);
  // A jump within the page, such as by the skip link, is one too, and needs nothing from us.
  addEventListener("popstate", () => {
    if (location.pathname + location.search === shown) return;
    const [to, back] = [location.href, shown];
    mayLeave().then((may) => (may ? visit(to, { history: "keep" }) : history.pushState({}, "", back)));
  });
  // The Shopify admin's menu.
  document.addEventListener("shopify:navigate", (event) => {
    const href = event.target?.getAttribute?.("href");
    if (href?.startsWith("/")) mayLeave().then((may) => may && visit(new URL(href, location.href)));
  });
  const noteChange = (event) => (unsaved = event.target.closest?.("form[data-save-bar]") ?? unsaved);
  document.addEventListener("input", noteChange);
  document.addEventListener("change", noteChange);
  document.addEventListener("reset", () => (unsaved = null));
  addEventListener("beforeunload", (event) => {
    if (unsaved?.isConnected && !("embedded" in document.documentElement.dataset)) event.preventDefault();
  });
  const clean = new URL(location.href);
  if (clean.searchParams.has("done")) {
    for (const name of ["done", "made", "undo"]) clean.searchParams.delete(name);
    history.replaceState({}, "", clean);
    shown = location.pathname + location.search;
  }
  document.querySelector("main [aria-invalid=true]")?.focus();
}
