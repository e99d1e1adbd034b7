//! What the reader has chosen for the whole console: kept on the server for those who have signed in, in cookies for the others. Either
//! way the first byte of a page is right already.

use crate::i18n::Lang;
use api::account::{Preferences as Kept, Zone};

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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preferences {
    pub lang: Lang,
    pub theme: Theme,
    /// `None`: the browser's own.
    pub zone: Option<Zone>,
    /// Rows on a page of a list; 0 is the list's own number.
    pub page_size: u32,
}

impl Preferences {
    /// From the headers `Cookie` (cookies `lang` and `theme`) and `Accept-Language`.
    pub fn from_headers(cookies: &str, accept_language: &str) -> Self {
        Self {
            lang: cookie(cookies, "lang").and_then(Lang::from_tag).unwrap_or_else(|| Lang::accepted(accept_language)),
            theme: cookie(cookies, "theme").and_then(Theme::parse).unwrap_or_default(),
            ..Self::default()
        }
    }

    /// With what the server keeps for whoever has signed in, which counts for more.
    pub fn with(self, kept: &Kept, zone: Option<Zone>) -> Self {
        Self {
            lang: kept.lang.as_deref().and_then(Lang::from_tag).unwrap_or(self.lang),
            theme: kept.theme.as_deref().and_then(Theme::parse).unwrap_or(self.theme),
            zone,
            page_size: kept.page_size.unwrap_or_default(),
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
                Preferences { lang, theme, ..Preferences::default() },
                "{cookies:?} {accept:?}"
            );
        }
        check("", "", Lang::En, Theme::System);
        check("id=x; lang=ko; theme=dark", "en", Lang::Ko, Theme::Dark);
        check("lang=xx; theme=blue", "ko", Lang::Ko, Theme::System);
        check("xlang=ko", "en", Lang::En, Theme::System);
    }

    #[test]
    fn what_is_kept_counts_for_more() {
        let of_headers = Preferences::from_headers("lang=en; theme=dark", "");
        let kept = Kept { lang: Some("ko".into()), page_size: Some(50), ..Kept::default() };
        let expected = Preferences { lang: Lang::Ko, theme: Theme::Dark, zone: None, page_size: 50 };
        assert_eq!(of_headers.with(&kept, None), expected);
    }
}
