// How programs reach the cloud: application credentials from the form to the API, in a browser with JavaScript and without.
import { readFileSync } from "node:fs";
import { expect, Person, test } from "./verbs";

test.use({ serve: ["--demo"] });

/** Creates a credential, and answers with what its clouds.yaml says. */
async function createCredential(person: Person, name: string): Promise<{ url: string; id: string; secret: string }> {
  const { page } = person;
  await person.goTo("Application Credentials");
  await page.getByRole("link", { name: "Create application credential" }).first().click();
  await person.arrive("Create application credential");
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByRole("checkbox", { name: "reader" }).check();
  await page.getByLabel("Expires").fill("2020-01-01");
  await page.getByLabel("Access rules").fill("identity GET /v3/auth/catalog");
  await page.getByRole("button", { name: "Create application credential" }).click();
  await expect(page.getByText("This is in the past already.").first()).toBeVisible();
  await expect(page.getByLabel("Access rules")).toHaveValue("identity GET /v3/auth/catalog");
  await page.getByLabel("Expires").fill("2099-12-31");
  await page.getByRole("button", { name: "Create application credential" }).click();
  await expect(page.getByText(`“${name}” has been created`)).toBeVisible();
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download clouds.yaml" }).click();
  const saved = await download;
  expect(saved.suggestedFilename()).toBe("clouds.yaml");
  const text = readFileSync(await saved.path(), "utf8");
  const value = (key: string) => new RegExp(`${key}: "(.*)"`).exec(text)?.[1] ?? "";
  await page.getByRole("link", { name: "I have kept it" }).click();
  await person.arrive("Application Credentials");
  return { url: value("auth_url"), id: value("application_credential_id"), secret: value("application_credential_secret") };
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });

    test("a credential opens what its rules say, until it is deleted", async ({ person, page, request }) => {
      await person.signIn();
      const { url, id, secret } = await createCredential(person, "builds");
      await expect(page.locator("body")).not.toContainText(secret);
      const identity = { methods: ["application_credential"], application_credential: { id, secret } };
      const signIn = () => request.post(`${url}/auth/tokens`, { data: { auth: { identity } } });
      const menu = person.row("builds").getByRole("button", { name: /^Actions/ });
      if (javaScriptEnabled) await menu.click();
      const issued = await signIn();
      expect(issued.status()).toBe(201);
      const headers = { "X-Auth-Token": issued.headers()["x-subject-token"] };
      const { token } = await issued.json();
      expect((await request.get(`${url}/auth/catalog`, { headers })).status()).toBe(200);
      expect((await request.get(`${url}/users/${token.user.id}/application_credentials`, { headers })).status()).toBe(403);

      await expect(person.row("builds")).toContainText("identity GET /v3/auth/catalog");
      if (javaScriptEnabled) {
        // A row that changes does not close the menu that somebody has opened.
        await expect(person.row("builds")).not.toContainText("never");
        await expect(person.row("builds").getByRole("button", { name: "Delete", exact: true })).toBeVisible();
      }
      await person.act(person.row("builds"), "Delete", { confirm: true });
      await expect(page.getByRole("row").filter({ hasText: "builds" })).toHaveCount(0);
      expect((await request.get(`${url}/auth/catalog`, { headers })).status()).toBe(401);
      expect((await signIn()).status()).toBe(401);
    });

    test("an administrator revokes one in the list of all", async ({ person, page }) => {
      await person.signIn();
      await createCredential(person, "backup");
      await person.goTo("All Credentials");
      await expect(person.row("backup")).toContainText("admin");
      await person.act(person.row("backup"), "Revoke", { confirm: true });
      await expect(page.getByRole("row").filter({ hasText: "backup" })).toHaveCount(0);
    });

    test("the page of the API tells where it is, and hands out the files", async ({ person, page, offing, request }) => {
      await person.signIn();
      await person.goTo("API Access");
      await expect(person.row("keystone")).toContainText(`${offing.url}/identity`);
      expect((await request.get(`${offing.url}/identity/v3`)).status()).toBe(200);
      for (const [link, name] of [
        ["Download openrc", "admin-openrc.sh"],
        ["Download clouds.yaml", "clouds.yaml"],
      ]) {
        const download = page.waitForEvent("download");
        await page.getByRole("link", { name: link }).click();
        const saved = await download;
        expect(saved.suggestedFilename()).toBe(name);
        expect(readFileSync(await saved.path(), "utf8")).toContain(`${offing.url}/identity/v3`);
      }
    });
  });
}
