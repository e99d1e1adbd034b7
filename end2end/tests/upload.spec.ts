// A large upload that the program does not live to see the end of, and then another program goes on with.
import { closeSync, existsSync, openSync, readdirSync, readFileSync, statSync, writeSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { expect, Person, test } from "./verbs";

test.use({ serve: ["--demo"] });

const MIB = 1024 * 1024;
/** How large the file is, in MiB; more can be asked for. */
const SIZE = Number(process.env.OFFING_UPLOAD_MIB ?? 192);
/** How much the program may grow by, in MiB. */
const GROWTH = 20;
/** How long sending it may take, in ms. */
const TIME = 120_000 + SIZE * 500;

test.setTimeout(3 * TIME);

/** A raw disk full of data that nothing can shrink, with a partition table. */
function disk(person: Person, size = SIZE): string {
  const path = join(person.offing.data, `${size}.raw`);
  const file = openSync(path, "w");
  const table = Buffer.alloc(512);
  table.set([0x80, 0, 0, 0, 0x83, 0, 0, 0, 1, 0, 0, 0, 16], 446);
  table.set([0x55, 0xaa], 510);
  const piece = randomBytes(MIB);
  for (let n = 0; n < size; n += 1) {
    piece.writeUInt32LE(n, 1024);
    if (n === 0) table.copy(piece);
    writeSync(file, piece);
  }
  closeSync(file);
  return path;
}

/** What the program has in memory beside its own file, in MiB. */
function memory(person: Person): number {
  const status = readFileSync(`/proc/${person.offing.pid}/status`, "utf8");
  return Number(/^RssAnon:\s+(\d+)/m.exec(status)?.[1]) / 1024;
}

/** The most that the program has in memory while something goes on, in MiB. */
async function most(person: Person, work: () => Promise<void>): Promise<number> {
  let most = 0;
  const timer = setInterval(() => (most = Math.max(most, memory(person))), 10);
  await work().finally(() => clearInterval(timer));
  return most;
}

async function openForm(person: Person): Promise<void> {
  const { page } = person;
  await person.goTo("Images");
  await page.getByRole("link", { name: "Create image" }).first().click();
  await person.arrive("Create image");
}

async function send({ page }: Person, path: string): Promise<void> {
  await page.getByLabel("Name").fill("large");
  await page.getByLabel("File").setInputFiles(path);
  await page.getByRole("button", { name: "Upload" }).click();
}

/** How much of the file the program has. */
function arrived(person: Person): number {
  const folder = join(person.offing.data, "cloud", "images", "incoming");
  return existsSync(folder) ? readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0) : 0;
}

async function half(person: Person): Promise<void> {
  await expect.poll(() => arrived(person), { timeout: TIME, intervals: [20] }).toBeGreaterThan((SIZE * MIB) / 2);
}

test("an upload goes on by itself when the program was killed, and takes no memory", async ({ person, page, offing }) => {
  const path = disk(person);
  await person.signIn();
  // A program that has taken in a small image has set up all it needs for that; the second one does so in the course of the upload.
  await person.uploadImage("small", disk(person, 16));
  await openForm(person);
  const before = memory(person);
  const first = await most(person, async () => {
    await send(person, path);
    await half(person);
  });
  await offing.kill();
  expect(arrived(person)).toBeLessThan(SIZE * MIB);
  await expect(page.getByText("The server does not answer")).toBeVisible();
  await offing.start();
  await expect.poll(() => arrived(person), { intervals: [20] }).toBeGreaterThan((SIZE * MIB) / 2);
  const second = await most(person, () => person.arrive("large", TIME));
  await person.seesState("Active");
  console.log(`${SIZE} MiB: the program has ${before.toFixed(1)} MiB before, up to ${first.toFixed(1)} until it is killed, and up to ${second.toFixed(1)} after that`);
  expect(first - before).toBeLessThan(GROWTH);
  expect(second - before).toBeLessThan(GROWTH);
});

test("an upload is gone on with on another page", async ({ person, page, offing }) => {
  const path = disk(person);
  await person.signIn();
  await openForm(person);
  await send(person, path);
  await half(person);
  await offing.kill();
  await offing.start();
  // Another page knows nothing of the file.
  await page.goto(offing.url);
  await person.goTo("Images");
  await page.getByRole("link", { name: "large", exact: true }).click();
  await person.arrive("large");
  await expect(page.getByText("The upload is not complete")).toBeVisible();
  await page.getByLabel("File").setInputFiles({ name: "large.raw", mimeType: "application/octet-stream", buffer: Buffer.from("another") });
  await page.getByRole("button", { name: "Resume upload" }).click();
  await expect(page.locator(".field-error")).toBeVisible();
  const there = arrived(person);
  expect(there).toBeGreaterThan((SIZE * MIB) / 4);
  await page.getByLabel("File").setInputFiles(path);
  await page.getByRole("button", { name: "Resume upload" }).click();
  await person.seesState("Active", TIME);
});
