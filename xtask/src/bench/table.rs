//! What has been measured, as a table, with the budget of each figure beside it.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

#[derive(Default)]
pub struct Table(Vec<Row>);

struct Row {
    what: String,
    value: String,
    budget: String,
}

impl Table {
    /// Does it so often, one after the other.
    pub fn time(&mut self, what: &str, budget: &str, rounds: usize, mut act: impl FnMut() -> Result<()>) -> Result<()> {
        // The first ones fill caches.
        for _ in 0..rounds.min(5) {
            act()?;
        }
        let mut times = Vec::with_capacity(rounds);
        for _ in 0..rounds {
            let begun = Instant::now();
            act()?;
            times.push(begun.elapsed());
        }
        times.sort();
        let median = times[times.len() / 2];
        let p95 = times[times.len() * 95 / 100];
        let rate = rounds as f64 / times.iter().sum::<Duration>().as_secs_f64();
        self.fact(what, budget, format!("median {}, p95 {}, {rate:.0}/s", shown(median), shown(p95)));
        Ok(())
    }

    /// Does it from several connections at once.
    pub fn rate<A>(
        &mut self,
        what: &str,
        budget: &str,
        at_once: usize,
        rounds: usize,
        connect: impl Fn() -> Result<A> + Sync,
    ) -> Result<()>
    where
        A: FnMut() -> Result<()>,
    {
        let left = AtomicUsize::new(rounds);
        let begun = Instant::now();
        std::thread::scope(|scope| {
            let work = || -> Result<()> {
                let mut act = connect()?;
                while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok() {
                    act()?;
                }
                Ok(())
            };
            let workers: Vec<_> = (0..at_once).map(|_| scope.spawn(work)).collect();
            workers.into_iter().try_for_each(|worker| worker.join().unwrap_or_else(|_| bail!("a client broke off")))
        })?;
        let rate = rounds as f64 / begun.elapsed().as_secs_f64();
        self.fact(what, budget, format!("{rate:.0}/s from {at_once} connections"));
        Ok(())
    }

    /// Something measured otherwise.
    pub fn fact(&mut self, what: &str, budget: &str, value: String) {
        println!("bench: {what}: {value} (budget: {budget})");
        self.0.push(Row { what: what.to_owned(), value, budget: budget.to_owned() });
    }
}

fn shown(time: Duration) -> String {
    let milliseconds = time.as_secs_f64() * 1e3;
    if milliseconds < 10.0 { format!("{milliseconds:.2} ms") } else { format!("{milliseconds:.0} ms") }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n| what | Offing | budget |\n| --- | --- | --- |")?;
        for Row { what, value, budget } in &self.0 {
            writeln!(f, "| {what} | {value} | {budget} |")?;
        }
        Ok(())
    }
}
