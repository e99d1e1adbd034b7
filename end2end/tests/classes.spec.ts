// A class from its list of names to its end, in a real browser, with JavaScript and without: the teacher at one, students at others.
import { Browser, Page } from "@playwright/test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Offing } from "./offing";
import { expect, Person, test } from "./verbs";

test.use({ serve: ["--demo"] });

const OWN = "a battery of their own";

/** Creates a class with two students; ends on its page, and answers with the addresses of the codes. */
async function createClass(person: Person, offing: Offing): Promise<string[]> {
  const { page } = person;
  await person.goTo("Classes");
  await page.getByRole("link", { name: "Create class" }).first().click();
  await person.arrive("Create class");
  await page.getByLabel("Name", { exact: true }).fill("Networks");
  await page.getByLabel(/^Students/).fill("Ann Lee\n김민준,minjun,minjun");
  await page.getByText("Quota", { exact: true }).click();
  await page.getByLabel(/^Instances/).fill("2");
  await page.getByRole("checkbox", { name: /m1\.nano/ }).check();
  await page.getByRole("button", { name: "Create class" }).click();
  await expect(page.getByText("Line 2: Not an address for e-mail").first()).toBeVisible();
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue("Networks");
  const roster = "name,user name,e-mail\nAnn Lee\n김민준,minjun,minjun@example.org\n";
  if (person.scripted) {
    const file = join(offing.data, "roster.csv");
    writeFileSync(file, roster);
    await page.getByLabel("Read from a CSV file").setInputFiles(file);
    await expect(page.getByLabel(/^Students/)).toHaveValue(roster);
  } else {
    await page.getByLabel(/^Students/).fill(roster);
  }
  await page.getByRole("button", { name: "Create class" }).click();
  await expect(page.getByText("“Networks” is being made")).toBeVisible();
  const sheet = page.getByRole("table", { name: "Seats" });
  await expect(sheet.getByRole("row")).toHaveCount(3);
  const urls = await sheet.locator("td:last-child code").allTextContents();
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download CSV" }).click();
  const saved = readFileSync(await (await download).path(), "utf8");
  for (const url of urls) expect(saved).toContain(url);
  await page.getByRole("link", { name: "Go to the class" }).click();
  await person.arrive("Networks");
  await expect(page.locator("body")).not.toContainText("/join/");
  await person.sees(person.row("Ann Lee"), "Ready");
  return urls;
}

/** Somebody at another browser who opens the address. */
async function visitor(browser: Browser, scripted: boolean, url: string): Promise<Page> {
  const page = await (await browser.newContext({ javaScriptEnabled: scripted })).newPage();
  await page.goto(url);
  return page;
}

