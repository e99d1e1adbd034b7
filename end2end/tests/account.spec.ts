// People's own accounts, in a real browser, with JavaScript and without.
import { PASSWORD } from "./offing";
import { expect, test } from "./verbs";

test.use({ serve: ["--demo"] });

const NEW = "another horse battery";

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });

    test("a new password signs the other browsers out", async ({ person, page, browser, offing }) => {
      await person.signIn();
      const other = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
      await other.goto(offing.url);
      await other.getByLabel("User name").fill("admin");
      await other.getByLabel("Password").fill(PASSWORD);
      await other.getByRole("button", { name: "Sign in", exact: true }).click();
      await expect(other.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();

      await person.goTo("Profile");
      await page.getByRole("main").getByRole("link", { name: "Change password" }).click();
      await person.arrive("Change password");
      await page.getByLabel("Current password").fill("not it at all");
      await page.getByLabel("New password", { exact: true }).fill(NEW);
      await page.getByLabel("New password again").fill(NEW);
      await page.getByRole("button", { name: "Change password" }).click();
      await expect(page.getByText("This is not your password.").first()).toBeVisible();
      await page.getByLabel("Current password").fill(PASSWORD);
      await page.getByLabel("New password", { exact: true }).fill(NEW);
      await page.getByLabel("New password again").fill(NEW);
      await page.getByRole("button", { name: "Change password" }).click();
      await person.arrive("Profile");
      await other.reload();
      await expect(other.getByLabel("User name")).toBeVisible();
    });

    test("preferences hold at once and stay", async ({ person, page }) => {
      await person.signIn();
      await person.goTo("Preferences");
      await page.getByLabel("Time zone").selectOption("Asia/Seoul");
      await page.getByLabel("Rows on a page").fill("1");
      await page.getByLabel("Language").last().selectOption("ko");
      await page.getByRole("button", { name: "Save preferences" }).click();
      await expect(page.getByRole("heading", { level: 1, name: "환경설정" })).toBeVisible();
      await expect(page.locator("html")).toHaveAttribute("data-zone", /^Asia\/Seoul /);
      await page.goto(page.url().replace("account/preferences", "account/sessions"));
      await expect(page.locator("html")).toHaveAttribute("lang", "ko");
    });

    test("what is done stands in the audit log", async ({ person, page }) => {
      await person.signIn();
      await person.createStarterNetwork();
      await page.goto(page.url().replace(/networks.*/, "admin/audit"));
      await person.arrive("Cloud Audit Log");
      await expect(page.getByRole("row").filter({ hasText: "starter_network_create" })).toContainText("done");
      await expect(page.getByRole("row").filter({ hasText: "sign_in" }).first()).toContainText("127.0.0.1");
    });
  });
}
