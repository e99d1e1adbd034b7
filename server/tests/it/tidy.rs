//! The rules of the source tree that no compiler checks. Each names what it forbids; a breach is listed with its file and line.

use std::fs;
use std::path::{Path, PathBuf};

/// Of no concern here: made, fetched or versioned by tools.
const SKIPPED: [&str; 6] = [".git", "target", "node_modules", "vendor", "test-results", "playwright-report"];
/// The longest file, in lines.
const LONGEST: usize = 500;

struct Source {
    /// From the root, with `/`.
    path: String,
    text: String,
}

impl Source {
    fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap()
    }

    fn stem(&self) -> &str {
        self.name().split('.').next().unwrap()
    }

    /// The lines that are neither comments nor tests, numbered from 1. A file's tests stand at its end.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let all_tests = self.path.contains("/tests/")
            || self.path.contains("/contract/")
            || self.stem().ends_with("tests")
            || self.name() == "contract.rs";
        let lines = self.text.lines().take_while(|line| line.trim() != "#[cfg(test)]" || line.starts_with("    "));
        lines
            .enumerate()
            .map(|(n, line)| (n + 1, line))
            .filter(move |(_, line)| !all_tests && !line.trim().starts_with("//"))
    }

    fn tests(&self) -> impl Iterator<Item = (usize, &str)> {
        let code: Vec<usize> = self.code().map(|(n, _)| n).collect();
        let last = code.last().copied().unwrap_or(0);
        self.text
            .lines()
            .enumerate()
            .map(|(n, line)| (n + 1, line))
            .filter(move |(n, line)| *n > last && !line.trim().starts_with("//"))
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if SKIPPED.contains(&path.file_name().unwrap().to_str().unwrap()) {
            continue;
        }
        if path.is_dir() { walk(&path, found) } else { found.push(path) }
    }
}

fn sources(extension: &str) -> Vec<Source> {
    let mut paths = Vec::new();
    walk(&root(), &mut paths);
    paths.retain(|path| path.extension().is_some_and(|is| is == extension));
    let read = |path: PathBuf| Source {
        path: path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned(),
        text: fs::read_to_string(&path).unwrap(),
    };
    paths.into_iter().map(read).collect()
}

/// Fails with the lines of code that `forbidden` finds.
fn check(rule: &str, forbidden: impl Fn(&Source, &str) -> bool) {
    let mut breaches = Vec::new();
    let sources = sources("rs");
    assert!(sources.len() > 50, "the tree is there");
    for source in sources.iter().filter(|source| source.path != "server/tests/it/tidy.rs") {
        let lines = source.code().filter(|(_, line)| forbidden(source, line));
        breaches.extend(lines.map(|(n, line)| format!("{}:{n}: {}", source.path, line.trim())));
    }
    assert!(breaches.is_empty(), "{rule}\n{}", breaches.join("\n"));
}

fn has_any(line: &str, words: &[&str]) -> bool {
    words.iter().any(|word| line.contains(word))
}

/// The workspace's crates that a manifest depends on, and the other crates.
fn dependencies(manifest: &str) -> (Vec<String>, Vec<String>) {
    let text = fs::read_to_string(root().join(manifest)).unwrap();
    let table: toml::Table = text.parse().unwrap();
    let names: Vec<String> = table["dependencies"].as_table().unwrap().keys().cloned().collect();
    names.into_iter().partition(|name| ["api", "app", "cloud", "frontend", "server", "xtask"].contains(&name.as_str()))
}

#[test]
fn crates_depend_downwards_only() {
    let (ours, theirs) = dependencies("app/api/Cargo.toml");
    assert!(ours.is_empty(), "api depends on {ours:?}");
    let pure = ["async-trait", "serde", "thiserror", "uuid"];
    assert!(theirs.iter().all(|name| pure.contains(&name.as_str())), "api does no I/O, but depends on {theirs:?}");
    assert_eq!(dependencies("app/Cargo.toml").0, ["api"]);
    assert_eq!(dependencies("server/cloud/Cargo.toml").0, ["api"]);
    let (_, theirs) = dependencies("server/cloud/Cargo.toml");
    assert!(
        !theirs.iter().any(|name| ["axum", "leptos", "hyper"].contains(&name.as_str())),
        "cloud knows no HTTP and no pages"
    );
    let text = fs::read_to_string(root().join("app/Cargo.toml")).unwrap();
    assert!(
        text.contains("leptos_axum = { workspace = true, optional = true }"),
        "app has leptos_axum on the server only"
    );
}

#[test]
fn sql_stands_in_store_files() {
    let is_store = |source: &Source| {
        source.name() == "store.rs"
            || source.path.contains("/store/")
            || ["db.rs", "keyset.rs"].contains(&source.name())
    };
    let words = ["sqlx::query", "\"select ", "\"insert into ", "\"update ", "\"delete from "];
    check("SQL only in store.rs", |source, line| !is_store(source) && has_any(line, &words));
}

/// A view's macro takes the first `>` outside braces for the end of the tag, and what follows for text: the page shows a stray "0 >".
#[test]
fn attributes_that_compare_are_in_braces() {
    let compares = |line: &str| {
        let mut depth = 0;
        line.char_indices().any(|(at, c)| {
            match c {
                '{' | '(' => depth += 1,
                '}' | ')' => depth -= 1,
                _ => {}
            }
            depth == 0 && c == '>' && line[..at].ends_with(' ') && line[at + 1..].starts_with(' ')
        })
    };
    check("comparisons in braces", |source, line| {
        source.path.starts_with("app/src") && line.trim_start().starts_with('<') && compares(line)
    });
}

