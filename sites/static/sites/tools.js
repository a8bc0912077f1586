"use strict";
// The toolbar 无障碍工具条 and the tools of an item's page. Comforts only: every page works without, /view/ does by a form.

(() => {
  const { SIZES, THEMES, state, set } = window.view;
  const SIZE_NAMES = { small: "较小", "": "标准", large: "大", larger: "较大", largest: "最大" };
  const THEME_NAMES = { "": "网站原色", light: "白底黑字", dark: "黑底白字", yellow: "黑底黄字", blue: "黄底蓝字" };
  const entry = document.getElementById("tools");
  const main = document.getElementById("main");
  const status = element("p", { className: "unseen", role: "status" });
  const bar = element("section", { className: "tools", id: "toolbar", hidden: true, ariaLabel: "无障碍工具条" });
  const ruler = element("hr", { className: "ruler", hidden: true, ariaHidden: "true" });
  const shown = [];
  let reading = null;

  function element(name, properties, ...children) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  }

  function say(text) {
    status.textContent = "";
    requestAnimationFrame(() => { status.textContent = text; });
  }

  function refresh() {
    bar.hidden = !state.open;
    entry?.setAttribute("aria-expanded", String(state.open));
    ruler.hidden = !state.guide;
    for (const [button, isPressed] of shown) button.setAttribute("aria-pressed", String(isPressed()));
  }

  function change(changes, words) {
    set(changes);
    refresh();
    say(words);
  }

  // What the buttons and the keys do.
  function resize(step) {
    const next = SIZES[Math.min(Math.max(SIZES.indexOf(state.size) + step, 0), SIZES.length - 1)];
    change({ size: next }, next === state.size && SIZES.at(step > 0 ? -1 : 0) === next ? `字号：${SIZE_NAMES[next]}（已到头）` : `字号：${SIZE_NAMES[next]}`);
  }
  const choose = (size) => change({ size }, `字号：${SIZE_NAMES[size]}`);
  const paint = (theme) => change({ theme }, `配色：${THEME_NAMES[theme]}`);
  const repaint = () => paint(THEMES[(THEMES.indexOf(state.theme) + 1) % THEMES.length]);
  const enlarge = () => change({ cursor: !state.cursor }, state.cursor ? "已恢复普通鼠标" : "已使用大鼠标");
  const line = () => change({ guide: !state.guide }, state.guide ? "已关闭辅助线" : "已打开辅助线，随鼠标和键盘焦点移动");
  function reset() {
    stop();
    change({ size: "", theme: "", cursor: false, guide: false }, "已恢复默认显示");
  }
  function toggle() {
    if (state.open) stop();
    change({ open: !state.open }, state.open ? "已退出无障碍工具条" : "已打开无障碍工具条");
    if (state.open) bar.querySelector("button").focus();
    else entry?.focus();
  }

  // Reading aloud: one block after the other, so that it can be followed on the page.
  const SPOKEN = "h1, h2, h3, h4, p, li, dt, dd, caption, th, td, figcaption";
  function blocks() {
    const silent = "form, nav, [hidden], .unseen, .item-tools";
    return [...main.querySelectorAll(SPOKEN)].filter(
      (block) => !block.querySelector(SPOKEN) && !block.closest(silent) && block.innerText.trim() && block.checkVisibility?.() !== false,
    );
  }
  function stop() {
    if (!reading) return;
    const { block } = reading;
    reading = null;
    block?.classList.remove("spoken");
    speechSynthesis.cancel();
    refresh();
  }
  function read() {
    if (reading) { stop(); say("已停止朗读"); return; }
    if (!("speechSynthesis" in window)) { say("本浏览器不支持朗读，请换用新版浏览器"); return; }
    speechSynthesis.cancel();
    const mine = { rest: blocks(), block: null };
    reading = mine;
    refresh();
    const next = () => {
      mine.block?.classList.remove("spoken");
      if (reading !== mine) return;
      mine.block = mine.rest.shift();
      if (!mine.block) { reading = null; refresh(); return; }
      mine.block.classList.add("spoken");
      mine.block.scrollIntoView({ block: "nearest" });
      const words = Object.assign(new SpeechSynthesisUtterance(mine.block.innerText), { lang: "zh-CN", rate: 0.9 });
      words.onend = next;
      words.onerror = () => { if (reading === mine) { stop(); say("朗读没有成功，请检查系统是否装有中文语音"); } };
      speechSynthesis.speak(words);
    };
    next();
  }
  addEventListener("pagehide", stop);

  // The bar itself.
  function button(text, act, isPressed) {
    const made = element("button", { type: "button", textContent: text });
    made.addEventListener("click", act);
    if (isPressed) shown.push([made, isPressed]);
    return made;
  }
  function group(label, ...buttons) {
    const name = element("span", { className: "label", textContent: label, ariaHidden: "true" });
    return element("div", { role: "group", ariaLabel: label }, name, ...buttons);
  }
  const KEYS = {
    Digit1: ["放大字号", () => resize(1)], Digit2: ["缩小字号", () => resize(-1)], Digit3: ["换配色", repaint],
    Digit4: ["朗读", read], Digit5: ["大鼠标", enlarge], Digit6: ["辅助线", line], Digit9: ["工具条", toggle], Digit0: ["重置", reset],
  };
  function hints() {
    const parts = Object.entries(KEYS).flatMap(([code, [words]]) => [element("kbd", {}, `Alt+${code.at(-1)}`), ` ${words}　`]);
    return element("p", { className: "keys" }, "快捷键：", ...parts);
  }
  function build() {
    const named = { small: "小", "": "中", large: "大" };
    bar.append(element("div", { className: "wide" },
      group("字号", ...Object.entries(named).map(([size, name]) => button(name, () => choose(size), () => state.size === size)),
        Object.assign(button("A＋", () => resize(1)), { ariaLabel: "放大字号" }), Object.assign(button("A－", () => resize(-1)), { ariaLabel: "缩小字号" })),
      group("配色", ...THEMES.map((theme) => button(THEME_NAMES[theme], () => paint(theme), () => state.theme === theme))),
      group("辅助", button("朗读正文", read, () => reading !== null), button("大鼠标", enlarge, () => state.cursor), button("辅助线", line, () => state.guide)),
      group("显示", button("重置", reset), button("退出", toggle)), hints()));
    document.querySelector(".switches").after(bar, status, ruler);
    addEventListener("pointermove", (event) => { ruler.style.top = `${event.clientY + 12}px`; });
    addEventListener("focusin", (event) => { ruler.style.top = `${event.target.getBoundingClientRect().bottom + 4}px`; });
    addEventListener("keydown", (event) => {
      const known = event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey && KEYS[event.code];
      if (!known) return;
      event.preventDefault();
      known[1]();
    });
  }
  if (entry) {
    entry.setAttribute("role", "button");
    entry.setAttribute("aria-controls", "toolbar");
    entry.addEventListener("click", (event) => { event.preventDefault(); toggle(); });
    entry.addEventListener("keydown", (event) => { if (event.key === " ") { event.preventDefault(); toggle(); } });
  }
  build();
  refresh();

  // An item's page: 字号, 打印, 分享. Without script the sizes are a form and the address is written out.
  for (const chosen of document.querySelectorAll(".item-tools button[name=size]")) {
    shown.push([chosen, () => state.size === chosen.value]);
    chosen.addEventListener("click", (event) => { event.preventDefault(); choose(chosen.value); });
  }
  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      return "链接已复制，可以粘贴到微信等处";
    } catch {
      return "没有复制成功，请手工复制地址栏中的网址";
    }
  }
  const ACTS = {
    print: () => print(),
    copy: async (from) => { from.querySelector("output").textContent = await copy(from.dataset.url); },
    share: async (from) => {
      try {
        await navigator.share({ title: from.dataset.title, url: from.dataset.url });
      } catch {
        // Closed without a choice: nothing has to be said.
      }
    },
  };
  for (const tools of document.querySelectorAll(".item-tools")) {
    for (const tool of tools.querySelectorAll("[data-act]")) {
      tool.hidden = tool.dataset.act === "share" && !navigator.share;
      tool.addEventListener("click", () => ACTS[tool.dataset.act](tools));
    }
  }
  // On a telephone the menu is one line that scrolls sideways: the column that one is in stands in its middle. Only the
  // menu is moved; scrollIntoView would move the page as well.
  const column = document.querySelector(".menu [aria-current]");
  if (column) {
    const menu = column.closest("ul");
    const [inner, outer] = [column.getBoundingClientRect(), menu.getBoundingClientRect()];
    menu.scrollLeft += (inner.left + inner.right - outer.left - outer.right) / 2;
  }
  refresh();
})();
