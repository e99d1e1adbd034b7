//! Who sits in a class, as it is typed, pasted or read from a spreadsheet; and the user names made of people's names. Pure.

use crate::identity::{short, user};
use api::class::SEATS_MAX;
use api::error::Faults;
use api::{Kind, Name, Why};
use std::collections::HashSet;

/// The field of the form.
pub const FIELD: &str = "roster";
/// The longest name of a person; a project's name is made of it, and has 64.
const NAME_MAX: usize = 60;
/// What a user is called whose name has no letter in it.
const NAMELESS: &str = "student";

/// Somebody who is to have a seat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Where it stands, from 1.
    pub line: usize,
    pub name: String,
    /// `None`: to be made of the name.
    pub user_name: Option<String>,
    pub email: String,
}

/// A fault of a line.
pub fn at(line: usize, why: Why) -> Why {
    Why::Line { line, why: Box::new(why) }
}

/// A name on each line, or `name,user name,e-mail` as spreadsheets write it. Every line that cannot be read is a fault of the field.
/// Of a list that is too long, no more is read than there may be: what takes long for each line must not be made to take for ever.
pub fn parse(text: &str, faults: &mut Faults) -> Vec<Entry> {
    // What stands where a browser found bytes that are no UTF-8: nobody's name is to be made of that.
    if text.contains('\u{fffd}') {
        faults.add(FIELD, Why::Encoding);
        return Vec::new();
    }
    let lines = text.trim_start_matches('\u{feff}').lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let mut lines: Vec<(usize, Vec<String>)> = lines.map(|(n, line)| (n, cells(line))).collect();
    if lines.first().is_some_and(|(_, cells)| is_title(cells)) {
        lines.remove(0);
    }
    if lines.len() > SEATS_MAX {
        faults.add(FIELD, Why::TooMany { max: SEATS_MAX, is: lines.len() });
        lines.truncate(SEATS_MAX);
    }
    let mut entries = Vec::new();
    let mut names = HashSet::new();
    for (n, cells) in lines {
        match entry(n + 1, &cells) {
            Ok(entry) => {
                if entry.user_name.as_ref().is_some_and(|name| !names.insert(name.clone())) {
                    faults.add(FIELD, at(n + 1, Why::Taken { kind: Kind::User }));
                }
                entries.push(entry);
            }
            Err(why) => faults.add(FIELD, at(n + 1, why)),
        }
    }
    entries
}

fn entry(line: usize, cells: &[String]) -> Result<Entry, Why> {
    let cell = |n: usize| cells.get(n).map(String::as_str).unwrap_or_default();
    let name = short(Name::parse(cell(0))?, NAME_MAX)?.to_string();
    let user_name = match cell(1) {
        "" => None,
        text => Some(short(Name::parse(text)?, NAME_MAX)?.to_string()),
    };
    user::email(cell(2))?;
    Ok(Entry { line, name, user_name, email: cell(2).to_owned() })
}

/// The titles of a spreadsheet's columns.
fn is_title(cells: &[String]) -> bool {
    cells.first().is_some_and(|first| ["name", "이름", "성명"].contains(&first.to_lowercase().as_str()))
}

/// The cells of a line, separated by commas, semicolons or tabs; quotes keep these inside a cell.
fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    let mut rest = line.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '"' if quoted && rest.peek() == Some(&'"') => cell.extend(rest.next()),
            '"' if quoted || cell.trim().is_empty() => quoted = !quoted,
            ',' | ';' | '\t' if !quoted => cells.push(std::mem::take(&mut cell).trim().to_owned()),
            c => cell.push(c),
        }
    }
    cells.push(cell.trim().to_owned());
    cells
}

/// A user name made of a person's name: letters of any script and digits, small, with dots for spaces. Hangul stays Hangul: a student
/// knows how to write that, and nobody could guess how it is romanised.
pub fn user_name(name: &str) -> String {
    let words = name.split(|c: char| c.is_whitespace() || c == '.').map(|word| {
        let word = word.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
        word.flat_map(char::to_lowercase).collect::<String>()
    });
    let words: Vec<String> = words.filter(|word| word.chars().any(char::is_alphanumeric)).collect();
    if words.is_empty() { NAMELESS.to_owned() } else { words.join(".") }
}

/// The n-th of the names that are tried: the name itself, then with a number.
pub fn numbered(name: &str, n: usize) -> String {
    if n < 2 { name.to_owned() } else { format!("{name}-{n}") }
}

