//! Packages of Debian and Ubuntu.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::command::{argv, as_root, read, run};

/// What building and testing need, and assembling the guest image.
const BUILD: &str = "build-essential busybox pkg-config libvirt-dev cpio dosfstools dpkg-dev e2fsprogs fdisk \
                     fakeroot genisoimage kmod mtools syslinux syslinux-common xz-utils zstd";

/// What a host of instances needs.
const HOST: &str = "libvirt-daemon-system libvirt-clients qemu-system-x86 qemu-utils ovn-central ovn-host \
                    openvswitch-switch ovmf iproute2 iputils-ping openssh-client";

/// Those of the above that come from backports as soon as one of them does.
const VIRTUALISATION: &[&str] =
    &["libvirt-daemon-system", "libvirt-clients", "libvirt-dev", "qemu-system-x86", "qemu-utils"];

/// What the browser tests need on Debian: the browser, and fonts for both languages of the console.
const BROWSER: &str = "chromium fonts-liberation fonts-nanum";

const POLICY: &str = "/usr/sbin/policy-rc.d";
const BACKPORTS: &str = "/etc/apt/sources.list.d/offing-backports.sources";

/// Installs the packages that are missing; asks sudo for it when not root.
pub fn install() -> Result<()> {
    let browser = if has_chromium() { BROWSER } else { "" };
    let wanted: Vec<&str> = [BUILD, HOST, browser].into_iter().flat_map(str::split_whitespace).collect();
    install_packages(&wanted)
}

/// Installs those of `wanted` that are missing.
pub fn install_packages(wanted: &[&str]) -> Result<()> {
    let installed = installed()?;
    let missing: Vec<&str> = wanted.iter().copied().filter(|name| !installed.contains_key(*name)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    println!("setup: apt-get install {}", missing.join(" "));
    let _services = ServicesStayOff::new()?;
    let backports = installed.get("qemu-utils").is_some_and(|version| version.contains("~bpo"));
    if backports {
        enable_backports()?;
    }
    run(&mut as_root("apt-get", ["-q", "update"]))?;
    let (virtualisation, others): (Vec<&str>, Vec<&str>) =
        missing.into_iter().partition(|name| backports && VIRTUALISATION.contains(name));
    if !virtualisation.is_empty() {
        let suite = format!("{}-backports", release("VERSION_CODENAME")?);
        run(&mut apt_install(&["-t", &suite], &virtualisation))?;
    }
    if !others.is_empty() {
        run(&mut apt_install(&[], &others))?;
    }
    Ok(())
}

/// Whether apt has a real Chromium: Ubuntu's package only stands for a snap.
pub fn has_chromium() -> bool {
    release("ID").is_ok_and(|id| id == "debian")
}

/// A field of /etc/os-release.
fn release(field: &str) -> Result<String> {
    let text = fs::read_to_string("/etc/os-release").context("cannot read /etc/os-release")?;
    let value = text.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix('='));
    Ok(value.with_context(|| format!("/etc/os-release has no {field}"))?.trim_matches('"').to_owned())
}

/// Installed packages with their versions.
fn installed() -> Result<HashMap<String, String>> {
    let list = read(&mut argv("dpkg-query", ["-W", "-f", "${db:Status-Status} ${Package} ${Version}\n"]))
        .context("only Debian and Ubuntu can be set up by this; elsewhere install what xtask/src/setup/apt.rs lists")?;
    let fields = list.lines().filter_map(|line| line.strip_prefix("installed ")?.split_once(' '));
    Ok(fields.map(|(name, version)| (name.to_owned(), version.to_owned())).collect())
}

/// Adds the backports suite of this release, from the mirror that the release itself comes from. What was installed
/// from there (`qemu-utils`) refuses its older siblings.
fn enable_backports() -> Result<()> {
    let codename = release("VERSION_CODENAME")?;
    let suite = format!("{codename}-backports");
    let known = read(&mut argv(
        "apt-get",
        ["indextargets", "Created-By: Packages", "--format", "$(RELEASE) $(COMPONENT) $(REPO_URI)"],
    ))?;
    if known.lines().any(|line| line.split(' ').next() == Some(&suite)) {
        return Ok(());
    }
    let mirror = known.lines().find_map(|line| line.strip_prefix(&format!("{codename} main ")));
    let mirror = mirror.with_context(|| format!("no apt source for {codename} main is configured"))?;
    let keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";
    let source = format!("Types: deb\nURIs: {mirror}\nSuites: {suite}\nComponents: main\nSigned-By: {keyring}\n");
    let file = std::env::temp_dir().join(format!("offing-backports-{}", std::process::id()));
    fs::write(&file, source)?;
    let added = run(as_root("install", ["-m", "644"]).arg(&file).arg(BACKPORTS));
    fs::remove_file(&file)?;
    added
}

fn apt_install(options: &[&str], packages: &[&str]) -> std::process::Command {
    let mut command = as_root("apt-get", ["-q", "-y", "-o", "DPkg::Lock::Timeout=600", "-o", "Dpkg::Use-Pty=0"]);
    command.args(["install", "--no-install-recommends"]).args(options).args(packages);
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}

/// Keeps package scripts from starting services where no service manager looks after them. What was there before
/// is there after.
struct ServicesStayOff {
    ours: bool,
}

impl ServicesStayOff {
    fn new() -> Result<Self> {
        let ours = !Path::new("/run/systemd/system").exists() && !Path::new(POLICY).exists();
        if ours {
            if !nix::unistd::geteuid().is_root() {
                bail!(
                    "no service manager runs here, so packages must be installed as root: run `cargo xtask setup` as root"
                );
            }
            fs::write(POLICY, "#!/bin/sh\nexit 101\n")?;
            fs::set_permissions(POLICY, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
        }
        Ok(ServicesStayOff { ours })
    }
}

impl Drop for ServicesStayOff {
    fn drop(&mut self) {
        if self.ours
            && let Err(error) = fs::remove_file(POLICY)
        {
            eprintln!("setup: remove {POLICY} by hand: {error}");
        }
    }
}
