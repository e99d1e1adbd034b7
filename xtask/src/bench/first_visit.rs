//! What somebody who was never here before fetches to see a page, and how long it takes until the page can be used.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use serde_json::Value;

use super::client::Client;
use super::table::Table;
use crate::command::{argv, read};
use crate::{e2e, paths};

/// What all of it may come to, compressed.
const BYTES: &str = "700 kB";
const USABLE: &str = "300 ms";

/// The bytes as the page names them, and, where there is a browser, as that fetches them.
pub fn measure(table: &mut Table, client: &mut Client, page: &str) -> Result<()> {
    let html = client.page(page)?;
    let mut bytes = 0;
    for file in files(&html) {
        bytes += client.size(file)?;
    }
    table.fact("first visit, Instances page: script and style that it names", BYTES, kilobytes(bytes));

    let mut node = argv("node", ["first-visit.js", &client.address(page), client.cookie()]);
    node.current_dir(paths::root()?.join("end2end"));
    if let Some(browser) = e2e::browser() {
        node.env("OFFING_CHROMIUM", browser);
    }
    let found = match read(&mut node) {
        Ok(text) => serde_json::from_str::<Value>(&text)?,
        Err(error) => {
            println!("bench: the first visit in a browser is left out: {error:#}");
            return Ok(());
        }
    };
    let number = |name: &str| found[name].as_u64().with_context(|| format!("the browser says nothing of {name}"));
    table.fact("first visit, Instances page: all bytes in a browser", BYTES, kilobytes(number("bytes")?));
    table.fact("first visit, Instances page: until it can be used", USABLE, format!("{} ms", number("usable")?));
    Ok(())
}

fn kilobytes(bytes: u64) -> String {
    format!("{} kB", bytes.div_ceil(1000))
}

/// The files of script and style that a page names, each once.
fn files(html: &str) -> BTreeSet<&str> {
    let named = [" href=\"", " src=\""].into_iter().flat_map(|name| html.split(name).skip(1));
    let named = named.filter_map(|rest| rest.split('"').next());
    named
        .filter(|file| file.starts_with('/') && [".js", ".css", ".wasm"].iter().any(|kind| file.ends_with(kind)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::files;

    #[test]
    fn files_are_found_once() {
        let html = r#"<link rel="stylesheet" href="/pkg/a.css"><link rel="modulepreload" href="/pkg/a.js"><a href="/p/x">x</a>
                      <script src="/pkg/a.js"></script><img src="/logo.svg"><a href="https://other/b.js">b</a>"#;
        assert_eq!(files(html).into_iter().collect::<Vec<_>>(), ["/pkg/a.css", "/pkg/a.js"]);
    }
}
