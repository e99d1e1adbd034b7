//! `offing doctor`: what this host can do, and what to do about what it cannot.

use crate::config::Host;
use crate::data;
use crate::drivers::{self, real};
use anyhow::Result;
use nix::sys::statvfs::statvfs;
use std::ffi::OsStr;
use std::io::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Less free space than this, in bytes, is worth a word: a few small images and disks.
const ENOUGH_DISK: u64 = 10 << 30;

enum Verdict {
    Fine,
    /// Works, but worse than it could.
    Note(&'static str),
    /// Instances on real machines need this; what to do.
    Missing(&'static str),
}

struct Finding {
    what: &'static str,
    found: String,
    verdict: Verdict,
}

/// Prints the findings; fails when something that is needed is missing.
pub async fn run(folder: &Path, host: &Host) -> Result<ExitCode> {
    let simulated = host.hypervisor.as_deref() == Some(drivers::SIMULATOR);
    let mut findings = vec![data_folder(folder), disk(folder)];
    if !simulated {
        findings.extend(hypervisor(folder, host).await);
        findings.extend([
            way(folder),
            program("QEMU", "qemu-system-x86_64", "Install qemu-system-x86."),
            program("qemu-img", "qemu-img", "Install qemu-utils."),
            socket("Open vSwitch", &host.ovs, "Install openvswitch-switch and start it."),
            socket("OVN", &host.ovn, "Install ovn-central and ovn-host and start them."),
        ]);
    }
    let mut out = std::io::stdout().lock();
    let mut missing = 0;
    for Finding { what, found, verdict } in &findings {
        let (mark, advice) = match verdict {
            Verdict::Fine => ("ok", ""),
            Verdict::Note(advice) => ("note", *advice),
            Verdict::Missing(advice) => {
                missing += 1;
                ("MISSING", *advice)
            }
        };
        writeln!(out, "{mark:<8} {what}: {found}")?;
        if !advice.is_empty() {
            writeln!(out, "         {advice}")?;
        }
    }
    if missing == 0 {
        writeln!(out, "This host is ready.")?;
        return Ok(ExitCode::SUCCESS);
    }
    writeln!(out, "{missing} missing. Until they are there, Offing serves with --hypervisor simulator only.")?;
    Ok(ExitCode::FAILURE)
}

fn data_folder(folder: &Path) -> Finding {
    let what = "data folder";
    match data::take(folder) {
        Ok(_) => Finding { what, found: format!("{} can be written to", folder.display()), verdict: Verdict::Fine },
        Err(error) => {
            let found = format!("{error:#}");
            Finding { what, found, verdict: Verdict::Note("Fine, if it is the server that holds it.") }
        }
    }
}

fn disk(folder: &Path) -> Finding {
    let what = "disk space";
    match statvfs(folder) {
        Ok(disk) => {
            let free = disk.blocks_available().saturating_mul(disk.fragment_size());
            let found = format!("{} GiB free for images and instances", free >> 30);
            let verdict = if free < ENOUGH_DISK {
                Verdict::Note("Make room, or choose another folder with --data.")
            } else {
                Verdict::Fine
            };
            Finding { what, found, verdict }
        }
        Err(error) => {
            Finding { what, found: error.to_string(), verdict: Verdict::Note("Choose another folder with --data.") }
        }
    }
}

/// libvirt, and how guests would run.
async fn hypervisor(folder: &Path, options: &Host) -> Vec<Finding> {
    let uri = options.hypervisor.as_deref().unwrap_or(real::SYSTEM);
    let host = match real::look(uri, folder).await {
        Ok(host) => host,
        Err(error) => {
            let advice = "Install libvirt-daemon-system, start libvirtd, and run Offing as root.";
            return vec![Finding { what: "libvirt", found: format!("{error:#}"), verdict: Verdict::Missing(advice) }];
        }
    };
    let how = match host.virtualisation_why {
        None => Finding { what: "KVM", found: "works".to_owned(), verdict: Verdict::Fine },
        Some(why) => {
            let advice = "Guests are translated, many times slower. Turn virtualisation on in the firmware and load the module kvm.";
            Finding { what: "KVM", found: why, verdict: Verdict::Note(advice) }
        }
    };
    let firmware = match host.uefi {
        true => Finding { what: "UEFI", found: "firmware is there".to_owned(), verdict: Verdict::Fine },
        false => {
            let advice = "Install ovmf, if there are images that start with UEFI.";
            Finding { what: "UEFI", found: "no firmware".to_owned(), verdict: Verdict::Note(advice) }
        }
    };
    let found = format!("{} on {}: {} processors, {} MiB", host.hypervisor, host.name, host.cpus, host.memory_mb);
    vec![Finding { what: "libvirt", found, verdict: Verdict::Fine }, how, firmware]
}

/// Whether QEMU's own user gets to the data folder.
fn way(folder: &Path) -> Finding {
    let what = "way to the data folder";
    let closed = |path: &&Path| std::fs::metadata(path).is_ok_and(|found| found.mode() & 0o001 == 0);
    match folder.ancestors().filter(|path| !path.as_os_str().is_empty()).find(closed) {
        None => Finding { what, found: "open for QEMU".to_owned(), verdict: Verdict::Fine },
        Some(closed) => {
            let found = format!("{} is closed to QEMU's user", closed.display());
            Finding {
                what,
                found,
                verdict: Verdict::Missing("Open it with chmod o+x, or choose another folder with --data."),
            }
        }
    }
}

fn socket(what: &'static str, path: &Path, advice: &'static str) -> Finding {
    match UnixStream::connect(path) {
        Ok(_) => Finding { what, found: format!("answers at {}", path.display()), verdict: Verdict::Fine },
        Err(error) => {
            Finding { what, found: format!("{}: {error}", path.display()), verdict: Verdict::Missing(advice) }
        }
    }
}

fn program(what: &'static str, name: &str, advice: &'static str) -> Finding {
    match find(name, std::env::var_os("PATH").as_deref().unwrap_or_default()) {
        Some(path) => Finding { what, found: path.display().to_string(), verdict: Verdict::Fine },
        None => Finding { what, found: format!("{name} is not installed"), verdict: Verdict::Missing(advice) },
    }
}

fn find(name: &str, path: &OsStr) -> Option<PathBuf> {
    std::env::split_paths(path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_said_with_what_to_do() {
        assert!(matches!(socket("x", Path::new("/nonexistent"), "Do.").verdict, Verdict::Missing("Do.")));
        assert!(matches!(way(Path::new("/usr")).verdict, Verdict::Fine));
        assert_eq!(find("no such program", OsStr::new("/usr/bin")), None);
        assert_eq!(find("sh", OsStr::new("/nonexistent:/bin")), Some(PathBuf::from("/bin/sh")));
    }
}
