// What is really there, whatever the pages say: domains, rows of OVN, namespaces, files; and the world outside.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

function run(program: string, ...options: string[]): string[] {
  return execFileSync(program, options, { encoding: "utf8" }).split("\n").filter(Boolean);
}

export function domains(): string[] {
  return run("virsh", "--connect", "qemu:///system", "list", "--all", "--name");
}

/** The number that libvirt gives each boot of a domain. */
export function bootOf(domain: string): string {
  return run("virsh", "--connect", "qemu:///system", "domid", domain)[0];
}

/** Everything in OVN's northbound database that a tenant's network is made of. */
export function networkRows(): string[] {
  const tables = ["Logical_Switch", "Logical_Switch_Port", "Logical_Router", "Logical_Router_Port", "NAT", "DHCP_Options", "Port_Group", "ACL"];
  return tables.flatMap((table) => run("ovn-nbctl", "--timeout=10", "--bare", "--columns=_uuid", "list", table).map((row) => `${table} ${row}`));
}

/** Network devices of instances, and the namespaces that serve them. */
export function devices(): string[] {
  const taps = run("ovs-vsctl", "--timeout=10", "list-ports", "br-int");
  const namespaces = run("ip", "netns", "list").map((line) => line.split(" ")[0]);
  return [...taps, ...namespaces.filter((name) => name !== "inet")];
}

/** The files of instances: disks, config drives, console logs. */
export function instanceFiles(data: string): string[] {
  const folder = join(data, "cloud", "instances");
  return existsSync(folder) ? readdirSync(folder, { recursive: true }).map(String) : [];
}

/** The files of images, on their way in or not. */
export function imageFiles(data: string): string[] {
  const entries = readdirSync(join(data, "cloud", "images"), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name).sort();
}

/** What a command on the instance prints, over SSH from the world outside. */
export function ssh(key: string, address: string, command: string): string {
  const options = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "ConnectTimeout=10", "BatchMode=yes", "LogLevel=ERROR"];
  const login = ["ssh", ...options.flatMap((option) => ["-o", option]), "-i", key, `offing@${address}`, command];
  const done = spawnSync("ip", ["netns", "exec", "inet", ...login], { encoding: "utf8", timeout: 60_000 });
  return `${done.stdout}${done.stderr}`.trim();
}
