// The overview's live parts: the chart's cursor, the feed, and single-letter keys.

/**
 * Shows the values at one point of the chart: where the pointer is, where a finger taps, or by the arrow keys. With
 * `data-compared`, the third column of its table is the period before.
 */
class ChartCursor extends HTMLElement {
  connectedCallback() {
    this.plot = this.querySelector(".plot");
    this.rows = [...this.querySelectorAll("tbody tr")];
    this.heads = [...this.querySelectorAll("thead th")].map((head) => head.textContent);
    this.last = this.rows.length - 1 - Number(this.dataset.future ?? 0);
    if (!this.plot || this.last < 0) return;
    this.tip = Object.assign(document.createElement("div"), { className: "tip", hidden: true });
    this.tip.setAttribute("role", "status");
    this.rule = document.createElement("div");
    this.rule.className = "rule";
    this.rule.hidden = true;
    this.plot.append(this.rule, this.tip);
    this.plot.onpointermove = this.plot.onpointerdown = (event) => this.point(event);
    this.plot.onpointerleave = (event) => event.pointerType === "mouse" && this.hide();
    this.plot.onkeydown = (event) => this.key(event);
    this.plot.onblur = () => this.hide();
  }
  point(event) {
    const box = this.plot.getBoundingClientRect();
    const part = (event.clientX - box.left) / box.width;
    this.show(Math.round(part * (this.rows.length - 1)));
  }
  key(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
    if (event.key === "Escape") this.hide();
    if (step === undefined) return;
    event.preventDefault();
    this.show(this.at === undefined && step < 0 ? this.last : (this.at ?? -1) + step);
  }
  show(index) {
    this.at = Math.min(Math.max(index, 0), this.last);
    const cells = [...this.rows[this.at].cells];
    const line = (name, value, className) => {
      const row = document.createElement("div");
      row.className = className;
      row.append(Object.assign(document.createElement("span"), { textContent: name }), Object.assign(document.createElement("b"), { textContent: value }));
      return row;
    };
    const day = Object.assign(document.createElement("div"), { className: "when", textContent: cells[0].textContent });
    const shown = cells.slice(1, 1 + 1 + Number("compared" in this.dataset)).map((cell, nth) => {
      const name = nth ? cell.title || this.heads[2] : this.heads[1];
      return line(name, cell.textContent, nth ? "before" : "now");
    });
    this.tip.replaceChildren(day, ...shown);
    this.tip.hidden = this.rule.hidden = false;
    const part = this.rows.length === 1 ? 0.5 : this.at / (this.rows.length - 1);
    this.rule.style.left = `${part * 100}%`;
    const room = this.plot.clientWidth - this.tip.offsetWidth;
    const beside = part * this.plot.clientWidth + (part > 0.5 ? -this.tip.offsetWidth - 12 : 12);
    this.tip.style.left = `${Math.min(Math.max(beside, 0), Math.max(room, 0))}px`;
  }
  hide() {
    this.at = undefined;
    this.tip.hidden = this.rule.hidden = true;
  }
}

/** Keeps the feed up to date by a stream, and connects again when it ends, or when the page is shown again. */
class LiveFeed extends HTMLElement {
  connectedCallback() {
    this.onVisibility = () => (document.hidden ? this.stop() : this.run());
    document.addEventListener("visibilitychange", this.onVisibility);
    this.run();
  }
  disconnectedCallback() {
    document.removeEventListener("visibilitychange", this.onVisibility);
    this.stop();
  }
  stop() {
    this.abort?.abort();
    this.abort = undefined;
  }
  async run() {
    if (this.abort || document.hidden) return;
    const { signal } = (this.abort = new AbortController());
    let wait = 1000;
    while (!signal.aborted) {
      try {
        const response = await fetch(this.dataset.stream, { headers: { accept: "text/event-stream" }, credentials: "same-origin", signal });
        if (response.status === 401 || response.redirected) return;
        if (response.ok) await this.read(response.body, () => (wait = 1000));
      } catch {
        // Offline, or the server restarts: tried again below.
      }
      if (signal.aborted) return;
      await new Promise((resolve) => setTimeout(resolve, wait + Math.random() * 500));
      wait = Math.min(wait * 2, 60000);
    }
  }
  async read(body, onEvent) {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const events = (text + value).split("\n\n");
      text = events.pop();
      for (const event of events) {
        if (!event.startsWith("data: ")) continue;
        onEvent();
        this.show(JSON.parse(event.slice(6)));
      }
    }
  }
  show({ now, html }) {
    // Whoever is on one of its links is not thrown out of it.
    if (!this.contains(document.activeElement)) this.innerHTML = html;
    const dot = document.querySelector("[data-live-now]");
    if (!dot) return;
    dot.textContent = now;
    dot.classList.toggle("active", !now.startsWith("0 "));
  }
}

const OFF = "creatorscore.shortcuts";
const isOff = () => {
  try {
    return localStorage.getItem(OFF) === "off";
  } catch {
    return false;
  }
};

/** Follows the link inside it whose `data-key` is typed. */
class KeyShortcuts extends HTMLElement {
  connectedCallback() {
    this.listener = (event) => {
      if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey || isOff()) return;
      if (event.target.closest?.("input, select, textarea, [contenteditable]")) return;
      const key = event.key.toLowerCase();
      if (!/^[a-z]$/.test(key)) return;
      const link = document.querySelector(`main [data-key="${key}"]`);
      if (!link) return;
      event.preventDefault();
      link.click();
    };
    document.addEventListener("keydown", this.listener);
  }
  disconnectedCallback() {
    document.removeEventListener("keydown", this.listener);
  }
}

/** Turns the keys off and on. `data-label` says what it switches. */
class ShortcutSwitch extends HTMLElement {
  connectedCallback() {
    const label = document.createElement("label");
    const box = Object.assign(document.createElement("input"), { type: "checkbox", checked: !isOff() });
    box.onchange = () => {
      try {
        localStorage.setItem(OFF, box.checked ? "on" : "off");
      } catch {
        // Without storage the choice lasts no longer than the page.
      }
    };
    label.append(box, ` ${this.dataset.label}`);
    this.replaceChildren(label);
  }
}

for (const [name, element] of [
  ["chart-cursor", ChartCursor],
  ["live-feed", LiveFeed],
  ["key-shortcuts", KeyShortcuts],
  ["shortcut-switch", ShortcutSwitch],
]) {
  customElements.define(name, element);
}
