// The browser's side of the pixel: cookies, storage, network, consent, listeners. What to make of them is decided in
// the wasm core (src/lib.rs). One file, evaluated at once: only the object is made in the first task; the core boots in
// the next one, or when somebody asks for the id.
(function (window, document) {
  var script = document.currentScript || document.querySelector('script[src*="/track/pixel.js"]');
  var source = new URL(script.src);
  var key = source.searchParams.get("key");
  var before = window.CreatorScore;
  if (before && before.version) return;
  var core, isLoading, isStopped, explicit, hasStarted, lastPage;
  var held = [];
  var navigator = window.navigator;

  function cookie(name) {
    try {
      var found = document.cookie.match("(?:^|; )" + name + "=([^;]*)");
      return found ? found[1] : "";
    } catch (_) {
      return "";
    }
  }

  function keep(name, value) {
    try {
      document.cookie = name + "=" + value + ";max-age=" + (value ? 2592000 : 0) + ";path=/;samesite=lax;secure";
    } catch (_) {}
  }

  // Storage may throw on any touch: blocked cookies, sandboxed frames.
  function stored(store, name, value) {
    try {
      if (value === undefined) return window[store].getItem(name);
      window[store].setItem(name, value);
    } catch (_) {}
  }

  // Sixteen random bytes and the texts go in; the lengths of the texts come back.
  function put() {
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

  function take(length) {
    var at = core.o();
    return new TextDecoder().decode(new Uint8Array(core.memory.buffer).slice(at, at + length));
  }

  function privacy() {
    return window.Shopify && window.Shopify.customerPrivacy;
  }

  // true: go on; false: no cookie, no storage, no event; undefined: wait for an answer.
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
    if (core || isStopped) return core;
    isStopped = 1;
    try {
      var bytes = new Uint8Array("HEX_OF_WASM".match(/../g).map(function (hex) {
        return parseInt(hex, 16);
      }));
      ready(new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports, "wasm");
    } catch (_) {
      // A policy without 'wasm-unsafe-eval', or an old browser: the same core, compiled to JavaScript.
      var other = document.createElement("script");
      other.nonce = script.nonce;
      other.src = source.origin + "/pixel/pixel.c.js";
      document.head.appendChild(other);
    }
    return core;
  }

  function ready(exports, kind) {
    core = exports;
    api.version = "VERSION+" + kind;
    var href = location.href;
    var lengths = put(href, cookie("_cs_pv"), cookie("_cs_ref"));
    var cleaned = core.b(lengths[0], lengths[1], lengths[2], Date.now() / 1000);
    if (cleaned) {
      cleaned = take(cleaned);
      try {
        history.replaceState(history.state, "", cleaned);
      } catch (_) {}
    }
    setTimeout(start);
  }

  function pv() {
    return boot() ? take(core.p()) : null;
  }

  function ref() {
    return (boot() && take(core.r())) || null;
  }

  // Begins to keep and send, once there is a core and consent.
  function start() {
    if (!core || allowed() !== true) {
      if (core && allowed() === false) held.splice(0).forEach(function (one) { one.ok(); });
      return;
    }
    keep("_cs_pv", pv());
    if (ref()) keep("_cs_ref", ref());
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
    held.splice(0).forEach(function (one) {
      send(one);
    });
    stamp();
  }

  function view() {
    if (lastPage !== location.pathname + location.search) {
      lastPage = location.pathname + location.search;
      track("page_view");
    }
  }

  // Writes visitor and link into the cart, once a session and link: they come back in the order.
  function stamp() {
    var shopify = window.Shopify;
    var mark = pv() + ref();
    if (hasStarted && shopify && shopify.routes && cookie("cart") && stored("sessionStorage", "_cs_c") !== mark) {
      fetch(shopify.routes.root + "cart/update.js", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: take(core.c()),
      }).then(function (answer) {
        if (answer.ok) stored("sessionStorage", "_cs_c", mark);
      }, function () {});
    }
  }

  function track(type, data) {
    return hold({ type: type, data: data, url: location.href });
  }

  // Names this visitor's customer. An e-mail address leaves the browser only as a hash.
  function identify(customer, more) {
    return Promise.resolve().then(function () {
      var address = more && more.email;
      return address ? window.crypto.subtle.digest("SHA-256", new TextEncoder().encode(address.trim().toLowerCase())) : [];
    }).then(function (bytes) {
      var hex = [].map.call(new Uint8Array(bytes), function (byte) {
        return (byte + 256).toString(16).slice(1);
      }).join("");
      return hold({ who: { client_id: customer, email_sha256: hex } });
    });
  }

  function hold(one) {
    return new Promise(function (ok, no) {
      one.ok = ok;
      one.no = no;
      if (boot() && hasStarted && allowed() === true) send(one);
      else if (allowed() === false) ok();
      else held.push(one);
    });
  }

  function send(one) {
    if (one.who) {
      var who = Object.assign({ aliases: [pv()], public_key: key }, one.who);
      return post(JSON.stringify({ identity: who }), "/identities").then(function (status) {
        if (status < 300) one.ok();
        else one.no(new Error("CreatorScore: " + status));
      });
    }
    var fields = Object.assign({ page_url: one.url }, one.data);
    delete fields.event_type;
    delete fields.pv_id;
    delete fields.event_id;
    var lengths = put(one.type, JSON.stringify(fields));
    var body = take(core.e(lengths[0], lengths[1]));
    if (!body) return one.no(new Error("CreatorScore: invalid event"));
    post(body).then(function (status) {
      if (status < 300) return one.ok();
      if (status < 500 && status !== 429) return one.no(new Error("CreatorScore: " + status));
      queue([body]);
      one.ok();
    });
  }

  // A string body is text/plain: no preflight. 599 stands for "no answer".
  function post(body, path) {
    return fetch(source.origin + (path || "/api/v1/track?key=" + key), { method: "POST", body: body, keepalive: true }).then(
      function (answer) { return answer.status; },
      function () { return 599; }
    );
  }

  // Events that could not be sent wait in storage; their event_id makes a second try harmless.
  function queue(bodies) {
    var all = waiting().concat(bodies).slice(-50);
    stored("localStorage", "_cs_q", JSON.stringify(all));
  }

  function waiting() {
    try {
      return JSON.parse(stored("localStorage", "_cs_q")) || [];
    } catch (_) {
      return [];
    }
  }

  function retry() {
    var all = waiting();
    if (!all.length || !allowed()) return;
    stored("localStorage", "_cs_q", "[]");
    all.forEach(function (body) {
      post(body).then(function (status) {
        if (status > 499 || status === 429) queue([body]);
      });
    });
  }

  function leave() {
    held.splice(0).forEach(function (one) {
      if (allowed() && core) send(one);
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
        keep("_cs_pv", "");
        keep("_cs_ref", "");
        stored("localStorage", "_cs_q", "[]");
        stored("sessionStorage", "_cs_c", "");
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
