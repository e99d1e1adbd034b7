//! `cargo xtask guest-image --check`: boots the image as a small instance under plain emulation and looks at everything
//! that Offing relies on.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use crate::command::{argv, read, run};
use crate::paths;

/// Instance m1.nano.
const MEMORY_MIB: &str = "192";
const DISK: &str = "1G";
const NAME: &str = "checked-guest";
/// For a busy machine without KVM; on an idle one the prompt is there after some seconds.
const PATIENCE: Duration = Duration::from_secs(180);

/// Boots `image` and fails with the first thing that is not as it should be.
pub fn check(image: &Path) -> Result<()> {
    let work = paths::target()?.join("guest/check");
    if work.exists() {
        fs::remove_dir_all(&work)?;
    }
    fs::create_dir_all(&work)?;
    let mut guest = Guest::boot(image, &work)?;
    let begin = Instant::now();

    guest.wait_for("a login prompt on the serial console", |guest| {
        Ok(guest.console().contains(&format!("{NAME} login:")))
    })?;
    let console = guest.console();
    let ready =
        console.lines().find_map(|line| line.split("ready after ").nth(1)).context("the console has no ready line")?;
    println!("guest-image: login prompt after {ready} of guest time, {:.1} s in all", begin.elapsed().as_secs_f32());
    ensure!(console.contains("metadata from the config drive"), "the config drive was not read");

    guest.wait_for("text on the screen", Guest::shows_text)?;
    guest.wait_for("SSH", |guest| Ok(guest.ssh("true").is_ok()))?;
    guest.expect("hostname", NAME)?;
    guest.expect("id -un", "offing")?;
    guest.expect("sudo id -u", "0")?;
    guest.expect("id -u", "1000")?;
    guest.wait_for("user-data", |guest| Ok(guest.ssh("cat /var/log/user-data.log")?.trim() == "user-data ran as 0"))?;
    let size: u32 = guest.ssh("df -m / | awk 'NR == 2 { print $2 }'")?.trim().parse()?;
    ensure!(size > 900, "the root file system has {size} MiB on a disk of {DISK}");
    let refused = guest.ssh_command(&["-o", "PreferredAuthentications=none"], "true").output()?;
    let methods = String::from_utf8_lossy(&refused.stderr).into_owned();
    ensure!(methods.contains("(publickey)"), "SSH offers more than keys: {methods}");

    guest.ssh("sudo kill -USR1 $(cat /var/run/udhcpc.eth0.pid)")?;
    guest.wait_for("a renewed lease", |guest| Ok(guest.ssh("logread")?.matches("lease of").count() >= 2))?;
    guest.expect("grep -c nameserver /etc/resolv.conf", "1")?;

    let pressed = Instant::now();
    guest.qmp("system_powerdown", "{}")?;
    guest.wait_for("the power button to turn it off", |guest| Ok(guest.qemu.try_wait()?.is_some()))?;
    println!("guest-image: off {:.1} s after the power button; all is well", pressed.elapsed().as_secs_f32());
    fs::remove_dir_all(&work)?;
    Ok(())
}

/// A running guest; it ends with this value.
struct Guest {
    qemu: Child,
    work: PathBuf,
    port: u16,
}

