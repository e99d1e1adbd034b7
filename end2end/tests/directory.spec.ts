// Letting people in and keeping them apart, in a real browser, with JavaScript and without.
import { Browser, Page } from "@playwright/test";
import { Offing, PASSWORD } from "./offing";
import { expect, Person, test } from "./verbs";

test.use({ serve: ["--demo"] });

const OWN = "a battery of their own";

/** A user whose password is the one that the administrator gave. */
async function createUser(person: Person, name: string, { mustChange = false } = {}): Promise<void> {
  await person.goTo("Users");
  await person.page.getByRole("link", { name: "Create user" }).first().click();
  await person.arrive("Create user");
  await person.page.getByLabel("Name", { exact: true }).fill(name);
  await person.page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await person.page.getByLabel("Password again").fill(PASSWORD);
  await person.page.getByLabel("Ask for another password").setChecked(mustChange);
  await person.page.getByRole("button", { name: "Create user" }).click();
  await person.arrive(name);
}

async function createProject(person: Person, name: string, member: string): Promise<void> {
  await person.goTo("Projects");
  await person.page.getByRole("link", { name: "Create project" }).first().click();
  await person.arrive("Create project");
  await person.page.getByLabel("Name", { exact: true }).fill(name);
  await person.page.getByLabel("Members 1").fill(member);
  await person.page.getByRole("button", { name: "Create project" }).click();
  await person.arrive(name);
}

/** Somebody else at another browser, on the sign-in page with the form filled in. */
async function visitor(browser: Browser, offing: Offing, scripted: boolean, name: string, password = PASSWORD): Promise<Page> {
  const page = await (await browser.newContext({ javaScriptEnabled: scripted })).newPage();
  await page.goto(offing.url);
  await page.getByLabel("User name").fill(name);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  return page;
}

