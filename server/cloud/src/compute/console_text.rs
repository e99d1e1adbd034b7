//! The console log as text: a guest writes what it likes, so everything that could steer a terminal or a page is taken out.

/// The printable text: escape sequences and control characters gone, line ends as `\n`, bytes that are not UTF-8 as `\u{fffd}`.
pub fn plain(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\x1b' => skip_escape(&mut chars),
            '\n' | '\t' => plain.push(c),
            c if c.is_control() => {}
            // Marks that turn the direction of text could make a line read as what it is not.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
            c => plain.push(c),
        }
    }
    plain
}

/// ECMA-48: CSI sequences end at a byte from @ to ~; OSC, DCS and their like at BEL or ESC \; others are two characters long.
fn skip_escape(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    match chars.next() {
        Some('[') => while chars.next().is_some_and(|c| !('@'..='~').contains(&c)) {},
        Some(']' | 'P' | 'X' | '^' | '_') => {
            while let Some(c) = chars.next() {
                if c == '\x07' || (c == '\x1b' && chars.next_if_eq(&'\\').is_some()) {
                    break;
                }
            }
        }
        Some('(' | ')' | '*' | '+' | '#' | '%' | ' ') => {
            chars.next();
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], expected: &str) {
        assert_eq!(plain(bytes), expected);
    }

    #[test]
    fn only_text_is_left() {
        check(b"login: \r\n", "login: \n");
        check(b"\x1b[1;32mok\x1b[0m\x1b[2J", "ok");
        check(b"\x1b]0;title\x07a\x1b]52;c;ZXZpbA==\x1b\\b", "ab");
        check(b"\x1b(Bx\x08\x00y", "xy");
        check("\u{202e}abc\u{2069}".as_bytes(), "abc");
        check(b"\xff<script>", "\u{fffd}<script>");
        check(b"\x1b[", "");
    }
}
