"use strict";
// Before the first paint: the text size and colours that this reader has chosen, as classes on <html>.
// They are kept in the browser. A cookie is what the form without script has left: it is taken over here, so that the
// pages of this reader can be answered from the store again. See sites/modes.py.

window.view = (() => {
  const SIZES = ["small", "", "large", "larger", "largest"];
  const THEMES = ["", "light", "dark", "yellow", "blue"];
  const root = document.documentElement;
  const state = { size: "", theme: "", cursor: false, guide: false, open: false };

  function save() {
    try {
      localStorage.setItem("view", JSON.stringify(state));
    } catch {
      // A browser that keeps nothing still shows it on this page.
    }
  }

  function apply() {
    for (const name of [...root.classList]) {
      if (name.startsWith("size-") || name.startsWith("theme-")) root.classList.remove(name);
    }
    if (state.size) root.classList.add(`size-${state.size}`);
    if (state.theme) root.classList.add(`theme-${state.theme}`);
    root.classList.toggle("big-cursor", state.cursor);
  }

  function set(changes) {
    Object.assign(state, changes);
    save();
    apply();
  }

  try {
    const kept = JSON.parse(localStorage.getItem("view")) || {};
    if (SIZES.includes(kept.size)) state.size = kept.size;
    if (THEMES.includes(kept.theme)) state.theme = kept.theme;
    for (const name of ["cursor", "guide", "open"]) state[name] = kept[name] === true;
  } catch {
    // Nothing kept, or nothing that could be read.
  }
  const cookie = /(?:^|;\s*)view=([a-z]*)\.([a-z]*)/.exec(document.cookie);
  if (cookie && SIZES.includes(cookie[1]) && THEMES.includes(cookie[2])) {
    Object.assign(state, { size: cookie[1], theme: cookie[2] });
    document.cookie = "view=; path=/; max-age=0; samesite=lax";
    save();
  }
  apply();
  return { SIZES, THEMES, state, set };
})();
