// What a person does with the console, by role and label, with JavaScript or without.
import { expect, Page } from "@playwright/test";
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
