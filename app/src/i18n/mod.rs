//! The languages of the console. Each area's file holds its texts, one a line, in every language: a missing one does not compile.
//!
//! ```text
//! let t = text();
//! view! { <h1>{t.common.instances}</h1> <p>{(t.ui.rows)(total)}</p> }
//! ```

/// Declares a struct of texts with its statics `EN` and `KO`: `field = "English", "한국어";`, or, for a sentence with parameters,
/// `field: fn(u64) -> String = |n| …, |n| …;`.
macro_rules! texts {
    ($(#[$doc:meta])* pub struct $name:ident { $($(#[$note:meta])* $field:ident $(: $kind:ty)? = $en:expr, $ko:expr;)* }) => {
        $(#[$doc])*
        pub struct $name { $($(#[$note])* pub $field: texts!(@type $($kind)?),)* }
        pub static EN: $name = $name { $($field: $en,)* };
        pub static KO: $name = $name { $($field: $ko,)* };
    };
    (@type) => { &'static str };
    (@type $kind:ty) => { $kind };
}

pub mod access;
pub mod account;
pub mod audit;
pub mod class;
pub mod common;
pub mod compute;
pub mod directory;
pub mod error;
pub mod format;
pub mod identity;
pub mod image;
pub mod network;
pub mod operation;
pub mod overview;
pub mod provider;
pub mod quota;
pub mod ui;
mod verb;

use leptos::prelude::use_context;

/// A language of the console.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    #[default]
    En,
    Ko,
}

impl Lang {
    pub const ALL: [Lang; 2] = [Lang::En, Lang::Ko];

    /// The tag of BCP 47.
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Ko => "ko",
        }
    }

    /// What the language calls itself.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Ko => "한국어",
        }
    }

    /// The language of a tag such as `ko` or `ko-KR`.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split('-').next().unwrap_or_default();
        Self::ALL.into_iter().find(|lang| lang.tag().eq_ignore_ascii_case(primary))
    }

    /// The best language for an `Accept-Language` header (RFC 9110, 12.5.4); English if none fits.
    pub fn accepted(header: &str) -> Self {
        let weighted = header.split(',').filter_map(|part| {
            let mut pieces = part.split(';');
            let lang = Self::from_tag(pieces.next()?.trim())?;
            let weight = match pieces.find_map(|piece| piece.trim().strip_prefix("q=")) {
                Some(weight) => weight.parse::<f32>().ok()?,
                None => 1.0,
            };
            (weight > 0.0).then_some((lang, weight))
        });
        // Of equal weights the first wins, as the reader wrote them.
        weighted
            .reduce(|best, next| if next.1 > best.1 { next } else { best })
            .map(|(lang, _)| lang)
            .unwrap_or_default()
    }
}

/// All texts of one language.
pub struct Catalogue {
    pub lang: Lang,
    pub common: &'static common::Common,
    pub access: &'static access::Access,
    pub account: &'static account::Account,
    pub audit: &'static audit::Audit,
    pub class: &'static class::Class,
    pub ui: &'static ui::Ui,
    pub identity: &'static identity::Identity,
    pub directory: &'static directory::Directory,
    pub compute: &'static compute::Compute,
    pub image: &'static image::Image,
    pub network: &'static network::Network,
    pub operation: &'static operation::Operation,
    pub overview: &'static overview::Overview,
    pub provider: &'static provider::Provider,
    pub quota: &'static quota::Quota,
    pub error: &'static error::Errors,
}

static EN: Catalogue = Catalogue {
    lang: Lang::En,
    common: &common::EN,
    access: &access::EN,
    account: &account::EN,
    audit: &audit::EN,
    class: &class::EN,
    ui: &ui::EN,
    identity: &identity::EN,
    directory: &directory::EN,
    compute: &compute::EN,
    image: &image::EN,
    network: &network::EN,
    operation: &operation::EN,
    overview: &overview::EN,
    provider: &provider::EN,
    quota: &quota::EN,
    error: &error::EN,
};

static KO: Catalogue = Catalogue {
    lang: Lang::Ko,
    common: &common::KO,
    access: &access::KO,
    account: &account::KO,
    audit: &audit::KO,
    class: &class::KO,
    ui: &ui::KO,
    identity: &identity::KO,
    directory: &directory::KO,
    compute: &compute::KO,
    image: &image::KO,
    network: &network::KO,
    operation: &operation::KO,
    overview: &overview::KO,
    provider: &provider::KO,
    quota: &quota::KO,
    error: &error::KO,
};

/// The texts of `lang`.
pub fn catalogue(lang: Lang) -> &'static Catalogue {
    match lang {
        Lang::En => &EN,
        Lang::Ko => &KO,
    }
}

/// The texts of the page's language. Call it in a component's body, not in an event handler: those have no context.
pub fn text() -> &'static Catalogue {
    catalogue(use_context::<Lang>().unwrap_or_default())
}

/// The Korean particle that fits the word before it: `particle("이미지", "을", "를")` is 를. Where the reading cannot be told, both.
pub fn particle(word: &str, after_consonant: &'static str, after_vowel: &'static str) -> String {
    let consonant = match word.chars().last() {
        Some(c @ '가'..='힣') => Some(!(c as u32 - '가' as u32).is_multiple_of(28)),
        Some('0' | '1' | '3' | '6' | '7' | '8') => Some(true),
        Some('2' | '4' | '5' | '9') => Some(false),
        _ => None,
    };
    match consonant {
        Some(true) => after_consonant.to_owned(),
        Some(false) => after_vowel.to_owned(),
        None => format!("{after_consonant}({after_vowel})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn language_is_negotiated() {
        fn check(header: &str, expected: Lang) {
            assert_eq!(Lang::accepted(header), expected, "{header:?}");
        }
        check("ko-KR,ko;q=0.9,en;q=0.8", Lang::Ko);
        check("en-US,en;q=0.9,ko;q=0.8", Lang::En);
        check("de,ko;q=0.5,en;q=0.4", Lang::Ko);
        check("en;q=0.1, ko;q=0.2", Lang::Ko);
        check("ko;q=0", Lang::En);
        check("de", Lang::En);
        check("", Lang::En);
        check(";;;q=x,,", Lang::En);
    }

    #[test]
    fn particles_follow_the_sound() {
        fn check(word: &str, expected: &str) {
            assert_eq!(particle(word, "을", "를"), expected, "{word}");
        }
        check("이미지", "를");
        check("인스턴스", "를");
        check("보안 그룹", "을");
        check("web-1", "을");
        check("web-2", "를");
        check("web", "을(를)");
        check("", "을(를)");
    }
}
