// What a person does with the console, by role and label, with JavaScript or without; and the fixtures that every test asks for.
import { test as base, expect, Locator, Page } from "@playwright/test";
import { Offing, PASSWORD } from "./offing";

export { expect };

/** Options: how the program is started. Fixtures: the program, and somebody at a browser. */
export const test = base.extend<{ serve: string[]; offing: Offing; person: Person }>({
  serve: [[], { option: true }],
  offing: async ({ serve }, use) => {
    const offing = await Offing.start(...serve);
    await use(offing);
    await offing.close();
  },
  person: async ({ page, browser, offing, javaScriptEnabled }, use) => {
    const person = new Person(page, offing, javaScriptEnabled ?? true);
    await use(person);
    // Pages that are left open would ask for ever for a program that has gone.
    for (const context of browser.contexts()) if (context !== page.context()) await context.close();
    expect(person.wrong).toEqual([]);
  },
});

export class Person {
  /** What went wrong in the browser, whatever the page showed. */
  readonly wrong: string[] = [];

  constructor(
    readonly page: Page,
    readonly offing: Offing,
    readonly scripted: boolean,
  ) {
    page.on("pageerror", (error) => this.wrong.push(String(error)));
  }

  /** Signs in as the administrator; ends at the overview. */
  async signIn(): Promise<void> {
    await this.page.goto(this.offing.url);
    await this.page.getByLabel("User name").fill("admin");
    await this.page.getByLabel("Password").fill(PASSWORD);
    await this.page.getByRole("button", { name: "Sign in", exact: true }).click();
    await this.arrive("Overview");
  }

  /** Goes to a page by the navigation. */
  async goTo(name: string): Promise<void> {
    const link = this.page.getByRole("navigation").getByRole("link", { name, exact: true });
    await link.first().click();
    await this.arrive(name);
  }

  /** The page of this heading is there, and its scripts have taken hold where there are any. */
  async arrive(heading: string, timeout = 30_000): Promise<void> {
    await expect(this.page.getByRole("heading", { level: 1, name: heading })).toBeVisible({ timeout });
    if (this.scripted) await expect(this.page.locator("html[data-live]")).toBeAttached();
  }

  /** Waits until the page shows it: by itself with JavaScript, by reading it again without. */
  async sees(what: Locator, text: string | RegExp, timeout = 120_000): Promise<void> {
    if (this.scripted) return expect(what).toContainText(text, { timeout });
    await expect(async () => {
      await this.page.reload();
      await expect(what).toContainText(text, { timeout: 1000 });
    }).toPass({ timeout, intervals: [1000] });
  }

  row(name: string): Locator {
    return this.page.getByRole("row").filter({ hasText: name }).first();
  }

  /** The state beside the heading of a page. */
  async seesState(state: string, timeout?: number): Promise<void> {
    await this.sees(this.page.locator("header.page-header"), state, timeout);
  }

  async uploadImage(name: string, path: string): Promise<void> {
    await this.goTo("Images");
    await this.page.getByRole("link", { name: "Create image" }).first().click();
    await this.arrive("Create image");
    await this.page.getByLabel("Name").fill(name);
    await this.page.getByLabel("File").setInputFiles(path);
    await this.page.getByRole("button", { name: "Upload" }).click();
    await this.arrive(name, 120_000);
    await this.seesState("Active");
  }

  async createStarterNetwork(): Promise<void> {
    await this.goTo("Networks");
    await this.page.getByRole("button", { name: "Create a starter network" }).first().click();
    await this.sees(this.row("starter-network"), "Active");
  }

  /** Lets the outside in, on TCP port 22, through the default security group. */
  async allowSsh(): Promise<void> {
    await this.goTo("Security Groups");
    await this.page.getByRole("link", { name: "default", exact: true }).click();
    await this.arrive("default");
    await this.page.getByRole("button", { name: "Allow SSH" }).click();
    await expect(this.row("22")).toBeVisible();
  }

  /** Creates a key pair and keeps the private half that is handed over. */
  async createKeyPair(name: string, path: string): Promise<void> {
    await this.goTo("Key Pairs");
    await this.page.getByRole("link", { name: "Create key pair" }).first().click();
    await this.arrive("Create key pair");
    await this.page.getByLabel("Name").fill(name);
    const download = this.page.waitForEvent("download");
    await this.page.getByRole("button", { name: "Create key pair" }).click();
    await this.page.getByRole("link", { name: "Download" }).click();
    await (await download).saveAs(path);
  }

  /** Launches with what the page has chosen already: a name and what `choose` picks are all that is given. */
  async launchInstance(name: string, choose: Record<string, string> = {}): Promise<void> {
    await this.goTo("Instances");
    await this.page.getByRole("link", { name: "Launch instance" }).first().click();
    await this.arrive("Launch instance");
    await this.page.getByLabel("Name").first().fill(name);
    for (const [label, choice] of Object.entries(choose)) {
      const field = this.page.getByRole("combobox", { name: new RegExp(`^${label}`) });
      const option = field.locator("option").filter({ hasText: choice });
      await field.selectOption(await option.getAttribute("value"));
    }
    await this.page.getByRole("button", { name: "Launch", exact: true }).click();
    await this.arrive(name);
  }

  /** Does something with what `around` shows, from its buttons or its menu, and confirms it where it asks. */
  async act(around: Locator, name: string, { confirm = false } = {}): Promise<void> {
    const button = around.getByRole("button", { name, exact: true }).locator("visible=true").first();
    if (!(await button.isVisible())) await around.getByRole("button", { name: /^Actions/ }).first().click();
    await button.click();
    if (confirm) await this.page.getByRole("alertdialog").getByRole("button", { name, exact: true }).click();
  }

  /** Follows a link among what `around` offers, from its buttons or its menu. */
  async follow(around: Locator, name: string): Promise<void> {
    const link = around.getByRole("link", { name, exact: true }).locator("visible=true").first();
    if (!(await link.isVisible())) await around.getByRole("button", { name: /^Actions/ }).first().click();
    await link.click();
  }

  /** The head of a page, with its actions. */
  head(): Locator {
    return this.page.locator("header.page-header");
  }
}
