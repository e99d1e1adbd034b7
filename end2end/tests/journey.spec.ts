// From an empty cloud to an instance that answers, and back to nothing, on real libvirt, QEMU and OVN.
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { bootOf, devices, domains, imageFiles, instanceFiles, networkRows, ssh } from "./host";
import { expect, Person, test } from "./verbs";

test.setTimeout(900_000);

const GUEST_IMAGE = process.env.OFFING_GUEST_IMAGE ?? "";

test("from signing in to the console, and back to nothing", async ({ person }) => {
  await journey(person);
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("from signing in to SSH, and back to nothing", async ({ person }) => {
    await journey(person);
  });
});

async function journey(person: Person): Promise<void> {
  const { page, offing } = person;
  const key = join(offing.data, "laptop.pem");
  await person.signIn();
  await expect.poll(networkRows).not.toEqual([]);
  const [rows, ports] = [networkRows(), devices()];

  await person.uploadImage("offing-guest", GUEST_IMAGE);
  await person.createStarterNetwork();
  await person.allowSsh();
  await person.createKeyPair("laptop", key);
  chmodSync(key, 0o600);

  await person.launchInstance("web-1", { Image: "offing-guest", "Key pair": "laptop" });
  await person.seesState("Active");
  const address = page.url();

  await page.getByRole("link", { name: "Log", exact: true }).click();
  await person.sees(page.getByRole("log"), "web-1 login:", 180_000);
  if (person.scripted) await looksAtConsoles(person);

  await page.goto(address);
  await person.arrive("web-1");
  await page.getByRole("button", { name: "Give it a floating IP" }).click();
  const command = page.getByText(/^ssh -i laptop.pem offing@/).first();
  await expect(command).toBeVisible();
  const floating = ((await command.textContent()) ?? "").trim().split("@")[1];
  await expect.poll(() => ssh(key, floating, "hostname"), { timeout: 180_000 }).toBe("web-1");

  await person.act(person.head(), "Stop", { confirm: true });
  await person.seesState("Shutoff");
  await person.act(person.head(), "Start");
  await person.seesState("Active");
  await person.act(person.head(), "Delete", { confirm: true });
  await person.arrive("Instances", 120_000);
  await expect(person.row("web-1")).toBeHidden({ timeout: 120_000 });

  await person.goTo("Floating IPs");
  await person.act(person.row(floating), "Release", { confirm: true });
  await expect(person.row(floating)).toBeHidden();
  await person.goTo("Networks");
  await person.act(person.row("starter-network"), "Delete", { confirm: true });
  await expect(person.row("starter-network")).toBeHidden();
  await person.act(person.row("starter-router"), "Delete", { confirm: true });
  await expect(person.row("starter-router")).toBeHidden();

  await expect.poll(domains).toEqual([]);
  await expect.poll(() => instanceFiles(offing.data)).toEqual([]);
  await expect.poll(devices).toEqual(ports);
  // The default security group stays, with the rule for SSH: its port group and its rules are no instance's.
  const left = () => networkRows().filter((row) => !rows.includes(row) && !/^(Port_Group|ACL) /.test(row));
  await expect.poll(left).toEqual([]);
}

async function looksAtConsoles(person: Person): Promise<void> {
  const { page } = person;
  await page.getByRole("link", { name: "Console", exact: true }).click();
  const screen = page.locator("canvas").first();
  const colours = () =>
    screen.evaluate((canvas: HTMLCanvasElement) => {
      const pixels = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data;
      return new Set(new Uint32Array(pixels?.buffer ?? new ArrayBuffer(0))).size;
    });
  await expect(screen).toBeVisible();
  await expect.poll(colours).toBeGreaterThan(1);

  await page.getByRole("link", { name: "Serial console", exact: true }).click();
  await expect(page.getByRole("status").filter({ hasText: "Connected" })).toBeVisible();
  await page.locator(".xterm-helper-textarea").focus();
  await page.keyboard.press("Enter");
  await expect(page.locator(".xterm-rows")).toContainText("login:");
}

test("a snapshot of a running guest starts as another", async ({ person }) => {
  await takesSnapshot(person);
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("a snapshot of a running guest is made by forms", async ({ person }) => {
    await takesSnapshot(person);
  });
});

