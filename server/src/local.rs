//! Addresses of our own that come back to us in a form: where to go after a sign-in or a changed preference.

/// The first folders of the console's routes.
const AREAS: [&str; 3] = ["p", "dev", "sign-in"];

/// The address, if it is one of the console's own pages: an absolute path below a known area, made of plain segments, with at most a
/// query. Everything by which a browser could be led to another host (`//evil`, `/\evil`, `///`, control characters) is refused,
/// because it is not on the short list of what is allowed.
pub fn page(address: &str) -> Option<&str> {
    if address == "/" {
        return Some(address);
    }
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let mut segments = path.strip_prefix('/')?.split('/');
    let known = segments.next().is_some_and(|area| AREAS.contains(&area));
    let plain =
        segments.all(|segment| !segment.is_empty() && segment.bytes().all(is_plain) && !segment.starts_with('.'));
    let safe = query.bytes().all(|byte| is_plain(byte) || matches!(byte, b'=' | b'&' | b'%' | b'+'));
    (known && plain && safe && address.len() <= 2048).then_some(address)
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(address: &str, good: bool) {
        assert_eq!(page(address), good.then_some(address), "{address:?}");
    }

    #[test]
    fn pages_of_ours_only() {
        check("/", true);
        check("/p/0af7651916cd43dd8448eb211c80319c/instances", true);
        check("/p/0af7651916cd43dd8448eb211c80319c/instances?search=a%20b&sort=-name", true);
        check("/dev/ui", true);
        check("/sign-in", true);
        for evil in [
            "",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "/p//evil.example",
            "/p/../evil",
            "/p/\\evil",
            "\\\\evil",
            "https://evil.example/p/x",
            "/%2f/evil.example",
            "/p/x#@evil",
            "/p/\nx",
            "/p/x?next=//evil",
            "/unknown",
            " /p/x",
            "/p/x y",
            "javascript:alert(1)",
            "/metrics",
            "p/x",
        ] {
            check(evil, false);
        }
    }
}
