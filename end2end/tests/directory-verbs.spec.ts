// The rest of what administrators do with the directory, in a real browser, with JavaScript and without.
import { Browser, Page } from "@playwright/test";
import { Offing, PASSWORD } from "./offing";
import { expect, Person, test } from "./verbs";

test.use({ serve: ["--demo"] });

const NEW = "another horse battery";

const heading = (page: Page, name: string) => page.getByRole("heading", { level: 1, name });

/** Opens the form behind a link of a list. */
async function begin(person: Person, area: string, link: string): Promise<void> {
  await person.goTo(area);
  await person.page.getByRole("link", { name: link }).first().click();
  await person.arrive(link);
}

async function createUser(person: Person, name: string): Promise<void> {
  const { page } = person;
  await begin(person, "Users", "Create user");
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByLabel("Password again").fill(PASSWORD);
  await page.getByLabel("Ask for another password").setChecked(false);
  await page.getByRole("button", { name: "Create user" }).click();
  await person.arrive(name);
}

async function createNamed(person: Person, area: string, link: string, name: string): Promise<void> {
  await begin(person, area, link);
  await person.page.getByLabel("Name", { exact: true }).fill(name);
  await person.page.getByRole("button", { name: link }).click();
  await person.arrive(name);
}

/** A tab of a page. */
async function tab(page: Page, name: string): Promise<void> {
  await page.getByRole("main").locator("nav.tabs").getByRole("link", { name, exact: true }).click();
}