/** Chooses a password where the address leads, and signs in with it; ends in the own project. */
async function come(page: Page, button: string, user: string): Promise<void> {
  await page.getByLabel("New password", { exact: true }).fill(OWN);
  await page.getByLabel(/again/).fill(OWN);
  await page.getByRole("button", { name: button }).click();
  await expect(page.getByLabel("User name")).toHaveValue(user);
  await page.getByLabel("Password").fill(OWN);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });

    test("a class is made, watched, reset and removed", async ({ person, page, browser, offing }) => {
      test.slow();
      await person.signIn();
      const [first] = await createClass(person, offing);
      await expect(person.row("Ann Lee")).toContainText("no password yet");

      const ann = await visitor(browser, javaScriptEnabled, first);
      await expect(ann.getByText("Your user name is ann.lee.")).toBeVisible();
      await come(ann, "Set password", "ann.lee");
      const student = new Person(ann, offing, javaScriptEnabled);
      await student.launchInstance("web");
      await student.seesState("Active");
      await ann.getByRole("navigation").getByRole("link", { name: "Flavors" }).click();
      await expect(ann.getByRole("heading", { level: 1, name: "Flavors" })).toBeVisible();
      await expect(ann.getByRole("row").filter({ hasText: "m1." })).toHaveCount(1);
      await expect(ann.getByRole("navigation").getByRole("link", { name: "Classes" })).toHaveCount(0);

      // The teacher sees it without having asked again, and opens the console in the student's project.
      await person.sees(person.row("Ann Lee"), "Active");
      await expect(person.row("Ann Lee")).not.toContainText("no password yet");
      await person.row("Ann Lee").getByRole("link", { name: "Console of web" }).click();
      await person.arrive("web");
      await expect(page.getByRole("link", { name: "Console", exact: true })).toHaveAttribute("aria-current", "page");
      await page.goBack();
      await person.arrive("Networks");

      await person.follow(person.head(), "Edit");
      await person.arrive("Edit class");
      await expect(page.getByRole("checkbox", { name: /m1\.nano/ })).toBeChecked();
      await expect(page.getByLabel(/^Teachers/)).toHaveValue("admin");
      await page.getByLabel(/^Description/).fill("The second term");
      await page.getByRole("button", { name: "Save" }).click();
      await person.arrive("Networks");
      await expect(page.getByText("The second term")).toBeVisible();
      await page.getByRole("main").getByRole("link", { name: "Seats" }).click();

      await person.act(person.head(), "Reset class", { confirm: true });
      await person.sees(person.row("Ann Lee"), "nothing runs");
      await person.sees(person.row("Ann Lee"), "Ready");

      await person.act(person.head(), "Remove class");
      const question = page.getByRole("alertdialog").locator("visible=true");
      await expect(question).toContainText("2 × user and project");
      await question.getByLabel(/Networks/).fill("Networks");
      await question.getByRole("button", { name: "Remove class" }).click();
      await person.arrive("Classes");
      await person.sees(page.getByRole("main"), "No classes here");
      await ann.goto(offing.url);
      await expect(ann.getByLabel("User name")).toBeVisible();
    });

    test("students join by the code on the wall, until it is withdrawn", async ({ person, page, browser, offing }) => {
      await person.signIn();
      await createClass(person, offing);
      await page.getByRole("main").getByRole("link", { name: "Joining" }).click();
      await page.getByLabel("Seats at most").fill("3");
      await page.getByRole("button", { name: "Make a code" }).click();
      await expect(page.getByRole("img", { name: "QR code of the address" })).toBeVisible();
      const url = (await page.locator(".enrolment .copyable code").textContent()) ?? "";
      expect(url).toContain(`${offing.url}/join/`);

      const dora = await visitor(browser, javaScriptEnabled, url);
      await dora.getByLabel("Your name").fill("Dora Kim");
      await dora.getByLabel("New password", { exact: true }).fill("short");
      await dora.getByLabel(/again/).fill("short");
      await dora.getByRole("button", { name: "Join" }).click();
      await expect(dora.getByText("At least 8 characters.").first()).toBeVisible();
      await expect(dora.getByLabel("Your name")).toHaveValue("Dora Kim");
      await come(dora, "Join", "dora.kim");

      const late = await visitor(browser, javaScriptEnabled, url);
      await expect(late.getByText("Every seat of this class is taken.")).toBeVisible();
      await person.sees(page.getByRole("main"), "Open, up to 3 seats");
      await page.getByRole("button", { name: "Withdraw the code" }).click();
      await person.sees(page.getByRole("main"), "Nobody can join by a code.");
      await late.goto(url);
      await expect(late.getByRole("heading", { level: 1, name: "This code opens nothing" })).toBeVisible();

      await page.getByRole("main").getByRole("link", { name: "Seats" }).click();
      await person.sees(person.row("Dora Kim"), "Ready");
      await person.act(person.row("Dora Kim"), "New password code", { confirm: true });
      await expect(page.getByText("Codes for 1")).toBeVisible();
      await dora.goto(offing.url);
      await expect(dora.getByLabel("User name")).toBeVisible();

      await page.getByRole("main").getByRole("link", { name: "Overview" }).click();
      await page.getByLabel("Ends").fill("2020-01-01");
      await page.getByRole("button", { name: "Change the end" }).click();
      await expect(page.getByText("This is in the past already.").first()).toBeVisible();
      await page.getByLabel("Ends").fill("2099-12-31");
      await page.getByRole("button", { name: "Change the end" }).click();
      await expect(page.locator('time[datetime^="2100-01-01"]')).toBeVisible();

      await page.getByRole("main").getByRole("link", { name: "Seats" }).click();
      await person.act(person.row("Dora Kim"), "Remove student");
      const question = page.getByRole("alertdialog").locator("visible=true");
      await question.getByLabel(/Dora Kim/).fill("Dora Kim");
      await question.getByRole("button", { name: "Remove student" }).click();
      await expect(async () => {
        if (!person.scripted) await page.reload();
        await expect(page.getByRole("row").filter({ hasText: "Dora Kim" })).toHaveCount(0, { timeout: 1000 });
      }).toPass();
      await expect(person.row("Ann Lee")).toBeVisible();
    });
  });
}
