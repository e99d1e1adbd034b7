//! The site: what the browser loads besides pages, assembled in `<target>/site` for the program to embed.
//!
//! ```text
//! manifest.json                   {"js": "/pkg/…/offing.js", "wasm": …, "css": …}: the names that change with the content
//! pkg/<hash>/offing{.js,_bg.wasm} the console's own half in the browser: what every page needs
//! pkg/<hash>/…                    the pages of one area each, and what areas share, fetched when one of their pages is due
//! pkg/offing.<hash>.css           its style
//! vendor/{novnc,terminal}.js      noVNC and xterm.js, one ES module each; terminal.css
//! …                               everything of public/
//! ```
//!
//! Whatever shrinks has a `.br` and a `.gz` beside it.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, anyhow};
use sha2::{Digest, Sha256};
use wasm_bindgen_cli_support::Bindgen;

use crate::command::run;
use crate::{paths, setup};

/// The module that fetches parts, as `leptos::lazy` has the WebAssembly import it.
const LINK: &str = "./__wasm_split.______________________.js";

/// Paths in the site with their content.
type Files = BTreeMap<PathBuf, Vec<u8>>;

/// Replaces the site by one made of this WebAssembly. Files that stay the same are not touched.
pub fn assemble(wasm: &Path, release: bool) -> Result<()> {
    setup::node::install()?;
    let root = paths::root()?;
    let scratch = paths::target()?.join("site-parts");
    if scratch.exists() {
        fs::remove_dir_all(&scratch)?;
    }
    bindgen(wasm, &scratch.join("pkg"), release).context("wasm-bindgen fails")?;
    bundle(&root, &scratch)?;

    let mut files = read_tree(&root.join("public"))?;
    files.extend(
        read_tree(&scratch.join("vendor"))?.into_iter().map(|(path, data)| (Path::new("vendor").join(path), data)),
    );
    let manifest = package(&mut files, read_tree(&scratch.join("pkg"))?)?;
    files.insert(PathBuf::from("manifest.json"), manifest);
    fs::remove_dir_all(&scratch)?;
    write(&paths::target()?.join("site"), files, release)
}

/// Takes the pages that are fetched when they are due out of the WebAssembly, and makes the module that loads the rest.
fn bindgen(wasm: &Path, folder: &Path, release: bool) -> Result<()> {
    fs::create_dir_all(folder)?;
    let whole = fs::read(wasm).with_context(|| format!("cannot read {}", wasm.display()))?;
    let main = folder.join("main.wasm");
    let mut options = wasm_split_cli_support::Options::new(&whole);
    options.output_dir = folder;
    options.main_out_path = &main;
    options.link_name = LINK;
    options.main_module = "./offing.js";
    wasm_split_cli_support::transform(options).map_err(|error| anyhow!("cannot split it: {error:#}"))?;

    let mut bindgen = Bindgen::new();
    bindgen.input_path(&main).out_name("offing").web(true)?.typescript(false);
    // The parts know the rest by these names.
    bindgen.keep_lld_exports(true).demangle(false);
    bindgen.debug(!release).remove_name_section(release).remove_producers_section(release);
    bindgen.generate(folder)?;
    fs::remove_file(main)?;
    Ok(())
}

/// Makes one file each of the style's layers, of noVNC and of xterm.js.
fn bundle(root: &Path, scratch: &Path) -> Result<()> {
    let modules = root.join("end2end/node_modules");
    let mut esbuild = Command::new(modules.join(".bin/esbuild"));
    esbuild.args([
        "--bundle",
        "--minify",
        "--format=esm",
        "--log-level=warning",
        "--external:*.svg",
        "--external:*.woff2",
        "--legal-comments=inline",
    ]);
    esbuild.arg(format!("--outdir={}", scratch.display()));
    esbuild.arg(format!("pkg/offing={}", root.join("style/main.css").display()));
    esbuild.args(["vendor/novnc=@novnc/novnc", "vendor/terminal=./vendor/terminal.js"]);
    run(esbuild.current_dir(root.join("end2end")))?;
    for (package, licence) in [("@novnc/novnc", "LICENSE.txt"), ("@xterm/xterm", "LICENSE")] {
        let name = package.rsplit('/').next().unwrap_or(package);
        fs::copy(modules.join(package).join(licence), scratch.join("vendor").join(format!("{name}.licence.txt")))?;
    }
    Ok(())
}

