//! Time zones: the names there are, and what a page needs of one. The database of all zones is part of the program.

use api::Micros;
use api::account::Zone;
use jiff::Timestamp;
use jiff::tz::{TimeZone, db};

/// How many changes of the offset before and after now a page is told; a zone with summer time has two a year.
const BEHIND: usize = 4;
const AHEAD: usize = 3;
/// Three years, in seconds.
const LONG_AGO: i64 = 3 * 366 * 86_400;

/// The names to choose from, by name: places, and UTC.
pub fn names() -> Vec<String> {
    let is_place = |name: &String| {
        let area = name.split_once('/').map(|(area, _)| area);
        name == "UTC"
            || area.is_some_and(|area| !["Etc", "US", "Canada", "Brazil", "Chile", "Mexico", "SystemV"].contains(&area))
    };
    let mut names: Vec<String> = db().available().map(|name| name.to_string()).filter(is_place).collect();
    names.sort();
    names
}

/// When a day such as `2026-12-31` begins in the zone, or ends; `None` if it is no day.
pub fn day(zone: &str, text: &str, end: bool) -> Option<Micros> {
    let day: jiff::civil::Date = text.trim().parse().ok()?;
    let day = if end { day.tomorrow().ok()? } else { day };
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    Some(day.to_zoned(zone).ok()?.timestamp().as_microsecond())
}

/// The zone of that name, as of now; `None` if there is none.
pub fn zone(name: &str, now: Micros) -> Option<Zone> {
    let zone = TimeZone::get(name).ok()?;
    let now = Timestamp::from_microsecond(now).ok()?;
    let minutes = |at: Timestamp| zone.to_offset(at).seconds() / 60;
    let behind: Vec<Timestamp> = zone.preceding(now).take(BEHIND).map(|change| change.timestamp()).collect();
    let ahead = zone.following(now).take(AHEAD).map(|change| change.timestamp());
    let mut spans: Vec<(i64, i32)> =
        behind.into_iter().rev().chain(ahead).map(|at| (at.as_second(), minutes(at))).collect();
    // What was changed long ago is of no page's concern, but for the last such change.
    while spans.get(1).is_some_and(|(from, _)| *from < now.as_second() - LONG_AGO) {
        spans.remove(0);
    }
    if spans.is_empty() {
        spans.push((0, minutes(now)));
    }
    Some(Zone { name: name.to_owned(), spans })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_begin_where_the_reader_is() {
        assert_eq!(day("UTC", "2026-01-01", false), Some(WINTER));
        assert_eq!(day("UTC", "2025-12-31", true), Some(WINTER));
        assert_eq!(day("Asia/Seoul", "2026-01-01", false), Some(WINTER - 9 * 3_600_000_000));
        assert_eq!(day("UTC", "2026-02-30", false), None);
        assert_eq!(day("UTC", "yesterday", false), None);
    }

    /// 2026-01-01 and 2026-07-01.
    const WINTER: Micros = 1_767_225_600_000_000;
    const SUMMER: Micros = 1_782_864_000_000_000;

    #[test]
    fn zones() {
        fn check(name: &str, winter: i32, summer: i32) {
            let zone = zone(name, WINTER).unwrap();
            assert_eq!((zone.offset(WINTER), zone.offset(SUMMER)), (winter, summer), "{name}");
        }
        check("UTC", 0, 0);
        check("Asia/Seoul", 540, 540);
        check("Europe/Berlin", 60, 120);
        check("America/St_Johns", -210, -150);
        assert_eq!(zone("Nowhere/Land", WINTER), None);
    }

    #[test]
    fn names_are_places() {
        let names = names();
        assert!(names.is_sorted());
        for name in ["UTC", "Asia/Seoul", "Europe/Berlin"] {
            assert!(names.iter().any(|is| is == name), "{name}");
        }
        assert!(!names.iter().any(|name| name == "EST5EDT"));
    }
}
