//! Whether KVM really works here. That `/dev/kvm` opens proves little: nested or emulated virtualisation often lets a guest be made and
//! then hangs it. So a guest of one sector is run to its end.

use std::io::Write;
use std::process::Stdio;
use std::time::Duration;
use tokio::process::Command;

/// How guests can be run on this host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kvm {
    Works,
    /// Why guests have to be translated instead, in a sentence.
    Fails(String),
}

/// A working KVM needs a third of a second for this, a loaded host perhaps two.
const LIMIT: Duration = Duration::from_secs(4);

/// `mov al, 42; out 0xf4, al; hlt`: QEMU ends at the second instruction with the status 42 × 2 + 1.
const CODE: [u8; 5] = [0xb0, ANSWER, 0xe6, 0xf4, 0xf4];
const ANSWER: u8 = 42;
const STATUS: i32 = ANSWER as i32 * 2 + 1;

/// Runs the small guest. Takes up to four seconds where KVM hangs: ask once and keep the answer.
pub async fn probe() -> Kvm {
    if !std::path::Path::new("/dev/kvm").exists() {
        return Kvm::Fails(
            "There is no /dev/kvm: the processor's virtualisation is switched off, or the module kvm is not loaded."
                .into(),
        );
    }
    match run("kvm").await {
        Ok(()) => Kvm::Works,
        Err(why) => Kvm::Fails(why),
    }
}

async fn run(accelerator: &str) -> Result<(), String> {
    let disk =
        boot_sector().map_err(|error| format!("KVM could not be tried: no room for a temporary file ({error})."))?;
    let drive = format!("file={},format=raw,if=floppy,readonly=on", disk.path().display());
    let qemu = Command::new("qemu-system-x86_64")
        .args([
            "-accel",
            accelerator,
            "-machine",
            "pc",
            "-m",
            "16",
            "-nodefaults",
            "-no-user-config",
            "-display",
            "none",
        ])
        .args(["-device", "isa-debug-exit,iobase=0xf4,iosize=1", "-drive", &drive])
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = match tokio::time::timeout(LIMIT, qemu).await {
        Err(_) => {
            return Err(format!(
                "/dev/kvm opens, but a guest on it hangs: it had not ended after {} seconds.",
                LIMIT.as_secs()
            ));
        }
        Ok(Err(error)) => return Err(format!("KVM could not be tried: qemu-system-x86_64 does not start ({error}).")),
        Ok(Ok(output)) => output,
    };
    if output.status.code() == Some(STATUS) {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.lines().last().unwrap_or("it said nothing").trim_start_matches("qemu-system-x86_64: ");
    Err(format!("/dev/kvm is there, but a guest on it fails: {said}."))
}

fn boot_sector() -> std::io::Result<tempfile::NamedTempFile> {
    let mut sector = [0; 512];
    sector[..CODE.len()].copy_from_slice(&CODE);
    sector[510..].copy_from_slice(&[0x55, 0xaa]);
    let mut file = tempfile::NamedTempFile::new()?;
    file.write_all(&sector)?;
    file.flush()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_small_guest_ends_as_it_should() {
        if Command::new("qemu-system-x86_64").arg("--version").output().await.is_err() {
            println!("left out: needs qemu-system-x86_64");
            return;
        }
        assert_eq!(run("tcg").await, Ok(()));
        let why = run("no-such-accelerator").await.unwrap_err();
        assert!(why.contains("no-such-accelerator"), "{why}");
        if let Kvm::Fails(why) = probe().await {
            assert!(why.ends_with('.'), "{why}");
            println!("{why}");
        }
    }
}