impl Guest {
    fn boot(image: &Path, work: &Path) -> Result<Guest> {
        run(argv("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f"]).arg(work.join("key")))?;
        config_drive(work)?;
        let overlay = work.join("disk.qcow2");
        let mut create = argv("qemu-img", ["create", "-q", "-f", "qcow2", "-F", "qcow2", "-b"]);
        run(create.arg(image).arg(&overlay).arg(DISK))?;

        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let file = |name: &str| work.join(name).display().to_string();
        let mut qemu = argv(
            "qemu-system-x86_64",
            ["-machine", "pc,accel=tcg", "-cpu", "max", "-m", MEMORY_MIB, "-display", "none"],
        );
        qemu.args(["-serial", &format!("file:{}", file("console.log"))])
            .args(["-qmp", &format!("unix:{},server=on,wait=off", file("qmp.sock"))])
            .args(["-drive", &format!("file={},if=virtio", file("disk.qcow2"))])
            .args(["-drive", &format!("file={},if=ide,media=cdrom,format=raw,readonly=on", file("config.iso"))])
            .args(["-netdev", &format!("user,id=net,hostfwd=tcp:127.0.0.1:{port}-:22")])
            .args(["-device", "virtio-net-pci,netdev=net", "-device", "virtio-rng-pci"]);
        let qemu = qemu.stdin(Stdio::null()).spawn().context("cannot start QEMU")?;
        Ok(Guest { qemu, work: work.to_owned(), port })
    }

    fn console(&self) -> String {
        String::from_utf8_lossy(&fs::read(self.work.join("console.log")).unwrap_or_default()).into_owned()
    }

    /// Whether the screen has more than a cursor on it.
    fn shows_text(&mut self) -> Result<bool> {
        let picture = self.work.join("screen.ppm");
        self.qmp("screendump", &format!("{{\"filename\": \"{}\"}}", picture.display()))?;
        let lit = fs::read(&picture)?.iter().skip(16).filter(|byte| **byte > 0x40).count();
        Ok(lit > 3000)
    }

    fn ssh_command(&self, options: &[&str], line: &str) -> Command {
        let key = self.work.join("key").display().to_string();
        let mut ssh = argv("ssh", ["-i", &key, "-p", &self.port.to_string(), "-o", "LogLevel=ERROR"]);
        ssh.args(["-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"]);
        ssh.args(["-o", "IdentitiesOnly=yes", "-o", "ConnectTimeout=20"]);
        ssh.args(options).args(["offing@127.0.0.1", line]);
        ssh
    }

    fn ssh(&self, line: &str) -> Result<String> {
        read(&mut self.ssh_command(&[], line))
    }

    fn expect(&self, line: &str, expected: &str) -> Result<()> {
        let answer = self.ssh(line)?;
        ensure!(answer.trim() == expected, "`{line}` says {answer:?} in the guest, not {expected:?}");
        Ok(())
    }

    /// One command to QEMU's monitor, on a connection of its own.
    fn qmp(&mut self, command: &str, arguments: &str) -> Result<()> {
        let mut stream = UnixStream::connect(self.work.join("qmp.sock"))?;
        let mut answers = BufReader::new(stream.try_clone()?).lines();
        let requests = [
            "{\"execute\": \"qmp_capabilities\"}".to_owned(),
            format!("{{\"execute\": \"{command}\", \"arguments\": {arguments}}}"),
        ];
        answers.next().context("QEMU's monitor says nothing")??;
        for request in requests {
            stream.write_all(request.as_bytes())?;
            let answer = answers.find(|line| line.as_ref().is_ok_and(|line| !line.contains("\"event\"")));
            let answer = answer.context("QEMU's monitor hangs up")??;
            ensure!(answer.contains("\"return\""), "QEMU refuses {command}: {answer}");
        }
        Ok(())
    }

    fn wait_for(&mut self, what: &str, is_there: impl Fn(&mut Guest) -> Result<bool>) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while !is_there(self).with_context(|| format!("waiting for {what}"))? {
            if Instant::now() > deadline {
                bail!("waited {PATIENCE:?} for {what}; the console says:\n{}", self.console());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Ok(())
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        // Both fail only if it has ended already.
        let _ = self.qemu.kill();
        let _ = self.qemu.wait();
    }
}

/// A config drive as Nova makes it, in `work/config.iso`.
fn config_drive(work: &Path) -> Result<()> {
    let folder = work.join("config/openstack/latest");
    fs::create_dir_all(&folder)?;
    let metadata = serde_json::json!({
        "uuid": "5c2a1f9e-7f0e-4a53-9f51-0c1f4f3a0b11",
        "name": NAME,
        "hostname": format!("{NAME}.novalocal"),
        "public_keys": { "check": fs::read_to_string(work.join("key.pub"))? },
    });
    fs::write(folder.join("meta_data.json"), metadata.to_string())?;
    fs::write(folder.join("user_data"), "#!/bin/sh\necho \"user-data ran as $(id -u)\"\n")?;
    let mut iso = argv("genisoimage", ["-quiet", "-joliet", "-rational-rock", "-volid", "config-2", "-output"]);
    run(iso.arg(work.join("config.iso")).arg(work.join("config")))
}
