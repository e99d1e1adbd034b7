//! The guest's root file system and its initramfs, as folders and files.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::{list, own_files};
use crate::command::{argv, read, run};

/// The kernel found in the packages.
pub struct Kernel {
    /// Its file.
    pub image: PathBuf,
    version: String,
}

impl Kernel {
    /// The one kernel in the unpacked packages.
    pub fn of(unpacked: &Path) -> Result<Kernel> {
        for entry in fs::read_dir(unpacked.join("boot"))? {
            let image = entry?.path();
            let name = image.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if let Some(version) = name.strip_prefix("vmlinuz-") {
                return Ok(Kernel { image, version: version.to_owned() });
            }
        }
        bail!("the packages hold no kernel")
    }
}

/// Lays out the root file system in `root`.
pub fn root(unpacked: &Path, kernel: &Kernel, root: &Path) -> Result<PathBuf> {
    for folder in
        ["bin", "sbin", "dev", "etc", "home", "lib", "mnt", "proc", "root", "run", "sys", "tmp", "usr", "var/log"]
    {
        fs::create_dir_all(root.join(folder))?;
    }
    fs::set_permissions(root.join("tmp"), PermissionsExt::from_mode(0o1777))?;
    symlink("../run", root.join("var/run"))?;
    busybox(unpacked, root)?;
    symlink("../bin/busybox", root.join("sbin/init"))?;
    // For `su`; busybox gives up the privilege in all else.
    fs::set_permissions(root.join("bin/busybox"), PermissionsExt::from_mode(0o4755))?;

    let packaged = walk(unpacked)?;
    for program in list("programs")? {
        let from = packaged.iter().find(|path| {
            path.ends_with(Path::new("sbin").join(&program)) || path.ends_with(Path::new("bin").join(&program))
        });
        let from = from.with_context(|| format!("no package brings {program}"))?;
        install(from, &root.join("sbin").join(&program))?;
        libraries(from, &packaged, root)?;
    }
    let modules = modules(unpacked, kernel, root, |_| true)?;
    fs::write(root.join("etc/modules"), modules.join("\n"))?;

    let own = own_files()?.join("root");
    for file in walk(&own)? {
        install(&file, &root.join(file.strip_prefix(&own)?))?;
    }
    fs::set_permissions(root.join("etc/shadow"), PermissionsExt::from_mode(0o600))?;
    Ok(root.to_owned())
}

/// Makes the initramfs in `folder` and returns its file.
pub fn initramfs(unpacked: &Path, kernel: &Kernel, folder: &Path) -> Result<PathBuf> {
    for name in ["bin", "dev", "etc", "lib", "proc", "root", "sys"] {
        fs::create_dir_all(folder.join(name))?;
    }
    busybox(unpacked, folder)?;
    let modules = modules(unpacked, kernel, folder, |line| line.starts_with("boot "))?;
    fs::write(folder.join("etc/modules"), modules.join("\n"))?;
    install(&own_files()?.join("initramfs/init"), &folder.join("init"))?;

    let archive = folder.with_extension("cpio");
    let names = read(argv("find", ["."]).current_dir(folder))?;
    let mut cpio = argv("cpio", ["--quiet", "--create", "--format=newc", "--owner=0:0"]);
    let mut cpio = cpio.current_dir(folder).stdin(Stdio::piped()).stdout(fs::File::create(&archive)?).spawn()?;
    std::io::Write::write_all(&mut cpio.stdin.take().context("cpio takes no names")?, names.as_bytes())?;
    if !cpio.wait()?.success() {
        bail!("cpio cannot pack the initramfs");
    }
    // Unpacked within a tenth of the time that xz takes under emulation.
    run(argv("zstd", ["--quiet", "-19", "--force"]).arg(&archive))?;
    Ok(folder.with_extension("cpio.zst"))
}

/// Installs busybox under the names of all its applets.
fn busybox(unpacked: &Path, root: &Path) -> Result<()> {
    let found = walk(unpacked)?.into_iter().find(|path| path.ends_with("bin/busybox"));
    let program = found.context("no package brings busybox")?;
    install(&program, &root.join("bin/busybox"))?;
    for applet in read(Command::new(&program).arg("--list"))?.lines().filter(|name| *name != "busybox") {
        symlink("busybox", root.join("bin").join(applet))?;
    }
    Ok(())
}

/// Installs the libraries that `program` names, and those that they name. The loader looks for all of them in /lib, but
/// is itself where programs expect it.
fn libraries(program: &Path, packaged: &[PathBuf], root: &Path) -> Result<()> {
    let headers = read(argv("readelf", ["--dynamic", "--wide"]).arg(program))?;
    for line in headers.lines().filter(|line| line.contains("(NEEDED)")) {
        let name = line.split(['[', ']']).nth(1).context("readelf writes something else")?;
        let target =
            if name.starts_with("ld-linux") { root.join("lib64").join(name) } else { root.join("lib").join(name) };
        if !target.exists() {
            let from = packaged.iter().find(|path| path.ends_with(name));
            let from = from.with_context(|| format!("{} needs {name}, which no package brings", program.display()))?;
            install(from, &target)?;
            libraries(from, packaged, root)?;
        }
    }
    Ok(())
}

/// Installs the kernel's modules of the list that are wanted, and what they depend on; returns the names of the former.
fn modules(unpacked: &Path, kernel: &Kernel, root: &Path, wanted: impl Fn(&str) -> bool) -> Result<Vec<String>> {
    // Where distributions have merged /usr, modules are under usr/lib.
    let base = if unpacked.join("lib/modules").exists() { unpacked.to_owned() } else { unpacked.join("usr") };
    run(argv("depmod", ["--basedir"]).arg(&base).arg(&kernel.version))?;
    let mut names = Vec::new();
    for line in list("modules")?.iter().filter(|line| wanted(line)) {
        let name = line.trim_start_matches("boot ");
        let mut modprobe = argv("modprobe", ["--show-depends", "--set-version", &kernel.version, "--dirname"]);
        let steps = read(modprobe.arg(&base).arg(name))?;
        for file in steps.lines().filter_map(|step| step.strip_prefix("insmod ")) {
            let file = Path::new(file.trim());
            let target = root.join(file.strip_prefix(&base)?);
            install(file, &target)?;
            decompress(&target)?;
        }
        names.push(name.to_owned());
    }
    let folder = Path::new("lib/modules").join(&kernel.version);
    for index in ["modules.builtin", "modules.builtin.modinfo", "modules.order"] {
        fs::copy(base.join(&folder).join(index), root.join(&folder).join(index))?;
    }
    run(argv("depmod", ["--basedir"]).arg(root).arg(&kernel.version))?;
    Ok(names)
}

/// Busybox loads plain modules only.
fn decompress(module: &Path) -> Result<()> {
    match module.extension().and_then(|extension| extension.to_str()) {
        Some("xz") => run(argv("xz", ["--decompress", "--force"]).arg(module)),
        Some("zst") => run(argv("zstd", ["--decompress", "--force", "--quiet", "--rm"]).arg(module)),
        _ => Ok(()),
    }
}

/// Copies a file (or what a link points to) with its permissions, in place of what is there.
fn install(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to.parent().context("a file without a folder")?)?;
    if to.is_symlink() {
        fs::remove_file(to)?;
    }
    fs::copy(from, to).with_context(|| format!("cannot copy {}", from.display()))?;
    Ok(())
}

/// All files and links under `folder`.
pub fn walk(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            files.extend(walk(&entry.path())?);
        } else {
            files.push(entry.path());
        }
    }
    Ok(files)
}
