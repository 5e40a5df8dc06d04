// The admin's side of App Bridge: session tokens, the menu, the title, the save bar and toasts.
(function (origin) {
  var frame = document.querySelector("iframe");
  var menu = document.getElementById("menu"), title = document.getElementById("title");
  var saveBar = document.getElementById("save-bar"), toasts = document.getElementById("toasts");
  function tell(message) {
    frame.contentWindow.postMessage(message, origin);
  }
  function mark(path) {
    [].forEach.call(menu.children, function (link) {
      if (link.dataset.path === path) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    });
  }
  var messages = {
    "session-token": function (data) {
      fetch("/session-token").then(function (answer) { return answer.text(); }).then(function (token) {
        tell({ type: "session-token", id: data.id, token: token });
      });
    },
    menu: function (data) {
      menu.textContent = "";
      data.items.forEach(function (item) {
        var link = document.createElement("a");
        link.href = "#";
        link.textContent = item.label;
        link.dataset.path = item.href;
        link.onclick = function (click) {
          click.preventDefault();
          tell({ type: "navigate", href: item.href });
        };
        menu.appendChild(link);
      });
      mark(data.path);
    },
    title: function (data) {
      title.textContent = data.title;
      mark(data.path);
    },
    "save-bar": function (data) {
      saveBar.hidden = !data.isShown;
    },
    toast: function (data) {
      var shown = document.createElement("p");
      shown.textContent = data.text;
      if (data.isError) shown.className = "error";
      toasts.appendChild(shown);
      setTimeout(function () { shown.remove(); }, data.duration);
    },
  };
  window.addEventListener("message", function (event) {
    if (event.source !== frame.contentWindow || event.origin !== origin) return;
    if (Object.prototype.hasOwnProperty.call(messages, event.data.type)) messages[event.data.type](event.data);
  });
  saveBar.addEventListener("click", function (click) {
    var action = click.target.dataset.action;
    if (action) tell({ type: "save-bar", action: action });
  });
})