/// What a seat's project is called: the class comes first, so that its projects stand together, and is cut where both are too long.
pub fn project_name(class: &str, user: &str, n: usize) -> String {
    const MAX: usize = 64;
    let user = numbered(user, n);
    let room = MAX.saturating_sub(user.chars().count() + 1);
    let class: String = class.chars().take(room).collect();
    let name = format!("{}-{user}", class.trim());
    name.chars().take(MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `name|user name|e-mail` for each entry, `line: fault` for each fault.
    fn check(text: &str, expected: &[&str]) {
        let mut faults = Faults::default();
        let entries = parse(text, &mut faults);
        let entry = |entry: Entry| format!("{}|{}|{}", entry.name, entry.user_name.unwrap_or_default(), entry.email);
        let mut read: Vec<String> = entries.into_iter().map(entry).collect();
        if let Err(api::Error::Invalid(fields)) = faults.finish() {
            read.extend(fields.iter().map(|field| field.why.to_string()));
        }
        assert_eq!(read, expected, "{text:?}");
    }

    #[test]
    fn lists_and_tables() {
        check("", &[]);
        check("Ann Lee\r\n\r\n 김민준 \n", &["Ann Lee||", "김민준||"]);
        check("name,user name,e-mail\nAnn Lee,ann,ann@example.org\nBob", &["Ann Lee|ann|ann@example.org", "Bob||"]);
        check("\u{feff}이름\t아이디\n김민준\tminjun", &["김민준|minjun|"]);
        check("\"Lee, Ann\";ann", &["Lee, Ann|ann|"]);
        check("\"Ann \"\"A\"\" Lee\",ann", &["Ann \"A\" Lee|ann|"]);
        check("Ann,,ann@example.org", &["Ann||ann@example.org"]);
        check("Ann\nname", &["Ann||", "name||"]);
    }

    #[test]
    fn faults_say_the_line() {
        check("Ann\n,bob", &["Ann||", "Line 2: This is required."]);
        check("Ann,ann,ann", &["Line 1: Not an address for e-mail, such as ann@example.org."]);
        check("Ann,x\n\nBob,x", &["Ann|x|", "Bob|x|", "Line 3: There is already a user with this name."]);
        let long = "x".repeat(61);
        check(&long, &["Line 1: At most 60 characters; this has 61."]);
        check(
            "Ann\n\u{fffd}\u{fffd}\u{fffd}",
            &["This is not text in UTF-8. In the spreadsheet, save it as “CSV UTF-8”."],
        );
    }

    #[test]
    fn security_27_a_list_without_end_is_not_read_to_its_end() {
        let mut faults = Faults::default();
        assert_eq!(parse(&format!("name\n{}", "a\n".repeat(SEATS_MAX)), &mut faults).len(), SEATS_MAX);
        assert!(faults.finish().is_ok(), "the title is nobody");
        let mut faults = Faults::default();
        assert!(parse(&"a,b,c\n".repeat(100_000), &mut faults).is_empty());
        let Err(api::Error::Invalid(fields)) = faults.finish() else { panic!("too many") };
        assert_eq!(fields[0].why, Why::TooMany { max: SEATS_MAX, is: 100_000 });
        assert_eq!(fields.len(), 1 + SEATS_MAX);
    }

    #[test]
    fn user_names() {
        fn check(name: &str, expected: &str) {
            assert_eq!(user_name(name), expected, "{name}");
        }
        check("Ann Lee", "ann.lee");
        check("  ANN  de la Cruz ", "ann.de.la.cruz");
        check("김민준", "김민준");
        check("남궁 민수", "남궁.민수");
        check("Lee, Ann (2)", "lee.ann.2");
        check("Jean-Luc O'Neill", "jean-luc.oneill");
        check("Dr. Élodie Ñandú", "dr.élodie.ñandú");
        check("A.B.", "a.b");
        check("!?", "student");
        check("-", "student");
    }

    #[test]
    fn duplicates_are_numbered() {
        assert_eq!(numbered("kim", 1), "kim");
        assert_eq!(numbered("김민준", 2), "김민준-2");
        assert_eq!(project_name("Networks", "ann.lee", 1), "Networks-ann.lee");
        assert_eq!(project_name("Networks", "ann.lee", 3), "Networks-ann.lee-3");
        let long = project_name(&"c".repeat(64), "ann", 1);
        assert_eq!((long.chars().count(), long.ends_with("c-ann")), (64, true));
    }
}