/// Adds the console's own files under names that change with their content, and returns the manifest.
fn package(files: &mut Files, mut parts: Files) -> Result<Vec<u8>> {
    let css = parts.remove(Path::new("offing.css")).context("offing.css was not made")?;
    let css_name = format!("/pkg/offing.{}.css", hash([&css]));
    // They name each other, so what changes with their content is the folder.
    let folder = format!("/pkg/{}", hash(parts.values()));
    let manifest = serde_json::json!({
        "js": format!("{folder}/offing.js"),
        "wasm": format!("{folder}/offing_bg.wasm"),
        "css": css_name,
    });
    let parts = parts.into_iter().map(|(name, data)| (Path::new(&folder[1..]).join(name), data));
    files.extend(parts.chain([(PathBuf::from(&css_name[1..]), css)]));
    Ok(serde_json::to_vec_pretty(&manifest)?)
}

/// Of contents one after the other, as the program recognises it in a name: sixteen hex digits.
fn hash<'a>(contents: impl IntoIterator<Item = &'a Vec<u8>>) -> String {
    let whole = contents.into_iter().fold(Sha256::new(), |hash, data| hash.chain_update(data));
    hex::encode(&whole.finalize()[..8])
}

/// All files under `folder` by their paths in it.
fn read_tree(folder: &Path) -> Result<Files> {
    let mut files = Files::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).with_context(|| format!("cannot read {}", next.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.insert(path.strip_prefix(folder)?.to_owned(), fs::read(&path)?);
            }
        }
    }
    Ok(files)
}

/// Makes `site` consist of `files` and their smaller forms. What stays the same is not touched, so that the program is
/// not built anew for nothing.
fn write(site: &Path, files: Files, release: bool) -> Result<()> {
    fs::create_dir_all(site)?;
    let before = read_tree(site)?;
    let mut after = Files::new();
    for (name, data) in files {
        let unchanged = !release && before.get(&name) == Some(&data);
        for form in [Form::Brotli { best: release }, Form::Gzip] {
            let path = with_suffix(&name, form.suffix());
            let smaller = if unchanged { before.get(&path).cloned() } else { form.of(&data)? };
            after.extend(smaller.map(|data| (path, data)));
        }
        after.insert(name, data);
    }
    for (name, data) in after.iter().filter(|(name, data)| before.get(*name) != Some(*data)) {
        let path = site.join(name);
        fs::create_dir_all(path.parent().context("a file without a folder")?)?;
        fs::write(path, data)?;
    }
    for name in before.keys().filter(|name| !after.contains_key(*name)) {
        fs::remove_file(site.join(name))?;
    }
    let brotli = after.iter().filter(|(name, _)| name.starts_with("pkg") && name.extension() == Some("br".as_ref()));
    let (later, first): (Vec<_>, Vec<_>) = brotli.partition(|(name, _)| comes_later(name));
    let size = |files: Vec<(_, &Vec<u8>)>| files.into_iter().map(|(_, data)| data.len()).sum::<usize>() / 1000;
    println!("build: script and style are {} kB, compressed; what comes later {} kB", size(first), size(later));
    Ok(())
}

/// Whether a part is fetched only when one of its pages is due, by the names that the splitter gives.
fn comes_later(name: &Path) -> bool {
    name.file_name()
        .is_some_and(|name| ["split_", "chunk_"].iter().any(|part| name.to_string_lossy().starts_with(part)))
}

/// A smaller form of a file.
#[derive(Clone, Copy)]
enum Form {
    Brotli { best: bool },
    Gzip,
}

impl Form {
    fn suffix(self) -> &'static str {
        match self {
            Form::Brotli { .. } => "br",
            Form::Gzip => "gz",
        }
    }

    /// None where it would not be much smaller.
    fn of(self, data: &[u8]) -> Result<Option<Vec<u8>>> {
        let smaller = match self {
            Form::Brotli { best } => {
                let mut encoder = brotli::CompressorWriter::new(Vec::new(), 1 << 16, if best { 11 } else { 5 }, 22);
                encoder.write_all(data)?;
                encoder.into_inner()
            }
            Form::Gzip => {
                let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
                encoder.write_all(data)?;
                encoder.finish()?
            }
        };
        Ok((smaller.len() * 10 < data.len() * 9).then_some(smaller))
    }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    PathBuf::from(name)
}
