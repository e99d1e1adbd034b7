//! What browser and system a `User-Agent` header speaks of, in words that its owner knows. Pure, and never a reason for anything: the
//! header says what its sender likes.

/// The longest header that is kept, in characters.
const LONGEST: usize = 255;

/// What each browser writes, before those whose words it repeats.
const BROWSERS: [(&str, &str); 9] = [
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
];

const SYSTEMS: [(&str, &str); 7] = [
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("iPad", "iPadOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

/// The header on one line and not too long.
pub fn kept(agent: &str) -> String {
    agent.chars().filter(|c| !c.is_control()).take(LONGEST).collect()
}

fn known(agent: &str, words: &[(&str, &'static str)]) -> String {
    words.iter().find(|(word, _)| agent.contains(word)).map(|(_, name)| (*name).to_owned()).unwrap_or_default()
}

pub fn browser(agent: &str) -> String {
    known(agent, &BROWSERS)
}

pub fn system(agent: &str) -> String {
    known(agent, &SYSTEMS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(agent: &str, expected: (&str, &str)) {
        assert_eq!((browser(agent).as_str(), system(agent).as_str()), expected, "{agent}");
    }

    #[test]
    fn devices() {
        check("", ("", ""));
        check("curl/8.14", ("curl", ""));
        check("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", ("Firefox", "Linux"));
        let chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";
        check(chrome, ("Chrome", "Windows"));
        check(&format!("{chrome} Edg/142.0"), ("Edge", "Windows"));
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1";
        check(phone, ("Safari", "iOS"));
        check(
            "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/142.0 Mobile Safari/537.36",
            ("Chrome", "Android"),
        );
    }

    #[test]
    fn what_is_kept_is_one_short_line() {
        assert_eq!(kept("a\nb\u{1b}[31m"), "ab[31m");
        assert_eq!(kept(&"x".repeat(5000)).len(), 255);
    }
}
