// Custom elements: each improves plain HTML inside it, also after a page was swapped in.

/** Copies its `value`. What it says then stands in `data-copied` and `data-by-hand`. */
class CopyButton extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    const label = button.querySelector("span");
    const name = label.textContent;
    button.hidden = false;
    button.onclick = async () => {
      try {
        await navigator.clipboard.writeText(this.getAttribute("value"));
        label.textContent = this.dataset.copied;
      } catch {
        label.textContent = this.dataset.byHand;
        const text = this.parentElement.querySelector(".code, input");
        if (text) getSelection().selectAllChildren(text);
      }
      setTimeout(() => (label.textContent = name), 2000);
    };
  }
}

/** Shares its `value` through the system, where there is such a thing. */
class ShareButton extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    if (!navigator.share) return;
    button.hidden = false;
    button.onclick = () => navigator.share({ url: this.getAttribute("value"), title: this.getAttribute("title") ?? "" }).catch(() => {});
  }
}

/** Says what just happened, in the admin by its own toast, and goes by itself unless it offers an undo. */
class ToastMessage extends HTMLElement {
  connectedCallback() {
    const hasForm = this.querySelector("form, a");
    if (!hasForm && window.shopify?.toast && document.documentElement.hasAttribute("data-embedded")) {
      window.shopify.toast.show(this.textContent.trim());
      this.remove();
      return;
    }
    this.timer = setTimeout(() => this.remove(), hasForm ? 12000 : 5000);
    this.onmouseenter = this.onfocusin = () => clearTimeout(this.timer);
  }
  disconnectedCallback() {
    clearTimeout(this.timer);
  }
}

/** Most options that an open list shows. The others are found by typing, and it says so. */
const SHOWN_MAX = 50;

/**
 * Makes the list inside it one that is searched by typing (the ARIA authoring practices' combobox with a list popup).
 * The list stays the form's field; what is typed only chooses in it. `data-none` says that nothing is found.
 */
