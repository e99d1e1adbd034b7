// The console itself, on the simulator: with and without JavaScript, by keyboard, in two languages, and with nothing for axe to find.
import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
import { Offing } from "./offing";
import { createStarterNetwork, expectState, goTo, launchInstance, row, signIn } from "./verbs";

const PAGES = ["Overview", "Instances", "Images", "Key Pairs", "Flavors", "Networks", "Floating IPs", "Security Groups", "Hypervisors"];

let offing: Offing;
test.beforeEach(async () => {
  offing = await Offing.start("--demo");
});
test.afterEach(async () => {
  await offing.close();
});

test("axe finds nothing on any page, light and dark", async ({ page }) => {
  await page.goto(offing.url);
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await signIn(page, offing);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    for (const name of PAGES) {
      await goTo(page, name);
      const found = await new AxeBuilder({ page }).analyze();
      expect(found.violations.map((it) => `${name}: ${it.id} ${it.nodes[0]?.html}`)).toEqual([]);
    }
  }
});

test("no page is wider than a phone", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await signIn(page, offing);
  const links = await page.getByRole("navigation").getByRole("link").evaluateAll((all) => all.map((link) => (link as HTMLAnchorElement).href));
  for (const link of new Set(links)) {
    await page.goto(link);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(wide, link).toBeLessThanOrEqual(0);
  }
});

test("nothing goes wrong in the browser while pages are visited", async ({ page }) => {
  const wrong: string[] = [];
  page.on("pageerror", (error) => wrong.push(String(error)));
  page.on("console", (message) => message.type() === "error" && wrong.push(message.text()));
  await signIn(page, offing);
  for (const name of PAGES) await goTo(page, name);
  expect(wrong).toEqual([]);
});

test("a change shows in every open tab without reloading", async ({ page, context }) => {
  await signIn(page, offing);
  await createStarterNetwork(page);
  const other = await context.newPage();
  await other.goto(page.url().replace(/networks.*/, "instances"));
  await launchInstance(page, "vm-1");
  await expectState(page, "Active");
  await expect(row(other, "vm-1")).toContainText("Active");
});

test("Korean from the first page", async ({ browser }) => {
  const page = await (await browser.newContext({ locale: "ko-KR" })).newPage();
  await page.goto(offing.url);
  await expect(page.getByRole("heading", { name: "Offing에 로그인" })).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("lang", "ko");
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("from signing in to an instance and back", async ({ page }) => {
    await signIn(page, offing);
    await createStarterNetwork(page);
    await launchInstance(page, "plain-1");
    await expect
      .poll(async () => {
        await page.reload();
        return page.locator("main").textContent();
      })
      .toContain("Active");
    await goTo(page, "Key Pairs");
    await goTo(page, "Instances");
    await expect(row(page, "plain-1")).toBeVisible();
  });

  test("a fault stands by its field, and what was typed is kept", async ({ page }) => {
    await signIn(page, offing);
    await createStarterNetwork(page);
    await goTo(page, "Instances");
    await page.getByRole("link", { name: "Launch instance" }).first().click();
    const long = "x".repeat(300);
    await page.getByLabel("Name").first().fill(long);
    await page.getByRole("button", { name: "Launch", exact: true }).click();
    await expect(page.getByText("At most 255 characters").first()).toBeVisible();
    await expect(page.getByLabel("Name").first()).toHaveValue(long);
  });
});
