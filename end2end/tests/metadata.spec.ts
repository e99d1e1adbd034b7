// What instances and flavors carry besides what they are, on the simulator.
import { expect, Person, test } from "./verbs";

test.use({ serve: ["--demo"] });

async function metadata(person: Person): Promise<void> {
  const { page } = person;
  await person.signIn();
  await person.createStarterNetwork();
  await person.launchInstance("web-1");
  await person.seesState("Active");
  await person.follow(person.head(), "Update metadata");
  await person.arrive("Metadata");
  await page.locator("summary").filter({ hasText: "Web servers" }).click();
  await page.getByLabel(/\(sw_webserver_nginx_version\)/).fill("1.28");
  await page.getByLabel("Other properties").fill("tier=front\nno value");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Line 2: write name=value.").first()).toBeVisible();
  await expect(page.getByLabel(/\(sw_webserver_nginx_version\)/)).toHaveValue("1.28");
  await page.getByLabel("Other properties").fill("tier=front");
  await page.getByRole("button", { name: "Save" }).click();
  await person.arrive("web-1");
  const fact = (name: string) => page.locator(".fact").filter({ hasText: name });
  await expect(fact("sw_webserver_nginx_version")).toContainText("1.28");
  await expect(fact("tier")).toContainText("front");

  await person.goTo("Flavors");
  const row = page.getByRole("row").filter({ hasText: "m1.nano" });
  await person.follow(row, "Update extra specs");
  await person.arrive("Extra specs of m1.nano");
  await page.locator("summary").filter({ hasText: "Watchdog" }).click();
  await page.getByLabel(/\(hw:watchdog_action\)/).selectOption("reset");
  await page.getByRole("button", { name: "Save" }).click();
  await person.arrive("Flavors");
  await expect(row).toContainText("hw:watchdog_action = reset");
}

test("instances and flavors carry properties", async ({ person }) => {
  await metadata(person);
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("instances and flavors carry properties", async ({ person }) => {
    await metadata(person);
  });
});
