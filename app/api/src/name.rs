//! Names that people give to things.

use crate::error::Why;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A name as OpenStack has them: 1 to 255 characters of any script on one line, with no space at either end.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Name(String);

impl Name {
    /// The longest name that any of OpenStack's services accepts, in characters.
    pub const MAX: usize = 255;

    pub fn parse(text: &str) -> Result<Self, Why> {
        let text = text.trim();
        match line(text, Self::MAX) {
            Ok(()) if text.is_empty() => Err(Why::Required),
            Ok(()) => Ok(Self(text.to_owned())),
            Err(why) => Err(why),
        }
    }

    /// The name, or a ready one where none was given.
    pub fn parse_or(text: &str, otherwise: &str) -> Result<Self, Why> {
        if text.trim().is_empty() { Ok(Self(otherwise.to_owned())) } else { Self::parse(text) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One line of text of at most `max` characters; may be empty.
pub fn line(text: &str, max: usize) -> Result<(), Why> {
    let is = text.chars().count();
    if is > max {
        Err(Why::TooLong { max, is })
    } else if text.chars().any(char::is_control) {
        Err(Why::ControlCharacters)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<&str, Why>) {
        assert_eq!(Name::parse(text).as_ref().map(Name::as_str), expected.as_ref().copied(), "{text:?}");
    }

    #[test]
    fn names() {
        check("web 1", Ok("web 1"));
        check("  웹 서버 ", Ok("웹 서버"));
        check(" ", Err(Why::Required));
        check("a\nb", Err(Why::ControlCharacters));
        check(&"x".repeat(300), Err(Why::TooLong { max: 255, is: 300 }));
    }
}
