// The parts of App Bridge that the app may use: session tokens on same-origin calls, the admin's menu and title, the save
// bar and toasts.
(function () {
  if (window.top === window) return;
  var parent = window.parent, waiting = {}, number = 0, savedBar = null;
  window.addEventListener("message", function (event) {
    if (event.source !== parent || !event.data) return;
    if (event.data.type === "session-token" && waiting[event.data.id]) {
      waiting[event.data.id](event.data.token);
      delete waiting[event.data.id];
    }
    if (event.data.type === "navigate") {
      var link = document.querySelector('s-app-nav a[href="' + event.data.href + '"]');
      if (link) link.dispatchEvent(new CustomEvent("shopify:navigate", { bubbles: true }));
    }
    if (event.data.type === "save-bar" && changedForm) {
      if (event.data.action === "save") changedForm.requestSubmit();
      else changedForm.reset();
      showFormBar(null);
    } else if (event.data.type === "save-bar" && savedBar) {
      var bar = document.getElementById(savedBar);
      var chosen = event.data.action === "save" ? "button[variant=primary]" : "button:not([variant=primary])";
      var button = bar && bar.querySelector(chosen);
      if (button) button.click();
    }
  });
  function tell(message) {
    parent.postMessage(message, "*");
  }
  function idToken() {
    return new Promise(function (resolve) {
      waiting[++number] = resolve;
      tell({ type: "session-token", id: number });
    });
  }
  var original = window.fetch;
  window.fetch = function (input, options) {
    var url = new URL(input instanceof Request ? input.url : input, location.href);
    if (url.origin !== location.origin || !/^http/.test(url.protocol)) return original(input, options);
    return idToken().then(function (token) {
      var request = new Request(input, options);
      request.headers.set("Authorization", "Bearer " + token);
      return original(request);
    });
  };
  function showSaveBar(id, isShown) {
    savedBar = isShown ? id : null;
    tell({ type: "save-bar", isShown: isShown });
    return Promise.resolve();
  }
  // Forms with `data-save-bar` show the bar while they hold changes.
  var changedForm = null;
  function showFormBar(form) {
    if (form !== changedForm) tell({ type: "save-bar", isShown: !!form });
    changedForm = form;
  }
  document.addEventListener("input", function (event) {
    var form = event.target.closest && event.target.closest("form[data-save-bar]");
    if (form) showFormBar(form);
  });
  document.addEventListener("submit", function (event) {
    if (event.target === changedForm) showFormBar(null);
  });
  window.shopify = {
    idToken: idToken,
    environment: { embedded: true },
    toast: {
      show: function (text, options) {
        options = options || {};
        tell({ type: "toast", text: text, isError: !!options.isError, duration: options.duration || 5000 });
      },
    },
    saveBar: {
      show: function (id) { return showSaveBar(id, true); },
      hide: function (id) { return showSaveBar(id, false); },
      // Resolves when the page may be left. The admin asks in its own dialog.
      leaveConfirmation: function () {
        return new Promise(function (resolve) {
          if (!changedForm || window.confirm("Leave without saving?")) {
            showFormBar(null);
            resolve();
          }
        });
      },
    },
  };
  var reload = new URLSearchParams(location.search).get("shopify-reload");
  if (reload && location.pathname === "/auth/session-token") {
    idToken().then(function (token) {
      var url = new URL(reload);
      url.searchParams.set("id_token", token);
      location.replace(url);
    });
    return;
  }
  function title() {
    tell({ type: "title", title: document.title.replace(/ · [^·]*$/, ""), path: location.pathname });
  }
  document.addEventListener("DOMContentLoaded", function () {
    var items = [].map.call(document.querySelectorAll("s-app-nav a"), function (link) {
      return { href: link.getAttribute("href"), label: link.textContent };
    });
    tell({ type: "menu", items: items, path: location.pathname });
    title();
    new MutationObserver(title).observe(document.head, { childList: true, subtree: true, characterData: true });
  });
})();
