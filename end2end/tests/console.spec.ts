// The console on the simulator, in a real browser, with JavaScript and without.
import AxeBuilder from "@axe-core/playwright";
import { join } from "node:path";
import { expect, Person, test } from "./verbs";

test.use({ serve: ["--demo"] });

const PAGES = ["Overview", "Instances", "Images", "Key Pairs", "Flavors", "Networks", "Floating IPs", "Security Groups", "Hypervisors"];

/** Pages that buttons lead to. */
const MORE = [
  "instances/launch",
  "images/create",
  "images/create?tab=url",
  "images/create?tab=catalogue",
  "images/shared",
  "key-pairs/create",
  "key-pairs/import",
  "networks/create",
  "account/application-credentials/create",
  "quotas",
  "admin/projects/create",
  "admin/users/create",
  "admin/groups/create",
  "admin/domains/create",
  "admin/roles/create",
  "admin/assignments/create",
];

/** Lists of things that have pages of their own, and what those pages lead to. */
const THINGS: Record<string, string[]> = {
  images: ["", "?tab=properties", "?tab=members", "?tab=instances", "?tab=actions", "/edit", "/copy"],
  networks: [""],
  "security-groups": [""],
  "key-pairs": [""],
  instances: ["", "?tab=interfaces", "?tab=log", "?tab=console", "?tab=actions", "/metadata", "/snapshot"],
  "admin/projects": ["", "/edit", "/delete"],
  "admin/users": ["", "/edit"],
  "admin/groups": [""],
  "admin/domains": ["", "/provider"],
  "admin/roles": [""],
  "admin/password-rules": [""],
};

/** Every address that the navigation leads to, the pages that buttons lead to, and those of the first thing of each list. */
async function addresses(person: Person): Promise<string[]> {
  const { page } = person;
  const [here] = /^.*\/p\/[^/]+/.exec(page.url()) ?? [""];
  const menu = await page.getByRole("navigation").getByRole("link").evaluateAll((all) => all.map((link) => (link as HTMLAnchorElement).href));
  const things: string[] = [];
  for (const [list, pages] of Object.entries(THINGS)) {
    await page.goto(`${here}/${list}`);
    const first = page.locator(`tbody tr a[href*="/${list}/"]`).first();
    await expect(first, list).toBeAttached();
    const href = await first.evaluate((link) => (link as HTMLAnchorElement).href.split("?")[0]);
    things.push(...pages.map((rest) => `${href.replace(/\/(edit|delete|provider)$/, "")}${rest}`));
  }
  await page.goto(`${here}/flavors`);
  const specs = await page.locator('a[href$="/metadata"]').first().evaluate((link) => (link as HTMLAnchorElement).href);
  return [...new Set([...menu.filter((link) => link.startsWith(here)), ...MORE.map((path) => `${here}/${path}`), ...things, specs])];
}

/** One of each thing that has a page. */
async function fill(person: Person): Promise<void> {
  const { page } = person;
  await person.createStarterNetwork();
  await person.launchInstance("vm-1");
  await person.seesState("Active");
  await person.createKeyPair("key-1", join(person.offing.data, "key-1.pem"));
  await person.goTo("Groups");
  await page.getByRole("link", { name: "Create group" }).first().click();
  await person.arrive("Create group");
  await page.getByLabel("Name").fill("group-1");
  await page.getByRole("button", { name: "Create group" }).click();
  await person.arrive("group-1");
  await person.goTo("Overview");
}

test("axe finds nothing on any page, light or dark", async ({ person, offing, page }) => {
  test.slow();
  const findings: string[] = [];
  const look = async () => {
    // What the scheme changes is colours.
    for (const [colorScheme, rules] of [["dark", ["color-contrast", "link-in-text-block"]], ["light", []]] as const) {
      await page.emulateMedia({ colorScheme });
      // Without the legacy mode there would be another page for each look, for frames that no page has.
      const axe = new AxeBuilder({ page }).setLegacyMode();
      const { violations } = await (rules.length ? axe.withRules([...rules]) : axe).analyze();
      findings.push(...violations.map((it) => `${page.url()}, ${colorScheme}: ${it.id} ${it.nodes[0]?.html}`));
    }
  };
  await page.goto(offing.url);
  await look();
  await person.signIn();
  await fill(person);
  for (const address of await addresses(person)) {
    await page.goto(address);
    await look();
  }
  expect(findings).toEqual([]);
});

