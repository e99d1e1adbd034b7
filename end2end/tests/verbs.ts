// What a person does with the console, by role and label, with JavaScript or without.
import { expect, Locator, Page } from "@playwright/test";
import { Offing, PASSWORD } from "./offing";

export async function signIn(page: Page, offing: Offing): Promise<void> {
  await page.goto(offing.url);
  await page.getByLabel("User name").fill("admin");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
}

/** Goes to a page by the navigation. */
export async function goTo(page: Page, name: string): Promise<void> {
  await page.getByRole("navigation").getByRole("link", { name, exact: true }).first().click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
}

export function row(page: Page, name: string): Locator {
  return page.getByRole("row").filter({ hasText: name }).first();
}

export async function uploadImage(page: Page, name: string, path: string): Promise<void> {
  await goTo(page, "Images");
  await page.getByRole("link", { name: "Create image" }).first().click();
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("File").setInputFiles(path);
  await page.getByRole("button", { name: "Upload" }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible({ timeout: 120_000 });
  await expect(page.getByText("Active").first()).toBeVisible();
}

export async function createStarterNetwork(page: Page): Promise<void> {
  await goTo(page, "Networks");
  await page.getByRole("button", { name: "Create a starter network" }).click();
  await expect(row(page, "starter-network")).toContainText("Active");
}

/** Lets the outside in, on TCP port 22, through the default security group. */
export async function allowSsh(page: Page): Promise<void> {
  await goTo(page, "Security Groups");
  await page.getByRole("link", { name: "default", exact: true }).click();
  await page.getByRole("button", { name: "Allow SSH" }).click();
  await expect(row(page, "22")).toBeVisible();
}

/** Launches with what the page has chosen already; a name and what `choose` picks are all that is given. */
export async function launchInstance(page: Page, name: string, choose: Record<string, string> = {}): Promise<void> {
  await goTo(page, "Instances");
  await page.getByRole("link", { name: "Launch instance" }).first().click();
  await page.getByLabel("Name", { exact: false }).first().fill(name);
  for (const [label, choice] of Object.entries(choose)) {
    const option = page.getByLabel(label).locator("option").filter({ hasText: choice });
    await page.getByLabel(label).selectOption(await option.getAttribute("value"));
  }
  await page.getByRole("button", { name: "Launch", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
}

/** The state in the head of an instance's page, without reloading it. */
export async function expectState(page: Page, state: string, timeout = 120_000): Promise<void> {
  await expect(page.locator("h1 ~ *, h1").locator("xpath=..").first()).toContainText(state, { timeout });
}

/** Does something of the menu in a page's head, and confirms it if asked. */
export async function act(page: Page, name: string, confirm = false): Promise<void> {
  const button = page.getByRole("button", { name, exact: true });
  if (!(await button.first().isVisible())) await page.getByRole("button", { name: /^Actions/ }).first().click();
  await button.locator("visible=true").first().click();
  if (confirm) await page.getByRole("alertdialog").getByRole("button", { name, exact: true }).click();
}
