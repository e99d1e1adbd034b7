// What a browser that was never here before fetches to show a page, and how long it takes until the page can be used. For `cargo xtask
// bench`:
//
//   node first-visit.js <address of the page> <cookies of a session, name=value; …>
//
// prints {"bytes": …, "usable": …}, the latter in milliseconds, of the visit in the middle of several.
import { chromium } from "@playwright/test";

const VISITS = 7;

const [address, cookies] = process.argv.slice(2);
const url = new URL(address).origin;
const session = cookies.split("; ").map((cookie) => {
  const at = cookie.indexOf("=");
  return { name: cookie.slice(0, at), value: cookie.slice(at + 1), url };
});

const browser = await chromium.launch({
  executablePath: process.env.OFFING_CHROMIUM,
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
});
const visits = [];
for (let n = 0; n < VISITS; n += 1) visits.push(await visit());
await browser.close();
visits.sort((one, other) => one.usable - other.usable);
console.log(JSON.stringify(visits[(VISITS - 1) / 2]));

/** Each visit has a cache of its own. */
async function visit() {
  const context = await browser.newContext();
  await context.addCookies(session);
  const page = await context.newPage();
  const network = await context.newCDPSession(page);
  let bytes = 0;
  network.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));
  await network.send("Network.enable");
  await page.addInitScript(() => {
    const look = (_, observer) => {
      if (!document.documentElement?.hasAttribute("data-live")) return;
      window.usable = Math.round(performance.now());
      observer.disconnect();
    };
    new MutationObserver(look).observe(document, { subtree: true, attributeFilter: ["data-live"] });
  });
  await page.goto(address);
  await page.locator("html[data-live]").waitFor({ state: "attached" });
  const usable = await page.evaluate(() => window.usable);
  await context.close();
  return { bytes, usable };
}
