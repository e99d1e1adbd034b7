//! Whether KVM really works here. That `/dev/kvm` opens proves little: nested or emulated virtualisation often lets a guest be made and
//! then hangs it, or stops it with its loader's first interrupt in protected mode. So a guest of one sector, which goes the way that every
//! loader and kernel goes, is run to its end.

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

/// The guest, as it lies at 0x7c00 where the BIOS puts it: through real, protected and long mode, with an interrupt in each, and out.
#[rustfmt::skip]
const CODE: [u8; 242] = [
    // Real mode: no segments, and the stack below the code.
    0xfa, 0x31, 0xc0, 0x8e, 0xd8, 0x8e, 0xc0, 0x8e, 0xd0, 0xbc, 0x00, 0x7c,
    // The BIOS is asked for the size of memory, and comes back by `iret`; then the timer is waited for: `int 0x12; sti; hlt; cli`.
    0xcd, 0x12, 0xfb, 0xf4, 0xfa,
    // To protected mode: `lgdt`, CR0.PE, a far jump.
    0x66, 0x0f, 0x01, 0x16, 0xe8, 0x7c, 0x0f, 0x20, 0xc0, 0x0c, 0x01, 0x0f, 0x22, 0xc0, 0xea, 0x24, 0x7c, 0x08, 0x00,
    // Flat segments; what tables are made in is emptied, from 0x1000 on.
    0x66, 0xb8, 0x10, 0x00, 0x8e, 0xd8, 0x8e, 0xc0, 0x8e, 0xd0, 0xbc, 0x00, 0x7c, 0x00, 0x00, 0xfc, 0xbf, 0x00, 0x10, 0x00,
    0x00, 0x31, 0xc0, 0xb9, 0x00, 0x10, 0x00, 0x00, 0xf3, 0xab,
    // An interrupt gate for 0x30, `lidt`, and `int 0x30`: a loader asks the BIOS by the like of it.
    0xc7, 0x05, 0x80, 0x11, 0x00, 0x00, 0xab, 0x7c, 0x08, 0x00, 0xc7, 0x05, 0x84, 0x11, 0x00, 0x00, 0x00, 0x8e, 0x00, 0x00,
    0x0f, 0x01, 0x1d, 0xee, 0x7c, 0x00, 0x00, 0xcd, 0x30,
    // Page tables: the first 2 MiB stand where they are.
    0xc7, 0x05, 0x00, 0x20, 0x00, 0x00, 0x03, 0x30, 0x00, 0x00, 0xc7, 0x05, 0x00, 0x30, 0x00, 0x00, 0x03, 0x40, 0x00, 0x00,
    0xc7, 0x05, 0x00, 0x40, 0x00, 0x00, 0x83, 0x00, 0x00, 0x00,
    // To long mode: CR3, CR4.PAE, EFER.LME, CR0.PG, a far jump.
    0xb8, 0x00, 0x20, 0x00, 0x00, 0x0f, 0x22, 0xd8, 0x0f, 0x20, 0xe0, 0x0c, 0x20, 0x0f, 0x22, 0xe0, 0xb9, 0x80, 0x00, 0x00,
    0xc0, 0x0f, 0x32, 0x80, 0xcc, 0x01, 0x0f, 0x30, 0x0f, 0x20, 0xc0, 0x0d, 0x00, 0x00, 0x00, 0x80, 0x0f, 0x22, 0xc0, 0xea,
    0xac, 0x7c, 0x00, 0x00, 0x18, 0x00,
    // The handler of 0x30: `iretd`.
    0xcf,
    // Long mode: an `iretq` to what follows it.
    0x6a, 0x00, 0x68, 0x00, 0x7c, 0x00, 0x00, 0x9c, 0x6a, 0x18, 0x68, 0xbd, 0x7c, 0x00, 0x00, 0x48, 0xcf,
    // `mov al, 42; out 0xf4, al; hlt`: QEMU ends at the second with the status 42 × 2 + 1.
    0xb0, ANSWER, 0xe6, 0xf4, 0xf4,
    // The descriptors: none, code and data of 32 bits, code of 64; where they are; where those of interrupts are.
    0x66, 0x0f, 0x1f, 0x44, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0x00, 0x00, 0x00, 0x9a,
    0xcf, 0x00, 0xff, 0xff, 0x00, 0x00, 0x00, 0x92, 0xcf, 0x00, 0xff, 0xff, 0x00, 0x00, 0x00, 0x9a, 0xaf, 0x00, 0x1f, 0x00,
    0xc8, 0x7c, 0x00, 0x00, 0xff, 0x01, 0x00, 0x10,
];
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
