// The program under test: started, killed and started again on one data folder, as its operator would.
import { ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, openSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const PASSWORD = "correct horse battery";

export class Offing {
  readonly url: string;
  private process?: ChildProcess;

  private constructor(
    readonly data: string,
    readonly port: number,
    private readonly options: string[],
  ) {
    this.url = `http://127.0.0.1:${port}`;
  }

  /** A new cloud. In the testbed it is a real one; `--demo` makes it a simulated one. */
  static async start(...options: string[]): Promise<Offing> {
    const offing = new Offing(mkdtempSync(join(tmpdir(), "offing-")), await freePort(), options);
    await offing.start();
    return offing;
  }

  async start(): Promise<void> {
    const program = process.env.OFFING_PROGRAM;
    if (!program) throw new Error("OFFING_PROGRAM is not set: run these tests by `cargo xtask e2e`");
    const log = openSync(join(this.data, "offing.log"), "a");
    this.process = spawn(program, ["serve", "--data", join(this.data, "cloud"), "--listen", `127.0.0.1:${this.port}`, ...this.options], {
      env: { ...process.env, OFFING_ADMIN_PASSWORD: PASSWORD },
      stdio: ["ignore", log, log],
    });
    const end = Date.now() + 60_000;
    while (Date.now() < end) {
      const answer = await fetch(`${this.url}/healthz`).catch(() => undefined);
      if (answer?.ok) return;
      if (this.process.exitCode !== null) break;
      await new Promise((done) => setTimeout(done, 100));
    }
    throw new Error(`offing does not answer; see ${join(this.data, "offing.log")}`);
  }

  /** The number of the program's process. */
  get pid(): number | undefined {
    return this.process?.pid;
  }

  /** Ends the program; by default with no chance to tidy up. */
  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    const running = this.process;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    await new Promise<void>((done) => {
      running.once("exit", () => done());
      running.kill(signal);
    });
  }

  async close(): Promise<void> {
    await this.kill("SIGTERM");
    rmSync(this.data, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const server = createServer();
    server.once("error", failed);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => (address && typeof address === "object" ? done(address.port) : failed(new Error("no port"))));
    });
  });
}