/** Somebody at another browser, with the form of the sign-in sent. */
async function visitor(browser: Browser, offing: Offing, scripted: boolean, name: string, password = PASSWORD, domain = ""): Promise<Page> {
  const page = await (await browser.newContext({ javaScriptEnabled: scripted })).newPage();
  await page.goto(offing.url);
  if (domain) await page.getByLabel("Domain").fill(domain);
  await page.getByLabel("User name").fill(name);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  return page;
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });

    test("users are edited, given passwords, and changed many at once", async ({ person, page, browser, offing }) => {
      await person.signIn();
      await createUser(person, "olga");
      await person.follow(person.head(), "Edit");
      await person.arrive("Edit user");
      await page.getByLabel("E-mail").fill("olga@example.org");
      await page.getByLabel("Description").fill("Surveyor");
      await page.getByRole("button", { name: "Save" }).click();
      await person.arrive("olga");
      await expect(page.getByText("olga@example.org")).toBeVisible();
      await person.follow(person.head(), "Edit");
      await person.arrive("Edit user");
      await page.getByLabel("New password").fill(NEW);
      await page.getByRole("button", { name: "Set password" }).click();
      await person.arrive("olga");
      await expect(page.getByText("Ask for another password at the next sign-in")).toBeVisible();
      const olga = await visitor(browser, offing, javaScriptEnabled, "olga", NEW);
      await expect(olga.getByText("Your password was given to you.")).toBeVisible();

      await createUser(person, "finn");
      await person.goTo("Users");
      await person.row("olga").getByRole("checkbox").check();
      await person.row("finn").getByRole("checkbox").check();
      await page.getByRole("button", { name: /^Change chosen/ }).click();
      await page.getByRole("alertdialog").getByLabel("Disable").check();
      await page.getByRole("alertdialog").getByRole("button", { name: "Change chosen" }).click();
      await person.sees(person.row("olga"), "Disabled");
      await person.sees(person.row("finn"), "Disabled");
    });

    test("projects are edited and switched, and hold limits of their own", async ({ person, page, browser, offing }) => {
      await person.signIn();
      await createUser(person, "gil");
      await begin(person, "Projects", "Create project");
      await page.getByLabel("Name", { exact: true }).fill("harbour");
      await page.getByLabel("Members 1").fill("gil");
      await page.getByRole("button", { name: "Create project" }).click();
      await person.arrive("harbour");
      await person.follow(person.head(), "Edit");
      await person.arrive("Edit project");
      await page.getByLabel("Description").fill("Boats");
      await page.getByRole("button", { name: "Save" }).click();
      await person.arrive("harbour");
      await expect(page.getByText("Boats").first()).toBeVisible();
      await person.act(person.head(), "Disable", { confirm: true });
      await person.seesState("Disabled");
      await person.act(person.head(), "Enable");
      await person.seesState("Enabled");

      await tab(page, "Quotas");
      await page.getByLabel("Instances").fill("3");
      await page.getByRole("button", { name: "Save" }).click();
      await expect(page.getByLabel("Instances")).toHaveValue("3");
      await person.goTo("All Quotas");
      await tab(page, "Usage");
      await expect(person.row("harbour")).toContainText("0 / 3");

      const gil = await visitor(browser, offing, javaScriptEnabled, "gil");
      await gil.getByRole("navigation").getByRole("link", { name: "Quotas" }).click();
      await gil.getByText("Ask for more", { exact: true }).first().click();
      await gil.getByLabel("Resource").selectOption("instances");
      await gil.getByLabel("New limit").fill("40");
      await gil.getByLabel("Reason").fill("A regatta");
      await gil.getByRole("button", { name: "Ask for more" }).click();
      await expect(gil.getByRole("row").filter({ hasText: "A regatta" })).toContainText("Open");
      await tab(page, "Requests");
      await person.row("A regatta").getByRole("button", { name: "Refuse" }).click();
      await page.getByRole("alertdialog").getByLabel("Answer").fill("In spring");
      await page.getByRole("alertdialog").getByRole("button", { name: "Refuse" }).click();
      await person.sees(person.row("A regatta"), "Refused");
      await expect(person.row("A regatta")).toContainText("In spring");

      await person.goTo("Projects");
      await page.getByRole("link", { name: "harbour" }).click();
      await person.arrive("harbour");
      await tab(page, "Quotas");
      await page.getByLabel("Instances").fill("");
      // The form leads to where it stands: only a page that is read again tells that it has done so.
      const saved = page.waitForResponse(/quota_update/);
      await page.getByRole("button", { name: "Save" }).click();
      await saved;
      await page.reload();
      await person.goTo("All Quotas");
      await tab(page, "Usage");
      await expect(person.row("harbour")).toContainText("0 / 10");
    });

    test("groups, domains and roles are changed", async ({ person, page }) => {
      await person.signIn();
      await createUser(person, "hana");
      await createUser(person, "ivo");
      await createNamed(person, "Groups", "Create group", "Crew");
      await page.getByLabel("User", { exact: true }).fill("hana");
      await page.getByLabel("User 2").fill("ivo");
      await page.getByRole("button", { name: "Add member" }).click();
      await expect(person.row("hana")).toBeVisible();
      await expect(person.row("ivo")).toBeVisible();
      await person.act(person.row("hana"), "Remove", { confirm: true });
      await expect(page.getByRole("row").filter({ hasText: "hana" })).toHaveCount(0);
      await tab(page, "Edit");
      await page.getByLabel("Description").fill("On watch");
      await page.getByRole("button", { name: "Save" }).click();
      await person.arrive("Crew");
      await expect(page.getByText("On watch")).toBeVisible();
      await person.act(person.head(), "Delete", { confirm: true });
      await person.arrive("Groups");
      await expect(page.getByRole("row").filter({ hasText: "Crew" })).toHaveCount(0);

      await createNamed(person, "Domains", "Create domain", "Port");
      await tab(page, "Edit");
      await page.getByLabel("Description").fill("The harbour office");
      await page.getByRole("button", { name: "Save" }).click();
      await person.arrive("Port");
      await expect(page.getByText("The harbour office")).toBeVisible();

      await begin(person, "Roles", "Create role");
      await page.getByLabel("Name", { exact: true }).fill("pilot");
      await page.getByRole("button", { name: "Create role" }).click();
      await person.arrive("Roles");
      await page.getByRole("link", { name: "pilot" }).click();
      await person.arrive("pilot");
      await page.getByLabel("reader").check();
      await page.getByRole("button", { name: "Save" }).click();
      await person.arrive("Roles");
      await expect(person.row("pilot")).toContainText("reader");
    });

    test("roles are given from a tab: on a domain, the system, and inherited", async ({ person, page, browser, offing }) => {
      await person.signIn();
      await createNamed(person, "Domains", "Create domain", "Quay");
      await createUser(person, "jo");
      await tab(page, "Roles");
      const assign = async (role: string, kind: string, place: string, inherited: boolean) => {
        const form = page.locator("details.fold").filter({ hasText: "Assign role" });
        if (!(await form.getByLabel("Role").isVisible())) await form.locator("summary").click();
        await form.getByLabel("Role").selectOption(role);
        await form.getByLabel("Where").selectOption(kind);
        await form.getByLabel("Project or domain").fill(place);
        await form.getByLabel("Inherited").setChecked(inherited);
        await form.getByRole("button", { name: "Assign role" }).click();
      };
      await assign("member", "domain", "Quay", true);
      await expect(person.row("projects of domain Quay")).toContainText("member");
      await assign("manager", "domain", "Quay", false);
      await expect(page.getByRole("row").filter({ hasText: "manager" })).toContainText("domain Quay");
      await assign("reader", "system", "", false);
      await expect(page.getByRole("row").filter({ hasText: "the system" })).toContainText("reader");
      await person.act(page.getByRole("row").filter({ hasText: "the system" }), "Remove", { confirm: true });
      await expect(page.getByRole("row").filter({ hasText: "the system" })).toHaveCount(0);

      // The manager of a domain without projects begins with the account, and makes the first.
      const jo = await visitor(browser, offing, javaScriptEnabled, "jo", PASSWORD, "Default");
      await expect(heading(jo, "Profile")).toBeVisible();
      await jo.getByRole("main").getByRole("link", { name: "Create project" }).click();
      await expect(heading(jo, "Create project")).toBeVisible();
      await jo.getByLabel("Name", { exact: true }).fill("pier");
      await jo.getByRole("button", { name: "Create project" }).click();
      await expect(heading(jo, "pier")).toBeVisible();
    });

    test("sessions end: one, all others, and all of a user", async ({ person, page, browser, offing }) => {
      await person.signIn();
      const [one, two] = [await visitor(browser, offing, false, "admin"), await visitor(browser, offing, false, "admin")];
      await expect(heading(two, "Overview")).toBeVisible();
      await person.goTo("Sessions");
      await expect(page.getByRole("row")).toHaveCount(4);
      const other = page.getByRole("row").filter({ hasNotText: "this one" }).nth(1);
      await person.act(other, "End session", { confirm: true });
      await expect(page.getByRole("row")).toHaveCount(3);
      await person.head().getByRole("button", { name: "End all others" }).click();
      await page.getByRole("alertdialog").getByRole("button", { name: "End all others" }).click();
      await expect(page.getByRole("row")).toHaveCount(2);
      for (const gone of [one, two]) {
        await gone.reload();
        await expect(gone.getByLabel("User name")).toBeVisible();
      }

      await createUser(person, "kim");
      const kim = await visitor(browser, offing, false, "kim");
      await expect(heading(kim, "Profile")).toBeVisible();
      await tab(page, "Sessions");
      await expect(page.getByRole("row").filter({ hasText: "127.0.0.1" })).toHaveCount(1);
      await page.getByRole("button", { name: "End all of this user" }).first().click();
      await page.getByRole("alertdialog").getByRole("button", { name: "End all of this user" }).click();
      await expect(page.getByRole("row").filter({ hasText: "127.0.0.1" })).toHaveCount(0);
      await kim.reload();
      await expect(kim.getByLabel("User name")).toBeVisible();
    });

    test("a lock-out is shown and ended", async ({ person, page, browser, offing }) => {
      await person.signIn();
      await createUser(person, "lee");
      const lee = await visitor(browser, offing, javaScriptEnabled, "lee", "wrong");
      for (let n = 0; n < 10; n++) {
        await lee.getByLabel("Password", { exact: true }).fill("wrong");
        await lee.getByRole("button", { name: "Sign in", exact: true }).click();
        await expect(lee.locator(".field-error, .notice").first()).toBeVisible();
      }
      await expect(lee.getByText("There were too many attempts with this name.").first()).toBeVisible();
      await page.reload();
      await expect(page.getByText(/Locked out for \d+ more minutes/)).toBeVisible();
      await person.act(person.head(), "Unlock");
      await expect(page.getByText(/Locked out for/)).toHaveCount(0);
      await lee.getByLabel("Password", { exact: true }).fill(PASSWORD);
      await lee.getByRole("button", { name: "Sign in", exact: true }).click();
      await expect(heading(lee, "Profile")).toBeVisible();
    });

    test("the audit log is filtered, and so is its file", async ({ person, page }) => {
      await person.signIn();
      await createUser(person, "mia");
      await person.goTo("Cloud Audit Log");
      await page.locator("input[name=verb]").fill("user_create");
      if (javaScriptEnabled) await page.locator("input[name=verb]").press("Enter");
      else await page.getByRole("button", { name: "Apply" }).click();
      await expect(page.getByRole("row").filter({ hasText: "sign_in" })).toHaveCount(0);
      await expect(person.row("user_create")).toContainText("mia");
      const file = page.getByRole("link", { name: "Download CSV" });
      await expect(file).toHaveAttribute("href", /verb=user_create/);
      const download = page.waitForEvent("download");
      await file.click();
      const read = await (await download).createReadStream();
      let text = "";
      for await (const chunk of read) text += chunk;
      expect(text.trim().split("\n")).toHaveLength(2);
    });

    test("a list is searched, sorted and paged, and as long as one likes", async ({ person, page }) => {
      await person.signIn();
      for (const name of ["noa", "oli", "pia"]) await createUser(person, name);
      await person.goTo("Preferences");
      await page.getByLabel("Rows on a page").fill("2");
      await page.getByRole("button", { name: "Save preferences" }).click();
      await expect(page.locator("html")).toHaveAttribute("data-page-size", "2");
      await person.goTo("Users");
      await expect(page.getByRole("row")).toHaveCount(3);
      await page.getByRole("link", { name: "Next" }).click();
      await expect(person.row("pia")).toBeVisible();
      await page.getByRole("link", { name: "Previous" }).click();
      await expect(person.row("admin")).toBeVisible();
      await page.getByRole("columnheader", { name: "Name" }).getByRole("link").click();
      await expect(person.row("pia")).toBeVisible();
      await page.getByRole("searchbox").fill("noa");
      if (!javaScriptEnabled) await page.getByRole("button", { name: "Apply" }).click();
      await expect(page.getByRole("row")).toHaveCount(2);
      await expect(person.row("noa")).toBeVisible();
    });

    test("where there are several domains, the sign-in asks for one", async ({ person, page, browser, offing }) => {
      await person.signIn();
      await createNamed(person, "Domains", "Create domain", "Reef");
      await begin(person, "Users", "Create user");
      await page.getByLabel("Name", { exact: true }).fill("rui");
      await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
      await page.getByLabel("Password again").fill(PASSWORD);
      await page.getByLabel("Ask for another password").setChecked(false);
      await page.getByLabel("Domain").selectOption({ label: "Reef" });
      await page.getByRole("button", { name: "Create user" }).click();
      await person.arrive("rui");
      const lost = await visitor(browser, offing, javaScriptEnabled, "rui", PASSWORD, "Default");
      await expect(lost.getByText("User name or password is wrong.").first()).toBeVisible();
      const rui = await visitor(browser, offing, javaScriptEnabled, "rui", PASSWORD, "Reef");
      await expect(heading(rui, "Profile")).toBeVisible();
      await expect(rui.getByText("You are in no project").first()).toBeVisible();

      await person.goTo("Users");
      await page.getByRole("main").getByLabel("Domain").selectOption({ label: "Reef" });
      if (!javaScriptEnabled) await page.getByRole("button", { name: "Apply" }).click();
      await expect(page.getByRole("row").filter({ hasText: "admin" })).toHaveCount(0);
      await expect(person.row("rui")).toBeVisible();
    });
  });
}
