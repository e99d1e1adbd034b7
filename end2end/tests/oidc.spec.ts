// Signing in with a domain's provider of identity, in a real browser, with JavaScript and without.
import { Page } from "@playwright/test";
import { CLIENT, Provider, SECRET } from "./provider";
import { expect, Person, test as base } from "./verbs";

const test = base.extend<{ provider: Provider }>({
  provider: async ({}, use) => {
    const provider = await Provider.start();
    await use(provider);
    provider.close();
  },
});

test.use({ serve: ["--demo"] });

/** Sets the provider up, from the page of the domain on. */
async function setUp(person: Person, provider: Provider): Promise<void> {
  const { page } = person;
  await person.goTo("Groups");
  await page.getByRole("link", { name: "Create group" }).first().click();
  await person.arrive("Create group");
  await page.getByLabel("Name").fill("Staff");
  await page.getByRole("button", { name: "Create group" }).click();
  await person.arrive("Staff");
  await person.goTo("Domains");
  await page.getByRole("link", { name: "Default", exact: true }).click();
  await person.arrive("Default");
  await person.head().getByRole("link", { name: "Sign-in provider" }).click();
  await person.arrive("Sign-in provider of Default");
  await page.getByLabel("Name", { exact: true }).fill("Example");
  await page.getByLabel("Issuer").fill("http://sso.example.org");
  await page.getByLabel("Client ID").fill(CLIENT);
  await page.getByLabel("Client secret").fill(SECRET);
  await page.getByLabel("Groups here").fill("employee=Staff");
  await page.getByLabel("Make users of those whom nobody here knows").check();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Not an issuer's address").first()).toBeVisible();
  await page.getByLabel("Issuer").fill(provider.issuer);
  await page.getByLabel("Client secret").fill(SECRET);
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("button", { name: "Test" }).click();
  await expect(page.getByText("The provider answers, and signs with one key.")).toBeVisible();
}

async function come(page: Page, name: string): Promise<void> {
  await page.getByRole("link", { name: "Sign in with Example" }).click();
  await page.getByLabel("Who are you?").fill(name);
  await page.getByRole("button", { name: "Enter" }).click();
}

async function signOut(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Account" }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });

    test("an organisation's people sign in where they always do", async ({ person, page, provider }) => {
      await person.signIn();
      await setUp(person, provider);
      await signOut(page);

      await come(page, "nobody");
      await expect(page.getByText("The provider did not let you in.").first()).toBeVisible();
      provider.people.ann = { sub: "1", preferred_username: "ann", email: "ann@example.org", groups: ["employee"] };
      await come(page, "ann");
      await person.arrive("Profile");
      await expect(page.getByText("You are in no project").first()).toBeVisible();
      await signOut(page);

      await person.signIn();
      await person.goTo("Users");
      await page.getByRole("link", { name: "ann", exact: true }).click();
      await person.arrive("ann");
      await expect(page.getByText("the domain's provider", { exact: true })).toBeVisible();
      await page.getByRole("link", { name: "Groups" }).last().click();
      await expect(page.getByRole("link", { name: "Staff" })).toBeVisible();
      await signOut(page);

      provider.people.ann = { ...provider.people.ann, groups: "guest" };
      await come(page, "ann");
      await person.arrive("Profile");
      await signOut(page);
      provider.people.ann = { ...provider.people.ann, groups: { employee: true } };
      await come(page, "ann");
      await expect(page.getByText("What the provider says of you does not hold.").first()).toBeVisible();
      // A name there is nobody's name here.
      provider.people.ann = { sub: "2", preferred_username: "admin" };
      await come(page, "ann");
      await expect(page.getByText("You are not admitted here.").first()).toBeVisible();
      await person.signIn();
    });
  });
}
