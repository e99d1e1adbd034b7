//! Copies of running guests' disks, by libvirt's backups: <https://libvirt.org/formatbackup.html>. `virt` 0.5 knows nothing of them, so they
//! are begun and given up by `virsh`, which comes with libvirt.

use super::hypervisor::HypervisorError;
use super::libvirt_link::failed;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;
use virt::domain::Domain;
use virt::sys;

/// How often a copy in the making is looked at.
const INTERVAL: Duration = Duration::from_millis(100);

type Result<T> = std::result::Result<T, HypervisorError>;

/// Copies the root disk of a domain that runs into a new file. Blocks for as long as that takes.
pub(super) fn copy(uri: &str, domain: &Domain, to: &Path) -> Result<()> {
    let name = domain.name().map_err(failed)?;
    let written = domain.xml_desc(0).map_err(failed)?;
    let disk = root_disk(&written).ok_or_else(|| HypervisorError::Failed("The domain has no root disk.".into()))?;
    let file = to.to_string_lossy();
    let path = file.replace('&', "&amp;").replace('<', "&lt;").replace('\'', "&apos;");
    // Disks that are not named are left out.
    let xml = format!(
        "<domainbackup mode='push'><disks><disk name='{disk}' backup='yes' type='file'><driver type='qcow2'/>\
         <target file='{path}'/></disk></disks></domainbackup>"
    );
    virsh(uri, &["backup-begin", "--domain", &name, "--backupxml", "/dev/stdin"], &xml)?;
    while is_busy(domain)? {
        std::thread::sleep(INTERVAL);
    }
    // Not by `virt`'s `job_stats`, which has libvirt's memory freed by Rust's allocator.
    let ended = virsh(uri, &["domjobinfo", "--domain", &name, "--completed"], "")?;
    if ended.lines().any(|line| line.starts_with("Job type:") && line.trim_end().ends_with("Completed")) {
        return Ok(());
    }
    Err(HypervisorError::Failed("The disk could not be copied: the guest went off, or libvirt gave it up.".into()))
}

/// What the root disk is called: the first that is no CD-ROM. libvirt writes what is data so that it looks like none of this.
fn root_disk(xml: &str) -> Option<&str> {
    let disk = xml
        .split("<disk ")
        .skip(1)
        .find(|disk| disk.split('>').next().is_some_and(|it| it.contains("device='disk'")))?;
    disk.split_once("<target dev='")?.1.split('\'').next()
}

/// Ends a copy in the making, if there is one. Blocks.
pub(super) fn give_up(uri: &str, domain: &Domain) -> Result<()> {
    if !domain.is_active().map_err(failed)? || !is_busy(domain)? {
        return Ok(());
    }
    let name = domain.name().map_err(failed)?;
    match virsh(uri, &["domjobabort", "--domain", &name], "") {
        // It has ended by itself meanwhile.
        Err(_) if !is_busy(domain)? => Ok(()),
        given_up => given_up.map(drop),
    }
}

fn is_busy(domain: &Domain) -> Result<bool> {
    Ok(domain.job_info().map_err(failed)?.r#type as u32 != sys::VIR_DOMAIN_JOB_NONE)
}

/// Answers with what it printed.
fn virsh(uri: &str, arguments: &[&str], input: &str) -> Result<String> {
    let run = || {
        let mut virsh = Command::new("virsh");
        virsh.args(["--quiet", "--connect", uri]).args(arguments).env("LC_ALL", "C");
        let mut child = virsh.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(input.as_bytes())?;
        }
        child.wait_with_output()
    };
    let output = run().map_err(|source| HypervisorError::Io { what: "running virsh".into(), source })?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(HypervisorError::Failed(said.trim().trim_start_matches("error: ").to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_disk_has_a_name() {
        let cdrom = "<disk type='file' device='cdrom'><target dev='sda' bus='sata'/></disk>";
        let disk = "<disk type='file' device='disk'>\n<source file='/x'/>\n<target dev='sdb' bus='scsi'/></disk>";
        assert_eq!(root_disk(&format!("<domain>{cdrom}{disk}</domain>")), Some("sdb"));
        assert_eq!(root_disk(cdrom), None);
    }
}
