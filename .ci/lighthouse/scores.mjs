// Asks Lighthouse of pages and prints what it found, one JSON document: tests/lighthouse.py starts it.
// On standard input: {modules, chromium, flags, addresses, seconds}. Node 18.16 or later.

import { pathToFileURL } from "node:url";
import { join } from "node:path";

let asked = "";
for await (const chunk of process.stdin) asked += chunk;
const { modules, chromium, flags, addresses, seconds } = JSON.parse(asked);

// The packages lie below var/ and not beside this file.
const load = (path) => import(pathToFileURL(join(modules, path)).href);
const { default: lighthouse } = await load("lighthouse/core/index.js");
const { launch } = await load("chrome-launcher/dist/index.js");

const chrome = await launch({ chromePath: chromium, chromeFlags: ["--headless=new", ...flags], logLevel: "error" });
setTimeout(() => {
  chrome.kill();
  console.error(`Lighthouse has not done after ${seconds} seconds`);
  process.exit(1);
}, seconds * 1000).unref();

// As Lighthouse does by itself: a telephone, its network and its processor simulated, caches empty.
async function look(address, tries) {
  const { lhr } = await lighthouse(address, { port: chrome.port, logLevel: "error", disableFullPageScreenshot: true });
  if (!lhr.runtimeError) return lhr;
  // On a busy machine a recording may have lost its beginning (NO_NAVSTART); then Lighthouse asks to be run again.
  if (tries > 1) return look(address, tries - 1);
  throw new Error(`${address}: ${lhr.runtimeError.message}`);
}

const found = [];
try {
  for (const address of addresses) {
    found.push(await look(address, 3));
  }
} finally {
  chrome.kill();
}
process.stdout.write(JSON.stringify(found));
