// The script of every embed. ES5; nothing is stored, no markup is parsed, style is set property by property, so a strict
// policy of the page (script-src with our host alone) lets all of it work.
(function (w, d, o) {
"use strict";
var own = d.currentScript || older(), box, base, shown, asked;

// For browsers without currentScript: the first script of this address that has not drawn yet.
function older() {
  var all = d.getElementsByTagName("script"), n;
  for (n = 0; n < all.length; n++) {
    if (all[n].src.indexOf(o.path) > 0 && !all[n].tongsheng) {
      all[n].tongsheng = 1;
      return all[n];
    }
  }
}

function make(tag, part, parent, text) {
  var element = d.createElement(tag), style = o.style[part], name;
  element.className = part === "box" ? "tongsheng" : "tongsheng-" + part;
  for (name in style) element.style[name === "float" ? "cssFloat" : name] = style[name];
  if (text) element.appendChild(d.createTextNode(text));
  if (parent) parent.appendChild(element);
  return element;
}

function full(url) {
  return url.charAt(0) === "/" ? base + url : url;
}

function link(parent, url, text) {
  var element = make("a", "link", parent);
  element.href = full(url);
  element.onmouseover = element.onmouseout = function (event) {
    element.style.textDecoration = event.type === "mouseover" ? "underline" : "none";
  };
  if (o.note) {
    element.target = "_blank";
    element.rel = "noopener";
  }
  element.appendChild(d.createTextNode(text));
  return element;
}

function entry(list, item) {
  var line = make("li", "item", list), image, date, anchor = link(line, item.url, item.title);
  if (item.image) {
    image = make("img", "image");
    image.alt = "";
    image.loading = "lazy";
    image.src = full(item.image);
    anchor.insertBefore(image, anchor.firstChild);
  }
  if (o.layout === "dated") {
    date = make("time", "date", line, item.date);
    date.setAttribute("datetime", item.date);
  }
}

function draw(data) {
  var list, n;
  if (data.closed) {
    box.parentNode && box.parentNode.removeChild(box);
    return;
  }
  if (data.tag === shown) return;
  shown = data.tag;
  base = data.base;
  while (box.firstChild) box.removeChild(box.firstChild);
  if (o.heading) link(make("h" + o.heading, "title", box), data.url, data.title);
  if (!data.items.length) {
    make("p", "note", box, o.empty);
    return;
  }
  if (o.note) make("p", "note", box, o.note);
  list = make("ul", "list", box);
  list.setAttribute("role", "list");
  list.setAttribute("aria-label", data.title);
  for (n = 0; n < data.items.length; n++) entry(list, data.items[n]);
}

// What the page holds may be a day old, or be taken back since. While the hub does not answer, it stays.
function ask() {
  var script = d.createElement("script");
  asked = new Date().getTime();
  script.async = true;
  if (own.nonce) script.nonce = own.nonce;
  script.onload = script.onerror = function () {
    script.parentNode && script.parentNode.removeChild(script);
  };
  try {
    script.src = o.fresh;
    own.parentNode.appendChild(script);
  } catch (refused) {}
}

function again() {
  if (!d.hidden && new Date().getTime() - asked > 60000) ask();
}

if (!own || !own.parentNode || own.parentNode.nodeName === "HEAD") return;
box = make("div", "box");
box.lang = "zh-CN";
own.parentNode.insertBefore(box, own.nextSibling);
w.tongshengFresh = w.tongshengFresh || {};
(w.tongshengFresh[" " + o.name] = w.tongshengFresh[" " + o.name] || []).push(draw);
draw(o.first);
ask();
if (d.addEventListener) d.addEventListener("visibilitychange", again);
})
