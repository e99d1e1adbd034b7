// What is really there: domains, rows of OVN, namespaces, files; and the outside world.
import { execFileSync, spawnSync } from "node:child_process";

export function run(program: string, ...options: string[]): string {
  return execFileSync(program, options, { encoding: "utf8" });
}

export function domains(): string[] {
  return run("virsh", "--connect", "qemu:///system", "list", "--all", "--name").split("\n").filter(Boolean);
}

/** Ports of instances in OVN's northbound database. */
export function logicalPorts(): string[] {
  return run("ovn-nbctl", "--timeout=10", "--bare", "--columns=name", "list", "Logical_Switch_Port").split("\n").filter(Boolean);
}

export function namespaces(): string[] {
  return run("ip", "netns", "list").split("\n").map((line) => line.split(" ")[0]).filter((name) => name.startsWith("offing-"));
}

/** A command on the instance, over SSH from the outside world. */
export function ssh(key: string, address: string, command: string): { status: number | null; output: string } {
  const options = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "ConnectTimeout=10", "BatchMode=yes", "LogLevel=ERROR"];
  const login = ["ssh", ...options.flatMap((option) => ["-o", option]), "-i", key, `offing@${address}`, command];
  const done = spawnSync("ip", ["netns", "exec", "inet", ...login], { encoding: "utf8", timeout: 60_000 });
  return { status: done.status, output: `${done.stdout}${done.stderr}` };
}
