/* Pushes at the desk: order by dragging or by buttons, counters, "own" or "inherited", and a page that looks again
   while a push is under way. Without this script the numbers in the form give the order. */
(() => {
  "use strict";

  const PLACES = ["头条", "次条"];
  const items = (list) => [...list.querySelectorAll("[data-push-item]")];

  const number = (list) => {
    const all = items(list);
    all.forEach((item, index) => {
      item.querySelector('input[name$="-position"]').value = index + 1;
      item.querySelector("[data-push-place]").textContent = PLACES[index] || `第 ${index + 1} 条`;
      const [up, down] = item.querySelectorAll("[data-push-move]");
      up.disabled = index === 0;
      down.disabled = index === all.length - 1;
    });
  };

  const move = (button) => {
    const item = button.closest("[data-push-item]");
    const list = item.parentElement;
    const other = button.dataset.pushMove === "-1" ? item.previousElementSibling : item.nextElementSibling;
    if (!other) return;
    if (button.dataset.pushMove === "-1") other.before(item);
    else other.after(item);
    number(list);
    const target = button.disabled ? item.querySelector("[data-push-move]:not(:disabled)") : button;
    if (target) target.focus();
    list.dispatchEvent(new Event("input", { bubbles: true }));
  };

  /* Pointer events: the same for mouse, pen and finger. On the document, because an item that is moved in the tree
     loses the pointer. */
  const drag = (list, grip, start) => {
    const item = grip.closest("[data-push-item]");
    start.preventDefault();
    item.classList.add("p-dragged");
    const over = (event) => {
      const under = document.elementFromPoint(event.clientX, event.clientY);
      const other = under && under.closest("[data-push-item]");
      if (!other || other === item || other.parentElement !== list) return;
      const box = other.getBoundingClientRect();
      if (event.clientY < box.top + box.height / 2) other.before(item);
      else other.after(item);
    };
    const end = () => {
      item.classList.remove("p-dragged");
      document.removeEventListener("pointermove", over);
      document.removeEventListener("pointerup", end);
      document.removeEventListener("pointercancel", end);
      number(list);
      list.dispatchEvent(new Event("input", { bubbles: true }));
    };
    document.addEventListener("pointermove", over);
    document.addEventListener("pointerup", end);
    document.addEventListener("pointercancel", end);
  };

  const count = (field) => {
    const label = field.closest(".p-field").querySelector("label");
    const counter = label.querySelector("[data-push-count]");
    const mode = label.querySelector("[data-push-mode]");
    const own = field.value.trim();
    const inherited = field.placeholder.startsWith("（") ? "" : field.placeholder;
    const length = [...(own || inherited)].length;
    counter.textContent = `${length}/${counter.dataset.pushCount}`;
    counter.classList.toggle("p-over", length > Number(counter.dataset.pushCount));
    mode.textContent = own ? "自定" : "继承";
    mode.classList.toggle("p-own", Boolean(own));
  };

  const edit = (form) => {
    const list = form.querySelector("[data-push-list]");
    if (list) {
      form.classList.add("p-scripted");
      list.querySelectorAll("[data-push-move]").forEach((button) => {
        button.hidden = false;
      });
      number(list);
      list.addEventListener("click", (event) => {
        const button = event.target.closest("[data-push-move]");
        if (button) move(button);
      });
      list.addEventListener("pointerdown", (event) => {
        const grip = event.target.closest("[data-push-grip]");
        if (grip && event.button === 0) drag(list, grip, event);
      });
    }
    form.querySelectorAll("[data-push-text]").forEach((field) => {
      count(field);
      field.addEventListener("input", () => count(field));
    });
  };

  /* Whoever leaves with changes that are not saved is asked by the browser; saving leaves without a question. */
  const guard = (form) => {
    let changed = false;
    form.addEventListener("input", () => (changed = true));
    form.addEventListener("change", () => (changed = true));
    form.addEventListener("submit", () => (changed = false));
    window.addEventListener("beforeunload", (event) => {
      if (changed) event.preventDefault();
    });
  };

  const LOOK_MS = 5000;
  const lookAgain = () => {
    if (!document.hidden) location.reload();
    else setTimeout(lookAgain, LOOK_MS);
  };

  const start = () => {
    document.querySelectorAll("[data-push-editor]").forEach((form) => {
      edit(form);
      guard(form);
    });
    const isTyping = () => document.activeElement && document.activeElement.matches("input[type=text], textarea");
    if (document.querySelector("[data-push-live]")) {
      setTimeout(() => (isTyping() ? null : lookAgain()), LOOK_MS);
    }
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
