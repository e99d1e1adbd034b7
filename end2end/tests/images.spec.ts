// The life of images on the simulator: every way in and out, with JavaScript and without.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, IncomingMessage, Server, ServerResponse } from "node:http";
import { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, Person, test } from "./verbs";

// The one place that is not the Internet from which images may be fetched here.
test.use({ serve: ["--demo", "--import-allow", "127.0.0.1/32"] });

/** A disk of that format with something on it. */
function disk(person: Person, name: string, format = "qcow2"): string {
  const folder = join(person.offing.data, "made");
  mkdirSync(folder, { recursive: true });
  const path = join(folder, name);
  execFileSync("qemu-img", ["create", "-q", "-f", format, path, "8M"]);
  execFileSync("qemu-io", ["-f", format, "-c", "write -q -P 7 1M 1M", path]);
  return path;
}

/** Goes to one of the ways in. */
async function create(person: Person, way: string): Promise<void> {
  await person.goTo("Images");
  await person.page.getByRole("link", { name: "Create image" }).first().click();
  await person.arrive("Create image");
  await person.page.getByRole("link", { name: way, exact: true }).click();
  await expect(person.page.getByRole("link", { name: way, exact: true })).toHaveAttribute("aria-current", "page");
}

/** A web server of a mirror: files by their path. */
async function mirror(files: Record<string, (request: IncomingMessage, response: ServerResponse) => void>): Promise<{ url: string; server: Server }> {
  const server = createServer((request, response) => {
    const file = files[request.url ?? ""];
    if (file) file(request, response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

async function life(person: Person): Promise<void> {
  const { page } = person;
  await person.signIn();
  const path = disk(person, "disk.qcow2");
  await person.uploadImage("disk-1", path);
  await expect(page.getByText("Accepted: qcow2 version 3")).toBeVisible();

  await person.follow(person.head(), "Edit");
  await person.arrive("Edit image");
  await page.getByLabel("Name", { exact: false }).first().fill("disk-2");
  await page.getByLabel("Protect from deletion").check();
  await page.getByLabel("Tags").fill("golden, tested");
  await page.locator("summary").filter({ hasText: "Operating system" }).click();
  await page.getByLabel(/\(os_distro\)/).selectOption("debian");
  await page.getByRole("button", { name: "Save" }).click();
  await person.arrive("disk-2");
  await expect(page.getByText("golden")).toBeVisible();
  await page.getByRole("link", { name: "Properties", exact: true }).click();
  await expect(page.getByText("debian")).toBeVisible();

  const download = page.waitForEvent("download");
  await person.follow(person.head(), "Download");
  const got = join(person.offing.data, "downloaded");
  await (await download).saveAs(got);
  expect(readFileSync(got).equals(readFileSync(path))).toBe(true);
  expect((await download).suggestedFilename()).toBe("disk-2.qcow2");

  await person.follow(person.head(), "Copy to a new image");
  await person.arrive("Copy image");
  await page.getByRole("button", { name: "Copy to a new image" }).click();
  await person.arrive("Copy of disk-2");
  await person.seesState("Active");
  await person.act(person.head(), "Delete", { confirm: true });
  await person.arrive("Images");
  await expect(person.row("Copy of disk-2")).toHaveCount(0);

  await person.row("disk-2").getByRole("link", { name: "disk-2" }).click();
  await person.arrive("disk-2");
  await person.head().getByRole("button", { name: /^Actions/ }).first().click();
  const remove = person.head().getByRole("button", { name: /^Delete/ }).locator("visible=true");
  await expect(remove).toHaveAttribute("aria-disabled", "true");
}

async function conversion(person: Person): Promise<void> {
  await person.signIn();
  for (const [format, name] of [["vmdk", "a.vmdk"], ["vpc", "a.vhd"], ["vhdx", "a.vhdx"], ["vdi", "a.vdi"]]) {
    await person.uploadImage(name, disk(person, name, format));
    await expect(person.page.getByText(/^Accepted: .*(VMDK|VHD|VDI)/i)).toBeVisible();
    await expect(person.page.locator(".fact").filter({ hasText: "Format" })).toContainText("qcow2");
  }
}

async function imports(person: Person): Promise<void> {
  const { page } = person;
  await person.signIn();
  const data = readFileSync(disk(person, "far.qcow2"));
  const sum = execFileSync("sha256sum", [join(person.offing.data, "made", "far.qcow2")], { encoding: "utf8" }).split(" ")[0];
  const { url, server } = await mirror({
    "/far.qcow2": (_, response) => response.writeHead(200, { "content-length": data.length }).end(data),
    "/moved.qcow2": (_, response) => response.writeHead(302, { location: "/far.qcow2" }).end(),
    "/inside.qcow2": (_, response) => response.writeHead(302, { location: "http://10.0.0.1/disk.qcow2" }).end(),
    "/SHA256SUMS": (_, response) => response.writeHead(200).end(`${"0".repeat(64)}  other.qcow2\n${sum} *far.qcow2\n${"1".repeat(64)}  moved.qcow2\n`),
  });
  const fetched = async (file: string, sums = "") => {
    await create(person, "From a URL");
    await page.getByLabel("URL").fill(file);
    await page.getByLabel("Checksum list").fill(sums);
    await page.getByRole("button", { name: "Import" }).click();
  };
  try {
    await fetched(`${url}/far.qcow2`, `${url}/SHA256SUMS`);
    await person.arrive("far.qcow2");
    await person.seesState("Active");
    await fetched(`${url}/moved.qcow2`);
    await person.arrive("moved.qcow2");
    await person.seesState("Active");
    await fetched(`${url}/moved.qcow2`, `${url}/SHA256SUMS`);
    await person.arrive("moved.qcow2");
    await person.seesState("Killed");
    await expect(page.getByText(sum)).toBeVisible();
    await fetched(`${url}/inside.qcow2`);
    await person.arrive("inside.qcow2");
    await person.seesState("Killed");
    await expect(page.getByText("10.0.0.1").first()).toBeVisible();
    for (const inside of ["http://[::1]/a.img", "http://169.254.169.254/a.img", "http://2852039166/a.img", "http://0xa.1/a.img"]) {
      await fetched(inside);
      await expect(page.locator(".field").filter({ has: page.getByLabel("URL") }).locator(".field-error")).toBeVisible();
    }
  } finally {
    server.close();
  }
}

async function sharing(person: Person): Promise<void> {
  const { page, offing } = person;
  // A second project, as an operator has it made.
  await offing.kill("SIGTERM");
  execFileSync(process.env.OFFING_PROGRAM ?? "", ["seed", "--data", join(offing.data, "cloud"), "--projects", "1", "--instances", "0"]);
  await offing.start();
  await person.signIn();
  const own = page.url();
  const seeded = page.locator("a").filter({ hasText: /^seed-/ });
  const other = await seeded.first().getAttribute("href");
  const [, otherId] = /\/p\/([^/?]+)/.exec(other ?? "") ?? [];
  expect(otherId).toBeTruthy();

  await person.uploadImage("shared-1", disk(person, "shared.qcow2"));
  const image = page.url();
  await page.goto(`${image}/edit`);
  await page.getByRole("radio", { name: /^Shared/ }).check();
  await page.getByRole("button", { name: "Save" }).click();
  await person.arrive("shared-1");
  await page.getByRole("main").getByRole("link", { name: "Members", exact: true }).click();
  await page.getByLabel("Project ID").fill("nobody");
  await page.getByRole("button", { name: "Share with a project" }).click();
  await expect(page.locator(".field-error")).toBeVisible();
  await page.getByLabel("Project ID").fill(otherId);
  await page.getByRole("button", { name: "Share with a project" }).click();
  await expect(person.row("seed-")).toContainText("Pending");

  const there = own.replace(/\/p\/[^/]+.*/, `/p/${otherId}`);
  await page.goto(`${there}/images`);
  await expect(person.row("shared-1")).toHaveCount(0);
  await page.getByRole("link", { name: "Shared with this project" }).click();
  await person.arrive("Shared with this project");
  await person.act(person.row("shared-1"), "Accept");
  await expect(person.row("shared-1")).toContainText("Accepted");
  await page.goto(`${there}/images`);
  await expect(person.row("shared-1")).toBeVisible();
  await page.goto(`${there}/images/shared`);
  await person.act(person.row("shared-1"), "Reject");
  await expect(person.row("shared-1")).toContainText("Rejected");
  await page.goto(`${there}/images`);
  await expect(person.row("shared-1")).toHaveCount(0);

  await page.goto(`${image}?tab=members`);
  await expect(person.row("seed-")).toContainText("Rejected");
  await person.act(person.row("seed-"), "Stop sharing", { confirm: true });
  await expect(page.getByText("Shared with nobody")).toBeVisible();
}

/** The way from an image to an instance of it, past a newer one that would have been chosen otherwise. */
async function launching(person: Person): Promise<void> {
  const { page } = person;
  await person.signIn();
  await person.createStarterNetwork();
  await person.uploadImage("older", disk(person, "older.qcow2"));
  const older = page.url();
  await person.uploadImage("newer", disk(person, "newer.qcow2"));
  await page.goto(older);
  await person.arrive("older");
  await person.follow(person.head(), "Launch instance");
  await person.arrive("Launch instance");
  await expect(page.getByRole("combobox", { name: /^Image/ }).locator("option:checked")).toContainText("older");
  await page.getByLabel("Name").first().fill("vm-of-older");
  await page.getByRole("button", { name: "Launch", exact: true }).click();
  await person.arrive("vm-of-older");
  await expect(page.locator(".fact").filter({ hasText: /^Image/ })).toContainText("older");

  await page.goto(older.replace(/images\/.*/, "instances/launch?image=5b1c9c8e-6a4e-4a7e-9d0a-0d8c3f0f6f52"));
  await expect(page.locator(".field").filter({ has: page.getByRole("combobox", { name: /^Image/ }) }).locator(".field-error")).toBeVisible();
  await expect(page.getByRole("combobox", { name: /^Image/ })).toHaveValue("");
}

/** What the plain form of an upload says is held against the file, and comes back when it does not fit. */
async function checked(person: Person): Promise<void> {
  const { page } = person;
  await person.signIn();
  const path = disk(person, "checked.qcow2");
  await create(person, "From this computer");
  await page.getByLabel("Name").fill("checked");
  await page.locator("summary").filter({ hasText: "Tags, protection" }).click();
  await page.getByLabel("Tags").fill("golden");
  await page.locator("summary").filter({ hasText: "Operating system" }).click();
  await page.getByLabel(/\(os_admin_user\)/).fill("ann");
  await page.getByLabel("Checksum").fill("0".repeat(64));
  await page.getByLabel("File").setInputFiles(path);
  await page.getByRole("button", { name: "Upload" }).click();
  await expect(page.locator(".field-error").first()).toContainText("checksum");
  await expect(page.getByLabel("Tags")).toHaveValue("golden");
  await expect(page.getByLabel(/\(os_admin_user\)/)).toHaveValue("ann");
  await page.getByLabel("Checksum").fill(execFileSync("sha256sum", [path], { encoding: "utf8" }).split(" ")[0]);
  await page.getByLabel("File").setInputFiles(path);
  await page.getByRole("button", { name: "Upload" }).click();
  await person.arrive("checked");
  await person.seesState("Active");
  await expect(page.getByText("golden")).toBeVisible();
  await page.getByRole("link", { name: "Properties", exact: true }).click();
  await expect(page.getByText("ann", { exact: true })).toBeVisible();
}

async function many(person: Person): Promise<void> {
  const { page } = person;
  await person.signIn();
  const path = disk(person, "many.qcow2");
  for (const name of ["many-1", "many-2", "many-3"]) await person.uploadImage(name, path);
  await person.goTo("Images");
  for (const name of ["many-1", "many-3"]) await person.row(name).getByRole("checkbox").check();
  await page.getByRole("button", { name: "Delete chosen" }).first().click();
  await page.getByRole("alertdialog").getByRole("button", { name: /^Delete/ }).click();
  await expect(person.row("many-1")).toHaveCount(0);
  await expect(person.row("many-3")).toHaveCount(0);
  await expect(person.row("many-2")).toBeVisible();
}

for (const scripted of [true, false]) {
  test.describe(scripted ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled: scripted });
    test("an image is uploaded, changed, downloaded, copied and deleted", async ({ person }) => life(person));
    test("other programs' disks are converted", async ({ person }) => conversion(person));
    test("images are fetched from elsewhere, but not from inside", async ({ person }) => imports(person));
    test("an image is shared with a project, which accepts and rejects it", async ({ person }) => sharing(person));
    test("an instance is launched from the image that it was asked of", async ({ person }) => launching(person));
    test("an upload is checked and described", async ({ person }) => checked(person));
    test("several are deleted together", async ({ person }) => many(person));
  });
}

test("the catalogue's images are there to be imported", async ({ person, page }) => {
  await person.signIn();
  await create(person, "Catalogue");
  for (const name of ["Debian", "Ubuntu", "Fedora", "Rocky", "Alpine", "CirrOS"]) await expect(person.row(name)).toBeVisible();
  await expect(person.row("CirrOS").getByRole("button", { name: "Import" }).first()).toBeEnabled();
  await expect(page.getByText("checked against their checksums")).toBeVisible();
});
