//! Counting tests, whoever runs them.

use std::fmt;
use std::io::{BufRead, BufReader};
use std::ops::AddAssign;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

/// How many tests ended how.
#[derive(Clone, Copy, Default, PartialEq, Debug)]
pub struct Totals {
    /// As they should.
    pub passed: u64,
    /// Otherwise, or could not be run.
    pub failed: u64,
    /// Not run on purpose.
    pub skipped: u64,
}

impl Totals {
    /// Runs a command that is one test itself.
    pub fn of_check(name: &str, command: &mut Command) -> Result<Totals> {
        println!("test: {name}");
        let status = command.status().with_context(|| format!("cannot start {}", command.get_program().display()))?;
        if !status.success() {
            println!("test: {name} FAILED");
        }
        Ok(if status.success() { Totals { passed: 1, ..Totals::default() } } else { Totals::failure() })
    }

    /// Runs `cargo test` or a command around it: shows its output and adds up its summaries.
    pub fn of_cargo_test(command: &mut Command) -> Result<Totals> {
        let mut child = command.stdout(Stdio::piped()).spawn().context("cannot start cargo")?;
        let mut totals = Totals::default();
        for line in BufReader::new(child.stdout.take().context("cargo has no output")?).lines() {
            let line = line?;
            println!("{line}");
            totals += Totals::of_summary(&line).unwrap_or_default();
        }
        // A test that does not compile, or takes its process down with it, is in no summary.
        if !child.wait()?.success() && totals.failed == 0 {
            totals += Totals::failure();
        }
        Ok(totals)
    }

    /// The numbers of Playwright's report in JSON. A test that passed at a second try only has failed.
    pub fn of_playwright(report: &str) -> Result<Totals> {
        let report: serde_json::Value = serde_json::from_str(report)?;
        let number = |name: &str| report["stats"][name].as_u64().with_context(|| format!("the report has no {name}"));
        let failed = number("unexpected")? + number("flaky")?;
        Ok(Totals { passed: number("expected")?, failed, skipped: number("skipped")? })
    }

    /// One that could not be counted.
    pub fn failure() -> Totals {
        Totals { failed: 1, ..Totals::default() }
    }

    /// `test result: ok. 12 passed; 0 failed; 1 ignored; …`
    fn of_summary(line: &str) -> Option<Totals> {
        let (_, numbers) = line.strip_prefix("test result: ")?.split_once(". ")?;
        let number = |word: &str| numbers.split("; ").find_map(|part| part.strip_suffix(word)?.trim().parse().ok());
        Some(Totals { passed: number("passed")?, failed: number("failed")?, skipped: number("ignored")? })
    }
}

impl AddAssign for Totals {
    fn add_assign(&mut self, other: Totals) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Totals {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

#[cfg(test)]
mod tests {
    use super::Totals;

    #[test]
    fn cargo_summaries_are_read() {
        let summary = |line| Totals::of_summary(line);
        let line = "test result: FAILED. 12 passed; 2 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.41s";
        assert_eq!(summary(line), Some(Totals { passed: 12, failed: 2, skipped: 1 }));
        assert_eq!(summary("test network::works ... ok"), None);
    }

    #[test]
    fn flaky_browser_tests_have_failed() {
        let report = r#"{"suites": [], "stats": {"expected": 7, "skipped": 1, "unexpected": 2, "flaky": 3}}"#;
        assert_eq!(Totals::of_playwright(report).unwrap(), Totals { passed: 7, failed: 5, skipped: 1 });
        assert!(Totals::of_playwright("{}").is_err());
    }
}
