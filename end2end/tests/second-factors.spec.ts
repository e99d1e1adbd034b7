// Signing in with more than a password, in a real browser, with JavaScript and without.
import { Page } from "@playwright/test";
import { createHmac } from "node:crypto";
import { PASSWORD } from "./offing";
import { expect, Person, test } from "./verbs";

test.use({ serve: ["--demo"] });

const STEP = 30_000;

/**
 * What an authenticator app shows that was told the key (RFC 6238), some steps from now. Waits for the next step where the present one is
 * nearly over: typed in time, the code would come too late.
 */
async function code(key: string, steps = 0): Promise<string> {
  const left = STEP - (Date.now() % STEP);
  if (left < 5_000) await new Promise((done) => setTimeout(done, left));
  const bits = [...key].map((c) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0")).join("");
  const secret = Buffer.from(bits.match(/.{8}/g)!.map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / STEP) + steps));
  const hash = createHmac("sha1", secret).update(step).digest();
  const number = hash.readUInt32BE(hash[19] & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}

/** Sets an app up; ends with its key and the recovery codes. */
async function enrol(person: Person): Promise<{ key: string; codes: string[] }> {
  const { page } = person;
  await person.goTo("Second Factors");
  await page.getByLabel("Current password").first().fill("not it at all");
  await page.getByRole("button", { name: "Set up" }).click();
  await expect(page.getByText("This is not your password.").first()).toBeVisible();
  await page.getByLabel("Current password").first().fill(PASSWORD);
  await page.getByRole("button", { name: "Set up" }).click();
  await expect(page.getByRole("img", { name: "QR code" })).toBeVisible();
  const key = (await page.locator(".enrolment .copyable code").textContent()) ?? "";
  await page.getByLabel("Code of the app").fill("000000");
  await page.getByRole("button", { name: "Turn on" }).click();
  await expect(page.getByText("This code is not right").first()).toBeVisible();
  // The step before, so that the present one is still good for signing in.
  await page.getByLabel("Code of the app").fill(await code(key, -1));
  await page.getByRole("button", { name: "Turn on" }).click();
  return { key, codes: await recoveryCodes(page) };
}

async function recoveryCodes(page: Page): Promise<string[]> {
  const shown = page.getByRole("group", { name: "Recovery codes" });
  await expect(shown).toBeVisible();
  const codes = ((await shown.locator("code").textContent()) ?? "").trim().split("\n");
  expect(codes).toHaveLength(10);
  return codes;
}

/** Signs out, and in again with the password; ends where the code is asked for. */
async function knock(person: Person): Promise<void> {
  const { page } = person;
  await page.getByRole("button", { name: "Account" }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByLabel("User name").fill("admin");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Enter your code" })).toBeVisible();
}

async function answer(person: Person, code: string): Promise<void> {
  await person.page.getByLabel("Code").fill(code);
  await person.page.getByRole("button", { name: "Sign in", exact: true }).click();
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });

    test("an app is set up, asked for, and given up", async ({ person, page }) => {
      await person.signIn();
      const { key, codes } = await enrol(person);
      await knock(person);
      await answer(person, "000000");
      await expect(page.getByText("This code is not right").first()).toBeVisible();
      const now = await code(key);
      await answer(person, now);
      await person.arrive("Overview");

      await knock(person);
      await answer(person, now);
      await expect(page.getByText("This code is not right").first()).toBeVisible();
      await answer(person, codes[0]);
      await person.arrive("Overview");

      await person.goTo("Second Factors");
      await expect(page.getByText("Recovery codes left")).toBeVisible();
      await page.getByText("Make new recovery codes").first().click();
      await page.locator("#renew-password").fill(PASSWORD);
      await page.getByRole("button", { name: "Make new recovery codes" }).click();
      const fresh = await recoveryCodes(page);
      await knock(person);
      await answer(person, codes[1]);
      await expect(page.getByText("This code is not right").first()).toBeVisible();
      await answer(person, fresh[0]);
      await person.arrive("Overview");

      await person.goTo("Second Factors");
      await page.getByText("Remove the app").first().click();
      await page.locator("#remove-password").fill(PASSWORD);
      await page.getByRole("button", { name: "Remove the app" }).click();
      await expect(page.getByRole("button", { name: "Set up" })).toBeVisible();
      await page.getByRole("button", { name: "Account" }).click();
      await page.getByRole("button", { name: "Sign out" }).click();
      await person.signIn();
    });

    test("an administrator removes what was lost", async ({ person, page }) => {
      await person.signIn();
      await enrol(person);
      await person.goTo("Users");
      await page.getByRole("link", { name: "admin", exact: true }).click();
      await person.arrive("admin");
      await person.act(person.head(), "Remove second factors", { confirm: true });
      await person.goTo("Second Factors");
      await expect(page.getByRole("button", { name: "Set up" })).toBeVisible();
    });
  });
}
