// From an empty cloud to an instance's console, on real libvirt, QEMU and OVN.
import { expect, test } from "@playwright/test";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { domains, logicalPorts, namespaces, ssh } from "./host";
import { Offing } from "./offing";
import { act, allowSsh, createStarterNetwork, expectState, goTo, launchInstance, row, signIn, uploadImage } from "./verbs";

test.setTimeout(900_000);

let offing: Offing;
test.beforeEach(async () => {
  offing = await Offing.start();
});
test.afterEach(async () => {
  await offing.close();
});

test("from signing in to the console, and back to nothing", async ({ page }) => {
  const wrong: string[] = [];
  page.on("pageerror", (error) => wrong.push(String(error)));
  await signIn(page, offing);
  await uploadImage(page, "guest", process.env.OFFING_GUEST_IMAGE!);
  await createStarterNetwork(page);
  await allowSsh(page);

  await goTo(page, "Key Pairs");
  await page.getByRole("link", { name: "Create key pair" }).first().click();
  await page.getByLabel("Name").fill("laptop");
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: /^Create/ }).click();
  const key = join(offing.data, "laptop.pem");
  await (await download).saveAs(key);
  chmodSync(key, 0o600);

  await launchInstance(page, "web-1", { "Key pair": "laptop", Image: "guest" });
  await expectState(page, "Active");
  const address = page.url();

  await page.getByRole("link", { name: "Log", exact: true }).click();
  await expect(page.getByText("login:").first()).toBeVisible({ timeout: 180_000 });

  await page.getByRole("link", { name: "Console", exact: true }).click();
  const screen = page.locator("canvas").first();
  await expect(screen).toBeVisible();
  await expect
    .poll(() => screen.evaluate((canvas: HTMLCanvasElement) => {
      const pixels = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height).data;
      return new Set(new Uint32Array(pixels.buffer)).size;
    }))
    .toBeGreaterThan(1);

  await page.goto(address);
  await page.getByRole("button", { name: "Give it a floating IP" }).click();
  const floating = page.getByText(/ssh .*@172\.24\.4\.\d+/).first();
  await expect(floating).toBeVisible();
  const ip = /172\.24\.4\.\d+/.exec((await floating.textContent()) ?? "")![0];
  await expect.poll(() => ssh(key, ip, "hostname").output.trim(), { timeout: 120_000 }).toBe("web-1");

  await act(page, "Stop", true);
  await expectState(page, "Shutoff");
  await act(page, "Start");
  await expectState(page, "Active");
  await act(page, "Delete", true);
  await expect(page.getByRole("heading", { level: 1, name: "Instances" })).toBeVisible({ timeout: 120_000 });

  await goTo(page, "Floating IPs");
  await row(page, ip).getByRole("button", { name: /^Actions/ }).click();
  await page.getByRole("button", { name: "Release", exact: true }).locator("visible=true").click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Release" }).click();
  await expect(row(page, ip)).toBeHidden();

  await goTo(page, "Networks");
  await row(page, "starter-network").getByRole("button", { name: /^Actions/ }).click();
  await page.getByRole("button", { name: "Delete", exact: true }).locator("visible=true").click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
  await expect(row(page, "starter-network")).toBeHidden();

  await expect.poll(domains).toEqual([]);
  await expect.poll(namespaces).toEqual([]);
  await expect.poll(() => logicalPorts().filter((name) => name.includes("web-1"))).toEqual([]);
  expect(wrong).toEqual([]);
});

test("killed during a launch, the next start ends it; running guests notice nothing", async ({ page }) => {
  await signIn(page, offing);
  await uploadImage(page, "guest", process.env.OFFING_GUEST_IMAGE!);
  await createStarterNetwork(page);
  await launchInstance(page, "vm-1", { Image: "guest" });
  await offing.kill();
  await offing.start();
  await page.reload();
  await expectState(page, "Active");
  expect(domains()).toHaveLength(1);
  const [domain] = domains();

  const before = await bootOf(domain);
  await offing.kill();
  await offing.start();
  await page.reload();
  await expectState(page, "Active");
  expect(await bootOf(domain)).toBe(before);
  await act(page, "Delete", true);
  await expect.poll(domains, { timeout: 120_000 }).toEqual([]);
});

/** The QEMU process behind a domain: another number means another boot. */
async function bootOf(domain: string): Promise<string> {
  const { run } = await import("./host");
  return run("virsh", "--connect", "qemu:///system", "domid", domain).trim();
}
