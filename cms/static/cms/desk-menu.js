/* The menu editor: shows the menu as a phone would, says which value a choice wants, marks names that are too long.
   Without this script the form works as well; the server checks everything. */
(() => {
  "use strict";

  const HINTS = {
    "": "",
    view: "https://…",
    find: "关键词，如：停水",
    interest: "（无须填写）",
    newest: "（无须填写）",
    article_id: "文章编号",
    click: "键值",
  };
  const NO_VALUE = new Set(["", "interest", "newest"]);
  const bytes = (text) => new TextEncoder().encode(text).length;

  const start = () => {
    const form = document.querySelector("[data-menu-form]");
    if (!form) return;
    const preview = form.querySelector("[data-menu-preview]");

    const parts = (row) => ({
      name: row.querySelector("[data-menu-name]"),
      kind: row.querySelector("[data-menu-kind]"),
      value: row.querySelector("[data-menu-value]"),
    });

    const tend = (row) => {
      const { name, kind, value } = parts(row);
      value.placeholder = HINTS[kind.value] ?? "";
      value.disabled = NO_VALUE.has(kind.value) && !value.value;
      if (kind.value === "article_id") value.setAttribute("list", "articles");
      else value.removeAttribute("list");
      const wrong = bytes(name.value.trim()) > (row.dataset.top ? 16 : 60);
      name.toggleAttribute("data-wrong", wrong);
      name.setAttribute("aria-invalid", wrong);
      name.title = wrong ? (row.dataset.top ? "超过 16 字节（约 5 个汉字）" : "超过 60 字节（约 20 个汉字）") : "";
    };

    const draw = () => {
      preview.replaceChildren(
        ...[...form.querySelectorAll("fieldset")].flatMap((column) => {
          const [top, ...below] = [...column.querySelectorAll("[data-menu-row]")].map(
            (row) => parts(row).name.value.trim(),
          );
          const names = below.filter(Boolean);
          if (!top && !names.length) return [];
          const box = document.createElement("div");
          box.className = "d-phone-column";
          const list = document.createElement("ul");
          for (const name of names) {
            const line = document.createElement("li");
            line.textContent = name;
            list.append(line);
          }
          const label = document.createElement("b");
          label.textContent = top || "（未填）";
          box.append(list, label);
          return [box];
        }),
      );
    };

    const all = () => {
      form.querySelectorAll("[data-menu-row]").forEach(tend);
      draw();
    };
    form.addEventListener("input", all);
    form.addEventListener("change", all);
    all();
  };

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
