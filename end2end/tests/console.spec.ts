// The console on the simulator, in a real browser, with JavaScript and without.
import { expect, test } from "@playwright/test";
import { Offing } from "./offing";
import { goTo, signIn } from "./verbs";

const PAGES = ["Overview", "Instances", "Images", "Key Pairs", "Flavors", "Networks", "Floating IPs", "Security Groups", "Hypervisors"];

let offing: Offing;
test.beforeEach(async () => {
  offing = await Offing.start("--demo");
});
test.afterEach(async () => {
  await offing.close();
});

test("Korean from the first page", async ({ browser }) => {
  const page = await (await browser.newContext({ locale: "ko-KR" })).newPage();
  await page.goto(offing.url);
  await expect(page.getByRole("heading", { name: "Offing에 로그인" })).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("lang", "ko");
});

test("nothing goes wrong in the browser while pages are visited", async ({ page }) => {
  const wrong: string[] = [];
  page.on("pageerror", (error) => wrong.push(String(error)));
  await signIn(page, offing);
  for (const name of PAGES) await goTo(page, name);
  expect(wrong).toEqual([]);
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("every page is reached and shown", async ({ page }) => {
    await signIn(page, offing);
    for (const name of PAGES) await goTo(page, name);
  });
});
