// Passkeys in a real browser, with an authenticator that Chromium pretends to have; and what remains without JavaScript.
import AxeBuilder from "@axe-core/playwright";
import { Page } from "@playwright/test";
import { PASSWORD } from "./offing";
import { expect, Person, test } from "./verbs";

test.use({ serve: ["--demo"] });

/** A device that keeps passkeys and knows its owner at once. */
async function device(page: Page): Promise<void> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}

/** Signs in where passkeys can be: by a name. */
async function signIn(person: Person): Promise<void> {
  const { page } = person;
  await page.goto(person.offing.url.replace("127.0.0.1", "localhost"));
  await page.getByLabel("User name").fill("admin");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

async function signOut(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Account" }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
}

/** The page is fit for everybody, and no wider than a phone. */
async function fits(page: Page): Promise<void> {
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  const size = page.viewportSize();
  await page.setViewportSize({ width: 390, height: 844 });
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(over).toBeLessThanOrEqual(0);
  if (size) await page.setViewportSize(size);
}

/** Makes a passkey on the page of second factors. */
async function enrol(page: Page, name: string): Promise<void> {
  await page.getByText("Add a passkey").click();
  await page.getByLabel("Name").fill(name);
  await page.locator("#add-password").fill(PASSWORD);
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByRole("button", { name: "Make the passkey" }).click();
  await expect(page.getByRole("row").filter({ hasText: name })).toBeVisible();
}

test("a passkey is made, asked for, enough alone, and given up", async ({ person, page }) => {
  await device(page);
  await signIn(person);
  await person.arrive("Overview");
  await person.goTo("Second Factors");
  await page.getByText("Add a passkey").click();
  await page.getByLabel("Name").fill("laptop");
  await page.locator("#add-password").fill("not it at all");
  await page.getByRole("button", { name: "Go on" }).click();
  await expect(page.getByText("This is not your password.").first()).toBeVisible();
  await page.reload();
  await person.arrive("Second Factors");
  await enrol(page, "laptop");
  await expect(page.getByText("Keep these recovery codes")).toBeVisible();
  await fits(page);

  // The same device keeps one passkey of an account.
  await page.getByText("Add a passkey").click();
  await page.getByLabel("Name").fill("again");
  await page.locator("#add-password").fill(PASSWORD);
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByRole("button", { name: "Make the passkey" }).click();
  await expect(page.getByText("This device keeps a passkey of this account already.")).toBeVisible();

  await signOut(page);
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await person.arrive("Overview");

  await signOut(page);
  await signIn(person);
  await expect(page.getByRole("heading", { level: 1, name: "Confirm with your passkey" })).toBeVisible();
  await fits(page);
  await page.getByRole("button", { name: "Use your passkey" }).click();
  await person.arrive("Overview");

  await person.goTo("Second Factors");
  await page.getByRole("link", { name: "laptop" }).click();
  await person.arrive("laptop");
  await fits(page);
  await page.locator("#rename-name").fill("work laptop");
  await page.locator("#rename-password").fill(PASSWORD);
  await page.getByRole("button", { name: "Rename", exact: true }).click();
  await page.getByRole("link", { name: "work laptop" }).click();
  await person.arrive("work laptop");
  await page.locator("#remove-password").fill(PASSWORD);
  await page.getByRole("button", { name: "Remove the passkey" }).click();
  await person.arrive("Second Factors");
  await expect(page.getByRole("link", { name: "work laptop" })).toHaveCount(0);

  // The device has it still, but it opens nothing.
  await signOut(page);
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await expect(page.getByText("This passkey cannot be used").first()).toBeVisible();
  await signIn(person);
  await person.arrive("Overview");
});

test("a device without a passkey says so, and the other ways remain", async ({ person, page }) => {
  await device(page);
  await page.goto(person.offing.url.replace("127.0.0.1", "localhost"));
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await expect(page.getByText("No passkey was used.")).toBeVisible();
  await signIn(person);
  await person.arrive("Overview");
});

test("an address of numbers has no passkeys, and the page says why", async ({ person, page }) => {
  await page.goto(person.offing.url);
  await expect(page.getByRole("button", { name: "Sign in with a passkey" })).toBeDisabled();
  await expect(page.getByText("This browser knows no passkeys at this address.")).toBeVisible();
  await person.signIn();
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("the page says why the button is not there, and the other ways remain", async ({ person, page }) => {
    await page.goto(person.offing.url);
    // What is in a noscript is not looked at by its text.
    const why = page.locator("noscript p").filter({ visible: true }).first();
    await expect(why).toContainText("Passkeys need JavaScript");
    await expect(page.getByRole("button", { name: "Sign in with a passkey" })).toBeHidden();
    await person.signIn();
    await person.goTo("Second Factors");
    await page.getByText("Add a passkey").click();
    await expect(why).toContainText("Passkeys need JavaScript");
  });
});
