// The script behind npm's @affitor/tracker: it records the click of an affiliate URL (?aff=CODE), keeps the click's id in
// a cookie, and reports sign-ups. The members of window.affitor are those that the package declares and documents.
(function (window, document) {
  if (window.affitor && window.affitor.loaded) return;
  var script = document.currentScript || document.querySelector("script[data-affitor-program-id]");
  var endpoint = new URL(script.src).origin + "/api/v1/track/";
  var programId = Number(script.dataset.affitorProgramId);
  var isDebug = script.dataset.affitorDebug === "true";

  function log(text, detail) {
    if (isDebug) console.log("[Affitor] " + text, detail === undefined ? "" : detail);
  }

  function warn(text, detail) {
    console.warn("[Affitor] " + text, detail === undefined ? "" : detail);
  }

  function cookie(name) {
    try {
      var found = document.cookie.match("(?:^|; )" + name + "=([^;]*)");
      return found ? decodeURIComponent(found[1]) : null;
    } catch (_) {
      return null;
    }
  }

  // Sets a cookie for all hosts of the site, because people click on www. and sign up on app. The browser refuses domains
  // that belong to several sites, such as co.uk, so the shortest that it accepts is the site's.
  function setCookie(name, value, days) {
    var labels = location.hostname.split(".");
    var rest = "=" + encodeURIComponent(value) + ";path=/;samesite=lax;max-age=" + days * 86400;
    if (location.protocol === "https:") rest += ";secure";
    for (var index = labels.length - 2; index >= 0; index--) {
      document.cookie = name + rest + ";domain=" + labels.slice(index).join(".");
      if (cookie(name) === value) return;
    }
    document.cookie = name + rest;
  }

  // A refusal holds for every script of this server: the browser's own signal, or what the pixel's consent() was told.
  function isRefused() {
    try {
      return !!navigator.globalPrivacyControl || !!localStorage.getItem("_cs_no");
    } catch (_) {
      return false;
    }
  }

  function affiliateCode(url) {
    try {
      return new URL(url).searchParams.get("aff");
    } catch (_) {
      return null;
    }
  }

  // A string body is sent as text/plain, which needs no CORS preflight. Rejects with the answer's text if it is refused.
  function post(name, body) {
    return Promise.resolve().then(function () {
      return fetch(endpoint + name, { method: "POST", body: JSON.stringify(body), keepalive: true });
    }).then(function (answer) {
      if (answer.ok) return answer.json();
      return answer.text().then(function (text) {
        throw new Error(answer.status + " " + text);
      });
    });
  }

  var clickId = cookie("affitor_click_id");
  var affiliateUrl = cookie("affitor_aff_url");
  var code = affiliateCode(location.href);
  // Settled once the click is recorded, so that a sign-up on the landing page waits for it.
  var ready = Promise.resolve();

  // What an earlier yes has left goes with a no.
  if (clickId && isRefused()) {
    setCookie("affitor_click_id", "", 0);
    setCookie("affitor_aff_url", "", 0);
    clickId = affiliateUrl = null;
  }

  // A reload and a further page of the same visit are no new click; another partner's URL is.
  if (code && !isRefused() && !(clickId && affiliateCode(affiliateUrl) === code)) {
    var url = location.origin + location.pathname + "?aff=" + encodeURIComponent(code);
    var click = { affiliate_url: url, referrer_url: document.referrer.split("?")[0], existing_click_id: clickId };
    ready = post("click", click).then(function (answer) {
      clickId = answer.click_id;
      affiliateUrl = url;
      setCookie("affitor_click_id", clickId, answer.cookie_window_days);
      setCookie("affitor_aff_url", url, answer.cookie_window_days);
      log("click recorded", clickId);
    }).catch(function (error) {
      warn("the click was not recorded:", error.message);
    });
  }

  // Never rejects: reporting must not break the page's own sign-up.
  function lead(customerKey, more) {
    return ready.then(function () {
      if (isRefused()) return log("the shopper has refused tracking");
      if (!clickId) return log("no affiliate click, so there is no lead to report");
      return post("lead", { click_id: clickId, customer_key: customerKey && String(customerKey), additional_data: more }).then(function (answer) {
        log("lead recorded", answer);
      });
    }).catch(function (error) {
      warn("the lead was not recorded:", error.message);
    });
  }

  var affitor = (window.affitor = {
    loaded: true,
    init: function (options) {
      options = options || {};
      if (options.programId !== undefined) programId = Number(options.programId);
      if (options.debug !== undefined) isDebug = !!options.debug;
    },
    // The e-mail address stays in the browser: the server uses only those that a backend reports.
    signup: function (customerKey) {
      return lead(customerKey);
    },
    trackLead: function (data) {
      return lead(data.customer_key || data.user_id, data.additional_data);
    },
    trackTest: function (data) {
      var test = Object.assign({}, data, { test_mode: true });
      return ready.then(function () {
        if (clickId) return lead(test.customer_key || test.user_id, test);
        if (!code) return warn("open an affiliate URL (?aff=CODE) to test");
        return post("click", { affiliate_url: location.href, additional_data: test }).then(function (answer) {
          log("test click recorded", answer);
        });
      }).catch(function (error) {
        warn("the test failed:", error.message);
      });
    },
    redirectToCheckout: function () {
      warn("there is no hosted checkout: report sales from your backend to " + endpoint + "sale");
    },
    getClickId: function () { return clickId; },
    getData: function () {
      return { clickId: clickId, programId: programId, hasAttribution: !!clickId, affiliateUrl: affiliateUrl };
    },
    get clickId() { return clickId; },
    get customerCode() { return clickId; },
    get affiliateUrl() { return affiliateUrl; },
    get hasAffiliateAttribution() { return !!clickId; },
    get debugMode() { return isDebug; },
    get programId() { return programId; },
  });

  // Calls that the page made before this script arrived.
  function call(item) {
    affitor[item[0]].apply(affitor, item.slice(1));
  }
  var early = window.affitorQueue || [];
  early.forEach(call);
  early.push = call;
  window.affitorQueue = early;
})(window, document);
