//! What a password has to be, and when a name is locked out: pure, asked by everything that sets or takes a password.

use api::account::{NewPasswordRules, PasswordFault, PasswordRules};
use api::error::Faults;
use api::{Micros, Why};

/// No password is longer: hashing a megabyte for each of a thousand sign-ins would be a cheap attack.
pub const MAX_LENGTH: usize = 1024;
const MINUTE: Micros = 60_000_000;
const DAY: Micros = 86_400_000_000;

/// What everybody tries first, of those that would be long enough.
const COMMON: [&str; 24] = [
    "password",
    "password1",
    "password123",
    "passw0rd",
    "12345678",
    "123456789",
    "1234567890",
    "11111111",
    "00000000",
    "qwertyui",
    "qwertyuiop",
    "qwerty123",
    "1q2w3e4r",
    "iloveyou",
    "sunshine",
    "princess",
    "football",
    "baseball",
    "superman",
    "trustno1",
    "letmein1",
    "welcome1",
    "changeme",
    "administrator",
];

/// The rules that a form asks for.
pub fn parse(new: &NewPasswordRules) -> api::Result<PasswordRules> {
    let mut faults = Faults::default();
    let mut number = |name: &str, text: &str, min: u32, max: u32| {
        let number = text.trim().parse().ok().filter(|number| (min..=max).contains(number));
        let range = Why::Range { min: i64::from(min), max: i64::from(max) };
        faults.take(name, number.ok_or(range)).unwrap_or_default()
    };
    let rules = PasswordRules {
        min_length: number("min_length", &new.min_length, 8, 128),
        history: number("history", &new.history, 1, 24),
        expires_days: number("expires_days", &new.expires_days, 0, 3650),
        lock_after: number("lock_after", &new.lock_after, 0, 1000),
        lock_minutes: number("lock_minutes", &new.lock_minutes, 1, 1440),
    };
    faults.finish()?;
    Ok(rules)
}

/// A password that can be accepted for the user, as far as one can tell without a file or the history.
pub fn acceptable(rules: &PasswordRules, user_name: &str, password: &str) -> Result<(), Why> {
    let min = rules.min_length as usize;
    let is = password.chars().count();
    let lower = password.to_lowercase();
    if is < min {
        Err(Why::TooShort { min })
    } else if password.len() > MAX_LENGTH {
        Err(Why::TooLong { max: MAX_LENGTH, is })
    } else if lower == user_name.to_lowercase() {
        Err(Why::Password(PasswordFault::IsTheName))
    } else if COMMON.contains(&lower.as_str()) {
        Err(Why::Password(PasswordFault::Breached))
    } else {
        Ok(())
    }
}

/// Whether a password of that age has to be changed.
pub fn expired(rules: &PasswordRules, changed_at: Micros, now: Micros) -> bool {
    rules.expires_days > 0 && now - changed_at >= i64::from(rules.expires_days) * DAY
}

/// For how many more minutes the name is locked out after so many failures, the last at that moment.
pub fn locked(rules: &PasswordRules, failures: i64, last_at: Micros, now: Micros) -> Option<u32> {
    if rules.lock_after == 0 || failures < i64::from(rules.lock_after) {
        return None;
    }
    let left = last_at + i64::from(rules.lock_minutes) * MINUTE - now;
    (left > 0).then(|| u32::try_from((left + MINUTE - 1) / MINUTE).unwrap_or(u32::MAX))
}

/// The same where codes are guessed: six digits are too few to be guessed without end, whatever the domain says of passwords.
pub fn of_codes(rules: PasswordRules) -> PasswordRules {
    let lock_after = if rules.lock_after == 0 { PasswordRules::default().lock_after } else { rules.lock_after };
    PasswordRules { lock_after, ..rules }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords() {
        fn check(password: &str, expected: Result<(), Why>) {
            let rules = PasswordRules { min_length: 10, ..PasswordRules::default() };
            assert_eq!(acceptable(&rules, "Ann of Kent", password), expected, "{password}");
        }
        check("nine char", Err(Why::TooShort { min: 10 }));
        check("ten chars!", Ok(()));
        check("열글자이상의비밀번호", Ok(()));
        check("ann of KENT", Err(Why::Password(PasswordFault::IsTheName)));
        check("Password123", Err(Why::Password(PasswordFault::Breached)));
        check(&"x".repeat(2000), Err(Why::TooLong { max: 1024, is: 2000 }));
    }

    #[test]
    fn ages() {
        fn check(expires_days: u32, days: i64, expected: bool) {
            let rules = PasswordRules { expires_days, ..PasswordRules::default() };
            assert_eq!(expired(&rules, 0, days * DAY), expected, "{expires_days} {days}");
        }
        check(0, 10_000, false);
        check(30, 29, false);
        check(30, 30, true);
    }

    #[test]
    fn lock_outs() {
        fn check(lock_after: u32, failures: i64, minutes_ago: i64, expected: Option<u32>) {
            let rules = PasswordRules { lock_after, lock_minutes: 15, ..PasswordRules::default() };
            assert_eq!(locked(&rules, failures, 0, minutes_ago * MINUTE), expected, "{failures} {minutes_ago}");
        }
        check(3, 2, 0, None);
        check(3, 3, 0, Some(15));
        check(3, 9, 14, Some(1));
        check(3, 3, 15, None);
        check(0, 99, 0, None);
        let rules = of_codes(PasswordRules { lock_after: 0, ..PasswordRules::default() });
        assert_eq!(locked(&rules, 10, 0, 0), Some(15), "codes are never guessed without end");
    }
}