test("nothing goes wrong in the browser while pages are visited, and none is wider than a phone", async ({ person, page }) => {
  test.slow();
  page.on("console", (message) => message.type() === "error" && person.wrong.push(message.text()));
  await person.signIn();
  for (const name of PAGES) await person.goTo(name);
  await fill(person);
  const all = await addresses(person);
  await page.setViewportSize({ width: 390, height: 844 });
  for (const address of all) {
    await page.goto(address);
    await expect(page.locator("html[data-live]")).toBeAttached();
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(over, address).toBeLessThanOrEqual(0);
  }
});

test("a change shows in every open tab without reloading", async ({ person, page, context }) => {
  await person.signIn();
  await person.createStarterNetwork();
  const other = await context.newPage();
  await other.goto(page.url().replace("networks", "instances"));
  const row = other.getByRole("row").filter({ hasText: "vm-1" });
  await page.bringToFront();
  await person.launchInstance("vm-1");
  await person.seesState("Active");
  await expect(row).toContainText("Active");
  await person.act(person.head(), "Delete", { confirm: true });
  await expect(row).toBeHidden();
});

test("a fault stands by its field at once", async ({ person, page }) => {
  await person.signIn();
  await person.createStarterNetwork();
  await launchBadly(person, page.url().replace("networks", "instances/launch"));
});

test("what destroys asks first, by keyboard too", async ({ person, page }) => {
  await person.signIn();
  await person.createStarterNetwork();
  const row = person.row("starter-network");
  await row.getByRole("button", { name: /^Actions/ }).press("Enter");
  await row.getByRole("button", { name: "Delete", exact: true }).press(" ");
  const dialog = page.getByRole("alertdialog");
  await expect(dialog).toContainText("starter-network");
  await expect(dialog.getByRole("button", { name: "Cancel" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(row).toBeVisible();
});

test("who has gone elsewhere is not fetched back by a form's answer", async ({ person, page }) => {
  await person.signIn();
  await person.goTo("Networks");
  await page.getByRole("link", { name: "Create network" }).first().click();
  await person.arrive("Create network");
  let letGo = () => {};
  const held = new Promise<void>((done) => (letGo = done));
  await page.route(/network_create/, async (route) => {
    const answer = await route.fetch();
    await held;
    await route.fulfill({ response: answer });
  });
  await page.getByLabel("Name").fill("office");
  await page.getByLabel("Network address").fill("10.1.0.0/24");
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await person.goTo("Images");
  const answered = page.waitForResponse(/network_create/);
  letGo();
  await (await answered).finished();
  // The page has the answer, and has drawn twice since: where it leads is gone to with the next drawing, which shows at once.
  await page.waitForFunction(() => performance.getEntriesByType("resource").some(({ name }) => name.includes("network_create")));
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  await expect(page.locator(".moving[data-on]")).toHaveCount(0);
  await expect(page.getByRole("heading", { level: 1, name: "Images" })).toBeVisible();
  await person.goTo("Networks");
  await expect(person.row("office")).toBeVisible();
});

test("Korean from the first page", async ({ browser, offing }) => {
  const page = await (await browser.newContext({ locale: "ko-KR" })).newPage();
  await page.goto(offing.url);
  await expect(page.getByRole("heading", { name: "Offing에 로그인" })).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("lang", "ko");
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("every page is reached and shown", async ({ person }) => {
    await person.signIn();
    for (const name of PAGES) await person.goTo(name);
  });

  test("a fault stands by its field, and what was typed is kept", async ({ person, page }) => {
    await person.signIn();
    await person.createStarterNetwork();
    await launchBadly(person, page.url().replace("networks", "instances/launch"));
  });
});

/** A name of 300 characters is refused by the field that holds it, and stays there to be mended. */
async function launchBadly({ page }: Person, address: string): Promise<void> {
  await page.goto(address.split("?")[0]);
  const name = page.getByLabel("Name").first();
  await name.evaluate((field) => field.removeAttribute("maxlength"));
  await name.fill("x".repeat(300));
  await page.getByRole("button", { name: "Launch", exact: true }).click();
  await expect(page.getByText(/255/).first()).toBeVisible();
  await expect(name).toHaveValue("x".repeat(300));
  await expect(name).toHaveAttribute("aria-invalid", "true");
}