const heading = (page: Page, name: string) => page.getByRole("heading", { level: 1, name });

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });

    test("a member comes in, asks for more, and is shut out at once", async ({ person, page, browser, offing }) => {
      await person.signIn();
      await createUser(person, "dora");
      await createProject(person, "atlas", "dora");
      await page.getByRole("main").getByRole("link", { name: "Members" }).click();
      await expect(person.row("dora")).toContainText("member");

      const dora = await visitor(browser, offing, javaScriptEnabled, "dora");
      await expect(heading(dora, "Overview")).toBeVisible();
      await expect(dora.getByRole("navigation").getByRole("link", { name: "Users", exact: true })).toHaveCount(0);
      await dora.getByRole("navigation").getByRole("link", { name: "Quotas" }).click();
      await expect(heading(dora, "Quotas")).toBeVisible();
      await dora.getByText("Ask for more", { exact: true }).first().click();
      await dora.getByLabel("Resource").selectOption("instances");
      await dora.getByLabel("New limit").fill("40");
      await dora.getByLabel("Reason").fill("Load tests until Friday");
      await dora.getByRole("button", { name: "Ask for more" }).click();
      await expect(dora.getByRole("row").filter({ hasText: "Load tests" })).toContainText("Open");

      await person.goTo("All Quotas");
      await expect(page.getByText("What projects may use, and what they ask for.")).toBeVisible();
      await person.row("Load tests").getByRole("button", { name: "Approve" }).click();
      await person.sees(person.row("Load tests"), "Approved");

      await person.goTo("Users");
      await person.act(person.row("dora"), "Disable", { confirm: true });
      await person.sees(person.row("dora"), "Disabled");
      await dora.goto(dora.url());
      await expect(dora.getByLabel("User name")).toBeVisible();
      await person.act(person.row("dora"), "Enable");
      await person.sees(person.row("dora"), "Enabled");
      await person.act(person.row("dora"), "Delete", { confirm: true });
      await expect(page.getByRole("row").filter({ hasText: "dora" })).toHaveCount(0);
    });

    test("a given password is changed at the first sign-in", async ({ person, browser, offing }) => {
      await person.signIn();
      await createUser(person, "bob", { mustChange: true });
      await createProject(person, "basin", "bob");
      const bob = await visitor(browser, offing, javaScriptEnabled, "bob");
      await expect(bob.getByText("Your password was given to you.")).toBeVisible();
      await bob.getByLabel("New password", { exact: true }).fill(OWN);
      await bob.getByLabel("New password again").fill(OWN);
      await bob.getByRole("button", { name: "Sign in", exact: true }).click();
      await expect(heading(bob, "Overview")).toBeVisible();
      await expect(heading(await visitor(browser, offing, javaScriptEnabled, "bob", OWN), "Overview")).toBeVisible();
    });

    test("groups carry roles, and the policy says why", async ({ person, page, browser, offing }) => {
      await person.signIn();
      await createUser(person, "cho");
      await createProject(person, "canal", "");
      await person.goTo("Groups");
      await page.getByRole("link", { name: "Create group" }).first().click();
      await person.arrive("Create group");
      await page.getByLabel("Name", { exact: true }).fill("Builders");
      await page.getByRole("button", { name: "Create group" }).click();
      await person.arrive("Builders");
      await page.getByLabel("User", { exact: true }).fill("cho");
      await page.getByRole("button", { name: "Add member" }).click();
      await expect(person.row("cho")).toBeVisible();

      await person.goTo("Assignments");
      await page.getByRole("link", { name: "Assign role" }).click();
      await person.arrive("Assign role");
      await page.getByLabel("Who").selectOption("group");
      await page.getByLabel("User or group").fill("Builders");
      await page.getByLabel("Project or domain").fill("canal");
      await page.getByRole("button", { name: "Assign role" }).click();
      await person.arrive("Assignments");
      await expect(person.row("Builders")).toContainText("canal");

      await person.goTo("Policy");
      await page.getByLabel("User", { exact: true }).fill("cho");
      await page.getByLabel("Project", { exact: true }).fill("canal");
      await page.getByRole("button", { name: "Show" }).click();
      await expect(page.getByText("In canal, cho is member.")).toBeVisible();
      await expect(person.row("Make, change and delete them")).toContainText("Builders · member");

      const cho = await visitor(browser, offing, javaScriptEnabled, "cho");
      await expect(heading(cho, "Overview")).toBeVisible();
      await person.goTo("Assignments");
      await person.act(person.row("Builders"), "Remove", { confirm: true });
      await expect(page.getByRole("row").filter({ hasText: "Builders" })).toHaveCount(0);
      await cho.goto(cho.url());
      await expect(heading(cho, "Overview")).toHaveCount(0);
    });

    test("a project is deleted with all that it holds", async ({ person, page }) => {
      await person.signIn();
      await createProject(person, "delta", "");
      await expect(page.getByText("1 × network")).toBeVisible();
      await person.head().getByRole("button", { name: /^Actions/ }).click();
      await person.head().getByRole("link", { name: "Delete", exact: true }).click();
      await person.arrive("Delete project");
      await page.getByLabel(/delta/).fill("delt");
      await page.getByRole("button", { name: "Delete project" }).click();
      await expect(page.getByText("This is not the name.").first()).toBeVisible();
      await page.getByLabel(/delta/).fill("delta");
      await page.getByRole("button", { name: "Delete project" }).click();
      await person.arrive("Projects");
      await expect(async () => {
        if (!javaScriptEnabled) await page.reload();
        await expect(page.getByRole("row").filter({ hasText: "delta" })).toHaveCount(0, { timeout: 1000 });
      }).toPass({ timeout: 30_000 });
    });

    test("domains, their passwords, and roles of one's own", async ({ person, page }) => {
      await person.signIn();
      await person.goTo("Domains");
      await page.getByRole("link", { name: "Create domain" }).first().click();
      await person.arrive("Create domain");
      await page.getByLabel("Name", { exact: true }).fill("School");
      await page.getByRole("button", { name: "Create domain" }).click();
      await person.arrive("School");
      await person.goTo("Password Rules");
      await page.getByRole("link", { name: "School" }).first().click();
      await page.getByLabel("Least length").fill("16");
      await page.getByRole("button", { name: "Save" }).click();
      await person.arrive("Password Rules");
      await expect(person.row("School")).toContainText("16");

      await person.goTo("Roles");
      await page.getByRole("link", { name: "Create role" }).first().click();
      await person.arrive("Create role");
      await page.getByLabel("Name", { exact: true }).fill("operator");
      await page.getByLabel("member").check();
      await page.getByRole("button", { name: "Create role" }).click();
      await person.arrive("Roles");
      await person.act(person.row("operator"), "Delete", { confirm: true });
      await expect(page.getByRole("row").filter({ hasText: "operator" })).toHaveCount(0);

      await person.goTo("Domains");
      await person.act(person.row("School"), "Disable", { confirm: true });
      await person.sees(person.row("School"), "Disabled");
      await person.act(person.row("School"), "Delete", { confirm: true });
      await expect(page.getByRole("row").filter({ hasText: "School" })).toHaveCount(0);
    });
  });
}