class ComboBox extends HTMLElement {
  connectedCallback() {
    const select = this.querySelector("select");
    if (!select || this.input) return;
    const id = `${select.id}-list`;
    this.select = select;
    this.input = Object.assign(document.createElement("input"), { type: "text", autocomplete: "off", value: this.chosen() });
    this.list = Object.assign(document.createElement("ul"), { id, hidden: true });
    this.list.setAttribute("role", "listbox");
    for (const [name, value] of [["role", "combobox"], ["aria-expanded", "false"], ["aria-controls", id], ["aria-autocomplete", "list"]]) {
      this.input.setAttribute(name, value);
    }
    for (const name of ["aria-describedby", "aria-invalid", "aria-label"]) {
      if (!select.hasAttribute(name)) continue;
      this.input.setAttribute(name, select.getAttribute(name));
      select.removeAttribute(name);
    }
    this.input.id = select.id;
    select.id = `${select.id}-value`;
    select.hidden = true;
    this.input.placeholder = select.options[0]?.value === "" ? select.options[0].text : "";
    this.append(this.input, this.list);
    this.input.onfocus = () => this.input.select();
    this.input.onclick = () => this.open("");
    this.input.oninput = () => this.open(this.input.value);
    this.input.onkeydown = (event) => this.key(event);
    this.input.onblur = () => setTimeout(() => this.close(), 150);
    select.form?.addEventListener("reset", () => setTimeout(() => (this.input.value = this.chosen())));
  }
  chosen() {
    const option = this.select.selectedOptions[0];
    return option && option.value !== "" ? option.text : "";
  }
  open(text) {
    const wanted = text.trim().toLowerCase();
    const found = [...this.select.options].filter((option) => !wanted || option.text.toLowerCase().includes(wanted));
    this.list.replaceChildren(
      ...found.slice(0, SHOWN_MAX).map((option, index) => {
        const item = Object.assign(document.createElement("li"), { id: `${this.list.id}-${index}`, textContent: option.text });
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", String(option.selected));
        item.onmousedown = (event) => (event.preventDefault(), this.choose(option));
        item.option = option;
        return item;
      }),
    );
    const rest = found.length - SHOWN_MAX;
    const note = !found.length ? this.dataset.none : rest > 0 ? this.dataset.more.replace("{}", rest) : "";
    if (note) this.list.append(this.note(note));
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.mark(wanted ? 0 : -1);
  }
  /** A line of the list that cannot be chosen. */
  note(text) {
    const line = Object.assign(document.createElement("li"), { className: "none", textContent: text });
    line.setAttribute("role", "option");
    line.setAttribute("aria-disabled", "true");
    line.onmousedown = (event) => event.preventDefault();
    return line;
  }
  close() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
    if (this.input.value.trim() === "" && this.select.options[0]?.value === "") this.select.selectedIndex = 0;
    this.input.value = this.chosen();
  }
  mark(index) {
    const items = [...this.list.querySelectorAll("[role=option]:not([aria-disabled])")];
    this.at = items.length ? (index + items.length) % items.length : -1;
    if (index < 0 && this.at < 0) return;
    items.forEach((item, position) => item.classList.toggle("active", index >= 0 && position === this.at));
    if (index < 0) return;
    const active = items[this.at];
    if (!active) return;
    this.input.setAttribute("aria-activedescendant", active.id);
    active.scrollIntoView({ block: "nearest" });
  }
  key(event) {
    const isOpen = !this.list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!isOpen) this.open("");
      const active = this.list.querySelector(".active");
      const items = [...this.list.querySelectorAll("[role=option]:not([aria-disabled])")];
      const at = items.indexOf(active);
      this.mark(event.key === "ArrowDown" ? at + 1 : at < 0 ? items.length - 1 : at - 1 + items.length);
    } else if (event.key === "Enter" && isOpen) {
      const active = this.list.querySelector(".active");
      event.preventDefault();
      if (active?.option) this.choose(active.option);
      else this.close();
    } else if (event.key === "Escape" && isOpen) {
      event.stopPropagation();
      this.close();
    }
  }
  choose(option) {
    option.selected = true;
    this.input.value = this.chosen();
    this.close();
    this.select.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

/** How long the first steps wait before they look again, at first and after a while, in ms. */
const LOOK_AGAIN = 4000;
const LOOK_AGAIN_LATER = 30000;
const LOOKS_OFTEN = 75;

/** Looks every few seconds whether another of the first steps is done, ticks it, and says so. */
class SetupSteps extends HTMLElement {
  connectedCallback() {
    this.querySelector("[data-without-script]")?.remove();
    this.looks = 0;
    this.wait();
  }
  disconnectedCallback() {
    clearTimeout(this.timer);
  }
  wait() {
    this.timer = setTimeout(() => this.look(), this.looks < LOOKS_OFTEN ? LOOK_AGAIN : LOOK_AGAIN_LATER);
  }
  async look() {
    if (!document.hidden) {
      this.looks++;
      try {
        const response = await fetch(this.dataset.from, { headers: { accept: "text/html" }, credentials: "same-origin" });
        if (response.ok && !response.redirected) this.show(new DOMParser().parseFromString(await response.text(), "text/html"));
      } catch {
        // Offline: the next look tries again.
      }
    }
    if (this.isConnected && this.querySelector("li:not(.done)")) this.wait();
  }
  show(page) {
    const next = page.querySelector("setup-steps");
    const done = [...this.querySelectorAll("li:not(.done)")].filter((item) => {
      const fresh = next && [...next.querySelectorAll("li")][[...item.parentElement.children].indexOf(item)];
      if (next && !fresh?.classList.contains("done")) return false;
      // What the reader is in stays open.
      if (fresh && !item.contains(document.activeElement)) item.replaceWith(document.adoptNode(fresh));
      else item.classList.add("done");
      return true;
    });
    if (!done.length) return;
    const progress = this.querySelector("progress");
    const heading = this.querySelector("h2");
    progress.value = next ? next.querySelector("progress").getAttribute("value") : progress.max;
    heading.textContent = next ? next.querySelector("h2").textContent : this.dataset.all;
    const open = this.querySelector("li:not(.done) details");
    if (open && !this.contains(document.activeElement)) open.open = true;
    const toast = document.createElement("toast-message");
    const names = done.map((item) => item.querySelector("b").textContent).join(", ");
    const text = next ? `${this.dataset.done} ${names}` : this.dataset.all;
    toast.append(Object.assign(document.createElement("div"), { className: "toast", textContent: text }));
    document.querySelector("[data-toasts]")?.append(toast);
  }
}

/** How long a part waits before it looks again, in ms: longer each time that nothing has changed. */
const PART_AGAIN = 1500;
const PART_AGAIN_LATER = 30000;

/** A part of the page that changes by itself: looks again until it says that it is finished, and says so in `data-finished`. */
class LivePart extends HTMLElement {
  connectedCallback() {
    this.shown = this.innerHTML;
    this.pause = PART_AGAIN;
    this.wait();
  }
  disconnectedCallback() {
    clearTimeout(this.timer);
  }
  /** What the reader is in, has opened or has marked stays as it is. */
  isInUse() {
    const marked = getSelection();
    const isMarked = marked && !marked.isCollapsed && this.contains(marked.anchorNode);
    return this.contains(document.activeElement) || isMarked || this.querySelector("details[open]") !== null;
  }
  wait() {
    if (this.hasAttribute("data-unfinished")) this.timer = setTimeout(() => this.look(), this.pause);
  }
  async look() {
    if (!document.hidden && !this.isInUse()) {
      try {
        const response = await fetch(location.href, { headers: { accept: "text/html" }, credentials: "same-origin" });
        // Signed out, or gone.
        if (response.redirected || (response.status >= 400 && response.status < 500)) return;
        const text = response.ok ? await response.text() : "";
        if (text && this.isConnected && !this.isInUse()) this.show(new DOMParser().parseFromString(text, "text/html"));
      } catch {
        // Offline: the next look tries again.
      }
    }
    if (this.isConnected) this.wait();
  }
  show(page) {
    const next = page.getElementById(this.id);
    const fresh = next?.innerHTML ?? "";
    this.pause = fresh === this.shown ? Math.min(this.pause * 2, PART_AGAIN_LATER) : PART_AGAIN;
    if (fresh === this.shown) return;
    this.shown = fresh;
    this.replaceChildren(...(next?.childNodes ?? []));
    if (next?.hasAttribute("data-unfinished")) return;
    this.removeAttribute("data-unfinished");
    if (!this.dataset.finished) return;
    const toast = document.createElement("toast-message");
    toast.append(Object.assign(document.createElement("div"), { className: "toast", textContent: this.dataset.finished }));
    document.querySelector("[data-toasts]")?.append(toast);
  }
}

for (const [name, element] of [
  ["live-part", LivePart],
  ["setup-steps", SetupSteps],
  ["copy-button", CopyButton],
  ["share-button", ShareButton],
  ["toast-message", ToastMessage],
  ["combo-box", ComboBox],
]) {
  customElements.define(name, element);
}
