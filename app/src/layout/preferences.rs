//! What the reader has chosen for the whole console. It travels in cookies, so that the first byte of a page is right already.

use crate::i18n::Lang;

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    Light,
    Dark,
    /// As the reader's system has it.
    #[default]
    System,
}

impl Theme {
    pub const ALL: [Theme; 3] = [Theme::Light, Theme::Dark, Theme::System];

    /// The word in the cookie `theme` and in `<html data-theme>`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
            Self::System => "system",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.as_str() == text)
    }
}

/// The reader's choices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Preferences {
    pub lang: Lang,
    pub theme: Theme,
}

impl Preferences {
    /// From the headers `Cookie` (cookies `lang` and `theme`) and `Accept-Language`.
    pub fn from_headers(cookies: &str, accept_language: &str) -> Self {
        Self {
            lang: cookie(cookies, "lang").and_then(Lang::from_tag).unwrap_or_else(|| Lang::accepted(accept_language)),
            theme: cookie(cookies, "theme").and_then(Theme::parse).unwrap_or_default(),
        }
    }
}

fn cookie<'a>(cookies: &'a str, name: &str) -> Option<&'a str> {
    cookies
        .split(';')
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn preferences_come_from_headers() {
        fn check(cookies: &str, accept: &str, lang: Lang, theme: Theme) {
            assert_eq!(
                Preferences::from_headers(cookies, accept),
                Preferences { lang, theme },
                "{cookies:?} {accept:?}"
            );
        }
        check("", "", Lang::En, Theme::System);
        check("id=x; lang=ko; theme=dark", "en", Lang::Ko, Theme::Dark);
        check("lang=xx; theme=blue", "ko", Lang::Ko, Theme::System);
        check("xlang=ko", "en", Lang::En, Theme::System);
    }
}