#[test]
fn libvirt_stands_in_its_files() {
    let is_virt = |line: &str| {
        line.match_indices("virt::")
            .any(|(at, _)| !line[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_'))
    };
    check("virt:: only in libvirt*.rs", |source, line| !source.path.contains("/libvirt") && is_virt(line));
}

#[test]
fn server_functions_stand_in_calls() {
    check("#[server] only in calls.rs", |source, line| {
        source.name() != "calls.rs" && line.trim().starts_with("#[server")
    });
}

#[test]
fn the_two_halves_are_told_apart_in_few_places() {
    check("cfg(feature) of ssr and hydrate only in lib.rs, backend.rs, live.rs", |source, line| {
        !["lib.rs", "backend.rs", "live.rs"].contains(&source.name())
            && has_any(line, &["feature = \"ssr\"", "feature = \"hydrate\""])
    });
}

#[test]
fn services_do_not_reach_into_each_others_tables() {
    let services = ["audit", "compute", "identity", "image", "network", "operation", "quota"];
    check("a service's store.rs is its own", |source, line| {
        services.iter().any(|service| {
            let outside = !source.path.starts_with(&format!("server/cloud/src/{service}/"));
            outside && line.contains(&format!("{service}::store"))
        })
    });
}

#[test]
fn ui_knows_no_service() {
    let areas =
        ["crate::compute", "crate::identity", "crate::image", "crate::network", "crate::admin", "crate::backend"];
    check("app/src/ui knows no service", |source, line| {
        source.path.starts_with("app/src/ui/") && has_any(line, &areas)
    });
}

#[test]
fn rules_are_pure() {
    const PURE: [&str; 8] =
        ["chain", "lifecycle", "hardware", "ipam", "domain_xml", "rules", "config_drive", "console_text"];
    let impure = ["async ", "SystemTime", "Instant", "Clock", "rand::", "SqlitePool", "&mut Tx", "std::fs", "tokio::"];
    check("no async, clock, randomness, pool or file in rules", |source, line| {
        let is_pure =
            PURE.contains(&source.stem()) || source.path.contains("/inspect/") || source.stem().starts_with("inspect");
        source.path.starts_with("server/cloud/") && is_pure && has_any(line, &impure)
    });
}

#[test]
fn only_the_vocabulary_is_serialised() {
    // `Fail` is `api::Error` in the dress that server functions ask for.
    check("only api derives Serialize", |source, line| {
        !source.path.starts_with("app/api/")
            && source.path != "app/src/fail.rs"
            && line.contains("derive(")
            && line.contains("Serialize")
    });
}

#[test]
fn nothing_panics_or_prints() {
    let words = [".unwrap()", ".expect(", "println!", "eprintln!", "dbg!", "panic!(", "todo!", "unimplemented!"];
    check("no unwrap, expect, print or panic outside tests", |source, line| {
        let exempt = source.path.starts_with("xtask/") || source.name() == "build.rs";
        !exempt && has_any(line, &words)
    });
}

#[test]
fn unsafe_stands_in_one_file() {
    check("unsafe only in memory.rs", |source, line| {
        source.path != "server/src/memory.rs" && has_any(line, &["unsafe {", "unsafe fn", "unsafe impl", "unsafe_code"])
    });
}

#[test]
fn files_are_short() {
    let long = |source: &&Source| source.text.lines().count() > LONGEST;
    for extension in ["rs", "ts", "css", "sql"] {
        let files = sources(extension);
        let long: Vec<_> = files.iter().filter(long).map(|source| &source.path).collect();
        assert!(long.is_empty(), "more than {LONGEST} lines: {long:?}");
    }
}

#[test]
fn names_say_what_is_inside() {
    let vague = ["utils", "util", "common", "helpers", "helper", "manager", "misc"];
    // Texts that all pages share are what the word is for.
    let named = |source: &&Source| {
        source.path != "app/src/i18n/common.rs" && source.path.split(['/', '.']).any(|part| vague.contains(&part))
    };
    let files = sources("rs");
    let vague: Vec<_> = files.iter().filter(named).map(|source| &source.path).collect();
    assert!(vague.is_empty(), "{vague:?}");
}

#[test]
fn nothing_is_left_for_later() {
    let marks = ["TODO", "FIXME", "XXX", "#[ignore"];
    for source in sources("rs").iter().filter(|source| source.path != "server/tests/it/tidy.rs") {
        for (n, line) in source.text.lines().enumerate() {
            assert!(!has_any(line, &marks), "{}:{}: {line}", source.path, n + 1);
        }
    }
}

#[test]
fn tests_wait_for_states_not_for_time() {
    // Real hosts and real packets can only be asked again until a deadline.
    let is_real = |source: &Source| has_any(&source.path, &["contract", "libvirt", "tidy.rs"]);
    for source in sources("rs").iter().filter(|source| !is_real(source)) {
        for (n, line) in source.tests() {
            assert!(!line.contains("sleep("), "{}:{n}: {line}", source.path);
        }
    }
}

#[test]
fn the_top_level_is_a_table_of_contents() {
    let folders = ["app", "server", "style", "public", "migrations", "end2end", "xtask", "target"];
    let files = ["Cargo.toml", "Cargo.lock", "README.md", "LICENSE"];
    for entry in fs::read_dir(root()).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        let known =
            if entry.path().is_dir() { folders.contains(&name.as_str()) } else { files.contains(&name.as_str()) };
        assert!(known || name.starts_with('.'), "{name} has no place at the top level");
    }
}