async function takesSnapshot(person: Person): Promise<void> {
  const { page, offing } = person;
  await person.signIn();
  await person.createStarterNetwork();
  await person.launchInstance("web-1");
  await person.seesState("Active");
  await page.getByRole("link", { name: "Log", exact: true }).click();
  await person.sees(page.getByRole("log"), "web-1 login:", 180_000);
  const boot = bootOf(domains()[0]);

  await person.follow(person.head(), "Create snapshot");
  await person.arrive("Create snapshot");
  await page.getByLabel("Name").fill("golden");
  await page.getByRole("button", { name: "Create snapshot" }).click();
  await person.arrive("golden");
  await person.seesState("Active");
  expect(bootOf(domains()[0])).toBe(boot);

  await person.launchInstance("web-2", { Image: "golden" });
  await person.seesState("Active");
  await page.getByRole("link", { name: "Log", exact: true }).click();
  await person.sees(page.getByRole("log"), "web-2 login:", 180_000);
  expect(instanceFiles(offing.data).filter((file) => file.includes("snapshot"))).toEqual([]);
}

test("killed while a project is deleted, the next start leaves nothing of it", async ({ person, offing }) => {
  const { page } = person;
  await person.signIn();
  await expect.poll(networkRows).not.toEqual([]);
  const [rows, ports, images] = [networkRows(), devices(), imageFiles(offing.data)];
  await person.goTo("Projects");
  const projects = page.url();
  await page.getByRole("link", { name: "Create project" }).first().click();
  await person.arrive("Create project");
  await page.getByLabel("Name", { exact: true }).fill("delta");
  await page.getByRole("button", { name: "Create project" }).click();
  await person.arrive("delta");
  const delta = page.url().split("/").pop();
  await page.goto(`${offing.url}/p/${delta}/overview`);
  await person.arrive("Overview");
  await person.uploadImage("offing-guest", GUEST_IMAGE);
  await person.createKeyPair("laptop", join(offing.data, "laptop.pem"));
  for (const name of ["vm-1", "vm-2"]) {
    await person.launchInstance(name, { Image: "offing-guest" });
    await person.seesState("Active");
  }
  await person.follow(person.head(), "Create snapshot");
  await person.arrive("Create snapshot");
  await page.getByRole("button", { name: "Create snapshot" }).click();
  await person.arrive("vm-2 snapshot");
  expect(domains()).toHaveLength(2);

  await page.goto(projects);
  await person.arrive("Projects");
  await page.getByRole("link", { name: "delta", exact: true }).click();
  await person.arrive("delta");
  await person.follow(person.head(), "Delete");
  await person.arrive("Delete project");
  await page.getByLabel(/delta/).fill("delta");
  const accepted = page.waitForResponse(/project_delete/);
  await page.getByRole("button", { name: "Delete project" }).click();
  await accepted;
  await offing.kill();
  await offing.start();

  await expect.poll(domains, { timeout: 120_000 }).toEqual([]);
  await expect.poll(networkRows, { timeout: 60_000 }).toEqual(rows);
  await expect.poll(devices).toEqual(ports);
  await expect.poll(() => instanceFiles(offing.data)).toEqual([]);
  await expect.poll(() => imageFiles(offing.data), { timeout: 60_000 }).toEqual(images);
  await page.goto(projects);
  await person.arrive("Projects");
  await expect(person.row("delta")).toHaveCount(0);
});

test("killed during a launch, the next start ends it once; running guests notice nothing", async ({ person, offing }) => {
  await person.signIn();
  await person.createStarterNetwork();
  await person.launchInstance("vm-1");
  await offing.kill();
  await offing.start();
  await person.page.reload();
  await person.seesState("Active");
  expect(domains()).toHaveLength(1);
  const [domain] = domains();

  const boot = bootOf(domain);
  await offing.kill();
  await offing.start();
  await person.page.reload();
  await person.seesState("Active");
  expect(bootOf(domain)).toBe(boot);
  await person.act(person.head(), "Delete", { confirm: true });
  await expect.poll(domains, { timeout: 120_000 }).toEqual([]);
});
