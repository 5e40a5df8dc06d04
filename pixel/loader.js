// Browser side of the pixel: cookies, storage, network, consent and listeners; decisions are made in the wasm core
// (src/lib.rs). To keep the page responsive, the first task only creates the API object. The core boots in the next
// task, or earlier when a call needs it.
//
// Nothing here may break the page or depend on its good will: pages and their extensions replace fetch and history,
// take away crypto or TextEncoder, and forbid wasm, storage and further scripts.
(function (window, document) {
  var script = document.currentScript || document.querySelector('script[src*="/track/pixel.js"]');
  var source = new URL(script.src);
  var key = source.searchParams.get("key");
  var before = window.CreatorScore;
  if (before && before.version) return;
  var core, isLoading, explicit, hasStarted, lastPage, stamped;
  var pending = [];
  var navigator = window.navigator;
  var wasRefused = storage("localStorage", "_cs_no");

  function first(text, pattern) {
    return (text.match(pattern) || [])[1] || "";
  }

  // A parameter of a URL's query; the last one if it is repeated.
  function parameter(url, name) {
    return first(url, "^[^#]*[?&]" + name + "=([^&#]*)");
  }

  function cookie(name) {
    try {
      return first(document.cookie, "(?:^|; )" + name + "=([^;]*)");
    } catch (_) {
      return "";
    }
  }

  function setCookie(name, value) {
    try {
      document.cookie = name + "=" + value + ";max-age=" + (value ? 2592000 : 0) + ";path=/;samesite=lax;secure";
    } catch (_) {}
  }

  // Reads an item, or sets it; "" removes it. Any access to storage may throw, for example with blocked cookies or in a
  // sandboxed frame.
  function storage(store, name, value) {
    try {
      store = window[store];
      if (value === undefined) return store.getItem(name);
      if (value) store.setItem(name, value);
      else store.removeItem(name);
    } catch (_) {}
  }

  function hex(bytes) {
    return [].map.call(bytes, function (byte) {
      return (byte + 256).toString(16).slice(1);
    }).join("");
  }

  // A new UUID of version 7: it begins with the time, so that the server stores ids of one moment side by side. It must be
  // unique; it need not be unpredictable, so any randomness will do.
  function uuid() {
    var bytes = new Uint8Array(10);
    try {
      window.crypto.getRandomValues(bytes);
    } catch (_) {
      bytes = bytes.map(function () {
        return Math.random() * 256;
      });
    }
    return ((281474976710656 + Date.now()).toString(16).slice(1) + hex(bytes)).replace(/(.{8})(.{4}).(.{3}).(.{3})/, "$1-$2-7$3-8$4-");
  }

  // The rules, compiled: b boots with an unused id, the URL and two cookies and returns the cleaned URL ("" if there was
  // nothing to clean); p is the visitor id, r the link's code or ""; e builds an event from an unused id, its type and its fields as JSON; c builds the
  // cart's attributes.
  function compiled() {
    var wasm = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array("HEX_OF_WASM".match(/../g).map(function (hex) {
      return parseInt(hex, 16);
    })))).exports;
    var memory = new Uint8Array(wasm.memory.buffer);
    var made = {};
    ["b", "p", "r", "e", "c"].forEach(function (name) {
      made[name] = function () {
        var at = wasm.i();
        var end = at + 32768;
        var lengths = [].map.call(arguments, function (text) {
          text = new TextEncoder().encode(text);
          // Throws if the text does not fit.
          memory.subarray(at, end).set(text);
          at += text.length;
          return text.length;
        });
        end = wasm[name](...lengths, Date.now());
        at = wasm.o();
        return new TextDecoder().decode(memory.subarray(at, at + end));
      };
    });
    return made;
  }

  // The same rules in JavaScript, for old browsers and for pages whose policy refuses wasm. Inline, because such a page
  // may refuse a second script too, and because the visitor id is asked for before one would have arrived.
  function plain() {
    var id, alias, code;

    function known(id) {
      return /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(id) && id;
    }

    function link(text) {
      return first(text, /^[^a-z\d]*([a-hjkmnp-z2-9]{8})[^a-z\d]*$/i).toLowerCase();
    }

    return {
      b: function (fresh, url, own, before) {
        var landing = Math.abs(Date.now() / 1000 - parameter(url, "cs_at")) <= 600 && known(parameter(url, "cs_pv"));
        id = known(own) || fresh;
        if (landing && landing !== id) alias = landing;
        code = link(parameter(url, "cs_ref")) || link(before);
        return url.replace(/^[^#]*/, function (url) {
          return url.replace(/([?&])(?:cs_(?:pv|at)=[^&]*(&|$))+/g, function (_, mark, next) {
            return next && mark;
          });
        });
      },
      p: function () { return id; },
      r: function () { return code; },
      e: function (fresh, type, fields) {
        fields = Object.assign({ event_type: type, pv_id: id, pv_alias: alias, event_id: fresh }, JSON.parse(fields));
        alias = undefined;
        return JSON.stringify(fields);
      },
      c: function () {
        return JSON.stringify({ attributes: { _cs_pv: id, _cs_ref: code || undefined } });
      },
    };
  }

  // Consent. true: given; false: refused, so no cookies, storage or events; undefined: not known yet, so neither.
  function allowed() {
    // A refusal is remembered before all else: one in another tab ends an earlier yes on this page, and a yes removes it.
    if (storage("localStorage", "_cs_no") || (!explicit && navigator.globalPrivacyControl)) return false;
    if (explicit !== undefined) return explicit;
    if (script.dataset.consent === "required") return;
    var shopify = window.Shopify || {};
    var privacy = shopify.customerPrivacy;
    try {
      if (privacy) {
        if (privacy.marketingAllowed()) return true;
        // Not allowed is not refused yet: where the law asks for a yes, it is so until the shopper answers.
        return privacy.currentVisitorConsent().marketing === "no" ? false : undefined;
      }
      if (shopify.loadFeatures && !isLoading) {
        isLoading = 1;
        shopify.loadFeatures([{ name: "consent-tracking-api", version: "0.1" }], function (error) {
          if (!error) isLoading = 2;
          start();
        });
      }
    } catch (_) {
      return;
    }
    return isLoading === 1 ? undefined : true;
  }

  function boot() {
    var cleaned;
    [compiled, plain].some(function (make, index) {
      if (core) return true;
      try {
        var made = make();
        cleaned = made.b(uuid(), location.href, cookie("_cs_pv") || cookie("_cs_id"), cookie("_cs_ref"));
        core = made;
        api.version = "VERSION+" + ["wasm", "js"][index];
        setTimeout(start);
      } catch (_) {}
    });
    try {
      if (cleaned && cleaned !== location.href) history.replaceState(history.state, "", cleaned);
    } catch (_) {}
    return core;
  }

  function pv() {
    return boot().p();
  }

  function ref() {
    return boot().r() || null;
  }

  // Starts to set cookies and send once the core is ready and consent is given. If it is refused, drops what waits and
  // what an earlier consent has left.
  function start() {
    var may = core && allowed();
    if (may === false) {
      wasRefused = 1;
      pending.splice(0).forEach(function (item) { item.ok(); });
      var names = ["_cs_pv", "_cs_id", "_cs_ref"];
      // Another tab, or an earlier visit, may have stamped the cart. Tried again on the next page if it fails.
      if (storage("sessionStorage", "_cs_c") || names.some(cookie)) {
        storage("sessionStorage", "_cs_c", "");
        cart('{"attributes":{"_cs_pv":"","_cs_ref":""}}', "");
      }
      names.forEach(function (name) {
        setCookie(name, "");
      });
      storage("localStorage", "_cs_q", "");
    }
    if (!may) return;
    // By which link the visitor landed on the page before, if a yes on this page may still be about that: it was not
    // refused meanwhile, nothing is known of another link, and the page was one of this host.
    var landed = wasRefused || ref() || cookie("_cs_ref") || (document.referrer + "").split(location.origin + "/")[0] ? "" : parameter(document.referrer, "cs_ref");
    if (landed) core.b(pv(), location.href, pv(), landed);
    setCookie("_cs_pv", pv());
    // A redirect on the storefront's own host has set _cs_pv so that no script can read or replace it.
    if (cookie("_cs_pv") !== pv()) setCookie("_cs_id", pv());
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
      document.addEventListener("submit", function (event) {
        var form = event.target;
        if (/\/cart\/add/.test(form.action)) {
          var id = new FormData(form).get("id");
          track("add_to_cart", id ? { product_id: id } : {}).catch(ignore);
          // Themes that add without a new page have a cart once the shop has answered.
          setTimeout(stamp, 2000);
        }
      }, true);
      document.addEventListener("shopify:cart:lines-update", function () { setTimeout(stamp, 500); });
      setTimeout(retry, 2000);
      if (landed && ref()) track("page_view", { page_url: document.referrer }).catch(ignore);
      view();
    }
    pending.splice(0).forEach(send);
    stamp();
  }

  function ignore() {}

  function view() {
    if (lastPage !== location.pathname + location.search) {
      lastPage = location.pathname + location.search;
      track("page_view").catch(ignore);
    }
  }

  // Writes visitor and link to the cart's attributes, once per session and link; Shopify copies them to the order. Where the
  // session keeps nothing, once per page.
  function stamp() {
    var mark = pv() + ref();
    if (hasStarted && allowed() && (stamped || storage("sessionStorage", "_cs_c")) !== mark) cart(core.c(), mark);
  }

  // Changes the cart's attributes, if there is a cart. What was stamped is taken back if it is refused meanwhile.
  function cart(body, mark) {
    var shopify = window.Shopify;
    if (shopify && shopify.routes && cookie("cart")) {
      if (!mark) storage("sessionStorage", "_cs_c", 1);
      post(shopify.routes.root + "cart/update.js", body, { "Content-Type": "application/json" }).then(function (answer) {
        if (answer.ok) {
          storage("sessionStorage", "_cs_c", (stamped = mark));
          if (mark) start();
        }
      });
    }
  }

  function track(type, data) {
    return enqueue(function () {
      var fields = Object.assign({ page_url: location.href }, data);
      delete fields.event_type;
      delete fields.pv_id;
      delete fields.event_id;
      // The server keeps of a URL its path and cs_ref. 1,300 characters are at most 3,900 bytes of its 4,096.
      var url = fields.page_url;
      if (url && url.length > 1300) {
        fields.page_url = url.split(/[?#]/)[0].slice(0, 1300) + "?cs_ref=" + parameter(url, "cs_ref").slice(0, 40);
      }
      // Details must not cost the event: what is too large, or is no JSON, stays out of it.
      Object.keys(fields).forEach(function (name) {
        try {
          // Its bytes as UTF-8; of text with the quotation marks.
          if (encodeURIComponent(JSON.stringify(fields[name])).replace(/%../g, 1).length <= ({ event_data: 16384, page_url: 4096, additional_data: 4096 }[name] || 514)) return;
        } catch (_) {}
        delete fields[name];
        console.warn("CreatorScore: " + name + " is too large");
      });
      var body = boot().e(uuid(), type, JSON.stringify(fields));
      if (!body) throw new Error("CreatorScore: invalid event");
      return body;
    });
  }

  // Reports the customer id of this visitor. An e-mail address leaves the browser only as a SHA-256 hash, or not at all
  // where the browser cannot compute one.
  function identify(customer, more) {
    return Promise.resolve().then(function () {
      var address = more && more.email;
      return address ? window.crypto.subtle.digest("SHA-256", new TextEncoder().encode(address.trim().toLowerCase())) : 0;
    }).catch(ignore).then(function (hash) {
      return enqueue(function () {
        return JSON.stringify({ identity: { client_id: customer, email_sha256: hex(new Uint8Array(hash || 0)), aliases: [pv()], public_key: key } });
      }, "/identities");
    });
  }

  // The promise settles whatever happens to the request: with its answer, or after five seconds.
  function enqueue(make, path) {
    return new Promise(function (ok, no) {
      pending.push({ body: make(), at: Date.now(), path: path, ok: ok, no: no });
      setTimeout(ok, 5000);
      if (hasStarted && allowed()) pending.splice(0).forEach(send);
      else setTimeout(start);
    });
  }

  // Rejects with the answer's text, which says what is wrong with the report.
  function send(item) {
    report(item.body, item.path).then(function (answer) {
      if (answer.ok) return;
      if (isLater(answer) && !item.path) return queue([item.at + item.body]);
      return Promise.resolve(answer.text && answer.text()).then(function (text) {
        throw new Error("CreatorScore: " + answer.status + " " + text);
      });
    }).then(item.ok, item.no);
  }

  // Whether another try may succeed.
  function isLater(answer) {
    return !(answer.status < 500) || answer.status === 429;
  }

  function report(body, path) {
    return post(source.origin + (path || "/api/v1/track?key=" + key), body);
  }

  // A string body is sent as text/plain, which needs no CORS preflight. 599 means that no response arrived. Where fetch
  // is missing, throws or returns nothing, a beacon carries the body.
  function post(url, body, headers) {
    var answer;
    try {
      answer = fetch(url, { method: "POST", headers: headers, body: body, keepalive: true });
    } catch (_) {}
    return Promise.resolve(answer).then(function (answer) {
      return answer || { ok: navigator.sendBeacon(url, body) };
    }).catch(function () {
      return { status: 599 };
    });
  }

  // Unsent events (the latest 50) are stored for a later try, each after its time; their event_id makes a repeat harmless.
  function queue(events) {
    var all = waiting().concat(events).slice(-50);
    // The shopper may have refused while the request was on its way.
    if (allowed()) storage("localStorage", "_cs_q", JSON.stringify(all));
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
    storage("localStorage", "_cs_q", "");
    all.forEach(function (event) {
      // How long ago it happened, which a wrong clock tells too.
      report(event.replace(/(\d*){/, function (_, at) {
        return '{"age_ms":' + Math.max(0, at && Date.now() - at) + ",";
      })).then(function (answer) {
        if (!answer.ok && isLater(answer)) queue([event]);
      });
    });
  }

  var api = (window.CreatorScore = {
    track: track,
    getPvId: pv,
    getRef: ref,
    identify: identify,
    // An answer that the banner does not have yet changes nothing. A refusal is remembered, a yes is not.
    consent: function (granted) {
      if (granted == null) return;
      explicit = !!granted;
      storage("localStorage", "_cs_no", explicit ? "" : "1");
      start();
    },
    version: "VERSION",
  });

  function call(call) {
    (api[call[0]] || ignore).apply(api, call.slice(1));
  }

  window.addEventListener("pagehide", function () {
    if (!hasStarted) start();
  });
  setTimeout(boot);
  document.addEventListener("visitorConsentCollected", start);
  var early = (before && before.q) || [];
  early.forEach(call);
  early.push = call;
})(window, document);
