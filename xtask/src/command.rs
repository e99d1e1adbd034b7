//! Running other programs: by argument list, never by a shell string, with errors that name what failed.

use std::process::{Command, Output};

use anyhow::{Context, Result, bail};

/// Runs `command` with this terminal's streams; an error if it cannot start or ends with another code than 0.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot start {}", shown(command)))?;
    if !status.success() {
        bail!("{} ended with {status}", shown(command));
    }
    Ok(())
}

/// Runs `command` and returns what it wrote to standard output; its standard error goes into the error.
pub fn read(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("cannot start {}", shown(command)))?;
    if !output.status.success() {
        bail!("{} ended with {}: {}", shown(command), output.status, last_words(&output));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether `command` can be started and ends with 0; it prints nothing.
pub fn succeeds(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}

/// `program` with `arguments`.
pub fn argv<I>(program: &str, arguments: I) -> Command
where
    I: IntoIterator,
    I::Item: AsRef<std::ffi::OsStr>,
{
    let mut command = Command::new(program);
    command.args(arguments);
    command
}

/// `program` with `arguments`, as root and with this environment: through sudo where this user is not root.
pub fn as_root<I>(program: &str, arguments: I) -> Command
where
    I: IntoIterator,
    I::Item: AsRef<std::ffi::OsStr>,
{
    if nix::unistd::geteuid().is_root() {
        return argv(program, arguments);
    }
    let mut command = argv("sudo", ["env"]);
    for (name, value) in std::env::vars_os() {
        let mut setting = name;
        setting.push("=");
        setting.push(value);
        command.arg(setting);
    }
    command.arg(program).args(arguments);
    command
}

/// Whether commands can be run as root, perhaps after asking for a password.
pub fn may_be_root() -> bool {
    nix::unistd::geteuid().is_root() || succeeds(&mut argv("sudo", ["-v"]))
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

fn last_words(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> = text.lines().rev().take(5).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join(" / ")
}
