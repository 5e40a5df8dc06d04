// Browser side of the pixel: cookies, storage, network, consent and listeners; decisions are made in the wasm core
// (src/lib.rs). To keep the page responsive, the first task only creates the API object. The core boots in the next
// task, or earlier when a call needs it.
(function (window, document) {
  var script = document.currentScript || document.querySelector('script[src*="/track/pixel.js"]');
  var source = new URL(script.src);
  var key = source.searchParams.get("key");
  var before = window.CreatorScore;
  if (before && before.version) return;
  var core, isLoading, hasBooted, explicit, hasStarted, lastPage;
  var pending = [];
  var navigator = window.navigator;

  function cookie(name) {
    try {
      var found = document.cookie.match("(?:^|; )" + name + "=([^;]*)");
      return found ? found[1] : "";
    } catch (_) {
      return "";
    }
  }

  function setCookie(name, value) {
    try {
      document.cookie = name + "=" + value + ";max-age=" + (value ? 2592000 : 0) + ";path=/;samesite=lax;secure";
    } catch (_) {}
  }

  // Any access to storage may throw, for example with blocked cookies or in a sandboxed frame.
  function storage(store, name, value) {
    try {
      if (value === undefined) return window[store].getItem(name);
      window[store].setItem(name, value);
    } catch (_) {}
  }

  // Writes 16 random bytes and the texts to the core's input buffer; returns the texts' byte lengths (0 if too long).
  function writeInput() {
    var memory = new Uint8Array(core.memory.buffer);
    var at = core.i();
    window.crypto.getRandomValues(memory.subarray(at, at + 16));
    at += 16;
    return [].map.call(arguments, function (text) {
      var bytes = new TextEncoder().encode(text);
      if (at + bytes.length > core.i() + 12288) return 0;
      memory.set(bytes, at);
      at += bytes.length;
      return bytes.length;
    });
  }

  function readOutput(length) {
    var at = core.o();
    return new TextDecoder().decode(new Uint8Array(core.memory.buffer).slice(at, at + length));
  }

  function privacy() {
    return window.Shopify && window.Shopify.customerPrivacy;
  }

  // Consent. true: given; false: refused, so no cookies, storage or events; undefined: not known yet.
  function allowed() {
    if (explicit !== undefined) return explicit;
    if (navigator.globalPrivacyControl) return false;
    if (privacy()) return privacy().marketingAllowed();
    if (window.Shopify && window.Shopify.loadFeatures && !isLoading) {
      isLoading = 1;
      window.Shopify.loadFeatures([{ name: "consent-tracking-api", version: "0.1" }], function () {
        isLoading = 2;
        start();
      });
    }
    return isLoading === 1 ? undefined : true;
  }

  function boot() {
    if (core || hasBooted) return core;
    hasBooted = 1;
    try {
      var bytes = new Uint8Array("HEX_OF_WASM".match(/../g).map(function (hex) {
        return parseInt(hex, 16);
      }));
      ready(new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports, "wasm");
    } catch (_) {
      // A CSP without 'wasm-unsafe-eval', or an old browser: load the same core compiled to JavaScript.
      var fallback = document.createElement("script");
      fallback.nonce = script.nonce;
      fallback.src = source.origin + "/pixel/pixel.c.js";
      document.head.appendChild(fallback);
    }
    return core;
  }

  function ready(exports, kind) {
    core = exports;
    api.version = "VERSION+" + kind;
    var href = location.href;
    var lengths = writeInput(href, cookie("_cs_pv"), cookie("_cs_ref"));
    var cleaned = core.b(lengths[0], lengths[1], lengths[2], Date.now() / 1000);
    if (cleaned) {
      cleaned = readOutput(cleaned);
      try {
        history.replaceState(history.state, "", cleaned);
      } catch (_) {}
    }
    setTimeout(start);
  }

  function pv() {
    return boot() ? readOutput(core.p()) : null;
  }

  function ref() {
    return (boot() && readOutput(core.r())) || null;
  }

  // Starts to set cookies and send once the core is ready and consent is given. Drops waiting items if it is refused.
  function start() {
    if (!core || allowed() !== true) {
      if (core && allowed() === false) pending.splice(0).forEach(function (item) { item.ok(); });
      return;
    }
    setCookie("_cs_pv", pv());
    if (ref()) setCookie("_cs_ref", ref());
    if (!hasStarted) {
      hasStarted = 1;
      ["pushState", "replaceState"].forEach(function (name) {
        var original = history[name];
        history[name] = function () {
          original.apply(this, arguments);
          setTimeout(view);
        };
      });
      window.addEventListener("popstate", view);
      window.addEventListener("pagehide", leave);
      document.addEventListener("submit", function (event) {
        var form = event.target;
        if (/\/cart\/add/.test(form.action)) {
          var id = new FormData(form).get("id");
          track("add_to_cart", id ? { product_id: id } : {});
        }
      }, true);
      document.addEventListener("shopify:cart:lines-update", function () { setTimeout(stamp, 500); });
      setTimeout(retry, 2000);
      view();
    }
    pending.splice(0).forEach(function (item) {
      send(item);
    });
    stamp();
  }

  function view() {
    if (lastPage !== location.pathname + location.search) {
      lastPage = location.pathname + location.search;
      track("page_view");
    }
  }

  // Writes visitor and link to the cart's attributes, once per session and link; Shopify copies them to the order.
  function stamp() {
    var shopify = window.Shopify;
    var mark = pv() + ref();
    if (hasStarted && shopify && shopify.routes && cookie("cart") && storage("sessionStorage", "_cs_c") !== mark) {
      fetch(shopify.routes.root + "cart/update.js", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: readOutput(core.c()),
      }).then(function (answer) {
        if (answer.ok) storage("sessionStorage", "_cs_c", mark);
      }, function () {});
    }
  }

  function track(type, data) {
    return enqueue({ type: type, data: data, url: location.href });
  }

  // Reports the customer id of this visitor. An e-mail address leaves the browser only as a SHA-256 hash.
  function identify(customer, more) {
    return Promise.resolve().then(function () {
      var address = more && more.email;
      return address ? window.crypto.subtle.digest("SHA-256", new TextEncoder().encode(address.trim().toLowerCase())) : [];
    }).then(function (bytes) {
      var hex = [].map.call(new Uint8Array(bytes), function (byte) {
        return (byte + 256).toString(16).slice(1);
      }).join("");
      return enqueue({ who: { client_id: customer, email_sha256: hex } });
    });
  }

  function enqueue(item) {
    return new Promise(function (ok, no) {
      item.ok = ok;
      item.no = no;
      if (boot() && hasStarted && allowed() === true) send(item);
      else if (allowed() === false) ok();
      else pending.push(item);
    });
  }

  function send(item) {
    if (item.who) {
      var who = Object.assign({ aliases: [pv()], public_key: key }, item.who);
      return post(JSON.stringify({ identity: who }), "/identities").then(function (answer) {
        if (answer.ok) item.ok();
        else refuse(item, answer);
      });
    }
    var fields = Object.assign({ page_url: item.url }, item.data);
    delete fields.event_type;
    delete fields.pv_id;
    delete fields.event_id;
    var lengths = writeInput(item.type, JSON.stringify(fields));
    var body = readOutput(core.e(lengths[0], lengths[1]));
    if (!body) return item.no(new Error("CreatorScore: invalid event"));
    post(body).then(function (answer) {
      if (isLater(answer)) queue([body]);
      else if (!answer.ok) return refuse(item, answer);
      item.ok();
    });
  }

  // Rejects with the answer's text, which says what is wrong with the report.
  function refuse(item, answer) {
    Promise.resolve(answer.text && answer.text()).then(function (text) {
      item.no(new Error("CreatorScore: " + answer.status + " " + text));
    });
  }

  // Whether another try may succeed.
  function isLater(answer) {
    return answer.status > 499 || answer.status === 429;
  }

  // A string body is sent as text/plain, which needs no CORS preflight. 599 means that no response arrived.
  function post(body, path) {
    return fetch(source.origin + (path || "/api/v1/track?key=" + key), { method: "POST", body: body, keepalive: true }).catch(function () {
      return { status: 599 };
    });
  }

  // Unsent events (the latest 50) are stored for a later try; their event_id makes a repeat harmless.
  function queue(bodies) {
    var all = waiting().concat(bodies).slice(-50);
    storage("localStorage", "_cs_q", JSON.stringify(all));
  }

  function waiting() {
    try {
      return JSON.parse(storage("localStorage", "_cs_q")) || [];
    } catch (_) {
      return [];
    }
  }

  function retry() {
    var all = waiting();
    if (!all.length || !allowed()) return;
    storage("localStorage", "_cs_q", "[]");
    all.forEach(function (body) {
      post(body).then(function (answer) {
        if (isLater(answer)) queue([body]);
      });
    });
  }

  function leave() {
    pending.splice(0).forEach(function (item) {
      if (allowed() && core) send(item);
    });
  }

  var api = (window.CreatorScore = {
    track: track,
    getPvId: pv,
    getRef: ref,
    identify: identify,
    consent: function (granted) {
      explicit = !!granted;
      if (!explicit) {
        setCookie("_cs_pv", "");
        setCookie("_cs_ref", "");
        storage("localStorage", "_cs_q", "[]");
        storage("sessionStorage", "_cs_c", "");
      }
      boot();
      start();
    },
    version: "VERSION",
    _core: ready,
  });

  ((before && before.q) || []).forEach(function (call) {
    api[call[0]].apply(api, call.slice(1));
  });
  document.addEventListener("visitorConsentCollected", start);
  setTimeout(boot);
})(window, document);
