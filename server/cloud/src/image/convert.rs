//! Conversion to the store's format, by qemu-img: never before the inspector has accepted the file, always with both formats named, and
//! under limits of CPU time, memory, file size and time, so that a file made to exhaust the host exhausts its own allowance (class 5).

use super::inspect::Verdict;
use nix::sys::signal::Signal;
use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::process::Command;

/// Its address space, in bytes: Nova and Glance give qemu-img as much.
const MEMORY: u64 = 1 << 30;
/// The stack of each of its threads, in bytes: it may start 64 of them, and eight MiB each, as usual, would be half of the address space.
const STACK: u64 = 1 << 20;
/// What qcow2 adds to the data at most: its tables, a thousandth, and what it begins with.
const TABLES: u64 = 64 << 20;
/// The most of a complaint that is kept, in bytes.
const SAID_MAX: usize = 300;

/// Why a file was not converted.
#[derive(Debug, thiserror::Error)]
pub enum ConvertError {
    #[error("the program that converts images cannot be started: {0}")]
    Start(io::Error),
    #[error("the conversion took longer than it may")]
    TooLong,
    #[error("what came of it grew larger than it may, {0} bytes")]
    TooLarge(u64),
    #[error("qemu-img gave up: {0}")]
    Failed(String),
}

/// A driver's options as QEMU reads them: a comma in a value is written twice.
fn image_options(prefix: &str, driver: &str, path: &Path) -> String {
    let path = path.to_string_lossy().replace(',', ",,");
    format!("{prefix}driver={driver},{prefix}file.driver=file,{prefix}file.filename={path}")
}

/// What a conversion may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Of processor time, in seconds.
    pub cpu: u64,
    pub time: Duration,
    /// What may come of it, in bytes.
    pub room: u64,
}

impl Limits {
    pub fn within(room: u64) -> Self {
        Self { cpu: 30 * 60, time: Duration::from_secs(60 * 60), room }
    }
}

/// Makes a qcow2 file of an inspected one. Where it stands on another, that is `base` with its driver, whatever its header says.
pub async fn convert(
    from: &Path,
    verdict: &Verdict,
    base: Option<(&Path, &str)>,
    to: &Path,
    limits: Limits,
) -> Result<(), ConvertError> {
    let mut source = image_options("", verdict.format.driver(), from);
    if let Some((path, driver)) = base {
        source = format!("{source},{}", image_options("backing.", driver, path));
    }
    let largest =
        verdict.virtual_size.saturating_add(verdict.virtual_size / 1000).saturating_add(TABLES).min(limits.room);
    let mut command = Command::new("prlimit");
    command
        .args([&format!("--cpu={}", limits.cpu), &format!("--as={MEMORY}"), &format!("--fsize={largest}")])
        .args([&format!("--stack={STACK}"), "--core=0", "--nofile=64", "--"])
        .args(["qemu-img", "convert", "--image-opts", "-O", "qcow2", "-o", "compat=1.1", "-m", "2", "-t", "writeback"])
        .arg(source)
        .arg(to)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("LC_ALL", "C")
        // Otherwise each thread sets 64 MiB of the address space aside (mallopt(3), M_ARENA_MAX).
        .env("MALLOC_ARENA_MAX", "2")
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    let child = command.spawn().map_err(ConvertError::Start)?;
    let output = tokio::time::timeout(limits.time, child.wait_with_output()).await;
    let output = output.map_err(|_| ConvertError::TooLong)?.map_err(ConvertError::Start)?;
    if output.status.success() {
        return Ok(());
    }
    match output.status.signal().map(Signal::try_from) {
        Some(Ok(Signal::SIGXFSZ)) => return Err(ConvertError::TooLarge(largest)),
        Some(Ok(Signal::SIGXCPU | Signal::SIGKILL)) => return Err(ConvertError::TooLong),
        _ => {}
    }
    let said = String::from_utf8_lossy(&output.stderr);
    // QEMU goes on without the signal.
    if said.contains("File too large") {
        return Err(ConvertError::TooLarge(largest));
    }
    let said = said.replace(&*from.to_string_lossy(), "FILE").replace(&*to.to_string_lossy(), "IMAGE");
    let said: String = said.chars().map(|c| if c.is_control() { ' ' } else { c }).take(SAID_MAX).collect();
    Err(ConvertError::Failed(if said.trim().is_empty() { output.status.to_string() } else { said.trim().to_owned() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_cannot_add_options() {
        let options = image_options("", "vmdk", Path::new("/data/a,file.filename=/etc/shadow"));
        assert_eq!(options, "driver=vmdk,file.driver=file,file.filename=/data/a,,file.filename=/etc/shadow");
        let options = image_options("backing.", "raw", Path::new("/b"));
        assert_eq!(options, "backing.driver=raw,backing.file.driver=file,backing.file.filename=/b");
    }
}
