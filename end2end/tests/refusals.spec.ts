// What Offing refuses, and that it says so where it was given, and that nothing is left of it.
import { execFileSync } from "node:child_process";
import { closeSync, ftruncateSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, Person, test } from "./verbs";

test.use({ serve: ["--demo"] });

/** Uploads the file and looks for the reason by the field. */
async function refused(person: Person, path: string, why: RegExp): Promise<void> {
  const { page } = person;
  await person.goTo("Images");
  await page.getByRole("link", { name: "Create image" }).first().click();
  await person.arrive("Create image");
  await page.getByLabel("Name").fill("refused-1");
  await page.getByLabel("File").setInputFiles(path);
  await page.getByRole("button", { name: "Upload" }).click();
  const field = page.locator(".field").filter({ has: page.getByLabel("File") });
  await expect(field.locator(".field-error")).toContainText(why);
  await expect(page.getByLabel("Name")).toHaveValue("refused-1");
}

/** The data of images that the program keeps. */
function stored(person: Person): string[] {
  const kept = readdirSync(join(person.offing.data, "cloud", "images"), { recursive: true, withFileTypes: true });
  return kept.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

test("images that are none, or that reach for other files", async ({ person, offing }) => {
  const made = join(offing.data, "made");
  mkdirSync(made);
  const image = (name: string, ...options: string[]) => {
    execFileSync("qemu-img", ["create", "-q", "-f", "qcow2", ...options, join(made, name), "1M"]);
    return join(made, name);
  };
  await person.signIn();
  const before = stored(person);

  writeFileSync(join(made, "text.img"), "This is a letter and no disk.\n".repeat(100));
  await refused(person, join(made, "text.img"), /./);
  await refused(person, image("backed.qcow2", "-b", "/etc/hostname", "-F", "raw"), /backing file/i);
  await refused(person, image("data.qcow2", "-o", `data_file=${join(made, "outside.raw")},data_file_raw=on`), /data file/i);

  const whole = image("whole.qcow2");
  execFileSync("qemu-io", ["-f", "qcow2", "-c", "write -q 0 1M", whole]);
  const cut = openSync(whole, "r+");
  ftruncateSync(cut, readFileSync(whole).length / 2);
  closeSync(cut);
  await refused(person, whole, /./);

  expect(stored(person)).toEqual(before);
  await person.goTo("Images");
  await expect(person.row("refused-1")).toHaveCount(0);
});

test("an image for which the disk has no room", async ({ person, offing }) => {
  await person.signIn();
  const images = join(offing.data, "cloud", "images");
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=4m", "tmpfs", images]);
  try {
    const large = join(offing.data, "large.iso");
    const volume = Buffer.alloc(16 * 1024 * 1024);
    volume.write("\x01CD001\x01", 16 * 2048, "latin1");
    writeFileSync(large, volume);
    await refused(person, large, /space|full|room/i);
    expect(stored(person)).toEqual([]);
    rmSync(large);
  } finally {
    execFileSync("umount", [images]);
  }
});

test("an image for which the quota has no room", async ({ person, page, offing }) => {
  await person.signIn();
  await person.goTo("All Quotas");
  await page.getByRole("link", { name: "Defaults", exact: true }).click();
  const limit = page.locator("input[name='limits[image_bytes]']");
  await limit.fill(String(1024 * 1024));
  await page.locator("form").filter({ has: limit }).getByRole("button", { name: "Save" }).click();
  await expect(async () => {
    await page.reload();
    await expect(limit).toHaveValue(String(1024 * 1024), { timeout: 1000 });
  }).toPass();

  const before = stored(person);
  const disk = join(offing.data, "over.img");
  execFileSync("qemu-img", ["create", "-q", "-f", "qcow2", disk, "1G"]);
  execFileSync("qemu-io", ["-f", "qcow2", "-c", "write -q 0 4M", disk]);
  await refused(person, disk, /quota/i);
  expect(stored(person)).toEqual(before);
});

test("a subnet that overlaps, a flavor too small, user data too long", async ({ person, page }) => {
  await person.signIn();
  await person.createStarterNetwork();
  await page.getByRole("link", { name: "starter-network" }).first().click();
  await person.arrive("starter-network");
  await page.getByText("Add subnet").first().click();
  await page.getByLabel("Network address").fill("10.0.0.128/25");
  await page.getByRole("button", { name: "Add subnet" }).click();
  await expect(page.locator(".field").filter({ has: page.getByLabel("Network address") }).locator(".field-error")).toContainText("10.0.0.0/24");

  const disk = join(person.offing.data, "large.qcow2");
  execFileSync("qemu-img", ["create", "-q", "-f", "qcow2", disk, "30G"]);
  await person.uploadImage("large", disk);
  await person.goTo("Instances");
  await page.getByRole("link", { name: "Launch instance" }).first().click();
  await person.arrive("Launch instance");
  const image = page.getByRole("combobox", { name: /^Image/ });
  await image.selectOption(await image.locator("option").filter({ hasText: "large" }).getAttribute("value"));
  await expect(page.getByRole("radio", { name: /m1\.nano/ })).toBeDisabled();
  await expect(page.getByText(/30 GiB/).first()).toBeVisible();

  const userData = page.locator("textarea[name=user_data]");
  await page.locator("summary").filter({ hasText: "User data" }).click();
  await userData.fill("x".repeat(65 * 1024));
  await page.getByRole("button", { name: "Launch", exact: true }).click();
  await expect(page.locator(".field").filter({ has: userData }).locator(".field-error")).toContainText("64");
  await person.goTo("Instances");
  await expect(page.getByText("No instances yet")).toBeVisible();
});
