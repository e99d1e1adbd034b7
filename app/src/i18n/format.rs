//! Numbers, sizes and moments as each language writes them.

use super::Lang;
use api::Micros;
use api::account::Zone;
use time::OffsetDateTime;

/// 1234567 → 1,234,567. English and Korean group alike.
pub fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Bytes in binary units, three digits at most: 512 B, 24.6 MiB, 1.5 TiB.
pub fn bytes(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["KiB", "MiB", "GiB", "TiB", "PiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let mut size = bytes as f64 / 1024.0;
    let mut unit = 0;
    // 1023.96 would be written as 1024: it belongs to the next unit.
    while size >= 1023.95 && unit + 1 < UNITS.len() {
        size /= 1024.0;
        unit += 1;
    }
    let precision = if size < 99.95 && size.fract() >= 0.05 && size.fract() < 0.95 { 1 } else { 0 };
    format!("{size:.precision$} {}", UNITS[unit])
}

/// OpenStack counts memory in MiB and calls them MB.
pub fn mebibytes(mb: u64) -> String {
    bytes(mb.saturating_mul(1 << 20))
}

/// OpenStack counts disks in GiB and calls them GB.
pub fn gibibytes(gb: u64) -> String {
    bytes(gb.saturating_mul(1 << 30))
}

/// Day and minute, in the reader's time zone or in UTC: what a page shows before a browser knows better.
pub fn moment(lang: Lang, at: Micros, zone: Option<&Zone>) -> String {
    let offset = zone.map_or(0, |zone| zone.offset(at));
    let Some(at) = utc(at.saturating_add(i64::from(offset) * 60_000_000)) else { return String::new() };
    let zone = zone.map_or("UTC", |zone| zone.name.as_str());
    let (year, month, day, hour, minute) = (at.year(), u8::from(at.month()), at.day(), at.hour(), at.minute());
    match lang {
        Lang::En => format!("{day} {} {year}, {hour:02}:{minute:02} {zone}", MONTHS[usize::from(month) - 1]),
        Lang::Ko => format!("{year}. {month}. {day}. {hour:02}:{minute:02} {zone}"),
    }
}

/// To the second, in UTC, as RFC 3339 writes it: for `<time datetime>` and tooltips.
pub fn rfc3339(at: Micros) -> String {
    let Some(at) = utc(at) else { return String::new() };
    let (year, month, day) = (at.year(), u8::from(at.month()), at.day());
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", at.hour(), at.minute(), at.second())
}

/// To the second, in a time zone: for tooltips.
pub fn exact(at: Micros, zone: &Zone) -> String {
    let offset = zone.offset(at);
    let Some(at) = utc(at.saturating_add(i64::from(offset) * 60_000_000)) else { return String::new() };
    let (year, month, day) = (at.year(), u8::from(at.month()), at.day());
    let (sign, offset) = (if offset < 0 { '-' } else { '+' }, offset.abs());
    let time = format!("{:02}:{:02}:{:02}", at.hour(), at.minute(), at.second());
    format!("{year:04}-{month:02}-{day:02} {time} {sign}{:02}:{:02} {}", offset / 60, offset % 60, zone.name)
}

/// How long ago, or how soon, in the one unit that matters.
pub fn relative(lang: Lang, at: Micros, now: Micros) -> String {
    let seconds = (now - at).div_euclid(1_000_000);
    let past = seconds >= 0;
    let seconds = seconds.unsigned_abs();
    let (n, unit) = match seconds {
        0..10 => return if lang == Lang::Ko { "방금" } else { "just now" }.to_owned(),
        10..60 => (seconds, Unit::Second),
        60..3_600 => (seconds / 60, Unit::Minute),
        3_600..86_400 => (seconds / 3_600, Unit::Hour),
        86_400..2_592_000 => (seconds / 86_400, Unit::Day),
        2_592_000..31_536_000 => (seconds / 2_592_000, Unit::Month),
        _ => (seconds / 31_536_000, Unit::Year),
    };
    match (lang, past) {
        (Lang::En, true) => format!("{} ago", unit.english(n)),
        (Lang::En, false) => format!("in {}", unit.english(n)),
        (Lang::Ko, true) => format!("{} 전", unit.korean(n)),
        (Lang::Ko, false) => format!("{} 후", unit.korean(n)),
    }
}

#[derive(Clone, Copy)]
enum Unit {
    Second,
    Minute,
    Hour,
    Day,
    Month,
    Year,
}

impl Unit {
    fn english(self, n: u64) -> String {
        let word = ["second", "minute", "hour", "day", "month", "year"][self as usize];
        format!("{n} {word}{}", if n == 1 { "" } else { "s" })
    }

    fn korean(self, n: u64) -> String {
        format!("{n}{}", ["초", "분", "시간", "일", "개월", "년"][self as usize])
    }
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn utc(at: Micros) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp(at.div_euclid(1_000_000)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        fn check(n: u64, expected: &str) {
            assert_eq!(number(n), expected);
        }
        check(0, "0");
        check(999, "999");
        check(1000, "1,000");
        check(1234567, "1,234,567");
    }

    #[test]
    fn sizes() {
        fn check(n: u64, expected: &str) {
            assert_eq!(bytes(n), expected);
        }
        check(0, "0 B");
        check(1023, "1023 B");
        check(1024, "1 KiB");
        check(25_795_584, "24.6 MiB");
        check(1 << 30, "1 GiB");
        check((1 << 30) - 1, "1 GiB");
        check(1_649_267_441_664, "1.5 TiB");
        check(192 << 20, "192 MiB");
        check(u64::MAX, "16384 PiB");
    }

    #[test]
    fn moments() {
        let at = 1_795_350_285_000_000;
        assert_eq!(moment(Lang::En, at, None), "22 Nov 2026, 12:24 UTC");
        assert_eq!(moment(Lang::Ko, at, None), "2026. 11. 22. 12:24 UTC");
        let seoul = Zone { name: "Asia/Seoul".into(), spans: vec![(0, 540)] };
        assert_eq!(moment(Lang::En, at, Some(&seoul)), "22 Nov 2026, 21:24 Asia/Seoul");
        assert_eq!(exact(at, &seoul), "2026-11-22 21:24:45 +09:00 Asia/Seoul");
        let st_johns = Zone { name: "America/St_Johns".into(), spans: vec![(0, -210)] };
        assert_eq!(exact(at, &st_johns), "2026-11-22 08:54:45 -03:30 America/St_Johns");
        assert_eq!(rfc3339(at), "2026-11-22T12:24:45Z");
        assert_eq!(rfc3339(i64::MAX), "");
    }

    #[test]
    fn relative_moments() {
        fn check(seconds_ago: i64, english: &str, korean: &str) {
            assert_eq!(relative(Lang::En, 0, seconds_ago * 1_000_000), english);
            assert_eq!(relative(Lang::Ko, 0, seconds_ago * 1_000_000), korean);
        }
        check(3, "just now", "방금");
        check(59, "59 seconds ago", "59초 전");
        check(60, "1 minute ago", "1분 전");
        check(7_200, "2 hours ago", "2시간 전");
        check(86_400 * 45, "1 month ago", "1개월 전");
        check(86_400 * 800, "2 years ago", "2년 전");
        check(-120, "in 2 minutes", "2분 후");
    }
}
