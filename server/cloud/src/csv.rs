//! Files for spreadsheets (RFC 4180).

/// A line of cells.
pub fn line(cells: &[&str]) -> String {
    let cells: Vec<String> = cells.iter().map(|text| cell(text)).collect();
    format!("{}\r\n", cells.join(","))
}

/// How formulas begin; with the full-width signs too, in spreadsheets of East Asian languages.
const FORMULAS: [char; 10] = ['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r'];

/// A cell. What a spreadsheet would take for a formula is kept from being one: names come from anybody.
fn cell(text: &str) -> String {
    let is_formula = text.starts_with(FORMULAS);
    let text = if is_formula { format!("'{text}") } else { text.to_owned() };
    if text.contains(['"', ',', '\r', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells() {
        fn check(text: &str, expected: &str) {
            assert_eq!(cell(text), expected);
        }
        check("", "");
        check("web 1", "web 1");
        check("a,b", "\"a,b\"");
        check("say \"hi\"", "\"say \"\"hi\"\"\"");
        check("=1+1", "'=1+1");
        check("＝1+1", "'＝1+1");
        check("@sum(a,b)", "\"'@sum(a,b)\"");
        check("웹\n서버", "\"웹\n서버\"");
    }
}
